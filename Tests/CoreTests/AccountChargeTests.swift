import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: what time costs in an account: interest by day, three days over a weekend, each missed day once; borrow fees at the mark; nothing before the first fresh bar.
/// Hand-checked, with a year of 360 days: a million at 3.6 % earns 100 a day.
@Suite("Account charges")
struct AccountChargeTests {
  private static func margin(_ change: (inout AccountRule) -> Void = { _ in }) -> AccountRule {
    var rule = AccountRule(type: .margin(MarginRule(onCall: .alert)))
    rule.creditMicros = 36_000
    rule.debitMicros = 72_000
    change(&rule)
    return rule
  }

  @Test("cash earns interest by the day, three days over a weekend")
  func weekend() throws {
    var stage = AccountStage(Self.margin())
    try stage.add("A", calendar: .xnys)
    // Thursday, Friday, Monday, Tuesday.
    for date in ["2024-03-14", "2024-03-15", "2024-03-18", "2024-03-19"] { try stage.bar(date, price: 10_000) }
    let (happenings, state) = try stage.run()
    #expect(
      charges(happenings) == [
        "interest 1 on 1000000: 100", "interest 3 on 1000100: 300.03", "interest 1 on 1000400.03: 100.040003",
      ])
    #expect(state.account?.charges == 500_070_003_000)
    #expect(state.equity == 1_000_500_070_003_000)
  }

  @Test("each charge's cash has the charge as its cause, and that the input that ended the day")
  func causes() throws {
    var stage = AccountStage(Self.margin())
    try stage.add("A")
    for date in ["2024-03-14", "2024-03-15"] { try stage.bar(date, price: 10_000) }
    let (happenings, _) = try stage.run()
    let charged = try #require(happenings.first { $0.body is AccountCharged })
    let cash = try #require(happenings.first { $0.body is CashChanged })
    #expect(charged.cause == 2)
    #expect(cash.cause == charged.sequence)
    #expect((cash.body as? CashChanged)?.reason == .interest)
  }

  @Test("days without an input are charged once, whatever comes between", arguments: [false, true])
  func missedDays(_ hasTimer: Bool) throws {
    var stage = AccountStage(Self.margin())
    try stage.add("A", calendar: .xnys)
    try stage.bar("2024-03-14", price: 10_000)
    // A Saturday, whose trade date is Monday's: what is charged then isn't charged again.
    if hasTimer {
      try stage.bar("2024-03-15", price: 10_000)
      stage.input(.timer(try AccountStage.midnight("2024-03-16")))
    }
    try stage.bar("2024-03-21", price: 10_000)
    let (happenings, _) = try stage.run()
    #expect(
      charges(happenings)
        == (hasTimer
          ? [
            "interest 1 on 1000000: 100", "interest 3 on 1000100: 300.03", "interest 3 on 1000400.03: 300.120009",
          ] : ["interest 7 on 1000000: 700"]))
  }

  @Test("a debit pays its own rate; a year may have 365 days")
  func debit() throws {
    var rule = Self.margin { $0.dayCount = 365 }
    rule.debitMicros = 73_000
    var stage = AccountStage(rule)
    stage.configuration.sizing = .shares(Quantity(nanos: 15_000 * FixedPoint.unit))
    try stage.add("A")
    try stage.bar("2024-03-14", price: 10_000, want: .long)
    try stage.bar("2024-03-14", hour: 16, price: 10_000)
    try stage.bar("2024-03-15", price: 10_000)
    let (happenings, _) = try stage.run()
    // 1.5 million bought with one: half a million at 7.3 % costs 100 a day.
    #expect(charges(happenings) == ["interest 1 on -500000: -100"])
  }

  @Test("a short pays its fee on the value at the mark, and what it brought earns nothing")
  func short() throws {
    var stage = AccountStage(
      Self.margin {
        $0.borrowMicros = 36_000
        $0.borrowOfSymbols = [BorrowFee(symbol: "HARD", micros: 360_000)]
      })
    stage.configuration.sizing = .shares(Quantity(nanos: 1_000 * FixedPoint.unit))
    try stage.add("EASY")
    try stage.add("HARD")
    for index in 0..<2 {
      try stage.bar(index, "2024-03-14", price: 10_000, want: .short, closesSlot: index == 1)
    }
    for index in 0..<2 { try stage.bar(index, "2024-03-14", hour: 16, price: 10_000, closesSlot: index == 1) }
    for index in 0..<2 { try stage.bar(index, "2024-03-14", hour: 17, price: 12_000, closesSlot: index == 1) }
    try stage.bar(0, "2024-03-15", price: 12_000)
    let (happenings, _) = try stage.run()
    // 1,200,000 of cash, of which 240,000 are the shorts' collateral at the marks.
    #expect(
      charges(happenings) == [
        "interest 1 on 960000: 96", "borrow_fee 1 on -120000: -12", "borrow_fee 1 on -120000: -120",
      ])
  }

  @Test("history earns nothing; the first fresh bar begins it")
  func history() throws {
    var stage = AccountStage(Self.margin())
    try stage.add("A")
    for date in ["2024-03-11", "2024-03-12", "2024-03-13"] {
      try stage.bar(date, price: 10_000, isHistorical: true)
    }
    stage.input(.timer(Timestamp(nanos: try AccountStage.midnight("2024-03-14").nanos + 1)))
    for date in ["2024-03-15", "2024-03-16"] { try stage.bar(date, price: 10_000) }
    let (happenings, _) = try stage.run()
    #expect(charges(happenings) == ["interest 1 on 1000000: 100"])
  }

  @Test("a profile without an account charges nothing and has no account to show")
  func none() throws {
    var stage = AccountStage(Self.margin())
    stage.configuration.account = nil
    try stage.add("A")
    for date in ["2024-03-14", "2024-03-15"] { try stage.bar(date, price: 10_000) }
    let (happenings, state) = try stage.run()
    #expect(charges(happenings).isEmpty)
    #expect(state.account == nil)
  }
}
