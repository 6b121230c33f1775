public import Market

/// The events that one input caused, already in canonical bytes, in the order in which they enter the journal.
///
/// The reducer fills it, the journal copies its bytes, replay compares them with what the journal holds: no kind needs
/// a case anywhere but in its own file. One buffer lives as long as a run; clearing it keeps its memory.
///
/// A row is `kind, form, body byte count (varint), body`; the body begins with the distance to the causing event where the
/// row is derived (form = version), and with its time where it is an input (form = version | 0x80).
public struct EventBuffer: ~Copyable {
  // Visible to inlined code for the reducer's sake: appending is generic and must be specialised where it is called.
  @usableFromInline var storage: ByteBuffer
  @usableFromInline var sequence: UInt64
  @usableFromInline var eventCount: Int

  @inlinable
  public var rows: ByteBuffer {
    _read { yield storage }
  }
  /// The sequence the next appended event gets.
  @inlinable
  public var nextSequence: UInt64 { sequence }
  @inlinable
  public var count: Int { eventCount }

  public init(capacity: Int = 64 * 1024) {
    storage = ByteBuffer(capacity: capacity)
    sequence = 0
    eventCount = 0
  }

  /// Empties the buffer; the next event gets `nextSequence`.
  @inlinable
  public mutating func clear(nextSequence: UInt64) {
    storage.removeAll()
    eventCount = 0
    sequence = nextSequence
  }

  /// Appends a derived event and returns its sequence.
  @discardableResult
  @inlinable
  public mutating func append<Body: EventBody>(_ body: Body, cause: UInt64) -> UInt64 {
    let own = sequence
    EventRow.encode(body, sequence: own, cause: cause, into: &storage)
    sequence = own + 1
    eventCount += 1
    return own
  }

  /// Appends an input and returns its sequence.
  @discardableResult
  @inlinable
  public mutating func append<Body: EventBody>(_ body: Body, time: Timestamp) -> UInt64 {
    let own = sequence
    EventRow.encode(body, sequence: own, time: time, into: &storage)
    sequence = own + 1
    eventCount += 1
    return own
  }
}
