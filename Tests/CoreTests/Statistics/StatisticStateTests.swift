import Core
import Market
import Testing

/// Goal: a statistic can be written behind any update and another value goes on from the bytes identically; bytes that are no state are
/// refused and change nothing; bytes that pass bring in nothing that traps or is no number. Method: random inputs with a twin restored before
/// each of them; then states cut, flipped, and overwritten with the doubles that do harm.
@Suite("State of statistics")
struct StatisticStateTests {
  private func check<Statistic: StatefulStatistic>(
    _ fresh: Statistic, seed: UInt64, _ step: @escaping (inout Statistic, inout SeededRandom) -> [Double?]
  ) throws {
    var random = SeededRandom.reported(seed: seed, "\(Statistic.self)")
    let trial = StatisticTrial(fresh: fresh, step: step)
    try trial.goesOn(steps: 250, &random)
    try trial.survives(rounds: 2_000, &random)
  }

  static let seeds: [UInt64] = [1, .random(in: 0 ... .max)]

  @Test("EWMA volatility", arguments: seeds)
  func volatility(_ seed: UInt64) throws {
    let decay = try EwmaDecay(lambdaMicros: 940_000)
    try check(try EwmaVolatility(instrumentCount: 3, decay: decay, warmUp: 20), seed: seed) { ewma, random in
      ewma.update(Int(random.next() % 3), [0.01, -1, SimpleReturn.most].picked(by: &random) * random.nextShare())
      return (0..<3).flatMap { [ewma.variance($0), ewma.annualVolatility($0, barsPerYear: 252)] }
    }
  }

  @Test("EWMA covariance and the weights made of it", arguments: seeds)
  func covariance(_ seed: UInt64) throws {
    let decay = try EwmaDecay(halfLifeBars: 10)
    try check(try EwmaCovariance(instrumentCount: 4, decay: decay, warmUp: 15), seed: seed) { covariance, random in
      let present = random.next() & 0b1111
      let returns = (0..<4).map { present >> UInt64($0) & 1 == 1 ? random.nextNormal() * 0.01 : 0 }
      covariance.update(returns.span, present: present)
      let weights = (0..<4).map { _ in random.nextNormal() }
      var parity = RiskWeights(instrumentCount: 4)
      let outcome = parity.setRiskParity(covariance, members: .max)
      #expect(parity.micros.reduce(0, +) == (outcome == .empty ? 0 : 1_000_000))
      #expect(parity.micros.allSatisfy { $0 >= 0 })
      let scale = VolatilityTarget.portfolioScale(
        targetMicros: 100_000, weights: weights.span, covariance: covariance, slotsPerYear: 252, capMicros: 1_000_000)
      return [covariance.portfolioVariance(weights.span), scale.map(Double.init)] + parity.weights.map { $0 }
    }
  }

  @Test("true range share", arguments: seeds)
  func rangeShare(_ seed: UInt64) throws {
    try check(try TrueRangeShare(instrumentCount: 2, period: 14), seed: seed) { share, random in
      let low = Int64(random.next() % 100) * FixedPoint.unit + 1
      let bar = try? Bar(
        instrument: InstrumentIndex(UInt16(random.next() % 2)), openTime: Timestamp(nanos: 0), durationNanos: 1,
        open: Price(nanos: low), high: Price(nanos: low + Int64(random.next() % 10_000_000_000)),
        low: Price(nanos: low), close: Price(nanos: low), volume: .zero, source: .stdin)
      if let bar { share.update(bar) } else { Issue.record("no bar") }
      if random.next() % 16 == 0 { share.split(0, numerator: 4, denominator: 1) }
      return [share.share(0), share.share(1)]
    }
  }

  @Test("Kelly estimate", arguments: seeds)
  func kelly(_ seed: UInt64) throws {
    let fresh = try KellyEstimate(window: 40, sampleMin: 10, fractionMicros: 500_000, capMicros: 2_000_000)
    try check(fresh, seed: seed) { estimate, random in
      estimate.update(returnNanos: random.next() % 2 == 0 ? random.nextSpread() : Int64(random.next() % 10_000_000))
      return [estimate.shareMicros.map(Double.init)]
    }
  }

  @Test("population stability", arguments: seeds, [Binning.equalWidth, .equalFrequency])
  func stability(_ seed: UInt64, _ binning: Binning) throws {
    let fresh = try PopulationStability(referenceCount: 60, windowCount: 30, binCount: 5, binning: binning)
    try check(fresh, seed: seed) { stability, random in
      if random.next() % 400 == 0 { stability.restart() }
      stability.update(micros: Int64(random.next() % 1_200_000) - 100_000)
      return [stability.index, stability.indexMicros.map(Double.init)]
    }
  }

  @Test("Page-Hinkley", arguments: seeds)
  func pageHinkley(_ seed: UInt64) throws {
    var settings = PageHinkley.Settings()
    (settings.thresholdMicros, settings.countMin) = (2_000_000, 10)
    try check(try PageHinkley(settings), seed: seed) { test, random in
      let isChange = test.update(
        micros: random.next() % 64 == 0 ? random.nextSpread() : Int64(random.next() % 1_000_000))
      return [isChange ? 1 : 0, test.increase, test.decrease]
    }
  }

  @Test("stuck value", arguments: seeds)
  func stuck(_ seed: UInt64) throws {
    try check(try StuckValue(limit: 4), seed: seed) { stuck, random in
      [stuck.update(Int64(random.next() % 2)) ? 1 : 0, stuck.isStuck ? 1 : 0]
    }
  }

  @Test("rate window", arguments: seeds)
  func rate(_ seed: UInt64) throws {
    // Each step goes on from the newest time that the counts admit, so that a restored value sees the same.
    var clock: Int64 = 0
    var random = SeededRandom.reported(seed: seed, "RateWindow")
    let trial = StatisticTrial(fresh: try RateWindow(capacity: 8, windowNanos: 50)) { rate, random in
      rate.record(at: Timestamp(nanos: clock + Int64(random.next() % 8)))
      return [Double(rate.count(at: Timestamp(nanos: clock + Int64(random.next() % 60))))]
    }
    try trial.goesOn(steps: 250, &random)
    clock = .max - 100
    try trial.survives(rounds: 500, &random)
    clock = .min
    try trial.survives(rounds: 500, &random)
  }

  @Test("drawdown schedule", arguments: seeds)
  func drawdown(_ seed: UInt64) throws {
    let steps = [DrawdownSchedule.Step(drawdownMicros: 50_000, scaleMicros: 500_000)]
    try check(try DrawdownSchedule(steps: steps, recoveryMicros: 500_000), seed: seed) { schedule, random in
      let most = Int128(10).raised(to: 37)
      let equity = [Int128(1_000_000 - Int64(random.next() % 100_000)), 0, most, -most].picked(by: &random)
      if random.next() % 50 == 0 { schedule.restart(equity: 1_000_000) }
      return [Double(schedule.update(equity: equity))]
    }
  }
}

extension Int128 {
  func raised(to power: Int) -> Int128 { (0..<power).reduce(1) { product, _ in product * self } }
}
