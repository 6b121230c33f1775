/// Deliberate bugs that the simulation must find, or it is too weak: none is ever on but where a session is told so.
package enum Defect: String, CaseIterable, Hashable, Sendable {
  case ackBeforeSync = "ack_before_sync"

  /// Where it can show; nil for both.
  package var venue: SessionPlan.VenueKind? { nil }
}
