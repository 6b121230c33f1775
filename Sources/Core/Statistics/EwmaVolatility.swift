package import Events
import Market

/// The volatility of every instrument of a run: the exponentially weighted root mean square of its simple returns.
///
/// RiskMetrics Technical Document (1996), section 5.2: σ² = Σ λᵏ r²₋ₖ ÷ Σ λᵏ with a mean of zero, since over short horizons the mean is far smaller
/// than its own error. The weights are normalised from the first return on, so no start value is guessed: with S ← λS + (1 − λ)r² and
/// W ← λW + (1 − λ), σ² = S ÷ W. The same as pandas' `ewm(alpha=1 − λ, adjust=True).mean()` of r².
///
/// Units: variance a bar, volatility a square root of a bar, each as shares of the price. An update costs a few nanoseconds.
package struct EwmaVolatility: Sendable {
  private struct Series: BitwiseCopyable, Sendable {
    var sum = 0.0
    var weight = 0.0
    var count: Int64 = 0
  }
  package let decay: EwmaDecay
  /// Returns an instrument must have shown before its volatility counts.
  package let warmUp: Int64
  private var series: [Series]

  /// - Parameter warmUp: 1 … 1,000,000.
  package init(instrumentCount: Int, decay: EwmaDecay, warmUp: Int64) throws(StatisticsError) {
    try Setting.require(warmUp, in: 1...1_000_000, "warm_up")
    try Setting.require(Int64(instrumentCount), in: 0...Int64(Limits.instrumentsMax), "instruments")
    self.decay = decay
    self.warmUp = warmUp
    series = Array(repeating: Series(), count: instrumentCount)
  }

  /// Takes the return of an instrument's newest bar.
  ///
  /// - Precondition: |`simpleReturn`| ≤ `SimpleReturn.most`; what `SimpleReturn.of` gives always is.
  package mutating func update(_ instrument: Int, _ simpleReturn: Double) {
    SimpleReturn.require(simpleReturn)
    series[instrument].sum = decay.past * series[instrument].sum + decay.present * (simpleReturn * simpleReturn)
    series[instrument].weight = decay.past * series[instrument].weight + decay.present
    if series[instrument].count < warmUp { series[instrument].count += 1 }
  }

  /// σ² a bar; nil during warm-up.
  package func variance(_ instrument: Int) -> Double? {
    let series = series[instrument]
    return series.count < warmUp ? nil : series.sum / series.weight
  }

  /// σ a bar; nil during warm-up.
  package func volatility(_ instrument: Int) -> Double? { variance(instrument)?.squareRoot() }

  /// σ a year, √(σ² · bars a year): returns of different bars are taken as uncorrelated. Nil during warm-up.
  package func annualVolatility(_ instrument: Int, barsPerYear: Double) -> Double? {
    variance(instrument).map { ($0 * barsPerYear).squareRoot() }
  }

  package func encodeState(into buffer: inout ByteBuffer) {
    for series in series {
      buffer.appendVarint(UInt64(series.count))
      buffer.appendDouble(series.sum)
      buffer.appendDouble(series.weight)
    }
  }

  /// - Throws: `DecodeError` where bytes are missing or no update could have left them; nothing is changed then.
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    var read = series
    for index in read.indices {
      read[index].count = Int64(try reader.readCount("returns", upTo: Int(warmUp)))
      read[index].sum = try reader.readDouble("ewma variance", in: 0...EwmaLimits.sumMost)
      read[index].weight = try reader.readDouble("ewma weight", in: 0...EwmaLimits.weightMost)
      guard EwmaLimits.isConsistent(weight: read[index].weight, count: read[index].count, decay) else {
        throw .inconsistent("ewma weight")
      }
      guard read[index].count > 0 || read[index].sum == 0 else { throw .inconsistent("ewma variance") }
    }
    series = read
  }
}

/// What sums and weights of an exponentially weighted average can be, with room for the roundings of any number of updates.
enum EwmaLimits {
  static let sumMost = SimpleReturn.most * SimpleReturn.most * 1.001
  static let weightMost = 1.001

  /// The first update leaves 1 − λ, and every later one no less.
  static func isConsistent(weight: Double, count: Int64, _ decay: EwmaDecay) -> Bool {
    count == 0 ? weight == 0 : weight >= decay.present
  }
}
