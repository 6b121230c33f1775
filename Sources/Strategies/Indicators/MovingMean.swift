import Market

/// Simple moving average of any series of numbers.
///
/// A running sum of doubles drifts, so the window is summed anew, oldest first, every `period` inputs.
/// For a bar's own field `ExactMean` is exact and as fast.
///
/// Words: position, filled, sum, the window.
public struct MovingMean: Indicator, BitwiseCopyable {
  public let period: Int

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.period = period
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(checked period: Int) { self.period = period }

  public var wordCount: Int { 3 + period }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Double? {
    let window = start + 3
    let step = words.push(value, start, window, period)
    var sum = words.double(start + 2) + value - step.oldest
    if step.isRoundDone {
      sum = 0
      for index in window..<window + period { sum += words.double(index) }
    }
    words.setDouble(start + 2, sum)
    return step.isFull ? sum / Double(period) : nil
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words.scale(start + 2, 1 + period, by: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    words[start] < UInt64(period) && words[start + 1] <= UInt64(period)
  }
}

/// What happened to a window of numbers when one was added.
struct WindowStep: BitwiseCopyable {
  /// What fell out; zero where the window wasn't full.
  let oldest: Double
  let isFull: Bool
  /// The window has just been filled from its first word to its last: its words stand oldest first.
  let isRoundDone: Bool
}

extension MutableSpan where Element == UInt64 {
  /// Puts `value` into a window of `period` words at `window`, whose position and fill are the words `start` and `start + 1`.
  @inline(__always)
  mutating func push(_ value: Double, _ start: Int, _ window: Int, _ period: Int) -> WindowStep {
    let position = count(start)
    let filled = count(start + 1)
    let oldest = double(window + position)
    setDouble(window + position, value)
    let isRoundDone = position + 1 == period
    setCount(start, isRoundDone ? 0 : position + 1)
    if filled < period { setCount(start + 1, filled + 1) }
    return WindowStep(oldest: oldest, isFull: filled + 1 >= period, isRoundDone: isRoundDone)
  }
}
