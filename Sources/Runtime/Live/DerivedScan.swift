import Events
import Market

/// What follows from an input that has to be done, or shown.
struct DerivedScan {
  /// Orders that are to leave once this is durable, unless they are withheld.
  var intents: [(id: OrderID, intent: OrderIntent)] = []
  /// Orders that are not to take liquidity.
  var postOnly: Set<OrderID> = []
  /// Orders in whose favour older ones are to end, which the venue is told in one request.
  var replaces: [OrderID: OrderID] = [:]
  /// Orders that never leave.
  var withheld: Set<OrderID> = []
  /// Orders whose cancel is asked for.
  var cancels: [OrderID] = []
  var decisions: [DecisionRecord] = []
  var events: [(sequence: UInt64, body: any EventBody)] = []
  private var signal: (sequence: UInt64, body: Signal)?

  /// Notes one derived event.
  mutating func note(_ row: EventRow, _ sequence: UInt64) {
    do throws(DecodeError) {
      switch row.kind {
      case OrderIntent.kind:
        let intent = try row.decode(OrderIntent.self, sequence: sequence)
        intents.append((OrderID(sequence: sequence), intent))
        events.append((sequence, intent))
      case OrderTerms.kind:
        let terms = try row.decode(OrderTerms.self, sequence: sequence)
        if terms.isPostOnly { postOnly.insert(terms.order) }
        if let old = terms.replaces { replaces[terms.order] = old }
        events.append((sequence, terms))
      case CancelRequested.kind:
        let request = try row.decode(CancelRequested.self, sequence: sequence)
        cancels.append(request.order)
        events.append((sequence, request))
      case OrderWithheld.kind:
        let order = try row.decode(OrderWithheld.self, sequence: sequence)
        withheld.insert(order.order)
        events.append((sequence, order))
      case OrderRejected.kind:
        let order = try row.decode(OrderRejected.self, sequence: sequence)
        withheld.insert(order.order)
        events.append((sequence, order))
      case Signal.kind: signal = (sequence, try row.decode(Signal.self, sequence: sequence))
      case RiskDecision.kind: note(try row.decode(RiskDecision.self, sequence: sequence), row, sequence)
      case PositionChanged.kind, CashChanged.kind, PurseChanged.kind, EquityMarked.kind: break
      default: events.append((sequence, try row.decodeAny(sequence: sequence)))
      }
    } catch {
      preconditionFailure("the reducer writes rows that can be read")
    }
  }

  private mutating func note(_ decision: RiskDecision, _ row: EventRow, _ sequence: UInt64) {
    var record = DecisionRecord(
      sequence: sequence, instrument: decision.instrument, strategy: nil, barEnd: Timestamp(nanos: 0),
      isHistorical: false, ageNanos: 0, price: .zero, confidenceMicros: 0, direction: .flat, strengthMicros: 0,
      requested: decision.requested, allowed: decision.allowed, outcome: decision.outcome, reason: decision.reason)
    // Follow-ups, flattening and protection are decided on without a signal.
    if let signal, row.origin == .derived(cause: signal.sequence) {
      record.strategy = signal.body.strategy
      record.confidenceMicros = signal.body.confidence
      record.direction = signal.body.direction
      record.strengthMicros = signal.body.strength
    }
    decisions.append(record)
  }
}
