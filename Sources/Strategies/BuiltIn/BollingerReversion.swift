import Events
import Market

/// Buys a close below the lower Bollinger band and leaves at the mean; shorts above the upper band if allowed.
///
/// Levels, not crossings: long at close < lower band, left at close ≥ mean; short at close > upper band, left at close ≤ mean.
/// Confidence of an entry: the distance from the mean in deviations, one half at the band.
struct BollingerReversion: BlockFormula {
  static let name = "bollinger_reversion"
  static let parameters = [
    ParameterDescription("period", Periods.form(from: 2), default: .integer(20), help: "bars of mean and deviation"),
    ParameterDescription(
      "deviations", .decimal(1...(100 * FixedPoint.unit)), default: .decimal(2 * FixedPoint.unit),
      help: "standard deviations from the mean to a band"),
    ParameterDescription("allow_short", .flag, default: .flag(false), help: "go short above the upper band"),
  ]

  private let bands: Placed<BollingerBands>
  private let wanted: Placed<WantedPosition>
  private let allowsShort: Bool

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    let multiple = ExactQuotient.divide(parameters.decimal("deviations"), by: FixedPoint.unit)
    bands = memory.place(BollingerBands(period: Int(parameters.integer("period")), multiple: multiple))
    wanted = memory.place(WantedPosition())
    allowsShort = parameters.flag("allow_short")
  }

  /// The level is the band on the way in, the mean on the way out.
  var featureNames: (first: String, second: String) { ("close", "level") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    let close = bar.close.units
    guard let value = bands.update(&words, block, bar.close.nanos) else { return .warmingUp }
    let wishes = PositionWishes(
      enter: close < value.lower, exit: close >= value.mean, enterShort: allowsShort && close > value.upper,
      exitShort: close <= value.mean)
    let direction = wishes.next(after: wanted.direction(words, block))
    guard wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    let level = direction == .flat ? value.mean : direction == .long ? value.lower : value.upper
    return .target(
      Target(
        direction,
        confidence: ExactQuotient.saturation(value.score(close).magnitude, half: bands.part.multiple),
        reason: direction == .flat ? .revertedToMean : direction == .long ? .oversold : .overbought,
        features: (close, level)))
  }
}
