public import Market

/// Stands between a run and a venue, so that each intent becomes at most one order whatever the channel does. A value: no clock, no socket, no thread.
///
/// The run hands it tickets whose intents are durable. The rules:
///
/// 1. A request whose outcome is unknown (no answer, a broken connection, a restart, "you sent that already") is never repeated; the venue is asked for the
///    client order id instead, at growing pauses, while reports are listened to.
/// 2. "I don't know that order" is not proof. Absence is proved when the venue's own clock has passed the last moment at which the order can have been sent by
///    `DeskPolicy.absenceNanos`, and a search begun after that finds it neither by id nor in any list.
/// 3. Only an order that is proved absent and whose intent is young is sent again, under the same id; an older one is reported as `neverArrived`. An order that the
///    venue has once told of is never sent again.
/// 4. A cancel waits until the order is known to work. Its lost or refused answer is repaired by a question.
/// 5. Absence in a list closes nothing; it only asks the question.
/// 6. An order that is over while fills are missing is reported once they have come, or after `settleAttemptsMax` questions.
/// 7. A pair is sent in one request, and what is said of that request is said of both. Each is then asked for by its own id. A pair whose absence is proved isn't sent again:
///    its orders are reported as `neverArrived`, each by itself, and the run makes another.
/// 8. A replacement (`OrderTicket.replaces`) ends one order for another in one request: to the old one it is a cancel, to the new one its submission, and each is then asked for by its
///    own id. It leaves only while the old one works unfilled. One whose absence is proved isn't sent again: it is reported as `neverArrived`, and the old one is cancelled.
///
/// Facts that repeat are passed on once; after a restart again, which the reducer books once.
///
/// Read `DeskOrder` (what is known of an order), `OrderDesk+Table` (what follows from what), then `OrderDesk+Reconcile`.
public struct OrderDesk: Hashable, Sendable {
  public let policy: DeskPolicy
  /// Orders that may still come to something, and a few that are over.
  var orders: [DeskOrder] = []
  /// Orders that are over, the oldest first: kept for reports that still come. What is heard of one brings it back among `orders`.
  private var past: [DeskOrder] = []
  var nextCall: UInt64
  var isConnected = false
  var reconciliation = ReconciliationState.idle
  /// The latest time seen: a clock that was set back moves all deadlines with it.
  private var latest = Timestamp(nanos: .min)

  /// - Parameter firstCall: numbers requests from here on; any number will do that no request still out there has.
  public init(policy: DeskPolicy, firstCall: UInt64 = 1) {
    self.policy = policy
    nextCall = firstCall
  }

  /// Sends an order whose intent is durable. The caller promises that this intent was never sent before by any process; `adopt` is for those that may have been.
  public mutating func place(
    _ ticket: OrderTicket, intendedAt: Timestamp, now: Timestamp, into out: inout DeskOutbox
  ) {
    keepTime(now)
    invariant(!holds(ticket.order), "an intent is placed once", Int64(clamping: ticket.order.sequence))
    orders.append(
      DeskOrder(ticket: ticket, intendedAt: intendedAt, standing: .waiting(until: now), isKnown: false))
    advance(orders.count - 1, now, into: &out)
  }

  /// Sends two orders of which one alone is to fill, in one request. The caller promises of both what it promises of one.
  public mutating func placePair(
    _ first: OrderTicket, _ second: OrderTicket, intendedAt: Timestamp, now: Timestamp, into out: inout DeskOutbox
  ) {
    keepTime(now)
    for ticket in [first, second] {
      invariant(!holds(ticket.order), "an intent is placed once", Int64(clamping: ticket.order.sequence))
      orders.append(
        DeskOrder(ticket: ticket, intendedAt: intendedAt, standing: .waiting(until: now), isKnown: false))
    }
    advance(orders.count - 2, now, into: &out)
  }

  /// Takes over an order of an earlier process, of which it isn't known whether it left: everything the reducer holds as working at a restart.
  ///
  /// - Parameters:
  ///   - isKnown: the journal has the venue's word for it, so it did arrive.
  ///   - isCancelRequested: a cancel of it was asked for, and may have been lost.
  public mutating func adopt(
    _ ticket: OrderTicket, intendedAt: Timestamp, isKnown: Bool, isCancelRequested: Bool, now: Timestamp,
    into out: inout DeskOutbox
  ) {
    keepTime(now)
    invariant(!holds(ticket.order), "an order is adopted once", Int64(clamping: ticket.order.sequence))
    var order = DeskOrder(ticket: ticket, intendedAt: intendedAt, standing: .unknown(.due(now)), isKnown: isKnown)
    if isCancelRequested, !policy.isSilent { order.cancel = .wanted(from: now) }
    orders.append(order)
    advance(orders.count - 1, now, into: &out)
  }

  /// Cancels an order; does nothing where it is over or isn't the desk's.
  public mutating func cancel(_ order: OrderID, now: Timestamp, into out: inout DeskOutbox) {
    keepTime(now)
    guard !policy.isSilent, let index = place(of: order), orders[index].cancel == .none else { return }
    orders[index].cancel = .wanted(from: now)
    advance(index, now, into: &out)
  }

  /// Lets a working order go on with `quantity` in all; does nothing where it is over or isn't the desk's.
  public mutating func reduce(_ order: OrderID, to quantity: Quantity, now: Timestamp, into out: inout DeskOutbox) {
    keepTime(now)
    guard !policy.isSilent, let index = place(of: order) else { return }
    orders[index].reduction = .wanted(quantity)
    advance(index, now, into: &out)
  }

  /// When something is due; nil where the desk waits for the venue or the run alone.
  public var wakeAt: Timestamp? {
    var earliest = reconciliation.dueAt
    // By index: a copy of an order counts references up and down.
    for index in orders.indices {
      guard let time = orders[index].dueAt else { continue }
      earliest = earliest.map { min($0, time) } ?? time
    }
    return earliest
  }

  /// Does what is due; calling it early does nothing.
  public mutating func wake(now: Timestamp, into out: inout DeskOutbox) {
    keepTime(now)
    for index in orders.indices { advance(index, now, into: &out) }
    advanceReconciliation(now, into: &out)
    setAside()
  }

  /// Orders whose outcome isn't known.
  public var unknownCount: Int {
    orders.count {
      switch $0.standing {
      case .submitting, .unknown, .settling: true
      case .waiting, .working, .over: false
      }
    }
  }

  /// Nothing is on its way: no order, cancel or reduction waits for an answer or a report.
  public var isSettled: Bool {
    orders.allSatisfy { order in
      switch order.standing {
      case .over, .working(nil): order.cancel == .none && order.reduction == .none
      case .waiting, .submitting, .unknown, .working, .settling: false
      }
    }
  }

  /// Where the order of that name is among `orders`; one that was over and left aside is brought back.
  mutating func place(of clientOrderID: String) -> Int? {
    if let index = orders.indices.last(where: { orders[$0].ticket.clientOrderID == clientOrderID }) { return index }
    guard let place = past.indices.last(where: { past[$0].ticket.clientOrderID == clientOrderID }) else { return nil }
    orders.append(past.remove(at: place))
    return orders.count - 1
  }

  /// Where an order is that isn't over.
  private func place(of order: OrderID) -> Int? {
    orders.indices.last { orders[$0].ticket.order == order && !orders[$0].isOver }
  }

  private func holds(_ order: OrderID) -> Bool {
    orders.indices.contains { orders[$0].ticket.order == order }
      || past.indices.contains { past[$0].ticket.order == order }
  }

  mutating func newCall() -> VenueCall {
    defer { nextCall += 1 }
    return VenueCall(rawValue: nextCall)
  }

  /// Orders that are over are kept for the reports that still come, but out of the way of those that are looked at with every step; the oldest go.
  mutating func setAside() {
    guard orders.indices.count(where: { orders[$0].isOver }) > Self.overCountMax else { return }
    past += orders.filter { $0.isOver }
    orders.removeAll { $0.isOver }
    if past.count > Self.pastCountMax { past.removeFirst(past.count - Self.pastCountMax / 2) }
  }
  static let overCountMax = 16
  static let pastCountMax = 512

  mutating func keepTime(_ now: Timestamp) {
    if latest.nanos != .min, now < latest {
      let shift = now.nanos - latest.nanos
      for index in orders.indices { orders[index].shiftTimes(by: shift) }
      for index in past.indices { past[index].shiftTimes(by: shift) }
      reconciliation.shiftTimes(by: shift)
    }
    latest = now
  }
}
