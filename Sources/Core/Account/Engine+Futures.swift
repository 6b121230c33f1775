import Events
import Market

/// Futures and perpetuals of a profile with an account: no notional is paid.
///
/// A position's basis is what it was last settled at: what it was bought at, or the mark of the last day's end. What a fill closes is settled with it, in cash; what stays open is settled at
/// the end of the trading day, and carried from the mark on. Until then its gain is part of equity, and not of cash. So cash and gains agree with what paying the notional would give, to the nano.
extension Engine {
  /// Whether an instrument is settled daily instead of paid for.
  @inline(__always)
  func isMargined(_ index: Int) -> Bool {
    if !watch.contains(.futures) { return false }
    return accountTable?.isMargined[index] ?? false
  }

  /// What a position is worth at its mark, paid for or not.
  func marketValue(_ index: Int) -> Int128 {
    if !isMargined(index) { return books[index].value }
    return books[index].mark.notional(books[index].position.quantity, multiplier: instruments[index].multiplierNanos)
  }

  /// Values what has been won since the last settlement.
  @inline(never)
  mutating func revalueMargined(_ index: Int) {
    let value = marketValue(index) - books[index].position.costBasis
    ledger.purses[purse(index)].positionsValue += value - books[index].value
    books[index].value = value
  }

  /// Daily variation: what positions have won since they were settled last becomes cash.
  mutating func settleDaily(days: Int64, cause: UInt64, into out: inout EventBuffer) {
    for index in books.indices where isMargined(index) && books[index].position.quantity.nanos != 0 {
      let value = marketValue(index)
      let gain = books[index].position.settle(
        at: books[index].mark, value: value, multiplier: instruments[index].multiplierNanos)
      if gain == 0 { continue }
      let settled = out.append(
        AccountCharged(
          instrument: InstrumentIndex(index), reason: .variation, days: UInt64(days), base: value,
          rate: Int128(books[index].mark.nanos), amount: gain), cause: cause)
      ledger.purses[purse(index)].cash += gain
      ledger.purses[purse(index)].realised += gain
      revalue(index)
      tell(index, realised: gain, sequence: settled, into: &out)
      tellCash(.variation, gain, index, cause: settled, into: &out)
    }
  }
}

extension Position {
  /// Carries everything at a price from now on; returns what that realised.
  ///
  /// - Parameter value: the whole position's at that price. The oldest lot takes what rounding the others leaves.
  fileprivate mutating func settle(at price: Price, value: Int128, multiplier: Int64) -> Int128 {
    let gain = value - costBasis
    realised += gain
    costBasis = value
    var left = value
    for place in lots.indices.dropFirst() {
      lots[place].costBasis = price.notional(lots[place].quantity, multiplier: multiplier)
      left -= lots[place].costBasis
    }
    if !lots.isEmpty { lots[0].costBasis = left }
    return gain
  }
}
