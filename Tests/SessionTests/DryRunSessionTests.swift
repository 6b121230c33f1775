// Goal: what keeps a run warm between two bars changes nothing of it. Method: the same troubled sessions with and without it; the journals must be the
// same bytes and the exchange must have seen the same orders, which the sessions' own checks count.
import SimulatedSessions
import Testing

@Suite struct DryRunSessionTests {
  @Test("a run that keeps itself warm between its steps writes the same bytes as one that sleeps")
  func sameBytes() {
    var requests = 0
    for seed in UInt64(9_000)..<9_024 {
      let plan = SessionPlan(seed: seed, barCount: 30)
      let asleep = SessionRun(plan)
      let warm = SessionRun(plan, rehearses: true)
      #expect(warm.finding == nil, "\(plan.line)")
      #expect(warm.journal == asleep.journal, "\(plan.line)")
      #expect(warm.end == asleep.end, "\(plan.line)")
      requests += warm.rehearsedRequests
    }
    print("dry runs: \(requests) requests made and not sent")
    #expect(requests > 100)
  }
}
