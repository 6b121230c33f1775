import Events
import Market
import Wire

/// Orders in the exchange's words (binance.md §8).
enum BinanceOrderText {
  /// Only what the type needs: the exchange refuses what it doesn't (−1106).
  static func parameters(_ ticket: OrderTicket) -> [(name: String, value: String)] {
    var parameters: [(name: String, value: String)] = [
      ("symbol", ticket.symbol), ("side", ticket.side.binanceWord), ("type", ticket.binanceType),
    ]
    switch ticket.type {
    // LIMIT_MAKER rests until it is filled or cancelled, and says so without a word.
    case .limit where ticket.isPostOnly: break
    case .market, .stop, .marketIfTouched, .trailingStop, .marketOnOpen, .marketOnClose: break
    case .limit, .stopLimit, .limitIfTouched, .trailingStopLimit, .limitOnOpen, .limitOnClose:
      parameters.append(("timeInForce", ticket.timeInForce.binanceWord))
    }
    parameters.append(("quantity", FixedPoint.text(nanos: ticket.quantity.nanos)))
    if let price = ticket.limitPrice { parameters.append(("price", FixedPoint.text(nanos: price.nanos))) }
    if let price = ticket.stopPrice { parameters.append(("stopPrice", FixedPoint.text(nanos: price.nanos))) }
    parameters.append(("newClientOrderId", ticket.clientOrderID))
    // With the fills and their fees, also of the types that are acknowledged only.
    parameters.append(("newOrderRespType", "FULL"))
    return parameters
  }

  /// One order in the place of another: placed only where that one was ended, and ended only while nothing of it has filled, so that one of the two alone fills.
  static func parameters(
    _ ticket: OrderTicket, inPlaceOf old: OrderTicket, onlyUnfilled: Bool
  ) -> [(name: String, value: String)] {
    let restrictions = onlyUnfilled ? [(name: "cancelRestrictions", value: "ONLY_NEW")] : []
    return parameters(ticket) + [
      ("cancelReplaceMode", "STOP_ON_FAILURE"), ("cancelOrigClientOrderId", old.clientOrderID),
    ] + restrictions
  }

  /// Both orders of a pair. One stands above the price and one below: of a sale the target above, of a purchase the stop.
  static func parameters(_ first: OrderTicket, _ second: OrderTicket) -> [(name: String, value: String)] {
    var parameters: [(name: String, value: String)] = [
      ("symbol", first.symbol), ("listClientOrderId", first.clientOrderID + "-oco"), ("side", first.side.binanceWord),
      ("quantity", FixedPoint.text(nanos: first.quantity.nanos)),
    ]
    let isFirstAbove = waitsFor(first) > waitsFor(second)
    for (place, ticket) in [("above", isFirstAbove ? first : second), ("below", isFirstAbove ? second : first)] {
      // What takes the profit waits in the book: a plain limit isn't taken in a pair.
      parameters.append((place + "Type", ticket.type == .limit ? "LIMIT_MAKER" : ticket.binanceType))
      parameters.append((place + "ClientOrderId", ticket.clientOrderID))
      if let price = ticket.limitPrice { parameters.append((place + "Price", FixedPoint.text(nanos: price.nanos))) }
      if let price = ticket.stopPrice { parameters.append((place + "StopPrice", FixedPoint.text(nanos: price.nanos))) }
    }
    parameters.append(("newOrderRespType", "FULL"))
    return parameters
  }

  /// The price at which an order begins to fill.
  private static func waitsFor(_ ticket: OrderTicket) -> Price { ticket.stopPrice ?? ticket.limitPrice ?? .zero }

  /// What the answer to a pair tells, of each of its orders.
  static func placed(
    _ json: JSONValue, _ first: OrderTicket, _ second: OrderTicket
  ) throws(JSONFieldError) -> [OrderReport] {
    let time = try json.milliseconds("transactionTime")
    var reports: [OrderReport] = []
    let told = json.present("orderReports")
    for ticket in [first, second] {
      if let own = told?.items.first(where: { $0["clientOrderId"]?.string == ticket.clientOrderID }) {
        reports += try placed(own, ticket)
        continue
      }
      // One that names the orders alone.
      for order in try json.array("orders") where order["clientOrderId"]?.string == ticket.clientOrderID {
        reports.append(
          OrderReport(
            type: .accepted, source: .answer, clientOrderID: ticket.clientOrderID,
            venueOrderID: String(try order.integer("orderId")), symbol: ticket.symbol, side: ticket.side,
            quantity: ticket.quantity, cumulative: .zero, venueTime: time))
      }
    }
    return reports
  }

  /// What the answer to a cancel tells: of the order, and of the other one of its pair, each under its own id.
  static func cancelled(
    _ json: JSONValue, _ ticket: OrderTicket, serverTime: Timestamp
  ) throws(JSONFieldError) -> [OrderReport] {
    func report(_ json: JSONValue, _ id: String) throws(JSONFieldError) -> OrderReport {
      OrderReport(
        type: .cancelled, source: .answer, clientOrderID: id, venueOrderID: String(try json.integer("orderId")),
        symbol: ticket.symbol, side: ticket.side, quantity: ticket.quantity,
        cumulative: try quantity(json, "executedQty"),
        venueTime: json.present("transactTime") == nil ? serverTime : try json.milliseconds("transactTime"))
    }
    guard let told = json.present("orderReports") else { return [try report(json, ticket.clientOrderID)] }
    return try told.items.map { own throws(JSONFieldError) in try report(own, try own.string("origClientOrderId")) }
  }

  /// An order as `order.status`, `openOrders.status` and `allOrders` tell it.
  static func order(_ json: JSONValue) throws(JSONFieldError) -> VenueOrder {
    VenueOrder(
      clientOrderID: try json.string("clientOrderId"), venueOrderID: String(try json.integer("orderId")),
      symbol: try json.string("symbol"), side: try side(json, "side"), status: try status(json, "status"),
      quantity: try quantity(json, "origQty"), cumulative: try quantity(json, "executedQty"),
      venueTime: try time(json, "updateTime", else: "time"))
  }

  /// What the answer to `order.place` tells: acceptance, fills, and an end where it has ended.
  static func placed(_ json: JSONValue, _ ticket: OrderTicket) throws(JSONFieldError) -> [OrderReport] {
    let id = String(try json.integer("orderId"))
    let time = try json.milliseconds("transactTime")
    func report(_ type: ExecutionType, cumulative: Quantity) -> OrderReport {
      OrderReport(
        type: type, source: .answer, clientOrderID: ticket.clientOrderID, venueOrderID: id, symbol: ticket.symbol,
        side: ticket.side, quantity: ticket.quantity, cumulative: cumulative, venueTime: time)
    }
    // An answer of type ACK has no status: it was taken.
    guard json.present("status") != nil else { return [report(.accepted, cumulative: .zero)] }
    let executed = try quantity(json, "executedQty")
    let word = try json.string("status")
    var reports: [OrderReport] = []
    if word != "REJECTED" { reports.append(report(.accepted, cumulative: .zero)) }
    var cumulative: Int64 = 0
    if let fills = json.present("fills") {
      for fill in fills.items {
        let filled = try quantity(fill, "qty")
        let (sum, overflowed) = cumulative.addingReportingOverflow(filled.nanos)
        if overflowed { throw JSONFieldError("qty", .notA(.decimal)) }
        cumulative = sum
        var part = report(.filled, cumulative: Quantity(nanos: cumulative))
        part.quantity = filled
        part.price = Price(nanos: try fill.nanos("price"))
        part.fee = Int128(try fill.nanos("commission"))
        part.feeAsset = try fill.string("commissionAsset")
        part.liquidity = .taker
        part.tradeID = String(try fill.integer("tradeId"))
        reports.append(part)
      }
    }
    if let end = try ending(word) { reports.append(report(end, cumulative: executed)) }
    return reports
  }

  /// A row of `myTrades`, which has no client order id.
  static func trade(_ json: JSONValue, clientOrderID: String, cumulative: Quantity, _ source: ReportSource)
    throws(JSONFieldError) -> OrderReport
  {
    OrderReport(
      type: .filled, source: source, clientOrderID: clientOrderID, venueOrderID: String(try json.integer("orderId")),
      symbol: try json.string("symbol"), side: try json.bool("isBuyer") ? .buy : .sell,
      quantity: try quantity(json, "qty"), price: Price(nanos: try json.nanos("price")), cumulative: cumulative,
      fee: Int128(try json.nanos("commission")), feeAsset: try json.string("commissionAsset"),
      liquidity: try json.bool("isMaker") ? .maker : .taker, tradeID: String(try json.integer("id")),
      venueTime: try json.milliseconds("time"))
  }

  static func quantity(_ json: JSONValue, _ name: StaticString) throws(JSONFieldError) -> Quantity {
    let nanos = try json.nanos(name)
    guard nanos >= 0 else { throw JSONFieldError("\(name)", .notA(.decimal)) }
    return Quantity(nanos: nanos)
  }

  static func side(_ json: JSONValue, _ name: StaticString) throws(JSONFieldError) -> Side {
    guard let side = Side(binanceWord: try json.string(name)) else { throw JSONFieldError("\(name)", .notA(.word)) }
    return side
  }

  private static func time(
    _ json: JSONValue, _ name: StaticString, else other: StaticString
  ) throws(JSONFieldError) -> Timestamp {
    json.present(name) == nil ? try json.milliseconds(other) : try json.milliseconds(name)
  }

  static func status(_ json: JSONValue, _ name: StaticString) throws(JSONFieldError) -> VenueOrderStatus {
    switch try json.string(name) {
    case "NEW", "PENDING_NEW", "PARTIALLY_FILLED", "PENDING_CANCEL": .working
    case "FILLED": .filled
    case "CANCELED": .cancelled
    case "REJECTED": .rejected
    case "EXPIRED", "EXPIRED_IN_MATCH": .expired
    default: throw JSONFieldError("\(name)", .notA(.word))
    }
  }

  /// The report that ends an order of that status; nil where it works, or its fills tell it.
  private static func ending(_ word: String) throws(JSONFieldError) -> ExecutionType? {
    switch word {
    case "NEW", "PENDING_NEW", "PARTIALLY_FILLED", "PENDING_CANCEL", "FILLED": nil
    case "CANCELED": .cancelled
    case "REJECTED": .rejected
    case "EXPIRED", "EXPIRED_IN_MATCH": .expired
    default: throw JSONFieldError("status", .notA(.word))
    }
  }
}
