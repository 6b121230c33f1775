package import Events
import Market

/// The covariance of the instruments of a run, updated once a slot: exponentially weighted products of simple returns around a mean of zero.
///
/// RiskMetrics Technical Document (1996), section 5.2: S ← λS + (1 − λ) r rᵀ.
///
/// Conventions:
/// 1. An instrument without a bar in a slot counts as a return of zero there, as its mark did not move; its next return spans the gap. So
///    wᵀSw is the weighted mean square of what a portfolio of fixed weights w really made slot by slot, and S is never indefinite.
/// 2. An instrument that had no bar yet is not there: its weight W ← λW + (1 − λ) begins with its first bar.
/// 3. Σᵢⱼ = Sᵢⱼ ÷ √(Wᵢ Wⱼ): variances are right from the first bar on; the covariance of a young instrument with an old one is
///    pulled towards 0 by √(W young ÷ W old), which is over when λ to the power of its age is small. Dividing by the younger weight alone
///    would undo that, but could give a portfolio a negative variance. A `warmUp` of three half-lives leaves 6 %.
///
/// Units: variance a slot, as shares of prices. An update costs n² ÷ 2 multiplications and additions: `risk-figures cost` prints what
/// that is (20 instruments: 0.12 µs).
package struct EwmaCovariance: Sendable {
  /// Beyond this the matrix is refused: its cost grows with the square, and more instruments than a few half-lives of slots make it singular.
  package static let instrumentsMax = 64
  /// Below this a sum is nothing: products of tinier numbers would fall out of the range in which processors are fast.
  private static let vanishing = 1e-280

  package let instrumentCount: Int
  package let decay: EwmaDecay
  /// Slots since its first bar that an instrument needs before its covariances count.
  package let warmUp: Int64
  /// The lower triangle of S, row after row: Sᵢⱼ stands at i(i + 1)/2 + j, j ≤ i.
  private var sums: [Double]
  /// W of each instrument; 0 before its first bar.
  private var weights: [Double]
  /// 1 ÷ √W of each instrument; follows from `weights`.
  private var scales: [Double]
  /// Slots since the first bar, counted up to `warmUp`.
  private var ages: [Int64]

  /// - Parameter warmUp: 1 … 1,000,000.
  /// - Throws: `StatisticsError.tooManyInstruments` for more than `instrumentsMax`.
  package init(instrumentCount: Int, decay: EwmaDecay, warmUp: Int64) throws(StatisticsError) {
    guard instrumentCount <= EwmaCovariance.instrumentsMax else {
      throw .tooManyInstruments(count: instrumentCount, most: EwmaCovariance.instrumentsMax)
    }
    try Setting.require(Int64(instrumentCount), in: 1...64, "instruments")
    try Setting.require(warmUp, in: 1...1_000_000, "warm_up")
    self.instrumentCount = instrumentCount
    self.decay = decay
    self.warmUp = warmUp
    sums = Array(repeating: 0, count: instrumentCount * (instrumentCount + 1) / 2)
    weights = Array(repeating: 0, count: instrumentCount)
    scales = Array(repeating: 0, count: instrumentCount)
    ages = Array(repeating: 0, count: instrumentCount)
  }

  /// Takes one slot.
  ///
  /// - Parameters:
  ///   - returns: one simple return an instrument; what stands at an absent one is 0.
  ///   - present: bit i is set where instrument i has a return in this slot.
  /// - Precondition: `returns` has `instrumentCount` numbers, each within ±`SimpleReturn.most`.
  package mutating func update(_ returns: Span<Double>, present: UInt64) {
    invariant(returns.count == instrumentCount, "a return an instrument", Int64(returns.count), Int64(instrumentCount))
    for row in 0..<instrumentCount {
      SimpleReturn.require(returns[row])
      let isPresent = present >> UInt64(row) & 1 == 1
      invariant(isPresent || returns[row] == 0, "an absent instrument returns nothing", Int64(row))
      if isPresent || ages[row] > 0 { grow(row) }
    }
    let (past, present) = (decay.past, decay.present)
    var sums = sums.mutableSpan
    var start = 0
    for row in 0..<returns.count {
      let weighted = present * returns[row]
      for column in 0...row {
        let sum = past * sums[start &+ column] + weighted * returns[column]
        sums[start &+ column] = sum.magnitude < EwmaCovariance.vanishing ? 0 : sum
      }
      start &+= row &+ 1
    }
  }

  private mutating func grow(_ row: Int) {
    if ages[row] < warmUp { ages[row] += 1 }
    let weight = decay.past * weights[row] + decay.present
    // The weight stops growing when it has come to 1 within rounding.
    if weight != weights[row] {
      weights[row] = weight
      scales[row] = 1 / weight.squareRoot()
    }
  }

  /// True where the instrument has been there for `warmUp` slots.
  package func isReady(_ instrument: Int) -> Bool { ages[instrument] >= warmUp }

  /// Σᵢⱼ a slot, whether warm or not; 0 where one of the two had no bar yet.
  package func covariance(_ first: Int, _ second: Int) -> Double {
    let (row, column) = (max(first, second), min(first, second))
    let sum = sums[row * (row + 1) / 2 + column]
    if row == column { return weights[row] > 0 ? sum / weights[row] : 0 }
    return sum * scales[row] * scales[column]
  }

  /// wᵀΣw a slot, never negative; nil where an instrument with a weight is not ready, and where the result is no finite number.
  ///
  /// - Parameter weights: shares of equity, negative for short.
  /// - Precondition: `weights` has `instrumentCount` numbers.
  /// - Complexity: n² ÷ 2 multiplications and additions.
  package func portfolioVariance(_ weights: Span<Double>) -> Double? {
    invariant(weights.count == instrumentCount, "a weight an instrument", Int64(weights.count), Int64(instrumentCount))
    var total = 0.0
    var start = 0
    for row in 0..<instrumentCount {
      if weights[row] != 0 {
        if !isReady(row) { return nil }
        let own = weights[row] * scales[row]
        var others = 0.0
        for column in 0..<row { others += sums[start &+ column] * (weights[column] * scales[column]) }
        total += own * (2 * others + sums[start &+ row] * own)
      }
      start += row + 1
    }
    return total.isFinite ? max(total, 0) : nil
  }

  package func encodeState(into buffer: inout ByteBuffer) {
    for index in 0..<instrumentCount {
      buffer.appendVarint(UInt64(ages[index]))
      buffer.appendDouble(weights[index])
    }
    for sum in sums { buffer.appendDouble(sum) }
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    var read = self
    for index in 0..<instrumentCount {
      read.ages[index] = Int64(try reader.readCount("slots", upTo: Int(warmUp)))
      read.weights[index] = try reader.readDouble("covariance weight", in: 0...EwmaLimits.weightMost)
      guard EwmaLimits.isConsistent(weight: read.weights[index], count: read.ages[index], decay) else {
        throw .inconsistent("covariance weight")
      }
      read.scales[index] = read.ages[index] > 0 ? 1 / read.weights[index].squareRoot() : 0
    }
    for index in sums.indices {
      read.sums[index] = try reader.readDouble("covariance", in: -EwmaLimits.sumMost...EwmaLimits.sumMost)
    }
    guard read.obeysCauchySchwarz else { throw .inconsistent("covariance") }
    self = read
  }

  /// Variances are not negative, and no covariance is beyond the product of two deviations but by rounding.
  private var obeysCauchySchwarz: Bool {
    for row in 0..<instrumentCount {
      let start = row * (row + 1) / 2
      let own = sums[start + row]
      guard own >= 0, ages[row] > 0 || own == 0 else { return false }
      for column in 0..<row {
        let bound = own.squareRoot() * sums[column * (column + 1) / 2 + column].squareRoot()
        guard sums[start + column].magnitude <= bound * 1.000001 + 1e-140 else { return false }
      }
    }
    return true
  }
}
