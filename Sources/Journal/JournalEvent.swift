package import Events
package import Market

/// One event as it is read from a journal.
package struct JournalEvent: Sendable {
  package enum Content: Sendable {
    case bar(Bar)
    /// `bytes` are the whole row, header included.
    case row(kind: EventKind, version: UInt8, origin: EventOrigin, bytes: [UInt8])
  }

  package let sequence: UInt64
  /// Of the last input at or before the event.
  package let time: Timestamp
  package let content: Content

  package init(sequence: UInt64, time: Timestamp, content: Content) {
    self.sequence = sequence
    self.time = time
    self.content = content
  }

  package var kind: EventKind {
    switch content {
    case .bar: BarObserved.kind
    case .row(let kind, _, _, _): kind
    }
  }

  /// The event that caused this one; nil for an input.
  package var cause: UInt64? {
    if case .row(_, _, .derived(let cause), _) = content { return cause }
    return nil
  }

  /// The fields, by the registry.
  package func body() throws(DecodeError) -> any EventBody {
    switch content {
    case .bar(let bar): return BarObserved(bar)
    case .row(let kind, _, _, let bytes):
      guard let type = EventRegistry.body(of: kind) else { throw .unknownKind(kind.rawValue) }
      return try decode(row: bytes, as: type)
    }
  }

  /// The fields as `Body`.
  /// - Precondition: `kind` is the body's.
  package func decode<Body: EventBody>(_ type: Body.Type = Body.self) throws(DecodeError) -> Body {
    switch content {
    case .bar(let bar):
      guard let body = BarObserved(bar) as? Body else { throw .unknownKind(kind.rawValue) }
      return body
    case .row(_, _, _, let bytes): return try decode(row: bytes, as: type)
    }
  }

  private func decode<Body: EventBody>(row bytes: [UInt8], as type: Body.Type) throws(DecodeError) -> Body {
    let outcome: Result<Body, DecodeError> = bytes.withUnsafeBytes { view in
      do throws(DecodeError) {
        var reader = ByteReader(view)
        let row = try EventRow(&reader, sequence: sequence)
        return .success(try row.decode(type, sequence: sequence))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }
}

/// Steps through a decoded block event by event.
struct EventCursor {
  private var sequence: UInt64 = 0
  private var time = Timestamp(nanos: 0)
  private var run = 0
  private var placeInRun = 0
  private var bar = 0
  private var rowOffset = 0
  private(set) var isAtEnd = true

  /// Before any block.
  init() {}

  init(_ block: borrowing DecodedBlock) {
    sequence = block.firstSequence
    time = block.firstTime
    isAtEnd = block.runs.isEmpty
  }

  mutating func next(in block: borrowing DecodedBlock) throws(DecodeError) -> JournalEvent? {
    if isAtEnd { return nil }
    let content: JournalEvent.Content
    if block.runs[run].isBars {
      let value = block.bars[bar]
      bar += 1
      time = value.knownAt
      content = .bar(value)
    } else {
      var reader = ByteReader(block.rows, offset: rowOffset)
      let row = try EventRow(&reader, sequence: sequence)
      rowOffset = reader.offset
      if case .input(let inputTime) = row.origin { time = inputTime }
      content = .row(kind: row.kind, version: row.version, origin: row.origin, bytes: Array(row.bytes))
    }
    let event = JournalEvent(sequence: sequence, time: time, content: content)
    sequence += 1
    placeInRun += 1
    if placeInRun == block.runs[run].count {
      run += 1
      placeInRun = 0
      isAtEnd = run == block.runs.count
    }
    return event
  }
}
