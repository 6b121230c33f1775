import Core
import Events
import Foundation
import Testing

/// What every statistic can do, so that one test serves them all.
protocol StatefulStatistic {
  func encodeState(into buffer: inout ByteBuffer)
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError)
}

extension EwmaVolatility: StatefulStatistic {}
extension EwmaCovariance: StatefulStatistic {}
extension TrueRangeShare: StatefulStatistic {}
extension KellyEstimate: StatefulStatistic {}
extension PopulationStability: StatefulStatistic {}
extension PageHinkley: StatefulStatistic {}
extension StuckValue: StatefulStatistic {}
extension RateWindow: StatefulStatistic {}
extension DrawdownSchedule: StatefulStatistic {}

extension StatefulStatistic {
  var state: [UInt8] {
    var buffer = ByteBuffer()
    encodeState(into: &buffer)
    return buffer.array
  }

  /// - Throws: where the bytes are refused or something stands behind them.
  mutating func restore(_ bytes: [UInt8]) throws {
    var copy = self
    try bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      try copy.decodeState(&reader)
      try reader.requireEnd()
    }
    self = copy
  }
}

/// One statistic with the inputs that a test gives it.
struct StatisticTrial<Statistic: StatefulStatistic> {
  let fresh: Statistic
  /// Takes one random input and says all that the statistic answers; doubles must be finite.
  let step: (inout Statistic, inout SeededRandom) -> [Double?]

  /// After every update, a fresh value and one that had been used for something else go on from the state identically.
  func goesOn(steps: Int, _ random: inout SeededRandom) throws {
    var (statistic, used) = (fresh, fresh)
    for _ in 0..<steps {
      let state = statistic.state
      var twin = fresh
      try twin.restore(state)
      try used.restore(state)
      #expect(twin.state == state)
      #expect(used.state == state)
      var (first, second) = (random, random)
      let said = step(&statistic, &random)
      #expect(step(&twin, &first).map { $0?.bitPattern } == said.map { $0?.bitPattern })
      #expect(step(&used, &second).map { $0?.bitPattern } == said.map { $0?.bitPattern })
    }
    #expect(used.state == statistic.state)
  }

  /// A state cut anywhere is refused, and one that was changed anyhow is refused or leads to no trap and to finite numbers alone.
  func survives(rounds: Int, _ random: inout SeededRandom) throws {
    var statistic = fresh
    var states: [[UInt8]] = [fresh.state]
    for count in 1...160 {
      _ = step(&statistic, &random)
      if count % 8 == 0 { states.append(statistic.state) }
    }
    for count in 0..<states[states.count - 1].count {
      var copy = statistic
      #expect(throws: DecodeError.self) { try copy.restore(Array(states[states.count - 1][..<count])) }
      #expect(copy.state == statistic.state)
    }
    var (refused, taken) = (0, 0)
    for _ in 0..<rounds {
      var bytes = states.picked(by: &random)
      for _ in 0...random.next() % 3 { change(&bytes, &random) }
      var copy = fresh
      do { try copy.restore(bytes) } catch {
        refused += 1
        #expect(copy.state == fresh.state)
        continue
      }
      taken += 1
      #expect(copy.state == bytes)
      for _ in 0..<20 {
        for answer in step(&copy, &random) { #expect(answer.map(\.isFinite) ?? true) }
      }
    }
    #expect(refused > 0 && taken > 0, "\(refused) refused, \(taken) taken")
  }

  private func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    guard !bytes.isEmpty else { return }
    let place = Int(random.next() % UInt64(bytes.count))
    switch random.next() % 4 {
    case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes[place] ^= 1 << UInt8(random.next() % 8)
    default:
      let special: [Double] = [
        .nan, .infinity, -.infinity, -0.0, 0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, -1, 1e-300, 1e12,
        -1e12, 1e30, 2,
      ]
      let pattern = special.picked(by: &random).bitPattern
      for offset in 0..<8 where place + offset < bytes.count {
        bytes[place + offset] = UInt8(truncatingIfNeeded: pattern >> UInt64(8 * offset))
      }
    }
  }
}

extension SeededRandom {
  /// Within 0 … 1, 53 bits.
  mutating func nextShare() -> Double { Double(next() >> 11) * 0x1p-53 }
  /// About normal with deviation 1: twelve shares less six.
  mutating func nextNormal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + nextShare() } }
}

/// Equal but for roundings.
func isNear(_ first: Double, _ second: Double, _ relative: Double = 1e-12, scale: Double = 0) -> Bool {
  (first - second).magnitude <= relative * max(first.magnitude, second.magnitude, scale)
}
