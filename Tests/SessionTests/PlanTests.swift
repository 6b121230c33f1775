// Every session's profile is one that `engine` takes, and says the same whenever it is drawn.
import Runtime
import SimulatedSessions
import Simulation
import Testing

@Suite struct PlanTests {
  @Test("draws profiles that the reader takes, the same for a seed")
  func profiles() throws {
    var kinds = Set<SessionPlan.VenueKind>()
    for seed in UInt64(0)..<120 {
      let plan = SessionPlan(seed: seed)
      kinds.insert(plan.venue)
      let profile = try Profile.parse(yaml: plan.yaml, file: "seed \(seed)", catalog: SessionPlan.catalog)
      #expect(profile.live?.instruments.count == plan.symbolCount)
      #expect(plan.bars.count == (plan.historyCount + plan.barCount + SessionPlan.settlingCount) * plan.symbolCount)
      let again = SessionPlan(seed: seed)
      #expect(again.yaml == plan.yaml && again.rates == plan.rates && again.bars == plan.bars)
    }
    #expect(kinds == [.paper, .exchange])
  }
}
