package import Events
package import Market
import Strategies

/// Wilder's average true range of every instrument as a share of its last close: a volatility a bar that sees gaps and intraday ranges.
///
/// J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978), chapter on the volatility index; computed by `AverageTrueRange`, which is
/// compared with TA-Lib. A range is no standard deviation: for a random walk without gaps it is about 1.6 of them (Parkinson 1980: the mean
/// range of a day is √(8/π) σ), so the same target gives smaller positions than `EwmaVolatility`.
package struct TrueRangeShare: Sendable {
  private let formula: AverageTrueRange
  private let wordCount: Int
  /// A block of the indicator's words an instrument.
  private var words: [UInt64]
  /// ATR ÷ close of the last bar; 0 while there is none.
  private var shares: [Double]

  /// - Parameter period: bars, 1 … `Periods.max`.
  package init(instrumentCount: Int, period: Int) throws(StatisticsError) {
    try Setting.require(Int64(period), in: 1...Int64(Periods.max), "period")
    try Setting.require(Int64(instrumentCount), in: 0...Int64(Limits.instrumentsMax), "instruments")
    formula = AverageTrueRange(period: period)
    wordCount = formula.wordCount
    words = Array(repeating: 0, count: instrumentCount * wordCount)
    shares = Array(repeating: 0, count: instrumentCount)
  }

  /// Takes an instrument's newest bar.
  package mutating func update(_ bar: Bar) {
    let instrument = bar.instrument.position
    let (formula, start) = (formula, instrument * wordCount)
    var words = words.mutableSpan
    guard let range = formula.update(&words, at: start, with: bar) else { return }
    shares[instrument] = bar.close.nanos > 0 ? range / bar.close.units : 0
  }

  /// ATR ÷ close, 0.02 where an average bar ranges over 2 % of the price; nil before bar `period + 1` and where the last close is not positive.
  package func share(_ instrument: Int) -> Double? { shares[instrument] > 0 ? shares[instrument] : nil }

  /// Follows a split: prices before it are divided by `numerator` / `denominator`, so that the jump of the price is no range.
  ///
  /// - Precondition: both are positive.
  package mutating func split(_ instrument: Int, numerator: Int64, denominator: Int64) {
    invariant(numerator > 0 && denominator > 0, "a split's ratio is positive", numerator, denominator)
    // The last close and the average stand behind the count of bars.
    for index in instrument * wordCount + 1...instrument * wordCount + 2 {
      let adjusted = Double(bitPattern: words[index]) * Double(denominator) / Double(numerator)
      words[index] = min(max(adjusted, -TrueRangeShare.priceMost), TrueRangeShare.priceMost).bitPattern
    }
  }

  /// Begins an instrument anew: what comes is another company.
  mutating func forget(_ instrument: Int) {
    for index in instrument * wordCount..<(instrument + 1) * wordCount { words[index] = 0 }
    shares[instrument] = 0
  }

  package func encodeState(into buffer: inout ByteBuffer) {
    for word in words { buffer.appendFixed(word) }
    for share in shares { buffer.appendDouble(share) }
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    var (readWords, readShares) = (words, shares)
    for index in readWords.indices { readWords[index] = try reader.readFixed() }
    for index in readShares.indices { readShares[index] = try reader.readDouble("range share", in: 0...1e30) }
    for start in stride(from: 0, to: readWords.count, by: wordCount) {
      let (close, mean) = (Double(bitPattern: readWords[start + 1]), Double(bitPattern: readWords[start + 2]))
      // While the first ranges are gathered their sum stands for the average.
      let meanMost = TrueRangeShare.priceMost * Double(formula.period)
      guard formula.isConsistent(readWords.span, at: start), close.magnitude <= TrueRangeShare.priceMost, mean >= 0,
        mean <= meanMost
      else { throw .inconsistent("average true range") }
    }
    (words, shares) = (readWords, readShares)
  }

  /// Twice what a price can be, which is what a range can be.
  private static let priceMost = 2e10
}
