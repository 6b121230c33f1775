package import Events
import Market

/// What the Merkle tree holds of an event: sequence and time in force, 8 bytes little-endian each, then the event's row.
///
/// A bar is the row that it would be outside a block. So a leaf says everything that there is to say about an event, and is one
/// leaf for one event.
package enum EventLeaf {
  static let headerBytes = 16

  /// Hands each event's leaf to `use`, in order.
  ///
  /// - Precondition: the rows of the block were found readable.
  static func each(
    _ block: borrowing DecodedBlock, _ scratch: inout ByteBuffer, _ use: (UnsafeRawBufferPointer) -> Void
  ) throws(DecodeError) {
    var reader = ByteReader(block.rows)
    var sequence = block.firstSequence
    var time = block.firstTime
    var bar = 0
    for run in block.runs {
      for _ in 0..<run.count {
        scratch.removeAll()
        scratch.appendFixed(sequence)
        if run.isBars {
          encode(block.bars[bar], sequence: sequence, into: &scratch)
          time = block.bars[bar].knownAt
          bar += 1
        } else {
          let row = try EventRow(&reader, sequence: sequence)
          if case .input(let inputTime) = row.origin { time = inputTime }
          scratch.appendFixed(UInt64(bitPattern: time.nanos))
          scratch.append(bytes: row.bytes)
        }
        use(scratch.bytes)
        sequence += 1
      }
    }
  }

  private static func encode(_ bar: Bar, sequence: UInt64, into bytes: inout ByteBuffer) {
    bytes.appendFixed(UInt64(bitPattern: bar.knownAt.nanos))
    EventRow.encode(BarObserved(bar), sequence: sequence, origin: .input(time: bar.knownAt), into: &bytes)
  }

  /// The leaf of an event read from a journal.
  static func bytes(of event: JournalEvent) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 256)
    bytes.appendFixed(event.sequence)
    switch event.content {
    case .bar(let bar): encode(bar, sequence: event.sequence, into: &bytes)
    case .row(_, _, _, let row):
      bytes.appendFixed(UInt64(bitPattern: event.time.nanos))
      bytes.append(row)
    }
    return Array(bytes.bytes)
  }

  /// The event of a leaf.
  ///
  /// - Throws: also where the event would be spelled otherwise, or is an input at another time than the leaf's.
  package static func event(of leaf: [UInt8]) throws(DecodeError) -> JournalEvent {
    guard leaf.count > headerBytes else { throw .endOfBytes(offset: leaf.count) }
    let outcome: Result<JournalEvent, DecodeError> = leaf.withUnsafeBytes { bytes in
      let time = Timestamp(nanos: Int64(bitPattern: bytes.fixed64(at: 8)))
      do throws(DecodeError) {
        return .success(try event(bytes, sequence: bytes.fixed64(at: 0), time: time))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  private static func event(
    _ bytes: UnsafeRawBufferPointer, sequence: UInt64, time: Timestamp
  ) throws(DecodeError) -> JournalEvent {
    var reader = ByteReader(bytes, offset: headerBytes)
    let row = try EventRow(&reader, sequence: sequence)
    try reader.requireEnd()
    if case .input(let inputTime) = row.origin, inputTime != time { throw .inconsistent("time") }
    let body = try row.decodeAny(sequence: sequence)
    if row.version == type(of: body).version {
      var again = ByteBuffer(capacity: row.bytes.count + 16)
      EventRow.encode(body, sequence: sequence, origin: row.origin, into: &again)
      guard again.bytes.elementsEqual(row.bytes) else { throw .notCanonical(offset: headerBytes) }
    }
    if let bar = (body as? BarObserved)?.bar {
      // A bar is known when it closes; its row alone would not say that.
      guard bar.knownAt == time else { throw .inconsistent("time") }
      return JournalEvent(sequence: sequence, time: time, content: .bar(bar))
    }
    return JournalEvent(
      sequence: sequence, time: time,
      content: .row(kind: row.kind, version: row.version, origin: row.origin, bytes: Array(row.bytes)))
  }
}
