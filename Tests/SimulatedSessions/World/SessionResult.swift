package import Rehearsal
package import Runtime
package import Simulation

/// What a session left.
package struct SessionResult {
  package var plan: SessionPlan
  package var disk: SimulatedDisk
  package var exchange: Exchange?
  package var end: LiveEnd?
  package var fired: [Mishap]
  package var restarts: Int
  package var defect: Defect?

  /// Whether somebody ended the run while things went wrong still: it may have waited in vain then.
  package var isStoppedEarly: Bool {
    fired.contains { if case .world(let fault) = $0 { fault.kind == .stopped } else { false } }
  }

  /// Whether no bar ever came, so that there was nothing to keep a journal of: a feed of the network may be troubled until the end.
  package var isEmpty: Bool {
    plan.feed != .scripted && end?.text.contains("no bar ever came") ?? false && journal.isEmpty
  }

  /// The journal's bytes.
  package var journal: [UInt8] { disk.content(of: DiskOutput.path) ?? [] }
}
