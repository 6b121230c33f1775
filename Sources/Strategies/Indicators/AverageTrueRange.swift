public import Market

/// Wilder's average true range, begun with the plain mean of the first `period` true ranges, as TA-Lib's ATR.
///
/// The first bar has no previous close and so no true range: ready with bar `period + 1`.
///
/// Words: bars seen (counted up to `period + 1`), last close, the average (the sum until ready).
public struct AverageTrueRange: Indicator, BitwiseCopyable {
  public let period: Int

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.period = period
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(checked period: Int) { self.period = period }

  public var wordCount: Int { 3 }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with bar: Bar) -> Double? {
    let seen = words.count(start)
    let last = words.double(start + 1)
    words.setDouble(start + 1, bar.close.units)
    if seen <= period { words.setCount(start, seen + 1) }
    if seen == 0 { return nil }
    let (high, low) = (bar.high.units, bar.low.units)
    let range = max(high - low, (high - last).magnitude, (low - last).magnitude)
    var mean = words.double(start + 2)
    let bars = Double(period)
    if seen > period { mean *= bars - 1 }
    mean += range
    if seen >= period { mean /= bars }
    words.setDouble(start + 2, mean)
    return seen < period ? nil : mean
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words.scale(start + 1, 2, by: scale.price)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool { words[start] <= UInt64(period + 1) }
}
