import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: no sequence of signals, prices, partial fills, rejects, late fills, splits, halts, kills and commands lets an order past a limit.
/// Method: profiles and inputs come from a printed seed; `RiskObserver` recounts positions and everything that may still fill from the events alone,
/// and checks each order against each limit by sums over all of it.
@Suite("Random risk runs")
struct RandomRiskTests {
  /// 10⁶ events and more in all, inputs included.
  static let runs = 400
  static let shards = 8

  @Test(
    "no cap is exceeded, nothing refused leaves, every cut has a reason, nothing grows after a kill",
    arguments: 0..<shards)
  func holds(_ shard: Int) throws {
    var (events, intents, refusals, cuts, flats) = (0, 0, 0, 0, 0)
    for run in stride(from: shard, to: RandomRiskTests.runs, by: RandomRiskTests.shards) {
      let seed = 0x0015_c000 + UInt64(run)
      let profile = try RandomRisk(seed: seed, barCount: 260)
      var stage = try Stage(profile.configuration, profile.instruments)
      var observer = RiskObserver(profile)
      for (position, input) in profile.inputs.enumerated() {
        try stage.take(input)
        events += 1 + stage.out.count
        var problems = observer.observe(input, try stage.happenings())
        if !stage.engine.ledgerBalances { problems.append("the ledger does not balance") }
        if !stage.engine.sharesAddUp { problems.append("the strategies' parts do not add up") }
        problems += observer.take(
          shares: { stage.engine.strategyShare($0, $1) }, dayNets: { stage.engine.strategyDayNet($0, $1) })
        if !problems.isEmpty {
          Issue.record("seed \(seed), input \(position):\n\(problems.joined(separator: "\n"))")
          return
        }
      }
      intents += observer.intents
      refusals += observer.refusals
      cuts += observer.cuts
      flats += observer.flats
    }
    print(
      "risk: shard \(shard): \(events) events, \(intents) orders, \(refusals) refused, \(cuts) cut, \(flats) kills flat"
    )
    #expect(flats > 0 && cuts > 0 && refusals > 0)
  }

  @Test("a state written and read anywhere goes on identically", arguments: 0..<24)
  func restores(_ run: Int) throws {
    let profile = try RandomRisk(seed: 0x0015_d000 + UInt64(run), barCount: 60)
    var stage = try Stage(profile.configuration, profile.instruments)
    for (position, input) in profile.inputs.enumerated() {
      if position % 7 == run % 7 {
        var other = try Stage(profile.configuration, profile.instruments)
        let bytes = stage.state()
        try other.restore(bytes, nextSequence: stage.nextSequence)
        let isSame = other.state() == bytes
        #expect(isSame, "run \(run), input \(position)")
        stage = other
      }
      try stage.take(input)
    }
    var whole = try Stage(profile.configuration, profile.instruments)
    for input in profile.inputs { try whole.take(input) }
    let isSame = whole.state() == stage.state()
    #expect(isSame, "run \(run)")
  }
}
