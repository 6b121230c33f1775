import Events

/// How fast an exponentially weighted average forgets: the weight λ that the past keeps when a bar comes.
///
/// RiskMetrics Technical Document (J.P. Morgan/Reuters, 4th ed. 1996), section 5.2: λ = 0.94 for days, 0.97 for months.
package struct EwmaDecay: BitwiseCopyable, Hashable, Sendable {
  /// λ, 0 < λ < 1.
  package let past: Double
  /// 1 − λ, the weight of the newest return.
  package let present: Double

  /// - Parameter lambdaMicros: λ in millionths, 1 … 999,999.
  package init(lambdaMicros: Int64) throws(StatisticsError) {
    try Setting.require(lambdaMicros, in: 1...999_999, "lambda")
    self.init(past: Millionths.share(lambdaMicros))
  }

  /// The λ whose weights halve every `halfLifeBars` bars: λ = 2^(−1/h) = exp(−ln 2 / h).
  ///
  /// exp by its power series around 0 to the 24th term, from the smallest: |x| ≤ ln 2, so what is cut off is below 10⁻²⁸.
  /// - Parameter halfLifeBars: 1 … 1,000,000.
  package init(halfLifeBars: Int64) throws(StatisticsError) {
    try Setting.require(halfLifeBars, in: 1...1_000_000, "half_life")
    let exponent = -0.6931471805599453 / Double(halfLifeBars)
    var sum = 1.0
    for term in (1...24).reversed() { sum = 1 + sum * exponent / Double(term) }
    self.init(past: sum)
  }

  private init(past: Double) {
    self.past = past
    self.present = 1 - past
  }
}
