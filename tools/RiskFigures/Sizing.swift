import Core
import Market
import Strategies

func printLogarithms() { eachLine { print(NaturalLog.of($0.number(0))) } }

func printHalfLives() throws {
  try eachLine { fields throws(StatisticsError) in print(try EwmaDecay(halfLifeBars: fields.integer(0)).past) }
}

/// A return a line; prints variance, volatility and annual volatility.
func printVolatilities(_ arguments: Arguments) throws {
  var ewma = try EwmaVolatility(
    instrumentCount: 1, decay: EwmaDecay(lambdaMicros: arguments.integer("lambda")),
    warmUp: arguments.integer("warm_up"))
  let barsPerYear = Double(arguments.integer("bars_per_year"))
  eachLine { fields in
    ewma.update(0, fields.number(0))
    let annual = ewma.annualVolatility(0, barsPerYear: barsPerYear)
    print([ewma.variance(0), ewma.volatility(0), annual].map(shown).joined(separator: ","))
  }
}

/// A slot a line, one return an instrument, empty where it has no bar. Prints the variance and scale of a portfolio whose weights are −1, 2, −3 … ÷ n,
/// the lower triangle, and every `every`th line the outcome and weights of risk parity.
func printCovariances(_ arguments: Arguments) throws {
  let count = Int(arguments.integer("instruments"))
  var covariance = try EwmaCovariance(
    instrumentCount: count, decay: EwmaDecay(lambdaMicros: arguments.integer("lambda")),
    warmUp: arguments.integer("warm_up"))
  var parity = RiskWeights(instrumentCount: count)
  let weights = (1...count).map { (place: Int) -> Double in
    let size = Double(place) / Double(count)
    return place % 2 == 1 ? -size : size
  }
  let every = arguments.integer("every")
  var line: Int64 = 0
  eachLine { fields in
    line += 1
    var present: UInt64 = 0
    let returns = (0..<count).map { index in
      if fields.double(index) != nil { present |= 1 << UInt64(index) }
      return fields.double(index) ?? 0
    }
    covariance.update(returns.span, present: present)
    let scale = VolatilityTarget.portfolioScale(
      targetMicros: 100_000, weights: weights.span, covariance: covariance, slotsPerYear: 252, capMicros: 2_000_000)
    var columns = [shown(covariance.portfolioVariance(weights.span)), shown(scale)]
    for row in 0..<count {
      for column in 0...row { columns.append("\(covariance.covariance(row, column))") }
    }
    if line % every == 0 {
      columns.append("\(parity.setRiskParity(covariance, members: .max))")
      columns += parity.weights.map { "\($0)" } + parity.micros.map { "\($0)" }
    }
    print(columns.joined(separator: ","))
  }
}

/// A bar a line: open, high, low, close; prints ATR ÷ close.
func printRangeShares(_ arguments: Arguments) throws {
  var share = try TrueRangeShare(instrumentCount: 1, period: Int(arguments.integer("period")))
  var line: Int64 = 0
  try eachLine { fields throws in
    line += 1
    let prices = try (0..<4).map { try String(fields.texts[$0]).fixedPointNanos() }
    share.update(
      try Bar(
        instrument: InstrumentIndex(0), openTime: Timestamp(nanos: line), durationNanos: 1,
        open: Price(nanos: prices[0]), high: Price(nanos: prices[1]), low: Price(nanos: prices[2]),
        close: Price(nanos: prices[3]), volume: .zero, source: .stdin))
    print(shown(share.share(0)))
  }
}

/// Target in millionths, volatility, cap in millionths; prints millionths of equity.
func printTargets() {
  eachLine { fields in
    print(
      VolatilityTarget.share(
        targetMicros: fields.integer(0), volatility: fields.number(1), capMicros: fields.integer(2)))
  }
}

/// Equity in nanos, risk in millionths, stop distance and multiplier in nanos; prints nanos of a unit.
func printRiskPerTrade() {
  eachLine { fields in
    print(
      RiskPerTrade.units(
        equity: fields.integer(0, as: Int128.self), riskMicros: fields.integer(1),
        stopDistance: Price(nanos: fields.integer(2)), multiplier: fields.integer(3)
      ).nanos)
  }
}

/// A volatility an instrument; prints weights, then the same in millionths.
func printInverseVolatility() {
  eachLine { fields in
    let volatilities = (0..<fields.count).map { fields.number($0) }
    var weights = RiskWeights(instrumentCount: fields.count)
    weights.setInverseVolatility(volatilities.span)
    print((weights.weights.map { "\($0)" } + weights.micros.map { "\($0)" }).joined(separator: ","))
  }
}

/// A return in nanos a line; prints millionths of equity.
func printKelly(_ arguments: Arguments) throws {
  var estimate = try KellyEstimate(
    window: arguments.integer("window"), sampleMin: arguments.integer("sample_min"),
    fractionMicros: arguments.integer("fraction"), capMicros: arguments.integer("cap"))
  eachLine { fields in
    estimate.update(returnNanos: fields.integer(0))
    print(shown(estimate.shareMicros))
  }
}
