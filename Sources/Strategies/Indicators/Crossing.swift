/// How two series crossed between the previous input and this one.
public enum Cross: BitwiseCopyable, Sendable {
  case none
  /// The first was not above the second, and is now.
  case above
  /// The first was not below the second, and is now.
  case below
}

/// Watches the relation of two numbers from one input to the next.
///
/// Ready from the second input on. Word: 0 nothing seen, 1 was below, 2 was equal, 3 was above.
public struct Crossing: Indicator, BitwiseCopyable {
  public init() {}
  public var wordCount: Int { 1 }

  @inline(__always)
  public func update(
    _ words: inout MutableSpan<UInt64>, at start: Int, with pair: (first: Double, second: Double)
  ) -> Cross? {
    let previous = words[start]
    let relation: UInt64 = pair.first > pair.second ? 3 : pair.first < pair.second ? 1 : 2
    words[start] = relation
    if previous == 0 { return nil }
    if relation == previous || relation == 2 { return Cross.none }
    return relation == 3 ? .above : .below
  }

  /// Both sides are of one kind, so that what was above stays above.
  public func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
  }

  public func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool { words[start] <= 3 }
}
