import Brokers
import Core
import Events
import Market

extension LiveRun {
  /// Journals what the venue has said, and compares the run's books with its snapshot where it has one.
  mutating func takeFacts(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    guard orders != nil, loop != nil else { return }
    while true {
      let facts = orders?.takeFacts() ?? []
      for fact in facts { try take(fact, now, into: &out) }
      if orders?.isAwaitingHoldings == true, let state = loop?.engine.describe() {
        orders?.compare(state, now)
      } else if facts.isEmpty {
        return
      }
    }
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
      orders?.note(table)
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
    case .rejected, .expired, .cancelRejected, .reduced, .neverArrived: break
    }
  }
}
