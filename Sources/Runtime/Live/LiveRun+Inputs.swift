import Core
import Events
import Feeds
import Journal
import Market
import Wire

extension LiveRun {
  /// Takes an input at the time of the last one.
  mutating func take(_ body: some ReducibleInput, into out: inout LiveOutbox) throws(RunError) {
    guard let sequence = loop?.writer.nextSequence else { return }
    try loop?.take(body, time)
    isDirty = true
    switch body {
    case is Timer, is Measurement: break
    default: out.records.append(.event(sequence: sequence, body))
    }
    var scan = DerivedScan()
    loop?.eachDerived { scan.note($0, $1) }
    keepDerived(at: out.records.count, isOfSlot: false, into: &out)
    act(on: scan)
  }

  /// Keeps what the last input caused for those who are shown it, behind so many records.
  private func keepDerived(at place: Int, isOfSlot: Bool, into out: inout LiveOutbox) {
    switch loop {
    case .some(let loop): out.unread.keep(loop.derived, at: place, isOfSlot: isOfSlot)
    case .none: break
    }
  }

  /// Takes the bars of one instant.
  ///
  /// - Parameter arrived: the stopwatch when the last of them came.
  mutating func take(
    _ slot: [Bar], _ now: Timestamp, _ arrived: Int64, into out: inout LiveOutbox
  ) throws(RunError) {
    guard let last = slot.last else { return }
    let barEnd = last.knownAt
    if !last.isHistorical { try reach(.slotArrived) }
    if loop == nil { try begin(at: barEnd, now: now, into: &out) }
    while let entry = actions.take(before: barEnd) {
      try rollIfDue(max(time, entry.time))
      time = max(time, entry.time)
      do throws(RunError) { try take(entry.action, into: &out) } catch {
        throw error.naming(.corporateAction(entry.action, entry.time), instruments, path: actions.path)
      }
    }
    if !last.isHistorical { try take(timers.reading(now), into: &out) }
    try rollIfDue(barEnd)
    var scan = DerivedScan()
    var sequence: UInt64 = 0
    for bar in slot {
      sequence = loop?.writer.nextSequence ?? 0
      try loop?.take(bar)
      readings.lastBars[bar.instrument.position] = bar
      loop?.eachDerived { scan.note($0, $1) }
      // Behind the slot's record, which follows.
      keepDerived(at: out.records.count + 1, isOfSlot: true, into: &out)
    }
    time = barEnd
    isDirty = true
    let decided = stopwatch()
    let age = now.nanos - barEnd.nanos
    out.records.append(
      .slot(
        SlotRecord(
          barEnd: barEnd, bars: slot, isHistorical: last.isHistorical, ageNanos: age, sequence: sequence,
          arrivedNanos: arrived, decidedNanos: decided - arrived)))
    act(on: scan)
    if last.isHistorical { return }
    if keepsLast { lastSlot = slot }
    // Of several slots in one step, all become durable at once: the last one stands for them, as the slowest.
    handOver = HandOver(sequence: sequence, arrived: arrived, decided: decided, durable: decided, hasOrders: false)
  }

  /// Notes what follows from an input: what is to leave waits for the commit.
  private mutating func act(on scan: DerivedScan) {
    if !scan.intents.isEmpty { subjects.insert(loop?.engine.killedAt == nil ? .order : .flatten) }
    if !scan.cancels.isEmpty { subjects.insert(.cancel) }
    if !scan.replaces.isEmpty { subjects.insert(.amend) }
    orders?.note(scan)
  }

  /// Takes what the feed has said: closed slots, notices, its end.
  mutating func takeFeed(_ now: Timestamp, _ arrived: Int64, into out: inout LiveOutbox) throws(RunError) {
    if feedOut.messages.isEmpty, (slots.wakeAt.map { $0 > now } ?? true) { return }
    let messages = feedOut.messages
    feedOut.messages.removeAll(keepingCapacity: true)
    for message in messages {
      switch message {
      case .bar(let bar): slots.take(bar, now: now)
      case .notice(let notice): try tell(Notice(notice), into: &out)
      case .warmedUp: isWarm = true
      case .ended: slots.flush()
      }
      try takeSlots(now, arrived, into: &out)
      if message == .ended {
        // A feed with an end has no more history to wait for.
        isWarm = true
        try promote(now, arrived, into: &out)
        try beginStop(.feedEnded, "", now, into: &out)
      }
    }
    slots.wake(now: now)
    try takeSlots(now, arrived, into: &out)
  }

  private mutating func takeSlots(_ now: Timestamp, _ arrived: Int64, into out: inout LiveOutbox) throws(RunError) {
    for notice in slots.takeNotices() { try tell(Notice(notice), into: &out) }
    for slot in slots.takeClosed() {
      // What comes while the run is being ended is of no use to it: nothing is decided any more. A kill that closes positions goes on by bars.
      if stop != nil, !isClosing { return }
      guard let last = slot.last, last.knownAt >= time else { continue }
      if !last.isHistorical { freshAt = now }
      // Behind a slot that waits, history waits too: what was missed since is told while the venue is still asked, and is later than it.
      if phase != .running, phase != .stopping, !last.isHistorical || !held.isEmpty {
        held.append(slot)
        if loop == nil { try begin(at: last.knownAt, now: now, into: &out) }
        try promote(now, arrived, into: &out)
      } else {
        try take(slot, now, arrived, into: &out)
      }
    }
  }

  /// Keeps a notice, in the journal or, where that hasn't begun, until it has.
  mutating func tell(_ notice: Notice, into out: inout LiveOutbox) throws(RunError) {
    if loop != nil { return try take(notice, into: &out) }
    // More than these are one trouble said again and again.
    if early.count < 256 { early.append(notice) }
    out.records.append(.event(sequence: 0, notice))
  }

  func notice(_ code: NoticeCode, _ severity: AlertSeverity, _ first: Int64, _ source: String, _ text: String) -> Notice
  {
    Notice(
      code: code, severity: severity, instrument: nil, first: first, second: 0, source: source, text: text)
  }

  /// Marks orders as withheld from here on, or lets them leave again, where the journal says otherwise than the switches.
  mutating func withhold(into out: inout LiveOutbox) throws(RunError) {
    let command: OperatorCommandType = submission.isAllowed ? .submit : .withhold
    try take(OperatorCommand(command: command, reason: submission.reason), into: &out)
  }

  /// Takes what people and kill switches have to say.
  mutating func listen(_ now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    while let said = control.take() {
      switch said.request {
      case .stop(let reason):
        control.answer(said, .stopping)
        try beginStop(.stop, reason, now, into: &out)
      case .terminate(let signal):
        control.answer(said, .stopping)
        try beginStop(.signal, signal, now, into: &out)
      case .status:
        control.answer(said, status.map { .status($0) } ?? .refused("no bar has come yet, so there is no run"))
      case .reconcile: compare(for: said, now)
      // A switch that was on before the first bar kills the run as soon as there is one.
      case .kill where loop == nil: earlyKills.append(said)
      case .kill(let kill): try hear(said, kill, into: &out)
      case .command(let command): try hear(said, command, into: &out)
      }
    }
  }

  mutating func hear(
    _ said: ControlDesk.Entry, _ body: some ReducibleInput, into out: inout LiveOutbox
  ) throws(RunError) {
    guard let sequence = loop?.writer.nextSequence else {
      control.answer(said, .refused("no bar has come yet, so there is nothing to be told; end the process to stop it"))
      return
    }
    try take(body, into: &out)
    control.note(killedAt: loop?.engine.killedAt)
    guard let receipt = loop?.receipt(said.request.word, sequence: sequence, time: time, isDurable: true) else {
      return
    }
    replies.append((said, .appended(receipt)))
  }
}

extension Notice {
  init(_ notice: FeedNotice) {
    self.init(
      code: notice.code, severity: notice.severity, instrument: notice.instrument, first: notice.first,
      second: notice.second, source: "feed.\(notice.source)", text: notice.text)
  }
}
