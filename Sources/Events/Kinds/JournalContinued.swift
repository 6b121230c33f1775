import Market

/// Input, always the second event of a file that continues another: what the file before it holds, so that the head of each file of a
/// run commits to all files before it. Written by the runtime.
///
/// Version 1: previous head 32 bytes; previous events varint; state digest 32 bytes; file number varint. The file before it began at this
/// event's sequence − 1 − previous events.
public struct JournalContinued: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 8)
  public static let name: StaticString = "journal_continued"
  public static let role = EventRole.input

  /// The chain hash of the last block of the file before.
  public var previousHead: [UInt8]
  /// How many events the file before holds; at least 1.
  public var previousEvents: UInt64
  /// SHA-256 of the state between the two files: that of the snapshot beside this one.
  public var stateDigest: [UInt8]
  /// Which file of its run this is, counted from 1; at least 2.
  public var file: UInt64

  public init(previousHead: [UInt8], previousEvents: UInt64, stateDigest: [UInt8], file: UInt64) {
    invariant(previousHead.count == 32 && stateDigest.count == 32, "a digest has 32 bytes")
    invariant(previousEvents >= 1 && file >= 2, "a file continues one that holds something", Int64(clamping: file))
    self.previousHead = previousHead
    self.previousEvents = previousEvents
    self.stateDigest = stateDigest
    self.file = file
  }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.append(previousHead)
    buffer.appendVarint(previousEvents)
    buffer.append(stateDigest)
    buffer.appendVarint(file)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> JournalContinued {
    let previousHead = Array(try reader.readBytes(32))
    let previousEvents = try reader.readVarint()
    // This event is the second of its file, so all events before the file are at most its sequence less one.
    guard previousEvents >= 1, sequence >= 1, previousEvents <= sequence - 1 else {
      throw .valueOutOfRange(field: "previous_events", value: Int64(clamping: previousEvents))
    }
    let stateDigest = Array(try reader.readBytes(32))
    let file = try reader.readVarint()
    guard file >= 2 else { throw .valueOutOfRange(field: "file", value: Int64(clamping: file)) }
    return JournalContinued(
      previousHead: previousHead, previousEvents: previousEvents, stateDigest: stateDigest, file: file)
  }

  public func list(into fields: inout FieldList) {
    fields.add("previous_head", .digest(previousHead))
    fields.add("previous_events", .integer(Int64(clamping: previousEvents)))
    fields.add("state_sha256", .digest(stateDigest))
    fields.add("file", .integer(Int64(clamping: file)))
  }
}
