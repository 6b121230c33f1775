import Events
import Market

/// What of the hot path a run's rules need; nothing in most runs, so that a bar pays for one comparison.
struct RiskWatch: OptionSet, BitwiseCopyable, Sendable {
  let rawValue: UInt32

  /// Trading days: daily losses, daily net, breakers that are armed at the next session.
  static let day = RiskWatch(rawValue: 1)
  /// The last close of the day before.
  static let previousClose = RiskWatch(rawValue: 2)
  /// The volume of the bar.
  static let volume = RiskWatch(rawValue: 4)
  /// The session that a bar belongs to.
  static let session = RiskWatch(rawValue: 8)
  /// Gaps between bars.
  static let gap = RiskWatch(rawValue: 16)
  /// What is to be looked at when the marks of an instant are known.
  static let marks = RiskWatch(rawValue: 32)
  /// Returns for sizes and correlations.
  static let returns = RiskWatch(rawValue: 64)
  /// Bars that wait for a split.
  static let splits = RiskWatch(rawValue: 128)

  /// What a trading day costs or earns in the profile's account.
  static let account = RiskWatch(rawValue: 1 << 16)
  /// A cash account's proceeds on their way.
  static let settlement = RiskWatch(rawValue: 1 << 17)
  /// What a margin account's positions require.
  static let margin = RiskWatch(rawValue: 1 << 18)
  /// Instruments for which no notional is paid.
  static let futures = RiskWatch(rawValue: 1 << 19)
  /// Chains of contracts, of which strategies see the front one.
  static let rolls = RiskWatch(rawValue: 1 << 20)

  /// Pairs whose closes turn fees in other assets into money.
  static let feeRates = RiskWatch(rawValue: 1 << 21)

  init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ configuration: RunConfiguration, _ table: LimitTable, _ account: AccountTable?) {
    self = []
    if table.needsDailyNet { insert(.day) }
    if table.needsPreviousClose { insert(.previousClose) }
    if table.sets.contains(where: { $0.volumeShareMicros != nil }) { insert(.volume) }
    if configuration.sessions.outside != .accept { insert(.session) }
    if configuration.actions.missingSplit == .quarantine { insert(.splits) }
    if !configuration.sizingRule.drawdown.isEmpty { insert(.marks) }
    if Sizer.needsReturns(configuration) { formUnion([.returns, .marks]) }
    if !configuration.rolls.isEmpty { insert(.rolls) }
    if configuration.venue == .external, !configuration.feeRates.isEmpty { insert(.feeRates) }
    if let account {
      formUnion([.account, .day])
      if account.settlement != nil { insert(.settlement) }
      if account.rule.margin != nil { formUnion([.margin, .marks]) }
      if account.isMargined.contains(true) { insert(.futures) }
    }
    for rule in configuration.risk.breakers {
      if rule.rearm == .nextSession { insert(.day) }
      switch rule.watches {
      case .dailyLoss, .dailyLossOpen: formUnion([.day, .marks])
      case .drawdown, .positionDrift, .signalSilence: insert(.marks)
      case .feedGap: insert(.gap)
      default: break
      }
    }
  }
}
