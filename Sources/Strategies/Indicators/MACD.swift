/// Moving average convergence and divergence: the line and its own exponential average, the signal, as TA-Lib's MACD.
///
/// Ready when the signal is. Words: the line's, the signal's.
public struct MACD: Indicator, BitwiseCopyable {
  public struct Value: BitwiseCopyable, Hashable, Sendable {
    public let line: Double
    public let signal: Double
    public var histogram: Double { line - signal }
  }
  private let line: MACDLine
  private let signal: ExponentialMean

  /// - Precondition: 1 ≤ fast < slow ≤ `Periods.max`; 1 ≤ signal ≤ `Periods.max`.
  public init(fast: Int, slow: Int, signal: Int) {
    line = MACDLine(fast: fast, slow: slow)
    self.signal = ExponentialMean(period: signal)
  }

  public var wordCount: Int { line.wordCount + signal.wordCount }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Value? {
    guard let line = line.update(&words, at: start, with: value),
      let signal = signal.update(&words, at: start + self.line.wordCount, with: line)
    else { return nil }
    return Value(line: line, signal: signal)
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    line.rescale(&words, at: start, by: scale, input: input)
    signal.rescale(&words, at: start + line.wordCount, by: scale, input: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    line.isConsistent(words, at: start) && signal.isConsistent(words, at: start + line.wordCount)
  }
}
