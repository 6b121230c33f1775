import ArgumentParser
import Brokers
import Core
import Events
import Feeds
import Foundation
import Journal
import Logging
import Market
import Metrics
import Runtime

/// One run of `paper` or `live`, from its profile to its exit code.
struct LiveSession {
  private let plan: LivePlan
  private let mode: RunMode
  private let options: LiveOptions
  private let output: OutputOptions
  private let venue: (any VenueMachine)?
  private let allowance: SubmitAllowance
  private let actions: JournalChain?

  init(
    _ plan: LivePlan, mode: RunMode, options: LiveOptions, output: OutputOptions, venue: (any VenueMachine)?,
    actions: JournalArgument? = nil
  ) throws {
    if let minutes = options.minutes, !(1...1_000_000).contains(minutes) {
      throw Failure("--minutes is at least 1 and at most 1000000.")
    }
    if options.output == "-" {
      throw Failure("a live journal is a file that a restart finds again; --output - is none.")
    }
    allowance = try SubmitAllowance.ofEnvironment()
    self.actions = try actions?.chain()
    self.plan = plan
    self.mode = mode
    self.options = options
    self.output = output
    self.venue = venue
  }

  /// - Throws: `Failure`, or `ExitCode` where it was said already.
  func run() throws {
    let metrics = RunMetrics()
    MetricsSystem.bootstrap(metrics)
    let format = options.logFormat
    let isWatched = options.watch && Terminal.isRedrawn(1)
    LoggingSystem.bootstrap { label in
      var handler = LogLines(label: label, format: format)
      // A line of the log would move what is redrawn in place, and the view shows the same events.
      if isWatched, Terminal.isRedrawn(2) { handler.logLevel = .critical }
      return handler
    }
    do { try run(metrics, isWatched: isWatched) } catch let failure as Failure where format == .json {
      // Whoever reads the log by machine reads this too.
      Logger(label: "engine").critical("\(failure.text)", metadata: ["exit_code": "\(failure.code)"])
      throw ExitCode(failure.code)
    }
  }

  private func run(_ metrics: RunMetrics, isWatched: Bool) throws {
    let watch = try RunWatch.begin(file: options.killFile ?? plan.profile.killFile)
    defer { watch.stop() }
    let signals = TerminationSignals(watch.desk)
    defer { withExtendedLifetime(signals) {} }
    let destination = LiveDestination(
      instance: plan.settings.instance, output: options.output, roll: plan.profile.roll,
      inputs: plan.inputs + (actions?.links.map(\.path) ?? []),
      watch: watch)
    let unfinished = try destination.unfinished()
    if unfinished == nil, let path = options.output { try ExistingRun(path).refuseFinishedLive() }
    let driver = try driver(destination, unfinished, watch.desk)
    let log = LiveLog(
      Logger(label: "engine"), symbols: plan.instruments.map(\.symbol),
      strategies: plan.profile.configuration.strategies.map(\.name))
    var view = isWatched || options.watch ? WatchView(plan, mode: mode, metrics, redraws: isWatched) : nil
    let (end, result) = try driver.complete(
      { out, status in
        for record in out.records { log.note(record) }
        view?.show(out, status)
      }, onSockets: venue != nil || plan.readsNetwork, isBusy: options.busy)
    view?.close()
    watch.stop()
    if let result {
      var files = result.output
      for line in files.resumption { say(line) }
      let outcome = try BacktestOutcome(
        result: BacktestResult(runID: result.runID, files: result.files, ended: result.ended),
        paths: try files.publish())
      switch output.format {
      case .text: StandardOutput.show(outcome.text + "ended     \(end.line)\n")
      case .json: StandardOutput.show(outcome.json(ended: end).text + "\n")
      }
    } else if let held = end.held {
      switch output.format {
      case .text:
        StandardOutput.show(
          "run       \(Hex.text(held.runID))\njournal   \(held.path)\nended     \(end.line)\n")
      case .json:
        StandardOutput.show(
          JSONText.object([
            ("run_id", .string(Hex.text(held.runID))), ("journal", .string(held.path)),
            ("ended", .string(end.cause.rawValue)), ("ended_because", .string(end.line)),
            ("held_by", .string(held.by)),
          ]).text + "\n")
      }
    } else {
      say("ended     \(end.line)")
    }
    if end.code != 0 { throw ExitCode(end.code) }
  }

  /// A line beside the log, in the log's own form where that is for machines.
  private func say(_ line: String) {
    switch options.logFormat {
    case .text: StandardError.write(line + "\n")
    case .json: Logger(label: "engine").notice("\(line)")
    }
  }

  private func driver(
    _ destination: LiveDestination, _ unfinished: UnfinishedRun?, _ desk: ControlDesk
  ) throws -> LiveDriver {
    #if DEBUG
      let ending = try EndingPoint.ofEnvironment()
    #endif
    do throws(RunError) {
      let journalOptions = JournalOptions(
        compressionLevel: Int32(plan.profile.level), threads: plan.profile.threads,
        durability: plan.profile.durability ?? mode.durability, owner: "engine \(mode.word), process \(getpid())")
      var resumed: ResumedJournal?
      var output: RunDestination?
      if let unfinished {
        var found = try destination.destination(unfinished)
        resumed = try found.resume(unfinished.start, journalOptions, catalog: Registration.catalog)
        if resumed == nil { throw .otherRun(path: unfinished.base + ".partial") }
        LiveLog.tell(found.replayBegin, of: unfinished.base, to: Logger(label: "engine"))
        output = found
      }
      let history = LiveSession.history(resumed)
      let feed = try feed(behind: history?.lastKnownAt, lastOpenTimes: history?.lastOpenTimes)
      let clock = try clock(feed)
      var request = LiveRequest(
        profile: plan.profile, settings: plan.settings, mode: mode, catalog: Registration.catalog,
        instruments: plan.instruments, feed: feed, venue: venue,
        submission: allowance.submission(mode, plan.settings.submits), journal: journalOptions,
        roll: plan.profile.roll, desk: desk, stopwatch: { RunClock.monotonicNanos() },
        figures: { ProcessReading.figures() })
      if case .jumping = clock {
        // Where time jumps from bar to bar there is nothing between them to read a clock for.
        request.timerNanos = nil
        request.graceNanos = nil
      }
      #if DEBUG
        if let ending { request.endsAt = ending.reach }
      #endif
      if let actions {
        let schedule = try ActionSchedule(actions, instruments: plan.instruments)
        if let note = schedule.note { say("note      \(note)") }
        request.actions = schedule
      }
      if let events = plan.profile.snapshotEvents { request.snapshotEvents = UInt64(events) }
      if let minutes = options.minutes { request.stopAfterNanos = Int64(minutes) * 60_000_000_000 }
      var readsLines = false
      if case .lines = plan.source { readsLines = true }
      let queue = ArrivalQueue()
      if let journal = resumed.take(), let output {
        let run = try LiveRun.resumed(journal, request, into: output)
        return LiveDriver(run, clock: clock, queue: queue, desk: desk, readsLines: readsLines, isWatched: options.watch)
      }
      let run = try LiveRun<RunDestination>(request) { start throws(RunError) in try destination.begin(start) }
      return LiveDriver(run, clock: clock, queue: queue, desk: desk, readsLines: readsLines, isWatched: options.watch)
    } catch {
      throw Failure(live: error)
    }
  }

  private static func history(_ resumed: borrowing ResumedJournal?) -> LiveHistory? {
    switch resumed {
    case .some(let journal): journal.history
    case .none: nil
    }
  }

  private func feed(behind: Timestamp?, lastOpenTimes: [Timestamp?]?) throws(RunError) -> any LiveFeed {
    switch plan.source {
    case .journal(let chain, let places):
      do throws(JournalError) {
        return try BarPlayback(
          try ChainReader(chain), places: places, historySlots: plan.settings.warmupBars, behind: behind)
      } catch {
        throw .journal(error)
      }
    case .lines:
      return LineBars(
        symbols: plan.instruments.map(\.symbol), intervalNanos: plan.settings.intervalNanos,
        isPaced: plan.speed != .max)
    case .network(let feeds): return try WebFeedsOfProfile.make(feeds, plan, lastOpenTimes: lastOpenTimes)
    }
  }

  private func clock(_ feed: any LiveFeed) throws(RunError) -> RunClock {
    switch plan.speed {
    case .max: return .jumping(Timestamp(nanos: 0))
    case .times(1): return .real
    case .times(let speed):
      if case .network(let feeds) = plan.source, let url = feeds.first?.url {
        do { return .scaled(from: try ExchangeTime.ask(url), speed: speed) } catch { throw .output("\(error)") }
      }
      let begins = (feed as? BarPlayback)?.begins
      return .scaled(from: begins ?? RunClock.real.now, speed: speed)
    }
  }
}
