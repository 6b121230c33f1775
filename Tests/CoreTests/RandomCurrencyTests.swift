import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: after any sequence of bars, fills and dividends in three currencies, each currency's cash is what fills, dividends and conversions left of it, to the nano, and
/// equity is what the purses and positions are worth at the last rates.
/// Method: a recount from fills, dividends and closes alone; conversions are counted anew from the rates, and each journaled one is compared with it.
@Suite("Random currencies")
struct RandomCurrencyTests {
  @Test("leave what a recount by currency has", arguments: 0..<80)
  func equalsRecount(_ run: Int) throws {
    let seed = 0xcc11_0000 + UInt64(run)
    let script = try RandomCurrencies(seed: seed)
    var stage = try Stage(script.configuration, script.instruments)
    var naive = NaivePurses(script.configuration, script.instruments)
    var fills = 0
    for (position, input) in script.inputs.enumerated() {
      try stage.take(input)
      if case .bar(let bar) = input { naive.pending = bar }
      if case .action(let action, _) = input { naive.dividend(action) }
      for happening in try stage.happenings() {
        if let fill = happening.body as? Fill {
          fills += 1
          naive.fill(fill)
        }
        if let change = happening.body as? PurseChanged { naive.check(change) }
        if let change = happening.body as? CashChanged { naive.check(change) }
      }
      naive.mark()
      let problems = naive.problems + differences(naive, stage)
      if !problems.isEmpty {
        Issue.record("seed \(seed), input \(position) \(input): \(problems.joined(separator: ", "))")
        return
      }
    }
    #expect(fills > 10, "seed \(seed)")
  }

  private func differences(_ naive: NaivePurses, _ stage: borrowing Stage) -> [String] {
    var problems: [String] = []
    let engine = stage.engine.describe()
    for (place, purse) in engine.purses.enumerated() {
      if purse.cash != naive.cash[place] { problems.append("\(purse.currency) \(purse.cash) not \(naive.cash[place])") }
      if purse.equity != naive.equity(place) { problems.append("\(purse.currency) equity \(purse.equity)") }
    }
    if engine.equity != naive.worth { problems.append("equity \(engine.equity) not \(naive.worth)") }
    if !stage.engine.ledgerBalances { problems.append("the ledger doesn't balance") }
    if !stage.engine.sharesAddUp { problems.append("the strategies' parts don't add up") }
    return problems
  }

  @Test("are gone on with from any snapshot in the same bytes")
  func restores() throws {
    for run in 0..<4 {
      let script = try RandomCurrencies(seed: 0xcc11_0000 + UInt64(run))
      var stage = try Stage(script.configuration, script.instruments)
      var other: Stage?
      for (position, input) in script.inputs.enumerated() {
        if position == script.inputs.count / 2 {
          var begun = try Stage(script.configuration, script.instruments)
          try begun.restore(stage.state(), nextSequence: stage.nextSequence)
          other = consume begun
        }
        try stage.take(input)
        try other?.take(input)
      }
      #expect(other?.state() == stage.state())
    }
  }
}

/// Three currencies, of which one is quoted the other way round; bars, targets, dividends.
struct RandomCurrencies {
  var configuration = ScenarioProfile().configuration
  var instruments: [Instrument] = []
  var inputs: [StageInput] = []

  init(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let unit = FixedPoint.unit
    guard let eur = Currency("EUR"), let jpy = Currency("JPY") else { return }
    let described: [(symbol: String, currency: Currency, tick: Int64)] = [
      ("EURUSD", .usd, unit / 100_000), ("USDJPY", jpy, unit / 1_000), ("US", .usd, unit / 100),
      ("DE", eur, unit / 100),
      ("FR", eur, unit / 1_000), ("JP", jpy, unit),
    ]
    for entry in described {
      instruments.append(
        try Instrument(
          symbol: entry.symbol, assetClass: .equity, currency: entry.currency, tickSize: Price(nanos: entry.tick),
          lotSize: Quantity(nanos: unit), calendar: .always))
    }
    configuration.currencies.convertsAtOnce = random.next() % 2 == 0
    configuration.currencies.costMicros = [0, 20, 777].picked(by: &random)
    configuration.currencies.foreign = [
      ForeignCurrency(
        currency: eur, rateSymbol: "EURUSD", initialCash: 1_234_567_891_234, startRate: Price(nanos: 1_083_330_000)),
      ForeignCurrency(currency: jpy, rateSymbol: "USDJPY"),
    ]
    configuration.lots = LotMethod.allCases.picked(by: &random)
    configuration.fees = .shareOfNotional(micros: 500)
    configuration.exits = ProtectiveExits(stopLossMicros: random.next() % 2 == 0 ? 20_000 : nil, takeProfitMicros: nil)
    configuration.sizing = [
      .shares(Quantity(nanos: 77 * unit)), .notional(Int128(54_321) * Int128(unit)), .equityShare(micros: 70_000),
    ].picked(by: &random)
    configuration.risk.isCashRequired = random.next() % 2 == 0
    configuration.risk.account.grossMax = [nil, Int128(200_000) * Int128(unit)].picked(by: &random)
    var script: [ScriptLine] = []
    // In ticks.
    var last: [Int64] = [110_000, 140_000, 10_000, 5_000, 80_000, 3_000]
    for position in 0..<300 {
      let time = Timestamp(nanos: 1_704_153_600_000_000_000 + Int64(position) * 3_600 * Timestamp.nanosPerSecond)
      if random.next() % 12 == 0 {
        inputs.append(
          .action(
            CorporateAction(
              instrument: InstrumentIndex(2 + Int(random.next() % 4)), type: .cashDividend, numerator: 1,
              denominator: 1, cash: Int64(1 + random.next() % 400) * unit / 1_000), time))
      }
      for index in instruments.indices where random.next() % 4 != 0 {
        let step = max(last[index] / 60, 1)
        let first = last[index] + Int64(random.next() % UInt64(2 * step + 1)) - step
        last[index] = max(first + Int64(random.next() % UInt64(2 * step + 1)) - step, last[index] / 2, 2)
        if random.next() % 4 == 0 {
          script.append(
            ScriptLine(
              strategy: Int(random.next() % 2), instrument: index, openNanos: time.nanos,
              direction: [.flat, .long, .short].picked(by: &random), strengthMicros: 1_000_000))
        }
        let tick = described[index].tick
        inputs.append(
          .bar(
            try Bar(
              instrument: InstrumentIndex(index), openTime: time, durationNanos: 3_600 * Timestamp.nanosPerSecond,
              open: Price(nanos: first * tick), high: Price(nanos: max(first, last[index]) * tick),
              low: Price(nanos: min(first, last[index]) * tick), close: Price(nanos: last[index] * tick),
              volume: Quantity(nanos: 10_000 * unit), source: .synthetic, closesSlot: true)))
      }
    }
    configuration.strategies = ScriptLine.specifications(script)
  }
}

/// Cash by currency and units by instrument, and nothing of the engine's code.
struct NaivePurses {
  let rule: CurrencyRule
  let instruments: [Instrument]
  let places: [Int]
  var cash: [Int128]
  var units: [Int128]
  var marks: [Int128]
  /// The bar that is being taken: it counts behind its fills.
  var pending: Bar?
  /// What conversions are still to be told: purse, out of it, into the run's.
  var expected: [(purse: Int, out: Int128, into: Int128)] = []
  var problems: [String] = []

  init(_ configuration: RunConfiguration, _ instruments: [Instrument]) {
    rule = configuration.currencies
    self.instruments = instruments
    let currencies = [configuration.currency] + rule.foreign.map(\.currency)
    places = instruments.map { instrument in currencies.firstIndex(of: instrument.currency) ?? 0 }
    cash = [configuration.initialCash] + rule.foreign.map(\.initialCash)
    units = instruments.map { _ in 0 }
    marks = instruments.map { _ in 0 }
  }

  /// Dollars of an amount: EURUSD is the first instrument, USDJPY the second.
  func home(_ amount: Int128, _ place: Int) -> Int128? {
    switch place {
    case 0: amount
    case 1: roundHalfEven(amount * (marks[0] == 0 ? 1_083_330_000 : marks[0]), 1_000_000_000)
    default: marks[1] == 0 ? nil : roundHalfEven(amount * 1_000_000_000, marks[1])
    }
  }

  func value(_ index: Int) -> Int128 { roundHalfEven(units[index] * marks[index], 1_000_000_000) }
  func equity(_ place: Int) -> Int128 {
    instruments.indices.filter { places[$0] == place }.reduce(cash[place]) { $0 + value($1) }
  }
  var worth: Int128 { cash.indices.reduce(0) { $0 + (home(equity($1), $1) ?? 0) } }

  mutating func fill(_ fill: Fill) {
    let index = fill.instrument.position
    let signed = Int128(fill.quantity.nanos) * Int128(fill.side.sign)
    units[index] += signed
    pay(
      index,
      -roundHalfEven(Int128(fill.quantity.nanos) * Int128(fill.price.nanos), 1_000_000_000) * Int128(fill.side.sign)
        - fill.fee)
  }

  mutating func dividend(_ action: CorporateAction) {
    let index = action.instrument.position
    if marks[index] > Int128(action.cash) { marks[index] -= Int128(action.cash) }
    if units[index] != 0 { pay(index, roundHalfEven(units[index] * Int128(action.cash), 1_000_000_000)) }
  }

  private mutating func pay(_ index: Int, _ amount: Int128) {
    let place = places[index]
    cash[place] += amount
    guard place > 0, rule.convertsAtOnce, let turned = home(amount, place) else { return }
    let cost = Int128(turned.magnitude) * Int128(rule.costMicros) / 1_000_000
    cash[place] -= amount
    cash[0] += turned - cost
    expected.append((place, -amount, turned - cost))
  }

  mutating func check(_ change: PurseChanged) {
    guard change.reason == .conversion else { return }
    guard let next = expected.first, change.amount == next.out, change.currency == rule.foreign[next.purse - 1].currency
    else {
      problems.append("a conversion of \(change.amount) \(change.currency)")
      return
    }
  }

  mutating func check(_ change: CashChanged) {
    guard change.reason == .conversion else { return }
    guard let next = expected.first, change.amount == next.into else {
      problems.append("a conversion into \(change.amount)")
      return
    }
    expected.removeFirst()
  }

  mutating func mark() {
    if !expected.isEmpty { problems.append("\(expected.count) conversions were not told") }
    guard let bar = pending else { return }
    marks[bar.instrument.position] = Int128(bar.close.nanos)
    pending = nil
  }
}
