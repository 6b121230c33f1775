import Events
import Market

/// Buys a close that is `entry` standard deviations below its mean and leaves when it is back within `exit` of it; shorts the mirror image
/// if allowed.
///
/// Levels, not crossings: long at z ≤ −entry, left at z ≥ −exit; short at z ≥ entry, left at z ≤ exit. Where nothing deviates z is 0.
/// Confidence of an entry: the size of z, one half at the entry.
struct ZScoreReversion: BlockFormula {
  static let name = "mean_reversion_zscore"
  static let parameters = [
    ParameterDescription("period", Periods.form(from: 2), default: .integer(20), help: "bars of mean and deviation"),
    ParameterDescription(
      "entry", .decimal(1...(100 * FixedPoint.unit)), default: .decimal(2 * FixedPoint.unit),
      help: "standard deviations from the mean at which to enter"),
    ParameterDescription(
      "exit", .decimal(0...(100 * FixedPoint.unit)), default: .decimal(FixedPoint.unit / 2),
      help: "standard deviations from the mean at which to leave"),
    ParameterDescription("allow_short", .flag, default: .flag(false), help: "go short far above the mean"),
  ]

  private let bands: Placed<BollingerBands>
  private let wanted: Placed<WantedPosition>
  private let entry: Double
  private let exit: Double
  private let allowsShort: Bool

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    guard parameters.decimal("exit") < parameters.decimal("entry") else {
      throw .relation(parameter: "exit", requirement: "exit must be less than entry")
    }
    bands = memory.place(BollingerBands(period: Int(parameters.integer("period")), multiple: 0))
    wanted = memory.place(WantedPosition())
    entry = ExactQuotient.divide(parameters.decimal("entry"), by: FixedPoint.unit)
    exit = ExactQuotient.divide(parameters.decimal("exit"), by: FixedPoint.unit)
    allowsShort = parameters.flag("allow_short")
  }

  var featureNames: (first: String, second: String) { ("z_score", "mean") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    guard let bands = bands.update(&words, block, bar.close.nanos) else { return .warmingUp }
    let score = bands.score(bar.close.units)
    let wishes = PositionWishes(
      enter: score <= -entry, exit: score >= -exit, enterShort: allowsShort && score >= entry, exitShort: score <= exit)
    let direction = wishes.next(after: wanted.direction(words, block))
    guard wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    return .target(
      Target(
        direction, confidence: ExactQuotient.saturation(score.magnitude, half: entry),
        reason: direction == .flat ? .revertedToMean : direction == .long ? .oversold : .overbought,
        features: (score, bands.mean)))
  }
}
