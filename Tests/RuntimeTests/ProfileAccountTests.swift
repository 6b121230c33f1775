import Core
import Market
import Runtime
import Strategies
import Testing

/// Goal: what a profile says about its account arrives as it was meant, has one canonical text that gives it back, and what is wrong is said with place and remedy.
@Suite("A profile's account")
struct ProfileAccountTests {
  /// The sample ends with a line of its own per key, so that the account is what follows.
  private static func parse(_ account: [String], allowShort: Bool = true, requireCash: Bool = false) throws -> Profile {
    let text =
      ProfileSample.text.replacing("allow_short: false", with: "allow_short: \(allowShort)")
      .replacing("require_cash: true", with: "require_cash: \(requireCash)") + account.joined(separator: "\n") + "\n"
    return try Profile.parse(yaml: text, file: "p.yaml", catalog: try ProfileSample.catalog())
  }

  private static func problem(_ account: [String], allowShort: Bool = true, requireCash: Bool = false) throws -> String
  {
    let error = try #require(throws: ProfileError.self) {
      _ = try parse(account, allowShort: allowShort, requireCash: requireCash)
    }
    // The place counts from the account's first line.
    let first = ProfileSample.text.split(separator: "\n", omittingEmptySubsequences: false).count
    return error.problems.map { "\($0.line - first + 1):\($0.column): \($0.path): \($0.fault)" }.joined(separator: "\n")
  }

  private static let whole = [
    "account:", "  type: margin", "  day_count: 365", "  credit_interest: 3.5 %", "  debit_interest: 650 bp",
    "  borrow_fee: 0.25 %", "  borrow_fees: {MSFT: 30 %, AAPL: 1 %}", "  margin:", "    on_call: reduce",
    "    maintenance: 40 %",
    "    classes: {future: {initial_per_unit: 12_000, maintenance_per_unit: 11000.5}, etf: {initial: 60 %}}",
    "    symbols: {AAPL: {short_maintenance: 100 %}}",
  ]

  @Test("means what it says")
  func meaning() throws {
    let rule = try #require(try Self.parse(Self.whole).configuration.account)
    let unit = Int128(FixedPoint.unit)
    #expect(rule.dayCount == 365)
    #expect((rule.creditMicros, rule.debitMicros, rule.borrowMicros) == (35_000, 65_000, 2_500))
    #expect(
      rule.borrowOfSymbols == [BorrowFee(symbol: "AAPL", micros: 10_000), BorrowFee(symbol: "MSFT", micros: 300_000)])
    let margin = try #require(rule.margin)
    #expect(margin.onCall == .reduce)
    #expect((margin.account.initialMicros, margin.account.maintenanceMicros) == (nil, 400_000))
    #expect(margin.classes.map(\.assetClass) == [.etf, .future])
    #expect(margin.classes[0].terms.initialMicros == 600_000)
    #expect(margin.classes[1].terms.initialPerUnit == 12_000 * unit)
    #expect(margin.classes[1].terms.maintenancePerUnit == 11_000_500_000_000)
    #expect(margin.symbols.map(\.symbol) == ["AAPL"])
    let cash = try Self.parse(["account: {type: cash, settlement: us_equities}"], allowShort: false, requireCash: true)
    #expect(cash.configuration.account == AccountRule(type: .cash(.usEquities)))
    for (text, count) in [("T+0", 0), ("T+1", 1), ("T+2", 2), ("T+3", 3)] {
      let profile = try Self.parse(["account: {type: cash, settlement: \(text)}"], allowShort: false, requireCash: true)
      #expect(profile.configuration.account?.type == .cash(.sessions(count)))
    }
  }

  @Test("has one canonical text with every default in it, which gives it back")
  func canonical() throws {
    let profile = try Self.parse(Self.whole)
    #expect(
      profile.canonicalText.contains(
        """
        "account":{"borrow_fee":"0.25 %","borrow_fees":{"AAPL":"1 %","MSFT":"30 %"},"credit_interest":"3.5 %","day_count":365,\
        "debit_interest":"6.5 %","margin":{"classes":{"etf":{"initial":"60 %"},"future":{"initial_per_unit":12000,\
        "maintenance_per_unit":11000.5}},"initial":"50 %","maintenance":"40 %","on_call":"reduce","short_maintenance":"30 %",\
        "symbols":{"AAPL":{"short_maintenance":"100 %"}}},"type":"margin"}
        """))
    let again = try Profile.parse(
      yaml: profile.canonicalText, file: "journal", catalog: try ProfileSample.catalog())
    #expect(again.canonicalText == profile.canonicalText)
    let perUnit = try Self.parse(["account: {type: margin, margin: {on_call: alert, maintenance_per_unit: 5}}"])
    let second = try Profile.parse(
      yaml: perUnit.canonicalText, file: "journal", catalog: try ProfileSample.catalog())
    #expect(second.configuration == perUnit.configuration)
    let cheap = try Self.parse(["account: {type: margin, margin: {on_call: alert, short_minimums: finra}}"])
    #expect(cheap.configuration.account?.margin?.hasShortMinimums == true)
    let third = try Profile.parse(yaml: cheap.canonicalText, file: "journal", catalog: try ProfileSample.catalog())
    #expect(third.canonicalText == cheap.canonicalText)
    #expect(third.configuration.account?.margin?.hasShortMinimums == true)
    #expect(try Self.parse([]).canonicalText.contains("account") == false)
  }

  static let wrong: [(account: [String], message: String)] = [
    (["account: {}"], "1:1: account: `type` is missing; add `cash` or `margin`"),
    (["account: {type: margn}"], "1:17: account.type: unknown word `margn`; did you mean `margin`?"),
    (
      ["account: {type: margin}"],
      "1:1: account: `margin` is missing; add a mapping with the keys `on_call`, `initial`, `maintenance`, `short_maintenance`, `initial_per_unit`, `maintenance_per_unit`, `short_minimums`, `classes` and `symbols`"
    ),
    (
      ["account: {type: margin, margin: {initial: 50 %}}"],
      "1:25: account.margin: `on_call` is missing; add `alert` or `reduce`"
    ),
    (
      ["account: {type: margin, day_count: 366, margin: {on_call: alert}}"],
      "1:36: account.day_count: unknown word `366`; did you mean `360`?"
    ),
    (
      ["account: {type: margin, margin: {on_call: alert, initial: 50 %, initial_per_unit: 5}}"],
      "1:25: account.margin: `initial` and `initial_per_unit` are given together; keep one of them"
    ),
    (
      ["account: {type: margin, margin: {on_call: alert, classes: {stock: {initial: 50 %}}}}"],
      "1:60: account.margin.classes: unknown key `stock`; use `equity`, `etf`, `crypto`, `future`, `perpetual`, `forex` or `index`"
    ),
    (
      ["account: {type: margin, margin: {on_call: alert, symbols: {AAPL: {}}}}"],
      "1:66: account.margin.symbols.AAPL: nothing is said here; give one of `initial`, `maintenance`, `short_maintenance`, `initial_per_unit` or `maintenance_per_unit`"
    ),
    (
      ["account: {type: margin, settlement: T+1, margin: {on_call: alert}}"],
      "1:37: account.settlement: a margin account spends what has not settled, and `type` is `margin`; change one of the values"
    ),
    (
      ["account: {type: margin, debit_interest: 6, margin: {on_call: alert}}"],
      "1:41: account.debit_interest: `6` has no unit; write a share of at least -100 % and at most 1000 %, such as `4.5 %`"
    ),
    (
      ["account: {type: cash, settlement: T+1}"],
      "1:10: account: a cash account is never short, and `risk.allow_short` is `true`; change one of the values\n1:10: account: a cash account pays for what it buys, and `risk.require_cash` is `false`; change one of the values"
    ),
  ]

  @Test("that is wrong is refused with the place, the problem and the remedy", arguments: wrong)
  func isRefused(_ wrong: (account: [String], message: String)) throws {
    #expect(try Self.problem(wrong.account) == wrong.message)
  }

  @Test("needs to say when sales settle where it pays in cash, and has no margin then")
  func cash() throws {
    #expect(
      try Self.problem(["account: {type: cash, margin: {on_call: alert}}"], allowShort: false, requireCash: true)
        == "1:1: account: `settlement` is missing; add `T+0`, `T+1`, `T+2`, `T+3` or `us_equities`\n1:31: account.margin: a cash account has no margin, and `type` is `cash`; change one of the values"
    )
  }
}
