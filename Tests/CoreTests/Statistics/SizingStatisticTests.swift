import Core
import Foundation
import Market
import Testing

/// Goal: sizes are what their formulas say, and never what no formula says: negative, above the cap, or of what has no risk. Method: cases worked
/// out by hand, naive formulas on random numbers of a printed seed, both ends of every range.
@Suite("Sizing statistics")
struct SizingStatisticTests {
  @Test("a volatility target is the quotient, capped")
  func target() {
    func share(_ target: Int64, _ volatility: Double) -> Int64 {
      VolatilityTarget.share(targetMicros: target, volatility: volatility, capMicros: 2_000_000)
    }
    #expect(share(100_000, 0.2) == 500_000)
    #expect(share(100_000, 0.3) == 333_333)
    #expect(share(100_000, 0.05) == 2_000_000)
    #expect(share(100_000, 1e-300) == 2_000_000)
    #expect(share(100_000, .infinity) == 0)
    // Half to even.
    #expect(share(1, 2) == 0)
    #expect(share(3, 2) == 2)
    for volatility in [0, -1, .nan] { #expect(share(100_000, volatility) == 0) }
    #expect(share(0, 0.2) == 0)
    #expect(share(-5, 0.2) == 0)
  }

  @Test("a portfolio is scaled to its target, and never up beyond the cap")
  func scale() throws {
    var covariance = try EwmaCovariance(instrumentCount: 2, decay: EwmaDecay(lambdaMicros: 500_000), warmUp: 1)
    func scale(_ weights: [Double], target: Int64 = 10_000, cap: Int64 = 1_000_000) -> Int64? {
      VolatilityTarget.portfolioScale(
        targetMicros: target, weights: weights.span, covariance: covariance, slotsPerYear: 4, capMicros: cap)
    }
    #expect(scale([1, 0]) == nil)
    covariance.update([0.01, -0.01].span, present: 0b11)
    // 1 % a slot and 2 % a year; long both hedges perfectly.
    #expect(scale([1, 0]) == 500_000)
    #expect(scale([1, -1]) == 250_000)
    #expect(scale([0.1, 0]) == 1_000_000)
    #expect(scale([0.1, 0], cap: 9_000_000) == 5_000_000)
    #expect(scale([1, 1]) == 1_000_000)
    #expect(scale([0, 0], cap: 800_000) == 800_000)
    #expect(scale([1, 0], target: 0) == 0)
  }

  @Test("risk per trade loses its share at the stop, rounded down")
  func riskPerTrade() {
    let unit = FixedPoint.unit
    func units(_ equity: Int128, _ risk: Int64, _ distance: Int64, _ multiplier: Int64 = FixedPoint.unit) -> Int64 {
      RiskPerTrade.units(
        equity: equity, riskMicros: risk, stopDistance: Price(nanos: distance), multiplier: multiplier
      ).nanos
    }
    // 1 % of 100,000 over a stop 2.50 away: 400; over 3: 333.333333333; with a multiplier of 50: 8.
    let equity = 100_000 * Int128(unit)
    #expect(units(equity, 10_000, unit * 5 / 2) == 400 * unit)
    #expect(units(equity, 10_000, -unit * 5 / 2) == 400 * unit)
    #expect(units(equity, 10_000, 3 * unit) == 333_333_333_333)
    #expect(units(equity, 10_000, unit * 5 / 2, 50 * unit) == 8 * unit)
    #expect(units(equity, 2_000_000, unit) == units(equity, 1_000_000, unit))
    for nothing in [units(0, 10_000, unit), units(-1, 10_000, unit), units(equity, 0, unit), units(equity, 10_000, 0)] {
      #expect(nothing == 0)
    }
    for equity in [Int128.max, 1, .min] {
      for risk in [Int64.max, 1, .min] {
        for distance in [Int64.max, 1, -.max] {
          for multiplier in [unit, 1_000_000_000 * unit] {
            let found = units(equity, risk, distance, multiplier)
            #expect(found >= 0 && found <= Limits.positionNanosMax(multiplier: multiplier))
          }
        }
      }
    }
    #expect(units(.max, 1_000_000, .max) == Limits.positionNanosMax(multiplier: unit))
  }

  @Test("Kelly's share is mean over sample variance of the last returns, within 0 and the cap")
  func kelly() throws {
    var random = SeededRandom.reported()
    var estimate = try KellyEstimate(window: 50, sampleMin: 20, fractionMicros: 250_000, capMicros: 3_000_000)
    var returns: [Int64] = []
    var seen = (inside: 0, zero: 0, cap: 0)
    for count in 1...2_000 {
      let drift = [0.0, 0.004, -0.004, 0.03][count / 100 % 4]
      returns.append(Int64(((random.nextNormal() * 0.01 + drift) * 1e9).rounded()))
      estimate.update(returnNanos: returns[count - 1])
      guard count >= 20 else {
        #expect(estimate.shareMicros == nil)
        continue
      }
      let last = returns.suffix(50).map { Double($0) / 1e9 }
      let mean = last.reduce(0, +) / Double(last.count)
      let variance = last.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(last.count - 1)
      let expected = min(max(mean / variance * 0.25, 0), 3)
      let found = try #require(estimate.shareMicros)
      #expect((Double(found) / 1e6 - expected).magnitude <= 0.6e-6)
      if found == 0 { seen.zero += 1 } else if found == 3_000_000 { seen.cap += 1 } else { seen.inside += 1 }
    }
    #expect(seen.inside > 100 && seen.zero > 100 && seen.cap > 100, "\(seen)")
  }

  @Test("Kelly's share of returns worked out by hand, of none that vary, and of the largest there are")
  func kellyByHand() throws {
    func share(_ returns: [Int64], fraction: Int64 = 1_000_000) throws -> Int64? {
      var estimate = try KellyEstimate(
        window: 100_000, sampleMin: 2, fractionMicros: fraction, capMicros: 1_000_000_000)
      for value in returns { estimate.update(returnNanos: value) }
      return estimate.shareMicros
    }
    // Mean 0.02, deviations ±0.02, sample variance 0.0008: 25; half of it 12.5.
    #expect(try share([0, 40_000_000]) == 25_000_000)
    #expect(try share([0, 40_000_000], fraction: 500_000) == 12_500_000)
    #expect(try share([40_000_000]) == nil)
    #expect(try share([40_000_000, 40_000_000]) == 0)
    #expect(try share([0, -40_000_000]) == 0)
    let extreme = (0..<100_001).map { $0 % 2 == 0 ? Int64.max : -.max + 1 }
    #expect(try share(extreme) != nil)
    // The largest numerator: nearly all returns at the upper end.
    // Mean 999.99, variance 10.
    #expect(try share([0] + Array(repeating: .max, count: 99_999)) == 99_999_000)
    for (window, least) in [(1, 1), (100_001, 2), (10, 11), (10, 1)] as [(Int64, Int64)] {
      #expect(throws: StatisticsError.self) {
        try KellyEstimate(window: window, sampleMin: least, fractionMicros: 1, capMicros: 1)
      }
    }
  }

  @Test("inverse volatility weights sum to one, in millionths exactly")
  func inverseVolatility() throws {
    var random = SeededRandom.reported()
    for count in [1, 2, 3, 7, 64, 500] {
      var weights = RiskWeights(instrumentCount: count)
      let volatilities = (0..<count).map { $0 % 5 == 4 ? 0 : 0.001 + random.nextShare() }
      #expect(weights.setInverseVolatility(volatilities.span) == .exact)
      #expect(isNear(weights.weights.reduce(0, +), 1, 1e-13))
      #expect(weights.micros.reduce(0, +) == 1_000_000)
      for index in 0..<count {
        #expect((Double(weights.micros[index]) - weights.weights[index] * 1e6).magnitude < 1)
        #expect((weights.weights[index] == 0) == (volatilities[index] == 0))
        let product = weights.weights[index] * volatilities[index]
        #expect(volatilities[index] == 0 || isNear(product, weights.weights[0] * volatilities[0]))
      }
    }
    var weights = RiskWeights(instrumentCount: 3)
    #expect(weights.setInverseVolatility([0.1, 0.2, 0.2].span) == .exact)
    #expect(weights.micros == [500_000, 250_000, 250_000])
    #expect(weights.setInverseVolatility([0, .nan, .infinity].span) == .empty)
    #expect(weights.micros == [0, 0, 0] && weights.weights == [0, 0, 0])
  }

  /// Instruments that follow one factor: `skew` of them the other way round, `common` times as strongly as they move alone.
  private func covariance(
    _ count: Int, slots: Int, _ random: inout SeededRandom, common: Double, skew: Double = 0.3
  ) throws -> EwmaCovariance {
    var covariance = try EwmaCovariance(instrumentCount: count, decay: EwmaDecay(lambdaMicros: 990_000), warmUp: 1)
    let sizes = (0..<count).map { _ in 0.002 + 0.05 * random.nextShare() }
    let loads = (0..<count).map { _ in common * (random.nextShare() - skew) }
    for _ in 0..<slots {
      let factor = random.nextNormal()
      let returns = (0..<count).map { sizes[$0] * (loads[$0] * factor + random.nextNormal()) }
      covariance.update(returns.span, present: .max)
    }
    return covariance
  }

  @Test(
    "risk parity: every instrument contributes the same to the portfolio's variance", arguments: [1, 2, 3, 10, 30, 64])
  func riskParity(_ count: Int) throws {
    var random = SeededRandom.reported()
    for (common, skew) in [(0.0, 0.5), (1, 0.3), (5, 0)] {
      let covariance = try covariance(count, slots: 300, &random, common: common, skew: skew)
      var weights = RiskWeights(instrumentCount: count)
      #expect(weights.setRiskParity(covariance, members: .max) == .exact, "\(common)")
      #expect(weights.micros.reduce(0, +) == 1_000_000)
      #expect(isNear(weights.weights.reduce(0, +), 1, 1e-13))
      #expect(weights.weights.allSatisfy { $0 > 0 })
      #expect(contributions(weights.weights, covariance).allSatisfy { ($0 * Double(count) - 1).magnitude <= 1e-9 })
    }
  }

  /// Shares of the portfolio's variance.
  private func contributions(_ weights: [Double], _ covariance: EwmaCovariance) -> [Double] {
    let parts = weights.indices.map { row in
      weights.indices.reduce(0) { $0 + weights[row] * covariance.covariance(row, $1) * weights[$1] }
    }
    let whole = parts.reduce(0, +)
    return parts.map { $0 / whole }
  }

  @Test("risk parity among near hedges is either reached or said to be inverse volatility", arguments: 0..<6)
  func nearHedges(_ run: Int) throws {
    var random = SeededRandom.reported(seed: UInt64(run))
    let count = 8 + 8 * run
    let covariance = try covariance(count, slots: 300, &random, common: 6, skew: 0.4)
    var (weights, inverse) = (RiskWeights(instrumentCount: count), RiskWeights(instrumentCount: count))
    let outcome = weights.setRiskParity(covariance, members: .max)
    let volatilities = (0..<count).map { covariance.covariance($0, $0).squareRoot() }
    inverse.setInverseVolatility(volatilities.span)
    if outcome == .exact {
      #expect(contributions(weights.weights, covariance).allSatisfy { ($0 * Double(count) - 1).magnitude <= 1e-6 })
    } else {
      #expect(outcome == .fellBackToInverseVolatility)
      #expect(weights.weights == inverse.weights && weights.micros == inverse.micros)
    }
  }

  @Test("risk parity of two is inverse volatility, whatever their correlation")
  func riskParityOfTwo() throws {
    var random = SeededRandom.reported()
    let covariance = try covariance(2, slots: 200, &random, common: 2)
    var (parity, inverse) = (RiskWeights(instrumentCount: 2), RiskWeights(instrumentCount: 2))
    _ = parity.setRiskParity(covariance, members: .max)
    let volatilities = (0..<2).map { covariance.covariance($0, $0).squareRoot() }
    inverse.setInverseVolatility(volatilities.span)
    #expect(isNear(parity.weights[0], inverse.weights[0], 1e-11))
  }

  @Test("risk parity leaves out who is no member, not ready or has no variance")
  func members() throws {
    var random = SeededRandom.reported()
    let covariance = try covariance(4, slots: 100, &random, common: 1)
    var weights = RiskWeights(instrumentCount: 4)
    #expect(weights.setRiskParity(covariance, members: 0b1010) == .exact)
    #expect(weights.weights[0] == 0 && weights.weights[2] == 0 && weights.micros[1] + weights.micros[3] == 1_000_000)
    #expect(weights.setRiskParity(covariance, members: 0) == .empty)
    #expect(weights.micros == [0, 0, 0, 0])
    var young = try EwmaCovariance(instrumentCount: 4, decay: covariance.decay, warmUp: 2)
    young.update([0.01, 0, 0, 0].span, present: 0b0001)
    young.update([0.01, 0.01, 0, 0].span, present: 0b1111)
    young.update([0.01, 0.02, 0, 0.01].span, present: 0b1011)
    #expect(weights.setRiskParity(young, members: .max) == .exact)
    #expect(weights.weights[2] == 0)
  }

  @Test("where a perfect hedge leaves no risk to share, risk parity says that it fell back to inverse volatility")
  func fallback() throws {
    var covariance = try EwmaCovariance(instrumentCount: 2, decay: EwmaDecay(lambdaMicros: 900_000), warmUp: 1)
    for move in [0.01, -0.02, 0.005] { covariance.update([move, -2 * move].span, present: 0b11) }
    var weights = RiskWeights(instrumentCount: 2)
    #expect(weights.setRiskParity(covariance, members: .max) == .fellBackToInverseVolatility)
    #expect(isNear(weights.weights[0], 2.0 / 3, 1e-9))
    #expect(weights.micros == [666_667, 333_333])
  }
}
