import Events
import Market
import Wire

/// What the desk asks for, as series of calls.
extension BinanceVenue {
  /// The longest page that the exchange gives; one that is as long may have been cut.
  static let pageRows = 1000

  mutating func begin(
    _ request: VenueRequest, _ call: VenueCall, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    let todo: [BinanceOperation.Step]
    switch request {
    case .submit(let ticket):
      if let (code, text) = refusal(of: ticket) {
        out.messages.append(.answered(call, .refused(code: code, text)))
        return
      }
      todo = [.place]
    case .submitPair(let first, let second):
      if let (code, text) = refusal(of: first) ?? refusal(of: second) {
        out.messages.append(.answered(call, .refused(code: code, text)))
        return
      }
      todo = [.placePair]
    case .cancel: todo = [.cancel]
    case .replace(_, with: let ticket):
      // The order that ends counts among the open ones, as the exchange counts before it ends it.
      if let (code, text) = refusal(of: ticket) {
        out.messages.append(.answered(call, .refused(code: code, text)))
        return
      }
      todo = [.replace]
    case .reduce(let ticket, to: let quantity):
      guard rules.first(where: { $0.symbol == ticket.symbol })?.isAmendable == true else {
        out.messages.append(
          .answered(call, .refused(code: 0, "\(ticket.symbol) allows no amendment: cancel the order and decide anew")))
        return
      }
      todo = [.amend(to: quantity)]
    case .query, .search: todo = [.time, .status]
    case .snapshot(let snapshot):
      // Orders before trades before balances: what happens in between is then seen in a later list at least.
      let listings = configuration.instruments.indices
      todo =
        [.time] + listings.map { .openOrders(listing: $0) }
        + listings.map { .trades(listing: $0, from: snapshot.lastTrades[configuration.instruments[$0].instrument]) }
        + [.account]
    }
    operations.append(BinanceOperation(call: call, request: request, todo: todo))
    advance(call, now, into: &out)
  }

  /// Filters are checked here, so that a rule's violation costs no call and no weight.
  private func refusal(of ticket: OrderTicket) -> (Int, String)? {
    // Before the first connection there are no rules, and the call waits for one anyway.
    if rules.isEmpty { return nil }
    guard let rule = rules.first(where: { $0.symbol == ticket.symbol }) else {
      return (0, "the exchange doesn't list \(ticket.symbol)")
    }
    var (openCount, algoCount) = (0, 0)
    for order in open.values where order.symbol == ticket.symbol {
      openCount += 1
      if order.isAlgo { algoCount += 1 }
    }
    guard
      let filter = rule.violation(
        by: ticket, reference: references[ticket.symbol], openCount: openCount, openAlgoCount: algoCount)
    else { return nil }
    return (-1013, "Filter failure: \(filter) (checked before it was sent)")
  }

  /// Makes the next call of an operation, or ends it.
  mutating func advance(_ call: VenueCall, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    guard let index = operations.firstIndex(where: { $0.call == call }) else { return }
    guard let step = operations[index].todo.first else {
      conclude(index, now, into: &out)
      return
    }
    let request = request(for: step, of: operations[index])
    let socket = links.last(where: \.isLive)?.socket
    guard let socket else {
      finish(call, .wait(until: now.shifted(Self.againNanos), "there is no connection"), into: &out)
      return
    }
    if let until = limits.take(request.method, serverTime: serverTime(now)) {
      finish(call, .wait(until: localTime(until), "a rate limit is reached"), into: &out)
      return
    }
    let way = configuration.transport == .webSocket ? socket : nil
    guard send(request, for: .operation(call), on: way, now, into: &out) else {
      finish(call, .refused(code: 0, "the request could not be signed"), into: &out)
      return
    }
  }

  private func request(for step: BinanceOperation.Step, of operation: BinanceOperation) -> BinanceRequest {
    func symbol(_ listing: Int) -> (name: String, value: String) {
      ("symbol", configuration.instruments[listing].symbol)
    }
    let ticket = operation.ticket
    let own: [(name: String, value: String)] = [
      ("symbol", ticket?.symbol ?? ""), ("origClientOrderId", ticket?.clientOrderID ?? ""),
    ]
    switch step {
    case .time: return BinanceRequest(.time)
    case .place: return BinanceRequest(.place, ticket.map(BinanceOrderText.parameters) ?? [])
    case .placePair:
      guard case .submitPair(let first, let second) = operation.request else { return BinanceRequest(.placePair, []) }
      return BinanceRequest(.placePair, BinanceOrderText.parameters(first, second))
    case .cancel: return BinanceRequest(.cancel, own)
    case .replace:
      guard case .replace(let old, with: let ticket) = operation.request else { return BinanceRequest(.replace) }
      return BinanceRequest(
        .replace, BinanceOrderText.parameters(ticket, inPlaceOf: old, onlyUnfilled: !replacesFilled))
    case .amend(let quantity):
      // The same id again: otherwise the exchange gives the order another one.
      return BinanceRequest(
        .amend,
        own + [
          ("newClientOrderId", ticket?.clientOrderID ?? ""), ("newQty", FixedPoint.text(nanos: quantity.nanos)),
        ])
    case .status: return BinanceRequest(.status, own)
    case .orderTrades(let orderID, let from):
      let page = from.map { [(name: "fromId", value: String($0))] } ?? []
      return BinanceRequest(
        .trades, [("symbol", ticket?.symbol ?? ""), ("orderId", orderID)] + page + [("limit", String(Self.pageRows))])
    case .openOrders(let listing): return BinanceRequest(.openOrders, [symbol(listing)])
    case .allOrders(let listing, let since, let from):
      // Pages by number: orders of one millisecond could fill a page, and pages by time would never end.
      let start = from.map { (name: "orderId", value: String($0)) }
      return BinanceRequest(
        .allOrders,
        [
          symbol(listing), start ?? ("startTime", String(max(since.milliseconds, 0))), ("limit", String(Self.pageRows)),
        ])
    case .trades(let listing, let from):
      guard let from, let last = Int64(from) else {
        guard case .snapshot(let snapshot) = operation.request else {
          return BinanceRequest(.trades, [symbol(listing)])
        }
        return BinanceRequest(
          .trades,
          [
            symbol(listing), ("startTime", String(max(snapshot.since.milliseconds, 0))),
            ("limit", String(Self.pageRows)),
          ])
      }
      return BinanceRequest(.trades, [symbol(listing), ("fromId", String(last + 1)), ("limit", String(Self.pageRows))])
    case .name(let listing, let orderID):
      return BinanceRequest(.status, [symbol(listing), ("orderId", orderID)])
    case .account: return BinanceRequest(.account, [("omitZeroBalances", "true")])
    }
  }

  /// An answer to a call of an operation.
  mutating func landed(
    _ flight: BinanceFlight, of call: VenueCall, _ reply: BinanceReply, _ now: Timestamp,
    into out: inout WireOutbox<VenueMessage>
  ) {
    guard let index = operations.firstIndex(where: { $0.call == call }), let step = operations[index].todo.first else {
      return
    }
    tellRefusal(reply, flight.method, now, into: &out)
    if step == .replace, let details = reply.details, let code = reply.code, (-2022 ... -2021).contains(code) {
      do throws(JSONFieldError) { try takeHalves(details, index, now, into: &out) } catch {
        finishUnreadable(flight, of: call, error, into: &out)
      }
      return
    }
    switch reply.verdict {
    case .done:
      guard let result = reply.result else {
        finish(call, .unknown("an answer without a result"), into: &out)
        return
      }
      do throws(JSONFieldError) {
        try take(result, step, index, flight, now, into: &out)
        if let place = operations.firstIndex(where: { $0.call == call }) { operations[place].todo.removeFirst() }
        advance(call, now, into: &out)
      } catch {
        finishUnreadable(flight, of: call, error, into: &out)
      }
    case .refused, .fault: finish(call, .refused(code: reply.code ?? 0, reply.text), into: &out)
    case .wouldTrigger: finish(call, .wouldTrigger(code: reply.code ?? 0, reply.text), into: &out)
    case .wait: finish(call, .wait(until: localTime(retryTime(reply, now)), reply.text), into: &out)
    case .clock:
      finish(call, .wait(until: now.shifted(Self.againNanos), "the clocks are being compared"), into: &out)
    case .unknown: finish(call, .unknown("\(reply.status) \(reply.code ?? 0) \(reply.text)"), into: &out)
    case .notFound: notFound(index, step, now, into: &out)
    case .archived: archived(index, step, now, into: &out)
    }
  }

  /// What can't be read may say that it was done.
  private mutating func finishUnreadable(
    _ flight: BinanceFlight, of call: VenueCall, _ error: JSONFieldError, into out: inout WireOutbox<VenueMessage>
  ) {
    let text = "\(flight.method.rawValue): \(error)"
    out.messages.append(.notice(.invalidAnswer, .error, text: text))
    finish(call, .unknown(text), into: &out)
  }

  private mutating func notFound(
    _ index: Int, _ step: BinanceOperation.Step, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    let operation = operations[index]
    switch (step, operation.request) {
    case (.status, .query):
      finish(operation.call, .notFound(serverTime: operation.serverTime ?? Timestamp(nanos: 0)), into: &out)
    case (.status, .search(let ticket, let since)):
      guard let listing = configuration.instruments.firstIndex(where: { $0.symbol == ticket.symbol }) else {
        finish(operation.call, .unknown("\(ticket.symbol) is not listed here"), into: &out)
        return
      }
      operations[index].todo = [.openOrders(listing: listing), .allOrders(listing: listing, since: since, from: nil)]
      advance(operation.call, now, into: &out)
    default:
      // "I don't know it" to anything else is no answer.
      finish(operation.call, .unknown("the exchange doesn't know what it was asked for"), into: &out)
    }
  }

  private mutating func archived(
    _ index: Int, _ step: BinanceOperation.Step, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    let operation = operations[index]
    guard step == .status, let ticket = operation.ticket else {
      finish(operation.call, .unknown("the order is archived"), into: &out)
      return
    }
    finish(
      operation.call,
      .found(
        VenueOrder(
          clientOrderID: ticket.clientOrderID, venueOrderID: "", symbol: ticket.symbol, side: ticket.side,
          status: .cancelled, quantity: ticket.quantity, cumulative: .zero,
          venueTime: operation.serverTime ?? serverTime(now))), into: &out)
  }

  /// Takes the result of a step, and puts in what has to follow it.
  private mutating func take(
    _ result: JSONValue, _ step: BinanceOperation.Step, _ index: Int, _ flight: BinanceFlight, _ now: Timestamp,
    into out: inout WireOutbox<VenueMessage>
  ) throws(JSONFieldError) {
    switch step {
    case .time:
      try compared(result, flight, now, into: &out)
      operations[index].serverTime = try result.milliseconds("serverTime")
    case .place:
      guard let ticket = operations[index].ticket else { return }
      try tellPlaced(ticket, result, into: &out)
    case .placePair:
      guard case .submitPair(let first, let second) = operations[index].request else { return }
      tellPlaced([first, second], try BinanceOrderText.placed(result, first, second), into: &out)
    case .cancel:
      guard let ticket = operations[index].ticket else { return }
      try tellEnd(of: ticket, result, now, into: &out)
    case .replace:
      guard case .replace(let old, with: let ticket) = operations[index].request else { return }
      try tellEnd(of: old, try result.object("cancelResponse"), now, into: &out)
      try tellPlaced(ticket, try result.object("newOrderResponse"), into: &out)
    case .amend: break  // What came of it is asked for.
    case .status:
      let order = try BinanceOrderText.order(result)
      remember(order.symbol, order.venueOrderID, order.clientOrderID)
      find(order, index)
    case .orderTrades: try tellTrades(result, step, index, into: &out)
    case .openOrders, .allOrders: try takeOrders(result, step, index)
    case .trades(let listing, _): try takeTrades(result, listing, index)
    case .name(let listing, let orderID):
      remember(configuration.instruments[listing].symbol, orderID, try result.string("clientOrderId"))
    case .account:
      for balance in try result.array("balances") {
        operations[index].balances.append(
          VenueBalance(
            asset: try balance.string("asset"), free: try balance.nanos("free"), locked: try balance.nanos("locked")))
      }
    }
  }

  /// Tells what the answer to an order says, and counts it among the open ones.
  mutating func tellPlaced(
    _ ticket: OrderTicket, _ result: JSONValue, into out: inout WireOutbox<VenueMessage>
  ) throws(JSONFieldError) {
    tellPlaced([ticket], try BinanceOrderText.placed(result, ticket), into: &out)
  }

  private mutating func tellPlaced(
    _ tickets: [OrderTicket], _ reports: [OrderReport], into out: inout WireOutbox<VenueMessage>
  ) {
    for ticket in tickets {
      open[ticket.clientOrderID] = OpenOrder(
        symbol: ticket.symbol, isAlgo: ticket.type.isAlgo, quantity: ticket.quantity)
    }
    for report in reports { tell(report, into: &out) }
  }

  /// Tells what the answer to a cancel says.
  mutating func tellEnd(
    of ticket: OrderTicket, _ result: JSONValue, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) throws(JSONFieldError) {
    for report in try BinanceOrderText.cancelled(result, ticket, serverTime: serverTime(now)) {
      tell(report, into: &out)
    }
  }

  /// Keeps the order that was asked for; what has filled of it is asked for next.
  private mutating func find(_ order: VenueOrder, _ index: Int) {
    operations[index].found = order
    if order.cumulative > .zero {
      operations[index].todo.append(.orderTrades(orderID: order.venueOrderID, from: nil))
    }
  }

  /// Fills of an order that was asked for. Each counts up to what the order says: were one missing in the list, a sum of those before it would be too small.
  private mutating func tellTrades(
    _ result: JSONValue, _ step: BinanceOperation.Step, _ index: Int, into out: inout WireOutbox<VenueMessage>
  ) throws(JSONFieldError) {
    guard let found = operations[index].found, let ticket = operations[index].ticket else { return }
    let reports = try result.items.map { row throws(JSONFieldError) in
      try BinanceOrderText.trade(row, clientOrderID: ticket.clientOrderID, cumulative: found.cumulative, .query)
    }
    for report in reports { tell(report, into: &out) }
    if reports.count < Self.pageRows { return }
    // The page that says nothing of where it begins holds the newest: what came before is read from the first on. A
    // trade that comes twice is booked once.
    guard case .orderTrades(_, from: .some) = step else {
      operations[index].todo.insert(.orderTrades(orderID: found.venueOrderID, from: 0), at: 1)
      return
    }
    guard let last = reports.last.flatMap({ Int64($0.tradeID) }) else { return }
    operations[index].todo.insert(.orderTrades(orderID: found.venueOrderID, from: last + 1), at: 1)
  }

  private mutating func takeOrders(
    _ result: JSONValue, _ step: BinanceOperation.Step, _ index: Int
  ) throws(JSONFieldError) {
    let orders = try result.items.map { row throws(JSONFieldError) in try BinanceOrderText.order(row) }
    for order in orders { remember(order.symbol, order.venueOrderID, order.clientOrderID) }
    switch operations[index].request {
    case .search(let ticket, since: _):
      guard let order = orders.last(where: { $0.clientOrderID == ticket.clientOrderID }) else {
        // A page that is full may have left it out: the search has not looked everywhere.
        if case .allOrders(let listing, let since, _) = step, orders.count >= Self.pageRows,
          let last = orders.last.flatMap({ Int64($0.venueOrderID) })
        {
          operations[index].todo.append(.allOrders(listing: listing, since: since, from: last + 1))
        }
        return
      }
      operations[index].todo = [step]
      find(order, index)
    case .submit, .submitPair, .cancel, .replace, .reduce, .query, .snapshot: operations[index].openOrders += orders
    }
  }

  /// A page of trades; the next page, and the names of orders that aren't known, are asked for.
  private mutating func takeTrades(_ result: JSONValue, _ listing: Int, _ index: Int) throws(JSONFieldError) {
    let instrument = configuration.instruments[listing].instrument
    let symbol = configuration.instruments[listing].symbol
    var steps: [BinanceOperation.Step] = []
    var count = 0
    for row in result.items {
      let report = try BinanceOrderText.trade(row, clientOrderID: "", cumulative: .zero, .reconciliation)
      operations[index].fills.append((listing, report))
      operations[index].lastTrades[instrument] = report.tradeID
      let name = BinanceOperation.Step.name(listing: listing, orderID: report.venueOrderID)
      if names["\(symbol):\(report.venueOrderID)"] == nil, !steps.contains(name),
        !operations[index].todo.contains(name)
      {
        steps.append(name)
      }
      count += 1
    }
    if count >= Self.pageRows {
      steps.append(.trades(listing: listing, from: operations[index].lastTrades[instrument]))
    }
    operations[index].todo.insert(contentsOf: steps, at: 1)
  }

  /// All calls of an operation are done.
  private mutating func conclude(_ index: Int, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    let operation = operations[index]
    switch operation.request {
    case .submit, .submitPair, .cancel, .replace, .reduce: finish(operation.call, .done, into: &out)
    case .query, .search:
      if let found = operation.found {
        finish(operation.call, .found(found), into: &out)
      } else {
        finish(operation.call, .notFound(serverTime: operation.serverTime ?? Timestamp(nanos: 0)), into: &out)
      }
    case .snapshot:
      let listed = Set(configuration.instruments.map(\.symbol))
      open = open.filter { !listed.contains($0.value.symbol) }
      for order in operation.openOrders {
        // Whether it waits for a price isn't told here; counting it as a plain one errs on the exchange's side, which refuses.
        open[order.clientOrderID] = OpenOrder(symbol: order.symbol, isAlgo: false, quantity: order.quantity)
      }
      let fills = operation.fills.map { fill in
        var report = fill.report
        report.clientOrderID = names["\(report.symbol):\(report.venueOrderID)"] ?? ""
        return report
      }
      finish(
        operation.call,
        .snapshot(
          VenueSnapshot(
            openOrders: operation.openOrders, fills: fills, balances: operation.balances, isComplete: true,
            serverTime: operation.serverTime ?? serverTime(now), lastTrades: operation.lastTrades)), into: &out)
    }
  }

  mutating func finish(_ call: VenueCall, _ answer: VenueAnswer, into out: inout WireOutbox<VenueMessage>) {
    operations.removeAll { $0.call == call }
    out.messages.append(.answered(call, answer))
  }
}
