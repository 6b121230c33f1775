import Simulation

/// What must happen at least once in a thousand sessions: where it doesn't, the sessions are too tame to show anything about it.
package enum Sometimes {
  package static let sessionCountMin = 1_000

  /// Events of the journals, as `JournalFacts` names them.
  static let events = [
    "account/adopted", "alert/cancel_refused", "alert/flatten_retried", "breaker/tripped", "kill/flat_and_halted",
    "notice/order_resent", "notice/outcome_unknown", "notice/rate_limited", "notice/reconciled",
    "order/cancel_requested", "order/replaces", "order/withheld", "report/accepted/query", "report/cancelled/query",
    "report/cancelled/stream", "report/expired/stream", "report/filled/answer", "report/filled/query",
    "report/filled/reconciliation", "report/filled/stream", "report/never_arrived/runtime",
  ]

  /// What didn't happen.
  package static func missing(in outcome: SessionBatch.Outcome) -> [String] {
    let faults = Fault.Kind.allCases.map(\.rawValue).filter { outcome.fired[$0, default: 0] == 0 }
    return faults + events.filter { outcome.figures.sometimes[$0, default: 0] == 0 }
      + (outcome.figures.powerCuts == 0 ? ["a restart after a power cut"] : [])
      + (outcome.figures.diskFailures == 0 ? ["a restart after a disk failure"] : [])
  }
}
