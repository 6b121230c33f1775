import Events
import Market

/// Splits and dividends: positions, lots, resting orders and marks.
extension Engine {
  /// Whether every quantity and price of an instrument stays within its type and `Limits` when split: checked before anything changes.
  func canSplit(_ action: CorporateAction, index: Int) -> Bool {
    if action.numerator == 0 || action.denominator == 0 { return false }
    let most = Int128(Limits.positionNanosMax(multiplier: instruments[index].multiplierNanos))
    func fits(_ quantity: Quantity, _ most: Int128) -> Bool {
      Int128(quantity.magnitude.nanos) * Int128(action.numerator) / Int128(action.denominator) <= most
    }
    func fits(_ price: Price) -> Bool {
      // A nano or a tick may come on top in rounding.
      let exact = Int128(price.nanos.magnitude) * Int128(action.denominator) / Int128(action.numerator)
      return exact < Int128(Int64.max) - Int128(instruments[index].tickSize.nanos)
    }
    guard fits(books[index].position.quantity, most), fits(books[index].mark) else { return false }
    // What is held and what signals still want together must fit too; rounding can differ by a lot.
    var wanted = Int128(books[index].position.quantity.nanos)
    for order in books[index].orders where !order.isProtective {
      wanted += Int128(order.leaves.nanos) * Int128(order.side.sign)
    }
    if wanted != Int128(books[index].position.quantity.nanos) {
      let exact = Int128(wanted.magnitude) * Int128(action.numerator) / Int128(action.denominator)
      if exact > most - Int128(instruments[index].lotSize.nanos) { return false }
    }
    for order in books[index].orders {
      guard fits(order.leaves, 2 * most), fits(order.limitPrice), fits(order.stopPrice) else { return false }
    }
    return true
  }

  /// Multiplies holdings and resting orders by numerator ÷ denominator and divides prices; what makes no whole lot is paid out at
  /// the new mark. Orders keep to FINRA 5330's direction: quantities and buy prices rounded down, sell prices up.
  ///
  /// - Precondition: `canSplit`.
  mutating func applySplit(_ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer) {
    let instrument = instruments[index]
    let mark = (Int128(books[index].mark.nanos) * Int128(action.denominator))
      .dividedRoundingHalfEven(by: Int128(action.numerator))
    books[index].mark = Price(nanos: Int64(mark))
    sizer.split(index, numerator: action.numerator, denominator: action.denominator)
    splitOrders(action, index: index, sequence: sequence, into: &out)
    guard books[index].position.quantity != .zero else { return }
    let basisBefore = books[index].position.costBasis
    let newMark = books[index].mark
    let (cash, gain) = books[index].position.split(
      numerator: action.numerator, denominator: action.denominator, lot: instrument.lotSize
    ) { newMark.notional($0, multiplier: instrument.multiplierNanos) }
    ledger.costBasis += books[index].position.costBasis - basisBefore
    ledger.realised += gain
    ledger.cash += cash
    revalue(index)
    shareSplit(index, numerator: action.numerator, denominator: action.denominator, cash: cash)
    out.append(
      PositionChanged(
        instrument: action.instrument, quantity: books[index].position.quantity,
        costBasis: books[index].position.costBasis, realised: gain), cause: sequence)
    if cash != 0 {
      out.append(CashChanged(reason: .cashInLieu, amount: cash, balance: ledger.cash), cause: sequence)
    }
    cancelStrayProtection(index, cause: sequence, into: &out)
    invariant(ledger.balances, "the ledger balances after the split", Int64(sequence))
  }

  private mutating func splitOrders(
    _ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer
  ) {
    let lot = instruments[index].lotSize
    var position = 0
    while position < books[index].orders.count {
      var changed = books[index].orders[position]
      let before = changed.leaves
      let exact = Int128(changed.leaves.nanos) * Int128(action.numerator) / Int128(action.denominator)
      changed.leaves = Quantity(nanos: Int64(exact)).roundedDown(toLot: lot)
      if changed.leaves == .zero {
        let order = books[index].orders.remove(at: position)
        out.append(OrderCancelled(order: order.id, reason: .replaced, leaves: order.leaves), cause: sequence)
        continue
      }
      changed.limitPrice = ratioPrice(changed.limitPrice, action, index, changed.side)
      changed.stopPrice = ratioPrice(changed.stopPrice, action, index, changed.side)
      changed.splitTrail(numerator: action.numerator, denominator: action.denominator)
      books[index].orders[position] = changed
      if changed.leaves != before {
        out.append(OrderReduced(order: changed.id, reason: .split, leaves: changed.leaves), cause: sequence)
      }
      position += 1
    }
  }

  /// Pays the long and charges the short.
  mutating func applyDividend(_ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer) {
    let held = books[index].position.quantity
    if held == .zero { return }
    let amount = Price(nanos: action.cash).notional(held, multiplier: instruments[index].multiplierNanos)
    ledger.cash += amount
    ledger.dividends += amount
    shareDividend(index, cashPerUnit: Price(nanos: action.cash), amount: amount)
    out.append(CashChanged(reason: .dividend, amount: amount, balance: ledger.cash), cause: sequence)
  }

  /// An order's price after a split, rounded once from the exact quotient to a tick.
  private func ratioPrice(_ price: Price, _ action: CorporateAction, _ index: Int, _ side: Side) -> Price {
    let tick = Int128(instruments[index].tickSize.nanos)
    let (whole, rest) = (Int128(price.nanos) * Int128(action.denominator))
      .quotientAndRemainder(dividingBy: Int128(action.numerator) * tick)
    let ticks = side == .buy ? (rest < 0 ? whole - 1 : whole) : (rest > 0 ? whole + 1 : whole)
    return Price(nanos: Int64(ticks * tick))
  }
}
