import Core
import Events
import Journal
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

  /// Cancels what came since all was cancelled, and again what the venue refused to cancel.
  private mutating func cancelRest(
    of working: [WorkingOrder], _ now: Timestamp, into out: inout LiveOutbox
  ) throws(RunError) {
    // A fill on the way may have made an order that protects what it bought. What closes for a kill works on.
    let rest = working.filter { !$0.isCancelRequested && $0.purpose != OrderPurpose.flatten.rawValue }
    let isRefused = rest.contains { loop?.engine.isCancelRefused($0.id) == true }
    let isNew = rest.contains { loop?.engine.isCancelRefused($0.id) == false }
    if isRefused, stop?.asksAgainAt == nil, let pause = stop?.pauseNanos {
      stop?.asksAgainAt = now.adding(pause)
      stop?.pauseNanos = min(pause * 2, 30_000_000_000)
    }
    let isDue = isRefused && (stop?.asksAgainAt.map { $0 <= now } ?? false)
    if !isRefused || isDue { stop?.asksAgainAt = nil }
    if isNew || isDue { try cancelAll(into: &out) }
  }

  /// Ends the run once nothing is waited for any more.
  mutating func settleStop(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    guard let stop, ending == nil else { return }
    guard loop != nil else {
      ending = endingWithoutBar(stop)
      return
    }
    let books = loop?.engine.describe().books ?? []
    let working = books.flatMap(\.orders)
    if !isSettled(working, stop), now < stop.deadline {
      if orders != nil, submission.isAllowed, settings.venue.onStop == .cancel {
        try cancelRest(of: working, now, into: &out)
      }
      return
    }
    for measurement in measured { try take(measurement, into: &out) }
    measured = []
    var end = ending(stop, now)
    end.unknownOrders = orders?.unknownCount ?? 0
    end.workingOrders = orders == nil ? 0 : working.count
    end.unprotected = unprotected(books)
    end.isKilled = loop?.engine.killedAt != nil
    end.isWithheld = orders != nil && !submission.isAllowed && (end.isKilled || !working.isEmpty)
    if end.isKilled, loop?.engine.killPhase != .flatAndHalted {
      end.openPositions = books.count { $0.quantity != .zero && !$0.isDust }
    }
    end.held = held(by: stop.cause)
    if end.held != nil {
      // The journal's last word: whoever reads it later learns why it has no end.
      try take(
        notice(.stopping, end.openPositions > 0 ? .error : .warning, Int64(end.openPositions), "run", end.line),
        into: &out)
    } else {
      if !end.unprotected.isEmpty {
        try take(notice(.stopping, .warning, Int64(end.unprotected.count), "run", end.line), into: &out)
      }
      let reason: FeedEndReason = stop.cause == .feedEnded ? .exhausted : .stopped
      try loop?.end(reason, time: time)
    }
    isDirty = true
    ending = end
  }

  /// Why a run ends that has no journal, because no bar ever came: where its minutes are over one was to be expected.
  private func endingWithoutBar(_ stop: LiveStop) -> LiveEnd {
    let words = "no bar ever came"
    if let loss = venueLoss { return LiveEnd(cause: .venueLost, text: "\(loss); \(words)") }
    if stop.cause == .minutes { return LiveEnd(cause: .feedLost, text: words) }
    return LiveEnd(cause: stop.cause, text: stop.text.isEmpty ? words : "\(stop.text); \(words)")
  }

  func unprotected(_ books: [StateDescription.BookDescription]) -> [LiveEnd.HeldUnprotected] {
    books.filter { $0.unprotected != .zero }.map {
      LiveEnd.HeldUnprotected(symbol: instruments[$0.instrument.position].symbol, quantity: $0.unprotected)
    }
  }

  /// Why it ends: as it was asked to, or because what it needs is gone. Who has orders at a venue that can't be reached has to know that first.
  private func ending(_ stop: LiveStop, _ now: Timestamp) -> LiveEnd {
    let asked = LiveEnd(cause: stop.cause, text: stop.text)
    if let loss = venueLoss { return LiveEnd(cause: .venueLost, text: "\(loss); \(asked.line)") }
    guard stop.cause == .minutes else { return asked }
    if ofOrders({ $0.isReconciled }) == false {
      return LiveEnd(cause: .venueLost, text: "run and venue were never compared; \(asked.line)")
    }
    return feedLoss(now).map { LiveEnd(cause: .feedLost, text: $0) } ?? asked
  }

  /// Why the venue counts as lost; nil where its reports arrive, or where it is simulated.
  private var venueLoss: String? {
    guard ofOrders({ $0.isConnected }) == false else { return nil }
    return ofOrders { $0.trouble ?? "it never answered" }
  }

  /// Why the feed counts as lost; nil where it gave a fresh bar of late, or none was to be had.
  private func feedLoss(_ now: Timestamp) -> String? {
    guard let freshAt else { return "no fresh bar ever came" }
    let silence = now.nanos - freshAt.nanos
    if feed.isPlayback || silence <= 3 * settings.intervalNanos + 60_000_000_000 { return nil }
    let isMissed = instruments.contains { instrument in
      let calendar = TradingCalendar(instrument.calendar)
      return calendar.phase(at: freshAt.adding(settings.intervalNanos)) == .regular
        && calendar.phase(at: now.adding(-settings.intervalNanos)) == .regular
    }
    return isMissed ? "no fresh bar came for its last \(silence / 1_000_000_000) s, in an open market" : nil
  }

  /// Whether nothing is waited for any more: answers of the venue, and what closes for a kill.
  private func isSettled(_ working: [WorkingOrder], _ stop: LiveStop) -> Bool {
    // One that has just lost its connection may have it again within the time that there is.
    let isAnswered = ofOrders { $0.isConnected && $0.isSettled }
    // In monitor mode nothing is going to be cancelled or closed at the venue, so nothing is waited for but answers.
    let isWithheld = isAnswered != nil && !submission.isAllowed
    if isClosing, !isWithheld, isAnswered != nil || stop.cause != .feedEnded { return false }
    guard let isAnswered else { return true }
    return isAnswered && (settings.venue.onStop == .leave || isWithheld || working.isEmpty)
  }

  /// Whether positions are being closed for a kill in a market that is open.
  var isClosing: Bool {
    switch loop {
    case .some(let loop): loop.engine.killPhase == .flattening
    case .none: false
    }
  }

  /// What must outlive this process; nil where the run is over with it.
  ///
  /// A kill always does. A halt or a tripped breaker does where the same command could bring bars that must not be traded on: not where a journal was
  /// played to its end, because then it begins the same rehearsal again.
  private func held(by cause: LiveEnd.Cause) -> LiveEnd.Held? {
    guard let status else { return nil }
    var by: [String] = []
    if status.state.killedAt != nil {
      by = ["a kill"]
    } else if cause != .feedEnded || !feed.isPlayback {
      by = status.state.states.map { "\(status.name($0.subject)) \($0.state.word)" }
    }
    if by.isEmpty { return nil }
    return LiveEnd.Held(runID: status.start.runID, path: path, by: by.joined(separator: ", "))
  }

  private var path: String {
    switch loop {
    case .some(let loop): loop.writer.path
    case .none: settings.instance
    }
  }
}
