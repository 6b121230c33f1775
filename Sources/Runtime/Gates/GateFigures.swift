import Core
package import Events
package import Journal
import Market
package import Strategies

/// What gates look at, read off a run's journal and nothing else.
package struct GateFigures: Sendable {
  package var start: RunStarted
  /// Whether the run wrote its last word, and its journal is closed.
  package var isEnded = false
  package var isSealed = false
  /// Why the run was being brought to an end when it was last.
  package var lastStop: String?
  package var errors: Int64 = 0
  /// The first of them, in words.
  package var firstError: String?
  package var executions: Int64 = 0
  /// Of decided slots, in nanoseconds.
  package var latencies: Int64 = 0
  package var latencySum: Int64 = 0
  package var latencyMost: Int64 = 0
  package var freshBars: Int64 = 0
  package var historicalBars: Int64 = 0
  package var lateBars: Int64 = 0
  /// Fresh bars whose day is another than the clock's when they were taken.
  package var barsOfOtherDays: Int64 = 0
  /// Decisions that came from a historical bar and let something pass.
  package var ordersOnHistory: Int64 = 0
  package var confidenceChanges: Int64 = 0
  package var priceGuardRefusals: Int64 = 0
  package var staleZeros: Int64 = 0
  /// Resident bytes, in order.
  package var resident: [Int64] = []
  /// By instrument: what is held, what is working, what the last decision wanted.
  package var positions: [Position]
  /// Limits that were exceeded, with their use and bound.
  package var exceeded: [String] = []

  package struct Position: Sendable {
    package var freshBars: Int64 = 0
    package var held: Int64 = 0
    package var working: Int64 = 0
    /// Nil where nothing was decided yet.
    package var intended: Int64?
    fileprivate var confidence: Int64?
  }

  private var clock: Timestamp?
  private var barOfCause: (sequence: UInt64, isHistorical: Bool)?
  private var orders: [UInt64: (instrument: Int, sign: Int64, purpose: OrderPurpose, leaves: Int64)] = [:]
  private var reasons: [UInt64: RiskReason] = [:]
  private var lastFill: UInt64?

  /// - Throws: where a journal can't be read or, for its caps, recomputed.
  package static func read(_ chain: JournalChain, catalog: StrategyCatalog) throws(RunError) -> GateFigures {
    var figures = GateFigures(start: chain.started)
    var reader = try ChainReader.opened(chain)
    while let event = try reader.nextOfRun() {
      do throws(DecodeError) { try figures.note(event) } catch {
        throw .decode(error, path: chain.path, sequence: event.sequence)
      }
    }
    figures.isSealed = chain.summary.isSealed
    let review = try RiskReview.review(chain, catalog: catalog) { _, _ in }
    for use in review.uses {
      if case .breaker(_, _) = use.limit.kind { continue }
      if use.worst > use.worstBound {
        figures.exceeded.append(
          "\(use.limit.kind.word): \(use.worst) of \(use.worstBound) at event \(use.worstSequence)")
      }
    }
    return figures
  }

  private init(start: RunStarted) {
    self.start = start
    positions = Array(repeating: Position(), count: start.instruments.count)
  }

  private mutating func note(_ event: JournalEvent) throws(DecodeError) {
    if case .bar(let bar) = event.content { return note(bar, event.sequence) }
    switch event.kind {
    case Timer.kind: clock = try event.decode(Timer.self).reading
    case Alert.kind:
      let alert = try event.decode(Alert.self)
      if alert.severity == .error { noteError("\(alert.code.word), event \(event.sequence)") }
    case Notice.kind:
      let notice = try event.decode(Notice.self)
      if notice.code == .lateBar { lateBars += 1 }
      if notice.code == .stopping { lastStop = notice.text }
      if notice.severity == .error { noteError("\(notice.code.word) \(notice.text), event \(event.sequence)") }
    case RunEnded.kind: isEnded = true
    case Measurement.kind: note(try event.decode(Measurement.self))
    case Signal.kind:
      let signal = try event.decode(Signal.self)
      let place = signal.instrument.position
      if let last = positions[place].confidence, last != signal.confidence { confidenceChanges += 1 }
      positions[place].confidence = signal.confidence
    case RiskDecision.kind: note(try event.decode(RiskDecision.self), event)
    default: try noteOrder(event)
    }
  }

  private mutating func note(_ bar: Bar, _ sequence: UInt64) {
    barOfCause = (sequence, bar.isHistorical)
    if bar.isHistorical {
      historicalBars += 1
      return
    }
    freshBars += 1
    positions[bar.instrument.position].freshBars += 1
    if let clock, clock.utcDay != JournalRoll.utcDay(of: bar.knownAt), clock.utcDay != bar.knownAt.utcDay {
      barsOfOtherDays += 1
    }
  }

  private mutating func noteError(_ text: String) {
    errors += 1
    if firstError == nil { firstError = text }
  }

  private mutating func note(_ measurement: Measurement) {
    switch measurement.subject {
    case .decisionLatency:
      latencies += 1
      latencySum += measurement.second
      latencyMost = max(latencyMost, measurement.second)
    case .process: resident.append(measurement.first)
    case .venueLatency, .socketWrite: break
    }
  }

  private mutating func note(_ decision: RiskDecision, _ event: JournalEvent) {
    let place = decision.instrument.position
    reasons[event.sequence] = decision.reason
    switch decision.reason {
    case .priceGuard, .priceCollar, .closeCollar: priceGuardRefusals += 1
    case .staleBar: if decision.allowed == .zero { staleZeros += 1 }
    default: break
    }
    guard decision.allowed != .zero, decision.reason != .protectsPosition else { return }
    if barOfCause?.isHistorical == true { ordersOnHistory += 1 }
    positions[place].intended = positions[place].held + decision.allowed.nanos
  }

  private mutating func noteOrder(_ event: JournalEvent) throws(DecodeError) {
    switch event.kind {
    case OrderIntent.kind:
      let intent = try event.decode(OrderIntent.self)
      orders[event.sequence] = (
        intent.instrument.position, intent.side.sign, intent.purpose, intent.quantity.nanos
      )
    case Fill.kind:
      let fill = try event.decode(Fill.self)
      lastFill = event.sequence
      executions += 1
      let place = fill.instrument.position
      positions[place].held += fill.side.sign * fill.quantity.nanos
      if let order = orders[fill.order.sequence] {
        orders[fill.order.sequence]?.leaves -= fill.quantity.nanos
        // What protects closes on its own: nobody decides on it once more.
        if order.purpose.isProtective {
          positions[place].intended = positions[place].held
        }
      }
    case OrderWithheld.kind:
      // Monitor mode: what was wanted was never to be had.
      let id = try event.decode(OrderWithheld.self).order
      if let order = orders[id.sequence] { positions[order.instrument].intended = positions[order.instrument].held }
      orders[id.sequence] = nil
    case OrderCancelled.kind:
      let cancelled = try event.decode(OrderCancelled.self)
      if cancelled.reason == .runEnded, let order = orders[cancelled.order.sequence],
        order.purpose != .stopLoss, order.purpose != .takeProfit
      {
        positions[order.instrument].working += order.sign * cancelled.leaves.nanos
      }
    case CorporateAction.kind:
      // Positions change without anybody's deciding: what was intended is what is held then.
      let action = try event.decode(CorporateAction.self)
      positions[action.instrument.position].intended = nil
    case PositionChanged.kind:
      let changed = try event.decode(PositionChanged.self)
      let place = changed.instrument.position
      // A fee kept of what was bought: nobody decides on it, and what was intended comes to less by just that.
      if let cause = event.cause, cause == lastFill, let intended = positions[place].intended {
        positions[place].intended = intended + changed.quantity.nanos - positions[place].held
      }
      positions[place].held = changed.quantity.nanos
    default: return
    }
  }
}
