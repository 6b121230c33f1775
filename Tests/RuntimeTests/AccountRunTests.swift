// Goal: a profile with an account runs, replays and is resumed from its snapshots like any other, and the examples that come along do what they show.
// Method: the profiles of config/profiles and random ones over random walks in memory.
import Core
import Events
import Foundation
import Journal
import Market
import Strategies
import Testing

@testable import Runtime

@Suite("Runs in an account")
struct AccountRunTests {
  private static func profile(_ name: String) throws -> String {
    try String(contentsOf: ProfileFileTests.folder.appending(path: "\(name).yaml"), encoding: .utf8)
  }

  @Test("the examples trade, are charged for, and replay equal", arguments: ["reg_t_margin", "cash_account"])
  func examples(_ name: String) throws {
    let bars = RunStage.walk(20_000, symbols: 2, seed: 5)
    let run = try RunStage.run(
      try Self.profile(name), over: try RunStage.journal(bars, symbols: RunStage.symbols(2)), snapshotEvents: 5_000)
    let report = try run.replay()
    #expect(report.isEqual, "\(String(describing: report.divergence))")
    #expect(report.unbalancedAfter == nil)
    #expect(run.result.ended.fills > 10)
    let events = try RunStage.events(run.file)
    let reasons = try events.filter { $0.kind == AccountCharged.kind }.map {
      try $0.decode(AccountCharged.self).reason
    }
    #expect(reasons.contains(.interest))
    #expect(reasons.contains(.borrowFee) == (name == "reg_t_margin"))
    let decisions = try events.filter { $0.kind == RiskDecision.kind }.map { try $0.decode(RiskDecision.self) }
    #expect(decisions.contains { $0.reason == .unsettledFunds } == (name == "cash_account"))
  }

  @Test(
    "a run's standing is an object of JSON with its account in it, and without where it has none",
    arguments: ["reg_t_margin", "cash_account", "sma_cross"])
  func status(_ name: String) throws {
    let profile = try Profile.parse(yaml: try Self.profile(name), file: "profile.yaml", catalog: .builtIn)
    let instruments = try JournalChain([
      try RunStage.journal(RunStage.walk(10, symbols: 2, seed: 5), symbols: RunStage.symbols(2))
    ]).started.instruments
    let engine = try Engine(configuration: profile.configuration, instruments: instruments, catalog: .builtIn)
    let start = RunStarted(
      mode: .paper, reducerVersion: reducerVersion, runID: [UInt8](repeating: 1, count: 16),
      profileDigest: profile.digest, inputsDigest: profile.digest, profile: profile.canonicalText, currency: .usd,
      strategies: [], instruments: instruments)
    let status = RunStatus(
      start: start, process: 1, nextSequence: 2, durableSequence: 2, state: engine.describe(), limits: [])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(status.json.utf8)) as? [String: Any], "\(status.json)")
    #expect(object["currency"] as? String == "USD")
    let account = object["account"] as? [String: Any]
    #expect((account != nil) == (name != "sma_cross"))
    #expect((account?["margin"] != nil) == (name == "reg_t_margin"))
    #expect((account?["unsettled"] != nil) == (name == "cash_account"))
  }

  @Test("random profiles in an account replay equal and balance", arguments: 1...12)
  func random(_ seed: Int) throws {
    let symbols = RunStage.symbols(3)
    let bars = RunStage.walk(3_000, symbols: 3, seed: UInt64(seed), gap: 9)
    let profile =
      StageProfile.random(UInt64(seed), symbols: symbols)
      + "\naccount: {type: margin, debit_interest: 9 %, credit_interest: 3 %, borrow_fee: 4 %, margin: {on_call: reduce}}\n"
    let run = try RunStage.run(profile, over: try RunStage.journal(bars, symbols: symbols), threads: 2)
    let report = try run.replay()
    #expect(report.isEqual, "seed \(seed): \(String(describing: report.divergence))")
    #expect(report.unbalancedAfter == nil, "seed \(seed)")
  }

  /// A journal of points at instants.
  private static func points(_ points: [(DataPoint, Timestamp)], like bars: MemoryFile) throws -> JournalChain {
    let file = MemoryFile(path: "points.zst")
    var started = try RunStage.events(bars)[0].decode(RunStarted.self)
    started.instruments = []
    var writer = try JournalWriter(file: file)
    var rows = EventBuffer()
    rows.append(started, time: points.first?.1 ?? Timestamp(nanos: 0))
    for (point, time) in points { rows.append(point, time: time) }
    try writer.append(rows)
    _ = try writer.seal()
    return try JournalChain([file])
  }

  @Test("data points go before the first bar that is known behind their instant, and none behind the last")
  func order() throws {
    let bars = RunStage.walk(300, symbols: 2, seed: 3)
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(2))
    let last = bars[bars.count - 1].knownAt
    let times = [bars[100].knownAt, Timestamp(nanos: bars[200].knownAt.nanos - 1), Timestamp(nanos: last.nanos + 1)]
    let chain = try Self.points(times.map { (DataPoint(series: "x", value: 1), $0) }, like: file)
    var feed = InputFeed(
      reader: try ChainReader(file: file), path: file.path, places: nil, start: nil, end: nil,
      points: try PointSchedule(chain, instruments: []))
    var seen = 0
    while let input = try feed.next() {
      switch input {
      case .bar(let bar): #expect(seen == times.count { $0 < bar.knownAt })
      case .dataPoint(_, let time):
        #expect(time == times[seen])
        seen += 1
      default: Issue.record("no other input is there")
      }
    }
    #expect(seen == 2)
    #expect(throws: RunError.self) { try PointSchedule(try Self.points([], like: file), instruments: []) }
  }

  @Test("a perpetual's funding comes from beside the bars, and names the run")
  func funding() throws {
    let bars = RunStage.walk(400, symbols: 1, seed: 8)
    let file = try RunStage.journal(bars, symbols: RunStage.symbols(1))
    let yaml =
      StageProfile.text(strategies: ["buy_and_hold"])
      + "\ninstruments: [{symbol: S0, class: perpetual, currency: USD, tick: 0.01, lot: 1, calendar: always}]\n"
      + "account: {type: margin, margin: {on_call: alert}}\n"
    let profile = try Profile.parse(yaml: yaml, file: "profile.yaml", catalog: .builtIn)
    let due = [100, 200, 300].map { (DataPoint(series: "funding:S0", value: 100_000), bars[$0].knownAt) }
    func run(_ points: JournalChain?) throws -> (file: MemoryFile, id: [UInt8]) {
      var output = MemoryOutput()
      let result = try runBacktest(
        BacktestRequest(profile: profile, catalog: .builtIn, threads: 1, points: points),
        bars: try ChainReader(file: file), into: &output)
      return (output.files[0], result.runID)
    }
    let (plain, charged) = (try run(nil), try run(try Self.points(due, like: file)))
    #expect(plain.id != charged.id)
    let funding = try RunStage.events(charged.file).filter { $0.kind == AccountCharged.kind }.map {
      try $0.decode(AccountCharged.self)
    }.filter { $0.reason == .funding }
    #expect(funding.count == 3)
    #expect(funding.allSatisfy { $0.amount == -$0.base / 10_000 && $0.amount < 0 })
    #expect(try RunStage.replay(charged.file).isEqual)
    // The run's own journal as bars has the points already.
    var output = MemoryOutput()
    let refused = #expect(throws: RunError.self) {
      try runBacktest(
        BacktestRequest(profile: profile, catalog: .builtIn, threads: 1, points: try Self.points(due, like: file)),
        bars: try ChainReader(file: charged.file), into: &output)
    }
    #expect(refused?.text == RunError.pointsTwice(path: charged.file.path).text)
  }
}
