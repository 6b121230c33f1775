import Events
import Market

/// The direction a strategy last asked for; what makes a target out of a wish is that it differs from this.
///
/// Word: the raw value of `Direction`; flat at first.
struct WantedPosition: FlatState, BitwiseCopyable {
  var wordCount: Int { 1 }
  func rescale(
    _ words: inout MutableSpan<UInt64>, at start: Int, by scale: HistoryScale, input: ScaleRatio
  ) {
  }

  func isConsistent(_ words: Span<UInt64>, at start: Int) -> Bool { words[start] <= 2 }
}

extension Placed where Part == WantedPosition {
  @inline(__always)
  func direction(_ words: borrowing MutableSpan<UInt64>, _ block: Int) -> Direction {
    switch words[block &+ offset] {
    case 1: .long
    case 2: .short
    default: .flat
    }
  }
  /// - Returns: false where this was wanted already, and on historical bars: no order may come from one, so a wish uttered then would be lost.
  @inline(__always)
  func change(_ words: inout MutableSpan<UInt64>, _ block: Int, to direction: Direction, on bar: Bar) -> Bool {
    let raw = UInt64(direction.rawValue)
    if words[block &+ offset] == raw || bar.isHistorical { return false }
    words[block &+ offset] = raw
    return true
  }
}
