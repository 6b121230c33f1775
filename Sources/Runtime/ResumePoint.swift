package import Core
package import Events
package import Journal
package import Market
package import Strategies

/// Where an unfinished journal ends: the state, and what is still to be appended before another input is taken.
package struct ResumePoint: ~Copyable {
  package enum End: Hashable, Sendable {
    /// Inputs are still to come.
    case open
    /// The feed had ended in this event, and the run's last word is missing.
    case feedEnded(UInt64)
    /// Everything is there but the seal.
    case complete
  }

  package var engine: Engine
  package let start: RunStarted
  package let startedAt: Timestamp
  /// Rows that the last input caused and that are not in the journal.
  package let missing: [UInt8]
  package let missingCount: Int
  /// Inputs of the feed that are in the journal.
  package let inputs: UInt64
  package let lastTime: Timestamp
  package let isBetweenSlots: Bool
  package let end: End
}

extension ResumePoint {
  /// Replays an unfinished journal, compares every derived event with it, and stops at its end.
  ///
  /// - Throws: `resumeDiverges` where a derived event is not what its inputs give.
  package init(_ chain: JournalChain, catalog: StrategyCatalog) throws(RunError) {
    let replay = try Replay(chain, catalog: catalog)
    self = try replay.runToResume(startedAt: chain.first.startedAt)
  }
}
