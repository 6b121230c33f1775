public import Market

/// A protocol as a value: it is told what came and what time it is, and says what to send and what it learned. It has no clock, no socket, no thread and
/// no random source but its own seed, so a test drives it through any order of events.
///
/// Contract with whoever runs it:
/// - `wake` is called once at the start, and again at or after each `wakeAt`; calling it early does nothing.
/// - Events are given in the order in which the network brought them; each call or socket number was made by this machine.
/// - After each call everything in the outbox is performed in order.
public protocol WireMachine<Message> {
  associatedtype Message: Sendable
  /// When it wants to be woken next; nil where it waits for the network alone.
  var wakeAt: Timestamp? { get }
  mutating func wake(now: Timestamp, into out: inout WireOutbox<Message>)
  mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<Message>)
}

/// What a machine says in one step.
public struct WireOutbox<Message: Sendable>: Sendable {
  /// To be performed, in order.
  public var requests: [WireRequest] = []
  /// What was learned, in order.
  public var messages: [Message] = []
  @inlinable
  public init() {}

  @inlinable
  public mutating func removeAll() {
    requests.removeAll(keepingCapacity: true)
    messages.removeAll(keepingCapacity: true)
  }
}
