public import Market

/// Input: the venue reports another position than ours. Written by the runtime's reconciliation.
///
/// Version 1: instrument varint; ours, theirs quantity decimals.
public struct ReconciliationBreak: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 11)
  public static let name: StaticString = "reconciliation_break"
  public static let role = EventRole.input

  public var instrument: InstrumentIndex
  public var ours: Quantity
  public var theirs: Quantity

  public init(instrument: InstrumentIndex, ours: Quantity, theirs: Quantity) {
    self.instrument = instrument
    self.ours = ours
    self.theirs = theirs
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(instrument.rawValue))
    buffer.appendDecimal(ours.nanos)
    buffer.appendDecimal(theirs.nanos)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> ReconciliationBreak {
    let instrument = try reader.readInstrument()
    let ours = try reader.readQuantity()
    let theirs = try reader.readQuantity()
    return ReconciliationBreak(instrument: instrument, ours: ours, theirs: theirs)
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(instrument))
    fields.add("ours", .quantity(ours))
    fields.add("theirs", .quantity(theirs))
  }
}
