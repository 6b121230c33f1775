/// Growing pauses between attempts: doubled each time up to a limit, and shortened by up to half at random, so that many clients don't come back at one instant. The random part comes from
/// the seed alone.
public struct Backoff: Hashable, Sendable {
  public var firstNanos: Int64
  public var longestNanos: Int64
  public private(set) var attempt = 0
  private var state: UInt64

  public init(firstNanos: Int64 = 1_000_000_000, longestNanos: Int64 = 60_000_000_000, seed: UInt64) {
    self.firstNanos = firstNanos
    self.longestNanos = longestNanos
    state = seed
  }

  /// How long to wait before the next attempt: half to the whole of first · 2ⁿ.
  public mutating func next() -> Int64 {
    var pause = firstNanos
    for _ in 0..<min(attempt, 62) where pause < longestNanos { pause = min(pause * 2, longestNanos) }
    attempt += 1
    let half = max(pause / 2, 1)
    return half + Int64(random() % UInt64(half))
  }

  /// A part of a span at random, so that what many clients do once a day isn't done by all at one instant.
  public mutating func part(of spanNanos: Int64) -> Int64 { spanNanos > 0 ? Int64(random() % UInt64(spanNanos)) : 0 }

  /// An attempt succeeded.
  public mutating func reset() { attempt = 0 }

  /// SplitMix64 (Steele, Lea, Flood 2014).
  private mutating func random() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
