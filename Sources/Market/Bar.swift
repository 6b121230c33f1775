/// Where a bar came from. Raw values are stored and never change meaning.
public enum BarSource: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case file = 1
  case journal = 2
  case synthetic = 3
  case yahoo = 4
  case binance = 5
  case interactiveBrokers = 6
  case stdin = 7
}

/// Why a bar is refused.
public enum BarError: Error, Hashable, Sendable {
  case durationNotPositive(nanos: Int64)
  case highBelow(high: Int64, other: Int64)
  case lowAbove(low: Int64, other: Int64)
  case volumeNegative(nanos: Int64)
  case timeOutOfRange
}

/// Open, high, low, close and volume of one instrument over one interval, as traded.
///
/// A bar becomes known at `openTime + duration`; nothing may use it earlier.
///
/// - Invariant: duration > 0; low ≤ open, close ≤ high; volume ≥ 0; `knownAt` does not overflow.
public struct Bar: BitwiseCopyable, Hashable, Sendable {
  public let openTime: Timestamp
  /// Length of the interval in nanoseconds.
  public let durationNanos: Int64
  public let open: Price
  public let high: Price
  public let low: Price
  public let close: Price
  public let volume: Quantity
  public let instrument: InstrumentIndex
  public let source: BarSource
  /// Warm-up or back-fill: updates features and marks, and no order may come from it.
  public let isHistorical: Bool
  /// True on the last bar of those that become known at one instant: strategies decide when it has been applied.
  public let closesSlot: Bool

  @inlinable
  public init(
    instrument: InstrumentIndex, openTime: Timestamp, durationNanos: Int64, open: Price, high: Price, low: Price,
    close: Price, volume: Quantity, source: BarSource, isHistorical: Bool = false, closesSlot: Bool = true
  ) throws(BarError) {
    guard durationNanos > 0 else { throw .durationNotPositive(nanos: durationNanos) }
    guard high >= open, high >= close, high >= low else {
      throw .highBelow(high: high.nanos, other: max(open.nanos, close.nanos, low.nanos))
    }
    guard low <= open, low <= close else { throw .lowAbove(low: low.nanos, other: min(open.nanos, close.nanos)) }
    guard volume.nanos >= 0 else { throw .volumeNegative(nanos: volume.nanos) }
    guard !openTime.nanos.addingReportingOverflow(durationNanos).overflow else { throw .timeOutOfRange }
    self.instrument = instrument
    self.openTime = openTime
    self.durationNanos = durationNanos
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
    self.source = source
    self.isHistorical = isHistorical
    self.closesSlot = closesSlot
  }

  /// The instant from which a decision may use this bar.
  @inlinable
  public var knownAt: Timestamp { Timestamp(nanos: openTime.nanos &+ durationNanos) }

  /// The same bar under another place in the run's table, source or slot end.
  @inlinable
  public func with(instrument: InstrumentIndex, closesSlot: Bool) -> Bar {
    Bar(
      unchecked: self, instrument: instrument, source: source, isHistorical: isHistorical, closesSlot: closesSlot)
  }

  /// The same bar as history, or as news.
  @inlinable
  public func marked(isHistorical: Bool) -> Bar {
    Bar(unchecked: self, instrument: instrument, source: source, isHistorical: isHistorical, closesSlot: closesSlot)
  }

  @usableFromInline
  init(
    unchecked bar: Bar, instrument: InstrumentIndex, source: BarSource, isHistorical: Bool, closesSlot: Bool
  ) {
    self.openTime = bar.openTime
    self.durationNanos = bar.durationNanos
    self.open = bar.open
    self.high = bar.high
    self.low = bar.low
    self.close = bar.close
    self.volume = bar.volume
    self.instrument = instrument
    self.source = source
    self.isHistorical = isHistorical
    self.closesSlot = closesSlot
  }
}
