import Market

/// The value of `period` inputs ago. Words: position, filled, the window.
public struct Lag: Indicator, BitwiseCopyable {
  public let period: Int

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.period = period
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(checked period: Int) { self.period = period }

  public var wordCount: Int { 2 + period }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Double? {
    let wasFull = words.count(start + 1) == period
    let step = words.push(value, start, start + 2, period)
    return wasFull ? step.oldest : nil
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words.scale(start + 2, period, by: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    words[start] < UInt64(period) && words[start + 1] <= UInt64(period)
  }
}
