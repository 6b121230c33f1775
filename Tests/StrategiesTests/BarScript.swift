import Market
import Strategies

/// A generator of pseudo-random numbers whose sequence is part of the tests: xorshift64*.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

/// Makes bars for tests.
enum BarScript {
  static let minute: Int64 = 60_000_000_000

  /// One bar; prices and volume in units of 10⁻⁹.
  static func bar(
    _ position: Int, _ instrument: Int = 0, open: Int64, high: Int64, low: Int64, close: Int64, volume: Int64,
    closesSlot: Bool = true, isHistorical: Bool = false
  ) -> Bar {
    do throws(BarError) {
      return try Bar(
        instrument: InstrumentIndex(instrument), openTime: Timestamp(nanos: Int64(position) * minute),
        durationNanos: minute, open: Price(nanos: open), high: Price(nanos: high), low: Price(nanos: low),
        close: Price(nanos: close), volume: Quantity(nanos: volume), source: .synthetic, isHistorical: isHistorical,
        closesSlot: closesSlot)
    } catch {
      fatalError("a test made an impossible bar: \(error)")
    }
  }

  /// Bars of one instrument that only ever stand at these whole prices.
  static func closes(_ prices: [Int64], instrument: Int = 0) -> [Bar] {
    prices.enumerated().map { position, price in
      let nanos = price * FixedPoint.unit
      return bar(
        position, instrument, open: nanos, high: nanos, low: nanos, close: nanos, volume: 100 * FixedPoint.unit)
    }
  }

  /// A random walk in whole cents over several instruments, slot by slot; `calm` is the share in percent of bars that don't move.
  static func walk(seed: UInt64, count: Int, instruments: Int = 1, calm: Int = 20) -> [Bar] {
    var random = SeededGenerator(seed: seed)
    let cent = FixedPoint.unit / 100
    var last = (0..<instruments).map { _ in Int64.random(in: 5_000...20_000, using: &random) }
    var bars: [Bar] = []
    for position in 0..<count {
      for instrument in 0..<instruments {
        let open = last[instrument]
        let moves = Int.random(in: 0..<100, using: &random) >= calm
        let close = max(100, open + (moves ? Int64.random(in: -40...40, using: &random) : 0))
        let high = max(open, close) + Int64.random(in: 0...15, using: &random)
        let low = min(open, close) - Int64.random(in: 0...15, using: &random)
        let volume = Int64.random(in: 0...5_000, using: &random)
        last[instrument] = close
        bars.append(
          bar(
            position, instrument, open: open * cent, high: high * cent, low: low * cent, close: close * cent,
            volume: volume * FixedPoint.unit, closesSlot: instrument == instruments - 1))
      }
    }
    return bars
  }
}

extension StrategySet {
  /// One strategy of the built-in catalog with its described defaults where `given` says nothing.
  init(_ name: String, _ given: [String: ParameterValue] = [:], instrumentCount: Int = 1) throws(StrategySetError) {
    var values: [String: ParameterValue] = [:]
    for description in StrategyCatalog.builtIn[name]?.parameters ?? [] {
      values[description.name] = given[description.name] ?? description.defaultValue
    }
    try self.init(
      [(name: name, parameters: ParameterValues(values))], catalog: .builtIn, instrumentCount: instrumentCount)
  }

  /// What the strategy makes of these bars, one decision a bar.
  mutating func decisions(_ bars: [Bar]) -> [Decision] { bars.map { update(0, $0) } }
}
