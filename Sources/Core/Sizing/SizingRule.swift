/// How a volatility is estimated.
public enum VolatilityEstimate: Hashable, Sendable {
  /// Exponentially weighted squares of simple returns, mean zero; the decay a bar in millionths (RiskMetrics: 940,000).
  case ewma(decayMicros: Int64)
  /// Wilder's average true range over the mark.
  case averageTrueRange(bars: Int)
}

/// What scales a full position besides its base size.
///
/// `Sizing` says how large a full position is; these make it smaller or distribute it.
public struct SizingRule: Hashable, Sendable {
  /// Changes smaller than this share of a full position are not traded, in millionths; what closes a position always is.
  public var bandMicros: Int64 = 0
  /// Sizes follow their estimates on every bar, not only when a strategy speaks.
  public var isRebalanced = false
  /// Sizes by the loss from the account's peak, in the order of depth; empty: always the full size.
  public var drawdown: [DrawdownStep] = []
  /// How far up a drawdown must come for the step above, as a share of its step's depth in millionths (500,000: half of it).
  public var drawdownRecoveryMicros: Int64 = 500_000
  public init() {}
}

/// From a drawdown of `depthMicros` on, positions are `scaleMicros` of their size.
public struct DrawdownStep: BitwiseCopyable, Hashable, Sendable {
  public var depthMicros: Int64
  public var scaleMicros: Int64
  public init(depthMicros: Int64, scaleMicros: Int64) {
    self.depthMicros = depthMicros
    self.scaleMicros = scaleMicros
  }
}

/// Faults of the simulated venue, for rehearsals: none unless the profile asks.
///
/// Both follow from the order's own number and the seed, so that a run is the same each time.
public struct VenueFriction: Hashable, Sendable {
  /// Share of orders that the venue rejects, in millionths.
  public var rejectMicros: Int64 = 0
  /// A cancel takes effect after the next bar, on which the order may still fill.
  public var cancelsLate = false
  public var seed: Int64 = 0
  public init() {}
}
