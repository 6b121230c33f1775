package import Journal
package import Runtime
import Simulation

/// One session played to its end, and what came of it.
package struct SessionRun {
  package let plan: SessionPlan
  /// What must never be, and was; nil where all is well.
  package let finding: SessionFinding?
  /// What went wrong on purpose, in order: with it the session can be repeated.
  package let fired: [Mishap]
  package let figures: SessionFigures
  package let journal: [UInt8]
  /// What the journal says; nil where it couldn't be read.
  package let facts: JournalFacts?
  /// How the run ended; nil where it didn't.
  package let end: LiveEnd?
  /// What the last process left there: where it ended in a held run, part of the journal is in its live tail.
  let disk: SimulatedDisk?

  /// The journal with its live tail, as a process would find it; nil where there is none.
  package func openJournal() throws(FileError) -> (any JournalFile)? {
    try disk?.open(DiskOutput.path, for: .reading)
  }
  /// The snapshots that its processes kept and began at.
  package let shelf: SnapshotShelf?
  /// What the run would have sent where it kept itself warm.
  package let rehearsedRequests: Int

  /// - Parameters:
  ///   - mishaps: nil for what the plan draws.
  ///   - snapshotEvents: how often the state is kept for restarts; nil for never.
  ///   - rehearses: whether the run keeps itself warm between its steps.
  package init(
    _ plan: SessionPlan, replaying mishaps: [Mishap]? = nil, defect: Defect? = nil,
    script: SessionScript = SessionScript(), snapshotEvents: UInt64? = nil, rehearses: Bool = false
  ) {
    let plan = defect?.isOfReducer == true ? plan.withoutRestarts : plan
    self.plan = plan
    let world: SimulatedWorld
    do throws(SessionFinding) {
      world = try SimulatedWorld(
        plan, replaying: mishaps, defect: defect, script: script, snapshotEvents: snapshotEvents, rehearses: rehearses)
    } catch {
      finding = error
      fired = []
      figures = SessionFigures()
      journal = []
      facts = nil
      end = nil
      disk = nil
      shelf = nil
      rehearsedRequests = 0
      return
    }
    do throws(SessionFinding) {
      try world.play()
      finding = nil
    } catch {
      finding = error
    }
    fired = world.fired
    figures = world.total
    end = world.end
    disk = world.disk
    shelf = world.shelf
    rehearsedRequests = world.rehearsedRequests
    facts = world.observer.facts
    journal = world.disk.content(of: DiskOutput.path) ?? []
  }
}
