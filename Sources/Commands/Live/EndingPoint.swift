#if DEBUG
  import Foundation
  import Runtime
  import Synchronization

  /// Where `ENGINE_END_AT=POINT[:TIMES]` has this process end as by SIGKILL: what `tools/restart.py --at` sets. Debug builds alone know the variable.
  final class EndingPoint: Sendable {
    private let point: FailPoint
    private let left: Mutex<Int>

    private init(_ point: FailPoint, times: Int) {
      self.point = point
      left = Mutex(times)
    }

    /// Nil where the variable isn't set.
    static func ofEnvironment() throws -> EndingPoint? {
      guard let text = ProcessInfo.processInfo.environment["ENGINE_END_AT"] else { return nil }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard let point = FailPoint(rawValue: String(parts[0])), parts.count <= 2,
        let times = parts.count == 2 ? Int(parts[1]) : 1, times > 0
      else {
        throw Failure(
          "ENGINE_END_AT is \(text), and not POINT or POINT:TIMES; points are \(FailPoint.allCases.map(\.rawValue).joined(separator: ", "))."
        )
      }
      return EndingPoint(point, times: times)
    }

    /// Ends the process where the point is reached for the last time that was asked for; else says that it goes on.
    func reach(_ reached: FailPoint) -> Bool {
      guard reached == point else { return false }
      let isLast = left.withLock { left in
        left -= 1
        return left == 0
      }
      if isLast { kill(getpid(), SIGKILL) }
      return isLast
    }
  }
#endif
