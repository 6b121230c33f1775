import Core
import Foundation
import Market
import Testing

/// Goal: watches say what they are for and nothing else. Method: cases worked out by hand and naive recomputations on random numbers of a printed
/// seed; tools/parity/risk_check.py compares with river and numpy besides.
@Suite("Watch statistics")
struct WatchStatisticTests {
  @Test(
    "the stability index is 0 for the reference's own distribution and grows with the distance",
    arguments: [Binning.equalWidth, .equalFrequency])
  func stability(_ binning: Binning) throws {
    var stability = try PopulationStability(referenceCount: 200, windowCount: 100, binCount: 4, binning: binning)
    let values = (0..<100).map { Int64($0 * 37 % 100) * 10_000 + 1 }
    for value in values + values { stability.update(micros: value) }
    #expect(stability.hasReference && stability.index == nil)
    for value in values {
      #expect(stability.index == nil)
      stability.update(micros: value)
    }
    #expect(stability.index == 0 && stability.indexMicros == 0)
    // Any rotation of the same hundred values has the same distribution.
    for value in values {
      stability.update(micros: value)
      #expect(stability.index == 0)
    }
    var last = 0.0
    for round in 0..<100 {
      stability.update(micros: 999_999)
      let index = try #require(stability.index)
      #expect(index >= 0)
      if round % 10 == 9 {
        #expect(index > last)
        last = index
      }
    }
    // All in the last of four bins: 0.75 ln 4 + 3 · 0.2499 ln 2500.
    #expect(isNear(last, 0.75 * log(4) + 3 * 0.2499 * log(2_500), 1e-12))
    stability.restart()
    #expect(!stability.hasReference && stability.index == nil)
  }

  @Test("the stability index by hand, and never negative")
  func stabilityByHand() throws {
    var stability = try PopulationStability(referenceCount: 10, windowCount: 10, binCount: 2, binning: .equalWidth)
    // 0.5 belongs to the lower bin; what is out of range to the outermost.
    for value: Int64 in [-5, 0, 1, 250_000, 500_000, 500_001, 750_000, 999_999, 1_000_000, 9_000_000] {
      stability.update(micros: value)
    }
    for value in [Int64](repeating: 100_000, count: 8) + [900_000, 900_000] { stability.update(micros: value) }
    // Shares 0.8 and 0.2 against 0.5 each.
    #expect(isNear(try #require(stability.index), 0.3 * log(1.6) - 0.3 * log(0.4)))
    #expect(stability.indexMicros == 415_888)
    var random = SeededRandom.reported()
    for _ in 0..<2_000 {
      stability.update(micros: Int64(random.next() % 1_000_001))
      #expect(try #require(stability.index) >= 0)
    }
  }

  @Test("equal frequencies share out even when many values tie")
  func ties() throws {
    var stability = try PopulationStability(
      referenceCount: 100, windowCount: 100, binCount: 10, binning: .equalFrequency)
    for _ in 0..<200 { stability.update(micros: 700_000) }
    #expect(stability.index == 0)
    for _ in 0..<100 { stability.update(micros: 700_001) }
    #expect(try #require(stability.index) > 9)
    for (reference, window, bins) in [(9, 10, 10), (100, 0, 10), (100, 10, 1), (100, 10, 101), (100_001, 10, 10)]
      as [(Int64, Int64, Int64)]
    {
      #expect(throws: StatisticsError.self) {
        try PopulationStability(referenceCount: reference, windowCount: window, binCount: bins, binning: .equalWidth)
      }
    }
  }

  @Test("Page-Hinkley sees a step in its direction alone, and begins anew behind it")
  func pageHinkley() throws {
    func changes(_ direction: PageHinkley.Direction, _ values: [Int64]) throws -> [Int] {
      var settings = PageHinkley.Settings()
      (settings.thresholdMicros, settings.direction) = (3_000_000, direction)
      var test = try PageHinkley(settings)
      return values.indices.filter { test.update(micros: values[$0]) }
    }
    let calm = [Int64](repeating: 600_000, count: 200)
    let low = [Int64](repeating: 300_000, count: 200)
    #expect(try changes(.both, calm) == [])
    #expect(try changes(.increase, calm + low) == [])
    #expect(try changes(.decrease, low + calm) == [])
    let fall = try changes(.decrease, calm + low)
    #expect(fall.count == 1 && fall[0] > 200 && fall[0] < 230, "\(fall)")
    let both = try changes(.both, calm + low + calm)
    #expect(both.count == 2 && both[0] == fall[0] && both[1] > 400 && both[1] < 430, "\(both)")
    for spoil in [\PageHinkley.Settings.thresholdMicros, \.countMin] {
      var settings = PageHinkley.Settings()
      settings[keyPath: spoil] = 0
      #expect(throws: StatisticsError.self) { try PageHinkley(settings) }
    }
  }

  @Test("a value is stuck with its nth sight on end, said once")
  func stuck() throws {
    var stuck = try StuckValue(limit: 3)
    let said = [5, 5, 5, 5, 6, 5, 5, 0, 0, 0].map { value in (stuck.update(value), stuck.isStuck) }
    #expect(said.map(\.0) == [false, false, true, false, false, false, false, false, false, true])
    #expect(said.map(\.1) == [false, false, true, true, false, false, false, false, false, true])
    // A series may begin with 0.
    var zeros = try StuckValue(limit: 2)
    let zeroSaid = [0, 0].map { zeros.update($0) }
    #expect(zeroSaid == [false, true])
    #expect(throws: StatisticsError.self) { try StuckValue(limit: 1) }
  }

  @Test("a rate counts what happened within the window, up to its capacity", arguments: [1, 3, 50])
  func rate(_ capacity: Int) throws {
    var random = SeededRandom.reported()
    var rate = try RateWindow(capacity: Int64(capacity), windowNanos: 100)
    var (events, now): ([Int64], Int64) = ([], -500)
    for _ in 0..<3_000 {
      now += Int64(random.next() % 20) * Int64(random.next() % 3)
      if random.next() % 2 == 0 {
        rate.record(at: Timestamp(nanos: now))
        events.append(now)
      }
      let expected = min(events.filter { $0 > now - 100 }.count, capacity)
      #expect(rate.count(at: Timestamp(nanos: now)) == expected)
    }
    for end in [Int64.min, .max] {
      var edge = try RateWindow(capacity: 2, windowNanos: .max)
      edge.record(at: Timestamp(nanos: end))
      #expect(edge.count(at: Timestamp(nanos: end)) == 1)
      #expect(edge.count(at: Timestamp(nanos: .max)) == (end == .max ? 1 : 0))
    }
    #expect(throws: StatisticsError.self) { try RateWindow(capacity: 0, windowNanos: 1) }
    #expect(throws: StatisticsError.self) { try RateWindow(capacity: 1, windowNanos: 0) }
  }

  typealias Step = DrawdownSchedule.Step
  static let steps = [
    Step(drawdownMicros: 50_000, scaleMicros: 750_000), Step(drawdownMicros: 100_000, scaleMicros: 500_000),
    Step(drawdownMicros: 150_000, scaleMicros: 0),
  ]

  @Test("sizes go down with the drawdown and up again only after a recovery")
  func drawdown() throws {
    var schedule = try DrawdownSchedule(steps: Self.steps, recoveryMicros: 500_000)
    // Equity and the scale from there on, in hundredths.
    let table: [(Int128, Int64)] = [
      (10_000, 100), (9_501, 100), (9_500, 75), (9_600, 75), (9_749, 75), (9_750, 100), (9_000, 50), (9_100, 50),
      (9_499, 50),
      (9_500, 75), (9_750, 100), (8_999, 50), (8_500, 0), (9_249, 0), (9_250, 50), (10_000, 100), (20_000, 100),
      (18_999, 75),
      (10_000, 0), (0, 0), (-5_000, 0), (20_001, 100),
    ]
    for (row, (equity, scale)) in table.enumerated() {
      #expect(schedule.update(equity: equity * Int128(FixedPoint.unit)) == scale * 10_000, "row \(row)")
      #expect(schedule.scaleMicros == scale * 10_000)
    }
    #expect(schedule.update(equity: 100) == 0)
    schedule.restart(equity: 100)
    #expect(schedule.scaleMicros == 1_000_000 && schedule.peak == 100)
    #expect(schedule.update(equity: 95) == 750_000)
  }

  @Test("an account never worth anything trades nothing; the largest amounts compare exactly")
  func drawdownExtremes() throws {
    var schedule = try DrawdownSchedule(steps: Self.steps, recoveryMicros: 1_000_000)
    #expect(schedule.update(equity: -1) == 0)
    #expect(schedule.update(equity: 0) == 0)
    #expect(schedule.update(equity: 1) == 1_000_000)
    let most = Limits.amountMax
    #expect(schedule.update(equity: most) == 1_000_000)
    #expect(schedule.update(equity: most - most / 20 + 1) == 1_000_000)
    #expect(schedule.update(equity: most - most / 20) == 750_000)
    #expect(schedule.update(equity: -most) == 0)
  }

  @Test("steps that do not descend are refused")
  func steps() throws {
    let first = Self.steps[0]
    #expect(throws: StatisticsError.stepsNotOrdered(step: 1)) {
      try DrawdownSchedule(steps: [first, first], recoveryMicros: 0)
    }
    #expect(throws: StatisticsError.stepsNotOrdered(step: 1)) {
      try DrawdownSchedule(steps: [first, Step(drawdownMicros: 60_000, scaleMicros: 800_000)], recoveryMicros: 0)
    }
    for steps in [[], [Step(drawdownMicros: 0, scaleMicros: 0)], [Step(drawdownMicros: 1, scaleMicros: 1_000_001)]] {
      #expect(throws: StatisticsError.self) { try DrawdownSchedule(steps: steps, recoveryMicros: 0) }
    }
    #expect(throws: StatisticsError.self) { try DrawdownSchedule(steps: Self.steps, recoveryMicros: 1_000_001) }
  }
}
