import Dispatch
import Simulation
import Synchronization

/// Many sessions, on as many threads as are wanted; each world is one thread's alone, so that threads change nothing but the time it takes.
package struct SessionBatch: Sendable {
  package var seeds: Range<UInt64>
  package var threads: Int
  package var venue: SessionPlan.VenueKind?
  package var trouble: SessionPlan.Trouble?
  package var barCount: Int?
  package var feed: SessionPlan.FeedKind
  package var defect: Defect?
  /// Every so many sessions one is played twice, and its journals compared.
  package var twiceEvery: UInt64
  /// Whether to go on behind a finding.
  package var stopsAtFinding: Bool

  package init(
    seeds: Range<UInt64>, threads: Int = 2, venue: SessionPlan.VenueKind? = nil, trouble: SessionPlan.Trouble? = nil,
    barCount: Int? = nil, defect: Defect? = nil, twiceEvery: UInt64 = 16, stopsAtFinding: Bool = true,
    feed: SessionPlan.FeedKind = .scripted
  ) {
    self.seeds = seeds
    self.threads = threads
    self.venue = venue
    self.trouble = trouble
    self.barCount = barCount
    self.feed = feed
    self.defect = defect
    self.twiceEvery = twiceEvery
    self.stopsAtFinding = stopsAtFinding
  }

  package struct Outcome: Sendable {
    package var figures = SessionFigures()
    /// How often something went wrong, by its word.
    package var fired: [String: Int] = [:]
    /// By seed.
    package var findings: [UInt64: SessionFinding] = [:]
  }

  /// Plays the sessions.
  ///
  /// - Parameter mayGoOn: asked before each session; what it says decides how many are played, never what one does.
  package func run(mayGoOn: @Sendable () -> Bool = { true }) -> Outcome {
    let total = Mutex(Outcome())
    let next = Mutex(seeds.lowerBound)
    let batch = self
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while mayGoOn() {
        let seed: UInt64? = next.withLock { next in
          guard next < batch.seeds.upperBound else { return nil }
          defer { next += 1 }
          return next
        }
        guard let seed else { return }
        let (outcome, finding) = batch.play(seed)
        let stops = total.withLock { total in
          total.figures.add(outcome.figures)
          total.fired.merge(outcome.fired) { $0 + $1 }
          if let finding { total.findings[seed] = finding }
          return batch.stopsAtFinding && !total.findings.isEmpty
        }
        if stops { return }
      }
    }
    return total.withLock { $0 }
  }

  package func plan(_ seed: UInt64) -> SessionPlan {
    SessionPlan(seed: seed, barCount: barCount, venue: venue, trouble: trouble, feed: feed)
  }

  private func play(_ seed: UInt64) -> (Outcome, SessionFinding?) {
    if let defect, !defect.canShow(in: plan(seed)) { return (Outcome(), nil) }
    let run = SessionRun(plan(seed), defect: defect)
    var outcome = Outcome(figures: run.figures)
    for mishap in run.fired { outcome.fired[mishap.word, default: 0] += 1 }
    if run.finding == nil, twiceEvery > 0, seed % twiceEvery == 0 {
      let again = SessionRun(plan(seed), defect: defect)
      if again.journal != run.journal || again.fired != run.fired {
        return (outcome, SessionFinding(.determinism, "the same seed gave another journal"))
      }
      let replayed = SessionRun(plan(seed), replaying: run.fired, defect: defect)
      if replayed.journal != run.journal {
        return (outcome, SessionFinding(.determinism, "the list of what went wrong gave another journal"))
      }
    }
    return (outcome, run.finding)
  }
}
