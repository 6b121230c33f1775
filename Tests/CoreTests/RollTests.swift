import Core
import Events
import Market
import Scenarios
import Strategies
import Testing

/// Goal: a position is carried from one contract of a chain to the next at the close that the rule names, by orders that cost what orders cost; strategies see one
/// instrument, limits count what is carried once, and what can't roll says so. Hand-checked.
@Suite("Futures that roll")
struct RollTests {
  private static let unit = Int128(FixedPoint.unit)

  /// Long two of the first contract from the open of 03-12 on; the chain rolls at the close of 03-13.
  private static func long(
    adjust: RollAdjustment = .ratio, _ change: (inout RollStage) -> Void = { _ in }
  ) throws -> RollStage {
    var stage = try RollStage(
      expires: ["2024-03-20", "2024-06-20"], rule: try RollStage.dates("2024-03-13"), adjust: adjust)
    change(&stage)
    try stage.day("2024-03-11", [10_000, 10_100], want: .long)
    try stage.day("2024-03-12", [10_000, 10_120])
    try stage.day("2024-03-13", [10_200, 10_350])
    return stage
  }

  @Test(
    "costs both legs' fees and slippage, and nothing between the two prices is won or lost",
    arguments: LotMethod.allCases)
  func toTheCent(_ lots: LotMethod) throws {
    var stage = try RollStage(expires: ["2024-03-20", "2024-06-20"], rule: try RollStage.dates("2024-03-13"))
    stage.configuration.lots = lots
    stage.configuration.fees = .perShare(rate: 2_250_000_000, minimum: 0, maximumShareMicros: 0)
    stage.configuration.slippage = .ticks(1)
    try stage.day("2024-03-11", [10_000, 10_100], want: .long)
    try stage.day("2024-03-12", [10_000, 10_120])
    try stage.day("2024-03-13", [10_200, 10_350])
    try stage.day("2024-03-14", [10_220, 10_380])
    try stage.day("2024-03-15", [10_300, 10_400])
    let outcome = try stage.run()
    #expect(outcome.fronts == ["0 begin", "1 date"])
    #expect(outcome.orders(.rollOut) == ["0 sell 2"])
    #expect(outcome.orders(.rollIn) == ["1 buy 2"])
    #expect(outcome.held == [0, 2])
    let fills = outcome.all(Fill.self)
    #expect(fills.map(\.price.nanos) == [100_010_000_000, 102_190_000_000, 103_810_000_000])
    // Two contracts of 50: bought at 100.01 for a fee of 4.50 and settled at 100.00 and 102.00; sold at 102.19 for 19 and a fee of 4.50; bought at 103.81 for 4.50,
    // and settled at 103.80.
    let cash = outcome.all(CashChanged.self)
    #expect(cash.map(\.reason) == [.fill, .variation, .variation, .fill, .fill, .variation])
    #expect(
      cash.map(\.amount) == [
        -4_500_000_000, -1 * Self.unit, 200 * Self.unit, 14_500_000_000, -4_500_000_000, -1 * Self.unit,
      ])
    // 104.00 is 20 more than the last settlement.
    #expect(outcome.state.equity - outcome.state.cash == 20 * Self.unit)
    #expect(outcome.state.equity == 1_000_223_500_000_000)
    #expect(outcome.state.fees == 13_500_000_000)
    let decisions = outcome.all(RiskDecision.self).suffix(2)
    #expect(decisions.map(\.reason) == [.roll, .roll])
    #expect(decisions.map(\.outcome) == [.passed, .passed])
    let roll = try #require(outcome.all(FrontContract.self).last)
    #expect(roll.previous == InstrumentIndex(0))
    #expect((roll.previousPrice.nanos, roll.price.nanos) == (102_000_000_000, 103_500_000_000))
    #expect(roll.quantity.nanos == 2 * FixedPoint.unit)
  }

  @Test("strategies decide on the front contract alone, before and behind the roll")
  func frontAlone() throws {
    var stage = try Self.long()
    try stage.day("2024-03-14", [10_220, 10_380], want: .flat)
    try stage.day("2024-03-15", [10_300, 10_400], want: .short)
    try stage.day("2024-03-16", [10_300, 10_400])
    let outcome = try stage.run()
    // Three signals, though every day has a bar of both under the script's instants.
    #expect(outcome.all(Signal.self).map(\.instrument.rawValue) == [0, 1, 1])
    #expect(outcome.held == [0, -2])
    #expect(outcome.state.counts.bars == 12)
  }

  @Test("rolls so many sessions before the expiry, for fills in the next one")
  func sessionsBeforeExpiry() throws {
    var stage = try RollStage(expires: ["2024-03-14", "2024-06-20"], rule: .sessionsBeforeExpiry(1))
    try stage.day("2024-03-11", [10_000, 10_100], want: .long)
    try stage.day("2024-03-12", [10_000, 10_120])
    #expect(try stage.run().fronts == ["0 begin"])
    try stage.day("2024-03-13", [10_200, 10_350])
    #expect(try stage.run().fronts == ["0 begin", "1 date"])
    #expect(try stage.run().held == [2, 0])
    try stage.day("2024-03-14", [10_200, 10_350])
    #expect(try stage.run().held == [0, 2])
  }

  @Test("a chain begins with the contract that its rule has in front on the first day")
  func begins() throws {
    var stage = try RollStage(
      expires: ["2024-03-14", "2024-06-20", "2024-09-20"], rule: .sessionsBeforeExpiry(1))
    try stage.day("2024-03-14", [10_200, 10_350, 10_400], want: .long)
    try stage.day("2024-03-15", [10_200, 10_350, 10_400])
    let outcome = try stage.run()
    #expect(outcome.fronts == ["1 begin"])
    #expect(outcome.held == [0, 2, 0])
  }

  @Test(
    "rolls by volume at the close of the session in which more of the next contract was traded, and not before it is over"
  )
  func byVolume() throws {
    var stage = try RollStage(expires: ["2024-03-20", "2024-06-20"], rule: .volume)
    try stage.day("2024-03-11", [10_000, 10_100], volumes: [900, 100], want: .long)
    try stage.day("2024-03-12", [10_000, 10_120], volumes: [500, 500])
    #expect(try stage.run().fronts == ["0 begin"])
    // Half of the session: more of the next contract already, and no roll.
    var half = stage
    try half.hours("2024-03-13", [10_200, 10_350], volumes: [100, 800], from: 0, count: 12)
    #expect(try half.run().fronts == ["0 begin"])
    // Its second half turns the sum.
    var turned = half
    try turned.hours("2024-03-13", [10_200, 10_350], volumes: [2_000, 0], from: 12, count: 12)
    #expect(try turned.run().fronts == ["0 begin"])
    try half.hours("2024-03-13", [10_200, 10_350], volumes: [100, 0], from: 12, count: 12)
    #expect(try half.run().fronts == ["0 begin", "1 volume"])
    #expect(try half.run().held == [2, 0])
    try half.day("2024-03-14", [10_200, 10_350])
    #expect(try half.run().held == [0, 2])
  }

  @Test("a session whose last bar is missing rolls with the first slot behind it, at its own closes")
  func lastBarMissing() throws {
    var stage = try RollStage(expires: ["2024-03-20", "2024-06-20"], rule: try RollStage.dates("2024-03-12"))
    try stage.day("2024-03-11", [10_000, 10_100], want: .long)
    try stage.hours("2024-03-12", [10_000, 10_120], volumes: [1, 1], from: 0, count: 20)
    #expect(try stage.run().fronts == ["0 begin"])
    try stage.hours("2024-03-13", [10_500, 10_700], volumes: [1, 1], from: 0, count: 1)
    let roll = try #require(try stage.run().all(FrontContract.self).last)
    #expect((roll.previousPrice.nanos, roll.price.nanos) == (100_000_000_000, 101_200_000_000))
  }

  @Test("two chains roll each by its own rule, and a strategy that knows both mixes neither up")
  func twoChains() throws {
    var stage = try RollStage(
      expires: ["2024-03-20", "2024-06-20", "2024-03-20", "2024-06-20"], rule: .volume)
    let contracts = stage.configuration.rolls[0].contracts
    stage.configuration.rolls = [
      RollChain(name: "A", contracts: Array(contracts[2...]), rule: try RollStage.dates("2024-03-12")),
      RollChain(name: "B", contracts: Array(contracts[..<2]), rule: try RollStage.dates("2024-03-13")),
    ]
    // The strategy knows the chains as 0 and 2; what it says of 1 and 3 is of no instrument that it sees.
    for (instrument, direction) in [(0, Direction.long), (1, .short), (2, .short), (3, .long)] {
      try stage.want(direction, "2024-03-11", strategy: 0, instrument: instrument)
    }
    try stage.day("2024-03-11", [10_000, 10_100, 5_000, 5_100])
    try stage.day("2024-03-12", [10_000, 10_100, 5_000, 5_100])
    #expect(try stage.run().held == [2, 0, -2, 0])
    try stage.day("2024-03-13", [10_000, 10_100, 5_000, 5_100])
    #expect(try stage.run().held == [2, 0, 0, -2])
    try stage.day("2024-03-14", [10_000, 10_100, 5_000, 5_100])
    let outcome = try stage.run()
    #expect(outcome.held == [0, 2, 0, -2])
    #expect(outcome.fronts == ["0 begin", "2 begin", "3 date", "1 date"])
    #expect(outcome.state.fronts == [InstrumentIndex(3), InstrumentIndex(1)])
  }

  // MARK: Limits

  @Test("isn't cut by limits that the position fills: what is carried counts once")
  func limitsCountOnce() throws {
    var stage = try Self.long {
      $0.configuration.risk.account.positionQuantityMax = Quantity(nanos: 2 * FixedPoint.unit)
      $0.configuration.risk.account.grossMax = 10_400 * Self.unit
      $0.configuration.risk.account.netMax = 10_400 * Self.unit
      $0.configuration.risk.account.leverageMaxMicros = 10_500
    }
    try stage.day("2024-03-14", [10_220, 10_380])
    let outcome = try stage.run()
    #expect(outcome.held == [0, 2])
    #expect(outcome.all(RiskDecision.self).allSatisfy { $0.outcome == .passed })
  }

  @Test("margin is asked for once: an account that covers one position carries it")
  func marginOnce() throws {
    var stage = try Self.long { $0.configuration.initialCash = 5_200 * Self.unit }
    try stage.day("2024-03-14", [10_220, 10_380])
    #expect(try stage.run().held == [0, 2])
  }

  @Test("a limit that is smaller in the next contract cuts what is opened there, by name")
  func cut() throws {
    var stage = try Self.long {
      var limits = LimitSet()
      limits.positionQuantityMax = Quantity(nanos: FixedPoint.unit)
      $0.configuration.risk.symbols = [NamedLimits(name: "C1", limits: limits)]
    }
    try stage.day("2024-03-14", [10_220, 10_380])
    let outcome = try stage.run()
    #expect(outcome.held == [0, 1])
    let decision = try #require(outcome.all(RiskDecision.self).first { $0.instrument == InstrumentIndex(1) })
    #expect((decision.outcome, decision.reason, decision.scope) == (.cut, .positionCap, .symbol))
  }

  @Test(
    "an account that may only reduce carries its position over; one that is halted puts the roll off, and does it when it may"
  )
  func states() throws {
    var reducing = try Self.long()
    let evening = try AccountStage.midnight("2024-03-13")
    var inputs = reducing.inputs
    inputs.insert(.command(.reduceOnly, evening), at: 4)
    reducing.replace(inputs)
    try reducing.day("2024-03-14", [10_220, 10_380])
    #expect(try reducing.run().held == [0, 2])

    var halted = try Self.long()
    inputs = halted.inputs
    inputs.insert(.command(.halt, evening), at: 4)
    halted.replace(inputs)
    try halted.day("2024-03-14", [10_220, 10_380])
    var outcome = try halted.run()
    #expect(outcome.fronts == ["0 begin"])
    #expect(outcome.alerts == [.rollPutOff, .rollPutOff])
    halted.input(.command(.resume, try AccountStage.midnight("2024-03-15")))
    try halted.day("2024-03-15", [10_220, 10_380])
    try halted.day("2024-03-16", [10_220, 10_380])
    outcome = try halted.run()
    #expect(outcome.fronts == ["0 begin", "1 date"])
    #expect(outcome.held == [0, 2])
  }

  @Test("a kill behind the roll closes what is left and lets nothing open")
  func kill() throws {
    var stage = try Self.long()
    stage.input(.kill(.command, try AccountStage.midnight("2024-03-14")))
    try stage.day("2024-03-14", [10_220, 10_380])
    let outcome = try stage.run()
    #expect(outcome.held == [0, 0])
    #expect(outcome.orders(.flatten) == ["0 sell 2"])
    #expect(outcome.all(OrderCancelled.self).filter { $0.reason == .kill }.count == 2)
  }

  // MARK: Orders

  @Test("stops and targets move along, as far from the next contract's close as they were from the old one's")
  func exits() throws {
    var stage = try Self.long {
      $0.configuration.exits.stopLossMicros = 50_000
      $0.configuration.exits.takeProfitMicros = 100_000
    }
    let before = try stage.run()
    let moved = before.state.books[1].orders.filter(\.isProtective)
    // 95 and 110 behind a close of 102, in a contract that closes at 103.50.
    #expect(moved.map { $0.stopPrice.nanos + $0.limitPrice.nanos } == [96_500_000_000, 111_500_000_000])
    #expect(before.state.books[0].orders.allSatisfy { !$0.isProtective })
    #expect(before.all(OrderCancelled.self).map(\.reason) == [.rolled, .rolled])
    // Behind the roll nothing is protected twice; the stop closes all of it.
    try stage.day("2024-03-14", [10_220, 10_380])
    #expect(try stage.run().state.books[1].orders.count == 2)
    try stage.day("2024-03-15", [9_600, 9_700])
    let outcome = try stage.run()
    #expect(outcome.held == [0, 0])
    #expect(outcome.all(Fill.self).last?.price.nanos == 96_500_000_000)
    #expect(outcome.state.books[1].orders.isEmpty)
  }

  @Test("an entry that rests is taken back and asked for anew in the next contract")
  func entries() throws {
    var stage = try Self.long {
      $0.configuration.execution.type = .limit; $0.configuration.execution.limitOffsetTicks = 500
    }
    let outcome = try stage.run()
    #expect(outcome.held == [0, 0])
    #expect(outcome.all(OrderCancelled.self).map(\.reason) == [.rolled])
    let order = try #require(outcome.state.books[1].orders.first)
    // Five below the next contract's close.
    #expect(order.limitPrice.nanos == 98_500_000_000)
    try stage.day("2024-03-14", [9_700, 9_800])
    #expect(try stage.run().held == [0, 2])
  }

  @Test("what is to be closed at the market isn't opened again", arguments: [Direction.flat, .short])
  func exitOnTheDay(_ want: Direction) throws {
    var stage = try RollStage(expires: ["2024-03-20", "2024-06-20"], rule: try RollStage.dates("2024-03-13"))
    try stage.day("2024-03-11", [10_000, 10_100], want: .long)
    try stage.day("2024-03-12", [10_000, 10_120])
    try stage.day("2024-03-13", [10_200, 10_350], want: want)
    try stage.day("2024-03-14", [10_220, 10_380])
    let outcome = try stage.run()
    #expect(outcome.orders(.rollOut) == ["0 sell 2"])
    #expect(outcome.orders(.rollIn) == [])
    #expect(outcome.held == [0, want == .flat ? 0 : -2])
  }

  @Test("volume that isn't enough leaves both legs working until they are done")
  func parts() throws {
    var stage = try Self.long { $0.configuration.volumeShareMicros = 1_000_000 }
    try stage.day("2024-03-14", [10_220, 10_380], volumes: [1, 1])
    #expect(try stage.run().held == [1, 1])
    try stage.day("2024-03-15", [10_220, 10_380])
    #expect(try stage.run().held == [0, 2])
  }

  @Test("strategies keep their parts, those that hold against each other too")
  func strategyParts() throws {
    var stage = try RollStage(
      expires: ["2024-03-20", "2024-06-20"], rule: try RollStage.dates("2024-03-13"), quantity: 4)
    try stage.day("2024-03-11", [10_000, 10_100], want: .long)
    try stage.day("2024-03-12", [10_000, 10_120])
    try stage.want(.short, "2024-03-12", strategy: 1, strength: 250_000)
    try stage.day("2024-03-13", [10_200, 10_350])
    #expect(try stage.run().shares == [[3, 1], [0, -1]])
    try stage.day("2024-03-14", [10_220, 10_380])
    let outcome = try stage.run()
    #expect(outcome.orders(.rollOut) == ["0 sell 3"])
    #expect(outcome.held == [0, 3])
    #expect(outcome.shares == [[0, 4], [0, -1]])
  }

  // MARK: What can't roll

  @Test("a next contract without a bar in the session puts the roll off, with an alert")
  func putOff() throws {
    var stage = try RollStage(expires: ["2024-03-20", "2024-06-20"], rule: try RollStage.dates("2024-03-13"))
    try stage.day("2024-03-11", [10_000, 10_100], want: .long)
    try stage.day("2024-03-12", [10_000, 10_120])
    try stage.day("2024-03-13", [10_200, nil])
    var outcome = try stage.run()
    #expect(outcome.fronts == ["0 begin"])
    let alert = try #require(outcome.all(Alert.self).last)
    #expect((alert.code, alert.instrument, alert.second) == (.rollPutOff, InstrumentIndex(1), 1))
    #expect(alert.first == (try AccountStage.midnight("2024-03-14").nanos))
    try stage.day("2024-03-14", [10_220, 10_380])
    try stage.day("2024-03-15", [10_220, 10_380])
    outcome = try stage.run()
    #expect(outcome.fronts == ["0 begin", "1 date"])
    #expect(outcome.held == [0, 2])
  }

  @Test("an expiry before the roll settles the position, and the next contract is in front without one")
  func expiry() throws {
    var stage = try RollStage(expires: ["2024-03-14", "2024-06-20"], rule: try RollStage.dates("2024-03-13"))
    try stage.day("2024-03-11", [10_000, 10_100], want: .long)
    try stage.day("2024-03-12", [10_000, 10_120])
    try stage.day("2024-03-13", [10_200, nil])
    try stage.expire(0, "2024-03-14")
    var outcome = try stage.run()
    #expect(outcome.fronts == ["0 begin", "1 expiry"])
    #expect(outcome.held == [0, 0])
    #expect(outcome.state.cash == 1_000_200 * Self.unit)
    try stage.day("2024-03-14", [nil, 10_380], want: .long)
    try stage.day("2024-03-15", [nil, 10_400])
    outcome = try stage.run()
    #expect(outcome.held == [0, 2])
  }

  @Test("an old contract's end behind the roll takes nothing from what strategies remember")
  func endBehind() throws {
    var stage = try Self.long()
    stage.configuration.strategies = [
      StrategySpecification(
        name: "sma_cross",
        parameters: ParameterValues(["fast": .integer(2), "slow": .integer(3), "allow_short": .flag(false)]))
    ]
    try stage.day("2024-03-14", [10_220, 10_380])
    try stage.expire(0, "2024-03-15")
    let warm = try stage.run().state.counts.warmingUp
    try stage.day("2024-03-15", [nil, 10_400])
    #expect(try stage.run().state.counts.warmingUp == warm)
  }

  @Test("history moves the front contract, and nothing is ordered on it")
  func history() throws {
    var stage = try RollStage(expires: ["2024-03-20", "2024-06-20"], rule: try RollStage.dates("2024-03-12"))
    try stage.day("2024-03-11", [10_000, 10_100], want: .long, isHistorical: true)
    try stage.day("2024-03-12", [10_000, 10_120], isHistorical: true)
    try stage.day("2024-03-13", [10_200, 10_350], want: .long)
    try stage.day("2024-03-14", [10_220, 10_380])
    let outcome = try stage.run()
    #expect(outcome.fronts == ["0 begin", "1 date"])
    #expect(outcome.held == [0, 2])
  }

  @Test("an order that the venue rejects leaves the position where it is until the next session is over")
  func rejected() throws {
    // A seed whose venue rejects the roll's first order: looked for, not hoped for.
    var found = false
    for seed in Int64(0)..<64 where !found {
      var stage = try Self.long {
        $0.configuration.friction.rejectMicros = 300_000
        $0.configuration.friction.seed = seed
      }
      var outcome = try stage.run()
      guard outcome.held == [2, 0], outcome.all(OrderRejected.self).count == 1, outcome.orders(.rollOut).count == 1,
        outcome.state.books[0].orders.isEmpty
      else { continue }
      found = true
      #expect(outcome.orders(.rollIn) == [])
      for day in 14...28 {
        try stage.day("2024-03-\(day)", [10_220, 10_380])
        outcome = try stage.run()
        #expect(outcome.held.reduce(0, +) <= 2)
      }
      #expect(outcome.held == [0, 2])
    }
    #expect(found)
  }

  @Test("chains that can't be are refused by name")
  func refused() throws {
    func problem(_ change: (inout RollStage) throws -> Void) throws -> EngineError? {
      var stage = try RollStage(expires: ["2024-03-20", "2024-06-20"], rule: .volume)
      try change(&stage)
      do { _ = try stage.stage() } catch let error as EngineError { return error }
      return nil
    }
    #expect(try problem { _ in } == nil)
    #expect(try problem { $0.configuration.account = nil } == .rolls(.marginAccountNeeded))
    #expect(try problem { $0.configuration.venue = .external } == .rolls(.atVenue))
    #expect(
      try problem { $0.configuration.sizing = .inverseVolatility(budget: 500_000, decayMicros: 940_000) }
        == .rolls(.sizingOverUniverse))
    #expect(
      try problem { $0.configuration.rolls[0].contracts[1].symbol = "C7" }
        == .rolls(.unknownContract(symbol: "C7", chain: "C")))
    #expect(
      try problem { $0.configuration.rolls.append($0.configuration.rolls[0]) } == .rolls(.contractTwice(symbol: "C0")))
    #expect(try problem { $0.configuration.rolls[0].contracts.swapAt(0, 1) } == .rolls(.orderOfExpiries(chain: "C")))
    #expect(
      try problem { $0.configuration.rolls[0].rule = try RollStage.dates("2024-03-25") } == .rolls(.dates(chain: "C")))
    #expect(
      try problem { $0.configuration.rolls[0].rule = .sessionsBeforeExpiry(0) } == .rolls(.dates(chain: "C")))
    #expect(
      try problem { try $0.replace(1, multiplier: 20) }
        == .rolls(.contractsDiffer(symbol: "C1", other: "C0", chain: "C")))
    #expect(
      try problem { try $0.replace(1, assetClass: .perpetual) } == .rolls(.notFuture(symbol: "C1", chain: "C")))
  }
}
