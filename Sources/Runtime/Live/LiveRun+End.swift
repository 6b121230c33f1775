import Core
import Events
import Market

extension LiveRun {
  /// Ends the run in good order: no new decisions, working orders cancelled or left as the profile says, answers awaited for a while.
  mutating func beginStop(
    _ cause: LiveEnd.Cause, _ text: String, _ now: Timestamp, into out: inout LiveOutbox
  ) throws(RunError) {
    if stop != nil { return }
    stop = LiveStop(cause: cause, text: text, deadline: now.adding(settings.venue.stopWaitNanos))
    held = []
    setPhase(.stopping, into: &out)
    guard loop != nil else { return }
    try take(notice(.stopping, .information, 0, "run", LiveEnd(cause: cause, text: text).line), into: &out)
    if orders != nil, settings.venue.onStop == .cancel { try cancelAll(into: &out) }
  }

  private mutating func cancelAll(into out: inout LiveOutbox) throws(RunError) {
    try take(OperatorCommand(command: .cancelAll, reason: "the run ends"), into: &out)
  }

  /// Ends the run once nothing is waited for any more.
  mutating func settleStop(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    guard let stop, ending == nil else { return }
    guard loop != nil else {
      ending = LiveEnd(cause: .feedLost, text: "no bar ever came")
      return
    }
    let working = loop?.engine.describe().books.flatMap(\.orders) ?? []
    if let orders {
      let isSettled = orders.isSettled && (settings.venue.onStop == .leave || working.isEmpty)
      if !isSettled, now < stop.deadline {
        // A fill on the way may have made an order that protects what it bought.
        if settings.venue.onStop == .cancel, working.contains(where: { !$0.isCancelRequested }) {
          try cancelAll(into: &out)
        }
        return
      }
    }
    for measurement in measured { try take(measurement, into: &out) }
    measured = []
    var end = LiveEnd(cause: stop.cause, text: stop.text)
    if stop.cause == .minutes, freshSlots == 0 { end = LiveEnd(cause: .feedLost, text: "no fresh bar ever came") }
    end.unknownOrders = orders?.unknownCount ?? 0
    end.workingOrders = orders == nil ? 0 : working.count
    end.isKilled = loop?.engine.killedAt != nil
    let reason: FeedEndReason = stop.cause == .feedEnded ? .exhausted : .stopped
    try loop?.end(reason, time: time)
    isDirty = true
    ending = end
  }
}
