import Events
import Journal
import Market
import Rehearsal
import Runtime
import Simulation

/// What `engine paper` and `engine live` do at their start: look for a journal that was broken off, and go on with it or begin one.
enum SessionProcess {
  static func begin(
    _ plan: SessionPlan, _ profile: Profile, _ bars: [Bar], disk: SimulatedDisk, desk: ControlDesk, clock: Timestamp,
    life: Int, defect: Defect?, script: SessionScript, shelf: SnapshotShelf
  ) throws(RunError) -> LiveRun<DiskOutput> {
    let options = JournalOptions(compressionLevel: 1, threads: 1, limits: plan.journalLimits, durability: .commit)
    guard let settings = profile.live else { preconditionFailure("a session's profile has live settings") }
    var request = LiveRequest(
      profile: profile, settings: settings, mode: plan.venue == .paper ? .paper : .live,
      catalog: SessionPlan.catalog, instruments: settings.instruments.map(\.instrument),
      feed: SessionFeed.make(
        plan, settings, bars, clock: clock, life: life, lastOpenTimes: nil, defect: defect),
      submission: Submission(isAllowed: plan.submits, reason: plan.submits ? "the plan" : "the plan withholds"),
      journal: options, desk: desk, timerNanos: plan.timerNanos)
    if let defect { request.defects = defect.live }
    request.endsAt = script.ends
    request.snapshotEvents = shelf.events
    request.venue = SessionExchange.venue(plan, settings, life: life, defect: defect)
    let resumed = try resume(request, disk: disk, shelf, options: options) { history in
      SessionFeed.make(
        plan, settings, bars, clock: clock, life: life, lastOpenTimes: history.lastOpenTimes, defect: defect)
    }
    if let resumed { return resumed }
    return try LiveRun(request) { _ throws(RunError) in DiskOutput(disk: disk, shelf: shelf) }
  }

  private static func resume(
    _ request: LiveRequest, disk: SimulatedDisk, _ shelf: SnapshotShelf, options: JournalOptions,
    feed: (LiveHistory) -> any LiveFeed
  ) throws(RunError) -> LiveRun<DiskOutput>? {
    guard disk.content(of: DiskOutput.path) != nil else { return nil }
    let held: HeldJournal
    do throws(JournalError) { held = try HeldJournal(path: DiskOutput.path, disk: disk, options: options) } catch {
      throw .journal(error)
    }
    let kept = shelf.snapshots
    guard let journal = try ResumedJournal(held, start: nil, catalog: SessionPlan.catalog, kept: { _ in kept }),
      let history = journal.history
    else { return nil }
    shelf.note(journal.point.begin)
    if journal.point.begin.snapshot != nil { try RestartComparison.check(journal, disk: disk) }
    var request = request
    request.feed = feed(history)
    return try LiveRun.resumed(journal, request, into: DiskOutput(disk: disk, shelf: shelf))
  }
}

extension RunError {
  /// Whether a disk that fails is all that is wrong.
  var isOfDisk: Bool {
    switch self {
    case .file, .spaceShort: true
    case .journal(let error): if case .file = error.fault { true } else { false }
    default: false
    }
  }
}
