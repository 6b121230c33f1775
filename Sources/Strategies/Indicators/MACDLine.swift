import Market

/// The difference of a fast and a slow exponential average, both begun so that they have their first value together, as TA-Lib's MACD.
///
/// Words: inputs that the fast average has not been given, the fast average, the slow one.
public struct MACDLine: Indicator, BitwiseCopyable {
  private let skipCount: Int
  private let fast: ExponentialMean
  private let slow: ExponentialMean

  /// - Precondition: 1 ≤ fast < slow ≤ `Periods.max`.
  public init(fast: Int, slow: Int) {
    invariant(fast < slow, "the fast average is faster", Int64(fast), Int64(slow))
    self.fast = ExponentialMean(period: fast)
    self.slow = ExponentialMean(period: slow)
    self.skipCount = slow - fast
  }

  /// For periods that were checked when it was compiled into a program.
  @inline(__always)
  init(checkedFast fast: Int, slow: Int) {
    self.fast = ExponentialMean(checked: fast)
    self.slow = ExponentialMean(checked: slow)
    self.skipCount = slow &- fast
  }

  public var wordCount: Int { 1 + fast.wordCount + slow.wordCount }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Double? {
    let slowMean = slow.update(&words, at: start + 1 + fast.wordCount, with: value)
    let skipped = words.count(start)
    if skipped < skipCount {
      words.setCount(start, skipped + 1)
      return nil
    }
    guard let fastMean = fast.update(&words, at: start + 1, with: value), let slowMean else { return nil }
    return fastMean - slowMean
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    fast.rescale(&words, at: start + 1, by: scale, input: input)
    slow.rescale(&words, at: start + 1 + fast.wordCount, by: scale, input: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    words[start] <= UInt64(skipCount) && fast.isConsistent(words, at: start + 1)
      && slow.isConsistent(words, at: start + 1 + fast.wordCount)
  }
}
