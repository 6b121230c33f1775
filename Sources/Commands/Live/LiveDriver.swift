import Foundation
import Journal
import Market
import Runtime

/// Steps a run that has no machine on the network: bars come from a journal or from standard input, and time passes on one of the clocks.
struct LiveDriver: ~Copyable {
  private var run: LiveRun<RunDestination>
  private var clock: RunClock
  private let queue: ArrivalQueue
  private let desk: ControlDesk
  private let readsLines: Bool
  private var out = LiveOutbox()

  init(
    _ run: consuming LiveRun<RunDestination>, clock: RunClock, queue: ArrivalQueue, desk: ControlDesk, readsLines: Bool
  ) {
    self.run = run
    self.clock = clock
    self.queue = queue
    self.desk = desk
    self.readsLines = readsLines
  }

  /// Steps until the run is over.
  ///
  /// - Parameter tell: shown every record, and how the run stands.
  mutating func drive(_ tell: (LiveOutbox, RunStatus?) -> Void) throws -> LiveEnd {
    let (queue, desk) = (queue, desk)
    desk.whenWaiting { queue.wake() }
    if readsLines { StandardInputLines.read(into: queue) }
    while true {
      let arrivals = queue.drain()
      if case .jumping = clock, let wake = run.wakeAt, arrivals.isEmpty || !readsLines { clock.jump(to: wake) }
      do throws(RunError) { try run.step(arrivals, now: clock.now, into: &out) } catch {
        tell(out, nil)
        throw Failure(error)
      }
      run.performed()
      tell(out, out.records.isEmpty ? nil : run.status)
      if let end = out.end { return end }
      if !queue.isEmpty || desk.isWaiting { continue }
      guard let wake = run.wakeAt else {
        queue.wait(nanos: nil)
        continue
      }
      queue.wait(nanos: clock.wait(until: wake))
    }
  }

  /// Seals the journal and gives its files their names; nil where no bar ever came.
  consuming func finish() throws -> (result: BacktestResult, paths: [String], resumption: [String])? {
    do throws(RunError) {
      guard let result = try run.finish() else { return nil }
      var destination = result.output
      let outcome = BacktestResult(runID: result.runID, files: result.files, ended: result.ended)
      do {
        return (outcome, try destination.publish(), destination.resumption)
      } catch let failure as Failure {
        throw .output(failure.text)
      } catch {
        throw .output("\(error)")
      }
    } catch {
      throw Failure(error)
    }
  }
}
