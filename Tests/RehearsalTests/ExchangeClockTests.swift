import Market
import Rehearsal
import Testing

@Suite struct ExchangeClockTests {
  @Test(
    "shows a time at the first instant that is said to show it, and not before",
    arguments: [1, 999, 1_000, 60_000, 7_777])
  func inverse(_ speedMillis: Int64) {
    let clock = ExchangeClock(
      origin: Timestamp(nanos: 1_700_000_000_000_000_000), startedAt: Timestamp(nanos: 5), speedMillis: speedMillis)
    for step in [0, 1, 59, 1_000_000_007] as [Int64] {
      let time = Timestamp(nanos: clock.origin.nanos + step)
      let real = clock.real(of: time)
      #expect(clock.time(at: real) >= time)
      if real > clock.startedAt { #expect(clock.time(at: Timestamp(nanos: real.nanos - 1)) < time) }
    }
  }
}
