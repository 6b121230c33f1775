import Brokers
import Core
import Events
import Market

extension LiveRun {
  /// Something that the orders at a real venue know; nil where there is none.
  func ofOrders<Answer>(_ ask: (borrowing LiveOrders) -> Answer) -> Answer? {
    switch orders {
    case .some(let orders): ask(orders)
    case .none: nil
    }
  }

  /// Journals what the venue has said, and compares the run's books with its snapshot where it has one.
  mutating func takeFacts(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    guard orders != nil, loop != nil else { return }
    while true {
      let facts = orders?.takeFacts() ?? []
      for fact in facts { try take(fact, now, into: &out) }
      if orders?.isAwaitingHoldings == true, let state = loop?.engine.describe() {
        orders?.compare(state, now)
      } else if facts.isEmpty {
        return refuseReconcilers()
      }
    }
  }

  /// Somebody asks how run and venue compare: he is told when the venue has answered.
  mutating func compare(for said: ControlDesk.Entry, _ now: Timestamp) {
    guard orders != nil else { return control.answer(said, .refused(RunReconciliation.simulated)) }
    guard loop != nil else {
      return control.answer(said, .refused("no bar has come yet, so there is nothing to compare"))
    }
    guard reconcilers.count < ControlDesk.queueCountMax else {
      return control.answer(said, .refused("\(reconcilers.count) wait for the venue's answer already; ask again later"))
    }
    reconcilers.append(said)
    orders?.reconcileAgain(now)
    refuseReconcilers()
  }

  /// Nobody waits for a venue that can't be reached.
  private mutating func refuseReconcilers() {
    guard orders?.isConnected == false, !reconcilers.isEmpty else { return }
    let why = orders?.trouble.map { " (\($0))" } ?? ""
    for entry in reconcilers {
      control.answer(
        entry,
        .refused(
          "the venue can't be reached\(why), so nothing could be compared; the run keeps trying to connect, and compares when it has: ask again then"
        ))
    }
    reconcilers = []
  }

  /// What was compared is told once it is durable.
  private mutating func answerReconcilers(_ table: ReconciliationTable) {
    guard let start = loop?.start, !reconcilers.isEmpty else { return }
    let answer = ControlAnswer.reconciled(RunReconciliation(start: start, table: table))
    for entry in reconcilers { replies.append((entry, answer)) }
    reconcilers = []
  }

  private mutating func take(_ fact: DeskFact, _ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    let source = orders?.source ?? ""
    switch fact {
    case .report(let report, let ticket):
      try reach(report)
      guard let event = orders?.event(report, ticket), loop?.engine.accepts(event) == true else {
        return try take(
          notice(
            .foreignOrder, .warning, 0, source, "\(report.type.word) of \(report.clientOrderID), \(report.symbol)"),
          into: &out)
      }
      try take(event, into: &out)
      control.note(killedAt: loop?.engine.killedAt)
    case .notice(let notice):
      try take(
        Notice(
          code: notice.code, severity: notice.severity, instrument: notice.instrument, first: notice.first,
          second: notice.second, source: source, text: notice.text), into: &out)
    case .positionBreak(let instrument, let ours, let theirs):
      try take(ReconciliationBreak(instrument: instrument, ours: ours, theirs: theirs), into: &out)
    case .adopt(let adopted):
      try take(adopted, into: &out)
      if defects.steps.contains(.adoptsTwice) { try take(adopted, into: &out) }
    case .halt(let reason): try take(OperatorCommand(command: .halt, reason: reason), into: &out)
    case .reconciled(let table):
      subjects.insert(.reconciliation)
      answerReconcilers(table)
    }
  }

  /// Says that a report has come that fail points stand around.
  private mutating func reach(_ report: OrderReport) throws(RunError) {
    switch report.type {
    case .accepted:
      try reach(.answerArrived)
      subjects.insert(.answer)
    case .filled:
      try reach(.fillArrived)
      subjects.insert(.fill)
    case .cancelled: try reach(.cancelledArrived)
    case .rejected, .wouldTrigger, .expired, .cancelRejected, .reduced, .neverArrived: break
    }
  }
}
