import Core

/// Prints what updates cost, in nanoseconds, the best of five runs. Time is printed, never compared.
func printCosts() throws {
  let decay = try EwmaDecay(lambdaMicros: 940_000)
  for count in [5, 20, 64] {
    var covariance = try EwmaCovariance(instrumentCount: count, decay: decay, warmUp: 20)
    let returns = (0..<count).map { Double($0 % 7 - 3) * 0.003 }
    let weights = Array(repeating: 1 / Double(count), count: count)
    printCost("covariance of \(count)") { covariance.update(returns.span, present: .max) }
    printCost("portfolio variance of \(count)") { _ = covariance.portfolioVariance(weights.span) }
  }
  var volatility = try EwmaVolatility(instrumentCount: 1, decay: decay, warmUp: 20)
  printCost("volatility") { volatility.update(0, 0.01) }
  var kelly = try KellyEstimate(window: 250, sampleMin: 20, fractionMicros: 500_000, capMicros: 1_000_000)
  var turn: Int64 = 0
  printCost("Kelly") {
    turn &+= 1
    kelly.update(returnNanos: turn & 1023)
    _ = kelly.shareMicros
  }
  var stability = try PopulationStability(referenceCount: 500, windowCount: 250, binning: .equalFrequency)
  printCost("PSI update") {
    turn &+= 7_919
    stability.update(micros: turn % 1_000_000)
  }
  printCost("PSI index") { _ = stability.indexMicros }
  var test = try PageHinkley(PageHinkley.Settings())
  printCost("Page-Hinkley") { _ = test.update(micros: 500_000) }
}

private func printCost(_ name: String, _ body: () -> Void) {
  let (rounds, clock) = (200_000, ContinuousClock())
  var best = Duration.seconds(1_000)
  for _ in 0..<5 { best = min(best, clock.measure { for _ in 0..<rounds { body() } }) }
  print("\(name),\((best / rounds).attoseconds / 1_000_000_000) ns")
}
