import Events
import Market

/// Buys when Wilder's relative strength index is oversold and leaves when it has recovered; shorts the mirror image if allowed.
///
/// Levels, not crossings: long at index ≤ oversold, left at ≥ exit; short at ≥ overbought, left at ≤ exit. Where nothing ever moved
/// there is no index to trade. Confidence of an entry: how far the index is from its exit, of the way to 0 or 100.
struct RSIReversion: BlockFormula {
  static let name = "rsi_reversion"
  private static let scale: ParameterDescription.Form = .decimal(0...(100 * FixedPoint.unit))
  static let parameters = [
    ParameterDescription("period", Periods.form(), default: .integer(14), help: "bars of Wilder's averages"),
    ParameterDescription("oversold", scale, default: .decimal(30 * FixedPoint.unit), help: "index at which to buy"),
    ParameterDescription(
      "overbought", scale, default: .decimal(70 * FixedPoint.unit), help: "index at which to go short"),
    ParameterDescription("exit", scale, default: .decimal(50 * FixedPoint.unit), help: "index at which to leave"),
    ParameterDescription("allow_short", .flag, default: .flag(false), help: "go short when overbought"),
  ]

  private let index: Placed<RelativeStrength>
  private let wanted: Placed<WantedPosition>
  private let oversold: Double
  private let overbought: Double
  private let exit: Double
  private let allowsShort: Bool

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    let (low, middle) = (parameters.decimal("oversold"), parameters.decimal("exit"))
    let high = parameters.decimal("overbought")
    guard low < middle else { throw .relation(parameter: "oversold", requirement: "oversold must be less than exit") }
    guard middle < high else { throw .relation(parameter: "exit", requirement: "exit must be less than overbought") }
    index = memory.place(RelativeStrength(period: Int(parameters.integer("period"))))
    wanted = memory.place(WantedPosition())
    oversold = ExactQuotient.divide(low, by: FixedPoint.unit)
    overbought = ExactQuotient.divide(high, by: FixedPoint.unit)
    exit = ExactQuotient.divide(middle, by: FixedPoint.unit)
    allowsShort = parameters.flag("allow_short")
  }

  var featureNames: (first: String, second: String) { ("rsi", "close") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    guard let index = index.update(&words, block, bar.close.units) else { return .warmingUp }
    let wishes = PositionWishes(
      enter: index <= oversold, exit: index >= exit, enterShort: allowsShort && index >= overbought,
      exitShort: index <= exit)
    let direction = wishes.next(after: wanted.direction(words, block))
    guard wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    let way = direction == .long ? (exit - index) / exit : (index - exit) / (100 - exit)
    return .target(
      Target(
        direction, confidence: ExactQuotient.micros(way),
        reason: direction == .flat ? .revertedToMean : direction == .long ? .oversold : .overbought,
        features: (index, bar.close.units)))
  }
}
