import Events
import Market

/// Time-series momentum: long while the return over `lookback` bars is above the threshold, short (if allowed) while it is below
/// the negative threshold, flat between. (Moskowitz, Ooi, Pedersen, Time series momentum, 2012.)
///
/// A level, not a crossing: the first bar with a return may already ask for a position. Where the old close is not positive there
/// is no return, and what was wanted stands. Confidence of an entry: the size of the return, one half at 5 %.
struct Momentum: BlockFormula {
  static let name = "momentum"
  static let parameters = [
    ParameterDescription(
      "lookback", Periods.form(), default: .integer(126), help: "bars over which the return is taken"),
    ParameterDescription(
      "threshold", .decimal(0...(10 * FixedPoint.unit)), default: .decimal(0),
      help: "least return, 0.05 for 5 %, that asks for a position"),
    ParameterDescription("allow_short", .flag, default: .flag(false), help: "go short on falling prices"),
  ]

  private let past: Placed<Lag>
  private let wanted: Placed<WantedPosition>
  private let threshold: Double
  private let allowsShort: Bool

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    past = memory.place(Lag(period: Int(parameters.integer("lookback"))))
    wanted = memory.place(WantedPosition())
    threshold = ExactQuotient.divide(parameters.decimal("threshold"), by: FixedPoint.unit)
    allowsShort = parameters.flag("allow_short")
  }

  var featureNames: (first: String, second: String) { ("return", "threshold") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    let close = bar.close.units
    guard let old = past.update(&words, block, close) else { return .warmingUp }
    if old <= 0 { return .hold }
    let change = close / old - 1
    let direction: Direction = change > threshold ? .long : allowsShort && change < -threshold ? .short : .flat
    guard wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    return .target(
      Target(
        direction, confidence: ExactQuotient.saturation(change.magnitude, half: 0.05),
        reason: change > threshold ? .momentumUp : .momentumDown, features: (change, threshold)))
  }
}
