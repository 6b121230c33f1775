import Market

/// Exponential moving average with weight 2 / (period + 1), begun with the simple mean of the first `period` values, as TA-Lib's EMA.
///
/// Words: how many inputs of the first `period` were seen, the average (their sum until then).
public struct ExponentialMean: Indicator, BitwiseCopyable {
  public let period: Int
  private let weight: Double

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.period = period
    self.weight = 2 / Double(period + 1)
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(checked period: Int) {
    self.period = period
    self.weight = 2 / Double(period &+ 1)
  }

  public var wordCount: Int { 2 }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Double? {
    let seen = words.count(start)
    let last = words.double(start + 1)
    if seen == period {
      let mean = (value - last) * weight + last
      words.setDouble(start + 1, mean)
      return mean
    }
    words.setCount(start, seen + 1)
    let sum = last + value
    let isReady = seen + 1 == period
    let mean = isReady ? sum / Double(period) : sum
    words.setDouble(start + 1, mean)
    return isReady ? mean : nil
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words.scale(start + 1, 1, by: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool { words[start] <= UInt64(period) }
}
