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
  /// Inputs that are in the journal, whether of its feed or of whoever told the run something.
  package let inputs: UInt64
  /// Of those, what people and kill switches can have told it, in order.
  package let said: [SaidInput]
  /// Of the last input; where there is none, of the run's beginning.
  package let lastTime: Timestamp
  package let isBetweenSlots: Bool
  package let end: End
  /// Where the replay began.
  package internal(set) var begin: ReplayBegin
}

/// Where the replay of a run that is to go on began.
package struct ReplayBegin: Sendable {
  /// The first event that was recomputed or compared.
  package var sequence: UInt64 = 0
  /// The snapshot whose state it began with; nil where it began with the chain.
  package var snapshot: String?
  /// Newer snapshots that could not be used, and why.
  package var refused: [(path: String, reason: RunError)] = []
  package init(sequence: UInt64 = 0) { self.sequence = sequence }
}

/// A kill or an operator's command among a run's inputs: of its feed, or told to it while it ran.
package struct SaidInput: Sendable {
  package enum Body: Hashable, Sendable {
    case kill(KillSwitch)
    case command(OperatorCommand)
  }

  /// How many inputs came before it.
  package let ordinal: UInt64
  package let sequence: UInt64
  package let time: Timestamp
  package let body: Body

  /// Whether the feed's input is this very one.
  func isSame(as input: Input) -> Bool {
    switch (input, body) {
    case (.kill(let other, let time), .kill(let own)): own == other && time == self.time
    case (.command(let other, let time), .command(let own)): own == other && time == self.time
    case (.bar, _), (.corporateAction, _), (.dataPoint, _), (.timer, _), (.halt, _), (.reconciliation, _), (.kill, _),
      (.report, _), (.notice, _), (.measurement, _), (.adopted, _),
      (.command, _):
      false
    }
  }
}

extension ResumePoint {
  /// Replays an unfinished journal, compares every derived event with it, and stops at its end.
  ///
  /// Begins at the newest of `kept` that is right, and with the chain where none is: one that is missing, damaged, of another version, or from which the journal's
  /// events don't follow is left aside and named in `begin`.
  /// - Throws: `resumeDiverges` where a derived event is not what its inputs give.
  /// - Parameters:
  ///   - snapshot: the state at the chain's beginning, for a chain that doesn't begin with the run; then inputs count from there.
  ///   - kept: snapshots within the chain, the newest first; inputs count from the one that is taken.
  package init(
    _ chain: JournalChain, catalog: StrategyCatalog, snapshot: (bytes: [UInt8], path: String)? = nil,
    kept: [KeptSnapshot] = []
  ) throws(RunError) {
    self = try ResumePoint.replayed(chain, catalog, snapshot, kept)
  }

  private static func replayed(
    _ chain: JournalChain, _ catalog: StrategyCatalog, _ snapshot: (bytes: [UInt8], path: String)?,
    _ kept: [KeptSnapshot]
  ) throws(RunError) -> ResumePoint {
    var begin = ReplayBegin(sequence: chain.first.summary.firstSequence)
    let range = begin.sequence + 1...max(chain.summary.nextSequence, begin.sequence + 1)
    for kept in kept where range.contains(kept.sequence) {
      do throws(RunError) {
        let replay = try Replay(chain, catalog: catalog, behind: kept)
        var point = try replay.runToResume(startedAt: chain.first.startedAt)
        (begin.sequence, begin.snapshot) = (kept.sequence, kept.path)
        point.begin = begin
        return point
      } catch {
        begin.refused.append((kept.path, error))
      }
    }
    let replay = try Replay(chain, catalog: catalog, snapshot: snapshot)
    var point = try replay.runToResume(startedAt: chain.first.startedAt)
    point.begin = begin
    return point
  }
}

extension InputFeed {
  /// Steps over what a journal holds of this feed, so that `next` is the first input that it lacks.
  ///
  /// What somebody told the run stands between the feed's inputs and is none of them. Where it is the same as the feed's next input it counts as that
  /// one, which comes to the same.
  mutating func skip(_ point: borrowing ResumePoint, next: inout Input?) throws(RunError) {
    var place = 0
    for ordinal in 0..<point.inputs {
      if place < point.said.count, point.said[place].ordinal == ordinal {
        place += 1
        guard let input = next, point.said[place - 1].isSame(as: input) else { continue }
      }
      next = try self.next()
    }
  }
}
