import Events
import Market
import Strategies
import Testing

/// Each built-in strategy on a few closes whose outcome was worked out by hand. A scenario is closes and, below each, what is said:
/// `w` warming up, `.` hold, `L` long, `S` short, `F` flat.
@Suite struct BuiltInScenarioTests {
  struct Scenario: CustomTestStringConvertible, Sendable {
    let name: String
    let parameters: [String: ParameterValue]
    let closes: [Int64]
    let said: String
    var testDescription: String { name }
  }

  static let scenarios: [Scenario] = [
    // Averages touch at bar 4 (10 = 10) and part again without having crossed.
    Scenario(
      name: "sma_cross", parameters: ["fast": .integer(1), "slow": .integer(2)], closes: [10, 9, 8, 8, 9, 9, 8],
      said: "ww..L.F"),
    Scenario(
      name: "sma_cross", parameters: ["fast": .integer(1), "slow": .integer(2), "allow_short": .flag(true)],
      closes: [10, 9, 8, 9, 8], said: "ww.LS"),
    // EMA 1 is the close; EMA 3 begins with the mean 9 of three, then moves half of the way.
    Scenario(
      name: "ema_cross", parameters: ["fast": .integer(1), "slow": .integer(3)], closes: [10, 9, 8, 8, 12, 8],
      said: "www.LF"),
    // Returns over two bars: +20 %, 0 %, −25 %, −20 %, +22 %.
    Scenario(
      name: "momentum",
      parameters: ["lookback": .integer(2), "threshold": .decimal(100_000_000), "allow_short": .flag(true)],
      closes: [10, 10, 12, 10, 9, 8, 11], said: "wwLFS.L"),
    // Of 10, 10, 4: mean 8, deviation 2.83, z −1.41. Of 10, 4, 10: z 0.71.
    Scenario(
      name: "mean_reversion_zscore",
      parameters: ["period": .integer(3), "entry": .decimal(1_400_000_000), "exit": .decimal(0)],
      closes: [10, 10, 10, 4, 10, 10], said: "ww.LF."),
    // Two-bar Wilder: gains and losses (0, 1) → 0; then +2: gain 1, loss 0.5 → 66.7; then −2: gain 0.5, loss 1.25 → 28.6.
    Scenario(
      name: "rsi_reversion", parameters: ["period": .integer(2)], closes: [10, 9, 8, 10, 8], said: "wwLFL"),
    // Of 10, 10, 4: lower band at one deviation 8 − 2.83 = 5.17.
    Scenario(
      name: "bollinger_reversion", parameters: ["period": .integer(3), "deviations": .decimal(1_000_000_000)],
      closes: [10, 10, 10, 4, 10], said: "ww.LF"),
    // Channel of the two bars before: highs 10, 10 then 10, 11; the low of the bar before for the exit.
    Scenario(
      name: "donchian_breakout", parameters: ["entry": .integer(2), "exit": .integer(1)],
      closes: [10, 10, 10, 11, 12, 11, 13], said: "ww.L.FL"),
    Scenario(name: "buy_and_hold", parameters: [:], closes: [10, 9, 8], said: "L.."),
  ]

  static func letter(_ decision: Decision) -> String {
    switch decision {
    case .warmingUp: "w"
    case .hold: "."
    case .target(let target):
      switch target.direction {
      case .long: "L"
      case .short: "S"
      case .flat: "F"
      }
    }
  }

  @Test("does what was worked out by hand", arguments: scenarios)
  func scenario(_ scenario: Scenario) throws {
    var strategies = try StrategySet(scenario.name, scenario.parameters)
    let said = strategies.decisions(BarScript.closes(scenario.closes)).map(BuiltInScenarioTests.letter).joined()
    #expect(said == scenario.said)
  }

  @Test("asks for nothing on historical bars, but learns from them")
  func historicalBars() throws {
    var strategies = try StrategySet("momentum", ["lookback": .integer(2)])
    let unit = FixedPoint.unit
    let said = [10, 11, 12, 13].enumerated().map { place, price in
      let nanos = Int64(price) * unit
      let bar = BarScript.bar(
        place, open: nanos, high: nanos, low: nanos, close: nanos, volume: 0, isHistorical: place < 3)
      return BuiltInScenarioTests.letter(strategies.update(0, bar))
    }
    #expect(said.joined() == "ww.L")
  }

  @Test("confidence stays within 0 … 1 and an exit is always sure")
  func confidence() throws {
    for (name, _) in StrategyStateTests.everything where name != "cross_sectional_momentum" && name != "rules" {
      var strategies = try StrategySet(name)
      for decision in strategies.decisions(BarScript.walk(seed: 3, count: 600)) {
        guard case .target(let target) = decision else { continue }
        #expect((0...1_000_000).contains(target.confidenceMicros))
        if target.direction == .flat { #expect(target.confidenceMicros == 1_000_000) }
      }
    }
  }

  @Test("relations between parameters are checked")
  func relations() {
    let wrong: [(String, [String: ParameterValue], String, String)] = [
      ("sma_cross", ["fast": .integer(30), "slow": .integer(30)], "fast", "fast must be less than slow"),
      ("ema_cross", ["fast": .integer(31), "slow": .integer(30)], "fast", "fast must be less than slow"),
      ("mean_reversion_zscore", ["exit": .decimal(2_000_000_000)], "exit", "exit must be less than entry"),
      ("rsi_reversion", ["oversold": .decimal(50_000_000_000)], "oversold", "oversold must be less than exit"),
      ("rsi_reversion", ["overbought": .decimal(50_000_000_000)], "exit", "exit must be less than overbought"),
      (
        "cross_sectional_momentum", ["top": .integer(2)], "top",
        "top and bottom together must not be more than the 1 instruments"
      ),
    ]
    for (name, given, parameter, requirement) in wrong {
      let expected = StrategySetError.parameter(
        .relation(parameter: parameter, requirement: requirement), name: name, position: 0)
      #expect(throws: expected) { try StrategySet(name, given) }
    }
  }
}
