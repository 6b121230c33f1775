package import Market

/// One-minute bars of a random walk in whole cents: the same for a seed on every machine, for benchmarks and tests.
///
/// Symbols take turns within each minute; `closesSlot` is set on the last. Each open is the previous close or a cent beside
/// it; prices stay between 1 and 10,000, where they are reflected; volume is a whole number of 1 … 1,000. The first
/// bar opens at 2020-01-01T00:00Z.
package struct RandomWalk: Sequence, IteratorProtocol {
  private var generator: SplitMix64
  /// Last close of each symbol, in cents.
  private var closes: [Int64]
  private var symbol = 0
  private var minute: Int64 = 0
  private var barsLeft: Int

  private static let start: Int64 = 1_577_836_800 * Timestamp.nanosPerSecond
  private static let minuteNanos = 60 * Timestamp.nanosPerSecond
  private static let centNanos = FixedPoint.unit / 100
  private static let centsMin: Int64 = 100
  private static let centsMax: Int64 = 1_000_000

  /// - Parameter barCount: in all, over all symbols.
  package init(barCount: Int, symbolCount: Int = 1, seed: UInt64 = 1) {
    invariant(symbolCount >= 1 && symbolCount <= 1 << 16, "symbols fit instrument indices", Int64(symbolCount))
    generator = SplitMix64(seed: seed)
    barsLeft = barCount
    closes = []
    for _ in 0..<symbolCount { closes.append(2_000 + generator.next(below: 48_000)) }
  }

  package mutating func next() -> Bar? {
    if barsLeft == 0 { return nil }
    barsLeft -= 1
    let open = RandomWalk.reflected(closes[symbol] + generator.next(below: 3) - 1)
    // The sum of two uniform numbers: small moves are likelier than large ones.
    let close = RandomWalk.reflected(open + generator.next(below: 11) + generator.next(below: 11) - 10)
    let high = Swift.max(open, close) + generator.next(below: 6)
    let low = Swift.max(Swift.min(open, close) - generator.next(below: 6), 1)
    closes[symbol] = close
    let volume = 1 + generator.next(below: 1_000)
    let openTime = Timestamp(nanos: RandomWalk.start + minute * RandomWalk.minuteNanos)
    let bar = RandomWalk.bar(
      instrument: InstrumentIndex(symbol), openTime: openTime, cents: (open, high, low, close), volume: volume,
      closesSlot: symbol == closes.count - 1)
    symbol += 1
    if symbol == closes.count {
      symbol = 0
      minute += 1
    }
    return bar
  }

  private static func reflected(_ cents: Int64) -> Int64 {
    if cents < centsMin { return 2 * centsMin - cents }
    if cents > centsMax { return 2 * centsMax - cents }
    return cents
  }

  private static func bar(
    instrument: InstrumentIndex, openTime: Timestamp, cents: (open: Int64, high: Int64, low: Int64, close: Int64),
    volume: Int64, closesSlot: Bool
  ) -> Bar {
    do throws(BarError) {
      return try Bar(
        instrument: instrument, openTime: openTime, durationNanos: minuteNanos,
        open: Price(nanos: cents.open * centNanos), high: Price(nanos: cents.high * centNanos),
        low: Price(nanos: cents.low * centNanos), close: Price(nanos: cents.close * centNanos),
        volume: Quantity(nanos: volume * FixedPoint.unit), source: .synthetic, closesSlot: closesSlot)
    } catch {
      fatalError("the walk keeps the invariants of a bar: \(error)")
    }
  }
}

/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014): 64 bits of state, any seed is good.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number of 0 … `limit` − 1, by multiplication: for limits this small no value is likelier by more than 2⁻⁴⁰.
  package mutating func next(below limit: Int64) -> Int64 {
    Int64(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(limit)).high)
  }
}
