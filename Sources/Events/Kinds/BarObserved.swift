public import Market

/// Input: a closed bar. Written by feeds. In blocks bars live in columns; this row form is what stands alone (golden bytes, live tails).
///
/// Version 1: instrument varint; open time zigzag; duration varint; open, high, low, close, volume decimals; source u8;
/// flags u8 (bit 0 historical, bit 1 closes its slot, others zero).
public struct BarObserved: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 2)
  public static let name: StaticString = "bar"
  public static let role = EventRole.input

  public var bar: Bar
  public init(_ bar: Bar) { self.bar = bar }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendVarint(UInt64(bar.instrument.rawValue))
    buffer.appendZigzag(bar.openTime.nanos)
    buffer.appendVarint(UInt64(bar.durationNanos))
    buffer.appendDecimal(bar.open.nanos)
    buffer.appendDecimal(bar.high.nanos)
    buffer.appendDecimal(bar.low.nanos)
    buffer.appendDecimal(bar.close.nanos)
    buffer.appendDecimal(bar.volume.nanos)
    buffer.append(bar.source.rawValue)
    buffer.append((bar.isHistorical ? 1 : 0) | (bar.closesSlot ? 2 : 0))
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> BarObserved {
    let instrument = try reader.readInstrument()
    let openTime = Timestamp(nanos: try reader.readZigzag())
    let duration = try reader.readVarint()
    guard duration <= UInt64(Int64.max) else { throw .valueOutOfRange(field: "duration", value: .max) }
    let open = try reader.readPrice()
    let high = try reader.readPrice()
    let low = try reader.readPrice()
    let close = try reader.readPrice()
    let volume = try reader.readQuantity()
    let source = try reader.readCase("source", as: BarSource.self)
    let flags = try reader.readByte()
    guard flags < 4 else { throw .valueOutOfRange(field: "flags", value: Int64(flags)) }
    do throws(BarError) {
      return BarObserved(
        try Bar(
          instrument: instrument, openTime: openTime, durationNanos: Int64(duration), open: open, high: high, low: low,
          close: close, volume: volume, source: source, isHistorical: flags & 1 != 0, closesSlot: flags & 2 != 0))
    } catch {
      throw .invalidBar(error)
    }
  }

  public func list(into fields: inout FieldList) {
    fields.add("instrument", .instrument(bar.instrument))
    fields.add("open_time", .time(bar.openTime))
    fields.add("duration_ns", .integer(bar.durationNanos))
    fields.add("open", bar.open)
    fields.add("high", bar.high)
    fields.add("low", bar.low)
    fields.add("close", bar.close)
    fields.add("volume", .quantity(bar.volume))
    fields.add("source", .word(bar.source.word))
    fields.add("historical", .flag(bar.isHistorical))
    fields.add("closes_slot", .flag(bar.closesSlot))
  }
}
