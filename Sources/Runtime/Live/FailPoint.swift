/// A place in an order's life at which a process can be made to die: before and behind everything that the next process has to make good.
///
/// A run reaches them in every build, and asks whoever brought `LiveRequest.endsAt`. Only the simulation and debug builds ever say yes.
package enum FailPoint: String, CaseIterable, Hashable, Sendable {
  /// A journal was made; nothing in it is durable.
  case journalMade = "journal-made"
  /// Fresh bars have come; nothing of them is appended.
  case slotArrived = "slot-arrived"
  /// An intent is in memory; its commit hasn't begun.
  case orderAppended = "order-appended"
  /// It is on the disk; the desk doesn't have it yet.
  case orderDurable = "order-durable"
  /// The venue's machine has it; no byte has left.
  case orderHandedOver = "order-handed-over"
  /// Its bytes were given to the network; no answer has come.
  case orderSent = "order-sent"
  /// The venue has taken it; nothing of that is appended.
  case answerArrived = "answer-arrived"
  case answerAppended = "answer-appended"
  case answerDurable = "answer-durable"
  /// A fill was told; it is not booked.
  case fillArrived = "fill-arrived"
  case fillAppended = "fill-appended"
  case fillDurable = "fill-durable"
  /// The same of an order that is to be cancelled.
  case cancelAppended = "cancel-appended"
  case cancelDurable = "cancel-durable"
  case cancelHandedOver = "cancel-handed-over"
  case cancelSent = "cancel-sent"
  /// The venue says that the order is cancelled; nothing of that is appended.
  case cancelledArrived = "cancelled-arrived"
  /// The same of an order in whose favour another one is to end.
  case amendAppended = "amend-appended"
  case amendDurable = "amend-durable"
  case amendHandedOver = "amend-handed-over"
  case amendSent = "amend-sent"
  /// The same of an order that closes a position because the run was killed.
  case flattenAppended = "flatten-appended"
  case flattenDurable = "flatten-durable"
  case flattenHandedOver = "flatten-handed-over"
  case flattenSent = "flatten-sent"
  /// A process has replayed what another one left, and said so; none of that is durable.
  case restartAppended = "restart-appended"
  /// Its beginning is durable; it hasn't asked the venue for anything.
  case restartDurable = "restart-durable"
  /// Run and venue were compared; what came of it is not durable.
  case reconciliationAppended = "reconciliation-appended"
  /// The last event is in memory.
  case endAppended = "end-appended"
  /// It is durable; the journal is not sealed.
  case endDurable = "end-durable"

  /// Whether only a run that changes orders (`replace: amend`) reaches it.
  package var isOfAmendment: Bool {
    switch self {
    case .amendAppended, .amendDurable, .amendHandedOver, .amendSent: true
    case .journalMade, .slotArrived, .orderAppended, .orderDurable, .orderHandedOver, .orderSent, .answerArrived,
      .answerAppended, .answerDurable, .fillArrived, .fillAppended, .fillDurable, .cancelAppended, .cancelDurable,
      .cancelHandedOver, .cancelSent, .cancelledArrived, .flattenAppended, .flattenDurable, .flattenHandedOver,
      .flattenSent, .restartAppended, .restartDurable, .reconciliationAppended, .endAppended, .endDurable:
      false
    }
  }
}

/// What a step has taken that fail points stand around.
struct StepSubjects: OptionSet, Sendable {
  let rawValue: UInt16

  static let order = StepSubjects(rawValue: 1 << 0)
  static let answer = StepSubjects(rawValue: 1 << 1)
  static let fill = StepSubjects(rawValue: 1 << 2)
  static let cancel = StepSubjects(rawValue: 1 << 3)
  static let flatten = StepSubjects(rawValue: 1 << 4)
  static let restart = StepSubjects(rawValue: 1 << 5)
  static let reconciliation = StepSubjects(rawValue: 1 << 6)
  static let end = StepSubjects(rawValue: 1 << 7)
  static let amend = StepSubjects(rawValue: 1 << 8)

  /// How far a step has come with what it took.
  enum Stage {
    case appended
    case durable
    case handedOver
    case sent
  }

  /// The points around a stage, in the order of an order's life. Made once: every step asks.
  static func table(_ stage: Stage) -> [(subject: StepSubjects, point: FailPoint)] {
    switch stage {
    case .appended: appended
    case .durable: durable
    case .handedOver: handedOver
    case .sent: sent
    }
  }

  private static let appended: [(subject: StepSubjects, point: FailPoint)] = [
    (.order, .orderAppended), (.answer, .answerAppended), (.fill, .fillAppended), (.cancel, .cancelAppended),
    (.flatten, .flattenAppended), (.restart, .restartAppended), (.reconciliation, .reconciliationAppended),
    (.amend, .amendAppended), (.end, .endAppended),
  ]
  private static let durable: [(subject: StepSubjects, point: FailPoint)] = [
    (.order, .orderDurable), (.answer, .answerDurable), (.fill, .fillDurable), (.cancel, .cancelDurable),
    (.flatten, .flattenDurable), (.restart, .restartDurable),
    (.amend, .amendDurable), (.end, .endDurable),
  ]
  private static let handedOver: [(subject: StepSubjects, point: FailPoint)] = [
    (.order, .orderHandedOver), (.cancel, .cancelHandedOver), (.flatten, .flattenHandedOver),
    (.amend, .amendHandedOver),
  ]
  private static let sent: [(subject: StepSubjects, point: FailPoint)] = [
    (.order, .orderSent), (.cancel, .cancelSent), (.flatten, .flattenSent), (.amend, .amendSent),
  ]
}

extension LiveRun {
  /// Says that a point is reached.
  ///
  /// - Throws: where the process ends there.
  mutating func reach(_ point: FailPoint) throws(RunError) {
    if endsAt(point) { throw .endedOnPurpose(point) }
  }

  /// Says that everything the step has taken so far is at a stage.
  mutating func reach(_ stage: StepSubjects.Stage) throws(RunError) {
    if subjects.isEmpty { return }
    for (subject, point) in StepSubjects.table(stage) where subjects.contains(subject) { try reach(point) }
  }
}
