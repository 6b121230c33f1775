// Goal: a restart from a snapshot is a restart from the first event, only sooner. Method: the same troubled sessions with and without snapshots; at each
// restart from one the journal is replayed from its first event too, and state, desk, slots and timers are compared (`RestartComparison`); in the end the
// journals must be the same bytes. Now and then a snapshot is damaged when a process dies.
import SimulatedSessions
import Simulation
import Testing

@Suite struct SnapshotSessionTests {
  @Test("give the same state at each restart and the same events behind it as sessions without them")
  func sameEvents() {
    var (begun, whole, refused) = (0, 0, 0)
    for seed in UInt64(2_000)..<2_032 {
      let plan = SessionPlan(seed: seed, barCount: 30)
      let without = SessionRun(plan)
      let with = SessionRun(plan, snapshotEvents: [1, 10, 40][Int(seed % 3)])
      #expect(with.finding == nil, "\(plan.line)")
      #expect(with.journal == without.journal, "\(plan.line)")
      #expect(with.end == without.end, "\(plan.line)")
      guard let restarts = with.shelf?.restarts else { continue }
      begun += restarts.begun
      whole += restarts.whole
      refused += restarts.refused
    }
    print("restarts: \(begun) from a snapshot, \(whole) from the first event; \(refused) snapshots left aside")
    #expect(begun > 12 && refused > 3)
  }
}
