public import Market

/// Derived from a fill or corporate action: what is held afterwards.
///
/// Version 1: instrument varint; quantity decimal; cost basis, realised wide decimals.
public struct PositionChanged: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 40)
  public static let name: StaticString = "position_changed"
  public static let role = EventRole.derived

  public var instrument: InstrumentIndex
  /// Signed.
  public var quantity: Quantity
  /// What the open quantity cost, signed like it, in nanos of currency, fees apart.
  public var costBasis: Int128
  /// Profit or loss booked by this event, fees apart.
  public var realised: Int128

  public init(instrument: InstrumentIndex, quantity: Quantity, costBasis: Int128, realised: Int128) {
    self.instrument = instrument
    self.quantity = quantity
    self.costBasis = costBasis
    self.realised = realised
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.appendDecimal(quantity.nanos)
    buffer.appendWideDecimal(costBasis)
    buffer.appendWideDecimal(realised)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> PositionChanged {
    let instrument = try reader.readInstrument()
    let quantity = try reader.readQuantity()
    let costBasis = try reader.readWideDecimal()
    let realised = try reader.readWideDecimal()
    return PositionChanged(instrument: instrument, quantity: quantity, costBasis: costBasis, realised: realised)
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(instrument))
    fields.add("quantity", .quantity(quantity))
    fields.add("cost_basis", .money(costBasis))
    fields.add("realised", .money(realised))
  }
}
