public import Market

/// Raw values are stored and never change meaning.
public enum Direction: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case flat = 0
  case long = 1
  case short = 2

  @inlinable
  public var sign: Int64 { self == .flat ? 0 : self == .long ? 1 : -1 }
}

/// Why a strategy asks for what it asks. Raw values are stored and never change meaning.
public enum SignalReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case crossedAbove = 1
  case crossedBelow = 2
  case momentumUp = 3
  case momentumDown = 4
  case oversold = 5
  case overbought = 6
  case revertedToMean = 7
  case brokeOutUp = 8
  case brokeOutDown = 9
  case firstBar = 10
  case enterRule = 11
  case exitRule = 12
  case enterShortRule = 13
  case exitShortRule = 14
  case rankedIn = 15
  case rankedOut = 16
  case custom = 17
}

/// Derived from a bar: a strategy wants another position in an instrument.
///
/// Version 1: strategy varint; instrument varint; direction u8; strength, confidence zigzag; reason u8; two feature decimals.
public struct Signal: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 32)
  public static let name: StaticString = "signal"
  public static let role = EventRole.derived

  public var strategy: UInt16
  public var instrument: InstrumentIndex
  public var direction: Direction
  /// How much of a full position, 0 … 1, in millionths.
  public var strength: Int64
  /// 0 … 1 in millionths; rounded before anything compares it.
  public var confidence: Int64
  public var reason: SignalReason
  /// The numbers that decided, in units of 10⁻⁹, in the order in which the strategy names them.
  public var firstFeature: Int64
  public var secondFeature: Int64

  public init(
    strategy: UInt16, instrument: InstrumentIndex, direction: Direction, strength: Int64, confidence: Int64,
    reason: SignalReason, firstFeature: Int64, secondFeature: Int64
  ) {
    self.strategy = strategy
    self.instrument = instrument
    self.direction = direction
    self.strength = strength
    self.confidence = confidence
    self.reason = reason
    self.firstFeature = firstFeature
    self.secondFeature = secondFeature
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(strategy))
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.append(direction.rawValue)
    buffer.appendZigzag(strength)
    buffer.appendZigzag(confidence)
    buffer.append(reason.rawValue)
    buffer.appendDecimal(firstFeature)
    buffer.appendDecimal(secondFeature)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> Signal {
    let strategy = try reader.readStrategy()
    let instrument = try reader.readInstrument()
    let direction = try reader.readCase("direction", as: Direction.self)
    let strength = try reader.readZigzag()
    let confidence = try reader.readZigzag()
    let reason = try reader.readCase("reason", as: SignalReason.self)
    let firstFeature = try reader.readDecimal()
    let secondFeature = try reader.readDecimal()
    return Signal(
      strategy: strategy, instrument: instrument, direction: direction, strength: strength, confidence: confidence,
      reason: reason, firstFeature: firstFeature, secondFeature: secondFeature)
  }

  public func list(into fields: inout FieldList) {
    fields.add("strategy", .strategy(strategy))
    fields.add("instrument", .instrument(instrument))
    fields.add("direction", .word(direction.word))
    fields.add("strength", .micros(strength))
    fields.add("confidence", .micros(confidence))
    fields.add("reason", .word(reason.word))
    fields.add("first_feature", .decimal(firstFeature))
    fields.add("second_feature", .decimal(secondFeature))
  }
}
