import Glibc
package import Market

/// What time it is for a run: the system's clock, or for rehearsals one that runs faster from a set origin on.
package enum LiveClock: Hashable, Sendable {
  /// The system's wall clock; jumps where the system's does.
  case real
  /// From `origin` at the monotonic reading `startedAt` on, `speedMillis` thousandths as fast as real time; never goes back.
  case scaled(origin: Timestamp, startedAt: Int64, speedMillis: Int64)

  /// A clock that shows `origin` now.
  package static func scaled(origin: Timestamp, speedMillis: Int64) -> LiveClock {
    precondition(speedMillis > 0, "time moves forward")
    return .scaled(origin: origin, startedAt: LiveClock.monotonicNanos(), speedMillis: speedMillis)
  }

  package var now: Timestamp {
    switch self {
    case .real: return LiveClock.systemTime()
    case .scaled(let origin, let startedAt, let speed):
      let passed = Int128(LiveClock.monotonicNanos() - startedAt) * Int128(speed) / 1_000
      return Timestamp(nanos: Int64(clamping: Int128(origin.nanos) + passed))
    }
  }

  /// Real nanoseconds until this clock shows `time`; 0 where it does already.
  package func realNanos(until time: Timestamp) -> Int64 {
    let left = Int128(time.nanos) - Int128(now.nanos)
    if left <= 0 { return 0 }
    switch self {
    case .real: return Int64(clamping: left)
    case .scaled(_, _, let speed): return Int64(clamping: (left * 1_000 + Int128(speed) - 1) / Int128(speed))
    }
  }

  package static func systemTime() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanos: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// Nanoseconds of a clock that only goes forward.
  package static func monotonicNanos() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
