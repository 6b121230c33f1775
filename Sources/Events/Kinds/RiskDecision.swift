public import Market

/// Raw values are stored and never change meaning.
public enum RiskOutcome: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case passed = 1
  case cut = 2
  case refused = 3
}

/// Which check decided. Raw values are stored and never change meaning.
public enum RiskReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case withinLimits = 1
  /// Position and working orders already are what the signal asks for.
  case alreadyThere = 2
  case confidenceBelowMinimum = 3
  case orderQuantityCap = 4
  case positionCap = 5
  case orderNotionalCap = 6
  case shortNotAllowed = 7
  case insufficientCash = 8
  case belowOneLot = 9
  case halted = 10
  case historicalBar = 11
  case workingOrderCap = 12
}

/// Derived from a signal: what the risk gate made of the quantity it would take. Every signal gets one.
///
/// Version 1: instrument varint; outcome u8; reason u8; requested, allowed quantity decimals; observed, limit decimals.
public struct RiskDecision: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 33)
  public static let name: StaticString = "risk_decision"
  public static let role = EventRole.derived

  public var instrument: InstrumentIndex
  public var outcome: RiskOutcome
  public var reason: RiskReason
  /// Signed change of position that the signal asks for.
  public var requested: Quantity
  /// Signed change that passed; zero where refused.
  public var allowed: Quantity
  /// The number compared, in units of 10⁻⁹; zero where no cap was near.
  public var observed: Int64
  /// The cap it was compared with.
  public var limit: Int64

  public init(
    instrument: InstrumentIndex, outcome: RiskOutcome, reason: RiskReason, requested: Quantity, allowed: Quantity,
    observed: Int64, limit: Int64
  ) {
    self.instrument = instrument
    self.outcome = outcome
    self.reason = reason
    self.requested = requested
    self.allowed = allowed
    self.observed = observed
    self.limit = limit
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.append(outcome.rawValue)
    buffer.append(reason.rawValue)
    buffer.appendDecimal(requested.nanos)
    buffer.appendDecimal(allowed.nanos)
    buffer.appendDecimal(observed)
    buffer.appendDecimal(limit)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> RiskDecision {
    let instrument = try reader.readInstrument()
    let outcome = try reader.readCase("outcome", as: RiskOutcome.self)
    let reason = try reader.readCase("reason", as: RiskReason.self)
    let requested = try reader.readQuantity()
    let allowed = try reader.readQuantity()
    let observed = try reader.readDecimal()
    let limit = try reader.readDecimal()
    return RiskDecision(
      instrument: instrument, outcome: outcome, reason: reason, requested: requested, allowed: allowed,
      observed: observed, limit: limit)
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(instrument))
    fields.add("outcome", .word(outcome.word))
    fields.add("reason", .word(reason.word))
    fields.add("requested", .quantity(requested))
    fields.add("allowed", .quantity(allowed))
    fields.add("observed", .decimal(observed))
    fields.add("limit", .decimal(limit))
  }
}
