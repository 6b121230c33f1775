public import Events

/// When a tripped breaker watches again.
public enum Rearm: UInt8, CaseIterable, Sendable {
  /// When the next trading day begins.
  case nextSession = 1
  /// When a person says so.
  case operatorCommand = 2
}

/// One breaker: what it watches, from where on it acts, and what it does.
///
/// - Invariant: a breaker that flattens is never armed again by itself.
public struct BreakerRule: Hashable, Sendable {
  public var watches: BreakerKind
  /// Account: one for all. Strategy, symbol: one for each, unless `subject` names one. Never `sector`.
  public var scope: RiskScope
  /// Symbol or, as decimal text, place of the strategy; nil for each.
  public var subject: String?
  /// In the unit that `BreakerKind` says: nanos of currency, millionths, a count, nanoseconds.
  public var threshold: Int64
  /// Losses: `threshold` is millionths of the equity at the day's start instead of nanos of currency.
  public var isShareOfEquity = false
  /// Rates: nanoseconds. Drift, shift, slippage: number of values.
  public var window: Int64
  public var action: BreakerAction
  public var rearm: Rearm

  public init(
    watches: BreakerKind, scope: RiskScope = .account, subject: String? = nil, threshold: Int64,
    isShareOfEquity: Bool = false, window: Int64 = 0, action: BreakerAction, rearm: Rearm = .operatorCommand
  ) {
    self.watches = watches
    self.scope = scope
    self.subject = subject
    self.threshold = threshold
    self.isShareOfEquity = isShareOfEquity
    self.window = window
    self.action = action
    self.rearm = action == .flatten ? .operatorCommand : rearm
  }
}

/// How positions are closed after a kill.
public struct KillRule: Hashable, Sendable {
  /// Distances through the market of the limit orders that flatten, in millionths of the mark: the first attempt's, the second's, …; the last repeats.
  /// Empty: market orders.
  public var collarMicros: [Int64] = []
  /// After the last step of the collar: a market order instead of the last step again.
  public var endsAtMarket = false
  /// File whose presence is a kill; nil where none is watched. Part of what a run watches, not of what it decides.
  public var file: String?
  public init() {}
}
