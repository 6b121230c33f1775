package import Market

/// The exchange's time: runs `speed` times as fast as the time it is told, from an origin on.
package struct ExchangeClock: Hashable, Sendable {
  /// What the exchange's clock shows at `startedAt` of real time.
  package let origin: Timestamp
  package let startedAt: Timestamp
  /// Thousandths: 1,000 is real time.
  package let speedMillis: Int64

  package init(origin: Timestamp, startedAt: Timestamp, speedMillis: Int64) {
    precondition(speedMillis > 0, "an exchange's time moves forward")
    self.origin = origin
    self.startedAt = startedAt
    self.speedMillis = speedMillis
  }

  /// The exchange's time at an instant of real time.
  package func time(at real: Timestamp) -> Timestamp {
    let passed = Int128(real.nanos) - Int128(startedAt.nanos)
    return Timestamp(nanos: Int64(clamping: Int128(origin.nanos) + passed * Int128(speedMillis) / 1_000))
  }

  /// The first instant of real time at which the exchange's clock shows `time`.
  package func real(of time: Timestamp) -> Timestamp {
    let passed = (Int128(time.nanos) - Int128(origin.nanos)) * 1_000
    let speed = Int128(speedMillis)
    let real = passed > 0 ? (passed + speed - 1) / speed : passed / speed
    return Timestamp(nanos: Int64(clamping: Int128(startedAt.nanos) + real))
  }
}
