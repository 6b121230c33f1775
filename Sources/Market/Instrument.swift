/// The position of an instrument in a run's table; dense from zero, fixed when the run starts.
public struct InstrumentIndex: BitwiseCopyable, Hashable, Comparable, Sendable {
  public let rawValue: UInt16
  @inlinable
  public init(_ rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable
  public init(_ position: Int) { self.rawValue = UInt16(position) }
  @inlinable
  public var position: Int { Int(rawValue) }
  @inlinable
  public static func < (left: InstrumentIndex, right: InstrumentIndex) -> Bool { left.rawValue < right.rawValue }
}

/// What kind of thing an instrument is. Raw values are stored and never change meaning.
public enum AssetClass: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case equity = 1
  case etf = 2
  case crypto = 3
  case future = 4
  case perpetual = 5
  case forex = 6
  case index = 7
}

/// Why an instrument's description is refused.
public enum InstrumentError: Error, Hashable, Sendable {
  case symbolEmpty
  case tickSizeNotPositive(nanos: Int64)
  case lotSizeNotPositive(nanos: Int64)
  case multiplierNotWhole(nanos: Int64)
}

/// What is traded, where, and in which steps.
///
/// - Invariant: tick size and lot size are positive; the multiplier is a whole number of 1 … 1,000,000.
public struct Instrument: Hashable, Sendable {
  public let symbol: String
  /// Market code such as `XNAS` or `BINANCE`; may be empty where the source names none.
  public let venue: String
  public let assetClass: AssetClass
  public let currency: Currency
  public let tickSize: Price
  public let lotSize: Quantity
  /// Currency units per price point and unit of quantity, in nanos.
  public let multiplierNanos: Int64
  public let sector: String
  public let calendar: CalendarName

  public init(
    symbol: String, venue: String = "", assetClass: AssetClass, currency: Currency, tickSize: Price,
    lotSize: Quantity, multiplierNanos: Int64 = FixedPoint.unit, sector: String = "", calendar: CalendarName
  ) throws(InstrumentError) {
    guard !symbol.isEmpty else { throw .symbolEmpty }
    guard tickSize.nanos > 0 else { throw .tickSizeNotPositive(nanos: tickSize.nanos) }
    guard lotSize.nanos > 0 else { throw .lotSizeNotPositive(nanos: lotSize.nanos) }
    guard
      multiplierNanos > 0, multiplierNanos % FixedPoint.unit == 0, multiplierNanos / FixedPoint.unit <= 1_000_000
    else { throw .multiplierNotWhole(nanos: multiplierNanos) }
    self.symbol = symbol
    self.venue = venue
    self.assetClass = assetClass
    self.currency = currency
    self.tickSize = tickSize
    self.lotSize = lotSize
    self.multiplierNanos = multiplierNanos
    self.sector = sector
    self.calendar = calendar
  }
}
