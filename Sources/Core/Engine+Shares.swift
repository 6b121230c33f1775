import Events
import Market

/// Which strategy holds what: parts of positions and cash that add up to the account's.
extension Engine {
  /// Books a fill to those who lack it: first the strategy whose signal made the order, then the others in the profile's order.
  ///
  /// Orders carry what all strategies together lack. What protects or flattens goes to those who hold it, its own strategy first.
  /// - Parameters:
  ///   - signed: signed nanos of a unit.
  ///   - cash: nanos of currency that the account received.
  ///   - value: signed notional, positive for a purchase.
  mutating func share(
    _ index: Int, signed: Int64, cash: Int128, value: Int128, of order: WorkingOrder
  ) {
    risk.books[index].cash += cash
    risk.books[index].dayNet += value
    let first = order.strategy == WorkingOrder.noStrategy ? 0 : Int(order.strategy)
    if strategyCount == 1 {
      return book(index, first, Int128(signed), cash, value)
    }
    var left = (units: Int128(signed), cash: cash, value: value)
    let sign: Int128 = signed > 0 ? 1 : -1
    func take(_ place: Int, _ wanted: Int128, from engine: inout Engine) {
      let part = min(wanted, left.units * sign)
      if part <= 0 { return }
      let isLast = part == left.units * sign
      let cashPart = isLast ? left.cash : scaled(cash, by: Int64(part), over: Int64(signed.magnitude))
      let valuePart = isLast ? left.value : scaled(value, by: Int64(part), over: Int64(signed.magnitude))
      engine.book(index, place, part * sign, cashPart, valuePart)
      left = (left.units - part * sign, left.cash - cashPart, left.value - valuePart)
    }
    if !order.isReduceOnly {
      take(first, lack(first, index) * sign, from: &self)
      for place in 0..<strategyCount where place != first { take(place, lack(place, index) * sign, from: &self) }
    }
    take(first, -risk.shares[first * books.count + index].quantity * sign, from: &self)
    for place in 0..<strategyCount where place != first {
      take(place, -risk.shares[place * books.count + index].quantity * sign, from: &self)
    }
    if left.units != 0 || left.cash != 0 { book(index, first, left.units, left.cash, left.value) }
    if account.isReducing, order.purpose == OrderPurpose.flatten.rawValue { lowerGrants(index) }
  }

  /// Signed units between what a strategy holds of an instrument and what it was granted.
  func lack(_ strategy: Int, _ index: Int) -> Int128 {
    let place = strategy * books.count + index
    return risk.shares[place].granted - risk.shares[place].quantity
  }

  /// A strategy wants nothing of an instrument any more.
  mutating func dropTarget(_ strategy: Int, _ index: Int) {
    targetMicros[strategy * books.count + index] = 0
    risk.shares[strategy * books.count + index].granted = 0
  }

  @inline(__always)
  private mutating func book(_ index: Int, _ strategy: Int, _ signed: Int128, _ cash: Int128, _ value: Int128) {
    let place = strategy * books.count + index
    risk.shares[place].quantity += signed
    risk.shares[place].cash += cash
    risk.shares[place].dayNet += value
  }

  /// Nanos of currency of so many nanos of units at a price, rounded towards zero; saturated where a part is beyond any position.
  func worth(_ quantity: Int128, _ index: Int, at price: Price) -> Int128 {
    let unit = Int128(price.nanos) * Int128(instruments[index].multiplierNanos / FixedPoint.unit)
    let (product, overflowed) = quantity.multipliedReportingOverflow(by: unit)
    if overflowed { return (quantity < 0) == (unit < 0) ? Limits.amountMax : -Limits.amountMax }
    return product / Int128(FixedPoint.unit)
  }

  /// Divides a dividend by what each strategy holds; what rounding leaves goes to the first.
  mutating func shareDividend(_ index: Int, cashPerUnit: Price, amount: Int128) {
    risk.books[index].cash += amount
    var left = amount
    for place in 0..<strategyCount {
      let part = worth(risk.shares[place * books.count + index].quantity, index, at: cashPerUnit)
      risk.shares[place * books.count + index].cash += part
      left -= part
    }
    if strategyCount > 0 { risk.shares[index].cash += left }
  }

  /// Multiplies each strategy's part with a split; what makes the sum another than the account's goes to the largest holder, with the cash in lieu.
  mutating func shareSplit(_ index: Int, numerator: UInt64, denominator: UInt64, cash: Int128) {
    risk.books[index].cash += cash
    var sum: Int128 = 0
    var largest = 0
    var size: UInt128 = 0
    for strategy in 0..<strategyCount {
      let place = strategy * books.count + index
      let (granted, grantOverflowed) = risk.shares[place].granted.multipliedReportingOverflow(by: Int128(numerator))
      if !grantOverflowed { risk.shares[place].granted = granted / Int128(denominator) }
      // A share beyond any position can't be multiplied further: the sum is put right below.
      let (product, overflowed) = risk.shares[place].quantity.multipliedReportingOverflow(by: Int128(numerator))
      let exact = overflowed ? risk.shares[place].quantity : product / Int128(denominator)
      risk.shares[place].quantity = min(max(exact, -(1 << 80)), 1 << 80)
      sum += risk.shares[place].quantity
      if risk.shares[place].quantity.magnitude > size {
        size = risk.shares[place].quantity.magnitude
        largest = strategy
      }
    }
    guard strategyCount > 0 else { return }
    let rest = Int128(books[index].position.quantity.nanos) - sum
    let place = largest * books.count + index
    risk.shares[place].quantity += rest
    risk.shares[place].cash += cash
  }

  /// What a strategy holds of an instrument, in nanos of a unit.
  package func strategyShare(_ strategy: Int, _ index: Int) -> Int128 {
    risk.shares[strategy * books.count + index].quantity
  }

  /// Bought less sold by a strategy since the trading day began, in nanos of currency.
  package func strategyDayNet(_ strategy: Int, _ index: Int) -> Int128 {
    risk.shares[strategy * books.count + index].dayNet
  }

  /// True where strategies' parts add up to the account's positions and fills: what tests walk.
  package var sharesAddUp: Bool {
    for index in books.indices {
      var quantity: Int128 = 0
      var cash: Int128 = 0
      for strategy in 0..<strategyCount {
        quantity += risk.shares[strategy * books.count + index].quantity
        cash += risk.shares[strategy * books.count + index].cash
      }
      if strategyCount > 0, quantity != Int128(books[index].position.quantity.nanos) { return false }
      if strategyCount > 0, cash != risk.books[index].cash { return false }
    }
    return true
  }
}
