public import Market

/// Raw values are stored and never change meaning.
public enum CorporateActionType: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// `numerator` new units for `denominator` old ones; fewer new ones than old is a reverse split.
  case split = 1
  /// `cash` a unit, of the ordinary kind: what the price loses by it is part of its usual course.
  case cashDividend = 2
  /// `cash` a unit, so much that what strategies remember has to follow.
  case specialDividend = 3
  /// `numerator` units of `other`, worth `price` each, for `denominator` units that stay.
  case spinOff = 4
  /// The same instrument goes by `symbol` from now on.
  case symbolChange = 5
  /// Every `denominator` units become `numerator` of `other`, and each unit `cash`; either may be nothing.
  case merger = 6
  /// Trading ends; each unit is paid `cash`, which may be nothing. What comes later under this number is another company.
  case delisting = 7
  /// Trading ends at the last price that was known.
  case delistingAtLast = 8
}

/// Input: what a company did to its shares, in force before the open of the ex-date. Written by feeds.
///
/// Version 2: instrument varint; type u8; numerator, denominator varints; cash, price decimals; other varint, 0 for none, else index + 1;
/// symbol text. Version 1 ends with cash and knows the first two types.
public struct CorporateAction: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 3)
  public static let name: StaticString = "corporate_action"
  public static let role = EventRole.input
  public static let version: UInt8 = 2

  public var instrument: InstrumentIndex
  public var type: CorporateActionType
  /// Units received for `denominator` units held; 1 where the type has no ratio, 0 where a merger pays cash alone.
  public var numerator: UInt64
  public var denominator: UInt64
  /// Currency units per unit held, in nanos; 0 where the type pays none.
  public var cash: Int64
  /// What a unit of `other` is worth, in nanos; 0 where its own last price says so.
  public var price: Int64
  /// Whose units are received; nil where they are sold at `price` at once, because the run doesn't know the instrument.
  public var other: InstrumentIndex?
  /// The new symbol; empty for all other types.
  public var symbol: String

  public init(
    instrument: InstrumentIndex, type: CorporateActionType, numerator: UInt64, denominator: UInt64, cash: Int64,
    price: Int64 = 0, other: InstrumentIndex? = nil, symbol: String = ""
  ) {
    self.instrument = instrument
    self.type = type
    self.numerator = numerator
    self.denominator = denominator
    self.cash = cash
    self.price = price
    self.other = other
    self.symbol = symbol
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.append(type.rawValue)
    buffer.appendVarint(numerator)
    buffer.appendVarint(denominator)
    buffer.appendDecimal(cash)
    buffer.appendDecimal(price)
    buffer.appendVarint(other.map { UInt64($0.rawValue) + 1 } ?? 0)
    buffer.appendText(symbol)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> CorporateAction {
    let instrument = try reader.readInstrument()
    let type = try reader.readCase("type", as: CorporateActionType.self)
    let numerator = try reader.readVarint()
    let denominator = try reader.readVarint()
    let cash = try reader.readDecimal()
    if version == 1 {
      guard type == .split || type == .cashDividend else {
        throw .valueOutOfRange(field: "type", value: Int64(type.rawValue))
      }
      return CorporateAction(
        instrument: instrument, type: type, numerator: numerator, denominator: denominator, cash: cash)
    }
    let price = try reader.readDecimal()
    let place = try reader.readVarint()
    guard place <= UInt64(UInt16.max) + 1 else {
      throw .valueOutOfRange(field: "other", value: Int64(clamping: place))
    }
    return CorporateAction(
      instrument: instrument, type: type, numerator: numerator, denominator: denominator, cash: cash, price: price,
      other: place == 0 ? nil : InstrumentIndex(UInt16(place - 1)), symbol: try reader.readText())
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(instrument))
    fields.add("type", .word(type.word))
    fields.add("numerator", .integer(Int64(clamping: numerator)))
    fields.add("denominator", .integer(Int64(clamping: denominator)))
    fields.add("cash", .decimal(cash))
    fields.add("price", .decimal(price))
    fields.add("other", other.map { .instrument($0) } ?? .absent)
    fields.add("symbol", .text(symbol))
  }
}
