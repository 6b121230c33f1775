// Goal: a backtest depends on its profile and inputs alone, and what it wrote replays. Method: random profiles, as a user would write
// them, over random walks with gaps; journals are compared byte by byte. Every case prints its seed where it fails.
import Core
import Events
import Journal
import Market
import Runtime
import Testing

@Suite("Backtest")
struct BacktestTests {
  @Test("writes a journal that replays equal, with a ledger that balances, whatever the profile", arguments: 1...40)
  func replaysEqual(seed: Int) throws {
    let seed = UInt64(seed)
    let symbols = RunStage.symbols([1, 1, 2, 4][Int(seed % 4)])
    let bars = RunStage.walk(400, symbols: symbols.count, seed: seed, gap: symbols.count > 1 ? 7 : nil)
    let profile = StageProfile.random(seed, symbols: symbols)
    let run = try RunStage.run(profile, over: try RunStage.journal(bars, symbols: symbols))
    let report = try run.replay()
    #expect(report.isEqual, "seed \(seed): \(String(describing: report.divergence))\n\(profile)")
    #expect(report.unbalancedAfter == nil, "seed \(seed)")
    #expect(report.isComplete)
    #expect(report.bars == UInt64(bars.count))
    #expect(report.events == run.result.summary.events)
    #expect(report.derived == report.events - report.bars - 2)
    #expect(report.head == run.result.summary.head)
    #expect(try verifyJournal(file: run.file).isIntact, "seed \(seed)")
  }

  @Test("trades in nearly all of those random runs, so that they prove something")
  func randomRunsTrade() throws {
    var trading = 0
    for seed: UInt64 in 1...40 {
      let symbols = RunStage.symbols([1, 1, 2, 4][Int(seed % 4)])
      let bars = RunStage.walk(400, symbols: symbols.count, seed: seed, gap: symbols.count > 1 ? 7 : nil)
      let run = try RunStage.run(
        StageProfile.random(seed, symbols: symbols), over: try RunStage.journal(bars, symbols: symbols))
      if run.result.ended.fills > 3 { trading += 1 }
    }
    #expect(trading >= 30)
  }

  @Test("gives the same bytes with one thread and two, with snapshots and without", arguments: 1...6)
  func sameBytes(seed: Int) throws {
    let symbols = RunStage.symbols(3)
    let bars = try RunStage.journal(
      RunStage.walk(3_000, symbols: 3, seed: UInt64(seed), gap: 9), symbols: symbols)
    let profile = StageProfile.random(UInt64(seed) + 100, symbols: symbols)
    let first = try RunStage.run(profile, over: bars)
    #expect(try RunStage.run(profile, over: bars, threads: 2).file.bytes == first.file.bytes, "seed \(seed)")
    let snapshotted = try RunStage.run(profile, over: bars, threads: 2, snapshotEvents: 100)
    #expect(snapshotted.file.bytes == first.file.bytes, "seed \(seed)")
    #expect(snapshotted.snapshots.count >= 20)
    #expect(first.snapshots.isEmpty)
  }

  @Test("makes the same decisions over a run's own journal as over the bars that the run saw", arguments: 1...12)
  func ownJournalAsBars(seed: Int) throws {
    let symbols = RunStage.symbols(3)
    let bars = RunStage.walk(600, symbols: 3, seed: UInt64(seed), gap: 8)
    var profile = StageProfile.random(UInt64(seed) + 300, symbols: symbols)
    if seed % 2 == 0 {
      profile = profile.replacing(
        "currency: USD", with: "start: \(bars[60].knownAt)\nend: \(bars[500].knownAt)\ncurrency: USD")
    }
    let first = try RunStage.run(profile, over: try RunStage.journal(bars, symbols: symbols))
    let second = try RunStage.run(profile, over: first.file)
    let left = try EditableJournal(first.file)
    let right = try EditableJournal(second.file)
    try #require(left.items.count == right.items.count, "seed \(seed)")
    // Event 0 names other inputs; why the feed ended may be another reason, as the range was cut before.
    var compared = 0
    for position in 1..<left.items.count {
      if case .row(let bytes) = left.items[position], bytes[0] == FeedEnded.kind.rawValue { continue }
      #expect(left.items[position] == right.items[position], "seed \(seed), event \(position)")
      compared += 1
    }
    #expect(compared == left.items.count - 2)
    #expect(first.result.ended == second.result.ended)
  }

  @Test("fills no order before the slot of its decision is over")
  func fillsAreLater() throws {
    let bars = RunStage.walk(500, symbols: 2, seed: 4)
    let run = try RunStage.run(
      StageProfile.cross, over: try RunStage.journal(bars, symbols: RunStage.symbols(2)))
    var intents: [UInt64: Timestamp] = [:]
    var openTime = Timestamp(nanos: 0)
    var fills = 0
    for event in try RunStage.events(run.file) {
      if case .bar(let bar) = event.content { openTime = bar.openTime }
      if event.kind == OrderIntent.kind { intents[event.sequence] = event.time }
      if event.kind == Fill.kind {
        let fill = try event.decode(Fill.self)
        let decided = try #require(intents[fill.order.sequence])
        #expect(openTime >= decided)
        fills += 1
      }
    }
    #expect(fills > 10)
  }

  @Test("says how it ended: the feed's end, the range's end, and counts that match the events")
  func countsMatch() throws {
    let bars = RunStage.walk(300, seed: 6)
    let file = try RunStage.journal(bars, symbols: ["S0"])
    let profile = StageProfile.text(
      range: "end: \(bars[200].knownAt)", strategies: ["sma_cross: {fast: 2, slow: 5}"])
    let run = try RunStage.run(profile, over: file)
    let events = try RunStage.events(run.file)
    let ended = run.result.ended
    #expect(ended.bars == 200)
    #expect(ended.signals == UInt64(events.filter { $0.kind == Signal.kind }.count))
    #expect(ended.orders == UInt64(events.filter { $0.kind == OrderIntent.kind }.count))
    #expect(ended.fills == UInt64(events.filter { $0.kind == Fill.kind }.count))
    #expect(try events.last?.decode(RunEnded.self) == ended)
    let feedEnded = try #require(events.first { $0.kind == FeedEnded.kind })
    #expect(try feedEnded.decode(FeedEnded.self).reason == .rangeEnd)
    let whole = try RunStage.events(try RunStage.run(StageProfile.cross, over: file).file)
    let wholeEnd = try #require(whole.first { $0.kind == FeedEnded.kind })
    #expect(try wholeEnd.decode(FeedEnded.self).reason == .exhausted)
  }

  @Test("runs over a range without bars to a complete journal without decisions")
  func emptyRange() throws {
    let file = try RunStage.journal(RunStage.walk(30, seed: 6), symbols: ["S0"])
    let run = try RunStage.run(
      StageProfile.text(range: "start: 2021-01-01", strategies: ["buy_and_hold"]), over: file)
    #expect(run.result.ended.bars == 0)
    let report = try run.replay()
    #expect(report.isEqual && report.isComplete)
  }

  @Test("refuses symbols that the bars don't have, another currency and a journal without a start")
  func refuses() throws {
    let file = try RunStage.journal(RunStage.walk(30, seed: 6), symbols: ["S0"])
    #expect(throws: RunError.self) {
      try RunStage.run(StageProfile.text(universe: "[S0, S9]", strategies: ["buy_and_hold"]), over: file)
    }
    #expect(throws: RunError.self) {
      try RunStage.run(
        StageProfile.text(strategies: ["buy_and_hold"]).replacing("currency: USD", with: "currency: EUR"), over: file)
    }
    for risk in [
      "symbols: {S9: {max_position: 1}}", "sectors: {energy: {max_gross: 1}}",
      "breakers: [{daily_loss: {threshold: 1, scope: symbol, only: S9, action: halt}}]",
    ] {
      let profile = StageProfile.text(
        strategies: ["buy_and_hold"], risk: "{allow_short: true, require_cash: false, \(risk)}")
      #expect(throws: RunError.self) { try RunStage.run(profile, over: file) }
      #expect(throws: Never.self) {
        try RunStage.run(
          profile.replacing("S9", with: "S0").replacing("sectors: {energy: {max_gross: 1}}", with: "sectors: {}"),
          over: file)
      }
    }
    #expect(throws: RunError.self) { try RunStage.replay(file) }
    var headless = try EditableJournal(file)
    headless.items.removeFirst()
    let noStart = try headless.written()
    do {
      _ = try RunStage.run(StageProfile.cross, over: noStart)
      Issue.record("a journal without a start was run")
    } catch let error as ChainError {
      guard case .noStart = error else { throw error }
    }
  }
}
