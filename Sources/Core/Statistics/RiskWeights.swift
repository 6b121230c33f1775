import Market

/// How capital is spread over a universe so that risk is: long-only weights that sum to one.
///
/// Inverse volatility: wᵢ ∝ 1 ÷ σᵢ, which is risk parity where all correlations are equal. Risk parity: every instrument contributes the same to the
/// portfolio's volatility, wᵢ (Σw)ᵢ equal for all i (Maillard, Roncalli, Teïletche, "The Properties of Equally Weighted Risk Contribution
/// Portfolios", Journal of Portfolio Management 36, 2010).
///
/// Works in memory made at `init`; keeps nothing between two calls that a snapshot would need.
package struct RiskWeights: Sendable {
  package enum Outcome: UInt8, Sendable {
    /// The weights are what was asked for.
    case exact
    /// Risk parity was not reached: the weights are the inverse volatilities'.
    case fellBackToInverseVolatility
    /// No instrument has a measured risk: all weights are 0.
    case empty
  }

  /// Cycles over all instruments before risk parity is given up.
  package static let cyclesMax = 2_000
  /// Relative distance of every contribution from its share at which risk parity is reached. The weights are as near: the problem's
  /// curvature in log-weights is at least the share itself.
  package static let tolerance = 1e-10

  /// One an instrument; 0 where it has no measured risk.
  package private(set) var weights: [Double]
  /// `weights` in millionths, rounded so that they sum to 1,000,000 exactly; each is less than one millionth off.
  package private(set) var micros: [Int64]
  /// The instruments that take part, first ones first.
  private var members: [Int]
  private var memberCount = 0
  /// The members' covariances, whole, and their volatilities and unscaled weights.
  private var matrix: [Double]
  private var volatilities: [Double]
  private var solution: [Double]

  /// - Parameter instrumentCount: 0 … `Limits.instrumentsMax`; risk parity needs a covariance and so at most 64.
  package init(instrumentCount: Int) {
    weights = Array(repeating: 0, count: instrumentCount)
    micros = Array(repeating: 0, count: instrumentCount)
    members = Array(repeating: 0, count: instrumentCount)
    volatilities = Array(repeating: 0, count: instrumentCount)
    solution = Array(repeating: 0, count: instrumentCount)
    let side = instrumentCount <= EwmaCovariance.instrumentsMax ? instrumentCount : 0
    matrix = Array(repeating: 0, count: side * side)
  }

  /// wᵢ = (1 ÷ σᵢ) ÷ Σ 1 ÷ σⱼ over the instruments with a positive finite volatility.
  ///
  /// - Parameter volatilities: one an instrument; 0 for one that takes no part or isn't ready.
  /// - Precondition: as many as instruments.
  @discardableResult
  package mutating func setInverseVolatility(_ volatilities: Span<Double>) -> Outcome {
    invariant(volatilities.count == weights.count, "a volatility an instrument", Int64(volatilities.count))
    memberCount = 0
    for index in 0..<volatilities.count where volatilities[index] > 0 && volatilities[index].isFinite {
      members[memberCount] = index
      self.volatilities[memberCount] = volatilities[index]
      memberCount += 1
    }
    invertVolatilities()
    return spread() ? .exact : .empty
  }

  /// Equal risk contributions of the instruments that `members` names, are ready and have a variance.
  ///
  /// Minimises ½ xᵀΣx − Σ ln xᵢ ÷ n by cyclical coordinate descent (Griveau-Billion, Richard, Roncalli, "A Fast Algorithm for Computing High-Dimensional
  /// Risk Parity Portfolios", 2013, in its variance form): with a = Σⱼ≠ᵢ σᵢⱼ xⱼ, xᵢ ← (−a + √(a² + 4σᵢᵢ ÷ n)) ÷ 2σᵢᵢ, then w = x ÷ Σx. The minimum is
  /// unique; where Σ is singular along a long-only portfolio (a perfect hedge) there is none.
  /// - Parameter members: bit i is set where instrument i takes part.
  /// - Returns: `fellBackToInverseVolatility` where `cyclesMax` cycles did not reach `tolerance`.
  /// - Precondition: `covariance` is of as many instruments.
  /// - Complexity: members² a cycle: some ten cycles for stocks, some hundred where many instruments run against each other, and not in
  ///   `cyclesMax` for dozens of near hedges (correlations of ±0.9 among 64).
  package mutating func setRiskParity(_ covariance: borrowing EwmaCovariance, members mask: UInt64) -> Outcome {
    invariant(covariance.instrumentCount == weights.count, "a covariance an instrument", Int64(weights.count))
    memberCount = 0
    for index in 0..<covariance.instrumentCount where mask >> UInt64(index) & 1 == 1 && covariance.isReady(index) {
      let variance = covariance.covariance(index, index)
      if variance > 0 {
        members[memberCount] = index
        volatilities[memberCount] = variance.squareRoot()
        memberCount += 1
      }
    }
    for row in 0..<memberCount {
      for column in 0..<memberCount {
        matrix[row * memberCount + column] = covariance.covariance(members[row], members[column])
      }
    }
    invertVolatilities()
    let isReached = descend()
    if !isReached { invertVolatilities() }
    if !spread() { return .empty }
    return isReached ? .exact : .fellBackToInverseVolatility
  }

  private mutating func invertVolatilities() {
    for index in 0..<memberCount { solution[index] = 1 / volatilities[index] }
  }

  /// - Returns: false where the tolerance was not reached.
  private mutating func descend() -> Bool {
    let share = 1 / Double(max(memberCount, 1))
    // The solution has xᵀΣx = 1: start there.
    var variance = 0.0
    for row in 0..<memberCount { variance += solution[row] * gradient(row) }
    guard variance > 0, variance.isFinite else { return memberCount == 0 }
    let scale = 1 / variance.squareRoot()
    for row in 0..<memberCount { solution[row] *= scale }
    for _ in 0..<RiskWeights.cyclesMax {
      for row in 0..<memberCount {
        let own = matrix[row * memberCount + row]
        let others = others(row)
        let root = (others * others + 4 * own * share).squareRoot()
        // The same positive root in two spellings: neither subtracts what is nearly equal.
        solution[row] = others <= 0 ? (root - others) / (2 * own) : 2 * share / (root + others)
      }
      var worst = 0.0
      for row in 0..<memberCount {
        let distance = (solution[row] * gradient(row) - share).magnitude
        // A distance that is no number must not pass for none.
        if !(distance <= worst) { worst = distance }
      }
      if worst <= RiskWeights.tolerance * share { return true }
      if !worst.isFinite { return false }
    }
    return false
  }

  /// (Σx)ᵢ without the member's own part.
  private func others(_ row: Int) -> Double {
    let start = row * memberCount
    var sum = 0.0
    for column in 0..<row { sum += matrix[start + column] * solution[column] }
    for column in row + 1..<memberCount { sum += matrix[start + column] * solution[column] }
    return sum
  }

  /// (Σx)ᵢ.
  private func gradient(_ row: Int) -> Double { others(row) + matrix[row * memberCount + row] * solution[row] }

  /// Scales the solution to a sum of one and rounds it; false where there is nothing.
  private mutating func spread() -> Bool {
    for index in weights.indices { (weights[index], micros[index]) = (0, 0) }
    var total = 0.0
    for index in 0..<memberCount { total += solution[index] }
    guard total > 0, total.isFinite else { return false }
    // Rounding the running sum instead of each weight makes the whole exact.
    var (running, given) = (0.0, Int64(0))
    for index in 0..<memberCount {
      let weight = solution[index] / total
      weights[members[index]] = weight
      running += weight
      let upTo = index == memberCount - 1 ? Millionths.one : min(Millionths.nearest(to: running), Millionths.one)
      micros[members[index]] = upTo - given
      given = upTo
    }
    return true
  }
}
