import Events
import Market

/// Long from the first bar on that may be traded, for ever: the yardstick for all others. Features: that bar's close, and nothing.
struct BuyAndHold: BlockFormula {
  static let name = "buy_and_hold"
  static let parameters: [ParameterDescription] = []

  private let wanted: Placed<WantedPosition>

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    wanted = memory.place(WantedPosition())
  }

  var featureNames: (first: String, second: String) { ("first_close", "none") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    guard wanted.change(&words, block, to: .long, on: bar) else { return .hold }
    return .target(Target(.long, reason: .firstBar, firstFeature: bar.close.nanos))
  }
}
