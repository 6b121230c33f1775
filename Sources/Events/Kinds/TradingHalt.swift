public import Market

/// Input: trading of one instrument, or of the whole market, was halted or has resumed. Written by feeds and venues.
///
/// While it lasts nothing fills; orders wait or are refused as the profile says, and strategies are told.
///
/// Version 1: halted flag; market-wide flag; instrument varint; reason text.
public struct TradingHalt: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 10)
  public static let name: StaticString = "trading_halt"
  public static let role = EventRole.input

  public var isHalted: Bool
  /// Nil: all instruments.
  public var instrument: InstrumentIndex?
  /// The venue's code or words, such as `LUDP` or `MWC1`.
  public var reason: String

  public init(isHalted: Bool, instrument: InstrumentIndex?, reason: String) {
    self.isHalted = isHalted
    self.instrument = instrument
    self.reason = reason
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(isHalted ? 1 : 0)
    buffer.append(instrument == nil ? 1 : 0)
    buffer.appendVarint(UInt64(instrument?.rawValue ?? 0))
    buffer.appendText(reason)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> TradingHalt {
    let isHalted = try reader.readBool("halted")
    let isMarketWide = try reader.readBool("market_wide")
    let instrument = try reader.readInstrument()
    if isMarketWide, instrument.rawValue != 0 { throw .inconsistent("instrument") }
    let reason = try reader.readText()
    return TradingHalt(isHalted: isHalted, instrument: isMarketWide ? nil : instrument, reason: reason)
  }

  public func list(into fields: inout FieldList) {
    fields.add("halted", .flag(isHalted))
    fields.add("instrument", instrument.map { .instrument($0) } ?? .absent)
    fields.add("reason", .text(reason))
  }
}
