import Events
import Market

extension GoldenBars.Row {
  /// The row with the fills that the engine makes of it, as one line of JSON: what the comparison with backtrader reads.
  package func json() throws -> String {
    let scenario = try Scenario(table)
    var stage = try Stage(scenario.configuration, scenario.instruments)
    var fills: [String] = []
    for (bar, step) in scenario.steps.enumerated() {
      try stage.take(step.input)
      for happening in try stage.happenings() {
        guard let fill = happening.body as? Fill else { continue }
        fills.append("[\(bar), \"\(fill.side)\", \(fill.price), \(fill.quantity)]")
      }
    }
    let prices = bars.map { "[\($0.prices.split(separator: "/").joined(separator: ", "))]" }.joined(separator: ", ")
    return
      "{\"row\": \(number), \"order\": \"\(profile)\", \"bars\": [\(prices)], \"direction\": \"\(direction)\", \"is_backtrader\": \(isBacktrader), \"fills\": [\(fills.joined(separator: ", "))]}"
  }
}
