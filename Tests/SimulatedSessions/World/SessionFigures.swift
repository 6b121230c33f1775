/// What happened in sessions, counted.
package struct SessionFigures: Sendable {
  package var sessions = 0
  package var steps = 0
  package var events: UInt64 = 0
  package var intents = 0
  package var fills = 0
  package var kills = 0
  package var powerCuts = 0
  package var diskFailures = 0
  package var restarts = 0
  /// Requests that the exchange got, and texts that went either way.
  package var requests = 0
  package var texts = 0
  /// What must happen now and then, or the sessions are too tame: counted by name.
  package var sometimes: [String: Int] = [:]

  package init() {}

  package mutating func add(_ other: SessionFigures) {
    sessions += other.sessions
    steps += other.steps
    events += other.events
    intents += other.intents
    fills += other.fills
    kills += other.kills
    powerCuts += other.powerCuts
    diskFailures += other.diskFailures
    restarts += other.restarts
    requests += other.requests
    texts += other.texts
    sometimes.merge(other.sometimes) { $0 + $1 }
  }
}
