// Goal: `engine risk` names every limit in force with its use or how often it decided, and everything that was said and happened; a cut says whose limit cut.
// Method: golden text over one run with a netting pair of strategies, a hedge, drawdown steps, and a kill and a resume among its inputs.
import Foundation
import Testing

@Suite("engine risk")
struct RiskCommandTests {
  static let profile = """
    name: risky
    universe: all
    currency: USD
    cash: 100_000
    strategies:
      - sma_cross: {fast: 5, slow: 20}
      - rsi_reversion: {period: 14}
    sizing: {shares: 200, drawdown: {steps: {0.5 %: 50 %, 4 %: 0 %}}}
    execution: {order: limit, limit_offset_ticks: 30, time_in_force: gtc}
    fills: {volume_share: 10 %, slippage: none, fees: {basis_points: 1}}
    lots: average
    risk:
      allow_short: true
      require_cash: false
      max_net: 15_000
      max_order_quantity: 150
      price_collar: 5 %
      max_repeats: {count: 2, within: 10 d}
      strategies: {0: {max_position: 40, max_gross: 20_000}}
      symbols: {ALFA: {max_position: 60, price_guard: {max: 500, min: 1}}}
      breakers:
        - order_rate: {threshold: 1, within: 1 d, scope: symbol, action: alert}
    """

  @Test("lists limits with their use, those of which there is no sum with what they decided, and what people said")
  func lists() throws {
    let stage = try CommandStage()
    try RiskCommandTests.profile.write(toFile: stage.path("risky.yaml"), atomically: true, encoding: .utf8)
    try stage.run(
      "KILL_SWITCH=1 engine backtest --profile risky.yaml --bars bars.zst --output killed.zst 2> /dev/null | tail -n 5",
      "engine risk killed.zst", "engine backtest --profile risky.yaml --bars bars.zst --output risky.zst | tail -n 5",
      "engine risk risky.zst", "engine risk risky.zst --format json",
      "engine inspect risky.zst --at 300 | grep -E '^(sizes|kill)'",
      "engine explain risky.zst $(engine export risky.zst --kind risk_decision --format csv | grep -m 1 ',cut,.*,symbol,' | cut -d, -f1) | sed -n 3,6p",
      "engine explain risky.zst $(engine export risky.zst --kind risk_decision --format csv | grep -m 1 ',cut,.*,strategy,' | cut -d, -f1) | sed -n 3,6p"
    )
    try stage.expectGolden("risk")
  }

  @Test("refuses a kill file without a name instead of leaving the profile's out")
  func emptyKillFile() throws {
    let stage = try CommandStage()
    let outcome = try stage.outcome(
      "engine backtest --profile sma_cross.yaml --bars bars.zst --output x.zst --kill-file '' && ls x.zst")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("--kill-file needs a path"))
    #expect(try stage.outcome("ls x.zst*").code != 0)
  }
}
