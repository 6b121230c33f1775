package import Events
package import Market

/// One order of a run or of its twin, as the events tell it.
package struct CertifiedOrder: Sendable {
  package struct Execution: Hashable, Sendable {
    package var quantity: Quantity
    package var price: Price
    /// Nanos of currency; negative is a rebate.
    package var fee: Int128

    package init(quantity: Quantity, price: Price, fee: Int128) {
      self.quantity = quantity
      self.price = price
      self.fee = fee
    }
  }

  /// How an order ended before it was filled.
  package enum End: Hashable, Sendable {
    case cancelled(CancelReason)
    case expired
    /// The venue's words; may be empty.
    case rejected(String)
    /// Marked as withheld: it never left.
    case withheld
  }

  /// The sequence of its intent in its own run.
  package var sequence: UInt64
  package var time: Timestamp
  package var instrument: InstrumentIndex
  package var side: Side
  package var purpose: OrderPurpose
  package var quantity: Quantity
  /// Inputs that run and twin share, up to the one that the order follows from.
  package var ordinal: UInt64
  /// Whether it follows from a venue's answer, which the twin doesn't have.
  package var followsAnswer: Bool
  package var fills: [Execution] = []
  package var isAccepted = false
  package var end: End?

  package init(
    _ intent: OrderIntent, sequence: UInt64, time: Timestamp, ordinal: UInt64, followsAnswer: Bool
  ) {
    self.sequence = sequence
    self.time = time
    instrument = intent.instrument
    side = intent.side
    purpose = intent.purpose
    quantity = intent.quantity
    self.ordinal = ordinal
    self.followsAnswer = followsAnswer
  }

  package var filled: Quantity { Quantity(nanos: fills.reduce(0) { $0 + $1.quantity.nanos }) }
  package var fees: Int128 { fills.reduce(0) { $0 + $1.fee } }

  /// Signed, in units of 10⁻⁹.
  var leaves: Int64 { end == nil ? side.sign * max(quantity.nanos - filled.nanos, 0) : 0 }

  /// What the fills came to, in nanos of currency.
  func value(multiplier: Int64) -> Int128 {
    fills.reduce(0) { $0 + $1.price.notional($1.quantity, multiplier: multiplier) }
  }

  /// Of its fills, a unit, in nanos of price; nil where there is none.
  package var averagePrice: Double? {
    let filled = filled.nanos
    guard filled > 0 else { return nil }
    // A mean of few prices, for people: what is compared are the fills themselves.
    return fills.reduce(0.0) { $0 + Double($1.price.nanos) * (Double($1.quantity.nanos) / Double(filled)) }
  }
}

/// What one side of a certificate knows of its orders and its account, from its derived events alone.
struct CertifiedSide {
  /// What a decision can see of what became of earlier orders.
  struct Account: Hashable {
    /// By instrument, in units of 10⁻⁹: what is held, and what works.
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

  private(set) var orders: [CertifiedOrder] = []
  private var places: [UInt64: Int] = [:]
  private(set) var account: Account
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
  }

  /// What a derived event says; those that say nothing here are passed over.
  ///
  /// - Parameter words: the venue's, where it has refused.
  mutating func note(
    _ row: EventRow, sequence: UInt64, time: Timestamp, ordinal: UInt64, followsAnswer: Bool, words: String = ""
  ) throws(DecodeError) {
    switch row.kind {
    case Signal.kind: signals.append(try row.decode(sequence: sequence))
    case RiskDecision.kind:
      let decision = try row.decode(RiskDecision.self, sequence: sequence)
      // What protects follows from a fill, by whichever input that came: orders are compared, and not what led to them.
      if decision.reason != .protectsPosition || comparesProtection { decide(.risk(decision), followsAnswer) }
    case OrderIntent.kind:
      let intent = try row.decode(OrderIntent.self, sequence: sequence)
      if !intent.purpose.isProtective || comparesProtection { decide(.intent(intent), followsAnswer) }
      places[sequence] = orders.count
      orders.append(
        CertifiedOrder(intent, sequence: sequence, time: time, ordinal: ordinal, followsAnswer: followsAnswer))
      account.working[intent.instrument.position] += intent.side.sign * intent.quantity.nanos
      if !intent.purpose.isProtective { underWay.insert(sequence) }
    case OrderAccepted.kind:
      let accepted = try row.decode(OrderAccepted.self, sequence: sequence)
      change(accepted.order) { $0.isAccepted = true }
      underWay.remove(accepted.order.sequence)
    case Fill.kind:
      let fill = try row.decode(Fill.self, sequence: sequence)
      change(fill.order) {
        $0.fills.append(CertifiedOrder.Execution(quantity: fill.quantity, price: fill.price, fee: fill.fee))
      }
      if let order = order(fill.order), !order.purpose.isProtective, order.leaves != 0 {
        underWay.insert(order.sequence)
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
      change(cancelled.order) { $0.end = .cancelled(cancelled.reason) }
    case OrderExpired.kind:
      let expired = try row.decode(OrderExpired.self, sequence: sequence)
      account.cancels += 1
      change(expired.order) { $0.end = .expired }
    case OrderRejected.kind:
      let rejected = try row.decode(OrderRejected.self, sequence: sequence)
      account.rejects += 1
      change(rejected.order) { $0.end = .rejected(words) }
    case OrderWithheld.kind:
      let withheld = try row.decode(OrderWithheld.self, sequence: sequence)
      change(withheld.order) { $0.end = .withheld }
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
    if !followsAnswer { decisions.append(decision) }
  }

  private mutating func change(_ id: OrderID, _ change: (inout CertifiedOrder) -> Void) {
    guard let place = places[id.sequence] else { return }
    let before = orders[place].leaves
    change(&orders[place])
    account.working[orders[place].instrument.position] += orders[place].leaves - before
    if orders[place].leaves == 0 { underWay.remove(id.sequence) }
  }
}
