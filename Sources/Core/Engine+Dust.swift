import Events
import Market

/// What a venue takes no order for: less than a lot, which fees in units leave, and at a venue outside what is worth less than its orders have to be.
///
/// It counts as closed, so that no kill and no breaker waits for it for ever; it stays in the books, at its mark, and is sold with what a later purchase makes whole. What an order rests for already is
/// protected by it whatever it is worth.
extension Engine {
  /// Whether a part of a position can't be closed by itself.
  func isDust(_ nanos: Int128, _ index: Int) -> Bool {
    let isUnderLot = nanos.magnitude < Int128(instruments[index].lotSize.nanos).magnitude
    guard let minNotional else { return paysInKind && isUnderLot }
    return isUnderLot || worth(nanos, index).magnitude < minNotional.magnitude
  }

  /// What of a position an order of its own can close now; zero where that is dust.
  func sellable(_ index: Int) -> Quantity {
    let whole = closable(index)
    return isDust(Int128(whole.nanos), index) ? .zero : whole
  }

  /// Whether something is held, and all of it is dust.
  func holdsDust(_ index: Int) -> Bool { books[index].position.quantity != .zero && sellable(index) == .zero }

  /// Tells of dust in what has been closed.
  mutating func tellDust(_ nanos: Int128, _ index: Int, cause: UInt64, into out: inout EventBuffer) {
    if minNotional == nil || nanos == 0 { return }
    out.append(
      Alert(
        code: .dustLeft, severity: .information, instrument: InstrumentIndex(index), first: Int64(clamping: nanos),
        second: Int64(clamping: worth(nanos, index))), cause: cause)
  }

  private func worth(_ nanos: Int128, _ index: Int) -> Int128 {
    let quantity = Quantity(nanos: max(Int64(clamping: nanos), -Int64.max))
    return books[index].mark.notional(quantity, multiplier: instruments[index].multiplierNanos)
  }
}
