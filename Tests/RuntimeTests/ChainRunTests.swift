// Goal: a run over chains of futures replays, and goes on from its snapshots, like any other, whatever its strategies, sizes and rules are.
// Method: random walks of three contracts in memory, with bars missing here and there, under random profiles.
import Core
import Events
import Journal
import Market
import Strategies
import Testing

@testable import Runtime

@Suite("Runs over chains of futures")
struct ChainRunTests {
  private static func profile(_ seed: Int, rule: String) -> String {
    let instruments = (0..<4).map {
      "{symbol: S\($0), class: \($0 == 0 ? "equity" : "future"), currency: USD, tick: 0.01, lot: 1, multiplier: \($0 == 0 ? 1 : 10), calendar: always}"
    }.joined(separator: ", ")
    return StageProfile.random(UInt64(seed), symbols: RunStage.symbols(4)) + """

      account: {type: margin, margin: {on_call: reduce}}
      instruments: [\(instruments)]
      rolls:
        S:
          contracts: [{symbol: S1, expires: 2029-01-04}, {symbol: S2, expires: 2029-06-05}, {symbol: S3, expires: 2029-12-06}]
          rule: \(rule)

      """
  }

  @Test("replay equal, balance, and name their front contracts", arguments: 1...12)
  func random(_ seed: Int) throws {
    let bars = try Self.hours(RunStage.walk(4_000, symbols: 4, seed: UInt64(seed), gap: 9))
    let run = try RunStage.run(
      Self.profile(seed, rule: "volume"), over: try RunStage.journal(bars, symbols: RunStage.symbols(4)), threads: 2,
      snapshotEvents: 1_500)
    let report = try run.replay()
    #expect(report.isEqual, "seed \(seed): \(String(describing: report.divergence))")
    #expect(report.unbalancedAfter == nil, "seed \(seed)")
    let events = try RunStage.events(run.file)
    let names = try events[0].decode(RunStarted.self).instruments.map(\.symbol)
    var fronts: [String] = []
    for event in events {
      if event.kind == FrontContract.kind {
        let front = try event.decode(FrontContract.self)
        #expect((front.previous.map { names[$0.position] }) == fronts.last)
        fronts.append(names[front.instrument.position])
      }
      if event.kind == Signal.kind {
        let name = names[try event.decode(Signal.self).instrument.position]
        #expect(name == "S0" || name == fronts.last, "seed \(seed): event \(event.sequence)")
      }
    }
    #expect(fronts == ["S1", "S2", "S3"], "seed \(seed)")
  }

  /// The same bars an hour long each, so that the walk has days.
  private static func hours(_ bars: [Bar]) throws -> [Bar] {
    let start = bars[0].openTime.nanos
    return try bars.map { bar in
      try Bar(
        instrument: bar.instrument, openTime: Timestamp(nanos: start + (bar.openTime.nanos - start) * 60),
        durationNanos: bar.durationNanos * 60, open: bar.open, high: bar.high, low: bar.low, close: bar.close,
        volume: bar.volume, source: bar.source, closesSlot: bar.closesSlot)
    }
  }
}
