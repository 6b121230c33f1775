import Events
import Market

/// Funding of perpetuals: where the rate is above zero the long pays the short its share of the position at the mark, where it is below the short pays the long.
///
/// The rate comes as a data point of the series `funding:SYMBOL`, at the instant at which it is due, for the position that is held then.
extension Engine {
  /// What the name of a funding series begins with, before the symbol.
  package static let fundingSeries = "funding:"

  @inline(never)
  mutating func takeFunding(_ point: DataPoint, cause: UInt64, into out: inout EventBuffer) {
    guard point.series.hasPrefix(Engine.fundingSeries) else { return }
    let symbol = point.series.dropFirst(Engine.fundingSeries.count)
    guard let index = instruments.firstIndex(where: { $0.symbol == symbol && $0.assetClass == .perpetual }) else {
      return
    }
    // Venues cap funding far below; more is another series or another unit.
    guard point.value.magnitude <= FixedPoint.unit.magnitude else {
      out.append(
        Alert(
          code: .fundingImplausible, severity: .error, instrument: InstrumentIndex(index), first: point.value,
          second: 0), cause: cause)
      return
    }
    let value = marketValue(index)
    let amount = -(value * Int128(point.value)).dividedRoundingHalfEven(by: Int128(FixedPoint.unit))
    charge(
      AccountCharged(
        instrument: InstrumentIndex(index), reason: .funding, days: 0, base: value, rate: Int128(point.value),
        amount: amount), cause: cause, into: &out)
    invariant(ledger.balances, "the ledger balances after the funding", Int64(cause))
  }
}
