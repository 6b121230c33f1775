public import Market

/// What may leave. Raw values are stored and never change meaning; the greater is the stricter.
public enum TradingState: UInt8, BitwiseCopyable, Worded, Comparable, Sendable {
  public static let words = makeWords()
  case active = 0
  /// Only what makes a position smaller.
  case reduceOnly = 1
  /// Nothing.
  case halted = 2

  @inlinable
  public static func < (left: TradingState, right: TradingState) -> Bool { left.rawValue < right.rawValue }
}

/// Derived: what may leave in the name of the account, a strategy or an instrument has changed.
///
/// Version 1: scope u8; subject varint; state u8.
public struct TradingStateChanged: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 46)
  public static let name: StaticString = "trading_state_changed"
  public static let role = EventRole.derived

  public var subject: RiskSubject
  public var state: TradingState

  public init(subject: RiskSubject, state: TradingState) {
    self.subject = subject
    self.state = state
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    subject.encode(into: &buffer)
    buffer.append(state.rawValue)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> TradingStateChanged {
    let subject = try RiskSubject.decode(&reader)
    let state = try reader.readCase("state", as: TradingState.self)
    return TradingStateChanged(subject: subject, state: state)
  }

  public func list(into fields: inout FieldList) {
    subject.list(into: &fields)
    fields.add("state", .word(state.word))
  }
}

/// One account, strategy or instrument.
///
/// Stored as scope u8 and index varint; the account's index is 0.
public struct RiskSubject: BitwiseCopyable, Hashable, Sendable {
  public let scope: RiskScope
  public let index: UInt16

  private init(scope: RiskScope, index: UInt16) {
    self.scope = scope
    self.index = index
  }

  public static let account = RiskSubject(scope: .account, index: 0)
  public static func strategy(_ index: Int) -> RiskSubject { RiskSubject(scope: .strategy, index: UInt16(index)) }
  public static func symbol(_ index: Int) -> RiskSubject { RiskSubject(scope: .symbol, index: UInt16(index)) }

  public func encode(into buffer: inout ByteBuffer) {
    buffer.append(scope.rawValue)
    buffer.appendVarint(UInt64(index))
  }

  public static func decode(_ reader: inout ByteReader) throws(DecodeError) -> RiskSubject {
    let scope = try reader.readCase("scope", as: RiskScope.self)
    let index = try reader.readInstrument().rawValue
    if scope == .sector || (scope == .account && index != 0) { throw .inconsistent("scope") }
    return RiskSubject(scope: scope, index: index)
  }

  /// Which it is, and its name in a field of its own.
  public func list(into fields: inout FieldList) {
    fields.add("scope", .word(scope.word))
    fields.add("strategy", scope == .strategy ? .strategy(index) : .absent)
    fields.add("instrument", scope == .symbol ? .instrument(InstrumentIndex(index)) : .absent)
  }
}
