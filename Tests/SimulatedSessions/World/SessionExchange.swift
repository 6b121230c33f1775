import Brokers
import Market
import Rehearsal
import Runtime
import Simulation

/// The exchange that a session trades at, and the adapter that speaks to it.
enum SessionExchange {
  static func make(
    _ plan: SessionPlan, _ profile: Profile, _ bars: [Bar], now: Timestamp
  ) throws(SessionFinding) -> Exchange {
    throw SessionFinding(.harness, "no exchange yet")
  }

  static func venue(
    _ plan: SessionPlan, _ settings: LiveSettings, life: Int, clock: Timestamp, defect: Defect?
  ) -> (any VenueMachine)? { nil }
}
