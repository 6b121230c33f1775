import Events
import Market

/// Trades the crossing of two averages: what the strategies that watch one share.
struct CrossTrade: Sendable {
  private let crossing: Placed<Crossing>
  private let wanted: Placed<WantedPosition>
  /// What is wanted below: flat or short.
  private let below: Direction

  init(below: Direction, memory: inout BlockMemory) {
    crossing = memory.place(Crossing())
    wanted = memory.place(WantedPosition())
    self.below = below
  }

  @inline(__always)
  func decide(_ words: inout MutableSpan<UInt64>, _ block: Int, _ bar: Bar, _ fast: Double, _ slow: Double) -> Decision
  {
    guard let cross = crossing.update(&words, block, (fast, slow)) else { return .warmingUp }
    if cross == .none { return .hold }
    let direction = cross == .above ? Direction.long : below
    guard wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    return .target(target(direction, cross, fast, slow))
  }

  @inline(never)
  private func target(_ direction: Direction, _ cross: Cross, _ fast: Double, _ slow: Double) -> Target {
    let confidence = ExactQuotient.saturation((fast - slow).magnitude, half: slow.magnitude * 0.001)
    return Target(
      direction, confidence: confidence, reason: cross == .above ? .crossedAbove : .crossedBelow,
      features: (fast, slow))
  }
}

extension Target {
  /// A full position, or none. An exit is always sure: a threshold on confidence must never keep a position open.
  init(
    _ direction: Direction, confidence: Int64, reason: SignalReason, features: (first: Double, second: Double)
  ) {
    self.init(
      direction, confidenceMicros: direction == .flat ? 1_000_000 : confidence, reason: reason,
      firstFeature: ExactQuotient.nanos(features.first), secondFeature: ExactQuotient.nanos(features.second))
  }
}
