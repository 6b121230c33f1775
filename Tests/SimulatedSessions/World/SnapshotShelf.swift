import Journal
import Runtime
import Simulation
import Synchronization

/// Where a session's processes keep snapshots of the state: beside the simulated disk, so that what happens to that is the same with and without them.
///
/// They outlive every process. Now and then one has a byte changed when a process dies, so that the next one has to find that out.
package final class SnapshotShelf: Sendable {
  /// How many events lie between two of them; nil to keep none.
  package let events: UInt64?
  private let seed: UInt64
  private let kept = Mutex<[UInt64: [UInt8]]>([:])
  private let counts = Mutex((whole: 0, begun: 0, refused: 0))

  package init(events: UInt64?, seed: UInt64) {
    self.events = events
    self.seed = seed
  }

  func keep(_ snapshot: [UInt8], at sequence: UInt64) { kept.withLock { $0[sequence] = snapshot } }

  /// Damages the newest one now and then.
  func processDied(life: Int) {
    var random = SplitMix64(seed: seed &+ UInt64(life))
    guard random.next(below: 4) == 0 else { return }
    kept.withLock { kept in
      guard let newest = kept.keys.max(), let bytes = kept[newest] else { return }
      kept[newest]?[Int(random.next(below: Int64(bytes.count)))] ^= 1
    }
  }

  /// The newest first.
  var snapshots: [KeptSnapshot] {
    kept.withLock { kept in
      kept.keys.sorted(by: >).map { sequence in
        let bytes = kept[sequence]
        return KeptSnapshot(sequence: sequence, path: "snapshot-\(sequence)") { bytes }
      }
    }
  }

  func note(_ begin: ReplayBegin) {
    counts.withLock { counts in
      if begin.snapshot == nil { counts.whole += 1 } else { counts.begun += 1 }
      counts.refused += begin.refused.count
    }
  }

  /// Restarts that replayed everything, restarts that began at a snapshot, and snapshots that were left aside.
  package var restarts: (whole: Int, begun: Int, refused: Int) { counts.withLock { $0 } }
}
