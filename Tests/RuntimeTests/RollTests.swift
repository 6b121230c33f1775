// Goal: a run that is rolled into many files is the same run: one stream together, each file alone from the snapshot beside it, and the same
// decisions as in one file. What is missing, double, changed or foreign is named. Method: random profiles over random walks, rolled at random places; each
// file left out, swapped, edited in turn.
import Core
import Events
import Journal
import Market
import Projections
import Runtime
import Strategies
import Testing

/// A run of several files in memory.
struct RolledRun {
  var files: [MemoryFile]
  var starts: [[UInt8]?]
  var result: BacktestResult
  var areSealedInOrder: Bool

  init(_ yaml: String, over bars: MemoryFile, roll: JournalRoll?, threads: Int = 1) throws {
    let profile = try Profile.parse(yaml: yaml, file: "profile.yaml", catalog: .builtIn)
    var output = MemoryOutput()
    result = try runBacktest(
      BacktestRequest(profile: profile, catalog: .builtIn, roll: roll, threads: threads),
      bars: try ChainReader(file: bars), into: &output)
    files = output.files
    areSealedInOrder = output.areSealedInOrder
    starts = output.starts
  }

  func start(of place: Int) -> (bytes: [UInt8], path: String)? { starts[place].map { ($0, "snapshot") } }
}

@Suite("Rolled journals")
struct RollTests {
  private func replay(_ files: [MemoryFile], from snapshot: (bytes: [UInt8], path: String)? = nil) throws
    -> ReplayReport
  {
    try Replay(try JournalChain(files), catalog: .builtIn, snapshot: snapshot).run { _, _ in }
  }

  private func bars(_ count: Int, symbols: Int, seed: UInt64) throws -> MemoryFile {
    try RunStage.journal(
      RunStage.walk(count, symbols: symbols, seed: seed, gap: symbols > 1 ? 7 : nil), symbols: RunStage.symbols(symbols)
    )
  }

  /// Four days of a quick strategy.
  private func fourDays() throws -> RolledRun {
    try RolledRun(StageProfile.cross, over: try bars(5_000, symbols: 1, seed: 5), roll: .day)
  }

  @Test("replays as one stream and each file alone, whatever the profile and wherever it was rolled", arguments: 1...24)
  func replaysRolled(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) &+ 500)
    let symbols = [1, 2, 4][seed % 3]
    let bars = try bars(500, symbols: symbols, seed: UInt64(seed))
    let profile = StageProfile.random(UInt64(seed), symbols: RunStage.symbols(symbols))
    let roll = JournalRoll.events(UInt64(1 + random.next(below: 300)))
    let run = try RolledRun(profile, over: bars, roll: roll)
    try #require(run.files.count > 2, "seed \(seed)")
    let whole = try replay(run.files.shuffled(using: &random))
    #expect(
      whole.isEqual && whole.isComplete && whole.isSealed, "seed \(seed): \(String(describing: whole.divergence))")
    #expect(whole.files.map(\.path) == run.files.map(\.path))
    #expect(whole.events == run.result.summary.events && whole.bars == run.result.summary.bars)
    #expect(whole.head == run.result.files.last?.head)
    var alone: (events: UInt64, bars: UInt64, derived: UInt64) = (0, 0, 0)
    for place in run.files.indices {
      let report = try replay([run.files[place]], from: run.start(of: place))
      #expect(report.isEqual, "seed \(seed), file \(place): \(String(describing: report.divergence))")
      #expect(report.isComplete == (place == run.files.count - 1))
      #expect((report.snapshot == nil) == (place == 0))
      alone = (alone.events + report.events, alone.bars + report.bars, alone.derived + report.derived)
      #expect(try verifyJournal(file: run.files[place]).isIntact, "seed \(seed), file \(place)")
    }
    #expect(alone == (whole.events, whole.bars, whole.derived), "seed \(seed)")
    // Neither the files nor the states between them depend on the threads.
    let threaded = try RolledRun(profile, over: bars, roll: roll, threads: 2)
    #expect(threaded.files.map(\.bytes) == run.files.map(\.bytes) && threaded.starts == run.starts, "seed \(seed)")
  }

  @Test("decides as the run in one file: the same events by meaning, and the same end", arguments: 1...24)
  func sameMeaning(seed: Int) throws {
    let symbols = [1, 2, 4][seed % 3]
    let bars = try bars(500, symbols: symbols, seed: UInt64(seed))
    let profile = StageProfile.random(UInt64(seed) + 60, symbols: RunStage.symbols(symbols))
    let whole = try RolledRun(profile, over: bars, roll: nil)
    let rolled = try RolledRun(profile, over: bars, roll: .events(UInt64(20 + seed * 9)))
    try #require(rolled.files.count > 2)
    let difference = try diff(JournalChain(whole.files), JournalChain(rolled.files))
    #expect(difference.isSame, "seed \(seed): \(difference.text())")
    #expect(difference.left.eventCount + 2 * UInt64(rolled.files.count - 1) == difference.right.eventCount)
    var (end, other) = (whole.result.ended, rolled.result.ended)
    // The digest covers order ids, which are sequences.
    end.stateDigest = other.stateDigest
    #expect(end == other)
    other.fills += 1
    let text = { (run: RolledRun) in
      try report(JournalChain(run.files)).text().split(separator: "\n").filter {
        !$0.hasPrefix("run") && !$0.contains("events")
      }
    }
    #expect(try text(whole) == text(rolled), "seed \(seed)")
    // The rule is part of what names a run, and of nothing else.
    #expect(whole.result.runID != rolled.result.runID)
    #expect(try JournalChain(whole.files).started.profileDigest == JournalChain(rolled.files).started.profileDigest)
  }

  @Test("begins a file with each UTC day, with run_started and journal_continued, and nowhere else")
  func byDay() throws {
    let run = try fourDays()
    #expect(run.files.count == 4)
    #expect(run.areSealedInOrder)
    let chain = try JournalChain(run.files)
    var last: Int64?
    for (place, link) in chain.links.enumerated() {
      let events = try RunStage.events(run.files[place])
      let days = Set(events.map { JournalRoll.utcDay(of: $0.time) })
      #expect(days.count == 1, "file \(place) holds \(days.count) days")
      let day = try #require(days.first)
      #expect(day == last.map { $0 + 1 } ?? day)
      last = day
      #expect(link.summary.blocks > 0 && link.started == chain.started)
      #expect(events.count { $0.kind == RunStarted.kind || $0.kind == JournalContinued.kind } == (place == 0 ? 1 : 2))
      #expect(events[0].kind == RunStarted.kind)
      guard place > 0 else { continue }
      let previous = chain.links[place - 1].summary
      #expect(
        try events[1].decode(JournalContinued.self)
          == JournalContinued(
            previousHead: previous.head, previousEvents: previous.events,
            stateDigest: try #require(link.continued).stateDigest, file: UInt64(place + 1)))
      #expect(link.previousFirstSequence == previous.firstSequence)
    }
  }

  @Test("never rolls inside a slot, however small a file is to be")
  func betweenSlots() throws {
    let run = try RolledRun(StageProfile.cross, over: try bars(90, symbols: 3, seed: 8), roll: .events(1))
    var slots = 0
    for file in run.files {
      let bars = try RunStage.events(file).compactMap { if case .bar(let bar) = $0.content { bar } else { nil } }
      #expect(bars.last?.closesSlot ?? true)
      #expect(bars.count { $0.closesSlot } == 1)
      slots += 1
    }
    #expect(slots > 25)
    #expect(try replay(run.files).isEqual)
  }

  @Test("takes the journal of a rolled run as the bars of another")
  func asBars() throws {
    let run = try fourDays()
    let again = try runBacktest(
      BacktestRequest(
        profile: try Profile.parse(yaml: StageProfile.cross, file: "p", catalog: .builtIn), catalog: .builtIn,
        threads: 1),
      bars: try ChainReader(try JournalChain(run.files)), output: MemoryFile())
    #expect(again.summary.bars == run.result.summary.bars)
    #expect(again.ended.fills == run.result.ended.fills && again.ended.fills > 50)
  }

  // MARK: What is refused

  private func error(_ files: [MemoryFile]) -> ChainError? {
    do {
      _ = try JournalChain(files)
      return nil
    } catch {
      return error
    }
  }

  @Test("names the events that are missing between two files, and a file given twice")
  func gaps() throws {
    let run = try fourDays()
    let links = try JournalChain(run.files).links
    let gap = error([run.files[0], run.files[3]])
    #expect(
      gap
        == .gap(
          path: "run-4.zst", first: links[1].summary.firstSequence, last: links[3].summary.firstSequence - 1,
          previous: "run.zst"))
    #expect(error([run.files[1], run.files[0], run.files[1]]) == .duplicate(path: "run-2.zst", other: "run-2.zst"))
    #expect(error([run.files[2], run.files[1]]) == nil)
    #expect(throws: ChainError.startMissing(path: "run-2.zst", firstSequence: links[1].summary.firstSequence)) {
      try JournalChain([run.files[1], run.files[2]]).requireStart()
    }
  }

  @Test("refuses files of two runs, and two versions of a day that don't belong together")
  func foreign() throws {
    let run = try fourDays()
    let other = try RolledRun(
      StageProfile.cross.replacing("slow: 5", with: "slow: 6"), over: try bars(5_000, symbols: 1, seed: 5), roll: .day)
    guard case .otherRun? = error([run.files[0], other.files[1]]) else {
      Issue.record("files of two runs were taken together")
      return
    }
    // One bar of the first day is another one: same sequences, same run, another head.
    var edited = try EditableJournal(run.files[0])
    let place = try #require(edited.items.lastIndex { if case .bar = $0 { true } else { false } })
    guard case .bar(let bar) = edited.items[place] else { return }
    edited.items[place] = .bar(
      try Bar(
        instrument: bar.instrument, openTime: bar.openTime, durationNanos: bar.durationNanos, open: bar.open,
        high: bar.high, low: bar.low, close: bar.close, volume: bar.volume + Quantity(nanos: FixedPoint.unit),
        source: bar.source, isHistorical: bar.isHistorical, closesSlot: bar.closesSlot))
    #expect(error([try edited.written(), run.files[1]]) == .otherHead(path: "run-2.zst", previous: "edited.zst"))
    // Its end is cut off: what is missing is named.
    var cut = try EditableJournal(run.files[0])
    cut.items.removeLast(10)
    let first = try JournalChain(run.files).links[1].summary.firstSequence
    #expect(
      error([try cut.written(), run.files[1]])
        == .gap(path: "run-2.zst", first: first - 10, last: first - 1, previous: "edited.zst"))
  }

  @Test("needs the state that a file begins in: that of its snapshot, or of the files before it")
  func snapshots() throws {
    let run = try fourDays()
    let path = "run-3.zst.snapshot-"
    do {
      _ = try replay([run.files[2]])
      Issue.record("a file was replayed from nothing")
    } catch let error as RunError {
      guard case .snapshotMissing(let snapshot, "run-3.zst") = error else { throw error }
      #expect(snapshot.hasPrefix(path))
    }
    for wrong in [run.start(of: 1), run.start(of: 3), ([1, 2, 3], "cut")] {
      do {
        _ = try replay([run.files[2]], from: wrong)
        Issue.record("a file was replayed from another state")
      } catch let error as RunError {
        guard case .snapshotOfOtherState = error else { throw error }
      }
    }
    let tail = try replay([run.files[3], run.files[2]], from: run.start(of: 2))
    #expect(tail.isEqual && tail.isComplete && tail.files.count == 2)
  }

  @Test("finds a changed state digest, and a file that begins in the middle without saying what it continues")
  func changedContinuation() throws {
    let run = try fourDays()
    let link = try JournalChain(run.files).links[1]
    let first = link.summary.firstSequence
    var continued = try #require(link.continued)
    continued.stateDigest[7] ^= 1
    var edited = try EditableJournal(run.files[1])
    var row = ByteBuffer()
    EventRow.encode(continued, sequence: first + 1, origin: .input(time: link.startedAt), into: &row)
    edited.items[1] = .row(row.array)
    let changed = try edited.written(firstSequence: first)
    let report = try replay([run.files[0], changed])
    #expect(report.divergence?.sequence == first + 1)
    #expect(report.divergence?.journaled == row.array && report.divergence?.recomputed != nil)
    #expect(report.files.count == 2)
    edited.items.remove(at: 1)
    let bare = try edited.written(firstSequence: first)
    #expect(error([bare]) == .notContinued(path: "edited.zst", firstSequence: first))
  }

  @Test("shows the same state at an event from the day's snapshot as from the start of the run")
  func states() throws {
    let run = try fourDays()
    let chain = try JournalChain(run.files)
    for (place, link) in chain.links.enumerated() where place > 0 {
      let (first, next) = (link.summary.firstSequence, link.summary.nextSequence)
      for sequence in [first, first + 1, first + 2, (first + next) / 2, next - 1] {
        let whole = try stateAt(
          sequence: sequence, reader: try ChainReader(chain), catalog: .builtIn, snapshot: nil)
        let alone = try stateAt(
          sequence: sequence, reader: try ChainReader(file: run.files[place]), catalog: .builtIn,
          snapshot: run.start(of: place))
        #expect("\(whole.state)" == "\(alone.state)", "event \(sequence)")
      }
      #expect(throws: RunError.self) {
        _ = try stateAt(
          sequence: first - 1, reader: try ChainReader(file: run.files[place]), catalog: .builtIn, snapshot: nil)
      }
    }
  }

  @Test("is seen as one journal by sequence and by time, across the files' borders")
  func seeks() throws {
    let run = try fourDays()
    let all = try run.files.flatMap { try RunStage.events($0) }
    #expect(all.map(\.sequence) == Array(0..<UInt64(all.count)))
    var reader = try ChainReader(try JournalChain(run.files))
    var random = SplitMix64(seed: 3)
    for _ in 0..<200 {
      let place = Int(random.next(below: Int64(all.count)))
      try reader.seek(toSequence: UInt64(place))
      #expect(try reader.next()?.sequence == UInt64(place))
      try reader.seek(toTime: all[place].time)
      let found = try #require(try reader.next())
      #expect(found.time >= all[place].time && found.sequence <= UInt64(place))
      #expect(found.sequence == 0 || all[Int(found.sequence) - 1].time < all[place].time)
    }
    try reader.seek(toSequence: UInt64(all.count - 1))
    #expect(try reader.next() != nil)
    #expect(try reader.next() == nil)
    try reader.seek(toSequence: 0)
    var count = 0
    while try reader.next() != nil { count += 1 }
    #expect(count == all.count)
  }

  @Test("spells its rule as it reads it")
  func rules() throws {
    #expect(JournalRoll("day") == .day && JournalRoll("100") == .events(100))
    for text in ["", "0", "-1", "01", "days", "1e3", "99999999999999999999"] {
      #expect(JournalRoll(text) == nil, "\(text)")
    }
    #expect("\(JournalRoll.day) \(JournalRoll.events(7))" == "day 7")
    for (text, roll) in [("", nil), ("{roll: day}", JournalRoll.day), ("{roll: 5_000, threads: 1}", .events(5_000))] {
      let yaml = StageProfile.cross + (text.isEmpty ? "" : "journal: \(text)\n")
      let profile = try Profile.parse(yaml: yaml, file: "p", catalog: .builtIn)
      #expect(profile.roll == roll)
      #expect(profile.digest == (try Profile.parse(yaml: StageProfile.cross, file: "p", catalog: .builtIn)).digest)
    }
    for text in ["0", "-1", "1.5", "weekly", "[day]", "\"7\""] {
      #expect(throws: ProfileError.self, "\(text)") {
        try Profile.parse(yaml: StageProfile.cross + "journal: {roll: \(text)}\n", file: "p", catalog: .builtIn)
      }
    }
    let digest = RunIdentity.digest("x")
    let names = [nil, .day, .events(1), .events(10)].map { (roll: JournalRoll?) in
      RunIdentity.runID(profileDigest: digest, inputsDigest: digest, roll: roll)
    }
    #expect(Set(names).count == 4)
  }
}
