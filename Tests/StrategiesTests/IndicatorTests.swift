import Events
import Market
import Strategies
import Testing

/// Incremental indicators against the obvious computation over the whole window, written here a second time, on seeded random walks; and the
/// corners where a running sum would go wrong.
@Suite struct IndicatorTests {
  private static let seeds: [UInt64] = [1, 2, 3]
  private static let periods = [1, 2, 5, 20]

  /// Feeds every bar and compares with what `naive` makes of the bars up to there, relative to the size of the values.
  private func check<Formula: Indicator>(
    _ formula: Formula, _ input: (Bar) -> Formula.Input, seed: UInt64, naive: ([Bar]) -> Double?
  ) where Formula.Output == Double {
    let bars = BarScript.walk(seed: seed, count: 150)
    var series = IndicatorSeries(formula, instrumentCount: 1)
    for place in bars.indices {
      let found = series.update(InstrumentIndex(0), input(bars[place]))
      let expected = naive(Array(bars[...place]))
      switch (found, expected) {
      case (nil, nil): break
      case (let found?, let expected?):
        let scale = max(1, expected.magnitude)
        #expect((found - expected).magnitude <= 1e-9 * scale, "seed \(seed), bar \(place)")
      default: Issue.record("seed \(seed), bar \(place): ready at different bars")
      }
    }
  }

  private func window(_ bars: [Bar], _ period: Int) -> [Double]? {
    bars.count < period ? nil : bars.suffix(period).map(\.close.units)
  }

  @Test("means equal the sums of their windows", arguments: seeds, periods)
  func means(_ seed: UInt64, _ period: Int) {
    func mean(_ bars: [Bar]) -> Double? { window(bars, period).map { $0.reduce(0, +) / Double(period) } }
    check(ExactMean(period: period), \.close.nanos, seed: seed, naive: mean)
    check(MovingMean(period: period), \.close.units, seed: seed, naive: mean)
    check(WeightedMean(period: period), \.close.units, seed: seed) { bars in
      window(bars, period).map { window in
        var sum = 0.0
        for (place, value) in window.enumerated() { sum += Double(place + 1) * value }
        return sum / Double(period * (period + 1) / 2)
      }
    }
  }

  @Test("deviation and extremes equal those of their windows", arguments: seeds, periods)
  func windows(_ seed: UInt64, _ period: Int) {
    check(StandardDeviation(period: period), \.close.units, seed: seed) { bars in
      window(bars, period).map { window in
        let mean = window.reduce(0, +) / Double(period)
        return (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(period)).squareRoot()
      }
    }
    check(Extreme(.highest, period: period), \.close.units, seed: seed) { window($0, period)?.max() }
    check(Extreme(.lowest, period: period), \.close.units, seed: seed) { window($0, period)?.min() }
    check(Lag(period: period), \.close.units, seed: seed) { bars in
      bars.count > period ? bars[bars.count - 1 - period].close.units : nil
    }
  }

  @Test("recursive averages equal their definitions from the first bar", arguments: seeds, periods)
  func recursive(_ seed: UInt64, _ period: Int) {
    check(ExponentialMean(period: period), \.close.units, seed: seed) { bars in
      if bars.count < period { return nil }
      var mean = bars.prefix(period).reduce(0) { $0 + $1.close.units } / Double(period)
      for bar in bars.dropFirst(period) { mean += (bar.close.units - mean) * 2 / Double(period + 1) }
      return mean
    }
    check(RelativeStrength(period: period), \.close.units, seed: seed) { bars in
      if bars.count <= period { return nil }
      let changes = zip(bars.dropFirst(), bars).map { $0.close.units - $1.close.units }
      var gain = changes.prefix(period).reduce(0) { $0 + max($1, 0) } / Double(period)
      var loss = changes.prefix(period).reduce(0) { $0 + max(-$1, 0) } / Double(period)
      for change in changes.dropFirst(period) {
        gain = (gain * Double(period - 1) + max(change, 0)) / Double(period)
        loss = (loss * Double(period - 1) + max(-change, 0)) / Double(period)
      }
      return gain + loss > 0 ? 100 * gain / (gain + loss) : 0
    }
    check(AverageTrueRange(period: period), { $0 }, seed: seed) { bars in
      if bars.count <= period { return nil }
      let ranges = zip(bars.dropFirst(), bars).map { bar, last in
        max(bar.high.units, last.close.units) - min(bar.low.units, last.close.units)
      }
      var mean = ranges.prefix(period).reduce(0, +) / Double(period)
      for range in ranges.dropFirst(period) { mean = (mean * Double(period - 1) + range) / Double(period) }
      return mean
    }
  }

  @Test("equal averages of different periods compare equal, whatever went through the windows before")
  func exactMeansAreExact() {
    var short = IndicatorSeries(ExactMean(period: 3), instrumentCount: 1)
    var long = IndicatorSeries(ExactMean(period: 7), instrumentCount: 1)
    var random = SeededGenerator(seed: 5)
    for _ in 0..<500 {
      let nanos = Int64.random(in: 1...Int64.max / 2, using: &random)
      _ = short.update(InstrumentIndex(0), nanos)
      _ = long.update(InstrumentIndex(0), nanos)
    }
    let nanos: Int64 = 123_456_789_012_345_679
    var pair: (Double?, Double?) = (nil, nil)
    for _ in 0..<7 { pair = (short.update(InstrumentIndex(0), nanos), long.update(InstrumentIndex(0), nanos)) }
    #expect(pair.0 == pair.1)
    // The Double nearest to 123456789.012345679, as the compiler reads it.
    #expect(pair.0 == 123456789.012345679)
  }

  @Test("a window of equal values deviates by exactly nothing")
  func noDeviation() {
    var series = IndicatorSeries(StandardDeviation(period: 7), instrumentCount: 1)
    var random = SeededGenerator(seed: 6)
    for _ in 0..<101 {
      _ = series.update(InstrumentIndex(0), Double(Int64.random(in: 1...1_000_000, using: &random)) / 3)
    }
    var last: Double?
    for _ in 0..<7 { last = series.update(InstrumentIndex(0), 0.1) }
    #expect(last == 0)
  }

  @Test("sums of doubles do not drift after a spike has left the window")
  func noDrift() {
    var mean = IndicatorSeries(MovingMean(period: 5), instrumentCount: 1)
    _ = mean.update(InstrumentIndex(0), 1e17)
    var last: Double?
    for _ in 0..<10 { last = mean.update(InstrumentIndex(0), 0.1) }
    #expect((last! - 0.1).magnitude < 1e-15)
  }
}
