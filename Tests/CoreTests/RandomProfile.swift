import Core
import Events
import Market
import Scenarios
import Strategies

/// A random profile, universe and series of inputs, all from one seed.
struct RandomProfile {
  var configuration: RunConfiguration
  var instruments: [Instrument] = []
  var inputs: [StageInput] = []
  let hasActions: Bool

  init(seed: UInt64, barCount: Int) throws {
    var random = SeededRandom(seed: seed)
    hasActions = random.next() % 4 == 0
    configuration = ScenarioProfile().configuration
    let instrumentCount = Int(1 + random.next() % 3)
    for index in 0..<instrumentCount {
      instruments.append(
        try Instrument(
          symbol: "I\(index)", assetClass: .equity, currency: .usd,
          tickSize: Price(nanos: [10_000_000, 250_000_000, 10_000_000, 1].picked(by: &random)),
          lotSize: Quantity(nanos: [1, 100_000_000, FixedPoint.unit, 5 * FixedPoint.unit].picked(by: &random)),
          multiplierNanos: [1, 1, 50].picked(by: &random) * FixedPoint.unit,
          calendar: CalendarName.allCases.picked(by: &random)))
    }
    configure(&random)
    // Some see bars of two or five of the feed's.
    if seed % 5 == 0 {
      configuration.decisionBars = .every(nanos: (seed % 2 == 0 ? 120 : 300) * Timestamp.nanosPerSecond)
    }
    if seed % 6 == 1 { try payInKind(seed) }
    // Sizes that follow every bar change the orders that work.
    if seed % 4 == 2, configuration.amendsOrders {
      configuration.sizingRule.isRebalanced = true
      configuration.sizing = .equityShare(micros: 300_000)
    }
    try makeInputs(&random, barCount)
  }

  /// Turns what is traded into spot crypto, whose venue keeps its fees of what is bought.
  private mutating func payInKind(_ seed: UInt64) throws {
    for index in instruments.indices {
      let old = instruments[index]
      instruments[index] = try Instrument(
        symbol: old.symbol, assetClass: .crypto, currency: old.currency, tickSize: old.tickSize, lotSize: old.lotSize,
        calendar: old.calendar)
    }
    configuration.feePayment = .received
    configuration.risk.isShortAllowed = false
    if seed % 12 == 1 { configuration.fees = .shareOfNotional(micros: Int64(1 + seed % 3_000)) }
  }

  private mutating func configure(_ random: inout SeededRandom) {
    func maybe<Value>(_ value: Value) -> Value? { random.next() % 3 == 0 ? value : nil }
    let unit = FixedPoint.unit
    configuration.execution = .random(&random)
    switch random.next() % 6 {
    case 0: configuration.alternativeExecution = .random(&random)
    case 1, 2: configuration.amendsOrders = true
    default: break
    }
    if random.next() % 4 == 0 {
      configuration.exitExecution = Execution(
        type: [.market, .limit, .marketIfTouched, .marketOnClose].picked(by: &random), timeInForce: .day,
        limitOffsetTicks: 10, stopOffsetTicks: 10, isReduceOnly: random.next() % 2 == 0)
    }
    configuration.exits = ProtectiveExits(
      stopLossMicros: random.next() % 2 == 0 ? Int64(1 + random.next() % 20_000) : nil,
      takeProfitMicros: random.next() % 2 == 0 ? Int64(1 + random.next() % 20_000) : nil)
    if configuration.exits.stopLossMicros == nil, random.next() % 2 == 0 {
      configuration.exits.trail = .random(&random)
    }
    configuration.slippage = [
      .none, .ticks(Int64(random.next() % 5)), .shareOfPrice(micros: Int64(random.next() % 3_000)),
      .shareOfRange(micros: Int64(random.next() % 300_000)),
    ].picked(by: &random)
    configuration.fees = [
      .none, .perShare(rate: 5_000_000, minimum: unit, maximumShareMicros: [0, 10_000].picked(by: &random)),
      .shareOfNotional(micros: 1_000),
      .makerTaker([
        FeeTier(from: 0, makerMicros: -100, takerMicros: 1_000),
        FeeTier(from: 50_000 * Int128(unit), makerMicros: 0, takerMicros: 500),
        FeeTier(from: 500_000 * Int128(unit), makerMicros: -50, takerMicros: 333),
      ]),
    ].picked(by: &random)
    configuration.volumeShareMicros = [0, 100_000, 37_123, 1_000_000].picked(by: &random)
    configuration.lots = LotMethod.allCases.picked(by: &random)
    configuration.sizing = [
      .shares(Quantity(nanos: Int64(1 + random.next() % 300) * unit)), .notional(Int128(30_000) * Int128(unit)),
      .equityShare(micros: 300_000),
    ].picked(by: &random)
    configuration.risk = RiskLimits(
      orderQuantityMax: maybe(Quantity(nanos: 150 * unit)), orderNotionalMax: maybe(Int128(20_000) * Int128(unit)),
      positionQuantityMax: maybe(Quantity(nanos: 120 * unit)), isShortAllowed: random.next() % 2 == 0,
      isCashRequired: random.next() % 2 == 0)
  }

  private mutating func makeInputs(_ random: inout SeededRandom, _ barCount: Int) throws {
    let cent = FixedPoint.unit / 100
    let length = [60, 3_600, 86_400].picked(by: &random) * Timestamp.nanosPerSecond
    var last = instruments.map { _ in 5_000 + Int64(random.next() % 10_000) }
    var script: [ScriptLine] = []
    let start: Int64 = 1_704_153_600_000_000_000
    for position in 0..<barCount {
      let open = start + Int64(position) * length
      var present = instruments.indices.filter { _ in random.next() % 10 != 0 }
      if present.isEmpty { present = [0] }
      for index in present where hasActions && random.next() % 40 == 0 {
        let ratio: (UInt64, UInt64) = [(2, 1), (3, 2), (1, 3), (1, 10)].picked(by: &random)
        let isSplit = random.next() % 2 == 0
        let type: CorporateActionType = isSplit ? .split : .cashDividend
        inputs.append(
          .action(
            CorporateAction(
              instrument: InstrumentIndex(index), type: type, numerator: isSplit ? ratio.0 : 1,
              denominator: isSplit ? ratio.1 : 1, cash: isSplit ? 0 : 30 * cent), Timestamp(nanos: open)))
        if isSplit { last[index] = max(300, last[index] * Int64(ratio.1) / Int64(ratio.0)) }
      }
      for index in present {
        let gap = random.next() % 8 == 0 ? Int64(random.next() % 200) - 100 : 0
        let first = max(200, last[index] + gap)
        let close = max(200, first + Int64(random.next() % 101) - 50)
        let high = max(first, close) + Int64(random.next() % 40)
        let low = min(first, close) - Int64(random.next() % 40)
        let volume = random.next() % 6 == 0 ? 0 : Int64(random.next() % 3_000)
        last[index] = close
        if random.next() % 6 == 0 {
          for strategy in 0...Int(random.next() % 2) {
            script.append(
              ScriptLine(
                strategy: strategy, instrument: index, openNanos: open,
                direction: [.flat, .long, .short].picked(by: &random),
                strengthMicros: [1_000_000, 1_000_000, 333_333].picked(by: &random)))
          }
        }
        inputs.append(
          .bar(
            try Bar(
              instrument: InstrumentIndex(index), openTime: Timestamp(nanos: open), durationNanos: length,
              open: Price(nanos: first * cent), high: Price(nanos: high * cent), low: Price(nanos: low * cent),
              close: Price(nanos: close * cent), volume: Quantity(nanos: volume * FixedPoint.unit), source: .synthetic,
              isHistorical: position < 5, closesSlot: index == present[present.count - 1])))
      }
    }
    inputs.append(.end(Timestamp(nanos: start + Int64(barCount) * length)))
    configuration.strategies = ScriptLine.specifications(script)
  }
}
