import Events
import Journal

/// Snapshots of a run that goes on: with the newest one a restart replays only what came behind it.
///
/// They are a projection: one that can't be written, or is lost, costs the restart time and nothing else, so the run goes on and says so.
extension LiveRun {
  /// Keeps the state, once enough events have become durable since it was kept last: between slots, and behind everything that had to leave.
  mutating func keepSnapshot() {
    guard let snapshotEvents, ending == nil, !isDirty else { return }
    let kept: (bytes: [UInt8], sequence: UInt64)
    switch loop {
    case .none: return
    case .some(let loop):
      let sequence = loop.writer.nextSequence
      guard sequence >= nextSnapshot, loop.isBetweenSlots else { return }
      kept = (Snapshot.encode(loop.engine, runID: loop.start.runID, sequence: sequence), sequence)
    }
    guard var output else { preconditionFailure("a journal that is written has its output") }
    nextSnapshot = kept.sequence + snapshotEvents
    do throws(RunError) { try output.write(snapshot: kept.bytes, sequence: kept.sequence) } catch {
      snapshotFailure = error
    }
    self.output = output
  }

  mutating func tellOfSnapshot(into out: inout LiveOutbox) {
    guard let failure = snapshotFailure else { return }
    snapshotFailure = nil
    out.records.append(.snapshotFailed(failure))
  }
}
