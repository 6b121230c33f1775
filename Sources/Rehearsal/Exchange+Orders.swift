import Core
import Market
import Wire

/// Orders accepted, cancelled, replaced and made smaller.
extension Exchange {
  func filters(_ listing: Int) -> SymbolFilters {
    SymbolFilters(tape.listings[listing].instrument, minNotional: settings.minNotional)
  }

  /// Everything that can refuse an order; changes nothing.
  func check(_ request: OrderRequest) throws(CallError) {
    try checkFilters(request)
    if let id = request.clientOrderID, isTaken(id, request.listing) { throw .duplicate }
    let order = draft(request)
    guard canLock(order) else { throw .insufficientBalance }
    guard let (_, bar, _) = tape.running(request.listing) else { return }
    switch request.type {
    case .limitMaker:
      if meetsOpen(order, bar) { throw .wouldTake }
    case .stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit:
      // The simulated venue fills them at the open instead.
      if settings.refusesPassedStops, isPastStop(order, bar.open) { throw .wouldTrigger }
    case .limit, .market: break
    }
  }

  func checkFilters(_ request: OrderRequest) throws(CallError) {
    let places = open[request.listing]
    try filters(request.listing).check(
      request, lastPrice: tape.lastPrice(request.listing), openCount: places.count,
      openStopCount: places.count { orders[$0].type.hasStop })
  }

  private func meetsOpen(_ order: ExchangeOrder, _ bar: Bar) -> Bool {
    guard let working = order.working(number: 0), case .fills(let quote) = FillCondition.verdict(working, on: bar)
    else { return false }
    return quote.isAtOpen
  }

  private func isPastStop(_ order: ExchangeOrder, _ price: Price) -> Bool {
    let isAbove = order.type.isStopLoss == (order.side == .buy)
    return isAbove ? price >= order.stopPrice : price <= order.stopPrice
  }

  private func isTaken(_ id: String, _ listing: Int) -> Bool {
    switch settings.clientIDs {
    case .none: false
    case .open: open[listing].contains { orders[$0].clientOrderID == id }
    case .day:
      orders.contains {
        $0.listing == listing && $0.clientOrderID == id && ($0.status.isOpen || $0.createdAt.utcDay == time.utcDay)
      }
    case .forever: orders.contains { $0.listing == listing && $0.clientOrderID == id }
    }
  }

  func draft(_ request: OrderRequest) -> ExchangeOrder {
    let id = Int64(orders.count { $0.listing == request.listing } + 1)
    return ExchangeOrder(
      id: id, clientOrderID: request.clientOrderID ?? generatedID(), listing: request.listing, side: request.side,
      type: request.type, timeInForce: request.timeInForce, quantity: request.quantity,
      quoteOrderQuantity: request.quoteOrderQuantity, price: request.price, stopPrice: request.stopPrice,
      strategyID: request.strategyID, strategyType: request.strategyType,
      selfTradePrevention: request.selfTradePrevention, createdAt: time, updatedAt: time,
      workingAt: request.type.hasStop ? nil : time)
  }

  /// For orders and cancels without an id of their own: as long as Binance's, from what was accepted and reported so far.
  func generatedID() -> String {
    let digits = String(orders.count + trades.reduce(0) { $0 + $1.count } + reportCount, radix: 36)
    return "rehearsal" + String(repeating: "0", count: max(0, 13 - digits.count)) + digits
  }

  /// Accepts an order and lets it meet the running bar.
  /// - Returns: its place in the book.
  mutating func place(_ request: OrderRequest) throws(CallError) -> Int {
    try check(request)
    try countOrder()
    return accept(request)
  }

  /// Counts an order against the limits of rates.
  mutating func countOrder() throws(CallError) {
    guard limits.ordersInTenSeconds(at: time) < settings.ordersPerTenSeconds else {
      throw .tooManyOrders(settings.ordersPerTenSeconds, "TEN SECONDS", retryAfter: 10)
    }
    guard limits.ordersToday(at: time) < settings.ordersPerDay else {
      throw .tooManyOrders(settings.ordersPerDay, "DAY", retryAfter: 3_600)
    }
    limits.addOrder(at: time)
  }

  /// Takes an order that was checked and counted into the book, where it meets the running bar.
  mutating func accept(_ request: OrderRequest) -> Int {
    let place = orders.count
    orders.append(draft(request))
    open[request.listing].append(place)
    lock(place)
    report(place, .new)
    reportBalances(of: request.listing)
    arrive(place)
    return place
  }

  /// The order a call names; the newest of several with one client id, an open one before any other.
  func find(
    _ parameters: Parameters, listing: Int, orderID: String = "orderId", clientID: String = "origClientOrderId"
  ) throws(CallError) -> Int? {
    let id = try parameters.integer(orderID)
    let client = try parameters.optional(clientID)
    guard id != nil || client != nil else {
      throw CallError(-1102, "Param '\(clientID)' or '\(orderID)' must be sent, but both were empty/null!")
    }
    let found = orders.indices.filter { place in
      orders[place].listing == listing && (id.map { orders[place].id == $0 } ?? true)
        && (client.map { orders[place].clientOrderID == $0 } ?? true)
    }
    return found.last { orders[$0].status.isOpen } ?? found.last
  }

  /// Cancels an order, and with it the other one of its list.
  mutating func cancel(_ place: Int, cancelID: String?) {
    let mates = mates(place)
    cancelAlone(place, cancelID: cancelID)
    for mate in mates { cancelAlone(mate, cancelID: nil) }
    guard let number = orders[place].list else { return }
    endList(number)
    tellList(number, status: "ALL_DONE", order: "ALL_DONE")
  }

  private mutating func cancelAlone(_ place: Int, cancelID: String?) {
    orders[place].status = .canceled
    orders[place].updatedAt = time
    let id = cancelID ?? generatedID()
    orders[place].cancelID = id
    close(place)
    report(place, .canceled, cancelID: id)
    reportBalances(of: orders[place].listing)
  }

  mutating func cancelOrder(_ parameters: Parameters) throws(CallError) -> Int {
    let listing = try parameters.listing(in: tape)
    guard let place = try find(parameters, listing: listing), orders[place].status.isOpen else { throw .unknownOrder }
    try checkRestrictions(parameters, place)
    cancel(place, cancelID: try OrderRequest.clientOrderID("newClientOrderId", parameters))
    return place
  }

  func checkRestrictions(_ parameters: Parameters, _ place: Int) throws(CallError) {
    switch try parameters.optional("cancelRestrictions") {
    case nil: return
    case "ONLY_NEW":
      if orders[place].status != .new {
        throw CallError(-2011, "Order was not canceled due to cancel restrictions.")
      }
    case "ONLY_PARTIALLY_FILLED":
      if orders[place].status != .partiallyFilled {
        throw CallError(-2011, "Order was not canceled due to cancel restrictions.")
      }
    default: throw CallError(-1145, "Invalid cancelRestrictions.")
    }
  }

  /// Lowers an order's quantity; it keeps its turn.
  mutating func amend(_ parameters: Parameters) throws(CallError) -> Int {
    let listing = try parameters.listing(in: tape)
    guard let quantity = try parameters.decimal("newQty") else { throw .missing("newQty") }
    guard let place = try find(parameters, listing: listing), orders[place].status.isOpen else {
      throw CallError(-2038, "The order does not exist or can't be amended.")
    }
    let wanted = Quantity(nanos: quantity)
    try filters(listing).check(wanted)
    guard wanted < orders[place].quantity, wanted > orders[place].executed else {
      throw CallError(-2038, "Order amend (quantity increase) is not supported.")
    }
    let leavesBefore = orders[place].leaves
    orders[place].quantity = wanted
    orders[place].amendCount += 1
    orders[place].updatedAt = time
    let kept = orders[place].locked * Int128(orders[place].leaves.nanos) / Int128(leavesBefore.nanos)
    release(place, downTo: kept)
    report(place, .replaced)
    reportBalances(of: listing)
    return place
  }

  /// The order fills wholly, at its limit or at the last price, whatever the bar allows: what a fault asks for.
  mutating func fillBeforeCancel(_ parameters: Parameters) {
    guard let symbol = parameters["symbol"], let listing = tape.place(ofSymbol: symbol) else { return }
    let candidates = open[listing].filter { place in
      ["orderId", "cancelOrderId"].allSatisfy { parameters[$0].map { $0 == String(orders[place].id) } ?? true }
        && ["origClientOrderId", "cancelOrigClientOrderId"].allSatisfy {
          parameters[$0].map { $0 == orders[place].clientOrderID } ?? true
        }
    }
    for place in candidates {
      let order = orders[place]
      guard let price = order.price != .zero ? order.price : tape.lastPrice(listing) else { continue }
      claim(place)
      let quantity = settings.checksBalances ? min(order.leaves, affordable(place, at: price)) : order.leaves
      if quantity != .zero { book(place, quantity, at: price, isMaker: order.hasRested) }
    }
  }
}

extension CallError {
  static func tooManyOrders(_ limit: Int64, _ interval: String, retryAfter: Int64) -> CallError {
    var error = CallError(-1015, "Too many new orders; current limit is \(limit) orders per \(interval).", status: 429)
    error.retryAfterSeconds = retryAfter
    return error
  }
}
