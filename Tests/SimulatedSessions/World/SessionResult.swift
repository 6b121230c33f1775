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

  /// The journal's bytes.
  package var journal: [UInt8] { disk.content(of: DiskOutput.path) ?? [] }
}
