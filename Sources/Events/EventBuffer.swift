public import Market

/// The events that one input caused, already in canonical bytes, in the order in which they enter the journal.
///
/// The reducer fills it, the journal copies its bytes, replay compares them with what the journal holds: no kind needs
/// a case anywhere but in its own file. One buffer lives as long as a run; clearing it keeps its memory.
///
/// A row is `kind, form, body byte count (varint), body`; the body begins with the distance to the causing event where the
/// row is derived (form = version), and with its time where it is an input (form = version | 0x80).
public struct EventBuffer: ~Copyable {
  public private(set) var rows: ByteBuffer
  /// The sequence the next appended event gets.
  public private(set) var nextSequence: UInt64
  public private(set) var count: Int

  public init(capacity: Int = 64 * 1024) {
    rows = ByteBuffer(capacity: capacity)
    nextSequence = 0
    count = 0
  }

  /// Empties the buffer; the next event gets `nextSequence`.
  public mutating func clear(nextSequence: UInt64) {
    rows.removeAll()
    count = 0
    self.nextSequence = nextSequence
  }

  /// Appends a derived event and returns its sequence.
  @discardableResult
  public mutating func append<Body: EventBody>(_ body: Body, cause: UInt64) -> UInt64 {
    let sequence = nextSequence
    invariant(cause < sequence, "a cause comes before its effect", Int64(cause), Int64(sequence))
    EventRow.encode(body, sequence: sequence, origin: .derived(cause: cause), into: &rows)
    nextSequence = sequence + 1
    count += 1
    return sequence
  }

  /// Appends an input and returns its sequence.
  @discardableResult
  public mutating func append<Body: EventBody>(_ body: Body, time: Timestamp) -> UInt64 {
    let sequence = nextSequence
    EventRow.encode(body, sequence: sequence, origin: .input(time: time), into: &rows)
    nextSequence = sequence + 1
    count += 1
    return sequence
  }
}
