import Market
import Runtime
import Testing

/// Goal: whoever reads the limits in force reads what the profile says, with its numbers and units.
///
/// Method: one line of the right profile's risk, and the words that it adds.
@Suite("A profile's limits in words")
struct LimitWordsTests {
  /// What a line adds to the words of the profile without it.
  private static func added(_ yaml: String, line: Int = 19) throws -> [String] {
    let lead = line == 19 ? "  require_cash: true\n  " : ""
    let plain = try words(ProfileRiskTests.profile([:]))
    return try words(ProfileRiskTests.profile([line: lead + yaml])).filter { !plain.contains($0) }
  }

  private static func words(_ profile: Profile) -> [String] {
    profile.limitsInForce.map { "\($0.scope): \($0.text)" }
  }

  static let limits: [(yaml: String, words: String)] = [
    ("forbid_self_crossing: true", "account: own orders never meet each other"),
    ("allowed: false", "account: no order at all"),
    ("hours: 09:45-15:45", "account: orders only from 09:45 to 15:45, local time of the market"),
    (
      "stale_after: 90 s",
      "account: no order on a bar known for longer than 90 s by the last timer (a backtest has none)"
    ),
    ("min_confidence: 0.25", "account: no order on a confidence below 0.25"),
    ("price_guard: {min: 1, max: 1_000}", "account: orders only between 1 and 1,000"),
    ("price_guard: {min: -37.63}", "account: orders only at -37.63 or above"),
    ("price_guard: {max: 5}", "account: orders only at 5 or below"),
    ("price_collar: 5 %", "account: orders within 5 % of the last trade"),
    ("close_collar: 25 bp", "account: orders within 0.25 % of the close of the trading day before"),
    ("max_order_rate: {count: 10, within: 1 s}", "account: at most 10 orders within 1 s"),
    ("max_repeats: {count: 1, within: 90 min}", "account: at most 1 equal order within 90 min"),
    ("locate: 0", "account: nothing sold short: no unit is located"),
    ("locate: 1_000", "account: at most 1,000 units sold short, which are located"),
    ("max_order_quantity: 1_000_000", "account: at most 1,000,000 units an order"),
    ("max_order_notional: 0.5", "account: at most 0.5 USD an order"),
    ("max_volume_share: 5 %", "account: an order at most 5 % of the bar's volume"),
    ("max_position: 1_000", "account: at most 1,000 units of an instrument"),
    ("max_shares: 1", "account: at most 1 unit of an instrument"),
    ("max_position_notional: 5_000", "account: at most 5,000 USD in an instrument"),
    ("max_gross: 500_000", "account: gross exposure at most 500,000 USD"),
    (
      "max_net: 100",
      "account: net exposure at most 100 USD, long or short; closing one leg of a hedge is never held back and can take it over, with an alert"
    ),
    ("max_daily_net: 100", "account: bought less sold, or sold less bought, at most 100 USD a trading day"),
    ("max_leverage: 1.5", "account: gross exposure at most 1.5 times equity"),
    ("max_position: unlimited", "account: max_position is unlimited, in so many words"),
    ("strategies: {probe: {max_gross: 5}}", "strategy probe: gross exposure at most 5 USD"),
    ("strategies: {0: {locate: unlimited}}", "strategy probe: locate is unlimited, in so many words"),
    (
      "sectors: {energy: {max_net: 5}}",
      "sector energy: net exposure at most 5 USD, long or short; closing one leg of a hedge is never held back and can take it over, with an alert"
    ),
    ("symbols: {AAPL: {price_guard: {min: 100, max: 400}}}", "AAPL: orders only between 100 and 400"),
    ("symbols: {MSFT: {max_position: 50}}", "MSFT: at most 50 units"),
    (
      "correlation: {at_least: 0.8, max_gross: 200_000, decay: 0.97}",
      "correlation: instruments whose returns correlate by 0.8 or more have together at most 200,000 USD of gross exposure (decay 0.97 a bar)"
    ),
    (
      "breakers: [{daily_loss: unlimited}]",
      "breaker: none for the day's loss: it is unlimited, in so many words"
    ),
    (
      "kill: {file: KILL.flag, collar: [1 %, 2 %, 5 %], then: market}",
      "kill: the file KILL.flag, SIGUSR1, KILL_SWITCH=1 or `engine kill` cancels everything and flattens by limit orders 1 %, 2 %, 5 % through the market, then market orders"
    ),
    (
      "kill: {collar: [1 %, 2 %]}",
      "kill: SIGUSR1, KILL_SWITCH=1 or `engine kill` cancels everything and flattens by limit orders 1 %, 2 % through the market, then the last again"
    ),
  ]

  @Test("say each limit once, under its scope", arguments: limits)
  func limit(_ yaml: String, _ words: String) throws {
    #expect(try Self.added(yaml) == [words])
  }

  static let breakers: [(yaml: String, words: String)] = [
    (
      "daily_loss: {threshold: 2 %, action: halt, rearm: next_session}",
      "halts the account when the day's loss with open positions reaches 2 % of the day's opening equity; armed again at the next session"
    ),
    (
      "daily_loss: {threshold: 5_000, with_open: false, scope: symbol, only: AAPL, action: reduce_only}",
      "lets AAPL only reduce when its day's realised loss reaches 5,000 USD; armed again by the operator"
    ),
    (
      "drawdown: {threshold: 15 %, action: flatten}",
      "flattens and halts the account when equity is 15 % below its peak; armed again by the operator"
    ),
    (
      "consecutive_losses: {threshold: 5, scope: strategy, only: probe, action: halt}",
      "halts strategy probe when 5 closing fills in a row lost; armed again by the operator"
    ),
    (
      "order_rate: {threshold: 1_000, within: 1 h, scope: strategy, action: halt}",
      "halts a strategy when more than 1,000 orders went out within 1 h; armed again by the operator"
    ),
    (
      "reject_rate: {threshold: 1, within: 60 s, action: alert}",
      "alerts about the account when more than 1 order came back rejected within 1 min; armed again by the operator"
    ),
    (
      "slippage: {threshold: 20 bp, over: 20, scope: symbol, action: alert}",
      "alerts about an instrument when the last 20 fills slipped by more than 0.2 % on average; armed again by the operator"
    ),
    (
      "feed_gap: {threshold: 5 min, action: halt}",
      "halts the account when no bar came for 5 min inside a session; armed again by the operator"
    ),
    (
      "reconciliation: {action: halt}",
      "halts the account when the venue reports another position; armed again by the operator"
    ),
    (
      "reconciliation: {threshold: 0.5, action: halt}",
      "halts the account when the venue's position differs by 0.5 units or more; armed again by the operator"
    ),
    (
      "clock_jump: {threshold: 500 ms, action: halt}",
      "halts the account when two readings of the clock are 500 ms or more apart, or go back (timers: a backtest has none); armed again by the operator"
    ),
    (
      "confidence_drift: {threshold: 0.25, over: 100, action: alert}",
      "alerts about the account when the population stability index over 100 confidences reaches 0.25; armed again by the operator"
    ),
    (
      "confidence_shift: {threshold: 5, over: 30, action: alert}",
      "alerts about the account when the Page-Hinkley statistic over 30 confidences reaches 5; armed again by the operator"
    ),
    (
      "confidence_stuck: {threshold: 50, action: alert}",
      "alerts about the account when 50 confidences in a row are equal; armed again by the operator"
    ),
    (
      "prediction_bounds: {action: halt}",
      "halts the account when a confidence or strength is outside 0 to 1; armed again by the operator"
    ),
    (
      "signal_rate: {threshold: 20, within: 1 h, action: halt}",
      "halts the account when more than 20 signals came within 1 h; armed again by the operator"
    ),
    (
      "signal_silence: {threshold: 1, within: 1 d, action: alert}",
      "alerts about the account when no signal came within 1 d; armed again by the operator"
    ),
    (
      "signal_silence: {threshold: 3, within: 1 d, action: alert}",
      "alerts about the account when fewer than 3 signals came within 1 d; armed again by the operator"
    ),
    (
      "position_drift: {threshold: 10 %, scope: symbol, action: alert}",
      "alerts about an instrument when a position is 10 % or more away from its intended size; armed again by the operator"
    ),
  ]

  @Test("say what a breaker does, when, and how it comes back", arguments: breakers)
  func breaker(_ yaml: String, _ words: String) throws {
    #expect(try Self.added("breakers: [{\(yaml)}]") == ["breaker: \(words)"])
  }

  @Test("tell strategies of one name apart by their places")
  func equalNames() throws {
    let profile = try ProfileRiskTests.profile([
      8: "  - probe: {count: 1}\n  - probe: {count: 2}", 19: "  require_cash: true\n  strategies: {1: {max_gross: 5}}",
    ])
    #expect(Self.words(profile).contains("strategy probe at 1: gross exposure at most 5 USD"))
  }

  static let sessions: [(yaml: String, words: String)] = [
    (
      "{outside: flag, closed: refuse}",
      "bars outside their market's hours count, with an alert; orders are refused while their market is closed, and wait while it is halted; daily limits follow the instruments' own trading days"
    ),
    (
      "{outside: quarantine, closed: refuse, halted: refuse, hours: extended, day: xnys}",
      "bars outside their market's hours are dropped, with an alert (pre- and post-market are inside); orders are refused while their market is closed or halted; daily limits follow the trading days of xnys"
    ),
    (
      "{outside: refuse}",
      "a bar outside its market's hours stops the run; orders wait while their market is closed or halted; daily limits follow the instruments' own trading days"
    ),
  ]

  @Test("say what becomes of bars and orders outside the session", arguments: sessions)
  func session(_ yaml: String, _ words: String) throws {
    #expect(try Self.added("sessions: \(yaml)", line: 20) == ["sessions: \(words)"])
  }

  static let sizes: [(yaml: String, words: [String])] = [
    ("shares: 1", ["a full position is 1 unit"]),
    ("notional: 150_000", ["a full position is worth 150,000 USD"]),
    ("equity_share: 95 %", ["a full position is 95 % of equity"]),
    (
      "volatility_target: {target: 5 %, bars_per_year: 252, max: 30 %}",
      [
        "a full position has a volatility of 5 % of equity a year, estimated from returns exponentially weighted with decay 0.94 at 252 bars a year; at most 30 % of equity"
      ]
    ),
    (
      "volatility_target: {target: 5 %, bars_per_year: 252, estimate: atr}",
      [
        "a full position has a volatility of 5 % of equity a year, estimated from Wilder's average true range of 14 bars at 252 bars a year; at most 100 % of equity"
      ]
    ),
    (
      "portfolio_volatility: {target: 10 %, bars_per_year: 252}",
      [
        "all positions together have a volatility of 10 % of equity a year, estimated from returns exponentially weighted with decay 0.94 at 252 bars a year; each at most 100 % of equity"
      ]
    ),
    (
      "risk_per_trade: {share: 1 %}",
      ["a full position loses 1 % of equity at the profile's stop; at most 100 % of equity"]
    ),
    (
      "risk_per_trade: {share: 1 %, stop: atr, multiple: 2.5}",
      [
        "a full position loses 1 % of equity at a stop 2.5 average true ranges of 14 bars away; at most 100 % of equity"
      ]
    ),
    (
      "kelly: {fraction: 0.25, bars: 100, max: 50 %}",
      [
        "a full position is 0.25 of Kelly's share of equity, from the strategy's last 100 bars; at most 50 % of equity"
      ]
    ),
    (
      "inverse_volatility: {budget: 90 %}",
      [
        "90 % of equity is divided over the universe by inverse volatility, from returns exponentially weighted with decay 0.94"
      ]
    ),
    (
      "risk_parity: {budget: 90 %, decay: 0.97}, no_trade_band: 10 %, rebalance: every_bar",
      [
        "90 % of equity is divided over the universe so that each instrument contributes the same risk, from returns exponentially weighted with decay 0.97",
        "changes below 10 % of a full position are not traded",
        "sizes follow their estimates on every bar, not only on signals",
      ]
    ),
    (
      "shares: 100, drawdown: {steps: {5 %: 75 %, 10 %: 0 %}}",
      [
        "a full position is 100 units",
        "from a drawdown of 5 % on 75 % of that size, from a drawdown of 10 % on 0 % of that size; the step above again when 50 % of a step's depth is made up for; nothing recovers at 0 %: there `engine restore-size` alone trades again",
      ]
    ),
  ]

  @Test("say how large positions are", arguments: sizes)
  func size(_ yaml: String, _ words: [String]) throws {
    #expect(try ProfileRiskTests.profile([9: "sizing: {\(yaml)}"]).sizingInWords == words)
  }
}
