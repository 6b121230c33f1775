import Dispatch
import Runtime
import Synchronization

/// What other threads bring to the one that steps the run, and what wakes it.
final class ArrivalQueue: Sendable {
  private let arrivals = Mutex<[LiveArrival]>([])
  private let bell = DispatchSemaphore(value: 0)
  /// Counts what may wait; a thread that brings more waits for room.
  private let room: DispatchSemaphore

  /// - Parameter countMax: lines that may wait before whoever reads them is slowed down.
  init(countMax: Int = 4_096) { room = DispatchSemaphore(value: countMax) }

  /// Leaves something; waits where too much waits already.
  func post(_ arrival: LiveArrival) {
    room.wait()
    arrivals.withLock { $0.append(arrival) }
    bell.signal()
  }

  /// Wakes the stepping thread though nothing was left.
  func wake() { bell.signal() }

  /// All that has come since the last time.
  func drain() -> [LiveArrival] {
    let taken = arrivals.withLock { arrivals in
      let taken = arrivals
      arrivals.removeAll()
      return taken
    }
    for _ in taken { room.signal() }
    return taken
  }

  var isEmpty: Bool { arrivals.withLock { $0.isEmpty } }

  /// Returns when something was left or somebody rang, at the latest after so many nanoseconds; nil: however long it takes.
  func wait(nanos: Int64?) {
    guard let nanos else { return bell.wait() }
    if nanos > 0 { _ = bell.wait(timeout: .now() + .nanoseconds(Int(min(nanos, 3_600_000_000_000)))) }
  }
}
