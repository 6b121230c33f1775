import Market

/// The simple mean of a bar's own field and the bands at a multiple of the population standard deviation, as TA-Lib's BBANDS.
///
/// Words: the mean's, the deviation's.
public struct BollingerBands: Indicator, BitwiseCopyable {
  public struct Value: BitwiseCopyable, Hashable, Sendable {
    public let mean: Double
    public let deviation: Double
    public let lower: Double
    public let upper: Double
    /// How many deviations `value` stands above the mean; 0 where nothing deviates.
    @inline(__always)
    public func score(_ value: Double) -> Double { deviation > 0 ? (value - mean) / deviation : 0 }
  }
  public let multiple: Double
  private let mean: ExactMean
  private let deviation: StandardDeviation

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int, multiple: Double) {
    self.multiple = multiple
    mean = ExactMean(period: period)
    deviation = StandardDeviation(period: period)
  }

  public var wordCount: Int { mean.wordCount + deviation.wordCount }

  /// - Parameter nanos: the field in units of 10⁻⁹.
  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with nanos: Int64) -> Value? {
    let value = ExactQuotient.divide(nanos, by: FixedPoint.unit)
    let deviation = deviation.update(&words, at: start + mean.wordCount, with: value)
    guard let mean = mean.update(&words, at: start, with: nanos), let deviation else { return nil }
    return Value(
      mean: mean, deviation: deviation, lower: mean - multiple * deviation, upper: mean + multiple * deviation)
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    mean.rescale(&words, at: start, by: scale, input: input)
    deviation.rescale(&words, at: start + mean.wordCount, by: scale, input: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    mean.isConsistent(words, at: start) && deviation.isConsistent(words, at: start + mean.wordCount)
  }
}
