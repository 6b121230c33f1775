import Foundation
import Market
import Network

/// The clock of a run: real time, real time that goes faster from some instant on, or one that jumps to whatever comes next.
enum RunClock {
  case real
  /// `speed` seconds a second, from `origin` on.
  case scaled(origin: Timestamp, startedNanos: Int64, speed: Int)
  /// Goes on when it is told to, and never back.
  case jumping(Timestamp)

  /// The clock's reading.
  var now: Timestamp {
    switch self {
    case .real: Timestamp(nanos: RunClock.nanos(CLOCK_REALTIME))
    case .scaled(let origin, let started, let speed):
      Timestamp(
        nanos: Int64(
          clamping: Int128(origin.nanos) + Int128(RunClock.nanos(CLOCK_MONOTONIC) - started) * Int128(speed)))
    case .jumping(let now): now
    }
  }

  /// Real nanoseconds until the clock shows `time`; 0 where it does already.
  func wait(until time: Timestamp) -> Int64 {
    let left = Int128(time.nanos) - Int128(now.nanos)
    if left <= 0 { return 0 }
    switch self {
    case .real: return Int64(clamping: left)
    case .scaled(_, _, let speed): return Int64(clamping: left / Int128(speed) + 1)
    case .jumping: return 0
    }
  }

  /// The same clock for an event loop, which knows none that jumps.
  var live: LiveClock {
    switch self {
    case .real, .jumping: .real
    case .scaled(let origin, let started, let speed):
      .scaled(origin: origin, startedAt: started, speedMillis: Int64(speed) * 1_000)
    }
  }

  mutating func jump(to time: Timestamp) {
    if case .jumping(let now) = self { self = .jumping(max(now, time)) }
  }

  static func scaled(from origin: Timestamp, speed: Int) -> RunClock {
    .scaled(origin: origin, startedNanos: nanos(CLOCK_MONOTONIC), speed: speed)
  }

  /// Nanoseconds of a clock that only goes forward.
  static func monotonicNanos() -> Int64 { nanos(CLOCK_MONOTONIC) }

  private static func nanos(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
