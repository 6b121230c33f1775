import Core
import Market

extension Sizing {
  /// The model with what stands beside it.
  func canonical(_ rule: SizingRule) -> CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [(modelKey, model)]
    if rule.bandMicros != 0 { entries.append(("no_trade_band", .share(rule.bandMicros))) }
    if rule.isRebalanced {
      entries.append(("rebalance", .text(ProfileReader.rebalanceWords.word(of: rule.isRebalanced))))
    }
    if !rule.drawdown.isEmpty {
      let steps = rule.drawdown.map { step in
        (key: ShareText.percent(micros: step.depthMicros), value: CanonicalText.share(step.scaleMicros))
      }
      entries.append(
        ("drawdown", .object([("steps", .object(steps)), ("recovery", .share(rule.drawdownRecoveryMicros))])))
    }
    return .object(entries)
  }

  private var modelKey: String {
    switch self {
    case .shares: "shares"
    case .notional: "notional"
    case .equityShare: "equity_share"
    case .volatilityTarget: "volatility_target"
    case .portfolioVolatility: "portfolio_volatility"
    case .riskPerTrade: "risk_per_trade"
    case .kelly: "kelly"
    case .inverseVolatility: "inverse_volatility"
    case .riskParity: "risk_parity"
    }
  }

  private var model: CanonicalText {
    switch self {
    case .shares(let quantity): return .units(quantity)
    case .notional(let nanos): return .amount(nanos)
    case .equityShare(let micros): return .share(micros)
    case .volatilityTarget(let target, let estimate, let barsPerYear, let most):
      var entries: [(key: String, value: CanonicalText)] = [
        ("target", .share(target)), ("bars_per_year", .integer(barsPerYear)), ("max", .share(most)),
      ]
      switch estimate {
      case .ewma(let decayMicros): entries += [("estimate", .text("ewma")), ("decay", .micros(decayMicros))]
      case .averageTrueRange(let bars): entries += [("estimate", .text("atr")), ("bars", .integer(Int64(bars)))]
      }
      return .object(entries)
    case .portfolioVolatility(let target, let decayMicros, let barsPerYear, let most):
      return .object([
        ("target", .share(target)), ("decay", .micros(decayMicros)), ("bars_per_year", .integer(barsPerYear)),
        ("max", .share(most)),
      ])
    case .riskPerTrade(let micros, let distance, let most):
      var entries: [(key: String, value: CanonicalText)] = [("share", .share(micros)), ("max", .share(most))]
      switch distance {
      case .stopLoss: entries.append(("stop", .text("exits")))
      case .averageTrueRange(let bars, let multipleMicros):
        entries += [
          ("stop", .text("atr")), ("bars", .integer(Int64(bars))), ("multiple", .micros(multipleMicros)),
        ]
      }
      return .object(entries)
    case .kelly(let fraction, let bars, let most):
      return .object([("fraction", .micros(fraction)), ("bars", .integer(Int64(bars))), ("max", .share(most))])
    case .inverseVolatility(let budget, let decayMicros), .riskParity(let budget, let decayMicros):
      return .object([("budget", .share(budget)), ("decay", .micros(decayMicros))])
    }
  }
}
