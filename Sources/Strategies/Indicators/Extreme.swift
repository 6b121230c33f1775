import Market

/// The highest or lowest of the last `period` values, as TA-Lib's MAX and MIN.
///
/// Keeps only values that can still become the extreme, in a ring that is monotonic from its head to its tail.
///
/// Words: head, count, inputs seen, then `period` values and `period` numbers of the inputs they came with.
///
/// - Complexity: constant on average over a series.
public struct Extreme: Indicator, BitwiseCopyable {
  public enum Kind: BitwiseCopyable, Sendable {
    case highest
    case lowest
  }
  public let kind: Kind
  public let period: Int

  /// - Precondition: 1 ≤ period ≤ `Periods.max`.
  public init(_ kind: Kind, period: Int) {
    invariant(Periods.allowed.contains(period), "a period is within range", Int64(period))
    self.kind = kind
    self.period = period
  }

  /// For a period that was checked when it was compiled into a program.
  @inline(__always)
  init(_ kind: Kind, checked period: Int) {
    self.kind = kind
    self.period = period
  }

  public var wordCount: Int { 3 + 2 * period }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with value: Double) -> Double? {
    let values = start + 3
    let numbers = values + period
    var head = words.count(start)
    var count = words.count(start + 1)
    let number = words.count(start + 2)
    words.setCount(start + 2, number + 1)
    if count > 0, words.count(numbers + head) + period <= number {
      head = wrapped(head + 1)
      count -= 1
    }
    while count > 0 {
      let tail = words.double(values + wrapped(head + count - 1))
      // Of equal values the newest stays longest, so the older ones go.
      if kind == .highest ? tail > value : tail < value { break }
      count -= 1
    }
    let place = wrapped(head + count)
    words.setDouble(values + place, value)
    words.setCount(numbers + place, number)
    words.setCount(start, head)
    words.setCount(start + 1, count + 1)
    return number + 1 < period ? nil : words.double(values + head)
  }

  @inline(__always)
  private func wrapped(_ place: Int) -> Int { place >= period ? place - period : place }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words.scale(start + 3, period, by: input)
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool {
    let (head, count, seen) = (words[start], words[start + 1], words[start + 2])
    guard head < UInt64(period), count <= UInt64(period), seen <= UInt64(Int64.max / 2) else { return false }
    for index in start + 3 + period..<start + 3 + 2 * period where words[index] > seen { return false }
    return true
  }
}
