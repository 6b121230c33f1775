import Market
import Strategies
import Testing

/// Rules and built-in strategies that say the same must do the same: same position, same bar, same features, on random walks with
/// many bars that don't move (where averages touch without crossing) and several instruments at once.
@Suite struct RuleEquivalenceTests {
  /// A built-in strategy and the rules that say the same.
  struct Pair: CustomTestStringConvertible, Sendable {
    let name: String
    let parameters: [String: ParameterValue]
    let rules: [String: String]
    var testDescription: String { name + (parameters["allow_short"] == nil ? "" : ", short too") }
  }

  static let pairs: [Pair] = [
    Pair(
      name: "sma_cross", parameters: ["fast": .integer(10), "slow": .integer(30)],
      rules: [
        "enter": "cross_above(sma(close, 10), sma(close, 30))", "exit": "cross_below(sma(close, 10), sma(close, 30))",
      ]),
    Pair(
      name: "sma_cross", parameters: ["fast": .integer(2), "slow": .integer(5), "allow_short": .flag(true)],
      rules: [
        "enter": "cross_above(sma(close, 2), sma(close, 5))",
        "enter_short": "cross_below(sma(close, 2), sma(close, 5))",
      ]),
    // The same with something between the averages and their crossing, which keeps them from being computed in one step.
    Pair(
      name: "sma_cross", parameters: ["fast": .integer(10), "slow": .integer(30)],
      rules: [
        "enter": "sma(close, 10) > 0 and cross_above(sma(close, 10), sma(close, 30))",
        "exit": "sma(close, 10) < sma(close, 30) and cross_below(sma(close, 10), sma(close, 30))",
      ]),
    Pair(
      name: "ema_cross", parameters: ["fast": .integer(4), "slow": .integer(9)],
      rules: [
        "enter": "cross_above(ema(close, 4), ema(close, 9))", "exit": "cross_below(ema(close, 4), ema(close, 9))",
      ]),
    Pair(
      name: "momentum",
      parameters: ["lookback": .integer(7), "threshold": .decimal(2_000_000), "allow_short": .flag(true)],
      rules: [
        "enter": "close / lag(close, 7) - 1 > 0.002", "exit": "not (close / lag(close, 7) - 1 > 0.002)",
        "enter_short": "close / lag(close, 7) - 1 < -0.002", "exit_short": "not (close / lag(close, 7) - 1 < -0.002)",
      ]),
    Pair(
      name: "mean_reversion_zscore", parameters: ["period": .integer(15), "allow_short": .flag(true)],
      rules: [
        "enter": "zscore(close, 15) <= -2", "exit": "zscore(close, 15) >= -0.5",
        "enter_short": "zscore(close, 15) >= 2",
        "exit_short": "zscore(close, 15) <= 0.5",
      ]),
    Pair(
      name: "rsi_reversion", parameters: ["period": .integer(6), "allow_short": .flag(true)],
      rules: [
        "enter": "rsi(close, 6) <= 30", "exit": "rsi(close, 6) >= 50", "enter_short": "rsi(close, 6) >= 70",
        "exit_short": "rsi(close, 6) <= 50",
      ]),
    Pair(
      name: "bollinger_reversion", parameters: ["period": .integer(12), "allow_short": .flag(true)],
      rules: [
        "enter": "close < bollinger_lower(close, 12, 2)", "exit": "close >= sma(close, 12)",
        "enter_short": "close > bollinger_upper(close, 12, 2)", "exit_short": "close <= sma(close, 12)",
      ]),
    Pair(
      name: "donchian_breakout", parameters: ["entry": .integer(9), "exit": .integer(4), "allow_short": .flag(true)],
      rules: [
        "enter": "close > lag(highest(high, 9), 1)", "exit": "close < lag(lowest(low, 4), 1)",
        "enter_short": "close < lag(lowest(low, 9), 1)", "exit_short": "close > lag(highest(high, 4), 1)",
      ]),
  ]

  @Test("rules do what the built-in strategy of the same meaning does", arguments: pairs)
  func rulesEqualBuiltIn(_ pair: Pair) throws {
    for seed in UInt64(1)...20 {
      var builtIn = try StrategySet(pair.name, pair.parameters, instrumentCount: 3)
      var rules = try StrategySet("rules", pair.rules.mapValues { .text($0) }, instrumentCount: 3)
      var targets = 0
      for (place, bar) in BarScript.walk(seed: seed, count: 250, instruments: 3).enumerated() {
        let (expected, found) = (builtIn.update(0, bar), rules.update(0, bar))
        switch (expected, found) {
        case (.warmingUp, .warmingUp), (.hold, .hold): break
        case (.target(let first), .target(let second)):
          targets += 1
          #expect(first.direction == second.direction, "seed \(seed), bar \(place)")
          #expect(first.strengthMicros == second.strengthMicros)
          if pair.name.hasSuffix("cross"), !(pair.rules["enter"]?.contains("and") ?? true) {
            #expect(first.firstFeature == second.firstFeature && first.secondFeature == second.secondFeature)
          }
        default: Issue.record("seed \(seed), bar \(place): \(expected) built in, \(found) by rules")
        }
      }
      #expect(targets > 0, "seed \(seed) never traded")
    }
  }
}
