import Events
import Market

/// Splits and dividends: positions, lots, resting orders and marks.
extension Engine {
  /// Multiplies holdings and resting orders by numerator ÷ denominator and divides prices; what makes no whole lot is paid out at
  /// the new mark. Orders keep to FINRA 5330's direction: quantities and buy prices rounded down, sell prices up.
  mutating func applySplit(_ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer) {
    let instrument = instruments[index]
    books[index].mark = ratioPrice(books[index].mark, action)
    var order = 0
    while order < books[index].orders.count {
      var changed = books[index].orders[order]
      let exact = Int128(changed.leaves.nanos) * Int128(action.numerator) / Int128(action.denominator)
      changed.leaves = Quantity(nanos: Int64(min(exact, Int128(Limits.quantityNanosMax))))
        .roundedDown(toLot: instrument.lotSize)
      if changed.leaves == .zero {
        books[index].orders.remove(at: order)
        out.append(OrderCancelled(order: changed.id, reason: .replaced, leaves: changed.leaves), cause: sequence)
        continue
      }
      changed.limitPrice = ratioPrice(changed.limitPrice, action, tick: instrument.tickSize, side: changed.side)
      changed.stopPrice = ratioPrice(changed.stopPrice, action, tick: instrument.tickSize, side: changed.side)
      books[index].orders[order] = changed
      order += 1
    }
    guard books[index].position.quantity != .zero else { return }
    let rest = books[index].position.split(
      numerator: action.numerator, denominator: action.denominator, lot: instrument.lotSize)
    let basisBefore = books[index].position.costBasis
    let cash = books[index].mark.notional(rest, multiplier: instrument.multiplierNanos)
    let gain = books[index].position.payOut(rest, cash: cash)
    ledger.costBasis += books[index].position.costBasis - basisBefore
    ledger.realised += gain
    ledger.cash += cash
    revalue(index)
    out.append(
      PositionChanged(
        instrument: action.instrument, quantity: books[index].position.quantity,
        costBasis: books[index].position.costBasis, realised: gain), cause: sequence)
    if cash != 0 {
      out.append(CashChanged(reason: .cashInLieu, amount: cash, balance: ledger.cash), cause: sequence)
    }
    invariant(ledger.balances, "the ledger balances after the split", Int64(sequence))
  }

  /// Pays the long and charges the short.
  mutating func applyDividend(_ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer) {
    let held = books[index].position.quantity
    if held == .zero { return }
    let amount = Price(nanos: action.cash).notional(held, multiplier: instruments[index].multiplierNanos)
    ledger.cash += amount
    ledger.dividends += amount
    out.append(CashChanged(reason: .dividend, amount: amount, balance: ledger.cash), cause: sequence)
  }

  private func ratioPrice(_ price: Price, _ action: CorporateAction) -> Price {
    let exact = (Int128(price.nanos) * Int128(action.denominator)).dividedRoundingHalfEven(by: Int128(action.numerator))
    return Price(nanos: Int64(min(max(exact, -Int128(Int64.max)), Int128(Int64.max))))
  }

  private func ratioPrice(_ price: Price, _ action: CorporateAction, tick: Price, side: Side) -> Price {
    rounded(Int128(ratioPrice(price, action).nanos), tick: tick, side: side)
  }
}
