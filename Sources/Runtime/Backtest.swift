import Core
package import Events
package import Journal
import Market
package import Strategies

/// What a backtest needs besides the machine.
package struct BacktestRequest {
  package var profile: Profile
  package var catalog: StrategyCatalog
  /// Writes a snapshot behind every so many events; nil for none.
  package var snapshotEvents: UInt64?
  /// When another file is begun; nil to write one.
  package var roll: JournalRoll?
  package var threads: Int
  package var durability: Durability
  /// Whether an unfinished journal of this run is gone on with.
  package var resumes: Bool
  /// Who writes, for the live tail.
  package var owner: String
  /// What people and kill switches tell the run while it runs.
  package var desk: ControlDesk
  /// A journal of corporate actions to be taken beside the bars; nil where the bars have their own or none.
  package var actions: JournalChain?
  /// A journal of data points to be taken beside the bars.
  package var points: JournalChain?

  package init(
    profile: Profile, catalog: StrategyCatalog, snapshotEvents: UInt64? = nil, roll: JournalRoll? = nil, threads: Int,
    durability: Durability = .close, resumes: Bool = false, owner: String = "",
    desk: ControlDesk = ControlDesk(), actions: JournalChain? = nil, points: JournalChain? = nil
  ) {
    self.points = points
    self.actions = actions
    self.desk = desk
    self.durability = durability
    self.resumes = resumes
    self.owner = owner
    self.profile = profile
    self.catalog = catalog
    self.snapshotEvents = snapshotEvents
    self.roll = roll
    self.threads = threads
  }
}

package struct BacktestResult: Sendable {
  package var runID: [UInt8]
  /// Of each file in order.
  package var files: [JournalSummary]
  package var ended: RunEnded
  /// What people should know besides.
  package var notes: [String] = []

  package init(runID: [UInt8], files: [JournalSummary], ended: RunEnded) {
    self.runID = runID
    self.files = files
    self.ended = ended
  }

  /// Of all files together.
  package var summary: JournalSummary { JournalSummary(joining: files) }
}

/// Progress is told about every so many events.
private let progressEvents: UInt64 = 65_536

/// Runs a profile over the inputs of a journal into another journal.
///
/// - Parameter output: an empty file, for a request without snapshots and rolling.
package func runBacktest(
  _ request: BacktestRequest, bars: consuming ChainReader, output: any JournalFile,
  progress: (UInt64, UInt64) -> Void = { _, _ in }
) throws(RunError) -> BacktestResult {
  var single = SingleFile(file: output)
  return try runBacktest(request, bars: bars, into: &single, progress: progress)
}

/// Runs a profile over the inputs of a journal into another journal, of one file or several.
///
/// - Parameter progress: called now and then with the number of bars so far and of all bars.
package func runBacktest(
  _ request: BacktestRequest, bars: consuming ChainReader, into output: inout some RunOutput,
  progress: (UInt64, UInt64) -> Void = { _, _ in }
) throws(RunError) -> BacktestResult {
  let profile = request.profile
  let barCount = bars.summary.bars
  let barsHead = bars.summary.head
  let source = bars.chain.started
  let path = bars.chain.path
  let (instruments, places) = try profile.instruments(of: source, path: path)
  var actions: ActionSchedule?
  if let chain = request.actions { actions = try ActionSchedule(chain, instruments: instruments) }
  var points: PointSchedule?
  if let chain = request.points { points = try PointSchedule(chain, instruments: instruments) }
  let inputsDigest = RunIdentity.inputsDigest(
    bars: barsHead, actions: request.actions?.summary.head, points: request.points?.summary.head)
  try checkLimitNames(
    profile.configuration.risk, account: profile.configuration.account, instruments: instruments, path: path)
  let engine: Engine
  do throws(EngineError) {
    engine = try Engine(
      configuration: profile.configuration, instruments: instruments, catalog: request.catalog)
  } catch {
    throw RunError(error)
  }
  let profileDigest = profile.digest
  let start = RunStarted(
    mode: .backtest, reducerVersion: reducerVersion,
    runID: RunIdentity.runID(profileDigest: profileDigest, inputsDigest: inputsDigest, roll: request.roll),
    profileDigest: profileDigest, inputsDigest: inputsDigest, profile: profile.canonicalText,
    currency: profile.configuration.currency,
    strategies: profile.configuration.strategies.map(\.name), instruments: instruments)
  var feed = InputFeed(
    reader: bars, path: path, places: places, start: profile.start, end: profile.end, actions: actions, points: points)
  let options = JournalOptions(
    compressionLevel: Int32(profile.level), threads: request.threads, durability: request.durability,
    owner: request.owner)
  let shortest = ShortestDecision(profile.configuration.decisionBars, instruments: instruments, path: path)
  var input = try feed.next()
  if case .bar(let bar) = input { try shortest.check(bar) }
  let firstTime = input?.time ?? Timestamp(nanos: 0)
  var loop: RunLoop
  var end = ResumePoint.End.open
  var time = firstTime
  if request.resumes, let journal = try output.resume(start, options, catalog: request.catalog) {
    try feed.skip(journal.point, next: &input)
    if journal.point.inputs > 0 { time = journal.point.lastTime }
    end = journal.point.end
    loop = try RunLoop.resumed(journal, at: input?.time ?? time, into: &output, options: options)
  } else {
    loop = try RunLoop.begun(engine: engine, start: start, time: firstTime, into: &output, options: options)
  }
  let commits = request.durability == .commit
  var schedule = RollSchedule(request.roll, file: loop.file)
  let snapshotEvents = request.snapshotEvents ?? .max
  var nextSnapshot = snapshotEvents
  if snapshotEvents < .max { nextSnapshot = (loop.writer.nextSequence / snapshotEvents + 1) * snapshotEvents }
  var untilProgress = progressEvents
  let desk = request.desk
  if end != .open {
    input = nil
    desk.close()
  }
  var killedAt: UInt64?
  while true {
    if loop.engine.killedAt != killedAt {
      killedAt = loop.engine.killedAt
      desk.note(killedAt: killedAt)
    }
    // What somebody tells the run is an input like those of the feed, at the time of the last; only where it comes from differs.
    let said = desk.take()
    if let said, said.request == .status {
      desk.answer(said, .status(loop.status))
      continue
    }
    if let said, said.request == .reconcile {
      desk.answer(said, .refused(RunReconciliation.simulated))
      continue
    }
    if let said, said.request.word == "stop" {
      desk.answer(said, .refused("a backtest ends with its bars; to break it off, end its process"))
      continue
    }
    guard let current = said.flatMap({ Input($0.request, time: time) }) ?? input else { break }
    time = current.time
    if case .bar(let bar) = current { try shortest.check(bar) }
    if schedule.isDue(time, sequence: loop.writer.nextSequence), loop.isBetweenSlots {
      loop = try loop.rolled(at: time, into: &output)
      schedule.begin(loop.file)
    }
    let sequence = loop.writer.nextSequence
    do throws(RunError) { try loop.take(current) } catch {
      throw error.naming(current, instruments, path: actions?.path)
    }
    if let said {
      let receipt = loop.receipt(said.request.word, sequence: sequence, time: time, isDurable: commits)
      if commits { try loop.commit() }
      desk.answer(said, .appended(receipt))
      continue
    }
    if commits, loop.isBetweenSlots { try loop.commit() }
    input = nil
    // Bars that follow without anything between them: nearly all there is.
    let pause = min(nextSnapshot, untilProgress, schedule.sequenceEnd)
    while loop.writer.nextSequence < pause, !desk.isWaiting, let bar = feed.nextBar() {
      if bar.knownAt > schedule.dayEnd {
        input = .bar(bar)
        break
      }
      try shortest.check(bar)
      try loop.take(bar)
      if commits, bar.closesSlot { try loop.commit() }
      time = bar.knownAt
    }
    let next = loop.writer.nextSequence
    if next >= nextSnapshot {
      try output.write(snapshot: Snapshot.encode(loop.engine, runID: start.runID, sequence: next), sequence: next)
      nextSnapshot = (next / snapshotEvents + 1) * snapshotEvents
    }
    if next >= untilProgress {
      untilProgress = next + progressEvents
      progress(loop.engine.counts.bars, barCount)
    }
    if input == nil { input = try feed.next() }
  }
  desk.close()
  switch end {
  case .open: try loop.end(feed.reachedEnd ? .rangeEnd : .exhausted, time: time)
  case .feedEnded(let sequence): try loop.sayEnded(cause: sequence)
  case .complete: break
  }
  let ended = RunLoop.ended(loop.engine)
  var result = BacktestResult(runID: start.runID, files: try loop.seal(), ended: ended)
  result.notes = [actions?.note, points?.note].compactMap(\.self)
  return result
}
