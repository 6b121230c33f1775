public import Market

/// What a breaker watches. Raw values are stored and never change meaning.
public enum BreakerKind: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// Realised loss of the trading day, fees included, as nanos of currency.
  case dailyLoss = 1
  /// The same with what open positions lost.
  case dailyLossOpen = 2
  /// Equity below its peak, in millionths of the peak.
  case drawdown = 3
  /// Closing fills in a row that lost.
  case consecutiveLosses = 4
  /// Orders within the window: more than the threshold.
  case orderRate = 5
  /// Rejects within the window: more than the threshold.
  case rejectRate = 6
  /// Mean slippage of the last fills, in millionths of the price.
  case slippage = 7
  /// Nanoseconds without a bar inside a session.
  case feedGap = 8
  /// A position that the venue sees otherwise.
  case reconciliation = 9
  /// Nanoseconds between two readings of the clock, or a reading before the last. Readings are timers, which a backtest has none of.
  case clockJump = 10
  /// Population stability index of a strategy's confidence, in units of 10⁻⁹.
  case confidenceDrift = 11
  /// Page–Hinkley statistic of a strategy's confidence, in units of 10⁻⁹.
  case confidenceShift = 12
  /// Equal confidences in a row.
  case confidenceStuck = 13
  /// A confidence or strength outside 0 … 1.
  case predictionBounds = 14
  /// Signals within the window: more than the threshold.
  case signalRate = 15
  /// Distance of the position from the intended size, in millionths of it; `BreakerTripped.beyondShares` where nothing was intended.
  case positionDrift = 16
  /// Signals within the window: too few.
  case signalSilence = 17
}

/// What a breaker does. Raw values are stored and never change meaning; the greater includes the smaller.
public enum BreakerAction: UInt8, BitwiseCopyable, Worded, Comparable, Sendable {
  public static let words = makeWords()
  case alert = 1
  case reduceOnly = 2
  case halt = 3
  case flatten = 4

  @inlinable
  public static func < (left: BreakerAction, right: BreakerAction) -> Bool { left.rawValue < right.rawValue }
}

/// Derived: a breaker's threshold was crossed.
///
/// Version 1: breaker varint; what, action u8; scope u8, subject varint; observed, limit decimals; window varint.
public struct BreakerTripped: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 47)
  public static let name: StaticString = "breaker_tripped"
  public static let role = EventRole.derived

  /// Place in the profile's list, from 0.
  public var breaker: UInt16
  public var watches: BreakerKind
  public var action: BreakerAction
  public var subject: RiskSubject
  /// A distance of which no share can be told.
  public static let beyondShares = Int64.max

  /// In the unit that `watches` says; counts in whole units.
  public var observed: Int64
  public var limit: Int64
  /// Nanoseconds or number of values looked at; 0 where there is no window.
  public var window: UInt64

  public init(
    breaker: UInt16, watches: BreakerKind, action: BreakerAction, subject: RiskSubject, observed: Int64, limit: Int64,
    window: UInt64
  ) {
    self.breaker = breaker
    self.watches = watches
    self.action = action
    self.subject = subject
    self.observed = observed
    self.limit = limit
    self.window = window
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(breaker))
    buffer.append(watches.rawValue)
    buffer.append(action.rawValue)
    subject.encode(into: &buffer)
    buffer.appendZigzag(observed)
    buffer.appendZigzag(limit)
    buffer.appendVarint(window)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> BreakerTripped {
    let breaker = try reader.readInstrument().rawValue
    let watches = try reader.readCase("watches", as: BreakerKind.self)
    let action = try reader.readCase("action", as: BreakerAction.self)
    let subject = try RiskSubject.decode(&reader)
    let observed = try reader.readZigzag()
    let limit = try reader.readZigzag()
    let window = try reader.readVarint()
    return BreakerTripped(
      breaker: breaker, watches: watches, action: action, subject: subject, observed: observed, limit: limit,
      window: window)
  }

  public func list(into fields: inout FieldList) {
    fields.add("breaker", .integer(Int64(breaker)))
    fields.add("watches", .word(watches.word))
    fields.add("action", .word(action.word))
    subject.list(into: &fields)
    fields.add("observed", .integer(observed))
    fields.add("limit", .integer(limit))
    fields.add("window", .integer(Int64(clamping: window)))
  }
}
