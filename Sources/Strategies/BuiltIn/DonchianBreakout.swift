import Events
import Market

/// Buys a close above the highest high of the `entry` bars before it and leaves at a close below the lowest low of the `exit` bars
/// before it; shorts the mirror image if allowed. (The channel rule of Richard Donchian, as the Turtles traded it.)
///
/// Levels, not crossings; the bar itself is not part of the channel it is compared with. Confidence of an entry: how far beyond the
/// channel the close is, relative to the channel's price, one half at 1 %.
struct DonchianBreakout: BlockFormula {
  static let name = "donchian_breakout"
  static let parameters = [
    ParameterDescription("entry", Periods.form(), default: .integer(20), help: "bars of the channel to break out of"),
    ParameterDescription("exit", Periods.form(), default: .integer(10), help: "bars of the channel to leave at"),
    ParameterDescription("allow_short", .flag, default: .flag(false), help: "go short below the channel"),
  ]

  /// An edge of the channel over the bars before this one.
  private struct Edge: Sendable {
    let extreme: Placed<Extreme>
    let previous: Placed<Lag>

    init(_ kind: Extreme.Kind, _ period: Int64, _ memory: inout BlockMemory) {
      extreme = memory.place(Extreme(kind, period: Int(period)))
      previous = memory.place(Lag(period: 1))
    }

    @inline(__always)
    func update(_ words: inout MutableSpan<UInt64>, _ block: Int, _ price: Double) -> Double? {
      guard let now = extreme.update(&words, block, price) else { return nil }
      return previous.update(&words, block, now)
    }
  }

  private let entryTop: Edge
  private let entryBottom: Edge
  private let exitTop: Edge
  private let exitBottom: Edge
  private let wanted: Placed<WantedPosition>
  private let allowsShort: Bool

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    entryTop = Edge(.highest, parameters.integer("entry"), &memory)
    entryBottom = Edge(.lowest, parameters.integer("entry"), &memory)
    exitTop = Edge(.highest, parameters.integer("exit"), &memory)
    exitBottom = Edge(.lowest, parameters.integer("exit"), &memory)
    wanted = memory.place(WantedPosition())
    allowsShort = parameters.flag("allow_short")
  }

  var featureNames: (first: String, second: String) { ("close", "channel") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    let (high, low, close) = (bar.high.units, bar.low.units, bar.close.units)
    let entryTop = entryTop.update(&words, block, high)
    let entryBottom = entryBottom.update(&words, block, low)
    let exitTop = exitTop.update(&words, block, high)
    let exitBottom = exitBottom.update(&words, block, low)
    guard let entryTop, let entryBottom, let exitTop, let exitBottom else { return .warmingUp }
    let wishes = PositionWishes(
      enter: close > entryTop, exit: close < exitBottom, enterShort: allowsShort && close < entryBottom,
      exitShort: close > exitTop)
    let before = wanted.direction(words, block)
    let direction = wishes.next(after: before)
    guard wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    let isUp = direction == .long || (direction == .flat && before == .short)
    let level = direction == .flat ? (isUp ? exitTop : exitBottom) : (isUp ? entryTop : entryBottom)
    return .target(
      Target(
        direction,
        confidence: ExactQuotient.saturation((close - level).magnitude, half: level.magnitude * 0.01),
        reason: isUp ? .brokeOutUp : .brokeOutDown, features: (close, level)))
  }
}
