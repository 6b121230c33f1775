import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: the gate lets pass what equity covers at initial margin; where equity falls below maintenance margin there is a call, and a reduction closes just as much as cures it.
/// Hand-checked with a million of cash.
@Suite("Margin")
struct MarginTests {
  private static func margin(_ action: CallAction, _ change: (inout MarginRule) -> Void = { _ in }) -> AccountRule {
    var rule = MarginRule(onCall: action)
    change(&rule)
    return AccountRule(type: .margin(rule))
  }

  private static func shares(_ count: Int64) -> Sizing { .shares(Quantity(nanos: count * FixedPoint.unit)) }
  private static let unit = Int128(FixedPoint.unit)

  @Test("half the value is covered, long and short", arguments: [Direction.long, .short])
  func initial(_ direction: Direction) throws {
    var stage = AccountStage(Self.margin(.alert))
    stage.configuration.sizing = Self.shares(30_000)
    try stage.add("A")
    try stage.bar("2024-03-12", price: 10_000, want: direction)
    let (happenings, state) = try stage.run()
    let decision = try #require(happenings.compactMap { $0.body as? RiskDecision }.last)
    #expect(decision.reason == .initialMargin)
    #expect(decision.allowed.magnitude == Quantity(nanos: 20_000 * FixedPoint.unit))
    #expect(decision.observed == 1_500_000 * FixedPoint.unit)
    #expect(decision.limit == 1_000_000 * FixedPoint.unit)
    #expect(state.account?.margin?.initial == 1_000_000 * Self.unit)
    #expect(state.account?.margin?.excess == 0)
  }

  @Test("what may still fill of others is counted; closing always passes; a symbol's and a class's terms come first")
  func terms() throws {
    var terms = MarginTerms()
    terms.maintenanceMicros = 750_000
    var ofClass = MarginTerms()
    ofClass.initialMicros = 1_000_000
    var stage = AccountStage(
      Self.margin(.alert) {
        $0.symbols = [SymbolMargin(symbol: "TQQQ", terms: terms)]
        $0.classes = [ClassMargin(assetClass: .crypto, terms: ofClass)]
      })
    stage.configuration.sizing = Self.shares(4_000)
    stage.configuration.execution.type = .limit
    stage.configuration.execution.limitOffsetTicks = 500
    try stage.add("TQQQ", .etf)
    try stage.add("BTC", .crypto)
    try stage.add("A")
    for index in 0..<3 { try stage.bar(index, "2024-03-12", price: 10_000, want: .long, closesSlot: index == 2) }
    let (happenings, state) = try stage.run()
    // 300,000 (75 %, its maintenance) + 400,000 (all) leave 300,000, which cover 6,000 at half.
    #expect(happenings.compactMap { $0.body as? RiskDecision }.map(\.outcome) == [.passed, .passed, .passed])
    #expect(state.account?.margin?.initial == 900_000 * Self.unit)
    #expect(state.account?.margin?.maintenance == 0)
  }

  @Test("money a unit is required of a future, whatever its price")
  func perUnit() throws {
    var terms = MarginTerms()
    terms.initialPerUnit = 12_000 * Self.unit
    terms.maintenancePerUnit = 10_000 * Self.unit
    var stage = AccountStage(Self.margin(.alert) { $0.classes = [ClassMargin(assetClass: .future, terms: terms)] })
    stage.configuration.sizing = Self.shares(100)
    try stage.add("ES", .future, multiplier: 50)
    try stage.bar("2024-03-12", price: 500_000, want: .long)
    try stage.bar("2024-03-12", hour: 16, price: 500_000)
    let (happenings, state) = try stage.run()
    #expect(happenings.compactMap { $0.body as? RiskDecision }.last?.allowed == Quantity(nanos: 83 * FixedPoint.unit))
    #expect(state.account?.margin?.maintenance == 830_000 * Self.unit)
    #expect(state.cash == 1_000_000 * Self.unit)
  }

  /// FINRA 4210(c)(2) and (3), with initial margin never below it: what a short of 10,000 units at a price requires.
  @Test(
    "FINRA's least amounts a share hold for cheap shorts in US dollars, and for nothing else",
    arguments: [
      // Price in cents, maintenance and initial margin of a unit in cents.
      (100, 250, 250), (300, 300, 300), (499, 499, 499), (500, 500, 500), (900, 500, 500), (1_200, 500, 600),
      (1_700, 510, 850),
    ] as [(Int64, Int128, Int128)])
  func shortMinimums(_ price: Int64, _ maintenance: Int128, _ initial: Int128) throws {
    for (assetClass, direction) in [
      (AssetClass.equity, Direction.short), (.etf, .short), (.equity, .long), (.crypto, .short),
    ] {
      var stage = AccountStage(Self.margin(.alert) { $0.hasShortMinimums = true })
      stage.configuration.sizing = Self.shares(10_000)
      try stage.add("A", assetClass)
      try stage.bar("2024-03-12", price: price, want: direction)
      try stage.bar("2024-03-12", hour: 16, price: price)
      let margin = try #require(try stage.run().state.account?.margin)
      let cents = 10_000 * Self.unit / 100
      if direction == .short, assetClass != .crypto {
        #expect((margin.maintenance, margin.initial) == (maintenance * cents, initial * cents))
      } else {
        let value = Int128(price) * cents
        #expect((margin.maintenance, margin.initial) == (value * (direction == .long ? 25 : 30) / 100, value / 2))
      }
    }
  }

  @Test("a cheap short is cut to what covers its least amount a share")
  func shortMinimumsCut() throws {
    var stage = AccountStage(Self.margin(.alert) { $0.hasShortMinimums = true })
    stage.configuration.sizing = Self.shares(500_000)
    try stage.add("A")
    try stage.bar("2024-03-12", price: 100, want: .short)
    let decision = try #require(try stage.run().happenings.compactMap { $0.body as? RiskDecision }.last)
    #expect(decision.reason == .initialMargin)
    #expect(decision.allowed.magnitude == Quantity(nanos: 400_000 * FixedPoint.unit))
  }

  /// Two positions on margin, then a fall of both to `price`, and bars at it.
  private static func fall(_ action: CallAction, to price: Int64) throws -> (
    happenings: [Happening], state: StateDescription
  ) {
    var stage = AccountStage(margin(action))
    stage.configuration.sizing = shares(9_000)
    try stage.add("A")
    try stage.add("B")
    for (hour, price) in [(10, 10_000), (11, 10_000), (12, price), (13, price), (14, price)] as [(Int64, Int64)] {
      for index in 0..<2 {
        try stage.bar(
          index, "2024-03-12", hour: hour, price: price, want: hour == 10 ? .long : nil,
          strength: index == 0 ? 1_000_000 : 900_000, closesSlot: index == 1)
      }
    }
    return try stage.run()
  }

  @Test("a call is made where equity is below maintenance, and once")
  func alert() throws {
    // 9,000 and 8,100 units for 1,710,000: debit 710,000. At 55 equity is 230,500 and 235,125 are required.
    let (happenings, state) = try Self.fall(.alert, to: 5_500)
    let calls = happenings.compactMap { $0.body as? MarginCalled }
    #expect(calls.map(\.equity) == [230_500 * Self.unit])
    #expect(calls.map(\.requirement) == [235_125 * Self.unit])
    #expect(happenings.filter { $0.body is Fill }.count == 2)
    #expect(state.account?.margin?.calledBy != nil)
    // A cent more and there is enough.
    #expect(try Self.fall(.alert, to: 5_537).happenings.contains { $0.body is MarginCalled } == false)
  }

  @Test("a reduction closes just what cures the call, largest requirement first, caused by the call")
  func reduce() throws {
    let (happenings, state) = try Self.fall(.reduce, to: 5_500)
    let call = try #require(happenings.first { $0.body is MarginCalled })
    let decision = try #require(happenings.first { ($0.body as? RiskDecision)?.reason == .marginCall })
    #expect(decision.cause == call.sequence)
    let intent = try #require(happenings.first { $0.cause == decision.sequence })
    // 4,625 are lacking, and a unit at 55 requires 13.75: 336.36 units.
    #expect((intent.body as? OrderIntent)?.quantity == Quantity(nanos: 337 * FixedPoint.unit))
    #expect((intent.body as? OrderIntent)?.purpose == .flatten)
    #expect(happenings.filter { $0.body is MarginCalled }.count == 1)
    #expect(state.books[0].quantity == Quantity(nanos: 8_663 * FixedPoint.unit))
    let margin = try #require(state.account?.margin)
    #expect(margin.maintenance <= state.equity)
    #expect(margin.calledBy == nil)
    #expect(happenings.contains { ($0.body as? Alert)?.code == .marginRestored })
    #expect(state.realised == -337 * 45 * Self.unit)
  }

  @Test("where one position isn't enough, the next is closed, too")
  func severalPositions() throws {
    // At 45 equity is 59,500 and 192,375 are required: all of the first is worth 101,250 of it, 31,625 are left for the second at 11.25 a unit.
    let (happenings, state) = try Self.fall(.reduce, to: 4_500)
    let intents = happenings.compactMap { $0.body as? OrderIntent }.filter { $0.purpose == .flatten }
    #expect(intents.map(\.quantity.nanos) == [9_000 * FixedPoint.unit, 2_812 * FixedPoint.unit])
    #expect(state.books.map(\.quantity.nanos) == [0, 5_288 * FixedPoint.unit])
    #expect(try #require(state.account?.margin).maintenance <= state.equity)
  }

  @Test("while an order of a call works, nothing is asked for twice")
  func onceAtATime() throws {
    var stage = AccountStage(Self.margin(.reduce))
    stage.configuration.sizing = Self.shares(16_000)
    stage.configuration.volumeShareMicros = 1_000_000
    try stage.add("A")
    try stage.bar("2024-03-12", hour: 10, price: 10_000, want: .long)
    try stage.bar("2024-03-12", hour: 11, price: 10_000)
    // 12,000 are lacking at 12.25 a unit: 980, and a bar fills 500.
    for hour in 12..<16 { try stage.bar("2024-03-12", hour: Int64(hour), price: 4_900, volume: 500) }
    let (happenings, state) = try stage.run()
    #expect(happenings.filter { $0.body is MarginCalled }.count == 1)
    let orders = happenings.compactMap { $0.body as? OrderIntent }.filter { $0.purpose == .flatten }
    #expect(orders.map(\.quantity.nanos) == [980 * FixedPoint.unit])
    #expect(state.books[0].quantity == Quantity(nanos: 15_020 * FixedPoint.unit))
    #expect(try #require(state.account?.margin).calledBy == nil)
  }

  @Test("entries are taken back by a call, and what protects stays")
  func entries() throws {
    var stage = AccountStage(Self.margin(.reduce))
    stage.configuration.sizing = Self.shares(16_000)
    stage.configuration.execution.type = .limit
    stage.configuration.exits.takeProfitMicros = 100_000
    try stage.add("A")
    try stage.add("B")
    try stage.bar(0, "2024-03-12", hour: 10, price: 10_000, want: .long, closesSlot: false)
    try stage.bar(1, "2024-03-12", hour: 10, price: 10_000, want: .long, strength: 187_500)
    try stage.bar(0, "2024-03-12", hour: 11, price: 10_000)
    try stage.bar(0, "2024-03-12", hour: 12, price: 4_900)
    let (happenings, state) = try stage.run()
    let call = try #require(happenings.first { $0.body is MarginCalled })
    let cancelled = happenings.filter { $0.body is OrderCancelled }
    #expect(cancelled.map { ($0.body as? OrderCancelled)?.reason } == [.marginCall])
    #expect(cancelled.map(\.cause) == [call.sequence])
    #expect(state.books[1].orders.isEmpty)
    #expect(state.books[0].orders.map(\.isProtective) == [true, false])
  }
}
