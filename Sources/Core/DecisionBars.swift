import Market

/// Which bars strategies see: those of the feed, or longer ones made of them, under which the feed's own fill orders.
public enum DecisionBars: BitwiseCopyable, Hashable, Sendable {
  /// Each bar of the feed.
  case each
  /// Bars of so many nanoseconds, which divide a UTC day, on its grid.
  case every(nanos: Int64)
  /// One bar a regular session of the instrument's calendar; what trades before and after it belongs to none.
  case session

  /// The span that a bar belongs to; nil where it belongs to none.
  func span(of bar: Bar, _ calendar: CalendarName) -> Range<Timestamp>? {
    switch self {
    case .each: return bar.openTime..<bar.knownAt
    case .every(let nanos):
      let rest = bar.openTime.nanos % nanos
      let (start, isLost) = bar.openTime.nanos.subtractingReportingOverflow(rest < 0 ? rest + nanos : rest)
      if isLost { return nil }
      return Timestamp(nanos: start)..<Timestamp(nanos: start).advanced(atMost: nanos)
    case .session:
      guard let session = TradingCalendar(calendar).session(containing: bar.openTime) else { return nil }
      return session.open..<session.close
    }
  }
}

/// A bar in the making.
struct GatheredBar: BitwiseCopyable, Hashable, Sendable {
  let start: Timestamp
  let end: Timestamp
  let openTime: Timestamp
  private(set) var open: Price
  private(set) var high: Price
  private(set) var low: Price
  private(set) var close: Price
  private(set) var volume: Quantity
  let source: BarSource

  init(_ first: Bar, _ span: Range<Timestamp>) {
    start = span.lowerBound
    end = span.upperBound
    openTime = first.openTime
    open = first.open
    high = first.high
    low = first.low
    close = first.close
    volume = first.volume
    source = first.source
  }

  /// For snapshots.
  init(bar: Bar, start: Timestamp, end: Timestamp) {
    self.init(bar, start..<end)
  }

  func holds(_ bar: Bar) -> Bool { bar.openTime >= start && bar.openTime < end }

  mutating func add(_ bar: Bar) {
    high = max(high, bar.high)
    low = min(low, bar.low)
    close = bar.close
    volume = Quantity(nanos: Int64(clamping: Int128(volume.nanos) + Int128(bar.volume.nanos)))
  }

  /// Prices and volume follow what a corporate action did to what a unit is worth.
  mutating func rescale(price: (Price) -> Price, volume scaled: (Quantity) -> Quantity) {
    (open, high, low, close) = (price(open), price(high), price(low), price(close))
    volume = scaled(volume)
  }

  /// The bar as strategies see it.
  func bar(of instrument: InstrumentIndex, isHistorical: Bool) -> Bar {
    let length = end.nanos.subtractingReportingOverflow(openTime.nanos)
    do throws(BarError) {
      return try Bar(
        instrument: instrument, openTime: openTime, durationNanos: length.overflow ? Int64.max : length.partialValue,
        open: open, high: high, low: low, close: close, volume: volume, source: source, isHistorical: isHistorical)
    } catch {
      preconditionFailure("bars that were put together make a bar")
    }
  }
}
