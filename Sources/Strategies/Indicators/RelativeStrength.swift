import Market

/// Wilder's relative strength index, 0 … 100, begun with the plain means of the first `period` changes, as TA-Lib's RSI.
///
/// Ready with input `period + 1`; 0 where nothing ever moved. (Wilder, New Concepts in Technical Trading Systems, 1978.)
///
/// Words: inputs seen (counted up to `period + 1`), last value, average gain, average loss.
public struct RelativeStrength: Indicator, BitwiseCopyable {
  public let period: Int

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.period = period
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(checked period: Int) { self.period = period }

  public var wordCount: Int { 4 }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Double? {
    let seen = words.count(start)
    let change = value - words.double(start + 1)
    words.setDouble(start + 1, value)
    if seen <= period { words.setCount(start, seen + 1) }
    if seen == 0 { return nil }
    var gain = words.double(start + 2)
    var loss = words.double(start + 3)
    let bars = Double(period)
    if seen > period {
      gain *= bars - 1
      loss *= bars - 1
    }
    if change < 0 { loss -= change } else { gain += change }
    if seen >= period {
      gain /= bars
      loss /= bars
    }
    words.setDouble(start + 2, gain)
    words.setDouble(start + 3, loss)
    if seen < period { return nil }
    let whole = gain + loss
    return whole > 0 ? 100 * (gain / whole) : 0
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words.scale(start + 1, 3, by: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool { words[start] <= UInt64(period + 1) }
}
