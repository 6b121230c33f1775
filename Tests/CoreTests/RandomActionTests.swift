import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: after any sequence of fills and corporate actions of every type the engine's positions, lots, cost, cash and equity are those of a naive
/// account, and the ledger's identities and the strategies' parts hold exactly.
/// Method: three instruments, two strategies, bars, targets and actions from a printed seed; actions that the engine refuses are left out of both.
@Suite("Random corporate actions")
struct RandomActionTests {
  @Test("leave what a naive account has", arguments: 0..<120)
  func equalsNaive(_ run: Int) throws {
    let seed = 0xac71_0000 + UInt64(run)
    let script = try RandomActions(seed: seed)
    var stage = try Stage(script.configuration, script.instruments)
    var naive = NaiveHoldings(script.configuration, script.instruments)
    for (position, input) in script.inputs.enumerated() {
      do throws(ReduceError) {
        try stage.take(input)
      } catch .splitRatioInvalid {
        continue
      } catch .actionImpossible {
        continue
      }
      if case .action(let action, _) = input { naive.act(action) }
      for happening in try stage.happenings() {
        if let fill = happening.body as? Fill { naive.fill(fill) }
      }
      if case .bar(let bar) = input {
        naive.marks[bar.instrument.position] = Int128(bar.close.nanos)
        naive.hasBar[bar.instrument.position] = true
      }
      let problems = differences(naive, stage)
      if !problems.isEmpty {
        Issue.record("seed \(seed), input \(position) \(input): \(problems.joined(separator: ", "))")
        return
      }
    }
  }

  private func differences(_ naive: NaiveHoldings, _ stage: borrowing Stage) -> [String] {
    var problems: [String] = []
    let engine = stage.engine.describe()
    for (index, book) in engine.books.enumerated() {
      if Int128(book.quantity.nanos) != naive.units(index) { problems.append("\(index) holds \(book.quantity)") }
      if book.costBasis != naive.basis(index) {
        problems.append("\(index) cost \(book.costBasis) not \(naive.basis(index))")
      }
      if !naive.isAverage, book.lotCount != naive.lots[index].count {
        problems.append("\(index) lots \(book.lotCount)")
      }
    }
    if engine.cash != naive.cash { problems.append("cash \(engine.cash) not \(naive.cash)") }
    if engine.realised != naive.realised { problems.append("realised \(engine.realised) not \(naive.realised)") }
    if engine.equity != naive.equity { problems.append("equity \(engine.equity) not \(naive.equity)") }
    if !stage.engine.ledgerBalances { problems.append("the ledger doesn't balance") }
    if !stage.engine.sharesAddUp { problems.append("the strategies' parts don't add up") }
    return problems
  }

  @Test("are of every type, held long and short, in nearly every run")
  func coverage() throws {
    var seen: Set<String> = []
    for run in 0..<40 {
      let script = try RandomActions(seed: 0xac71_0000 + UInt64(run))
      var stage = try Stage(script.configuration, script.instruments)
      for input in script.inputs {
        guard case .action(let action, _) = input else {
          try stage.take(input)
          continue
        }
        let held = stage.engine.describe().books[action.instrument.position].quantity
        do throws(ReduceError) { try stage.take(input) } catch { continue }
        if held != .zero { seen.insert("\(action.type) \(held.nanos > 0 ? "long" : "short")") }
      }
    }
    for type in CorporateActionType.allCases {
      for side in ["long", "short"] { #expect(seen.contains("\(type) \(side)"), "\(type) \(side)") }
    }
  }

  @Test("are gone on with from any snapshot in the same bytes")
  func restores() throws {
    let script = try RandomActions(seed: 0xac71_0007)
    var stage = try Stage(script.configuration, script.instruments)
    for (position, input) in script.inputs.enumerated() {
      if position % 50 == 49 {
        var other = try Stage(script.configuration, script.instruments)
        try other.restore(stage.state(), nextSequence: stage.nextSequence)
        #expect(other.state() == stage.state())
      }
      do throws(ReduceError) { try stage.take(input) } catch { continue }
    }
  }
}

/// A random universe with targets and actions.
struct RandomActions {
  var configuration = ScenarioProfile().configuration
  var instruments: [Instrument] = []
  var inputs: [StageInput] = []

  init(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let unit = FixedPoint.unit
    for index in 0..<3 {
      instruments.append(
        try Instrument(
          symbol: "I\(index)", assetClass: .equity, currency: .usd, tickSize: Price(nanos: unit / 100),
          lotSize: Quantity(nanos: [unit, unit, 5 * unit, unit / 1_000].picked(by: &random)), calendar: .always))
    }
    configuration.lots = LotMethod.allCases.picked(by: &random)
    configuration.fees = .shareOfNotional(micros: 500)
    configuration.exits = ProtectiveExits(stopLossMicros: random.next() % 2 == 0 ? 50_000 : nil, takeProfitMicros: nil)
    configuration.sizing = .shares(Quantity(nanos: Int64(40 + random.next() % 300) * unit))
    var script: [ScriptLine] = []
    var last: [Int64] = [100, 60, 25].map { $0 * 100 }
    for position in 0..<400 {
      let time = Timestamp(nanos: 1_704_153_600_000_000_000 + Int64(position) * 3_600 * Timestamp.nanosPerSecond)
      if random.next() % 8 == 0 {
        let action = RandomActions.action(&random)
        inputs.append(.action(action, time))
        if action.type == .split {
          let index = action.instrument.position
          last[index] = min(max(200, last[index] * Int64(action.denominator) / Int64(action.numerator)), 500_000)
        }
      }
      for index in 0..<3 where index == 0 || random.next() % 5 != 0 {
        let first = max(200, last[index] + Int64(random.next() % 201) - 100)
        last[index] = max(200, first + Int64(random.next() % 101) - 50)
        if random.next() % 4 == 0 {
          script.append(
            ScriptLine(
              strategy: Int(random.next() % 2), instrument: index, openNanos: time.nanos,
              direction: [.flat, .long, .short].picked(by: &random),
              strengthMicros: [1_000_000, 333_333].picked(by: &random)))
        }
        inputs.append(
          .bar(
            try Bar(
              instrument: InstrumentIndex(index), openTime: time, durationNanos: 3_600 * Timestamp.nanosPerSecond,
              open: Price(nanos: first * unit / 100), high: Price(nanos: max(first, last[index]) * unit / 100),
              low: Price(nanos: min(first, last[index]) * unit / 100), close: Price(nanos: last[index] * unit / 100),
              volume: Quantity(nanos: 10_000 * unit), source: .synthetic, closesSlot: true)))
      }
    }
    configuration.strategies = ScriptLine.specifications(script)
  }

  private static func action(_ random: inout SeededRandom) -> CorporateAction {
    let unit = FixedPoint.unit
    let index = Int(random.next() % 3)
    var action = CorporateAction(
      instrument: InstrumentIndex(index), type: CorporateActionType.allCases.picked(by: &random), numerator: 1,
      denominator: 1, cash: 0)
    switch action.type {
    case .split:
      let ratios: [(UInt64, UInt64)] = [(2, 1), (3, 2), (7, 1), (1, 3), (1, 10), (1_000_000, 997_307)]
      (action.numerator, action.denominator) = ratios.picked(by: &random)
    case .cashDividend, .specialDividend: action.cash = Int64(1 + random.next() % 400) * unit / 1_000
    case .spinOff, .merger:
      let ratios: [(UInt64, UInt64)] = [(1, 4), (1, 1), (3, 7), (2, 1)]
      (action.numerator, action.denominator) = ratios.picked(by: &random)
      action.other = [nil, InstrumentIndex((index + 1) % 3)].picked(by: &random)
      action.price = action.other == nil || random.next() % 2 == 0 ? Int64(100 + random.next() % 900) * unit / 100 : 0
      if action.type == .merger { action.cash = random.next() % 2 == 0 ? 0 : Int64(random.next() % 50) * unit }
      if action.type == .merger, random.next() % 4 == 0 {
        (action.numerator, action.denominator, action.other, action.price) = (0, 1, nil, 0)
      }
    case .symbolChange: action.symbol = "NEW"
    case .delisting: action.cash = Int64(random.next() % 100) * unit
    case .delistingAtLast: break
    }
    return action
  }
}
