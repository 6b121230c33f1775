import Core
import Market
import Runtime
import Testing

/// Goal: what a profile says about sizes is what the reducer is given. Method: as in `ProfileRiskTests`.
@Suite("What a profile says about sizes")
struct ProfileSizingTests {
  private static func sizing(_ yaml: String) throws -> Sizing {
    try ProfileRiskTests.profile([9: "sizing: {\(yaml)}"]).configuration.sizing
  }

  private static func rule(_ yaml: String) throws -> SizingRule {
    try ProfileRiskTests.profile([9: "sizing: {shares: 100, \(yaml)}"]).configuration.sizingRule
  }

  @Test("has every model with its defaults")
  func models() throws {
    #expect(
      try Self.sizing("volatility_target: {target: 15 %, bars_per_year: 252}")
        == .volatilityTarget(
          target: 150_000, estimate: .ewma(decayMicros: 940_000), barsPerYear: 252, most: 1_000_000))
    #expect(
      try Self.sizing("volatility_target: {target: 15 %, bars_per_year: 252, estimate: ewma, decay: 0.97, max: 50 %}")
        == .volatilityTarget(target: 150_000, estimate: .ewma(decayMicros: 970_000), barsPerYear: 252, most: 500_000))
    #expect(
      try Self.sizing("volatility_target: {target: 15 %, bars_per_year: 98_280, estimate: atr}")
        == .volatilityTarget(
          target: 150_000, estimate: .averageTrueRange(bars: 14), barsPerYear: 98_280, most: 1_000_000))
    #expect(
      try Self.sizing("volatility_target: {target: 15 %, bars_per_year: 252, estimate: atr, bars: 20}")
        == .volatilityTarget(
          target: 150_000, estimate: .averageTrueRange(bars: 20), barsPerYear: 252, most: 1_000_000))
    #expect(
      try Self.sizing("portfolio_volatility: {target: 10 %, decay: 0.9, bars_per_year: 252, max: 200 %}")
        == .portfolioVolatility(target: 100_000, decayMicros: 900_000, barsPerYear: 252, most: 2_000_000))
    #expect(
      try Self.sizing("risk_per_trade: {share: 1 %}")
        == .riskPerTrade(micros: 10_000, distance: .stopLoss, most: 1_000_000))
    #expect(
      try Self.sizing("risk_per_trade: {share: 1 %, stop: atr, multiple: 2.5, max: 30 %}")
        == .riskPerTrade(
          micros: 10_000, distance: .averageTrueRange(bars: 14, multipleMicros: 2_500_000), most: 300_000))
    #expect(
      try Self.sizing("kelly: {fraction: 0.25, bars: 100, max: 50 %}")
        == .kelly(fraction: 250_000, bars: 100, most: 500_000))
    #expect(
      try Self.sizing("inverse_volatility: {budget: 100 %}")
        == .inverseVolatility(budget: 1_000_000, decayMicros: 940_000))
    #expect(
      try Self.sizing("risk_parity: {budget: 90 %, decay: 0.97}") == .riskParity(budget: 900_000, decayMicros: 970_000))
  }

  @Test("takes a risk at an average true range without any exits")
  func rangeWithoutExits() throws {
    let profile = try ProfileRiskTests.profile([
      9: "sizing: {risk_per_trade: {share: 1 %, stop: atr, multiple: 2}}", 11: "exits: {}",
    ])
    #expect(profile.configuration.exits == ProtectiveExits())
  }

  @Test("has band, rebalance and the drawdown's steps, in any order and with or without sign")
  func rules() throws {
    #expect(try Self.rule("no_trade_band: 10 %").bandMicros == 100_000)
    #expect(try Self.rule("rebalance: every_bar").isRebalanced)
    #expect(try !Self.rule("rebalance: on_signal").isRebalanced)
    let steps = [
      DrawdownStep(depthMicros: 50_000, scaleMicros: 750_000), DrawdownStep(depthMicros: 100_000, scaleMicros: 500_000),
      DrawdownStep(depthMicros: 150_000, scaleMicros: 0),
    ]
    let first = try Self.rule("drawdown: {steps: {5 %: 75 %, 10 %: 50 %, 15 %: 0 %}}")
    #expect(first.drawdown == steps)
    #expect(first.drawdownRecoveryMicros == 500_000)
    let second = try Self.rule("drawdown: {steps: {-15 %: 0 %, -500 bp: 75 %, 10 %: 5000 bp}, recovery: 100 %}")
    #expect(second.drawdown == steps)
    #expect(second.drawdownRecoveryMicros == 1_000_000)
  }
}
