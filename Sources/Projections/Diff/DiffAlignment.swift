/// Which event of one run stands for which of the other, as far back as references reach.
///
/// References in events are compared through this table and never by number: a run that lacks one event has other numbers from
/// there on and the same meaning. Bounded: the last 65,536 events of each run, and orders while they work. What is
/// older than both counts as equal to whatever is as old.
struct DiffAlignment: ~Copyable {
  enum Counterpart: Hashable {
    case event(UInt64)
    case none
    case forgotten
  }

  static let rememberedCount: UInt64 = 65_536

  /// One run's side of the table.
  struct SideTable {
    /// Counterpart + 1 by sequence modulo the size; 0 is none.
    var recent = [UInt64](repeating: 0, count: Int(DiffAlignment.rememberedCount))
    var count: UInt64 = 0
    var workingOrders: [UInt64: UInt64] = [:]

    mutating func set(_ sequence: UInt64, _ counterpart: UInt64?) {
      recent[Int(sequence % DiffAlignment.rememberedCount)] = counterpart.map { $0 + 1 } ?? 0
      count = max(count, sequence + 1)
    }

    func counterpart(of sequence: UInt64) -> Counterpart {
      if sequence < count, sequence + DiffAlignment.rememberedCount >= count {
        let entry = recent[Int(sequence % DiffAlignment.rememberedCount)]
        return entry == 0 ? .none : .event(entry - 1)
      }
      return workingOrders[sequence].map { .event($0) } ?? .forgotten
    }
  }

  private(set) var left = SideTable()
  private(set) var right = SideTable()
  /// Every left event from here on was paired with the right one at the same distance: equal distances are equal references.
  private(set) var lockstepSince: UInt64 = 0
  private var nextInStep: (left: UInt64, right: UInt64) = (0, 0)

  mutating func pair(_ leftSequence: UInt64, _ rightSequence: UInt64) {
    if nextInStep.left != leftSequence || nextInStep.right != rightSequence { lockstepSince = leftSequence }
    nextInStep = (leftSequence + 1, rightSequence + 1)
    left.set(leftSequence, rightSequence)
    right.set(rightSequence, leftSequence)
  }

  mutating func leaveLeft(_ sequence: UInt64) { left.set(sequence, nil) }
  mutating func leaveRight(_ sequence: UInt64) { right.set(sequence, nil) }

  mutating func openOrder(_ leftSequence: UInt64, _ rightSequence: UInt64) {
    left.workingOrders[leftSequence] = rightSequence
    right.workingOrders[rightSequence] = leftSequence
  }

  /// Forgets an order that can't be spoken of much longer.
  mutating func closeOrder(left sequence: UInt64) {
    if let other = left.workingOrders.removeValue(forKey: sequence) { right.workingOrders[other] = nil }
  }

  /// True where this pair would continue an unbroken run of pairs.
  func isInStep(_ leftSequence: UInt64, _ rightSequence: UInt64) -> Bool {
    nextInStep.left == leftSequence && nextInStep.right == rightSequence
  }

  func isSame(left leftSequence: UInt64, right rightSequence: UInt64) -> Bool {
    switch left.counterpart(of: leftSequence) {
    case .event(let counterpart): counterpart == rightSequence
    case .none: false
    case .forgotten: right.counterpart(of: rightSequence) == .forgotten
    }
  }
}
