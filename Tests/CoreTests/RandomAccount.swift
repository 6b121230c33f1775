import Core
import Events
import Market
import Scenarios
import Strategies

/// A random margin account of equities, futures and a perpetual, sized so that margin binds and falls call it: all from one seed.
struct RandomAccount {
  var configuration = ScenarioProfile().configuration
  var rule: AccountRule
  var instruments: [Instrument] = []
  var inputs: [StageInput] = []
  let strategyCount: Int

  init(seed: UInt64, barCount: Int) throws {
    var random = SeededRandom(seed: seed)
    let unit = FixedPoint.unit
    var margin = MarginRule(onCall: random.next() % 4 == 0 ? .alert : .reduce)
    var perUnit = MarginTerms()
    perUnit.initialPerUnit = 700 * Int128(unit)
    perUnit.maintenancePerUnit = 500 * Int128(unit)
    var strict = MarginTerms()
    strict.maintenanceMicros = 750_000
    strict.shortMaintenanceMicros = 900_000
    margin.classes = random.next() % 2 == 0 ? [ClassMargin(assetClass: .future, terms: perUnit)] : []
    margin.symbols = random.next() % 2 == 0 ? [SymbolMargin(symbol: "I1", terms: strict)] : []
    margin.hasShortMinimums = seed % 3 == 0
    rule = AccountRule(type: .margin(margin))
    rule.dayCount = [360, 365].picked(by: &random)
    rule.creditMicros = [0, 45_000, -5_000].picked(by: &random)
    rule.debitMicros = [0, 63_300].picked(by: &random)
    rule.borrowMicros = [0, 2_500].picked(by: &random)
    rule.borrowOfSymbols = random.next() % 2 == 0 ? [BorrowFee(symbol: "I0", micros: 300_000)] : []
    configuration.account = rule
    let classes: [AssetClass] = [.equity, .etf, .future, .perpetual]
    for (index, assetClass) in classes.enumerated() {
      instruments.append(
        try Instrument(
          symbol: "I\(index)", assetClass: assetClass, currency: .usd, tickSize: Price(nanos: unit / 100),
          lotSize: Quantity(nanos: [unit, unit, unit / 100].picked(by: &random)),
          multiplierNanos: (assetClass == .future ? 50 : 1) * unit, calendar: .always))
    }
    strategyCount = Int(1 + random.next() % 2)
    configuration.lots = LotMethod.allCases.picked(by: &random)
    configuration.fees = [.none, .shareOfNotional(micros: 500)].picked(by: &random)
    configuration.initialCash = 100_000 * Int128(unit)
    configuration.sizing = [
      .equityShare(micros: 700_000), .notional(60_000 * Int128(unit)), .shares(Quantity(nanos: 500 * unit)),
    ].picked(by: &random)
    configuration.execution = Execution(
      type: [.market, .market, .limit, .stop].picked(by: &random), timeInForce: .goodTillCancelled,
      limitOffsetTicks: Int64(random.next() % 40), stopOffsetTicks: Int64(random.next() % 40))
    configuration.exits = ProtectiveExits(
      stopLossMicros: random.next() % 3 == 0 ? 60_000 : nil, takeProfitMicros: random.next() % 3 == 0 ? 60_000 : nil)
    configuration.volumeShareMicros = [0, 500_000].picked(by: &random)
    configuration.friction.cancelsLate = random.next() % 3 == 0
    configuration.friction.rejectMicros = [0, 0, 100_000].picked(by: &random)
    configuration.friction.seed = Int64(random.next() % 1_000)
    if random.next() % 3 == 0 { configuration.risk.account.leverageMaxMicros = 3_000_000 }
    try makeInputs(&random, barCount)
  }

  private mutating func makeInputs(_ random: inout SeededRandom, _ barCount: Int) throws {
    let unit = FixedPoint.unit
    var script: [ScriptLine] = []
    // Some are cheap, so that the least amounts a share count.
    var last: [Int64] =
      configuration.account?.margin?.hasShortMinimums == true
      ? [900, 450, 4_000, 20_000] : [10_000, 6_000, 4_000, 20_000]
    var open: Int64 = 1_704_153_600_000_000_000
    for position in 0..<barCount {
      // Days pass without a bar here and there.
      open += 7 * 3_600 * unit + (random.next() % 12 == 0 ? Int64(random.next() % 5) * 86_400 * unit : 0)
      let time = Timestamp(nanos: open)
      if random.next() % 6 == 0 {
        let rate = Int64(random.next() % 2_000_001) - 1_000_000
        inputs.append(.point(DataPoint(series: "funding:I3", value: rate), time))
      }
      if random.next() % 30 == 0 { inputs.append(.action(RandomAccount.action(&random), time)) }
      if random.next() % 400 == 0 { inputs.append(.kill(.command, time)) }
      if random.next() % 15 == 0 { inputs.append(.command(.resume, time)) }
      var present = instruments.indices.filter { _ in random.next() % 8 != 0 }
      if present.isEmpty { present = [0] }
      for index in present {
        // Falls and rises of up to a third call accounts that borrow.
        let gap = random.next() % 14 == 0 ? last[index] * (Int64(random.next() % 60) - 30) / 100 : 0
        let first = max(300, last[index] + gap)
        let close = max(300, first + Int64(random.next() % 301) - 150)
        last[index] = min(close, 100_000)
        for strategy in 0..<strategyCount where random.next() % 6 == 0 {
          script.append(
            ScriptLine(
              strategy: strategy, instrument: index, openNanos: open,
              direction: [.flat, .long, .long, .short].picked(by: &random),
              strengthMicros: [1_000_000, 1_000_000, 333_333].picked(by: &random)))
        }
        inputs.append(
          .bar(
            try Bar(
              instrument: InstrumentIndex(index), openTime: time, durationNanos: 3_600 * unit,
              open: Price(nanos: first * unit / 100), high: Price(nanos: max(first, close) * unit / 100),
              low: Price(nanos: min(first, close) * unit / 100), close: Price(nanos: close * unit / 100),
              volume: Quantity(nanos: Int64(random.next() % 4_000) * unit), source: .synthetic,
              isHistorical: position < 3, closesSlot: index == present[present.count - 1])))
      }
    }
    configuration.strategies = ScriptLine.specifications(script)
    while configuration.strategies.count < strategyCount {
      configuration.strategies += ScriptLine.specifications([])
    }
  }

  private static func action(_ random: inout SeededRandom) -> CorporateAction {
    let index = Int(random.next() % 4)
    var action = CorporateAction(
      instrument: InstrumentIndex(index), type: .delistingAtLast, numerator: 1, denominator: 1, cash: 0)
    if index < 2 {
      action.type = [.split, .cashDividend, .cashDividend, .delistingAtLast].picked(by: &random)
      if action.type == .split { (action.numerator, action.denominator) = [(2, 1), (3, 2)].picked(by: &random) }
      if action.type == .cashDividend { action.cash = FixedPoint.unit / 2 }
    }
    return action
  }
}
