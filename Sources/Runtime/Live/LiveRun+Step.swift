import Core
import Events
import Feeds
import Journal
package import Market
import Wire

extension LiveRun {
  /// When the run wants to be called next; nil where it waits for the network and for people alone.
  ///
  /// - Complexity: constant, but for the orders that are in flight.
  package var wakeAt: Timestamp? {
    if phase == .ended { return nil }
    if !isAwake || control.isWaiting { return Timestamp(nanos: .min) }
    let machines = Timestamp.earlier(
      .earlier(feed.wakeAt, slots.wakeAt), ofOrders { $0.wakeAt(takesFacts: loop != nil) } ?? nil)
    let ends = stop == nil ? stopAt : .earlier(stop?.deadline, stop?.asksAgainAt)
    return .earlier(.earlier(machines, ends), phase == .running ? timers.next : nil)
  }

  /// Takes everything that has come since the last step, and says what may leave.
  ///
  /// - Parameters:
  ///   - arrivals: in the order in which they came.
  ///   - now: the run's clock; may jump, also back.
  /// - Throws: where the journal can't be written or an input can't be taken. Nothing of the step may leave then; whoever runs it ends the process, and a
  ///   later one goes on with what is durable.
  package mutating func step(
    _ arrivals: [LiveArrival], now: Timestamp, into out: inout LiveOutbox
  ) throws(RunError) {
    out.removeAll()
    subjects = []
    if phase == .ended { return }
    let arrived = stopwatch()
    (readings.now, readings.arrived, readings.durable) = (now, arrived, nil)
    tellOfSnapshot(into: &out)
    if !isAwake { try takeUp(now, into: &out) }
    if ending != nil, stop == nil {
      // It had ended before this process began: behind its last word nothing is taken any more.
      isAwake = true
      return try commit(now, into: &out)
    }
    if !isAwake, timerNanos != nil, let stopAfterNanos { stopAt = now.adding(stopAfterNanos) }
    try takeMeasured(into: &out)
    if !isAwake || (feed.wakeAt.map { $0 <= now } ?? false) { feed.wake(now: now, into: &feedOut) }
    if !isAwake || (orders?.wakeAt(takesFacts: false).map { $0 <= now } ?? false) { orders?.wake(now) }
    isAwake = true
    try takeFeed(now, arrived, into: &out)
    try takeFacts(now, into: &out)
    for arrival in arrivals {
      switch arrival {
      case .wire(.feed, let event):
        if keepsLast { lastMessage = event }
        feed.receive(event, now: now, into: &feedOut)
      case .wire(.venue, let event): orders?.receive(event, now)
      case .line(let line): feed.receive(line: line, now: now, into: &feedOut)
      case .linesEnded: feed.endLines(now: now, into: &feedOut)
      }
      try takeFeed(now, arrived, into: &out)
      try takeFacts(now, into: &out)
    }
    try listen(now, into: &out)
    if stop == nil, let stopAt, now >= stopAt { try beginStop(.minutes, "", now, into: &out) }
    try promote(now, arrived, into: &out)
    try readClock(now, into: &out)
    try settleStop(now, into: &out)
    try commit(now, into: &out)
  }

  /// The first thing that a process does with a run that another one left.
  private mutating func takeUp(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    guard let resumedBehind, let start = loop?.start, let path = loop?.writer.path else { return }
    out.records.append(.started(runID: start.runID, path: path, resumedBehind: resumedBehind))
    subjects.insert(.restart)
    if ending != nil { return }
    if loop?.engine.isWithheld == submission.isAllowed { try withhold(into: &out) }
    try take(notice(.submission, .information, submission.isAllowed ? 1 : 0, "run", submission.reason), into: &out)
    try tellOfClock(now, into: &out)
  }

  /// How far clocks differ that go right.
  private static var clockSlackNanos: Int64 { 2_000_000_000 }

  /// Says that the clock stands before the newest bar that the run has: bars that become known before that are none to it, so it would be silent until then.
  private mutating func tellOfClock(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    guard !feed.isPlayback, time.nanos != .min, time.nanos - now.nanos > LiveRun.clockSlackNanos else { return }
    let behind = time.nanos - now.nanos
    try take(
      notice(
        .clockSkew, .warning, -behind, "run",
        "the run's clock, \(now), is \(behind / 1_000_000_000) s behind the newest bar of its journal, \(time): no bar is taken that ends before that"
      ),
      into: &out)
  }

  /// What it takes before the next phase begins.
  mutating func promote(_ now: Timestamp, _ arrived: Int64, into out: inout LiveOutbox) throws(RunError) {
    if phase == .warmingUp, isWarm {
      if orders != nil {
        orders?.reconcile(now)
        setPhase(.reconciling, into: &out)
      } else {
        setPhase(.running, into: &out)
      }
      timers.begin(now)
    }
    if phase == .reconciling, orders?.isReconciled == true { setPhase(.running, into: &out) }
    guard phase == .running, !held.isEmpty else { return }
    let waiting = held
    held = []
    for slot in waiting { try take(current(slot, now), now, arrived, into: &out) }
  }

  /// A slot that waited for the venue, as what it is by now: where another one has followed it, nothing may be ordered on it any more.
  private func current(_ slot: [Bar], _ now: Timestamp) -> [Bar] {
    guard let last = slot.last, now.nanos - last.knownAt.nanos >= last.durationNanos,
      !defects.steps.contains(.ordersOnWaited)
    else { return slot }
    return slot.map { $0.marked(isHistorical: true) }
  }

  /// Makes all that was taken durable, then lets out what follows from it.
  private mutating func commit(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    if ending != nil { subjects.insert(.end) }
    try reach(.appended)
    if isDirty, !defects.steps.contains(.sendsBeforeCommit) {
      try loop?.commit()
      isDirty = false
    }
    let durable = stopwatch()
    try reach(.durable)
    for (entry, answer) in replies { control.answer(entry, answer) }
    replies.removeAll(keepingCapacity: true)
    orders?.handOver(now)
    noteDurable(durable, into: &out)
    for request in feedOut.requests { out.requests.append(LiveOutbox.Request(party: .feed, request: request)) }
    feedOut.requests.removeAll(keepingCapacity: true)
    orders?.takeRequests(into: &out)
    try reach(.handedOver)
    if let end = ending {
      out.end = end
      setPhase(.ended, into: &out)
      for entry in reconcilers { control.answer(entry, .refused("the run ended before the venue answered")) }
      reconcilers = []
      control.close()
    }
  }

  /// Tells the run that everything it said has been performed: how long that took is measured, and what nobody waited for is done.
  ///
  /// - Parameter out: what the step said; its records are complete then.
  /// - Throws: where the process ends there.
  package mutating func performed(_ out: inout LiveOutbox) throws(RunError) {
    try reach(.sent)
    let written = stopwatch()
    out.unread.read(into: &out.records, readings)
    keepSnapshot()
    guard let done = handOver else { return }
    handOver = nil
    let given = done.given ?? written
    measured.append(
      Measurement(
        subject: .decisionLatency, about: done.sequence, first: done.decided - done.arrived,
        second: done.durable - done.arrived, third: done.hasOrders ? given - done.arrived : 0))
    guard done.hasOrders, done.given != nil else { return }
    measured.append(Measurement(subject: .socketWrite, about: done.sequence, first: written - given))
  }

  /// Tells the run that the bytes of everything it said are made, and that the kernel gets them next.
  package mutating func giving() { if handOver?.hasOrders == true { handOver?.given = stopwatch() } }

  private mutating func noteDurable(_ durable: Int64, into out: inout LiveOutbox) {
    readings.durable = durable
    handOver?.durable = durable
    handOver?.hasOrders = orders?.hasHandedOver ?? false
    for position in out.records.indices {
      switch out.records[position] {
      case .slot(var slot):
        slot.durableNanos = durable - slot.arrivedNanos
        out.records[position] = .slot(slot)
      case .started, .phase, .decision, .event, .snapshotFailed: break
      }
    }
  }

  private mutating func takeMeasured(into out: inout LiveOutbox) throws(RunError) {
    if measured.isEmpty || loop == nil { return }
    let all = measured
    measured.removeAll(keepingCapacity: true)
    for measurement in all { try take(measurement, into: &out) }
  }

  /// Reads the clock into the journal where it is due, and what the process uses.
  private mutating func readClock(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    guard loop != nil, phase == .running else { return }
    if let next = timers.next, now >= next { try take(timers.reading(now), into: &out) }
    guard now >= nextFigures else { return }
    nextFigures = now.adding(60_000_000_000)
    if let used = figures() {
      try take(
        Measurement(
          subject: .process, about: nil, first: used.residentBytes, second: used.descriptors, third: used.threads),
        into: &out)
    }
  }
}
