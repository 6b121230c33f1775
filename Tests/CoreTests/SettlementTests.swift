import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: in a cash account what a sale brought can't buy before it has settled, by the rule of the sale's day; shorts are refused. Hand-checked against the exchange's calendar.
@Suite("Settlement")
struct SettlementTests {
  private static func cash(_ rule: SettlementRule) -> AccountRule { AccountRule(type: .cash(rule)) }

  /// Buys for all cash, sells on `sale`, and tries to buy again on each of `tries`; what the gate said of the tries.
  private static func tries(_ rule: SettlementRule, sale: String, _ tries: [String]) throws -> [String] {
    var stage = AccountStage(cash(rule))
    stage.configuration.sizing = .shares(Quantity(nanos: 10_000 * FixedPoint.unit))
    try stage.add("A", calendar: .xnys)
    let start = try AccountStage.midnight(sale).nanos - 21 * AccountStage.day
    let early = Timestamp(nanos: start).utcDate
    try stage.bar("\(early)", price: 10_000, want: .long)
    try stage.bar("\(early)", hour: 16, price: 10_000, want: .flat)
    // The sale fills in the morning of its day.
    try stage.bar(sale, hour: 15, price: 10_000)
    for date in tries { try stage.bar(date, hour: 18, price: 10_000, want: .long) }
    let (happenings, _) = try stage.run()
    return happenings.compactMap { $0.body as? RiskDecision }.dropFirst(2).map {
      $0.outcome == .passed ? "passed" : $0.reason.word
    }
  }

  @Test("one session over a weekend, two, three, and none")
  func sessions() throws {
    let tries = ["2024-03-15", "2024-03-18", "2024-03-19", "2024-03-20"]
    let no = "unsettled_funds"
    #expect(try Self.tries(.sessions(0), sale: "2024-03-15", tries).first == "passed")
    #expect(try Self.tries(.sessions(1), sale: "2024-03-15", Array(tries.prefix(2))) == [no, "passed"])
    #expect(try Self.tries(.sessions(2), sale: "2024-03-15", Array(tries.prefix(3))) == [no, no, "passed"])
    #expect(try Self.tries(.sessions(3), sale: "2024-03-15", tries) == [no, no, no, "passed"])
  }

  @Test("US equities: five sessions before 1995-06-07, when the rule of three began")
  func beforeTheRule() throws {
    let no = "unsettled_funds"
    #expect(
      try Self.tries(
        .usEquities, sale: "1995-06-06", ["1995-06-07", "1995-06-08", "1995-06-09", "1995-06-12", "1995-06-13"])
        == [no, no, no, no, "passed"])
    #expect(
      try Self.tries(.usEquities, sale: "1995-06-07", ["1995-06-08", "1995-06-09", "1995-06-12"]) == [no, no, "passed"])
  }

  @Test("US equities: three sessions until 2017-09-04, two until 2024-05-27, one since; holidays don't count")
  func usEquities() throws {
    let no = "unsettled_funds"
    // The Friday before Labor Day: Tuesday, Wednesday, Thursday.
    #expect(
      try Self.tries(.usEquities, sale: "2017-09-01", ["2017-09-05", "2017-09-06", "2017-09-07"]) == [no, no, "passed"])
    #expect(try Self.tries(.usEquities, sale: "2017-09-05", ["2017-09-06", "2017-09-07"]) == [no, "passed"])
    // The Friday before Memorial Day: Tuesday, Wednesday.
    #expect(try Self.tries(.usEquities, sale: "2024-05-24", ["2024-05-28", "2024-05-29"]) == [no, "passed"])
    #expect(try Self.tries(.usEquities, sale: "2024-05-28", ["2024-05-28", "2024-05-29"]) == [no, "passed"])
  }

  @Test("settled money buys while proceeds are on their way, and as much as it pays for")
  func part() throws {
    var stage = AccountStage(Self.cash(.sessions(2)))
    stage.configuration.sizing = .shares(Quantity(nanos: 6_000 * FixedPoint.unit))
    try stage.add("A", calendar: .xnys)
    try stage.add("B", calendar: .xnys)
    func slot(_ hour: Int64, _ wantA: Direction?, _ wantB: Direction?) throws {
      try stage.bar(0, "2024-03-12", hour: hour, price: 10_000, want: wantA, closesSlot: false)
      try stage.bar(1, "2024-03-12", hour: hour, price: 10_000, want: wantB)
    }
    try slot(14, .long, nil)
    try slot(15, .flat, nil)
    try slot(16, nil, .long)
    try slot(17, nil, nil)
    let (happenings, state) = try stage.run()
    let decision = try #require(happenings.compactMap { $0.body as? RiskDecision }.last)
    #expect(decision.reason == .unsettledFunds)
    #expect(decision.outcome == .cut)
    #expect(decision.allowed == Quantity(nanos: 4_000 * FixedPoint.unit))
    #expect(state.account?.unsettled == 600_000 * Int128(FixedPoint.unit))
    #expect(state.cash == 600_000 * Int128(FixedPoint.unit))
  }

  @Test("is never short, and holds nothing that needs margin")
  func refusals() throws {
    var stage = AccountStage(Self.cash(.sessions(1)))
    stage.configuration.risk.isShortAllowed = true
    try stage.add("A")
    try stage.bar("2024-03-12", price: 10_000, want: .short)
    let (happenings, _) = try stage.run()
    #expect(happenings.compactMap { $0.body as? RiskDecision }.map(\.reason) == [.shortNotAllowed])
    var futures = AccountStage(Self.cash(.sessions(1)))
    try futures.add("ES", .future, multiplier: 50)
    #expect(throws: EngineError.marginNeeded(symbol: "ES")) { _ = try futures.run() }
  }
}
