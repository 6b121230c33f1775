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
  /// Only where shorts are allowed.
  private let short: (entryBottom: Edge, exitTop: Edge)?
  private let exitBottom: Edge
  private let wanted: Placed<WantedPosition>

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    entryTop = Edge(.highest, parameters.integer("entry"), &memory)
    short =
      parameters.flag("allow_short")
      ? (
        entryBottom: Edge(.lowest, parameters.integer("entry"), &memory),
        exitTop: Edge(.highest, parameters.integer("exit"), &memory)
      ) : nil
    exitBottom = Edge(.lowest, parameters.integer("exit"), &memory)
    wanted = memory.place(WantedPosition())
  }

  var featureNames: (first: String, second: String) { ("close", "channel") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    let (high, low, close) = (bar.high.units, bar.low.units, bar.close.units)
    let entryTop = entryTop.update(&words, block, high)
    let exitBottom = exitBottom.update(&words, block, low)
    let entryBottom = short?.entryBottom.update(&words, block, low)
    let exitTop = short?.exitTop.update(&words, block, high)
    guard let entryTop, let exitBottom else { return .warmingUp }
    var wishes = PositionWishes(enter: close > entryTop, exit: close < exitBottom, enterShort: false, exitShort: false)
    if let entryBottom, let exitTop {
      wishes.enterShort = close < entryBottom
      wishes.exitShort = close > exitTop
    }
    let before = wanted.direction(words, block)
    let direction = wishes.next(after: before)
    guard wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    let isUp = direction == .long || (direction == .flat && before == .short)
    let level: Double
    switch (direction, before) {
    case (.long, _): level = entryTop
    case (.short, _): level = entryBottom ?? close
    case (.flat, .short): level = exitTop ?? close
    case (.flat, _): level = exitBottom
    }
    return .target(
      Target(
        direction,
        confidence: ExactQuotient.saturation((close - level).magnitude, half: level.magnitude * 0.01),
        reason: isUp ? .brokeOutUp : .brokeOutDown, features: (close, level)))
  }
}
