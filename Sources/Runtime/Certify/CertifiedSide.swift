import Events
import Market

/// What one side of a certificate knows of its orders and its account, from its derived events alone.
struct CertifiedSide {
  /// What a decision can see of what became of earlier orders.
  struct Account: Hashable {
    /// By instrument, in units of 10⁻⁹: what is held, and what works; of a stop and its target, of which one alone fills, the larger one.
    var held: [Int64]
    var working: [Int64]
    var cash: Int128?
    var rejects = 0
    /// Orders that were cancelled or have expired: the simulated venue cancels at once, and what replaces an order is decided on without it; a real one answers later.
    var cancels = 0
  }

  /// What risk gate and orders decided on one input, in order.
  enum Decision: Hashable {
    case risk(RiskDecision)
    case intent(OrderIntent)
  }

  /// What was placed together to protect: one alone of it fills.
  private struct Group: Hashable {
    var instrument: InstrumentIndex
    var cause: UInt64
  }

  /// What a derived event follows from: an order's origin less what the order itself says.
  struct Origin {
    var ordinal: UInt64
    var input: UInt64
    var followsAnswer: Bool
  }

  private(set) var orders: [CertifiedOrder] = []
  private var places: [UInt64: Int] = [:]
  private(set) var account: Account
  private var bars: [UInt64]
  /// By instrument, the last order of either side that filled and doesn't protect.
  private var lastFilled: [(buy: UInt64?, sell: UInt64?)]
  /// The last decision of the risk gate, and what it follows from.
  private var lastDecision: (sequence: UInt64, cause: UInt64)?
  private var groups: [Group: [Int]] = [:]
  private var groupOfOrder: [Int: Group] = [:]
  var decisions: [Decision] = []
  var signals: [Signal] = []

  /// Whether what protects is placed by the same inputs on both sides, and taken back at once.
  private let comparesProtection: Bool
  /// Protective orders that were asked to make way: counted as cancelled from then on, because what waits for them is not ordered yet.
  private var recalled: Set<OrderID> = []
  /// Signals' orders that the venue hasn't acknowledged, is asked to cancel, or has filled in part.
  private var underWay: Set<UInt64> = []
  var underWayCount: Int { underWay.count }

  init(instrumentCount: Int, comparesProtection: Bool) {
    self.comparesProtection = comparesProtection
    let none = [Int64](repeating: 0, count: instrumentCount)
    account = Account(held: none, working: none)
    bars = [UInt64](repeating: 0, count: instrumentCount)
    lastFilled = Array(repeating: (nil, nil), count: instrumentCount)
  }

  mutating func noteBar(_ instrument: InstrumentIndex) { bars[instrument.position] += 1 }

  /// What a derived event says; those that say nothing here are passed over.
  ///
  /// - Parameter words: the venue's, where it has refused.
  mutating func note(
    _ row: EventRow, sequence: UInt64, time: Timestamp, origin: Origin, words: String = ""
  ) throws(DecodeError) {
    switch row.kind {
    case Signal.kind: signals.append(try row.decode(sequence: sequence))
    case RiskDecision.kind:
      let decision = try row.decode(RiskDecision.self, sequence: sequence)
      if case .derived(let cause) = row.origin { lastDecision = (sequence, cause) }
      // What protects follows from a fill, by whichever input that came: orders are compared, and not what led to them.
      if decision.reason != .protectsPosition || comparesProtection { decide(.risk(decision), origin.followsAnswer) }
    case OrderIntent.kind:
      let intent = try row.decode(OrderIntent.self, sequence: sequence)
      if !intent.purpose.isProtective || comparesProtection { decide(.intent(intent), origin.followsAnswer) }
      add(intent, sequence: sequence, time: time, origin, cause: row.origin)
      if !intent.purpose.isProtective { underWay.insert(sequence) }
    case OrderAccepted.kind:
      let accepted = try row.decode(OrderAccepted.self, sequence: sequence)
      change(accepted.order) { $0.isAccepted = true }
      underWay.remove(accepted.order.sequence)
    case Fill.kind:
      let fill = try row.decode(Fill.self, sequence: sequence)
      change(fill.order) {
        $0.fills.append(CertifiedOrder.Execution(quantity: fill.quantity, price: fill.price, fee: fill.fee))
        $0.fillSequences.append(sequence)
      }
      if let place = places[fill.order.sequence], !orders[place].purpose.isProtective {
        switch fill.side {
        case .buy: lastFilled[fill.instrument.position].buy = fill.order.sequence
        case .sell: lastFilled[fill.instrument.position].sell = fill.order.sequence
        }
        if orders[place].leaves != 0 { underWay.insert(fill.order.sequence) }
      }
    case OrderReduced.kind:
      let reduced = try row.decode(OrderReduced.self, sequence: sequence)
      change(reduced.order) { $0.quantity = $0.filled + reduced.leaves }
    case CancelRequested.kind:
      let request = try row.decode(CancelRequested.self, sequence: sequence)
      guard let place = places[request.order.sequence] else { return }
      if !orders[place].purpose.isProtective { underWay.insert(request.order.sequence) }
      guard !comparesProtection, orders[place].purpose.isProtective else { return }
      if recalled.insert(request.order).inserted { account.cancels += 1 }
    case OrderCancelled.kind:
      let cancelled = try row.decode(OrderCancelled.self, sequence: sequence)
      if recalled.remove(cancelled.order) == nil { account.cancels += 1 }
      end(cancelled.order, .cancelled(cancelled.reason), by: sequence)
    case OrderExpired.kind:
      let expired = try row.decode(OrderExpired.self, sequence: sequence)
      account.cancels += 1
      end(expired.order, .expired, by: sequence)
    case OrderRejected.kind:
      let rejected = try row.decode(OrderRejected.self, sequence: sequence)
      account.rejects += 1
      end(rejected.order, .rejected(words), by: sequence)
    case OrderWithheld.kind:
      let withheld = try row.decode(OrderWithheld.self, sequence: sequence)
      end(withheld.order, .withheld, by: sequence)
    case PositionChanged.kind:
      let position = try row.decode(PositionChanged.self, sequence: sequence)
      account.held[position.instrument.position] = position.quantity.nanos
    case CashChanged.kind: account.cash = try row.decode(CashChanged.self, sequence: sequence).balance
    default: break
    }
  }

  /// The order whose intent has this sequence.
  func order(_ id: OrderID) -> CertifiedOrder? { places[id.sequence].map { orders[$0] } }

  private mutating func decide(_ decision: Decision, _ followsAnswer: Bool) {
    if followsAnswer { return }
    // Nothing is ordered on history; the size that a signal asks for there is what was missing beside the orders that worked, which the venue's answers change.
    if case .risk(var refusal) = decision, refusal.reason == .historicalBar {
      (refusal.requested, refusal.observed, refusal.limit) = (.zero, 0, 0)
      return decisions.append(.risk(refusal))
    }
    decisions.append(decision)
  }

  private mutating func add(
    _ intent: OrderIntent, sequence: UInt64, time: Timestamp, _ origin: Origin, cause: EventOrigin
  ) {
    var full = CertifiedOrder.Origin(
      ordinal: origin.ordinal, bars: bars[intent.instrument.position], input: origin.input,
      followsAnswer: origin.followsAnswer)
    let place = orders.count
    places[sequence] = place
    if intent.purpose.isProtective {
      let filled = lastFilled[intent.instrument.position]
      full.entry = intent.side == .sell ? filled.buy : filled.sell
      if let lastDecision, case .derived(lastDecision.sequence) = cause {
        groupOfOrder[place] = Group(instrument: intent.instrument, cause: lastDecision.cause)
      }
    }
    orders.append(CertifiedOrder(intent, sequence: sequence, time: time, origin: full))
    let before = groupOfOrder[place].map(working) ?? 0
    if let group = groupOfOrder[place] { groups[group, default: []].append(place) }
    account.working[intent.instrument.position] += (groupOfOrder[place].map(working) ?? orders[place].leaves) - before
  }

  /// What a group may still fill, signed.
  private func working(_ group: Group) -> Int64 {
    (groups[group] ?? []).reduce(0) { $0.magnitude < orders[$1].leaves.magnitude ? orders[$1].leaves : $0 }
  }

  private mutating func end(_ id: OrderID, _ end: CertifiedOrder.End, by sequence: UInt64) {
    change(id) { ($0.end, $0.endSequence) = (end, sequence) }
  }

  private mutating func change(_ id: OrderID, _ change: (inout CertifiedOrder) -> Void) {
    guard let place = places[id.sequence] else { return }
    let group = groupOfOrder[place]
    let before = group.map(working) ?? orders[place].leaves
    change(&orders[place])
    account.working[orders[place].instrument.position] += (group.map(working) ?? orders[place].leaves) - before
    if orders[place].leaves == 0 { underWay.remove(id.sequence) }
  }
}
