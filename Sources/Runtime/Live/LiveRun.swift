import Brokers
import Core
package import Events
import Feeds
package import Journal
import Market
import Strategies
import Wire

/// A run at a live feed and venue, as a value: one plain synchronous step function that owns the journal, the state and every machine.
///
/// It has no thread, no clock and no socket: whoever runs it brings what came and what time it is, and performs what it says. So the very same value runs
/// over real sockets and over a simulated clock, network and disk.
///
/// Inside a step: everything that has come becomes inputs, appended and reduced; then **one** commit; only then do requests leave, are orders handed to the
/// venue, and are people answered. An effect never goes before the commit of what causes it; where a commit fails, nothing leaves at all.
///
/// Times: an input other than a bar has the time of the input before it, so that times never go back however late a bar comes. The wall clock reaches the
/// reducer as `Timer` inputs alone: one before the bars of each fresh slot, and one every few seconds; none while history is taken, whose age says nothing.
///
/// The journal is begun with the first slot that comes: the run's id is made of the instance's name and the first input, the clock's reading then.
package struct LiveRun<Output: RunOutput>: ~Copyable {
  /// Makes where the journal goes, once the run has its name.
  package typealias MakeOutput = (RunStarted) throws(RunError) -> Output

  let profile: Profile
  let settings: LiveSettings
  let mode: RunMode
  let submission: Submission
  let journalOptions: JournalOptions
  let instruments: [Instrument]
  /// What people and kill switches have to say.
  let control: ControlDesk
  let roll: JournalRoll?
  let stopAfterNanos: Int64?
  var stopAt: Timestamp?
  let timerNanos: Int64?
  let defects: LiveDefects
  let stopwatch: @Sendable () -> Int64
  let figures: @Sendable () -> ProcessFigures?
  let endsAt: @Sendable (FailPoint) -> Bool
  private let makeOutput: MakeOutput
  let catalog: StrategyCatalog

  var feed: any LiveFeed
  var feedOut = WireOutbox<FeedMessage>()
  var slots: LiveSlots
  var actions: LiveActions
  var orders: LiveOrders?

  /// Nil until the first slot came, and once the run is sealed.
  var loop: RunLoop?
  var output: Output?
  /// How many events lie between two snapshots; nil where none are kept.
  let snapshotEvents: UInt64?
  /// The state is kept once this many events are durable.
  var nextSnapshot: UInt64
  /// Why the last snapshot was not kept, until it is said.
  var snapshotFailure: RunError?
  private var schedule: RollSchedule
  package internal(set) var phase = LivePhase.waiting
  /// Of the last input.
  var time = Timestamp(nanos: .min)
  var timers: LiveTimers
  /// What came before the journal was begun and belongs in it.
  var early: [Notice] = []
  /// Whether what was asked for of history has come.
  var isWarm = false
  /// Fresh slots that came before they may be decided on.
  var held: [[Bar]] = []
  /// The run's clock when the last fresh slot came, decided on or not; nil before the first.
  var freshAt: Timestamp?
  var stop: LiveStop?
  /// Whether the machines have been woken for the first time.
  var isAwake = false
  /// The first event of this process; nil where the process began the run.
  var resumedBehind: UInt64?
  /// What ends the run with this step.
  var ending: LiveEnd?
  /// The run's clock from which the process is measured again.
  var nextFigures = Timestamp(nanos: .min)
  /// Kills from before there was anything to kill.
  var earlyKills: [ControlDesk.Entry] = []
  /// Those who wait for the next comparison with the venue.
  var reconcilers: [ControlDesk.Entry] = []
  /// Appended and not yet durable.
  var isDirty = false
  /// Answers to people that wait for the commit.
  var replies: [(entry: ControlDesk.Entry, answer: ControlAnswer)] = []
  /// What this step has taken that fail points stand around.
  var subjects: StepSubjects = []
  /// Of the last step.
  var readings = StepReadings()
  /// What the last step measured, for the journal's next step.
  var measured: [Measurement] = []
  /// The last closed slot that was decided on, and when its orders were handed over.
  var handOver: HandOver?

  /// What dry runs repeat; kept where somebody asks for them.
  var keepsLast = false
  var lastSlot: [Bar] = []
  var lastMessage: WireEvent?
  var dryRun: DryRun?

  struct HandOver {
    var sequence: UInt64
    var arrived: Int64
    var decided: Int64
    var durable: Int64
    var hasOrders: Bool
    /// When the kernel got the first byte; nil where nobody said so.
    var given: Int64?
  }

  /// A run that has no journal yet.
  ///
  /// - Parameter makeOutput: called once, with what the journal will begin with.
  /// - Throws: where profile, strategies or instruments don't fit together; nothing was written or sent.
  package init(_ request: LiveRequest, makeOutput: @escaping MakeOutput) throws(RunError) {
    try LiveRun<Output>.check(request)
    self.init(checked: request, makeOutput: makeOutput)
  }

  private init(checked request: LiveRequest, makeOutput: @escaping MakeOutput) {
    profile = request.profile
    settings = request.settings
    mode = request.mode
    submission = request.submission
    journalOptions = request.journal
    instruments = request.instruments
    control = request.desk
    roll = request.roll
    stopAfterNanos = request.stopAfterNanos
    timerNanos = request.timerNanos
    defects = request.defects
    stopwatch = request.stopwatch
    figures = request.figures
    endsAt = request.endsAt
    snapshotEvents = request.snapshotEvents
    nextSnapshot = request.snapshotEvents ?? .max
    catalog = request.catalog
    self.makeOutput = makeOutput
    feed = request.feed
    readings.lastBars = Array(repeating: nil, count: request.instruments.count)
    slots = LiveSlots(request.instruments, graceNanos: request.graceNanos)
    actions = LiveActions(request.actions)
    orders = request.venue.map { LiveOrders($0, request) }
    schedule = RollSchedule(nil, file: RunFile(number: 1, firstSequence: 0, time: Timestamp(nanos: 0)))
    timers = LiveTimers(every: request.timerNanos)
  }

  /// Goes on with a run that a crash or a kill broke off: in the state that replaying its journal gave.
  ///
  /// - Parameter journal: opened and replayed.
  package static func resumed(
    _ journal: consuming ResumedJournal, _ request: LiveRequest, into output: Output
  ) throws(RunError) -> LiveRun {
    try check(request)
    let started = journal.point.start
    guard let history = journal.history, started.mode == request.mode, started.profileDigest == request.profile.digest,
      started.instruments == request.instruments
    else { throw .otherRun(path: journal.path ?? request.settings.instance) }
    var run = LiveRun(
      checked: request, makeOutput: { _ throws(RunError) in preconditionFailure("a resumed run has its output") })
    try run.takeOver(journal, history, into: output)
    return run
  }

  private mutating func takeOver(
    _ journal: consuming ResumedJournal, _ history: LiveHistory, into output: Output
  ) throws(RunError) {
    try actions.resume(journal.chain, instruments)
    time = journal.point.lastTime
    timers.resume(behind: history.lastTimer)
    slots.resume(behind: history.lastOpenTimes, lastKnownAt: time)
    resumedBehind = journal.nextSequence
    nextSnapshot = snapshotEvents.map { max(journal.point.begin.sequence, 1) + $0 } ?? .max
    let end = journal.point.end
    var output = output
    var loop = try RunLoop.resumed(journal, at: time, into: &output, options: journalOptions)
    if case .feedEnded(let sequence) = end { try loop.sayEnded(cause: sequence) }
    if end != .open {
      var ending = LiveEnd(cause: .stop, text: "it had ended before it was sealed")
      let books = loop.engine.describe().books
      let working = orders == nil ? [] : books.flatMap(\.orders)
      ending.unprotected = unprotected(books)
      ending.workingOrders = working.count
      ending.unknownOrders = working.count { $0.isUnacknowledged }
      ending.isKilled = loop.engine.killedAt != nil
      self.ending = ending
    }
    schedule = RollSchedule(roll, file: loop.file)
    control.note(killedAt: loop.engine.killedAt)
    orders?.resume(history, loop.start.runID, loop.engine.describe())
    self.loop = consume loop
    self.loop?.engine.defects = defects.engine
    if defects.steps.contains(.forgetsStops) { self.loop?.engine.forgetStops() }
    self.output = output
    phase = .warmingUp
    isDirty = true
  }

  private static func check(_ request: LiveRequest) throws(RunError) {
    let configuration = request.profile.configuration
    try checkLimitNames(
      configuration.risk, account: configuration.account, instruments: request.instruments,
      path: "the profile's instruments")
    do throws(EngineError) {
      let engine = try Engine(
        configuration: request.profile.configuration(for: request.mode), instruments: request.instruments,
        catalog: request.catalog)
      invariant(engine.killedAt == nil, "an engine begins with no kill")
    } catch {
      throw RunError(error)
    }
  }

  /// Begins the journal with the time of the first bar and the clock's reading.
  mutating func begin(at time: Timestamp, now: Timestamp, into out: inout LiveOutbox) throws(RunError) {
    let first = Timer(number: 0, reading: now)
    let inputsDigest = RunIdentity.liveInputs(instance: settings.instance, first: first, time: time)
    let profileDigest = profile.digest
    let start = RunStarted(
      mode: mode, reducerVersion: reducerVersion,
      runID: RunIdentity.runID(profileDigest: profileDigest, inputsDigest: inputsDigest, roll: roll),
      profileDigest: profileDigest, inputsDigest: inputsDigest, profile: profile.canonicalText,
      currency: profile.configuration.currency, strategies: profile.configuration.strategies.map(\.name),
      instruments: instruments)
    let engine = try makeEngine(start, path: settings.instance, catalog: catalog)
    var output = try makeOutput(start)
    let loop = try RunLoop.begun(
      engine: engine, start: start, time: time, into: &output, options: journalOptions)
    schedule = RollSchedule(roll, file: loop.file)
    try reach(.journalMade)
    out.records.append(.started(runID: start.runID, path: loop.writer.path, resumedBehind: nil))
    self.loop = consume loop
    self.loop?.engine.defects = defects.engine
    self.output = output
    self.time = time
    actions.begin(at: time)
    isDirty = true
    orders?.begin(runID: start.runID)
    try take(first, into: &out)
    timers.begin(now)
    if stopAt == nil, let stopAfterNanos { stopAt = now.adding(stopAfterNanos) }
    if !submission.isAllowed { try withhold(into: &out) }
    try take(
      notice(.submission, .information, submission.isAllowed ? 1 : 0, "run", submission.reason), into: &out)
    // They were shown when they came.
    let shown = out.records.count
    for notice in early { try take(notice, into: &out) }
    out.records.removeLast(out.records.count - shown)
    out.unread.drop(behind: shown)
    early = []
    for entry in earlyKills {
      if case .kill(let kill) = entry.request { try hear(entry, kill, into: &out) }
    }
    earlyKills = []
    setPhase(.warmingUp, into: &out)
  }

  /// Begins another file where the profile's rule says so, before an input of that time is taken.
  mutating func rollIfDue(_ time: Timestamp) throws(RunError) {
    guard let next = loop?.writer.nextSequence, schedule.isDue(time, sequence: next), loop?.isBetweenSlots == true,
      let current = loop.take()
    else { return }
    guard var output else { preconditionFailure("a journal that is written has its output") }
    let rolled = try current.rolled(at: time, into: &output)
    self.output = output
    schedule.begin(rolled.file)
    loop = consume rolled
  }

  /// Seals the journal, once `step` said that the run is over; nil where there is none, or where the run is held and its journal stays unfinished.
  package mutating func finish() throws(RunError) -> LiveResult<Output>? {
    control.close()
    for entry in earlyKills { control.answer(entry, .refused("the run ended before it began")) }
    guard let output, let done = loop.take(), ending?.held == nil else { return nil }
    let runID = done.start.runID
    let ended = RunLoop.ended(done.engine)
    return LiveResult(runID: runID, files: try done.seal(), ended: ended, output: output)
  }

  mutating func setPhase(_ next: LivePhase, into out: inout LiveOutbox) {
    if phase == next { return }
    phase = next
    out.records.append(.phase(next))
  }

  /// How the run stands; nil before its journal was begun.
  package var status: RunStatus? {
    switch loop {
    case .some(let loop): loop.status
    case .none: nil
    }
  }

  /// The same for people who watch: with how much of each limit is used.
  ///
  /// - Complexity: linear in limits and instruments.
  package var statusWithLimits: RunStatus? {
    switch loop {
    case .some(let loop): loop.statusWithLimits
    case .none: nil
    }
  }
}

/// What a live run left.
package struct LiveResult<Output> {
  package var runID: [UInt8]
  /// Of each file in order.
  package var files: [JournalSummary]
  package var ended: RunEnded
  package var output: Output
}

/// How a run is being brought to its end.
struct LiveStop {
  var cause: LiveEnd.Cause
  var text: String
  /// The run's clock from which nothing is waited for any more.
  var deadline: Timestamp
  /// When cancels that the venue has refused are asked for again; nil where there are none.
  var asksAgainAt: Timestamp?
  /// How long is waited for after the next refusal: a venue that refuses is asked again at ever longer pauses.
  var pauseNanos: Int64 = 1_000_000_000
}

/// When the clock is read into the journal.
struct LiveTimers {
  private let nanos: Int64?
  private(set) var next: Timestamp?
  private(set) var number: UInt64 = 1

  init(every nanos: Int64?) { self.nanos = nanos }

  mutating func begin(_ now: Timestamp) { advance(now) }

  mutating func resume(behind last: UInt64?) { number = last.map { $0 + 1 } ?? 0 }

  /// The next reading.
  mutating func reading(_ now: Timestamp) -> Timer {
    defer { number += 1 }
    advance(now)
    return Timer(number: number, reading: now)
  }

  /// Readings that came with slots push the next one off.
  private mutating func advance(_ now: Timestamp) {
    guard let nanos else { return }
    next = now.adding(nanos)
  }
}

extension Timestamp {
  /// Later by some nanoseconds, at most the last instant there is.
  func adding(_ nanos: Int64) -> Timestamp {
    let (sum, overflows) = self.nanos.addingReportingOverflow(nanos)
    return Timestamp(nanos: overflows ? (nanos > 0 ? .max : .min) : sum)
  }
}
