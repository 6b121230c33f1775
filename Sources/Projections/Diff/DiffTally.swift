import Events
import Market

/// What the merge has found so far: counts by kind, and where the runs first part.
struct DiffTally {
  /// The first divergence, in sequences; the chains are read when the merge is done.
  struct Mark {
    let kind: EventKind
    let time: Timestamp
    let left: UInt64?
    let right: UInt64?
    let fields: [RunDifference.FieldDifference]
    /// The nearest cause that the other run has, as its sequence there.
    let counterpartCause: UInt64?
    /// What stands at the place on the side that lacks the event.
    let instead: UInt64?
  }

  private var counts = (0...255).map { RunDifference.KindCount(kind: EventKind(rawValue: UInt8($0))) }
  private(set) var first: Mark?

  mutating func countEqual(_ kind: EventKind) { counts[Int(kind.rawValue)].equal += 1 }

  mutating func countChanged(_ kind: EventKind) { counts[Int(kind.rawValue)].changed += 1 }
  mutating func countLeftOnly(_ kind: EventKind) { counts[Int(kind.rawValue)].leftOnly += 1 }
  mutating func countRightOnly(_ kind: EventKind) { counts[Int(kind.rawValue)].rightOnly += 1 }

  mutating func note(_ mark: Mark) {
    if first == nil { first = mark }
  }

  var kinds: [RunDifference.KindCount] {
    counts.filter { $0.equal + $0.changed + $0.leftOnly + $0.rightOnly > 0 }
  }
}
