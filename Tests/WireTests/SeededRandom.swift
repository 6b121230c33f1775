import Testing

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed on every machine.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A generator whose seed is printed, so that a failure can be repeated by passing it in.
  static func reported(seed: UInt64 = .random(in: 0 ... .max), _ test: String = #function) -> SeededRandom {
    print("\(test): seed \(seed)")
    return SeededRandom(seed: seed)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number whose count of bits is itself random, so that small and large ones are equally likely; never `Int64.min`.
  mutating func nextSpread() -> Int64 {
    let magnitude = Int64(truncatingIfNeeded: (next() >> 1) >> (next() % 63))
    return next() & 1 == 0 ? magnitude : -magnitude
  }
}

extension Array {
  func picked(by random: inout SeededRandom) -> Element { self[Int(random.next() % UInt64(count))] }
}
