import Events
import Market
import Strategies

/// What hands out units of another instrument: spin-offs and mergers.
///
/// Cost goes with what it bought: by value to a spun-off child (facts/corporate-actions.md §2), whole to what a merger gives, and by value to what
/// a merger pays in cash. Fractions of a lot, and all units of an instrument that the run doesn't know, are sold at the action's price. The parts
/// of strategies move at that price too, so that by the action alone no instrument and no strategy wins or loses.
extension Engine {
  func problemOfSpinOff(_ action: CorporateAction, index: Int) -> ActionProblem? {
    if let problem = problemOfUnits(action, index: index) { return problem }
    if action.numerator == 0 || action.cash != 0 { return .ratio }
    guard books[index].mark.nanos > 0, let value = handedOut(action) else { return .priceUnknown }
    return value > 0 && value < books[index].mark.nanos ? nil : .worthTooMuch
  }

  func problemOfMerger(_ action: CorporateAction, index: Int) -> ActionProblem? {
    if action.cash < 0 { return .amount }
    if action.numerator > 0 { return problemOfUnits(action, index: index) }
    if action.denominator != 1 { return .ratio }
    return action.other == nil ? nil : .other
  }

  private func problemOfUnits(_ action: CorporateAction, index: Int) -> ActionProblem? {
    let most = UInt64(Int64.max)
    if action.denominator == 0 || action.numerator > most || action.denominator > most { return .ratio }
    if action.price < 0 { return .amount }
    guard unitPrice(action) != nil else { return .priceUnknown }
    guard let value = handedOut(action), !value.addingReportingOverflow(action.cash).overflow else { return .amount }
    let units = Int128(books[index].position.quantity.magnitude.nanos) * Int128(action.numerator)
    let received = units / Int128(action.denominator)
    guard let other = action.other?.position else {
      // They are sold at once, but counted before.
      return received <= Int128(Int64.max) ? nil : .ratio
    }
    if other == index || instruments[other].multiplierNanos != instruments[index].multiplierNanos
      || purse(other) != purse(index)
    {
      return .other
    }
    var filled = Int128(books[other].position.quantity.magnitude.nanos)
    for order in books[other].orders where !order.isProtective { filled += Int128(order.leaves.nanos) }
    return received + filled <= Int128(Limits.positionNanosMax(multiplier: instruments[other].multiplierNanos))
      ? nil : .ratio
  }

  /// What a unit of the other instrument is worth: as the action says, else its last price.
  private func unitPrice(_ action: CorporateAction) -> Price? {
    if action.price > 0 { return Price(nanos: action.price) }
    guard let other = action.other?.position, books[other].hasBar, books[other].mark.nanos > 0 else { return nil }
    return books[other].mark
  }

  /// What of another instrument a unit hands out, in nanos of price.
  private func handedOut(_ action: CorporateAction) -> Int64? {
    guard let price = unitPrice(action) else { return nil }
    let exact = (Int128(price.nanos) * Int128(action.numerator))
      .dividedRoundingHalfEven(by: Int128(action.denominator))
    return Int64(exactly: exact)
  }

  mutating func applySpinOff(_ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer) {
    guard let value = handedOut(action) else { return }
    let before = books[index].mark.nanos
    let carried = books[index].position.detach(value, of: before)
    ledger.purses[purse(index)].costBasis -= carried.costBasis
    books[index].mark = Price(nanos: before - value)
    revalue(index)
    convert(carried, action, from: index, sequence: sequence, into: &out)
    lowerOrders(index, by: value, sequence: sequence, into: &out)
    rescaleHistory(
      index, .payout(nanosBefore: before, nanosAfter: before - value), sequence: sequence, into: &out)
  }

  mutating func applyMerger(_ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer) {
    let price = Price(nanos: action.cash)
    guard action.numerator > 0, let value = handedOut(action) else {
      return end(index, paying: price, sequence: sequence, into: &out)
    }
    // The cash closes its share of the cost, by value; the rest goes on in the other instrument.
    let carried = books[index].position.detach(value, of: max(value + action.cash, 1))
    ledger.purses[purse(index)].costBasis -= carried.costBasis
    convert(carried, action, from: index, sequence: sequence, into: &out)
    end(index, paying: price, sequence: sequence, into: &out)
  }

  /// Makes units of the other instrument of `carried`, which has the cost that goes with them, and sells what makes no whole lot.
  private mutating func convert(
    _ carried: Position, _ action: CorporateAction, from index: Int, sequence: UInt64, into out: inout EventBuffer
  ) {
    guard let price = unitPrice(action) else { return }
    var carried = carried
    let multiplier = instruments[index].multiplierNanos
    let other = action.other?.position
    let isHeld = carried.quantity != .zero
    var cash: Int128 = 0
    if isHeld {
      let lot = other.map { instruments[$0].lotSize } ?? Quantity(nanos: .max)
      let basis = carried.costBasis
      let sold = carried.split(numerator: action.numerator, denominator: action.denominator, lot: lot) {
        price.notional($0, multiplier: multiplier)
      }
      cash = sold.paid
      invariant(basis - carried.costBasis == cash - sold.realised, "what is sold takes its cost", Int64(sequence))
      books[index].position.realised += sold.realised
      ledger.purses[purse(index)].realised += sold.realised
      ledger.purses[purse(index)].cash += cash
      tell(index, realised: sold.realised, sequence: sequence, into: &out)
    }
    shareConversion(action, from: index, units: carried.quantity, price: price, cash: cash)
    if let other, carried.quantity != .zero {
      let before = books[other].position.costBasis
      let gain = books[other].position.receive(carried, method: configuration.lots)
      ledger.purses[purse(other)].costBasis += books[other].position.costBasis - before
      ledger.purses[purse(other)].realised += gain
      if !books[other].hasBar { books[other].mark = books[other].position.quantity == .zero ? .zero : price }
      revalue(other)
      intend(Int128(risk.books[other].intended) + Int128(carried.quantity.nanos), other)
      tell(other, realised: gain, sequence: sequence, into: &out)
      cancelStrayProtection(other, cause: sequence, into: &out)
    }
    if cash != 0 { tellCash(.cashInLieu, cash, index, cause: sequence, into: &out) }
  }

  /// Gives each strategy its part of the units at `price`; what makes the sum another than the account's goes to the largest holder, as does the cash
  /// for what makes no whole lot.
  private mutating func shareConversion(
    _ action: CorporateAction, from index: Int, units: Quantity, price: Price, cash: Int128
  ) {
    let moved = price.notional(units, multiplier: instruments[index].multiplierNanos)
    risk.books[index].cash += moved + cash
    if let other = action.other?.position { risk.books[other].cash -= moved }
    guard strategyCount > 0 else { return }
    var left = Int128(units.nanos)
    var (largest, size): (Int, UInt128) = (0, 0)
    for strategy in 0..<strategyCount {
      let held = risk.shares[strategy * books.count + index].quantity
      if held.magnitude > size { (largest, size) = (strategy, held.magnitude) }
    }
    for strategy in 0..<strategyCount {
      let place = strategy * books.count + index
      let (product, overflowed) = risk.shares[place].quantity.multipliedReportingOverflow(by: Int128(action.numerator))
      let part = overflowed ? 0 : min(max(product / Int128(action.denominator), -(1 << 80)), 1 << 80)
      risk.shares[place].cash += worth(part, index, at: price)
      guard let other = action.other?.position else { continue }
      let target = strategy * books.count + other
      risk.shares[target].quantity += part
      risk.shares[target].granted += part
      risk.shares[target].cash -= worth(part, other, at: price)
      left -= part
    }
    settleShareCash(index)
    guard let other = action.other?.position else { return }
    risk.shares[largest * books.count + other].quantity += left
    risk.shares[largest * books.count + other].granted += left
    settleShareCash(other)
  }
}
