import Events
import Market

/// Which strategy holds what: parts of positions and cash that add up to the account's.
extension Engine {
  /// Books a fill's part to its strategy, or over all of them where it belongs to none.
  ///
  /// - Parameters:
  ///   - signed: signed nanos of a unit.
  ///   - cash: nanos of currency that the account received.
  ///   - value: signed notional, positive for a purchase.
  mutating func share(_ index: Int, signed: Int64, cash: Int128, value: Int128, strategy: UInt16) {
    risk.books[index].cash += cash
    risk.books[index].dayNet += value
    if strategy != WorkingOrder.noStrategy {
      book(index, Int(strategy), signed, cash, value)
      return
    }
    // What closes a position for all is taken from those who hold it, in the profile's order.
    var left = signed
    var cashLeft = cash
    var valueLeft = value
    for place in 0..<strategyCount {
      let held = risk.shares[place * books.count + index].quantity
      if held == 0 || (held > 0) == (signed > 0) { continue }
      let taken = UInt64(min(held.magnitude, UInt128(left.magnitude)))
      if taken == 0 { break }
      let part = Int64(taken) * (signed > 0 ? 1 : -1)
      let isLast = part == left
      let cashPart = isLast ? cashLeft : scaled(cash, by: Int64(taken), over: Int64(signed.magnitude))
      let valuePart = isLast ? valueLeft : scaled(value, by: Int64(taken), over: Int64(signed.magnitude))
      book(index, place, part, cashPart, valuePart)
      left -= part
      cashLeft -= cashPart
      valueLeft -= valuePart
    }
    if left != 0 || cashLeft != 0 { book(index, 0, left, cashLeft, valueLeft) }
  }

  @inline(__always)
  private mutating func book(_ index: Int, _ strategy: Int, _ signed: Int64, _ cash: Int128, _ value: Int128) {
    let place = strategy * books.count + index
    risk.shares[place].quantity += Int128(signed)
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
