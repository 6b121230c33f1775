import Events
import Market

extension VenueFriction {
  /// Whether the venue rejects this order: the same answer in every run with the same seed.
  func rejects(_ id: OrderID) -> Bool {
    if rejectMicros == 0 { return false }
    // SplitMix64's finalizer (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    var mixed = id.sequence &+ UInt64(bitPattern: seed) &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Int64(mixed % 1_000_000) < rejectMicros
  }
}
