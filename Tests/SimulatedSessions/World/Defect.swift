/// Deliberate bugs that the simulation must find, or it is too weak: none is ever on but where a session is told so.
package enum Defect: String, CaseIterable, Hashable, Sendable {
  case none
}
