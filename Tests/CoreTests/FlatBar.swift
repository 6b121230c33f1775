import Market
import Scenarios

extension Stage {
  /// Feeds a bar of a minute, all at one price in whole units of currency.
  mutating func takeFlatBar(
    _ price: Int64, minute: Int64, of instrument: InstrumentIndex = InstrumentIndex(0), isHistorical: Bool = false
  ) throws {
    let unit = FixedPoint.unit
    let price = Price(nanos: price * unit)
    try take(
      .bar(
        try Bar(
          instrument: instrument, openTime: Timestamp(nanos: minute * 60 * unit), durationNanos: 60 * unit, open: price,
          high: price, low: price, close: price, volume: Quantity(nanos: 1_000 * unit), source: .synthetic,
          isHistorical: isHistorical)))
  }
}
