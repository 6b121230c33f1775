import Events
import Synchronization

/// Where whoever has something to tell a run leaves it, and where the run's loop takes it up between two inputs.
///
/// One loop takes; any thread leaves. As long as nothing waits, it costs the loop one relaxed load of a flag a bar; the flag's being seen late
/// by an instant harms nothing, and what it stands for is read under the lock.
///
/// However many sources see a reason to kill, there is one kill: the first is taken, and the others get its event for an answer, until an
/// operator's resume has been taken. A kill goes before everything else that waits.
package final class ControlDesk: Sendable {
  package typealias Reply = @Sendable (ControlAnswer) -> Void

  /// Something that waits to be taken.
  package struct Entry: Sendable {
    package let request: ControlRequest
    fileprivate let reply: Reply
  }

  private struct State {
    var queue: [Entry] = []
    /// Whether a kill is on, whoever began it, or waits.
    var kill = Kill.none
    /// Those who asked for a kill while one waited.
    var sharers: [Reply] = []
    var isClosed = false
  }

  private enum Kill {
    case none
    case waiting
    case on(sequence: UInt64)
  }

  /// More than a few waiting requests are no person's.
  static let queueCountMax = 64

  private let waiting = Atomic<Bool>(false)
  private let state = Mutex(State())
  private let alarm = Mutex<(@Sendable () -> Void)?>(nil)

  package init() {}

  /// Whether something waits to be taken.
  @inline(__always)
  package var isWaiting: Bool { waiting.load(ordering: .relaxed) }

  /// Calls `wake`, on the thread of whoever leaves something, each time that something waits: for a loop that sleeps between two inputs.
  package func whenWaiting(_ wake: @escaping @Sendable () -> Void) {
    alarm.withLock { $0 = wake }
    if isWaiting { wake() }
  }

  /// The event of the kill that is on, as far as noted; nil where none is.
  package var killedAt: UInt64? {
    state.withLock { if case .on(let sequence) = $0.kill { sequence } else { nil } }
  }

  /// Leaves a request; `reply` is called once, by this thread or the loop's.
  package func leave(_ request: ControlRequest, reply: @escaping Reply = { _ in }) {
    let answer: ControlAnswer? = state.withLock { state in
      if state.isClosed { return .refused("the run has ended; its journal takes nothing more") }
      if case .kill = request {
        switch state.kill {
        case .on(let sequence): return .alreadyKilled(sequence: sequence)
        case .waiting:
          // Bounded like the queue; those beyond are told what is so.
          if state.sharers.count >= ControlDesk.queueCountMax { return .refused("a kill waits to be taken already") }
          state.sharers.append(reply)
          return nil
        case .none:
          state.kill = .waiting
          state.queue.insert(Entry(request: request, reply: reply), at: 0)
        }
      } else {
        if state.queue.count >= ControlDesk.queueCountMax {
          return .refused("\(state.queue.count) requests wait to be taken already; ask again later")
        }
        state.queue.append(Entry(request: request, reply: reply))
      }
      waiting.store(true, ordering: .relaxed)
      return nil
    }
    if let answer { reply(answer) } else { alarm.withLock { $0 }?() }
  }

  /// The next that waits; nil where nothing does. Called by the loop alone.
  package func take() -> Entry? {
    guard isWaiting else { return nil }
    return state.withLock { state in
      let entry = state.queue.isEmpty ? nil : state.queue.removeFirst()
      waiting.store(!state.queue.isEmpty, ordering: .relaxed)
      return entry
    }
  }

  /// Answers what was taken.
  package func answer(_ entry: Entry, _ answer: ControlAnswer) {
    var sharers: [Reply] = []
    if case .kill = entry.request {
      sharers = state.withLock { state in
        if case .appended(let receipt) = answer { state.kill = .on(sequence: receipt.sequence) }
        defer { state.sharers = [] }
        return state.sharers
      }
    }
    entry.reply(answer)
    for reply in sharers {
      if case .appended(let receipt) = answer {
        reply(.alreadyKilled(sequence: receipt.sequence))
      } else {
        reply(answer)
      }
    }
  }

  /// Notes whether the run is killed, and since which event: by whatever input, or by a breaker; a refused resume ends none. Called by the loop alone.
  package func note(killedAt sequence: UInt64?) {
    if let sequence { noteKill(sequence) } else { noteResume() }
  }

  /// A kill is on: those that wait are the same one.
  private func noteKill(_ sequence: UInt64) {
    let replies = state.withLock { state in
      state.kill = .on(sequence: sequence)
      var replies = state.sharers
      state.sharers = []
      state.queue.removeAll { entry in
        guard case .kill = entry.request else { return false }
        replies.append(entry.reply)
        return true
      }
      waiting.store(!state.queue.isEmpty, ordering: .relaxed)
      return replies
    }
    for reply in replies { reply(.alreadyKilled(sequence: sequence)) }
  }

  /// An operator has ended the kill: the next reason to kill is a new one.
  private func noteResume() {
    state.withLock { state in
      if case .on = state.kill { state.kill = .none }
    }
  }

  /// Takes nothing any more, and tells those who still wait.
  package func close() {
    let replies = state.withLock { state in
      state.isClosed = true
      defer {
        state.queue = []
        state.sharers = []
      }
      waiting.store(false, ordering: .relaxed)
      return state.queue.map(\.reply) + state.sharers
    }
    for reply in replies { reply(.refused("the run ended before this was taken; its journal holds nothing of it")) }
  }
}
