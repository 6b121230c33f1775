import Core
import Foundation
import Market
import Testing

/// Goal: volatilities and covariances are what their formulas say. Method: the sums over all past returns written out, random numbers of a printed
/// seed; tools/parity/risk_check.py compares with pandas and numpy besides.
@Suite("Volatility statistics")
struct VolatilityStatisticTests {
  @Test("the logarithm is within one unit in the last place of libm's")
  func logarithm() {
    var random = SeededRandom.reported()
    var worst = 0.0
    for round in 0..<200_000 {
      let value = round % 2 == 0 ? 0.4 + 2 * random.nextShare() : Double(bitPattern: random.next() >> 1)
      guard value.isFinite, value > 0 else { continue }
      let expected = log(value)
      worst = max(worst, (NaturalLog.of(value) - expected).magnitude / max(expected.ulp, .leastNonzeroMagnitude))
    }
    #expect(worst <= 1)
    #expect(NaturalLog.of(1) == 0)
    #expect(NaturalLog.of(0) == -.infinity)
    #expect(NaturalLog.of(-1).isNaN && NaturalLog.of(.nan).isNaN)
    #expect(NaturalLog.of(.infinity) == .infinity)
  }

  @Test("a half-life's decay halves in that many bars")
  func halfLife() throws {
    for bars: Int64 in [1, 2, 7, 63, 1_000] {
      let decay = try EwmaDecay(halfLifeBars: bars)
      let product = (0..<bars).reduce(1.0) { product, _ in product * decay.past }
      #expect(isNear(product, 0.5, 1e-13), "\(bars)")
      #expect(decay.present == 1 - decay.past)
    }
    #expect(try EwmaDecay(lambdaMicros: 940_000).past == 0.94)
  }

  @Test("variance is the normalised weighted mean of squares, from the warm-up's last return on")
  func ewma() throws {
    var random = SeededRandom.reported()
    var ewma = try EwmaVolatility(instrumentCount: 2, decay: EwmaDecay(lambdaMicros: 970_000), warmUp: 30)
    var returns: [Double] = []
    for count in 1...400 {
      returns.append(random.nextNormal() * 0.01)
      ewma.update(1, returns[count - 1])
      #expect(ewma.variance(0) == nil)
      guard count >= 30 else {
        #expect(ewma.variance(1) == nil)
        continue
      }
      let weights = (0..<count).map { pow(0.97, Double($0)) }
      let sum = zip(returns.reversed(), weights).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
      let variance = try #require(ewma.variance(1))
      #expect(isNear(variance, sum / weights.reduce(0, +)))
      #expect(ewma.volatility(1) == variance.squareRoot())
      #expect(
        isNear(try #require(ewma.annualVolatility(1, barsPerYear: 252)), variance.squareRoot() * 252.0.squareRoot()))
    }
  }

  @Test("a return is the price's gain, and none where a price isn't positive")
  func simpleReturn() {
    func price(_ nanos: Int64) -> Price { Price(nanos: nanos) }
    #expect(SimpleReturn.of(price(101), since: price(100)) == 0.01)
    #expect(SimpleReturn.of(price(.max), since: price(1)) == SimpleReturn.most)
    #expect(SimpleReturn.of(price(1), since: price(.max)) == -1)
    for (now, last) in [(Int64(0), Int64(1)), (1, 0), (-1, 1), (1, -1)] {
      #expect(SimpleReturn.of(price(now), since: price(last)) == nil)
    }
  }

  @Test("the portfolio's variance is the weighted mean square of what it made, absent instruments included")
  func portfolio() throws {
    var random = SeededRandom.reported()
    let decay = try EwmaDecay(lambdaMicros: 950_000)
    var covariance = try EwmaCovariance(instrumentCount: 5, decay: decay, warmUp: 10)
    var (made, mass) = (0.0, 0.0)
    let weights = (0..<5).map { _ in random.nextNormal() }
    for slot in 0..<600 {
      // All begin in the first slot, so that they have the same weight.
      let present: UInt64 = slot == 0 ? 0b11111 : random.next() & 0b11111
      let common = random.nextNormal()
      let returns = (0..<5).map { index in
        present >> UInt64(index) & 1 == 1 ? 0.01 * (common + random.nextNormal()) : 0
      }
      covariance.update(returns.span, present: present)
      let portfolio = zip(weights, returns).reduce(0) { $0 + $1.0 * $1.1 }
      made = 0.95 * made + 0.05 * portfolio * portfolio
      mass = 0.95 * mass + 0.05
      guard let variance = covariance.variance(of: weights) else {
        #expect(slot < 9)
        continue
      }
      // Long and short parts cancel: measured against what cancels.
      let gross = (0..<5).reduce(0) { $0 + weights[$1].magnitude * covariance.covariance($1, $1).squareRoot() }
      #expect(isNear(variance, made / mass, 1e-12, scale: gross * gross))
    }
  }

  @Test("no portfolio has a negative variance, whoever is absent or comes late")
  func positive() throws {
    var random = SeededRandom.reported()
    let decay = try EwmaDecay(lambdaMicros: 800_000)
    var covariance = try EwmaCovariance(instrumentCount: 6, decay: decay, warmUp: 1)
    for slot in 0..<400 {
      let listed: UInt64 = (1 << (1 + UInt64(slot) / 50)) - 1
      let present = random.next() & listed & 0b111111
      let common = random.nextNormal()
      let returns = (0..<6).map { present >> UInt64($0) & 1 == 1 ? 0.01 * (common + 0.01 * random.nextNormal()) : 0 }
      covariance.update(returns.span, present: present)
      for _ in 0..<5 {
        let weights = (0..<6).map { covariance.isReady($0) ? random.nextNormal() : 0 }
        var (exact, gross) = (0.0, 0.0)
        for row in 0..<6 {
          for column in 0..<6 {
            let part = weights[row] * weights[column] * covariance.covariance(row, column)
            exact += part
            gross += part.magnitude
          }
        }
        #expect(exact >= -1e-14 * gross)
        #expect(isNear(try #require(covariance.variance(of: weights)), max(exact, 0), 1e-13, scale: gross))
      }
    }
  }

  @Test("an instrument that is not ready has no portfolio variance, unless it has no weight")
  func warmUp() throws {
    var covariance = try EwmaCovariance(instrumentCount: 2, decay: EwmaDecay(lambdaMicros: 900_000), warmUp: 3)
    for slot in 1...5 {
      covariance.update([0.01, slot >= 2 ? -0.02 : 0].span, present: slot >= 2 ? 0b11 : 0b01)
      #expect(covariance.isReady(0) == (slot >= 3))
      #expect(covariance.isReady(1) == (slot >= 4))
      #expect((covariance.variance(of: [1, 0]) != nil) == (slot >= 3))
      #expect((covariance.variance(of: [1, 1]) != nil) == (slot >= 4))
    }
    #expect(isNear(covariance.covariance(0, 0), 0.0001))
    #expect(isNear(covariance.covariance(1, 1), 0.0004))
    #expect(covariance.covariance(0, 1) == covariance.covariance(1, 0))
    #expect(covariance.variance(of: [.infinity, 1]) == nil)
  }

  @Test("a matrix that is too large is refused, and so are settings out of range")
  func refusals() throws {
    let decay = try EwmaDecay(lambdaMicros: 940_000)
    #expect(throws: StatisticsError.tooManyInstruments(count: 65, most: 64)) {
      try EwmaCovariance(instrumentCount: 65, decay: decay, warmUp: 20)
    }
    _ = try EwmaCovariance(instrumentCount: 64, decay: decay, warmUp: 20)
    for lambda: Int64 in [0, 1_000_000, -1] {
      #expect(throws: StatisticsError.self) { try EwmaDecay(lambdaMicros: lambda) }
    }
    #expect(throws: StatisticsError.self) { try EwmaDecay(halfLifeBars: 0) }
    #expect(throws: StatisticsError.self) { try EwmaVolatility(instrumentCount: 1, decay: decay, warmUp: 0) }
    #expect(throws: StatisticsError.self) { try TrueRangeShare(instrumentCount: 1, period: 0) }
  }

  @Test("a split is no range")
  func split() throws {
    func bar(_ close: Int64) throws -> Bar {
      try Bar(
        instrument: InstrumentIndex(0), openTime: Timestamp(nanos: 0), durationNanos: 1, open: Price(nanos: close),
        high: Price(nanos: close + close / 50), low: Price(nanos: close - close / 50), close: Price(nanos: close),
        volume: .zero, source: .stdin)
    }
    var share = try TrueRangeShare(instrumentCount: 1, period: 5)
    for count in 1...20 {
      #expect((share.share(0) != nil) == (count > 6))
      share.update(try bar(400 * FixedPoint.unit))
    }
    #expect(isNear(try #require(share.share(0)), 0.04))
    share.split(0, numerator: 4, denominator: 1)
    for _ in 0..<3 { share.update(try bar(100 * FixedPoint.unit)) }
    #expect(isNear(try #require(share.share(0)), 0.04))
  }
}

extension EwmaCovariance {
  /// The macros of tests can't pass a span.
  fileprivate func variance(of weights: [Double]) -> Double? { portfolioVariance(weights.span) }
}
