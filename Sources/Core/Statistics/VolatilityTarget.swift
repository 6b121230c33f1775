/// Sizes that aim at a volatility: exposure = target ÷ measured.
///
/// Moreira and Muir, "Volatility-Managed Portfolios", Journal of Finance 72 (2017), with volatility for variance; Carver, "Systematic Trading" (2015),
/// chapters 9 and 10, per position. Target and measure are shares over the same time: both a bar, both a year.
package enum VolatilityTarget {
  /// The share of equity, in millionths, whose volatility is the target: target ÷ volatility, half to even, at most `capMicros`.
  ///
  /// 0 where the volatility is 0 or none: a price that does not move has no measured risk, which is no licence for size.
  /// - Parameters:
  ///   - targetMicros: wanted volatility in millionths of equity, ≥ 0.
  ///   - volatility: of the instrument, as a share of its price; `EwmaVolatility` or `TrueRangeShare` give it.
  package static func share(targetMicros: Int64, volatility: Double, capMicros: Int64) -> Int64 {
    guard volatility > 0, targetMicros > 0 else { return 0 }
    // A target in millionths over a plain share leaves millionths.
    return min(Millionths.whole(Double(targetMicros) / volatility), capMicros)
  }

  /// What all positions are multiplied by, in millionths, so that the portfolio's volatility is the target: target ÷ √(wᵀΣw · slots a year), half to
  /// even, at most `capMicros` (1,000,000 never enlarges).
  ///
  /// A portfolio without measured variance is left as it is, but for a cap below one. Nil where an instrument with a weight is not ready.
  /// - Parameters:
  ///   - targetMicros: wanted volatility a year in millionths of equity, ≥ 0; with `slotsPerYear` 1, a slot.
  ///   - weights: shares of equity, negative for short, one an instrument.
  package static func portfolioScale(
    targetMicros: Int64, weights: Span<Double>, covariance: borrowing EwmaCovariance, slotsPerYear: Double,
    capMicros: Int64
  ) -> Int64? {
    guard let variance = covariance.portfolioVariance(weights) else { return nil }
    let volatility = (variance * slotsPerYear).squareRoot()
    guard volatility > 0 else { return min(Millionths.one, capMicros) }
    return share(targetMicros: targetMicros, volatility: volatility, capMicros: capMicros)
  }
}
