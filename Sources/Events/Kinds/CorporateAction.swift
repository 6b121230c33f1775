public import Market

/// Raw values are stored and never change meaning.
public enum CorporateActionType: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case split = 1
  case cashDividend = 2
}

/// Input: a split or cash dividend that takes effect before the open of its ex-date. Written by feeds.
///
/// Version 1: instrument varint; type u8; numerator, denominator varints; cash decimal.
public struct CorporateAction: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 3)
  public static let name: StaticString = "corporate_action"
  public static let role = EventRole.input

  public var instrument: InstrumentIndex
  public var type: CorporateActionType
  /// New units for `denominator` old ones; 1 where the type has no ratio.
  public var numerator: UInt64
  public var denominator: UInt64
  /// Currency units per unit held, in nanos; 0 where the type pays none.
  public var cash: Int64

  public init(
    instrument: InstrumentIndex, type: CorporateActionType, numerator: UInt64, denominator: UInt64, cash: Int64
  ) {
    self.instrument = instrument
    self.type = type
    self.numerator = numerator
    self.denominator = denominator
    self.cash = cash
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.append(type.rawValue)
    buffer.appendVarint(numerator)
    buffer.appendVarint(denominator)
    buffer.appendDecimal(cash)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> CorporateAction {
    let instrument = try reader.readInstrument()
    let type = try reader.readCase("type", as: CorporateActionType.self)
    let numerator = try reader.readVarint()
    let denominator = try reader.readVarint()
    let cash = try reader.readDecimal()
    return CorporateAction(
      instrument: instrument, type: type, numerator: numerator, denominator: denominator, cash: cash)
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(instrument))
    fields.add("type", .word(type.word))
    fields.add("numerator", .integer(Int64(clamping: numerator)))
    fields.add("denominator", .integer(Int64(clamping: denominator)))
    fields.add("cash", .decimal(cash))
  }
}
