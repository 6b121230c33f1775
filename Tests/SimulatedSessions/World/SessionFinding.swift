/// Something that must never be, and was. The names are those of the invariants in `facts/simulation-testing.md` §3, where they have one there.
package struct SessionFinding: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Invariant: String, CaseIterable, Hashable, Sendable {
    /// I1: an order fills no more than its quantity.
    case overfilled = "I1 overfilled"
    /// I2: no order is sent twice, nor under another's id.
    case sentTwice = "I2 sent twice"
    /// I3: what leaves was durable before.
    case sentBeforeDurable = "I3 sent before durable"
    /// I4: the position is the sum of the fills, and the exchange's.
    case position = "I4 position"
    /// I5: cash is what the fills make of it, and the exchange's.
    case cash = "I5 cash"
    /// I7: held and working together stay below the cap.
    case cap = "I7 cap"
    /// No more is on sale at once, stops and targets at rest included, than is held.
    case oversold = "oversold"
    /// I9: once killed, halted or withheld, no order leaves that could open anything.
    case sentWhileStopped = "I9 sent while stopped"
    /// I12: each fill of the exchange is booked once.
    case fills = "I12 fills"
    /// I13: what was acknowledged is there after a restart, and the state is what it was.
    case restart = "I13 restart"
    /// I14: the journal replays to the byte.
    case replay = "I14 replay"
    /// I16: the journal is whole.
    case journal = "I16 journal"
    /// I18: a breaker or kill stays as it is over a restart.
    case forgotten = "I18 forgotten"
    /// I19: run and exchange agree at the end.
    case reconciliation = "I19 reconciliation"
    /// Everything ends once nothing goes wrong any more.
    case liveness
    /// An error where nothing was made to fail.
    case refusal
    /// The same seed, another journal.
    case determinism
    /// Nothing that went wrong changed a decision.
    case decisions
    /// An order on a bar of history, or on one that was not over.
    case orderedOnHistory = "I16 ordered on history"
    /// The simulation itself.
    case harness
  }

  package var invariant: Invariant
  package var text: String

  package init(_ invariant: Invariant, _ text: String) {
    self.invariant = invariant
    self.text = text
  }

  package var description: String { "\(invariant.rawValue): \(text)" }
}
