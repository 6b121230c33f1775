import Events
import Market

@testable import Brokers

/// One order, the desk, an honest venue and a hostile channel between them, as a value: what a search over all orders of events walks through.
///
/// The venue is Binance's in what hurts: a client order id is unique only among open orders; a question soon after the order answers "not found"; a request in the
/// channel is executed as long as it is younger than receive window and processing time together, however late its answer is.
struct DeskModel: Hashable {
  /// A mistake put between desk and venue, as a program might have it; the search has to notice each.
  enum Bug: CaseIterable {
    /// An unknown outcome is taken for "not executed".
    case resendsWithoutAsking
    /// The first "not found" is taken for proof.
    case takesNotFoundForProof
    /// After a restart the intent is sent like a new one.
    case placesAgainAfterRestart
    /// The time of the request is taken for the venue's clock, an hour ahead.
    case trustsOwnClock
    /// An answer that says "duplicate" is taken for a refusal.
    case takesDuplicateForRefusal
    /// What is missing in the list of open orders is taken for refused.
    case readsAbsenceAsOver
    /// A cancel that the venue refuses is taken for done.
    case takesCancelForDone
  }

  struct Sent: Hashable {
    var ask: DeskOutbox.Ask
    var at: Timestamp
  }
  struct Order: Hashable {
    var isOpen = true
    var isFilled = false
    var acceptedAt: Timestamp
  }

  static let ticket = OrderTicket(
    order: OrderID(sequence: 7), clientOrderID: "e000000000000-7", instrument: InstrumentIndex(0), symbol: "BTCUSDT",
    side: .buy, type: .market, timeInForce: .goodTillCancelled, quantity: Quantity(nanos: 1_000_000_000),
    limitPrice: nil, stopPrice: nil)
  /// Time enough for an order to be lost, proved absent, sent again and lost again.
  var lengthNanos: Int64 = 80_000_000_000
  static let start = Timestamp(nanos: 1_700_000_000_000_000_000)

  /// Few questions, far apart: so that all of an order's life fits into a walk.
  var desk = OrderDesk(policy: DeskPolicy(inquiryPausesNanos: [1_000_000_000, 25_000_000_000], settleAttemptsMax: 2))
  var now = Self.start
  /// What the exchange has created under this id; more than one is the disaster.
  var orders: [Order] = []
  var requests: [Sent] = []
  var answers: [VenueMessage] = []
  var reports: [VenueMessage] = []
  /// What the run was told, in order.
  var told: [ExecutionType] = []
  var wantsCancel = false
  var wasResent = false
  /// Whether the run may come to want it cancelled.
  var cancels: Bool
  // How much hostility is left.
  var lossesLeft: Int
  var disconnectsLeft: Int
  var restartsLeft: Int
  var bug: Bug?

  init(losses: Int, disconnects: Int, restarts: Int, cancels: Bool = true, bug: Bug? = nil) {
    lossesLeft = losses
    disconnectsLeft = disconnects
    restartsLeft = restarts
    self.bug = bug
    self.cancels = cancels
    var out = DeskOutbox()
    desk.place(Self.ticket, intendedAt: now, now: now, into: &out)
    take(out)
  }

  /// The order is over or never was, as the run was told.
  var isOver: Bool { desk.orders.allSatisfy { $0.standing == .over } }

  enum Move: Hashable {
    case deliverRequest
    case loseRequest
    /// The channel delivers it twice; the answer to the first is lost.
    case doubleRequest
    case deliverAnswer
    case loseAnswer
    case deliverReport
    case fill
    case cancel
    case disconnect
    case restart
    case wait
  }

  var moves: [Move] {
    var moves: [Move] = []
    if !requests.isEmpty {
      moves.append(.deliverRequest)
      if lossesLeft > 0 {
        moves.append(.loseRequest)
        moves.append(.doubleRequest)
      }
    }
    if !answers.isEmpty {
      moves.append(.deliverAnswer)
      if lossesLeft > 0 { moves.append(.loseAnswer) }
    }
    if !reports.isEmpty { moves.append(.deliverReport) }
    if orders.contains(where: \.isOpen) { moves.append(.fill) }
    if cancels, !wantsCancel, !isOver { moves.append(.cancel) }
    if disconnectsLeft > 0 { moves.append(.disconnect) }
    if restartsLeft > 0, !isOver { moves.append(.restart) }
    if desk.wakeAt != nil, now.nanos < Self.start.nanos + lengthNanos { moves.append(.wait) }
    return moves
  }

  mutating func make(_ move: Move) {
    var out = DeskOutbox()
    switch move {
    case .deliverRequest: execute(requests.removeFirst())
    case .loseRequest:
      lossesLeft -= 1
      requests.removeFirst()
    case .doubleRequest:
      lossesLeft -= 1
      let sent = requests.removeFirst()
      let before = answers.count
      execute(sent)
      answers.removeSubrange(before...)
      execute(sent)
    case .deliverAnswer: hear(answers.removeFirst(), &out)
    case .loseAnswer:
      lossesLeft -= 1
      answers.removeFirst()
    case .deliverReport: hear(reports.removeFirst(), &out)
    case .fill:
      guard let index = orders.firstIndex(where: \.isOpen) else { return }
      orders[index].isOpen = false
      orders[index].isFilled = true
      reports.append(.report(report(.filled, index)))
    case .cancel:
      wantsCancel = true
      desk.cancel(Self.ticket.order, now: now, into: &out)
    case .disconnect:
      disconnectsLeft -= 1
      // Reports are lost, every call is answered with "unknown"; a request on its way may still arrive.
      reports.removeAll()
      var calls = requests.map(\.ask.call)
      for case .answered(let call, _) in answers { calls.append(call) }
      answers.removeAll()
      for call in calls { hear(.answered(call, .unknown("the connection was lost")), &out) }
      hear(.disconnected("lost"), &out)
      hear(.connected, &out)
    case .restart:
      restartsLeft -= 1
      answers.removeAll()
      reports.removeAll()
      desk = OrderDesk(policy: desk.policy, firstCall: desk.nextCall)
      let isKnown = told.contains { $0 == .accepted || $0 == .filled }
      if bug == .placesAgainAfterRestart {
        desk.place(Self.ticket, intendedAt: Self.start, now: now, into: &out)
      } else {
        desk.adopt(
          Self.ticket, intendedAt: Self.start, isKnown: isKnown, isCancelRequested: wantsCancel, now: now, into: &out)
      }
    case .wait:
      if let time = desk.wakeAt { now = max(now, time) }
      desk.wake(now: now, into: &out)
    }
    take(out)
  }

  private mutating func take(_ out: DeskOutbox) {
    for ask in out.asks { requests.append(Sent(ask: ask, at: now)) }
    if out.facts.contains(where: { if case .notice(let notice) = $0 { notice.code == .orderResent } else { false } }) {
      wasResent = true
    }
    for case .report(let report, _) in out.facts where told.last != report.type { told.append(report.type) }
  }

  private mutating func hear(_ message: VenueMessage, _ out: inout DeskOutbox) {
    var message = message
    if case .answered(let call, let answer) = message {
      switch (bug, answer) {
      case (.resendsWithoutAsking, .unknown): message = .answered(call, .wait(until: now, "?"))
      case (.takesNotFoundForProof, .notFound): message = .answered(call, .wait(until: now, "?"))
      case (.trustsOwnClock, .notFound(let time)):
        // Its first word sets the base, each later one is an hour further.
        message = .answered(
          call, .notFound(serverTime: Timestamp(nanos: time.nanos + Int64(call.rawValue) * 3_600_000_000_000)))
      case (.takesDuplicateForRefusal, .unknown("Duplicate order sent.")):
        message = .answered(call, .refused(code: -2010, "Duplicate order sent."))
      case (.readsAbsenceAsOver, .notFound), (.takesCancelForDone, .unknown("Unknown order sent.")):
        message = .report(report(.cancelled, nil))
      default: break
      }
      if bug == .takesNotFoundForProof, case .answered(_, .wait) = message, case .notFound = answer {
        desk.forceWaiting(until: now)
        desk.wake(now: now, into: &out)
        return
      }
    }
    desk.hear(message, now: now, into: &out)
  }

  /// What the venue does with a request, and its answer.
  private mutating func execute(_ sent: Sent) {
    let call = sent.ask.call
    switch sent.ask.request {
    case .submitPair, .replace: preconditionFailure("the model has one order")
    case .submit:
      guard now.nanos <= sent.at.nanos + 15_000_000_000 else {
        answers.append(.answered(call, .wait(until: now, "outside the window")))
        return
      }
      if orders.contains(where: \.isOpen) {
        answers.append(.answered(call, .unknown("Duplicate order sent.")))
        return
      }
      orders.append(Order(acceptedAt: now))
      reports.append(.report(report(.accepted, orders.count - 1)))
      answers.append(.answered(call, .done))
    case .cancel:
      guard let index = orders.firstIndex(where: \.isOpen) else {
        answers.append(.answered(call, .unknown("Unknown order sent.")))
        return
      }
      orders[index].isOpen = false
      reports.append(.report(report(.cancelled, index)))
      answers.append(.answered(call, .done))
    case .query, .search:
      // Visible three seconds after it was accepted.
      guard let index = orders.indices.last, now.nanos >= orders[index].acceptedAt.nanos + 3_000_000_000 else {
        answers.append(.answered(call, .notFound(serverTime: now)))
        return
      }
      let order = orders[index]
      if order.isFilled { answers.append(.report(report(.filled, index))) }
      answers.append(
        .answered(
          call,
          .found(
            VenueOrder(
              clientOrderID: Self.ticket.clientOrderID, venueOrderID: "\(index)", symbol: "BTCUSDT", side: .buy,
              status: order.isOpen ? .working : order.isFilled ? .filled : .cancelled,
              quantity: Self.ticket.quantity, cumulative: order.isFilled ? Self.ticket.quantity : .zero,
              venueTime: now))))
    case .reduce, .snapshot: answers.append(.answered(call, .refused(code: 0, "not modelled")))
    }
  }

  private func report(_ type: ExecutionType, _ index: Int?) -> OrderReport {
    let isFill = type == .filled
    return OrderReport(
      type: type, source: .stream, clientOrderID: Self.ticket.clientOrderID, venueOrderID: "\(index ?? 0)",
      symbol: "BTCUSDT", side: .buy, quantity: Self.ticket.quantity, price: isFill ? Price(nanos: 1) : nil,
      cumulative: isFill ? Self.ticket.quantity : .zero, tradeID: isFill ? "\(index ?? 0)" : "", venueTime: now)
  }

  /// What is wrong in this state; nil where nothing is.
  var violation: String? {
    if orders.count > 1 { return "the venue has \(orders.count) orders of one intent" }
    if isOver, orders.contains(where: \.isOpen), requests.isEmpty, answers.isEmpty, reports.isEmpty {
      return "the desk thinks an order over that works"
    }
    if isOver, orders.first?.isFilled == true, answers.isEmpty, reports.isEmpty, !told.contains(.filled) {
      return "the run wasn't told of a fill"
    }
    return nil
  }
}

extension OrderDesk {
  /// As a desk would that takes "not found" for proof.
  mutating func forceWaiting(until time: Timestamp) {
    for index in orders.indices where orders[index].standing != .over && !orders[index].isKnown {
      orders[index].standing = .waiting(until: time)
    }
  }
}
