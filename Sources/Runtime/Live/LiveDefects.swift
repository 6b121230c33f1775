package import Core

/// Deliberate bugs of a live run, for the simulation that must find them: none is ever set but by it.
package struct LiveDefects: Hashable, Sendable {
  package struct Steps: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// What a step does leaves before its commit, which comes with the next one.
    package static let sendsBeforeCommit = Steps(rawValue: 1 << 0)
    /// Orders leave though they are withheld.
    package static let sendsWithheld = Steps(rawValue: 1 << 1)
    /// What a reconciliation adopts is adopted twice.
    package static let adoptsTwice = Steps(rawValue: 1 << 2)
    /// A restart sends what may have been sent before it, without asking.
    package static let resendsAfterRestart = Steps(rawValue: 1 << 3)
    /// A restart forgets that the run was killed or a breaker had tripped.
    package static let forgetsStops = Steps(rawValue: 1 << 4)
    /// Client order ids count the orders of the process.
    package static let numbersByProcess = Steps(rawValue: 1 << 5)
    /// Bars that waited for the venue are ordered on however old they are.
    package static let ordersOnWaited = Steps(rawValue: 1 << 6)
  }

  package var steps: Steps = []
  package var engine: EngineDefects = []
  package init(steps: Steps = [], engine: EngineDefects = []) {
    self.steps = steps
    self.engine = engine
  }
}
