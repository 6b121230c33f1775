/// Each deliberate bug, and how many sessions it took to find it: one that isn't found shows that the simulation is too weak.
package struct DefectTable {
  private let sessions: UInt64
  private let threads: Int

  /// - Parameter sessions: at most, for each.
  package init(sessions: UInt64, threads: Int) {
    self.sessions = sessions
    self.threads = threads
  }

  /// One row a bug; 1 where one was not found.
  package func print() -> Int32 {
    var isComplete = true
    for defect in Defect.allCases {
      let outcome = SessionBatch(
        seeds: 1..<(1 + sessions), threads: threads, venue: defect.venue, defect: defect, twiceEvery: 0
      ).run()
      if let (seed, finding) = outcome.findings.min(by: { $0.key < $1.key }) {
        Swift.print(
          "simulate: \(defect.rawValue): found after \(outcome.figures.sessions) sessions, seed \(seed): \(finding)")
      } else {
        isComplete = false
        Swift.print("simulate: \(defect.rawValue): NOT FOUND in \(outcome.figures.sessions) sessions")
      }
    }
    return isComplete ? 0 : 1
  }
}
