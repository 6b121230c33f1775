import Core
import Events
import Market
import Scenarios
import Strategies
import Testing

/// Goal: no input whatever traps the reducer: prices at both ends of their range, zero and negative ones, the smallest and largest lots,
/// ticks, multipliers, sizes, rates and offsets, absurd splits. What can't be done is refused with a reason, the ledger balances after
/// every input, and every event can be read back.
@Suite("Hostile inputs")
struct HostileTests {
  static let extremes: [Int64] = [
    .max, -Int64.max, .max / 2, -Int64.max / 2, 0, 1, -1, FixedPoint.unit, -FixedPoint.unit, 7_777_777_777,
  ]

  @Test("nothing traps, whatever the profile and the bars", arguments: Array(0..<300) + [1739])
  func survives(_ run: Int) throws {
    let seed = 0xbad_0000 + UInt64(run)
    var random = SeededRandom(seed: seed)
    var profile = try RandomProfile(seed: seed, barCount: 1)
    spoil(&profile.configuration, &random)
    let table = try instruments(&random, areCoins: profile.configuration.feePayment == .received)
    var script: [ScriptLine] = []
    var inputs: [StageInput] = []
    for position in 0..<120 {
      let open = Int64(position) * 60 * Timestamp.nanosPerSecond
      for index in table.indices {
        if random.next() % 12 == 0 { inputs.append(action(index, Timestamp(nanos: open), &random)) }
      }
      for index in table.indices {
        inputs.append(.bar(try bar(index, open, closesSlot: index == table.count - 1, &random)))
        guard random.next() % 2 == 0 else { continue }
        script.append(
          ScriptLine(
            instrument: index, openNanos: open, direction: [.flat, .long, .short].picked(by: &random),
            strengthMicros: [1_000_000, 1_000_000, 1, .max, -Int64.max].picked(by: &random),
            confidenceMicros: [1_000_000, .max].picked(by: &random)))
      }
    }
    inputs.append(.end(Timestamp(nanos: 120 * 60 * Timestamp.nanosPerSecond)))
    profile.configuration.strategies = ScriptLine.specifications(script)
    var stage = try Stage(profile.configuration, table)
    for (position, input) in inputs.enumerated() {
      do throws(ReduceError) {
        try stage.take(input)
      } catch .splitRatioInvalid {
        continue
      } catch .actionImpossible {
        continue
      }
      let balances = stage.engine.ledgerBalances
      if !balances { Issue.record("seed \(seed): the ledger doesn't balance after input \(position)") }
      for happening in try stage.happenings() {
        guard let fill = happening.body as? Fill, case .bar(let bar) = input else { continue }
        let isInside = fill.price >= bar.low && fill.price <= bar.high
        #expect(isInside, "seed \(seed), input \(position)")
      }
    }
    let state = stage.state()
    var fresh = try Stage(profile.configuration, table)
    try fresh.restore(state, nextSequence: stage.nextSequence)
    #expect(fresh.state() == state)
  }

  // 1739: where volume is ignored, the largest flips were filled up to a bound that was no whole lot.

  private func spoil(_ configuration: inout RunConfiguration, _ random: inout SeededRandom) {
    configuration.initialCash = [0, 1_000_000 * Int128(FixedPoint.unit), Money.nanosMax].picked(by: &random)
    configuration.sizing = [
      .shares(Quantity(nanos: .max)), .shares(Quantity(nanos: 1)), .notional(Money.nanosMax), .notional(1),
      .equityShare(micros: .max), .equityShare(micros: 1_000_000),
    ].picked(by: &random)
    configuration.execution.limitOffsetTicks = [0, 1, -1, .max, -Int64.max].picked(by: &random)
    configuration.execution.stopOffsetTicks = [0, 1, -1, .max, -Int64.max].picked(by: &random)
    configuration.exits.stopLossMicros = [nil, 1, 50_000, 1_000_000_000, .max].picked(by: &random)
    configuration.exits.takeProfitMicros = [nil, 1, 50_000, 1_000_000_000, .max].picked(by: &random)
    configuration.slippage = [
      .none, .ticks(.max), .shareOfPrice(micros: .max), .shareOfRange(micros: 1_000_000), .shareOfRange(micros: .max),
    ].picked(by: &random)
    configuration.fees = [
      .none, .perShare(rate: .max, minimum: .max, maximumShareMicros: 0),
      .perShare(rate: 1, minimum: 1, maximumShareMicros: 1_000_000), .shareOfNotional(micros: .max), .makerTaker([]),
      .makerTaker([FeeTier(from: 5, makerMicros: -Int64.max, takerMicros: .max)]),
    ].picked(by: &random)
    configuration.volumeShareMicros = [0, 1, 1_000_000, .max].picked(by: &random)
    configuration.risk.account.orderQuantityMax = [nil, Quantity(nanos: 1), Quantity(nanos: .max)].picked(by: &random)
    configuration.risk.account.orderNotionalMax = [nil, 1, Money.nanosMax].picked(by: &random)
    configuration.risk.account.positionQuantityMax = [nil, Quantity(nanos: 1), Quantity(nanos: .max)].picked(
      by: &random)
  }

  private func instruments(_ random: inout SeededRandom, areCoins: Bool) throws -> [Instrument] {
    try (0..<2).map { index in
      try Instrument(
        symbol: "H\(index)", assetClass: areCoins ? .crypto : .future, currency: .usd,
        tickSize: Price(nanos: [1, 10_000_000, FixedPoint.unit, .max].picked(by: &random)),
        lotSize: Quantity(nanos: [1, FixedPoint.unit, 3, .max].picked(by: &random)),
        multiplierNanos: [1, 1_000, 1_000_000].picked(by: &random) * FixedPoint.unit, calendar: .always)
    }
  }

  private func action(_ index: Int, _ time: Timestamp, _ random: inout SeededRandom) -> StageInput {
    let ratios: [UInt64] = [0, 1, 2, 3, 1_000_000_007, UInt64(Int64.max), .max]
    return .action(
      CorporateAction(
        instrument: InstrumentIndex(index), type: CorporateActionType.allCases.picked(by: &random),
        numerator: ratios.picked(by: &random), denominator: ratios.picked(by: &random),
        cash: HostileTests.extremes.picked(by: &random), price: HostileTests.extremes.picked(by: &random),
        other: [nil, InstrumentIndex(0), InstrumentIndex(max(index - 1, 0))].picked(by: &random),
        symbol: random.next() % 2 == 0 ? "" : "X"), time)
  }

  private func bar(_ index: Int, _ open: Int64, closesSlot: Bool, _ random: inout SeededRandom) throws -> Bar {
    func price() -> Int64 {
      random.next() % 2 == 0 ? HostileTests.extremes.picked(by: &random) : random.nextSpread()
    }
    let (first, last, third, fourth) = (price(), price(), price(), price())
    return try Bar(
      instrument: InstrumentIndex(index), openTime: Timestamp(nanos: open),
      durationNanos: 60 * Timestamp.nanosPerSecond, open: Price(nanos: first),
      high: Price(nanos: max(first, last, third, fourth)), low: Price(nanos: min(first, last, third, fourth)),
      close: Price(nanos: last), volume: Quantity(nanos: [0, 1, FixedPoint.unit, .max].picked(by: &random)),
      source: .synthetic, closesSlot: closesSlot)
  }
}
