import Events
import Journal
import Market

/// A journal as a list of events that a test changes, leaves out or adds to, and writes again.
///
/// Rows are kept as bytes, in which references are distances: a row that moves to another place still reads.
struct EditableJournal {
  enum Item: Equatable {
    case bar(Bar)
    case row([UInt8])
  }

  var items: [Item] = []

  init(_ file: MemoryFile) throws {
    for event in try RunStage.events(file) {
      switch event.content {
      case .bar(let bar): items.append(.bar(bar))
      case .row(_, _, _, let bytes): items.append(.row(bytes))
      }
    }
  }

  /// The events in a new journal.
  func written(limits: BlockLimits = .standard, isSealed: Bool = true, firstSequence: UInt64 = 0) throws -> MemoryFile {
    let file = MemoryFile(path: "edited.zst")
    var writer = try JournalWriter(file: file, options: JournalOptions(limits: limits), firstSequence: firstSequence)
    var buffer = EventBuffer()
    for item in items {
      switch item {
      case .bar(let bar): try writer.append(bar)
      case .row(let bytes):
        buffer.clear(nextSequence: writer.nextSequence)
        try EditableJournal.append(bytes, to: &buffer)
        try writer.append(buffer)
      }
    }
    if isSealed { _ = try writer.seal() } else { try writer.sync() }
    return file
  }

  func isDerived(_ position: Int) throws -> Bool {
    guard case .row(let bytes) = items[position] else { return false }
    return bytes[1] & 0x80 == 0
  }

  /// The same row with one field changed: the last byte of its fields whose lowest bits can be another without the row becoming unreadable.
  static func changed(_ bytes: [UInt8], at sequence: UInt64) throws -> [UInt8]? {
    let bodyBytes = try bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      return try EventRow(&reader, sequence: sequence).body.count
    }
    for position in (bytes.count - bodyBytes..<bytes.count).reversed() {
      for bits: UInt8 in [1, 2, 4] {
        var other = bytes
        other[position] ^= bits
        if isCanonical(other, at: sequence) { return other }
      }
    }
    return nil
  }

  private static func isCanonical(_ bytes: [UInt8], at sequence: UInt64) -> Bool {
    var buffer = EventBuffer()
    buffer.clear(nextSequence: sequence)
    do {
      try append(bytes, to: &buffer)
    } catch {
      return false
    }
    return buffer.rows.array == bytes
  }

  private static func append(_ bytes: [UInt8], to buffer: inout EventBuffer) throws {
    let sequence = buffer.nextSequence
    let (body, origin) = try bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      let row = try EventRow(&reader, sequence: sequence)
      return (try row.decodeAny(sequence: sequence), row.origin)
    }
    append(body, origin, to: &buffer)
  }

  private static func append(_ body: some EventBody, _ origin: EventOrigin, to buffer: inout EventBuffer) {
    switch origin {
    case .input(let time): buffer.append(body, time: time)
    case .derived(let cause): buffer.append(body, cause: cause)
    }
  }
}
