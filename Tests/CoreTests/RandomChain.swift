import Core
import Events
import Market
import Scenarios

/// A random chain of four futures beside a share, with bars that are missing here and there, contracts that expire, and a venue that isn't perfect: all from one seed.
struct RandomChain {
  static let unit = FixedPoint.unit
  static let quarter: Int64 = 21_600 * FixedPoint.unit
  static let contractCount = 4
  /// Instrument of the first contract; the share comes before it.
  static let anchor = 1

  var configuration = ScenarioProfile().configuration
  var instruments: [Instrument] = []
  /// By instant: what becomes known then.
  var inputs: [StageInput] = []
  let strategyCount: Int
  let rule: RollRule
  let expiries: [Int64]
  let rollDays: [Int64]

  init(seed: UInt64, dayCount: Int = 60) throws {
    var random = SeededRandom(seed: seed)
    let first = try AccountStage.midnight("2024-01-08").nanos / AccountStage.day
    let length = Int64(dayCount / Self.contractCount)
    expiries = (1...Int64(Self.contractCount)).map { first + $0 * length }
    var rolls: [Int64] = []
    for expiry in expiries.dropLast() { rolls.append(expiry - 1 - Int64(random.next() % 5)) }
    rollDays = rolls
    switch random.next() % 3 {
    case 0: rule = .volume
    case 1: rule = .dates(rolls.map { CivilDate(daysSinceEpoch: $0) })
    default: rule = .sessionsBeforeExpiry(Int(1 + random.next() % 4))
    }
    configuration.account = AccountRule(type: .margin(MarginRule(onCall: .reduce)))
    for index in 0...Self.contractCount {
      let isShare = index < Self.anchor
      instruments.append(
        try Instrument(
          symbol: isShare ? "S" : "C\(index)", assetClass: isShare ? .equity : .future, currency: .usd,
          tickSize: Price(nanos: Self.unit / 100), lotSize: Quantity(nanos: Self.unit),
          multiplierNanos: (isShare ? 1 : 10) * Self.unit, calendar: .always))
    }
    configuration.rolls = [
      RollChain(
        name: "C",
        contracts: zip(instruments.dropFirst(), expiries).map {
          ChainContract(symbol: $0.symbol, expires: CivilDate(daysSinceEpoch: $1))
        }, rule: rule, adjust: RollAdjustment.allCases.picked(by: &random))
    ]
    strategyCount = Int(1 + random.next() % 3)
    configuration.lots = LotMethod.allCases.picked(by: &random)
    configuration.fees = [.none, .perShare(rate: 1_250_000_000, minimum: 0, maximumShareMicros: 0)].picked(by: &random)
    configuration.slippage = [.none, .ticks(2)].picked(by: &random)
    configuration.sizing = [
      .shares(Quantity(nanos: 7 * Self.unit)), .notional(9_000 * Int128(Self.unit)), .equityShare(micros: 20_000),
    ].picked(by: &random)
    configuration.execution = Execution(
      type: [.market, .market, .limit, .stop].picked(by: &random), timeInForce: .goodTillCancelled,
      limitOffsetTicks: Int64(random.next() % 40), stopOffsetTicks: Int64(random.next() % 40))
    configuration.exits = ProtectiveExits(
      stopLossMicros: random.next() % 3 == 0 ? 40_000 : nil, takeProfitMicros: random.next() % 3 == 0 ? 40_000 : nil)
    configuration.volumeShareMicros = [0, 0, 30_000].picked(by: &random)
    configuration.friction.cancelsLate = random.next() % 4 == 0
    configuration.friction.rejectMicros = [0, 0, 100_000].picked(by: &random)
    configuration.friction.seed = Int64(random.next() % 1_000)
    if random.next() % 4 == 0 { configuration.decisionBars = .session }
    if random.next() % 4 == 0 { configuration.convention = FillConvention(.nextOpenOptimistic) }
    if random.next() % 3 == 0 { configuration.risk.account.grossMax = 12_000 * Int128(Self.unit) }
    var script: [ScriptLine] = []
    makeInputs(&random, first, dayCount + 3, &script)
    configuration.strategies = ScriptLine.specifications(script)
  }

  /// What the strategies together ever want of one instrument; nil where a size follows prices, or a cancel may come too late.
  var unitsMax: Int64? {
    guard case .shares(let quantity) = configuration.sizing, !configuration.friction.cancelsLate else { return nil }
    return quantity.nanos * Int64(strategyCount)
  }

  private mutating func makeInputs(
    _ random: inout SeededRandom, _ first: Int64, _ dayCount: Int, _ script: inout [ScriptLine]
  ) {
    var level: Int64 = 100_00
    // Some contracts don't trade when they should come to the front: a few days late, or not before the one before has ended.
    let gaps: [Range<Int64>] = (0..<Self.contractCount).map { place in
      if place == 0 || random.next() % 2 == 0 { return 0..<0 }
      return expiries[place - 1] - 7..<expiries[place - 1] + [-3, -1, 2].picked(by: &random)
    }
    for day in first..<first + Int64(dayCount) {
      for place in 0..<Self.contractCount where day == expiries[place] + 1 {
        inputs.append(
          .action(
            CorporateAction(
              instrument: InstrumentIndex(place + Self.anchor), type: .delistingAtLast, numerator: 1, denominator: 1,
              cash: 0), Timestamp(nanos: day * AccountStage.day)))
      }
      for part in 0..<4 {
        let open = Timestamp(nanos: day * AccountStage.day + Int64(part) * Self.quarter)
        var bars: [Bar] = []
        for index in 0...Self.contractCount {
          let place = index - Self.anchor
          if place >= 0, day > expiries[place] || gaps[place].contains(day) { continue }
          if random.next() % 9 == 0 { continue }
          level = max(20_00, level + Int64(random.next() % 121) - 60)
          // Later contracts are dearer, and traded more the nearer the front one's end is.
          let close = level + Int64(max(place, 0)) * 2_10
          let distance = place < 0 ? 1 : max(expiries[place] - day, 1)
          let volume = Int64(random.next() % 900) + 20_000 / (distance < 9 ? 40 : distance)
          if let bar = bar(index, open, close, Int64(random.next() % 90), volume) { bars.append(bar) }
        }
        for bar in bars {
          inputs.append(.bar(bar.with(instrument: bar.instrument, closesSlot: bar.instrument == bars.last?.instrument)))
        }
        for strategy in 0..<strategyCount where random.next() % 7 == 0 {
          script.append(
            ScriptLine(
              strategy: strategy, instrument: random.next() % 4 == 0 ? 0 : Self.anchor, openNanos: open.nanos,
              direction: [.long, .long, .flat, .short].picked(by: &random),
              strengthMicros: [1_000_000, 500_000].picked(by: &random)))
        }
      }
    }
    inputs.append(.end(Timestamp(nanos: (first + Int64(dayCount)) * AccountStage.day)))
  }

  private func bar(_ index: Int, _ open: Timestamp, _ close: Int64, _ range: Int64, _ volume: Int64) -> Bar? {
    let price = Price(nanos: close * Self.unit / 100)
    let wing = range * Self.unit / 100
    return try? Bar(
      instrument: InstrumentIndex(index), openTime: open, durationNanos: Self.quarter, open: price,
      high: Price(nanos: price.nanos + wing), low: Price(nanos: price.nanos - wing), close: price,
      volume: Quantity(nanos: volume * Self.unit), source: .synthetic)
  }
}
