public import Market

/// Where the close stands between the lowest low and the highest high of `period` bars, 0 … 100, smoothed twice by simple means, as TA-Lib's STOCH.
///
/// 0 where high and low are equal. Words: the extremes', the two means'.
public struct Stochastic: Indicator, BitwiseCopyable {
  public struct Value: BitwiseCopyable, Hashable, Sendable {
    /// Slow %K.
    public let line: Double
    /// Slow %D.
    public let signal: Double
  }
  private let highest: Extreme
  private let lowest: Extreme
  private let line: MovingMean
  private let signal: MovingMean

  /// - Precondition: all within 1 … `Periods.max`.
  public init(period: Int, smoothing: Int, signal: Int) {
    highest = Extreme(.highest, period: period)
    lowest = Extreme(.lowest, period: period)
    line = MovingMean(period: smoothing)
    self.signal = MovingMean(period: signal)
  }

  public var wordCount: Int { signalOffset + signal.wordCount }
  private var lineOffset: Int { highest.wordCount + lowest.wordCount }
  private var signalOffset: Int { lineOffset + line.wordCount }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with bar: Bar) -> Value? {
    let top = highest.update(&words, at: start, with: bar.high.units)
    let bottom = lowest.update(&words, at: start + highest.wordCount, with: bar.low.units)
    guard let top, let bottom else { return nil }
    let raw = top > bottom ? (bar.close.units - bottom) / (top - bottom) * 100 : 0
    guard let line = line.update(&words, at: start + lineOffset, with: raw),
      let signal = signal.update(&words, at: start + signalOffset, with: line)
    else { return nil }
    return Value(line: line, signal: signal)
  }

  /// The two means are of shares, which stay.
  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    highest.rescale(&words, at: start, by: scale, input: scale.price)
    lowest.rescale(&words, at: start + highest.wordCount, by: scale, input: scale.price)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    highest.isConsistent(words, at: start) && lowest.isConsistent(words, at: start + highest.wordCount)
      && line.isConsistent(words, at: start + lineOffset) && signal.isConsistent(words, at: start + signalOffset)
  }
}
