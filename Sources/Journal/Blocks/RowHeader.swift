import Events
import Market

/// The first bytes of a row, read without looking at its fields: enough to step over it.
struct RowHeader {
  let kind: EventKind
  let version: UInt8
  /// Of the whole row.
  let bytes: Int
  /// Of an input.
  let time: Timestamp?

  /// Reads the header and moves `reader` behind the row.
  /// - Throws: `DecodeError` where the row is cut, or its kind or version is none that this program knows.
  init(_ reader: inout ByteReader) throws(DecodeError) {
    let start = reader.offset
    let rawKind = try reader.readByte()
    kind = EventKind(rawValue: rawKind)
    let form = try reader.readByte()
    version = form & 0x7f
    let newest = RowHeader.newestVersions[Int(rawKind)]
    guard newest > 0 else { throw .unknownKind(rawKind) }
    guard version >= 1, version <= newest else { throw .unknownVersion(kind: rawKind, version: version) }
    let count = try reader.readCount()
    if form & 0x80 != 0 {
      let fieldsStart = reader.offset
      time = Timestamp(nanos: try reader.readZigzag())
      let read = reader.offset - fieldsStart
      guard read <= count else { throw .endOfBytes(offset: reader.offset) }
      _ = try reader.readBytes(count - read)
    } else {
      time = nil
      _ = try reader.readBytes(count)
    }
    bytes = reader.offset - start
  }

  /// By kind; 0 where this program has no such kind.
  private static let newestVersions: [UInt8] = (0...255).map { raw in
    EventRegistry.body(of: EventKind(rawValue: UInt8(raw)))?.version ?? 0
  }
}
