import Market

/// Population standard deviation of the last `period` values, as TA-Lib's STDDEV.
///
/// Sums are taken of distances to a reference near the values, where squares lose little, and anew every `period` inputs.
/// A window of equal values gives exactly zero.
///
/// Words: position, filled, how many of the newest values are equal, newest, reference, sum, sum of squares, the window.
public struct StandardDeviation: Indicator, BitwiseCopyable {
  public let period: Int

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.period = period
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(checked period: Int) { self.period = period }

  public var wordCount: Int { 7 + period }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Double? {
    let window = start + 7
    let wasFull = words.count(start + 1) == period
    if words.count(start + 1) == 0 { words.setDouble(start + 4, value) }
    let isEqual = words.count(start + 2) > 0 && words.double(start + 3) == value
    let equalCount = isEqual ? min(words.count(start + 2) + 1, period) : 1
    words.setCount(start + 2, equalCount)
    words.setDouble(start + 3, value)
    let step = words.push(value, start, window, period)
    var sum = words.double(start + 5)
    var squares = words.double(start + 6)
    if step.isRoundDone {
      words.setDouble(start + 4, value)
      sum = 0
      squares = 0
      for index in window..<window + period {
        let distance = words.double(index) - value
        sum += distance
        squares += distance * distance
      }
    } else {
      let reference = words.double(start + 4)
      let distance = value - reference
      sum += distance
      squares += distance * distance
      if wasFull {
        let gone = step.oldest - reference
        sum -= gone
        squares -= gone * gone
      }
    }
    words.setDouble(start + 5, sum)
    words.setDouble(start + 6, squares)
    if !step.isFull { return nil }
    if equalCount == period { return 0 }
    let bars = Double(period)
    let mean = sum / bars
    let variance = squares / bars - mean * mean
    return variance > 0 ? variance.squareRoot() : 0
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words.scale(start + 3, 3, by: input)
    // Squares take the ratio twice.
    words.scale(start + 6, 1, by: input)
    words.scale(start + 6, 1, by: input)
    words.scale(start + 7, period, by: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    words[start] < UInt64(period) && words[start + 1] <= UInt64(period) && words[start + 2] <= UInt64(period)
  }
}
