import Market

/// Simple moving average of a bar's own field: the mean of the last `period` values, from an exact integer sum.
///
/// Nothing drifts, however long the series; equal averages of different periods compare equal.
///
/// Words: position, filled, sum (two), the window.
public struct ExactMean: Indicator, BitwiseCopyable {
  public let period: Int
  private let divisor: Int64

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.period = period
    self.divisor = Int64(period) * FixedPoint.unit
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(checked period: Int) {
    self.period = period
    self.divisor = Int64(truncatingIfNeeded: period &* 1_000_000_000)
  }

  public var wordCount: Int { 4 + period }

  /// - Parameter nanos: the field in units of 10⁻⁹.
  /// - Returns: the mean in whole units, rounded once.
  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with nanos: Int64) -> Double? {
    let position = words.count(start)
    let slot = start + 4 + position
    // A word of a window that isn't full yet is zero, and taking it off changes nothing.
    let sum = words.wide(start + 2) + Int128(nanos) - Int128(Int64(bitPattern: words[slot]))
    words[slot] = UInt64(bitPattern: nanos)
    words.setWide(start + 2, sum)
    words.setCount(start, position + 1 == period ? 0 : position + 1)
    let filled = words.count(start + 1)
    if filled < period {
      words.setCount(start + 1, filled + 1)
      if filled + 1 < period { return nil }
    }
    return ExactQuotient.divide(sum, by: divisor)
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    var sum: Int128 = 0
    for index in start + 4..<start + 4 + period {
      let nanos = input.nanos(Int64(bitPattern: words[index]))
      words[index] = UInt64(bitPattern: nanos)
      sum += Int128(nanos)
    }
    words.setWide(start + 2, sum)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    var sum: Int128 = 0
    for index in start + 4..<start + 4 + period { sum += Int128(Int64(bitPattern: words[index])) }
    return words[start] < UInt64(period) && words[start + 1] <= UInt64(period)
      && words[start + 2] == UInt64(truncatingIfNeeded: sum)
      && words[start + 3] == UInt64(truncatingIfNeeded: sum >> 64)
  }
}

/// The lengths that an indicator may look back.
public enum Periods {
  public static let max = 100_000
  static let allowed = 1...max
  /// As a parameter of a strategy, which counts in whole bars from `least`.
  static func form(from least: Int64 = 1) -> ParameterDescription.Form { .integer(least...Int64(max)) }
}
