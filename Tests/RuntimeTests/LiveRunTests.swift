// Goal: a live run is stepped like any value, journals before it acts, and goes on where it was after being dropped behind any step.
// Method: bars of a random walk played at a clock that jumps; a venue whose book outlives the processes; each process dropped behind each step in turn.
import Brokers
import Core
import Events
import Foundation
import Journal
import Market
import Projections
import Runtime
import Strategies
import Testing

@Suite("A live run")
struct LiveRunTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "engine-live-\(UUID().uuidString)").path

  private func stage(_ slots: Int, _ name: String = "run", symbols: Int = 2) throws -> LiveStage {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let names = RunStage.symbols(symbols)
    let bars = try RunStage.journal(RunStage.walk(slots * symbols, symbols: symbols, seed: 7), symbols: names)
    return try LiveStage(bars: bars, path: "\(folder)/\(name).zst")
  }

  private func cleanUp() { try? FileManager.default.removeItem(atPath: folder) }

  @Test("on paper replays, and a backtest over its journal makes the same decisions")
  func parity() throws {
    defer { cleanUp() }
    let stage = try stage(60)
    #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)))
    let file = try PosixFile.open(path: stage.path, writable: false)
    let report = try Replay(try JournalChain(file), catalog: .builtIn).run { _, _ in }
    #expect(report.isEqual && report.isComplete && report.isSealed)
    let backtest = try RunStage.run(
      StageProfile.cross, over: MemoryFile(bytes: try bytes(stage.path), path: "paper.zst"))
    let difference = try diff(try JournalChain(file), try JournalChain(backtest.file))
    #expect(difference.first == nil)
    #expect(try LiveStage.story(stage.path).count > 20)
  }

  private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

  @Test("marks what it is given as history, and orders nothing on it")
  func warmUp() throws {
    defer { cleanUp() }
    var stage = try stage(60)
    stage.history = 30
    var phases: [LivePhase] = []
    var passed: [Bool] = []
    _ = try stage.process { out in
      for record in out.records {
        if case .phase(let phase) = record { phases.append(phase) }
        if case .decision(let decision) = record, decision.allowed != .zero { passed.append(decision.isHistorical) }
      }
    }
    #expect(phases == [.warmingUp, .running, .stopping, .ended])
    #expect(!passed.isEmpty && !passed.contains(true))
    var reader = try JournalReader(path: stage.path)
    var counts = (historical: 0, fresh: 0, timersInHistory: 0)
    while let event = try reader.next() {
      if case .bar(let bar) = event.content {
        if bar.isHistorical { counts.historical += 1 } else { counts.fresh += 1 }
      }
      if event.kind == Timer.kind, counts.historical > 0, counts.historical < 60 { counts.timersInHistory += 1 }
    }
    #expect(counts == (60, 60, 0))
  }

  /// Two actions of one instant and one of a later day, for the stage's instruments, in a journal beside its bars.
  ///
  /// - Parameter extra: one more, and before which bar's slot.
  private func actions(
    _ stage: LiveStage, _ bars: [Bar], extra: (type: CorporateActionType, bar: Int)? = nil
  ) throws -> (ActionSchedule, JournalChain) {
    let instruments = try JournalChain(stage.bars).started.instruments
    var started = try JournalChain(stage.bars).started
    started.mode = .import
    let times =
      [bars[20].openTime, bars[20].openTime, bars[30].openTime] + (extra.map { [bars[$0.bar].openTime] } ?? [])
    let types: [CorporateActionType] = [.split, .split, .cashDividend] + (extra.map { [$0.type] } ?? [])
    let file = MemoryFile(path: "actions.zst")
    var writer = try JournalWriter(file: file)
    var rows = EventBuffer()
    rows.append(started, time: times.min() ?? times[0])
    for (place, time) in times.enumerated().sorted(by: { ($0.element, $0.offset) < ($1.element, $1.offset) }) {
      rows.append(
        CorporateAction(
          instrument: InstrumentIndex(place % 2), type: types[place], numerator: types[place] == .split ? 3 : 1,
          denominator: 1, cash: types[place] == .split ? 0 : FixedPoint.unit / 100), time: time)
    }
    try writer.append(rows)
    _ = try writer.seal()
    let chain = try JournalChain([file])
    return (try ActionSchedule(chain, instruments: instruments), chain)
  }

  private func taken(_ path: String) throws -> [Int] {
    var reader = try JournalReader(path: path)
    var found: [Int] = []
    while let event = try reader.next() {
      if event.kind == CorporateAction.kind {
        found.append(try event.decode(CorporateAction.self).instrument.position)
      }
    }
    return found
  }

  @Test(
    "on paper takes corporate actions as a backtest does, each once wherever it is dropped, and a renewed file's late one before the next bars"
  )
  func corporateActions() throws {
    defer { cleanUp() }
    let slots = 24
    let bars = RunStage.walk(slots * 2, symbols: 2, seed: 7)
    var whole = try stage(slots, "whole")
    let (schedule, chain) = try actions(whole, bars)
    whole.actions = schedule
    #expect(try whole.process() == .ended(LiveEnd(cause: .feedEnded)))
    let story = try LiveStage.story(whole.path)
    #expect(try taken(whole.path) == [0, 1, 0])
    let backtest = try RunStage.run(StageProfile.cross, over: whole.bars, actions: chain)
    #expect(try LiveStage.story(backtest.file) == story)
    var crashes = 0
    while true {
      var stage = try stage(slots, "crash")
      for name in [stage.path, stage.path + ".tail"] where FileManager.default.fileExists(atPath: name) {
        try FileManager.default.removeItem(atPath: name)
      }
      stage.actions = schedule
      guard case .crashed = try stage.process(steps: crashes + 1) else { break }
      crashes += 1
      #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)), "crash \(crashes)")
      #expect(try LiveStage.story(stage.path) == story, "crash \(crashes)")
      #expect(try taken(stage.path) == [0, 1, 0], "crash \(crashes)")
    }
    #expect(crashes >= slots)
    // The file is renewed while nobody runs: what it has of a day that is past comes before the next bars.
    var late = try stage(slots, "late")
    late.actions = schedule
    guard case .crashed = try late.process(steps: 18) else {
      Issue.record("it ended")
      return
    }
    #expect(try taken(late.path) == [0, 1, 0])
    let symbol = try JournalChain(late.bars).started.instruments[1].symbol
    // Bars behind it have come at its new prices, so that what is remembered would be changed twice; and what was bought behind it has no part in it.
    for (type, bar) in [(CorporateActionType.split, 26), (.cashDividend, 6)] {
      var refused = late
      refused.actions = try actions(late, bars, extra: (type, bar)).0
      let error = #expect(throws: RunError.self) { try refused.process() }
      guard case .lateAction(symbol, type, bars[bar].openTime, "actions.zst") = error else {
        Issue.record("\(error.map { "\($0)" } ?? "nothing")")
        continue
      }
    }
    #expect(try taken(late.path) == [0, 1, 0])
    // What was held then is held still: it is paid late.
    late.actions = try actions(late, bars, extra: (.cashDividend, 26)).0
    #expect(try late.process() == .ended(LiveEnd(cause: .feedEnded)))
    #expect(try taken(late.path) == [0, 1, 0, 1])
  }

  @Test("on paper that is dropped behind any step goes on with the same decisions")
  func paperCrashes() throws {
    defer { cleanUp() }
    let whole = try stage(24, "whole")
    #expect(try whole.process() == .ended(LiveEnd(cause: .feedEnded)))
    let story = try LiveStage.story(whole.path)
    #expect(story.count > 8)
    var crashes = 0
    while true {
      let stage = try stage(24, "crash")
      for name in [stage.path, stage.path + ".tail"] where FileManager.default.fileExists(atPath: name) {
        try FileManager.default.removeItem(atPath: name)
      }
      guard case .crashed = try stage.process(steps: crashes + 1) else { break }
      crashes += 1
      #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)), "crash \(crashes)")
      #expect(try LiveStage.story(stage.path) == story, "crash \(crashes)")
    }
    #expect(crashes >= 24)
  }

  @Test("sends each intent once however often and behind whichever step it is dropped, and loses no fill")
  func liveCrashes() throws {
    defer { cleanUp() }
    var whole = try stage(24, "whole")
    whole.mode = .live
    whole.book = ModelBook(cash: 100_000 * Int128(FixedPoint.unit))
    #expect(try whole.process() == .ended(LiveEnd(cause: .feedEnded)))
    let story = try LiveStage.story(whole.path)
    #expect(whole.book?.orders.isEmpty == false)
    var crashes = 0
    while true {
      var stage = try stage(24, "crash")
      stage.mode = .live
      let book = ModelBook(cash: 100_000 * Int128(FixedPoint.unit))
      stage.book = book
      for name in [stage.path, stage.path + ".tail"] where FileManager.default.fileExists(atPath: name) {
        try FileManager.default.removeItem(atPath: name)
      }
      guard case .crashed = try stage.process(steps: crashes + 1) else { break }
      crashes += 1
      // The second process dies as well, a few steps on.
      var outcome = try stage.process(steps: 3)
      if case .crashed = outcome { outcome = try stage.process() }
      #expect(outcome == .ended(LiveEnd(cause: .feedEnded)), "crash \(crashes)")
      #expect(book.orders.allSatisfy { $0.timesAccepted == 1 }, "crash \(crashes)")
      #expect(try LiveStage.story(stage.path) == story, "crash \(crashes)")
      #expect(book.held == whole.book?.held, "crash \(crashes)")
    }
    #expect(crashes >= 24)
  }

  @Test("gives the venue no order whose intent isn't on the disk")
  func commitBeforeEffect() throws {
    defer { cleanUp() }
    var stage = try stage(40)
    stage.mode = .live
    let book = ModelBook(cash: 100_000 * Int128(FixedPoint.unit))
    stage.book = book
    let path = stage.path
    var missing: [String] = []
    book.onSubmit = { ticket in
      // What another process would read now.
      guard var reader = try? JournalReader(path: path) else { return missing.append("no journal") }
      var isThere = false
      while let event = try? reader.next() {
        if event.sequence == ticket.order.sequence, event.kind == OrderIntent.kind { isThere = true }
      }
      if !isThere { missing.append(ticket.clientOrderID) }
    }
    var requests = 0
    _ = try stage.process { requests += $0.requests.count }
    #expect(missing == [])
    #expect(requests == book.orders.count && requests > 3)
  }

  @Test("in monitor mode decides the same at first, marks its orders as withheld, and sends none")
  func monitorMode() throws {
    defer { cleanUp() }
    var stage = try stage(40)
    stage.mode = .live
    stage.isAllowed = false
    let book = ModelBook(cash: 100_000 * Int128(FixedPoint.unit))
    stage.book = book
    #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)))
    #expect(book.orders.isEmpty)
    var reader = try JournalReader(path: stage.path)
    var counts = (intents: 0, withheld: 0)
    while let event = try reader.next() {
      if event.kind == OrderIntent.kind { counts.intents += 1 }
      if event.kind == OrderWithheld.kind { counts.withheld += 1 }
    }
    #expect(counts.intents > 0 && counts.intents == counts.withheld)
  }

  @Test("that was killed stays killed over a restart, and says so when it ends")
  func killStays() throws {
    defer { cleanUp() }
    var stage = try stage(40)
    stage.said = [12: .kill(KillSwitch(source: .command, reason: "test"))]
    #expect(try stage.process(steps: 20) == .crashed(phase: .running))
    stage.said = [:]
    let before = try LiveStage.story(stage.path).count
    guard case .ended(let end) = try stage.process() else {
      Issue.record("it did not end")
      return
    }
    #expect(end.isKilled && end.code == 6 && end.held != nil)
    let later = try LiveStage.story(stage.path).dropFirst(before).filter {
      $0.contains(" \(OrderIntent.kind.rawValue) ")
    }
    #expect(later.count <= 2, "nothing but what closes positions")
  }

  @Test("is ended in good order by a person, with what that leaves")
  func stops() throws {
    defer { cleanUp() }
    var stage = try stage(40)
    stage.said = [10: .stop("enough")]
    #expect(try stage.process() == .ended(LiveEnd(cause: .stop, text: "enough")))
    let file = try PosixFile.open(path: stage.path, writable: false)
    let report = try Replay(try JournalChain(file), catalog: .builtIn).run { _, _ in }
    #expect(report.isComplete && report.isSealed && report.isEqual)
  }

  @Test("is ended in good order by a signal, and says that it was one")
  func terminates() throws {
    defer { cleanUp() }
    var stage = try stage(40)
    stage.said = [10: .terminate("SIGTERM")]
    let end = LiveEnd(cause: .signal, text: "SIGTERM")
    #expect(try stage.process() == .ended(end))
    #expect(end.code == 0 && end.line == "stopped by a signal (SIGTERM)")
  }

  @Test("that begins again before the newest bar it has, because the clock was set back, says so")
  func clockSetBack() throws {
    defer { cleanUp() }
    for isClocked in [true, false] {
      cleanUp()
      var stage = try stage(40)
      stage.isClocked = isClocked
      #expect(try stage.process(steps: 20) == .crashed(phase: .running))
      let reader = try JournalReader(path: stage.path)
      let newest = try #require(reader.summary.lastTime)
      // The second process begins at the clock's very beginning.
      _ = try stage.process()
      var told: [Notice] = []
      var events = try JournalReader(path: stage.path)
      while let event = try events.next() {
        if event.kind == Notice.kind { told.append(try event.decode(Notice.self)) }
      }
      let skew = told.filter { $0.code == .clockSkew }
      #expect(skew.count == (isClocked ? 1 : 0))
      #expect(skew.allSatisfy { $0.first == -newest.nanos && $0.severity == .warning && $0.text.contains("\(newest)") })
    }
  }

  @Test("says by its exit code why it ended")
  func codes() {
    #expect(LiveEnd(cause: .minutes).code == 0)
    #expect(LiveEnd(cause: .feedLost).code == 4)
    #expect(LiveEnd(cause: .venueLost).code == 5)
    #expect(LiveEnd(cause: .stop, unknownOrders: 1, isKilled: true).code == 5)
    #expect(LiveEnd(cause: .signal, isKilled: true).code == 6)
    #expect(LiveEnd(cause: .stop, unknownOrders: 2).line.contains("engine reconcile"))
  }
}
