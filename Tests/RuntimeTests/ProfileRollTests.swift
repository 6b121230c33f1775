import Core
import Market
import Runtime
import Strategies
import Testing

/// Goal: what a profile says about futures that roll arrives as it was meant, has one canonical text that gives it back, and what is wrong is said with place and remedy.
@Suite("A profile's rolls")
struct ProfileRollTests {
  private static let account = "account: {type: margin, margin: {on_call: alert}}"

  private static func parse(_ lines: [String], account: String = account) throws -> Profile {
    let text = ProfileSample.text + ([account] + lines).joined(separator: "\n") + "\n"
    return try Profile.parse(yaml: text, file: "p.yaml", catalog: try ProfileSample.catalog())
  }

  private static func problems(_ lines: [String], account: String = account) throws -> [String] {
    let error = try #require(throws: ProfileError.self) { _ = try parse(lines, account: account) }
    // The place counts from the first line of `rolls`.
    let first = ProfileSample.text.split(separator: "\n", omittingEmptySubsequences: false).count + 1
    return error.problems.map { "\($0.line - first + 1):\($0.column): \($0.path): \($0.fault)" }
  }

  private static func chain(rule: String = "volume", adjust: String = "ratio", last: String = "2026-06-15") -> [String]
  {
    [
      "rolls:", "  6E:", "    contracts:", "      - {symbol: 6EH26, expires: 2026-03-16}",
      "      - {symbol: 6EM26, expires: \(last)}", "    rule: \(rule)", "    adjust: \(adjust)",
    ]
  }

  private static func date(_ year: Int, _ month: Int, _ day: Int) throws -> CivilDate {
    try #require(CivilDate(year: year, month: month, day: day))
  }

  @Test("mean what they say, in the order of their names")
  func meaning() throws {
    let lines =
      Self.chain(rule: "{sessions_before_expiry: 5}", adjust: "none") + [
        "  6A: {contracts: [{symbol: 6AH26, expires: 2026-03-16}, {symbol: 6AM26, expires: 2026-06-15}], rule: {dates: [2026-03-09]}}"
      ]
    let rolls = try Self.parse(lines).configuration.rolls
    let (march, june) = (try Self.date(2026, 3, 16), try Self.date(2026, 6, 15))
    #expect(
      rolls == [
        RollChain(
          name: "6A",
          contracts: [
            ChainContract(symbol: "6AH26", expires: march), ChainContract(symbol: "6AM26", expires: june),
          ], rule: .dates([try Self.date(2026, 3, 9)]), adjust: .ratio),
        RollChain(
          name: "6E",
          contracts: [
            ChainContract(symbol: "6EH26", expires: march), ChainContract(symbol: "6EM26", expires: june),
          ], rule: .sessionsBeforeExpiry(5), adjust: .none),
      ])
    #expect(try Self.parse(Self.chain()).configuration.rolls[0].rule == .volume)
    #expect(try Self.parse([]).configuration.rolls.isEmpty)
  }

  @Test(
    "have one canonical text with every default in it, which gives it back",
    arguments: ["volume", "{sessions_before_expiry: 5}", "{dates: [2026-03-09]}"])
  func canonical(_ rule: String) throws {
    let profile = try Self.parse(Self.chain(rule: rule).dropLast() + [])
    #expect(
      profile.canonicalText.contains(
        #""rolls":{"6E":{"adjust":"ratio","contracts":[{"expires":"2026-03-16","symbol":"6EH26"},"#))
    let again = try Profile.parse(yaml: profile.canonicalText, file: "journal", catalog: try ProfileSample.catalog())
    #expect(again.canonicalText == profile.canonicalText)
    #expect(again.configuration.rolls == profile.configuration.rolls)
    #expect(try Self.parse([]).canonicalText.contains("rolls") == false)
  }

  @Test("are refused with place and remedy where they can't be")
  func wrong() throws {
    #expect(try Self.problems(Self.chain(adjust: "difference")).count == 1)
    #expect(try Self.problems(Self.chain(adjust: "difference"))[0].contains("7:13: rolls.6E.adjust: "))
    #expect(try Self.problems(Self.chain(rule: "open_interest"))[0].contains("6:11: rolls.6E.rule: "))
    #expect(
      try Self.problems(Self.chain(rule: "{sessions_before_expiry: 0}"))[0].contains(
        "rolls.6E.rule.sessions_before_expiry"))
    #expect(
      try Self.problems(Self.chain(rule: "{dates: [2026-03-09, 2026-06-08]}"))[0].contains(
        "2 contracts roll on 1 dates"))
    #expect(try Self.problems(Self.chain(last: "2026-03-01"))[0].contains("in the order of their expiries"))
    #expect(try Self.problems(Self.chain(last: "2026-06-15T10:00:00Z"))[0].contains("rolls.6E.contracts[1].expires"))
    #expect(try Self.problems(Self.chain(), account: "# none")[0].contains("margin account"))
    #expect(
      try Self.problems(["rolls: {6E: {contracts: [{symbol: A, expires: 2026-03-16}], rule: volume}}"])[0].contains(
        "two contracts or more"))
    #expect(try Self.problems(["rolls: {6E: {rule: volume}}"])[0].contains("contracts"))
  }
}
