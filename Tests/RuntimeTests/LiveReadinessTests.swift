import Runtime
import Testing

/// Goal: no run with real money begins without a daily loss limit, a price guard or collar, and a maximum position, unless its profile says
/// so in so many words.
///
/// Method: a decision table; each row says a profile's limits and what is missing from them.
@Suite("A live profile")
struct LiveReadinessTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var title: String
    var universe: String
    var risk: String
    var missing: [String]
    var testDescription: String { title }

    init(_ title: String, universe: String = "[AAPL, MSFT]", _ risk: String, missing: [String]) {
      self.title = title
      self.universe = universe
      self.risk = risk
      self.missing = missing
    }
  }

  private static let loss = "breakers: [{daily_loss: {threshold: 2 %, action: halt}}]"

  static let rows = [
    Row("without any limit is refused", "", missing: ["daily_loss", "price_bounds", "max_position"]),
    Row("with all three passes", "\(loss)\n  price_collar: 5 %\n  max_position: 10", missing: []),
    Row(
      "that says unlimited for all three passes",
      "breakers: [{daily_loss: unlimited}]\n  price_guard: unlimited\n  max_position: unlimited", missing: []),
    Row(
      "that says unlimited by another name of the cap passes",
      "\(loss)\n  close_collar: unlimited\n  max_shares: unlimited", missing: []),
    Row(
      "is limited by a realised loss",
      "breakers: [{daily_loss: {threshold: 5, with_open: false, action: reduce_only}}]",
      missing: ["price_bounds", "max_position"]),
    Row(
      "isn't limited by an alert", "breakers: [{daily_loss: {threshold: 5, action: alert}}]",
      missing: ["daily_loss", "price_bounds", "max_position"]),
    Row(
      "isn't limited by one symbol's loss", "breakers: [{daily_loss: {threshold: 5, scope: symbol, action: halt}}]",
      missing: ["daily_loss", "price_bounds", "max_position"]),
    Row(
      "isn't limited by a drawdown alone", "breakers: [{drawdown: {threshold: 5 %, action: halt}}]",
      missing: ["daily_loss", "price_bounds", "max_position"]),
    Row("is guarded by a collar against the close", "\(loss)\n  close_collar: 9 %\n  max_position: 1", missing: []),
    Row(
      "is guarded by the account's two bounds", "\(loss)\n  price_guard: {min: 1, max: 9}\n  max_position: 1",
      missing: []),
    Row(
      "isn't guarded by one bound", "\(loss)\n  price_guard: {min: 1}\n  max_position: 1", missing: ["price_bounds"]),
    Row(
      "is guarded by bounds of every symbol",
      "\(loss)\n  max_position: 1\n  symbols: {AAPL: {price_guard: {min: 1, max: 9}}, MSFT: {price_collar: 1 %}}",
      missing: []),
    Row(
      "isn't guarded by bounds of some symbols",
      "\(loss)\n  max_position: 1\n  symbols: {AAPL: {price_guard: {min: 1, max: 9}}}", missing: ["price_bounds MSFT"]),
    Row(
      "isn't guarded by bounds of symbols where the universe is all", universe: "all",
      "\(loss)\n  max_position: 1\n  symbols: {AAPL: {price_collar: 1 %}, MSFT: {price_collar: 1 %}}",
      missing: ["price_bounds"]),
    Row(
      "may say unlimited for a symbol",
      "\(loss)\n  price_collar: 1 %\n  symbols: {AAPL: {max_position: unlimited}, MSFT: {max_position: 5}}", missing: []
    ),
    Row(
      "isn't helped by unlimited for one symbol",
      "\(loss)\n  price_collar: 1 %\n  symbols: {AAPL: {max_position: unlimited}}", missing: ["max_position MSFT"]),
    Row(
      "is capped by value, too", "\(loss)\n  price_collar: 1 %\n  max_position_notional: 5", missing: []),
    Row(
      "is capped by every strategy's cap", "\(loss)\n  price_collar: 1 %\n  strategies: {0: {max_position: 5}}",
      missing: []),
    Row(
      "isn't capped by a sector's cap", "\(loss)\n  price_collar: 1 %\n  sectors: {energy: {max_position: 5}}",
      missing: ["max_position"]),
    Row(
      "isn't capped by gross exposure", "\(loss)\n  price_collar: 1 %\n  max_gross: 5", missing: ["max_position"]),
  ]

  @Test("that", arguments: rows)
  func isReady(_ row: Row) throws {
    let profile = try ProfileRiskTests.profile([
      2: "universe: \(row.universe)", 19: "  require_cash: true\n  \(row.risk)",
    ])
    let found = LiveReadiness.refusals(of: profile).map {
      ([$0.missing.rawValue] + $0.symbols).joined(separator: " ")
    }
    #expect(found == row.missing)
  }

  @Test("names the key to add for everything that is missing, and following that advice makes it ready")
  func advice() throws {
    let gaps = try ProfileRiskTests.profile([:]).limitGaps
    #expect(gaps.map(\.missing) == LimitGap.Missing.allCases)
    for gap in gaps { #expect("\(gap)".contains(": add `")) }
    let followed = try ProfileRiskTests.profile([
      19: """
        require_cash: true
        breakers:
          - daily_loss: {threshold: 2 %, action: halt}
        price_collar: 5 %
        max_position: 100
        max_order_quantity: 50
        max_order_rate: {count: 10, within: 1 s}
        max_repeats: {count: 3, within: 1 min}
        stale_after: 90 s
        kill: {file: KILL.flag}
      """
    ])
    #expect(followed.limitGaps.isEmpty)
  }
}
