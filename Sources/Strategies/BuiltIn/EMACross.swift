import Events
import Market

/// Long while the fast exponential moving average of the close is above the slow one; crossings as in `SMACross`.
struct EMACross: BlockFormula {
  static let name = "ema_cross"
  static let parameters = [
    ParameterDescription("fast", Periods.form(), default: .integer(12), help: "bars of the fast average"),
    ParameterDescription("slow", Periods.form(from: 2), default: .integer(26), help: "bars of the slow average"),
    ParameterDescription("allow_short", .flag, default: .flag(false), help: "go short where the average crosses below"),
  ]

  private let fast: Placed<ExponentialMean>
  private let slow: Placed<ExponentialMean>
  private let trade: CrossTrade

  init(parameters: ParameterValues, memory: inout BlockMemory) throws(ParameterError) {
    let (fastBars, slowBars) = (Int(parameters.integer("fast")), Int(parameters.integer("slow")))
    guard fastBars < slowBars else { throw .relation(parameter: "fast", requirement: "fast must be less than slow") }
    fast = memory.place(ExponentialMean(period: fastBars))
    slow = memory.place(ExponentialMean(period: slowBars))
    trade = CrossTrade(below: parameters.flag("allow_short") ? .short : .flat, memory: &memory)
  }

  var featureNames: (first: String, second: String) { ("fast_average", "slow_average") }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar) -> Decision {
    let close = bar.close.units
    let fastMean = fast.update(&words, block, close)
    guard let slowMean = slow.update(&words, block, close), let fastMean else { return .warmingUp }
    return trade.decide(&words, block, bar, fastMean, slowMean)
  }
}
