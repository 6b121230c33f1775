public import Market

/// The sum of volumes, each added where the close rose and taken off where it fell, as TA-Lib's OBV; exact, and in whole units.
///
/// Ready with the first bar, whose volume it begins with. Words: 1 once begun, last close, sum (two).
public struct OnBalanceVolume: Indicator, BitwiseCopyable {
  public init() {}
  public var wordCount: Int { 4 }

  @inline(__always)
  public func update(_ words: inout MutableSpan<UInt64>, at start: Int, with bar: Bar) -> Double? {
    let last = Int64(bitPattern: words[start + 1])
    var sum = words.wide(start + 2)
    if words[start] == 0 || bar.close.nanos > last {
      sum += Int128(bar.volume.nanos)
    } else if bar.close.nanos < last {
      sum -= Int128(bar.volume.nanos)
    }
    words[start] = 1
    words[start + 1] = UInt64(bitPattern: bar.close.nanos)
    words.setWide(start + 2, sum)
    return ExactQuotient.divide(sum, by: FixedPoint.unit)
  }

  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
    words[start + 1] = UInt64(bitPattern: scale.price.nanos(Int64(bitPattern: words[start + 1])))
    words.setWide(start + 2, scale.volume.wide(words.wide(start + 2)))
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool { words[start] <= 1 }
}
