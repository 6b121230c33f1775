import Core
import Market

extension Profile {
  /// How large positions are, one sentence a rule.
  package var sizingInWords: [String] {
    let rule = configuration.sizingRule
    var list = [model]
    if rule.bandMicros > 0 {
      list.append("changes below \(ShareText.percent(micros: rule.bandMicros)) of a full position are not traded")
    }
    if rule.isRebalanced { list.append("sizes follow their estimates on every bar, not only on signals") }
    if !rule.drawdown.isEmpty {
      let steps = rule.drawdown.map {
        "from a drawdown of \(ShareText.percent(micros: $0.depthMicros)) on \(ShareText.percent(micros: $0.scaleMicros)) of that size"
      }
      let hasZero = rule.drawdown.contains { $0.scaleMicros == 0 }
      let recovery = ShareText.percent(micros: rule.drawdownRecoveryMicros)
      list.append(
        "\(steps.joined(separator: ", ")); the step above again when \(recovery) of a step's depth is made up for"
          + (hasZero ? "; nothing recovers at 0 %: there `engine restore-size` alone trades again" : ""))
    }
    return list
  }

  private var model: String {
    func share(_ micros: Int64) -> String { ShareText.percent(micros: micros) }
    func decimal(_ micros: Int64) -> String { WordText.decimal(Int128(micros) * 1_000) }
    func ewma(_ decayMicros: Int64) -> String { "exponentially weighted with decay \(decimal(decayMicros))" }
    func atLargest(_ micros: Int64) -> String { "at most \(share(micros)) of equity" }
    switch configuration.sizing {
    case .shares(let quantity): return "a full position is \(WordText.units(quantity))"
    case .notional(let nanos): return "a full position is worth \(money(nanos))"
    case .equityShare(let micros): return "a full position is \(share(micros)) of equity"
    case .volatilityTarget(let target, let estimate, let barsPerYear, let most):
      let how =
        switch estimate {
        case .ewma(let decayMicros): "returns \(ewma(decayMicros))"
        case .averageTrueRange(let bars): "Wilder's average true range of \(bars) bars"
        }
      return
        "a full position has a volatility of \(share(target)) of equity a year, estimated from \(how) at \(barsPerYear) bars a year; \(atLargest(most))"
    case .portfolioVolatility(let target, let decayMicros, let barsPerYear, let most):
      return
        "all positions together have a volatility of \(share(target)) of equity a year, estimated from returns \(ewma(decayMicros)) at \(barsPerYear) bars a year; each \(atLargest(most))"
    case .riskPerTrade(let micros, let distance, let most):
      let stop =
        switch distance {
        case .stopLoss: "the profile's stop"
        case .averageTrueRange(let bars, let multipleMicros):
          "a stop \(decimal(multipleMicros)) average true ranges of \(bars) bars away"
        }
      return "a full position loses \(share(micros)) of equity at \(stop); \(atLargest(most))"
    case .kelly(let fraction, let bars, let most):
      return
        "a full position is \(decimal(fraction)) of Kelly's share of equity, from the strategy's last \(bars) bars; \(atLargest(most))"
    case .inverseVolatility(let budget, let decayMicros):
      return
        "\(share(budget)) of equity is divided over the universe by inverse volatility, from returns \(ewma(decayMicros))"
    case .riskParity(let budget, let decayMicros):
      return
        "\(share(budget)) of equity is divided over the universe so that each instrument contributes the same risk, from returns \(ewma(decayMicros))"
    }
  }
}
