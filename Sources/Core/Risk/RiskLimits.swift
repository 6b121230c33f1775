public import Market

/// What may leave: the caps of every scope, and what happens when things go wrong.
public struct RiskLimits: Hashable, Sendable {
  public var isShortAllowed: Bool
  /// Buys may not spend more than the cash there is.
  public var isCashRequired: Bool
  /// Opposite orders of one instrument may not meet each other.
  public var forbidsSelfCrossing = false
  public var account = LimitSet()
  public var strategies: [StrategyLimits] = []
  public var sectors: [NamedLimits] = []
  public var symbols: [NamedLimits] = []
  public var correlation: CorrelationCap?
  public var breakers: [BreakerRule] = []
  public var kill = KillRule()

  public init(isShortAllowed: Bool, isCashRequired: Bool) {
    self.isShortAllowed = isShortAllowed
    self.isCashRequired = isCashRequired
  }

  public init(
    orderQuantityMax: Quantity? = nil, orderNotionalMax: Int128? = nil, positionQuantityMax: Quantity? = nil,
    isShortAllowed: Bool, isCashRequired: Bool, confidenceMinMicros: Int64 = 0
  ) {
    self.init(isShortAllowed: isShortAllowed, isCashRequired: isCashRequired)
    account.orderQuantityMax = orderQuantityMax
    account.orderNotionalMax = orderNotionalMax
    account.positionQuantityMax = positionQuantityMax
    if confidenceMinMicros > 0 { account.confidenceMinMicros = confidenceMinMicros }
  }
}
