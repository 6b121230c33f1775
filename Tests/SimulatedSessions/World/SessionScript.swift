package import Market
package import Runtime
import Synchronization

/// What is done to a session besides what its seed draws: where its processes end, one after another, and when it is killed.
package final class SessionScript: Sendable {
  /// A point, and how often it is reached before the process ends there.
  package struct Ending: Hashable, Sendable, CustomStringConvertible {
    package var point: FailPoint
    package var times: Int
    package init(_ point: FailPoint, times: Int = 1) {
      self.point = point
      self.times = times
    }
    package var description: String { "\(point.rawValue):\(times)" }
  }

  private struct State {
    var endings: ArraySlice<Ending>
    var reached: [FailPoint: Int] = [:]
    var reachedSince: [FailPoint: Int] = [:]
  }

  /// When somebody pulls the switch; nil for never.
  package let killAt: Timestamp?
  private let state: Mutex<State>

  package init(endings: [Ending] = [], killAt: Timestamp? = nil) {
    self.killAt = killAt
    state = Mutex(State(endings: endings[...]))
  }

  /// How often each point was reached.
  package var reached: [FailPoint: Int] { state.withLock { $0.reached } }
  /// Endings that never came.
  package var left: [Ending] { state.withLock { Array($0.endings) } }

  /// Whether the process ends here. Each ending counts from the one before it.
  func ends(at point: FailPoint) -> Bool {
    state.withLock { state in
      state.reached[point, default: 0] += 1
      guard let next = state.endings.first, next.point == point else { return false }
      state.reachedSince[point, default: 0] += 1
      guard state.reachedSince[point] == next.times else { return false }
      state.endings.removeFirst()
      state.reachedSince = [:]
      return true
    }
  }
}
