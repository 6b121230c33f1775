import Events
import Market
import Strategies

/// Splits and reverse splits.
extension Engine {
  /// Whether every quantity and price of an instrument stays within its type and `Limits` when split: checked before anything changes.
  func canSplit(_ action: CorporateAction, index: Int) -> Bool {
    if action.numerator == 0 || action.denominator == 0 { return false }
    if action.numerator > UInt64(Int64.max) || action.denominator > UInt64(Int64.max) { return false }
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

  /// Multiplies what is held by numerator ÷ denominator and divides prices; what makes no whole lot is paid out at the new mark.
  ///
  /// - Precondition: `canSplit`.
  mutating func applySplit(_ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer) {
    let instrument = instruments[index]
    let ratio = ScaleRatio(numerator: Int64(action.numerator), denominator: Int64(action.denominator))
    books[index].mark = Price(nanos: ratio.inverted.nanos(books[index].mark.nanos))
    splitOrders(action, index: index, sequence: sequence, into: &out)
    let held = books[index].position.quantity
    if held != .zero {
      let basisBefore = books[index].position.costBasis
      let newMark = books[index].mark
      let (cash, gain) = books[index].position.split(
        numerator: action.numerator, denominator: action.denominator, lot: instrument.lotSize
      ) { newMark.notional($0, multiplier: instrument.multiplierNanos) }
      ledger.purses[purse(index)].costBasis += books[index].position.costBasis - basisBefore
      ledger.purses[purse(index)].realised += gain
      ledger.purses[purse(index)].cash += cash
      revalue(index)
      shareSplit(index, numerator: action.numerator, denominator: action.denominator, cash: cash)
      tell(index, realised: gain, sequence: sequence, into: &out)
      if cash != 0 { tellCash(.cashInLieu, cash, index, cause: sequence, into: &out) }
      cancelStrayProtection(index, cause: sequence, into: &out)
    } else {
      // Parts of opposite signs are parts all the same.
      shareSplit(index, numerator: action.numerator, denominator: action.denominator, cash: 0)
    }
    // A position that is as intended stays so, whatever was rounded.
    intend(
      risk.books[index].intended == held.nanos
        ? Int128(books[index].position.quantity.nanos) : Int128(ratio.nanos(risk.books[index].intended)), index)
    rescaleHistory(
      index, .split(numerator: ratio.numerator, denominator: ratio.denominator), sequence: sequence, into: &out)
  }
}
