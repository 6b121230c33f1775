import Events
import Market

/// Long while the fast simple moving average of the close is above the slow one.
///
/// Long is asked for when the fast average was not above the slow one a bar ago and is now; flat, or short with `allow_short`,
/// when it was not below and is now. The first decision is possible one bar after the slow average exists: what came before
/// is not known to have been a crossing. Confidence of an entry: the averages' distance relative to the slow one, one half at 0.1 %.
struct SMACross: BlockFormula {
  static let name = "sma_cross"
  static let parameters = [
    ParameterDescription("fast", Periods.form(), default: .integer(10), help: "bars of the fast average"),
    ParameterDescription("slow", Periods.form(from: 2), default: .integer(30), help: "bars of the slow average"),
    ParameterDescription("allow_short", .flag, default: .flag(false), help: "go short where the average crosses below"),
  ]

  private let fast: Placed<ExactMean>
  private let slow: Placed<ExactMean>
  private let trade: CrossTrade

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    let (fastBars, slowBars) = (Int(parameters.integer("fast")), Int(parameters.integer("slow")))
    guard fastBars < slowBars else { throw .relation(parameter: "fast", requirement: "fast must be less than slow") }
    fast = memory.place(ExactMean(period: fastBars))
    slow = memory.place(ExactMean(period: slowBars))
    trade = CrossTrade(below: parameters.flag("allow_short") ? .short : .flat, memory: &memory)
  }

  var featureNames: (first: String, second: String) { ("fast_average", "slow_average") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    let fastMean = fast.update(&words, block, bar.close.nanos)
    guard let slowMean = slow.update(&words, block, bar.close.nanos), let fastMean else { return .warmingUp }
    return trade.decide(&words, block, bar, fastMean, slowMean)
  }
}
