import Market

/// Linearly weighted moving average: the newest of `period` values counts `period` times, the oldest once, as TA-Lib's WMA.
///
/// Summed anew every `period` inputs, as `MovingMean`. Words: position, filled, sum, weighted sum, the window.
public struct WeightedMean: Indicator, BitwiseCopyable {
  public let period: Int
  private let divisor: Double

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.period = period
    self.divisor = Double(period * (period + 1) / 2)
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(checked period: Int) {
    self.period = period
    self.divisor = Double(period &* (period &+ 1) / 2)
  }

  public var wordCount: Int { 4 + period }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Double? {
    let window = start + 4
    let filled = words.count(start + 1)
    let step = words.push(value, start, window, period)
    var sum = words.double(start + 2)
    var weighted = words.double(start + 3)
    if step.isRoundDone {
      sum = 0
      weighted = 0
      for index in 0..<period {
        let member = words.double(window + index)
        sum += member
        weighted += Double(index + 1) * member
      }
    } else if filled == period {
      // Every member loses one weight, then the newest comes in with all of them.
      weighted = weighted - sum + Double(period) * value
      sum = sum + value - step.oldest
    } else {
      weighted += Double(filled + 1) * value
      sum += value
    }
    words.setDouble(start + 2, sum)
    words.setDouble(start + 3, weighted)
    return step.isFull ? weighted / divisor : nil
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words.scale(start + 2, 2 + period, by: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    words[start] < UInt64(period) && words[start + 1] <= UInt64(period)
  }
}
