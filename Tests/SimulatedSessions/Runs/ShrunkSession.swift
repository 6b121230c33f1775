import Simulation

/// A failing session made as small as it gets: fewer things that go wrong, fewer bars, the same invariant broken.
package struct ShrunkSession {
  package let seed: UInt64
  package let venue: SessionPlan.VenueKind
  package let feed: SessionPlan.FeedKind
  package let barCount: Int
  package let mishaps: [Mishap]
  package let finding: SessionFinding
  package let defect: Defect?
  /// Sessions that were played for it.
  package let tries: Int

  /// - Parameter run: one with a finding.
  /// - Returns: nil where the list of what went wrong doesn't repeat the finding, which would be the simulation's own fault.
  package init?(_ run: SessionRun, defect: Defect? = nil, triesMax: Int = 300) {
    guard let first = run.finding else { return nil }
    var (tries, finding) = (0, first)
    let plan = run.plan
    func fails(_ mishaps: [Mishap], _ barCount: Int) -> Bool {
      tries += 1
      let again = SessionRun(
        SessionPlan(seed: plan.seed, barCount: barCount, venue: plan.venue, feed: plan.feed), replaying: mishaps,
        defect: defect)
      guard let found = again.finding, found.invariant == first.invariant else { return false }
      finding = found
      return true
    }
    guard fails(run.fired, plan.barCount) else { return nil }
    var barCount = plan.barCount
    var list = shrunk(run.fired, tries: triesMax / 2) { fails($0, barCount) }
    var step = barCount / 2
    while step > 0 {
      if barCount > step, fails(list, barCount - step) { barCount -= step } else { step /= 2 }
    }
    list = shrunk(list, tries: triesMax / 2) { fails($0, barCount) }
    // The last try may have been one that held: the finding shown is that of what is printed.
    guard fails(list, barCount) else { return nil }
    seed = plan.seed
    venue = plan.venue
    feed = plan.feed
    self.barCount = barCount
    mishaps = list
    self.finding = finding
    self.defect = defect
    self.tries = tries
  }

  /// What repeats it.
  package var command: String {
    var text = "engine-simulate --seed \(seed) --venue \(venue.rawValue) --bars \(barCount)"
    if feed != .scripted { text += " --feed \(feed.rawValue)" }
    if let defect { text += " --defect \(defect.rawValue)" }
    return text + " --faults '\(Mishap.text(mishaps))'"
  }
}
