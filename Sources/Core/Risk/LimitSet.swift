public import Market

/// At most `count` within any span of `windowNanos`.
public struct RateLimit: BitwiseCopyable, Hashable, Sendable {
  /// 1 … `RateLimit.countMax`.
  public var count: Int
  public var windowNanos: Int64
  public static let countMax = 10_000

  public init(count: Int, windowNanos: Int64) {
    self.count = count
    self.windowNanos = windowNanos
  }
}

/// Minutes of a market's local day, the second not included.
public struct AllowedHours: BitwiseCopyable, Hashable, Sendable {
  public var fromMinute: Int32
  public var toMinute: Int32
  public init(fromMinute: Int32, toMinute: Int32) {
    self.fromMinute = fromMinute
    self.toMinute = toMinute
  }
}

/// The checks of one scope: account, strategy, sector or symbol; nil is not checked.
///
/// Money is nanos of the run's currency, quantities are nanos of a unit, shares of something are millionths. A cap counts the worst case: what is held and every order that may still fill.
/// Money caps are taken at the prices of the decision; a market that moves afterwards is the breakers' matter.
public struct LimitSet: Hashable, Sendable {
  /// False: no order at all.
  public var isAllowed = true
  public var hours: AllowedHours?
  /// How much later than a bar became known the clock may stand when an order is decided on it.
  public var staleNanos: Int64?
  public var confidenceMinMicros: Int64?
  public var priceMin: Price?
  public var priceMax: Price?
  /// Distance of an order's price from the last trade.
  public var collarMicros: Int64?
  /// Distance of an order's price, or of the last trade for a market order, from the close of the trading day before.
  public var closeCollarMicros: Int64?
  public var orderRate: RateLimit?
  /// Equal orders: instrument, side, type, quantity and prices.
  public var repeats: RateLimit?
  /// Units that may be sold short because they are located.
  public var locatedQuantity: Quantity?
  public var orderQuantityMax: Quantity?
  public var orderNotionalMax: Int128?
  /// Of the volume of the bar that is decided on.
  public var volumeShareMicros: Int64?
  public var positionQuantityMax: Quantity?
  public var positionNotionalMax: Int128?
  /// Sum of absolute values over the scope's instruments.
  public var grossMax: Int128?
  /// Absolute value of the sum over the scope's instruments.
  public var netMax: Int128?
  /// Absolute value of what was bought less what was sold since the trading day began.
  public var dailyNetMax: Int128?
  /// Gross exposure over equity.
  public var leverageMaxMicros: Int64?

  public init() {}

  /// True where nothing is checked.
  public var isEmpty: Bool { self == LimitSet() }
}

/// Gross exposure in instruments that move together.
public struct CorrelationCap: Hashable, Sendable {
  /// Instruments whose returns correlate at least this much count together, in millionths.
  public var correlationMicros: Int64
  public var grossMax: Int128
  /// Decay of the estimate a bar, in millionths.
  public var decayMicros: Int64
  public init(correlationMicros: Int64, grossMax: Int128, decayMicros: Int64) {
    self.correlationMicros = correlationMicros
    self.grossMax = grossMax
    self.decayMicros = decayMicros
  }
}

/// A limit set with the name that it applies to: a sector or a symbol.
public struct NamedLimits: Hashable, Sendable {
  public var name: String
  public var limits: LimitSet
  /// Of a sector: symbols that belong to it, whatever the bars say; empty where the instruments name it themselves.
  public var members: [String]
  public init(name: String, limits: LimitSet, members: [String] = []) {
    self.name = name
    self.limits = limits
    self.members = members
  }
}

/// A limit set of one of the profile's strategies.
public struct StrategyLimits: Hashable, Sendable {
  /// Place in the profile's list.
  public var strategy: Int
  public var limits: LimitSet
  public init(strategy: Int, limits: LimitSet) {
    self.strategy = strategy
    self.limits = limits
  }
}
