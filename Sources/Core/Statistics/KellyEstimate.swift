package import Events
import Market

/// The fraction of equity that maximises the growth of its logarithm, estimated from the last returns: f* = μ ÷ σ².
///
/// J. L. Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal 35 (1956); E. O. Thorp, "The Kelly Criterion in Blackjack,
/// Sports Betting, and the Stock Market" (2006), section 7.1: m ÷ s² for returns of mean m (over the riskless rate, here 0) and variance s². μ is the
/// mean of the last `window` returns, σ² their sample variance (divisor n − 1); a `fraction` of f* is bet, since f* is estimated and its error
/// costs more above than below (MacLean, Thorp, Ziemba 2010: half Kelly).
///
/// Exact: returns are integers of 10⁻⁹, sums are kept in 128 bits, and the one quotient is rounded once. An update costs a few nanoseconds.
package struct KellyEstimate: Sendable {
  /// A return beyond ±1,000 (a hundred thousand per cent) counts as that.
  package static let returnNanosMax: Int64 = 1_000_000_000_000
  package static let windowMax: Int64 = 100_000

  /// Returns that are looked back on.
  package let window: Int
  /// Returns that must have been seen.
  package let sampleMin: Int
  /// The part of f* that is bet, in millionths.
  package let fractionMicros: Int64
  /// The most that is bet, in millionths of equity.
  package let capMicros: Int64
  private var returns: [Int64]
  /// Where the next return goes.
  private var next = 0
  /// Returns held, at most `window`.
  package private(set) var count = 0
  private var sum: Int128 = 0
  private var squares: Int128 = 0

  /// - Parameters:
  ///   - window: 2 … 100,000 returns, of trades or of bars.
  ///   - sampleMin: 2 … `window`.
  ///   - fractionMicros: 0 … 1,000,000; 500,000 is half Kelly.
  ///   - capMicros: 0 … 1,000,000,000.
  package init(
    window: Int64, sampleMin: Int64, fractionMicros: Int64, capMicros: Int64
  ) throws(StatisticsError) {
    try Setting.require(window, in: 2...KellyEstimate.windowMax, "window")
    try Setting.require(sampleMin, in: 2...window, "sample_min")
    try Setting.require(fractionMicros, in: 0...Millionths.one, "fraction")
    try Setting.require(capMicros, in: 0...1_000_000_000, "cap")
    self.window = Int(window)
    self.sampleMin = Int(sampleMin)
    self.fractionMicros = fractionMicros
    self.capMicros = capMicros
    returns = Array(repeating: 0, count: Int(window))
  }

  /// Takes the newest return; the oldest leaves when the window is full.
  ///
  /// - Parameter returnNanos: simple return in units of 10⁻⁹; 10,000,000 is one per cent.
  package mutating func update(returnNanos: Int64) {
    let newest = returnNanos.clamped(to: -KellyEstimate.returnNanosMax...KellyEstimate.returnNanosMax)
    if count == window {
      let oldest = Int128(returns[next])
      sum -= oldest
      squares -= oldest * oldest
    } else {
      count += 1
    }
    returns[next] = newest
    next = next + 1 == window ? 0 : next + 1
    sum += Int128(newest)
    squares += Int128(newest) * Int128(newest)
  }

  /// fraction × f* in millionths of equity, half to even, within 0 … cap; nil before `sampleMin` returns.
  ///
  /// Never negative: a strategy that loses is given nothing, not turned round. 0 where nothing varies, which is no sample to bet on.
  package var shareMicros: Int64? {
    if count < sampleMin { return nil }
    let n = Int128(count)
    // (S ÷ n) ÷ ((nQ − S²) ÷ (n (n − 1))) in units of 10⁻⁹ ÷ 10⁻¹⁸; at most 10¹⁷ · 10⁵ · 10⁹ · 10⁶ = 10³⁷, and nQ at most 10³⁴.
    let spread = n * squares - sum * sum
    guard sum > 0, spread > 0 else { return 0 }
    let scaled = sum * (n - 1) * Int128(FixedPoint.unit) * Int128(fractionMicros)
    return Int64(min(scaled.dividedRoundingHalfEven(by: spread), Int128(capMicros)))
  }

  package func encodeState(into buffer: inout ByteBuffer) {
    buffer.appendVarint(UInt64(count))
    buffer.appendVarint(UInt64(next))
    for index in 0..<count { buffer.appendZigzag(returns[index]) }
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    var read = self
    (read.sum, read.squares) = (0, 0)
    read.count = try reader.readCount("returns", upTo: window)
    read.next = try reader.readCount("next return", upTo: window - 1)
    guard read.count == window || read.next == read.count else { throw .inconsistent("next return") }
    for index in 0..<read.count {
      let value = try reader.readInteger("return", in: -KellyEstimate.returnNanosMax...KellyEstimate.returnNanosMax)
      read.returns[index] = value
      read.sum += Int128(value)
      read.squares += Int128(value) * Int128(value)
    }
    for index in read.count..<window { read.returns[index] = 0 }
    self = read
  }
}

extension Int64 {
  func clamped(to range: ClosedRange<Int64>) -> Int64 { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}
