import Market
import Testing

@testable import Network

/// Asks to be woken, and counts what a loop does with it.
///
/// `@unchecked Sendable`: touched on the loop's thread until `run` has returned.
private final class Sleeper: LoopOwner, @unchecked Sendable {
  var wakeAt: Timestamp?
  private(set) var wokenAt: [Timestamp] = []
  private(set) var idleCount = 0

  func step(_ arrivals: [LoopArrival], now: Timestamp, on loop: WireLoop) {
    wokenAt.append(now)
    if wokenAt.count == 2 { return loop.stop() }
    wakeAt = now.advanced(byNanos: 50_000_000)
  }

  func idle(now: Timestamp, on loop: WireLoop) { idleCount += 1 }
}

@Suite("a busy loop")
struct BusyLoopTests {
  @Test("wakes its owner when he wants it and not before, tells him meanwhile that nothing has come, and ends")
  func wakes() throws {
    let sleeper = Sleeper()
    try WireLoop(clock: .real, isBusy: true).run(sleeper)
    #expect(sleeper.wokenAt.count == 2)
    #expect(sleeper.wokenAt[1].nanos - sleeper.wokenAt[0].nanos >= 50_000_000)
    #expect(sleeper.idleCount > 0)
  }

  @Test("a loop that sleeps tells its owner nothing while nothing comes")
  func sleeps() throws {
    let sleeper = Sleeper()
    try WireLoop(clock: .real).run(sleeper)
    #expect(sleeper.wokenAt.count == 2 && sleeper.idleCount == 0)
  }
}
