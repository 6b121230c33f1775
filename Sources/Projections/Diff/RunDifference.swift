package import Events
package import Market

/// How two runs compare.
package struct RunDifference: Sendable {
  /// One of the two runs.
  package struct Side: Sendable {
    package let path: String
    package let context: RunContext
    package let eventCount: UInt64
    package let lastTime: Timestamp
    /// False where the journal ends without `run_ended`.
    package let isComplete: Bool
  }

  package struct KindCount: Sendable, Hashable {
    package let kind: EventKind
    package var equal: UInt64 = 0
    package var changed: UInt64 = 0
    package var leftOnly: UInt64 = 0
    package var rightOnly: UInt64 = 0
  }

  package struct FieldDifference: Sendable, Hashable {
    package let name: String
    package let left: String
    package let right: String
  }

  /// The first event, in the order of the runs, that has no equal on the other side.
  package struct First: Sendable {
    package let kind: EventKind
    package let time: Timestamp
    /// Nil where the event exists only in the other run.
    package let left: UInt64?
    package let right: UInt64?
    /// Empty where the event exists on one side only.
    package let fields: [FieldDifference]
    /// The event and its causes, root first; where the event is missing, the nearest cause that this run does have.
    package let leftChain: [ChainLink]
    package let rightChain: [ChainLink]
    /// What the run that lacks the event has in its place; nil at its end.
    package let instead: EventText?
  }

  package let left: Side
  package let right: Side
  package let isStrict: Bool
  /// By kind number; kinds that occur in neither run are left out.
  package let kinds: [KindCount]
  package let first: First?

  package var isSame: Bool { first == nil }
}
