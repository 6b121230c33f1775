import Core
import Market
import Wire

/// Two orders of which one alone is to fill: Binance's OCO, one of them above the price and one below.
struct ExchangeList: Hashable, Sendable {
  /// Counts from 1 in each symbol.
  let id: Int64
  let clientOrderID: String
  let listing: Int
  /// Places of its orders: the one above the price, then the one below.
  var places: [Int]
  var isOver = false
  var updatedAt: Timestamp
}

/// What a list's call asks for, checked for form.
struct OrderListRequest: Hashable, Sendable {
  var above: OrderRequest
  var below: OrderRequest
  var clientOrderID: String?
  var response: OrderRequest.Response

  init(_ parameters: Parameters, tape: MarketTape) throws(CallError) {
    above = try OrderListRequest.leg("above", parameters, tape)
    below = try OrderListRequest.leg("below", parameters, tape)
    clientOrderID = try OrderRequest.clientOrderID("listClientOrderId", parameters)
    guard let word = try parameters.optional("newOrderRespType") else {
      response = .result
      return
    }
    guard let response = OrderRequest.Response(rawValue: word) else {
      throw CallError(-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
    }
    self.response = response
  }

  /// One leg as the order that it is.
  private static func leg(_ side: String, _ parameters: Parameters, _ tape: MarketTape) throws(CallError)
    -> OrderRequest
  {
    var own: [Parameters.Pair] = []
    for name in ["symbol", "side", "quantity", "selfTradePreventionMode"] {
      if let value = parameters[name] { own.append(Parameters.Pair(name: name, value: value)) }
    }
    for (name, plain) in [
      ("Type", "type"), ("Price", "price"), ("StopPrice", "stopPrice"), ("TimeInForce", "timeInForce"),
      ("ClientOrderId", "newClientOrderId"), ("IcebergQty", "icebergQty"), ("StrategyId", "strategyId"),
      ("StrategyType", "strategyType"), ("TrailingDelta", "trailingDelta"),
    ] {
      if let value = parameters[side + name] { own.append(Parameters.Pair(name: plain, value: value)) }
    }
    guard parameters[side + "Type"] != nil else { throw .missing(side + "Type") }
    return try OrderRequest(Parameters(own), tape: tape)
  }
}

/// Lists of orders: one holds back what either may sell or spend once, what one fills ends the other, and a cancel of one is a cancel of both.
extension Exchange {
  /// Everything that can refuse a list; changes nothing.
  private func check(_ request: OrderListRequest) throws(CallError) {
    let (above, below) = (request.above, request.below)
    let isPair = above.type.isLimitLeg != below.type.isLimitLeg
    let isSale = above.side == .sell
    // A sale's target is above the price and its stop below; a purchase has them the other way round.
    guard isPair, above.type != .market, below.type != .market, above.type != .limit, below.type != .limit,
      above.type.isLimitLeg == isSale
    else { throw CallError(-1013, "Order combination for the list is not supported.") }
    if let own = above.clientOrderID, own == below.clientOrderID { throw .duplicate }
    for leg in [above, below] { try check(leg) }
    guard let last = tape.lastPrice(above.listing) else { return }
    guard above.triggerPrice > last, below.triggerPrice < last else {
      throw CallError(-2010, "The relationship of the prices for the orders is not correct.")
    }
  }

  /// Accepts both orders of a list and lets them meet the running bar.
  /// - Returns: the list's place.
  mutating func place(_ request: OrderListRequest) throws(CallError) -> Int {
    try check(request)
    guard limits.ordersInTenSeconds(at: time) + 1 < settings.ordersPerTenSeconds else {
      throw .tooManyOrders(settings.ordersPerTenSeconds, "TEN SECONDS", retryAfter: 10)
    }
    guard limits.ordersToday(at: time) + 1 < settings.ordersPerDay else {
      throw .tooManyOrders(settings.ordersPerDay, "DAY", retryAfter: 3_600)
    }
    let listing = request.above.listing
    let id = Int64(lists.count { $0.listing == listing } + 1)
    let number = lists.count
    lists.append(
      ExchangeList(
        id: id, clientOrderID: request.clientOrderID ?? generatedID(), listing: listing, places: [], updatedAt: time))
    for leg in [request.above, request.below] {
      limits.addOrder(at: time)
      let place = orders.count
      var order = draft(leg)
      order.list = number
      orders.append(order)
      lists[number].places.append(place)
      open[listing].append(place)
    }
    // Either may be what is sold: what the dearer one needs is held back, once.
    let places = lists[number].places
    let needed = places.map { lockNeeded(orders[$0], quantity: orders[$0].leaves) }
    lock(needed[0] < needed[1] ? places[1] : places[0])
    tellList(number, status: "EXEC_STARTED", order: "EXECUTING")
    for place in places { report(place, .new) }
    reportBalances(of: listing)
    for place in places where orders[place].status.isOpen { arrive(place) }
    return number
  }

  /// One order of a list is about to fill: the other is over, and what was held back for it is this one's.
  mutating func claim(_ place: Int) {
    guard let number = orders[place].list, !lists[number].isOver else { return }
    endList(number)
    for other in lists[number].places where other != place && orders[other].status.isOpen {
      orders[other].status = .expired
      orders[other].updatedAt = time
      orders[other].expiryReason = "OCO_TRIGGER"
      close(other)
      report(other, .expired)
    }
    if orders[place].locked == 0 { lock(place) }
    tellList(number, status: "ALL_DONE", order: "ALL_DONE")
  }

  /// What else a cancel of an order ends.
  func mates(_ place: Int) -> [Int] {
    guard let number = orders[place].list else { return [] }
    return lists[number].places.filter { $0 != place && orders[$0].status.isOpen }
  }

  mutating func endList(_ number: Int) {
    lists[number].isOver = true
    lists[number].updatedAt = time
  }

  func findList(_ parameters: Parameters, clientID: String) throws(CallError) -> Int {
    let id = try parameters.integer("orderListId")
    let client = try parameters.optional(clientID)
    guard id != nil || client != nil else {
      throw CallError(-1102, "Param '\(clientID)' or 'orderListId' must be sent, but both were empty/null!")
    }
    let listing = parameters["symbol"] == nil ? nil : try parameters.listing(in: tape)
    let found = lists.indices.filter { number in
      (listing.map { lists[number].listing == $0 } ?? true) && (id.map { lists[number].id == $0 } ?? true)
        && (client.map { lists[number].clientOrderID == $0 } ?? true)
    }
    guard let number = found.last else { throw CallError(-2018, "Order list does not exist.") }
    return number
  }

  mutating func cancelList(_ parameters: Parameters) throws(CallError) -> [Int] {
    let number = try findList(parameters, clientID: "listClientOrderId")
    let places = lists[number].places.filter { orders[$0].status.isOpen }
    guard let first = places.first else { throw .unknownOrder }
    cancel(first, cancelID: nil)
    return places
  }

  // MARK: Words

  func listID(_ order: ExchangeOrder) -> Int64 { order.list.map { lists[$0].id } ?? -1 }

  private func writeListHead(_ number: Int, to json: inout JSONOutput) {
    let list = lists[number]
    json.integer("orderListId", list.id)
    json.string("contingencyType", "OCO")
    json.string("listStatusType", list.isOver ? "ALL_DONE" : "EXEC_STARTED")
    json.string("listOrderStatus", list.isOver ? "ALL_DONE" : "EXECUTING")
    json.string("listClientOrderId", list.clientOrderID)
    json.time("transactionTime", list.updatedAt)
    json.string("symbol", tape.listings[list.listing].symbol)
    json.openArray("orders")
    for place in list.places {
      json.openObject()
      json.string("symbol", tape.listings[list.listing].symbol)
      json.integer("orderId", orders[place].id)
      json.string("clientOrderId", orders[place].clientOrderID)
      json.closeObject()
    }
    json.closeArray()
  }

  func write(list number: Int, to json: inout JSONOutput) {
    json.openObject()
    writeListHead(number, to: &json)
    json.closeObject()
  }

  func write(placedList number: Int, _ response: OrderRequest.Response, to json: inout JSONOutput) {
    json.openObject()
    writeListHead(number, to: &json)
    json.openArray("orderReports")
    if response != .acknowledgement {
      for place in lists[number].places { write(accepted: place, .result, to: &json) }
    }
    json.closeArray()
    json.closeObject()
  }

  /// The answer to a cancel of a list, or of one of its orders.
  func write(cancelledList number: Int, _ places: [Int], to json: inout JSONOutput) {
    json.openObject()
    writeListHead(number, to: &json)
    json.openArray("orderReports")
    for place in places { write(cancelled: place, to: &json) }
    json.closeArray()
    json.closeObject()
  }

  /// `listStatus` on the user stream.
  func listStatus(_ number: Int, status: String, order: String) -> [UInt8] {
    let list = lists[number]
    var json = JSONOutput()
    json.openObject()
    json.string("e", "listStatus")
    json.time("E", shownTime)
    json.string("s", tape.listings[list.listing].symbol)
    json.integer("g", list.id)
    json.string("c", "OCO")
    json.string("l", status)
    json.string("L", order)
    json.string("r", "NONE")
    json.string("C", list.clientOrderID)
    json.time("T", time)
    json.openArray("O")
    for place in list.places {
      json.openObject()
      json.string("s", tape.listings[list.listing].symbol)
      json.integer("i", orders[place].id)
      json.string("c", orders[place].clientOrderID)
      json.closeObject()
    }
    json.closeArray()
    json.closeObject()
    return json.bytes
  }

  mutating func tellList(_ number: Int, status: String, order: String) {
    userEvents.append(listStatus(number, status: status, order: order))
  }
}

extension ExchangeOrderType {
  /// Takes a profit, where the other order of a list stops a loss.
  var isLimitLeg: Bool {
    switch self {
    case .limitMaker, .takeProfit, .takeProfitLimit: true
    case .limit, .market, .stopLoss, .stopLossLimit: false
    }
  }
}

extension OrderRequest {
  /// The price that the order waits for.
  var triggerPrice: Price { type.hasStop ? stopPrice : price }
}
