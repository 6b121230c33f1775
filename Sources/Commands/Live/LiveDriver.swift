import Foundation
import Journal
import Market
import Network
import Runtime

/// Steps a run that has no machine on the network: bars come from a journal or from standard input, and time passes on one of the clocks.
struct LiveDriver: ~Copyable {
  private var run: LiveRun<RunDestination>
  private var clock: RunClock
  private let queue: ArrivalQueue
  private let desk: ControlDesk
  private let readsLines: Bool
  /// Whether somebody watches: how the run stands costs a walk over it.
  private let isWatched: Bool
  private var out = LiveOutbox()

  init(
    _ run: consuming LiveRun<RunDestination>, clock: RunClock, queue: ArrivalQueue, desk: ControlDesk, readsLines: Bool,
    isWatched: Bool
  ) {
    self.run = run
    self.clock = clock
    self.queue = queue
    self.desk = desk
    self.readsLines = readsLines
    self.isWatched = isWatched
  }

  /// Steps until the run is over, on sockets where it has a venue outside, else on this thread.
  ///
  /// - Parameter tell: shown every record, and, where somebody watches, how the run stands.
  consuming func complete(
    _ tell: @escaping (LiveOutbox, RunStatus?) -> Void, onSockets: Bool, isBusy: Bool
  ) throws -> (end: LiveEnd, result: LiveResult<RunDestination>?) {
    if onSockets { return try completeOnLoop(tell, isBusy: isBusy) }
    let end = try drive(tell)
    do throws(RunError) { return (end, try run.finish()) } catch { throw Failure(live: error) }
  }

  private consuming func completeOnLoop(
    _ tell: @escaping (LiveOutbox, RunStatus?) -> Void, isBusy: Bool
  ) throws -> (end: LiveEnd, result: LiveResult<RunDestination>?) {
    let loop: WireLoop
    do {
      loop = try WireLoop(
        clock: clock.live, isBusy: isBusy, certificates: ProcessInfo.processInfo.environment["ENGINE_CERTIFICATES"])
    } catch {
      throw Failure("the event loop can't be made: \(error)")
    }
    let (queue, desk, readsLines, isWatched) = (queue, desk, readsLines, isWatched)
    desk.whenWaiting { loop.nudge() }
    if readsLines { StandardInputLines.read(into: queue) { loop.nudge() } }
    let owner = LoopDriver(run, queue: queue, isWatched: isWatched, tell: tell)
    do { try loop.run(owner) } catch { throw Failure("the event loop failed: \(error)") }
    guard let outcome = owner.outcome else {
      throw Failure("the event loop ended before the run did; run the same command again")
    }
    let end = try outcome.get()
    do throws(RunError) { return (end, try owner.finish()) } catch { throw Failure(live: error) }
  }

  /// Steps until the run is over.
  ///
  /// - Parameter tell: shown every record, and how the run stands.
  private mutating func drive(_ tell: (LiveOutbox, RunStatus?) -> Void) throws -> LiveEnd {
    let (queue, desk) = (queue, desk)
    desk.whenWaiting { queue.wake() }
    if readsLines { StandardInputLines.read(into: queue) }
    while true {
      let arrivals = queue.drain()
      if case .jumping = clock, let wake = run.wakeAt, arrivals.isEmpty || !readsLines { clock.jump(to: wake) }
      do throws(RunError) {
        try run.step(arrivals, now: clock.now, into: &out)
        try run.performed(&out)
      } catch {
        out.completeRecords()
        tell(out, nil)
        throw Failure(live: error)
      }
      tell(out, isWatched && !out.records.isEmpty ? run.statusWithLimits : nil)
      if let end = out.end { return end }
      if !queue.isEmpty || desk.isWaiting { continue }
      guard let wake = run.wakeAt else {
        queue.wait(nanos: nil)
        continue
      }
      queue.wait(nanos: clock.wait(until: wake))
    }
  }
}
