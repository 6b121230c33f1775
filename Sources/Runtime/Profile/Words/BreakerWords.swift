import Core
import Events
import Market

extension Profile {
  /// What a breaker does, when, and how it comes back.
  func words(_ rule: BreakerRule) -> String {
    let subject =
      switch rule.scope {
      case .account: "the account"
      case .strategy: rule.subject.flatMap { Int($0) }.map { "strategy \(strategyName($0))" } ?? "a strategy"
      case .symbol: rule.subject ?? "an instrument"
      case .sector: "a sector"
      }
    let action =
      switch rule.action {
      case .alert: "alerts about \(subject)"
      case .reduceOnly: "lets \(subject) only reduce"
      case .halt: "halts \(subject)"
      case .flatten: "flattens and halts \(subject)"
      }
    let rearm = rule.rearm == .nextSession ? "at the next session" : "by the operator"
    return "\(action) when \(condition(rule)); armed again \(rearm)"
  }

  private func condition(_ rule: BreakerRule) -> String {
    let share = ShareText.percent(micros: rule.threshold)
    let decimal = WordText.decimal(Int128(rule.threshold))
    let duration = DurationText.text(nanos: rule.threshold)
    let within = "within \(DurationText.text(nanos: rule.window))"
    func count(_ noun: String) -> String { WordText.count(Int(rule.threshold), noun) }
    let loss = rule.isShareOfEquity ? "\(share) of the day's opening equity" : money(Int128(rule.threshold))
    let whose = rule.scope == .account ? "the day's" : "its day's"
    switch rule.watches {
    case .dailyLoss: return "\(whose) realised loss reaches \(loss)"
    case .dailyLossOpen: return "\(whose) loss with open positions reaches \(loss)"
    case .drawdown: return "equity is \(share) below its peak"
    case .consecutiveLosses: return "\(count("closing fill")) in a row lost"
    case .orderRate: return "more than \(count("order")) went out \(within)"
    case .rejectRate: return "more than \(count("order")) came back rejected \(within)"
    case .slippage: return "the last \(rule.window) fills slipped by more than \(share) on average"
    case .feedGap: return "no bar came for \(duration) inside a session"
    case .reconciliation:
      return rule.threshold == 0
        ? "the venue reports another position" : "the venue's position differs by \(decimal) units or more"
    case .clockJump:
      return "two readings of the clock are \(duration) or more apart, or go back (timers: a backtest has none)"
    case .confidenceDrift:
      return "the population stability index over \(rule.window) confidences reaches \(decimal)"
    case .confidenceShift: return "the Page-Hinkley statistic over \(rule.window) confidences reaches \(decimal)"
    case .confidenceStuck: return "\(count("confidence")) in a row are equal"
    case .predictionBounds: return "a confidence or strength is outside 0 to 1"
    case .signalRate: return "more than \(count("signal")) came \(within)"
    case .signalSilence:
      return rule.threshold == 1 ? "no signal came \(within)" : "fewer than \(count("signal")) came \(within)"
    case .positionDrift: return "a position is \(share) or more away from its intended size"
    }
  }
}
