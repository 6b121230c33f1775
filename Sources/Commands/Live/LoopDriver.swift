import Foundation
import Market
import Network
import Runtime
import Wire

/// Steps a run on a `WireLoop`: its machines' requests go over real sockets, on the thread on which it is stepped.
final class LoopDriver: LoopOwner {
  private var run: LiveRun<RunDestination>
  private let queue: ArrivalQueue
  private var out = LiveOutbox()
  private let isWatched: Bool
  private let tell: (LiveOutbox, RunStatus?) -> Void
  private(set) var outcome: Result<LiveEnd, Failure>?

  init(
    _ run: consuming LiveRun<RunDestination>, queue: ArrivalQueue, isWatched: Bool,
    tell: @escaping (LiveOutbox, RunStatus?) -> Void
  ) {
    self.isWatched = isWatched
    self.run = run
    self.queue = queue
    self.tell = tell
  }

  var wakeAt: Timestamp? { outcome == nil ? run.wakeAt : nil }

  func step(_ arrivals: [LoopArrival], now: Timestamp, on loop: WireLoop) {
    if outcome != nil { return }
    var all: [LiveArrival] = []
    for arrival in arrivals {
      guard let party = LiveParty(rawValue: UInt8(arrival.party)) else { continue }
      all.append(.wire(party, arrival.event))
    }
    all += queue.drain()
    do throws(RunError) { try run.step(all, now: now, into: &out) } catch {
      // Nothing of the step leaves; what is durable is what the next process goes on with.
      outcome = .failure(Failure(live: error))
      return loop.stop()
    }
    for request in out.requests { loop.perform(request.request, for: Int(request.party.rawValue)) }
    run.giving()
    loop.flush()
    do throws(RunError) { try run.performed(&out) } catch {
      outcome = .failure(Failure(live: error))
      return loop.stop()
    }
    tell(out, isWatched && !out.records.isEmpty ? run.statusWithLimits : nil)
    if let end = out.end {
      outcome = .success(end)
      loop.stop()
    }
  }

  func idle(now: Timestamp, on loop: WireLoop) {
    if outcome != nil { return }
    for request in run.rehearse(now) { loop.rehearse(request.request) }
  }

  /// Seals the journal; nil where no bar ever came.
  func finish() throws(RunError) -> LiveResult<RunDestination>? { try run.finish() }
}
