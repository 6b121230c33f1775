import Glibc

/// Statistics of a series of returns, each defined as in empyrical-reloaded (`stats.py`), with a risk-free rate and a required
/// return of zero. `tools/parity/report_check.py` compares them with that package.
struct ReturnStatistics {
  /// One return a period, as a share: 0.01 is one per cent.
  let returns: [Double]
  let periodsPerYear: Double

  /// Product of all 1 + r, less one (`cum_returns_final`).
  var total: Double? {
    if returns.isEmpty { return nil }
    var growth = 1.0
    for value in returns { growth *= 1 + value }
    return growth - 1
  }

  /// Compound annual growth rate, over as many periods as there are returns (`annual_return`).
  var annual: Double? {
    guard let total, total > -1 else { return nil }
    return pow(1 + total, periodsPerYear / Double(returns.count)) - 1
  }

  var mean: Double? { returns.isEmpty ? nil : returns.reduce(0, +) / Double(returns.count) }

  /// Sample deviation, n − 1.
  var deviation: Double? {
    guard returns.count > 1, let mean else { return nil }
    var squares = 0.0
    for value in returns { squares += (value - mean) * (value - mean) }
    return (squares / Double(returns.count - 1)).squareRoot()
  }

  /// Deviation times the root of the periods in a year (`annual_volatility`).
  var annualVolatility: Double? { deviation.map { $0 * periodsPerYear.squareRoot() } }

  /// Mean over deviation, times the root of the periods in a year (`sharpe_ratio`); nil where nothing varied.
  var sharpe: Double? {
    guard let mean, let deviation, deviation > 0 else { return nil }
    return mean / deviation * periodsPerYear.squareRoot()
  }

  /// Mean times periods over the annualised root mean square of the returns below zero (`sortino_ratio`, `downside_risk`); nil where
  /// none was below.
  var sortino: Double? {
    guard returns.count > 1, let mean else { return nil }
    var squares = 0.0
    for value in returns where value < 0 { squares += value * value }
    let downside = (squares / Double(returns.count)).squareRoot() * periodsPerYear.squareRoot()
    return downside > 0 ? mean * periodsPerYear / downside : nil
  }

  /// Compound annual growth over the largest loss from a peak (`calmar_ratio`); nil where there was none.
  func calmar(drawdown: Double?) -> Double? {
    guard let annual, let drawdown, drawdown > 0 else { return nil }
    return annual / drawdown
  }
}
