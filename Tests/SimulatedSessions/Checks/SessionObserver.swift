import Core
import Events
import Journal
import Market
import Runtime
import Simulation
import Wire

/// Watches a session from outside: after every step, at every beginning, and at the end.
package struct SessionObserver {
  let plan: SessionPlan
  /// The run as its last whole step left it.
  private var nextSequence: UInt64 = 0
  private var durableSequence: UInt64 = 0
  private var killedAt: UInt64?
  private var states: [TradingState] = []
  /// Orders that were sent, and how often.
  package private(set) var sent: [UInt64: Int] = [:]
  package private(set) var facts: JournalFacts?
  private var runID: [UInt8] = []

  init(_ plan: SessionPlan) { self.plan = plan }

  // MARK: After a step

  mutating func check(
    step out: LiveOutbox, of status: RunStatus?, disk: SimulatedDisk, now: Timestamp
  ) throws(SessionFinding) {
    guard let status else { return }
    nextSequence = status.nextSequence
    durableSequence = status.durableSequence
    killedAt = status.state.killedAt
    states = status.state.states.map(\.state)
    runID = status.start.runID
    if durableSequence < nextSequence {
      throw SessionFinding(.sentBeforeDurable, "a step ended with event \(durableSequence) not durable")
    }
    for request in out.requests where request.party == .venue {
      for order in placedOrders(in: request.request) { try check(sending: order, of: status, disk: disk) }
    }
  }

  /// I3: the disk itself is asked, not the writer. I9: what is sent while the run is killed only closes.
  private mutating func check(sending order: UInt64, of status: RunStatus, disk: SimulatedDisk) throws(SessionFinding) {
    var random = SplitMix64(seed: 0)
    let durable = disk.now.crash(.lost, keepsNames: false, random: &random)
    var events: UInt64 = 0
    do {
      if let file = try durable.open(DiskOutput.path, for: .reading) {
        events = try JournalReader(file: file).summary.nextSequence
      }
    } catch {
      throw SessionFinding(.sentBeforeDurable, "order \(order) left, and the durable journal can't be read: \(error)")
    }
    if events <= order { throw SessionFinding(.sentBeforeDurable, "order \(order) left with \(events) events durable") }
    sent[order, default: 0] += 1
  }

  /// The orders that a request places: two where they are a pair.
  private func placedOrders(in request: WireRequest) -> [UInt64] {
    let text: [UInt8]
    switch request {
    case .http(_, let http): text = Array(http.url.utf8) + http.body
    case .send(_, let frame): text = frame
    case .open, .close: return []
    }
    let whole = String(decoding: text, as: UTF8.self)
    return ["newClientOrderId", "aboveClientOrderId", "belowClientOrderId"].compactMap { marker in
      guard let found = whole.firstRange(of: marker) else { return nil }
      let id = whole[found.upperBound...].drop { $0 == "=" || $0 == "\"" || $0 == ":" || $0 == " " }
        .prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
      return ClientOrderID.sequence(of: String(id), runID: runID)
    }
  }

  // MARK: At a beginning

  /// I13: nothing that was acknowledged is gone. I18: what was killed or tripped still is.
  mutating func check(begun status: RunStatus?, life: Int) throws(SessionFinding) {
    guard let status else {
      if durableSequence > 0 {
        throw SessionFinding(.restart, "life \(life): \(durableSequence) acknowledged events are gone")
      }
      return
    }
    if status.nextSequence < durableSequence {
      throw SessionFinding(
        .restart, "life \(life): \(durableSequence) events were acknowledged, \(status.nextSequence) are there")
    }
    guard status.nextSequence == nextSequence, nextSequence > 0 else { return }
    if status.state.killedAt != killedAt {
      throw SessionFinding(
        .forgotten, "life \(life): the kill was \(killedAt as Any), now \(status.state.killedAt as Any)")
    }
    if status.state.states.map(\.state) != states {
      throw SessionFinding(.forgotten, "life \(life): trading states were \(states), now \(status.state.states)")
    }
  }

  // MARK: At the end

  mutating func check(finished result: SessionResult) throws(SessionFinding) {
    if result.isEmpty, sent.isEmpty { return }
    let facts = try SessionChecks.check(result, sent: sent)
    self.facts = facts
  }
}
