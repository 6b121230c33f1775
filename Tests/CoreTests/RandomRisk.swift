import Core
import Events
import Market
import Scenarios
import Strategies

/// A random profile with limits of every scope, breakers, a slow and moody venue, and inputs with kills, halts and splits: all from one seed.
struct RandomRisk {
  var configuration: RunConfiguration
  var instruments: [Instrument] = []
  var inputs: [StageInput] = []
  let hasSplits: Bool
  static let strategyCount = 3

  init(seed: UInt64, barCount: Int) throws {
    var random = SeededRandom(seed: seed)
    hasSplits = random.next() % 4 == 0
    configuration = ScenarioProfile().configuration
    let count = Int(1 + random.next() % 6)
    for index in 0..<count {
      instruments.append(
        try Instrument(
          symbol: "I\(index)", assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
          lotSize: Quantity(nanos: [FixedPoint.unit, 100_000_000].picked(by: &random)),
          multiplierNanos: [1, 1, 10].picked(by: &random) * FixedPoint.unit,
          sector: ["", "tech", "energy"].picked(by: &random), calendar: .always))
    }
    configure(&random)
    try makeInputs(&random, barCount)
  }

  private mutating func configure(_ random: inout SeededRandom) {
    func maybe<Value>(_ value: Value, one inHow: UInt64 = 3) -> Value? { random.next() % inHow == 0 ? value : nil }
    let unit = FixedPoint.unit
    func money(_ most: UInt64) -> Int128 { Int128(1 + random.next() % most) * Int128(unit) }
    configuration.execution = .random(&random)
    switch random.next() % 6 {
    case 0: configuration.alternativeExecution = .random(&random)
    case 1: configuration.amendsOrders = true
    default: break
    }
    configuration.exits = ProtectiveExits(
      stopLossMicros: maybe(Int64(1 + random.next() % 20_000)),
      takeProfitMicros: maybe(Int64(1 + random.next() % 20_000)))
    configuration.fees = [.none, .shareOfNotional(micros: 1_000)].picked(by: &random)
    configuration.slippage = [.none, .shareOfPrice(micros: 2_000)].picked(by: &random)
    configuration.volumeShareMicros = [0, 100_000, 37_123].picked(by: &random)
    configuration.lots = LotMethod.allCases.picked(by: &random)
    configuration.sizing = [
      .shares(Quantity(nanos: Int64(1 + random.next() % 300) * unit)), .notional(30_000 * Int128(unit)),
      .equityShare(micros: 300_000),
    ].picked(by: &random)
    func set() -> LimitSet {
      var set = LimitSet()
      set.orderQuantityMax = maybe(Quantity(nanos: Int64(1 + random.next() % 200) * unit))
      set.orderNotionalMax = maybe(money(30_000))
      set.positionQuantityMax = maybe(Quantity(nanos: Int64(1 + random.next() % 250) * unit))
      set.positionNotionalMax = maybe(money(40_000))
      set.grossMax = maybe(money(80_000))
      set.netMax = maybe(money(60_000))
      set.dailyNetMax = maybe(money(60_000))
      set.volumeShareMicros = maybe(Int64(50_000 + random.next() % 500_000), one: 5)
      set.priceMin = maybe(Price(nanos: 40 * unit), one: 6)
      set.priceMax = maybe(Price(nanos: 160 * unit), one: 6)
      set.collarMicros = maybe(2_000, one: 8)
      set.closeCollarMicros = maybe(50_000, one: 8)
      set.orderRate = maybe(RateLimit(count: Int(1 + random.next() % 6), windowNanos: 7_200 * unit), one: 6)
      set.repeats = maybe(RateLimit(count: Int(1 + random.next() % 2), windowNanos: 86_400 * unit), one: 6)
      set.isAllowed = random.next() % 25 != 0
      return set
    }
    configuration.risk = RiskLimits(isShortAllowed: random.next() % 3 != 0, isCashRequired: random.next() % 3 == 0)
    configuration.risk.forbidsSelfCrossing = random.next() % 4 == 0
    configuration.risk.account = set()
    configuration.risk.account.leverageMaxMicros = maybe(Int64(50_000 + random.next() % 200_000))
    for strategy in 0..<RandomRisk.strategyCount where random.next() % 2 == 0 {
      configuration.risk.strategies.append(StrategyLimits(strategy: strategy, limits: set()))
    }
    configuration.risk.sectors = [NamedLimits(name: "tech", limits: set())]
    configuration.risk.symbols = [NamedLimits(name: "I0", limits: set())]
    configuration.risk.breakers = breakers(&random)
    configuration.risk.kill.collarMicros = [[], [1_000, 5_000, 20_000], [0]].picked(by: &random)
    configuration.risk.kill.endsAtMarket = random.next() % 2 == 0
    configuration.friction.cancelsLate = random.next() % 2 == 0
    configuration.friction.rejectMicros = [0, 0, 100_000, 300_000].picked(by: &random)
    configuration.friction.seed = Int64(random.next() % 1_000)
  }

  private func breakers(_ random: inout SeededRandom) -> [BreakerRule] {
    let unit = FixedPoint.unit
    let actions: [BreakerAction] = [.alert, .reduceOnly, .halt, .flatten]
    let scopes: [RiskScope] = [.account, .strategy, .symbol]
    let all: [(BreakerKind, Int64, Int64, [RiskScope])] = [
      (.dailyLoss, 300 * unit, 0, scopes), (.dailyLossOpen, 500 * unit, 0, scopes), (.drawdown, 3_000, 0, [.account]),
      (.consecutiveLosses, 4, 0, scopes), (.orderRate, 8, 36_000 * unit, scopes),
      (.rejectRate, 3, 86_400 * unit, scopes), (.slippage, 1_500, 4, scopes), (.confidenceStuck, 12, 0, [.strategy]),
      (.signalRate, 20, 86_400 * unit, [.strategy]), (.positionDrift, 900_000, 0, [.symbol]),
    ]
    var rules: [BreakerRule] = []
    for (kind, threshold, window, scopes) in all where random.next() % 4 == 0 {
      rules.append(
        BreakerRule(
          watches: kind, scope: scopes.picked(by: &random), threshold: threshold, window: window,
          action: actions.picked(by: &random),
          rearm: [Rearm.nextSession, .operatorCommand].picked(by: &random)))
    }
    return rules
  }

  private mutating func makeInputs(_ random: inout SeededRandom, _ barCount: Int) throws {
    let cent = FixedPoint.unit / 100
    let length = 3_600 * Timestamp.nanosPerSecond
    var last = instruments.map { _ in 5_000 + Int64(random.next() % 10_000) }
    var script: [ScriptLine] = []
    let start: Int64 = 1_704_153_600_000_000_000
    let hasKills = random.next() % 2 == 0
    for position in 0..<barCount {
      let open = start + Int64(position) * length
      let time = Timestamp(nanos: open)
      if hasKills, random.next() % 60 == 0 { inputs.append(.kill(.file, time)) }
      if random.next() % 25 == 0 {
        inputs.append(.command([.halt, .reduceOnly, .cancelAll, .rearm].picked(by: &random), time))
      }
      if random.next() % 12 == 0 { inputs.append(.command(.resume, time)) }
      if random.next() % 30 == 0 {
        let instrument =
          random.next() % 4 == 0 ? nil : InstrumentIndex(instruments.indices.randomElement(using: &random)!)
        inputs.append(.halt(TradingHalt(isHalted: random.next() % 2 == 0, instrument: instrument, reason: ""), time))
      } else if random.next() % 10 == 0 {
        for instrument in [nil] + instruments.indices.map({ InstrumentIndex($0) as InstrumentIndex? }) {
          inputs.append(.halt(TradingHalt(isHalted: false, instrument: instrument, reason: ""), time))
        }
      }
      var present = instruments.indices.filter { _ in random.next() % 10 != 0 }
      if present.isEmpty { present = [0] }
      for index in present where hasSplits && random.next() % 60 == 0 {
        let ratio: (UInt64, UInt64) = [(2, 1), (3, 2), (1, 3)].picked(by: &random)
        inputs.append(
          .action(
            CorporateAction(
              instrument: InstrumentIndex(index), type: .split, numerator: ratio.0, denominator: ratio.1, cash: 0), time
          ))
        last[index] = max(300, last[index] * Int64(ratio.1) / Int64(ratio.0))
      }
      for index in present {
        let gap = random.next() % 8 == 0 ? Int64(random.next() % 200) - 100 : 0
        let first = max(200, last[index] + gap)
        let close = max(200, first + Int64(random.next() % 201) - 100)
        let high = max(first, close) + Int64(random.next() % 40)
        let low = min(first, close) - Int64(random.next() % 40)
        let volume = random.next() % 6 == 0 ? 0 : Int64(random.next() % 3_000)
        last[index] = close
        for strategy in 0..<RandomRisk.strategyCount where random.next() % 5 == 0 {
          script.append(
            ScriptLine(
              strategy: strategy, instrument: index, openNanos: open,
              direction: [.flat, .long, .short].picked(by: &random),
              strengthMicros: [1_000_000, 1_000_000, 333_333].picked(by: &random),
              confidenceMicros: [1_000_000, 700_000, 300_000].picked(by: &random)))
        }
        inputs.append(
          .bar(
            try Bar(
              instrument: InstrumentIndex(index), openTime: time, durationNanos: length,
              open: Price(nanos: first * cent), high: Price(nanos: high * cent), low: Price(nanos: low * cent),
              close: Price(nanos: close * cent), volume: Quantity(nanos: volume * FixedPoint.unit), source: .synthetic,
              isHistorical: position < 2, closesSlot: index == present[present.count - 1])))
      }
    }
    configuration.strategies = ScriptLine.specifications(script)
    while configuration.strategies.count < RandomRisk.strategyCount {
      configuration.strategies += ScriptLine.specifications([])
    }
  }
}
