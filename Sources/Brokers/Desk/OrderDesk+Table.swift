import Events
import Market

/// What follows from what, for one order: each function is a switch over the order's standing, without a default.
extension OrderDesk {
  /// Does what is due for an order.
  mutating func advance(_ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    switch orders[index].standing {
    case .waiting(let until): if until <= now || orders[index].cancel != .none { send(index, now, into: &out) }
    case .submitting(_, let deadline):
      if deadline <= now { lose(index, "no answer came in time", now, into: &out) }
    case .unknown(let inquiry): orders[index].standing = .unknown(advance(inquiry, index, now, into: &out))
    case .working(let inquiry):
      orders[index].standing = .working(inquiry.map { advance($0, index, now, into: &out) })
      advanceCancel(index, now, into: &out)
      advanceReduction(index, now, into: &out)
    case .settling(let inquiry, let report):
      orders[index].standing = .settling(advance(inquiry, index, now, into: &out), report)
    case .over: break
    }
  }

  /// Hands an order that is certainly not at the venue to the venue, unless nobody wants it any more.
  mutating func send(_ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    let order = orders[index]
    if order.cancel != .none {
      drop(index, "cancelled before it left", now, into: &out)
      return
    }
    if policy.isSilent {
      end(index, with: conclusion(.neverArrived, order, "not sent: orders are withheld", now), into: &out)
      return
    }
    let age = now.nanos.subtractingReportingOverflow(order.intendedAt.nanos)
    guard !age.overflow, age.partialValue <= policy.resendWithinNanos else {
      drop(index, "too old to be sent", now, into: &out)
      return
    }
    if let mate = order.ticket.pairedWith { return sendPair(index, mate, now, into: &out) }
    if let old = order.ticket.replaces { return sendReplacement(index, of: old, now, into: &out) }
    let call = newCall()
    orders[index].standing = .submitting(call, deadline: now.shifted(policy.answerWithinNanos))
    // What had to wait was never sent: only what may have been, and is proved absent, is sent again.
    if order.wasProvedAbsent {
      orders[index].wasProvedAbsent = false
      notice(
        .orderResent, .warning, order, "\(order.ticket.clientOrderID) is certainly not at the venue: sent again", &out)
    }
    out.asks.append(DeskOutbox.Ask(call: call, request: .submit(order.ticket)))
  }

  /// Hands both orders of a pair to the venue, where both are certainly not there and both are wanted.
  private mutating func sendPair(_ index: Int, _ mate: OrderID, _ now: Timestamp, into out: inout DeskOutbox) {
    let order = orders[index]
    guard !order.wasProvedAbsent,
      let other = orders.indices.last(where: { orders[$0].ticket.order == mate && !orders[$0].isOver }),
      case .waiting = orders[other].standing, orders[other].cancel == .none, !orders[other].wasProvedAbsent
    else {
      end(index, with: conclusion(.neverArrived, order, "its pair is not sent", now), into: &out)
      return
    }
    let call = newCall()
    let deadline = now.shifted(policy.answerWithinNanos)
    orders[index].standing = .submitting(call, deadline: deadline)
    orders[other].standing = .submitting(call, deadline: deadline)
    let (first, second) = index < other ? (index, other) : (other, index)
    out.asks.append(
      DeskOutbox.Ask(call: call, request: .submitPair(orders[first].ticket, orders[second].ticket)))
  }

  /// Whether a cancel of the other order of a pair is out: it is a cancel of both.
  private func isCancelledWithMate(_ index: Int) -> Bool {
    guard let mate = orders[index].ticket.pairedWith else { return false }
    return orders.contains {
      if $0.ticket.order == mate, case .asked = $0.cancel { true } else { false }
    }
  }

  /// From here on the venue has to be asked.
  mutating func lose(_ index: Int, _ why: String, _ now: Timestamp, into out: inout DeskOutbox) {
    orders[index].standing = .unknown(.due(now.shifted(policy.inquiryPause(attempt: 0))))
    notice(.outcomeUnknown, .warning, orders[index], "\(orders[index].ticket.clientOrderID): \(why)", &out)
  }

  mutating func advance(
    _ inquiry: Inquiry, _ index: Int, _ now: Timestamp, into out: inout DeskOutbox
  ) -> Inquiry {
    var inquiry = inquiry
    switch inquiry.step {
    case .due(let time):
      guard time <= now else { return inquiry }
      let call = newCall()
      let ticket = orders[index].ticket
      inquiry.step = .asked(call, deadline: now.shifted(policy.answerWithinNanos))
      let request: VenueRequest =
        inquiry.isSearch
        ? .search(ticket, since: orders[index].intendedAt.shifted(-Self.searchEarlierNanos)) : .query(ticket)
      out.asks.append(DeskOutbox.Ask(call: call, request: request))
    case .asked(_, let deadline):
      if deadline <= now { inquiry.repeatLater(now, policy) }
    }
    return inquiry
  }

  /// Lists are searched from this long before the intent, so that clocks that differ hide nothing.
  static let searchEarlierNanos: Int64 = 600_000_000_000

  mutating func advanceCancel(_ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    switch orders[index].cancel {
    case .none: break
    case .wanted(let from):
      guard from <= now else { return }
      if isCancelledWithMate(index) {
        orders[index].cancel = .wanted(from: now.shifted(policy.cancelPauseNanos))
        return
      }
      let call = newCall()
      orders[index].cancel = .asked(call, deadline: now.shifted(policy.answerWithinNanos))
      out.asks.append(DeskOutbox.Ask(call: call, request: .cancel(orders[index].ticket)))
    case .asked(_, let deadline):
      guard deadline <= now else { return }
      lookAfterCancel(index, now, into: &out)
      // What is to be asked at once is asked in this step.
      if case .working(let inquiry?) = orders[index].standing {
        orders[index].standing = .working(advance(inquiry, index, now, into: &out))
      }
    }
  }

  /// Whether a cancel was taken is seen by what became of the order; one that works on is cancelled again.
  mutating func lookAfterCancel(_ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    orders[index].cancel = .wanted(from: now.shifted(policy.cancelPauseNanos))
    inquire(index, from: now, now, into: &out)
  }

  mutating func advanceReduction(_ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    switch orders[index].reduction {
    case .none: break
    case .wanted(let quantity):
      // What is to be cancelled anyway is not made smaller first.
      guard orders[index].cancel == .none else { return }
      let call = newCall()
      orders[index].reduction = .asked(quantity, call, deadline: now.shifted(policy.answerWithinNanos))
      out.asks.append(DeskOutbox.Ask(call: call, request: .reduce(orders[index].ticket, to: quantity)))
    case .asked(_, _, let deadline):
      guard deadline <= now else { return }
      orders[index].reduction = .none
      inquire(index, from: now, now, into: &out)
    }
  }

  /// Begins to ask about an order that is known, or asks sooner; a question on its way stays.
  mutating func inquire(_ index: Int, from: Timestamp, _ now: Timestamp, into out: inout DeskOutbox) {
    switch orders[index].standing {
    case .waiting, .submitting, .over: break
    case .unknown(var inquiry):
      inquiry.hurry(from)
      orders[index].standing = .unknown(inquiry)
    case .working(let old):
      var inquiry = old ?? .due(from)
      inquiry.hurry(from)
      orders[index].standing = .working(inquiry)
    case .settling(var inquiry, let report):
      inquiry.hurry(from)
      orders[index].standing = .settling(inquiry, report)
    }
  }

  // MARK: Reports

  /// What the venue tells of one of the desk's orders.
  mutating func take(_ report: OrderReport, _ index: Int, _ now: Timestamp, into out: inout DeskOutbox) {
    if report.type == .filled {
      if orders[index].trades.contains(report.tradeID) { return }
      orders[index].trades.append(report.tradeID)
      let sum = orders[index].filled.nanos.addingReportingOverflow(report.quantity.nanos)
      orders[index].filled = Quantity(nanos: sum.overflow ? .max : max(sum.partialValue, 0))
    }
    let wasKnown = orders[index].isKnown
    orders[index].isKnown = true
    switch (orders[index].standing, report.type) {
    case (.waiting, .accepted), (.submitting, .accepted), (.unknown, .accepted), (.working, .accepted):
      // It may have been thought absent: the venue knows better.
      begin(index)
      if !wasKnown { pass(report, index, into: &out) }
    case (.waiting, .filled), (.submitting, .filled), (.unknown, .filled), (.working, .filled):
      begin(index)
      pass(report, index, into: &out)
      if orders[index].filled >= orders[index].ticket.quantity { finish(index) }
    case (.waiting, .reduced), (.submitting, .reduced), (.unknown, .reduced), (.working, .reduced):
      begin(index)
      // Once told is enough: the answer and the stream both tell.
      guard report.quantity < orders[index].ticket.quantity else { return }
      orders[index].ticket.quantity = report.quantity
      pass(report, index, into: &out)
    case (.waiting, .cancelRejected), (.submitting, .cancelRejected), (.unknown, .cancelRejected),
      (.working, .cancelRejected):
      begin(index)
      pass(report, index, into: &out)
    case (.waiting, .wouldTrigger), (.submitting, .wouldTrigger), (.unknown, .wouldTrigger), (.working, .wouldTrigger),
      (.waiting, .cancelled), (.waiting, .expired), (.waiting, .rejected), (.submitting, .cancelled),
      (.submitting, .expired), (.submitting, .rejected), (.unknown, .cancelled), (.unknown, .expired),
      (.unknown, .rejected), (.working, .cancelled), (.working, .expired), (.working, .rejected):
      orders[index].standing = .settling(.due(now), report)
      if report.cumulative <= orders[index].filled { release(index, into: &out) }
    case (.settling(let inquiry, let held), .filled):
      pass(report, index, into: &out)
      let counted = max(held?.cumulative ?? orders[index].ticket.quantity, report.cumulative)
      orders[index].standing = .settling(inquiry, held)
      if orders[index].filled >= counted { release(index, into: &out) }
    case (.settling(let inquiry, nil), .cancelled), (.settling(let inquiry, nil), .expired),
      (.settling(let inquiry, nil), .rejected), (.settling(let inquiry, nil), .wouldTrigger):
      orders[index].standing = .settling(inquiry, report)
    case (.over, .filled):
      // A fill that was on its way when the order ended: what the venue filled is ours.
      pass(report, index, into: &out)
    case (.settling, .accepted), (.settling, .reduced), (.settling, .cancelRejected), (.over, .accepted),
      (.over, .reduced), (.over, .cancelRejected):
      break  // Older news than what is known.
    case (.settling, .cancelled), (.settling, .expired), (.settling, .rejected), (.over, .cancelled), (.over, .expired),
      (.over, .rejected), (.settling, .wouldTrigger), (.over, .wouldTrigger):
      break  // Told already.
    case (.waiting, .neverArrived), (.submitting, .neverArrived), (.unknown, .neverArrived), (.working, .neverArrived),
      (.settling, .neverArrived), (.over, .neverArrived):
      // No venue says so: it is the desk's own conclusion.
      orders[index].isKnown = wasKnown
      notice(.invalidAnswer, .error, orders[index], "a venue can't say that an order never arrived", &out)
      return
    }
    if report.cumulative > orders[index].filled {
      inquire(index, from: now.shifted(policy.inquiryPause(attempt: 0)), now, into: &out)
    }
    advance(index, now, into: &out)
  }

  /// The order is at the venue. A question that is on its way stays.
  mutating func begin(_ index: Int) {
    switch orders[index].standing {
    case .waiting, .submitting, .unknown: orders[index].standing = .working(nil)
    case .working, .settling, .over: break
    }
  }

  func pass(_ report: OrderReport, _ index: Int, into out: inout DeskOutbox) {
    out.facts.append(.report(report, orders[index].ticket))
  }

  /// Lets the report go that was held back for missing fills.
  mutating func release(_ index: Int, into out: inout DeskOutbox) {
    if case .settling(_, let held?) = orders[index].standing { pass(held, index, into: &out) }
    finish(index)
  }

  mutating func end(_ index: Int, with report: OrderReport, into out: inout DeskOutbox) {
    pass(report, index, into: &out)
    finish(index)
  }

  mutating func finish(_ index: Int) {
    orders[index].standing = .over
    orders[index].cancel = .none
    orders[index].reduction = .none
  }

  // MARK: Words

  func report(
    _ type: ExecutionType, _ source: ReportSource, _ order: DeskOrder, _ text: String, _ now: Timestamp
  ) -> OrderReport {
    OrderReport(
      type: type, source: source, clientOrderID: order.ticket.clientOrderID, venueOrderID: "",
      symbol: order.ticket.symbol, side: order.ticket.side, quantity: order.ticket.quantity, cumulative: order.filled,
      venueTime: now, text: text)
  }

  /// The desk's own conclusion, which no venue told.
  func conclusion(
    _ type: ExecutionType, _ order: DeskOrder, _ text: String, _ now: Timestamp
  ) -> OrderReport { report(type, .runtime, order, text, now) }

  func report(_ type: ExecutionType, _ found: VenueOrder, _ order: DeskOrder) -> OrderReport {
    OrderReport(
      type: type, source: .query, clientOrderID: order.ticket.clientOrderID, venueOrderID: found.venueOrderID,
      symbol: order.ticket.symbol, side: order.ticket.side, quantity: order.ticket.quantity,
      cumulative: type == .accepted ? .zero : found.cumulative, venueTime: found.venueTime)
  }

  func notice(
    _ code: NoticeCode, _ severity: AlertSeverity, _ order: DeskOrder, _ text: String, _ out: inout DeskOutbox,
    first: Int64 = 0
  ) {
    out.facts.append(
      .notice(DeskNotice(code, severity, instrument: order.ticket.instrument, first: first, text: text)))
  }
}
