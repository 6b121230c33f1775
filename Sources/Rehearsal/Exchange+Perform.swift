import Market
import Wire

/// Binance's calls, one by one: each gives the JSON of its answer, or says why not.
extension Exchange {
  mutating func perform(_ operation: Operation, _ parameters: Parameters) throws(CallError) -> [UInt8] {
    var json = JSONOutput()
    switch operation {
    case .ping:
      json.openObject()
      json.closeObject()
    case .time:
      json.openObject()
      json.time("serverTime", shownTime)
      json.closeObject()
    case .exchangeInfo: try writeInfo(parameters, to: &json)
    case .klines: try writeKlines(parameters, to: &json)
    case .tickerPrice: try writeTickers(parameters, isBook: false, to: &json)
    case .bookTicker: try writeTickers(parameters, isBook: true, to: &json)
    case .dayTicker: try writeDayTickers(parameters, to: &json)
    case .averagePrice:
      json.openObject()
      json.integer("mins", 5)
      json.amount("price", tape.lastPrice(try parameters.listing(in: tape)) ?? .zero)
      json.time("closeTime", shownTime)
      json.closeObject()
    case .placeOrder:
      let request = try OrderRequest(parameters, tape: tape)
      let place = try place(request)
      write(accepted: place, request.response, to: &json)
    case .testOrder:
      try check(OrderRequest(parameters, tape: tape))
      json.openObject()
      if parameters["computeCommissionRates"] == "true" {
        writeRates("standardCommissionForOrder", commissionRates, to: &json)
        writeRates("specialCommissionForOrder", (0, 0), to: &json)
        writeRates("taxCommissionForOrder", (0, 0), to: &json)
      }
      json.closeObject()
    case .cancelOrder:
      // First cancelled, then written: as an argument it would be written as it was before.
      let place = try cancelOrder(parameters)
      if let number = orders[place].list {
        write(cancelledList: number, lists[number].places, to: &json)
      } else {
        write(cancelled: place, to: &json)
      }
    case .cancelOpenOrders: try cancelAll(parameters, to: &json)
    case .placeOrderList:
      let request = try OrderListRequest(parameters, tape: tape)
      let number = try place(request)
      write(placedList: number, request.response, to: &json)
    case .cancelOrderList:
      let places = try cancelList(parameters)
      if let number = places.first.flatMap({ orders[$0].list }) { write(cancelledList: number, places, to: &json) }
    case .orderListStatus: write(list: try findList(parameters, clientID: "origClientOrderId"), to: &json)
    case .openOrderLists:
      json.openArray()
      for number in lists.indices where !lists[number].isOver { write(list: number, to: &json) }
      json.closeArray()
    case .cancelReplace: try cancelReplace(parameters, to: &json)
    case .amendKeepPriority: try amend(parameters, to: &json)
    case .orderStatus:
      let listing = try parameters.listing(in: tape)
      guard let place = try find(parameters, listing: listing), isVisible(place) else { throw .noSuchOrder }
      write(order: place, to: &json)
    case .openOrders:
      let listing = parameters["symbol"] == nil ? nil : try parameters.listing(in: tape)
      json.openArray()
      for place in listing.map({ open[$0] }) ?? open.flatMap(\.self).sorted() where isVisible(place) {
        write(order: place, to: &json)
      }
      json.closeArray()
    case .allOrders: try writeOrders(parameters, to: &json)
    case .myTrades: try writeTrades(parameters, to: &json)
    case .account: writeAccount(omitsZero: parameters["omitZeroBalances"] == "true", to: &json)
    case .orderLimits:
      json.openArray()
      writeLimits(withCounts: true, ordersOnly: true, to: &json)
      json.closeArray()
    case .commission:
      json.openObject()
      json.string("symbol", tape.listings[try parameters.listing(in: tape)].symbol)
      writeRates("standardCommission", commissionRates, to: &json)
      writeRates("specialCommission", (0, 0), to: &json)
      writeRates("taxCommission", (0, 0), to: &json)
      json.openObject("discount")
      json.bool("enabledForAccount", settings.feeAsset != nil)
      json.bool("enabledForSymbol", settings.feeAsset != nil)
      json.string("discountAsset", settings.feeAsset ?? "BNB")
      // What is left of a fee, as Binance writes it: 0.75.
      let left = Int128(1_000_000 - settings.feeAssetDiscountMicros) * 1_000
      json.amount("discount", settings.feeAsset == nil ? 0 : left)
      json.closeObject()
      json.closeObject()
    }
    return json.bytes
  }

  private func isVisible(_ place: Int) -> Bool { orders[place].hiddenUntil.map { time >= $0 } ?? true }

  private mutating func cancelAll(_ parameters: Parameters, to json: inout JSONOutput) throws(CallError) {
    let listing = try parameters.listing(in: tape)
    let places = open[listing]
    if places.isEmpty { throw .unknownOrder }
    json.openArray()
    for place in places where orders[place].status.isOpen {
      cancel(place, cancelID: nil)
      if let number = orders[place].list {
        write(cancelledList: number, lists[number].places, to: &json)
      } else {
        write(cancelled: place, to: &json)
      }
    }
    json.closeArray()
  }

  private mutating func amend(_ parameters: Parameters, to json: inout JSONOutput) throws(CallError) {
    let place = try amend(parameters)
    json.openObject()
    json.time("transactTime", time)
    json.integer("executionId", Int64(reportCount))
    json.openObject("amendedOrder")
    let order = orders[place]
    json.string("symbol", tape.listings[order.listing].symbol)
    json.integer("orderId", order.id)
    json.integer("orderListId", listID(order))
    json.string("origClientOrderId", order.clientOrderID)
    json.string("clientOrderId", order.clientOrderID)
    json.amount("price", order.price)
    json.amount("qty", order.quantity)
    json.amount("executedQty", order.executed)
    json.amount("preventedQty", 0)
    json.amount("quoteOrderQty", order.quoteOrderQuantity)
    json.amount("cumulativeQuoteQty", order.executedQuote)
    json.string("status", order.status.rawValue)
    json.string("timeInForce", order.timeInForce.rawValue)
    json.string("type", order.type.rawValue)
    json.string("side", order.side.binance)
    if let workingAt = order.workingAt { json.time("workingTime", workingAt) }
    json.string("selfTradePreventionMode", order.selfTradePrevention)
    json.closeObject()
    json.closeObject()
  }

  /// Cancels one order and places another; what is half done is told in both halves, with status 409. Filters and limits of rates are looked at before either, and an order
  /// that isn't tried then counts all the same.
  private mutating func cancelReplace(_ parameters: Parameters, to json: inout JSONOutput) throws(CallError) {
    let mode = try parameters.required("cancelReplaceMode")
    guard mode == "STOP_ON_FAILURE" || mode == "ALLOW_FAILURE" else {
      throw CallError(-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")
    }
    let listing = try parameters.listing(in: tape)
    let request = try OrderRequest(parameters, tape: tape)
    try checkFilters(request)
    try countOrder()
    var cancelHalf = JSONOutput()
    var orderHalf = JSONOutput()
    var hasCancelled = false
    do throws(CallError) {
      let found = try find(parameters, listing: listing, orderID: "cancelOrderId", clientID: "cancelOrigClientOrderId")
      guard let place = found, orders[place].status.isOpen else { throw .unknownOrder }
      try checkRestrictions(parameters, place)
      cancel(place, cancelID: try OrderRequest.clientOrderID("cancelNewClientOrderId", parameters))
      write(cancelled: place, to: &cancelHalf)
      hasCancelled = true
    } catch {
      cancelHalf.raw(nil, answer(error).body)
    }
    var isPlaced = false
    let isAttempted = hasCancelled || mode == "ALLOW_FAILURE"
    if isAttempted {
      do throws(CallError) {
        try check(request)
        let place = accept(request)
        write(accepted: place, request.response, to: &orderHalf)
        isPlaced = true
      } catch {
        orderHalf.raw(nil, answer(error).body)
      }
    } else {
      orderHalf.null()
    }
    json.openObject()
    json.string("cancelResult", hasCancelled ? "SUCCESS" : "FAILURE")
    json.string("newOrderResult", isPlaced ? "SUCCESS" : isAttempted ? "FAILURE" : "NOT_ATTEMPTED")
    json.raw("cancelResponse", cancelHalf.bytes)
    json.raw("newOrderResponse", orderHalf.bytes)
    json.closeObject()
    if hasCancelled && isPlaced { return }
    let isHalf = hasCancelled || isPlaced
    var error = CallError(
      isHalf ? -2021 : -2022, isHalf ? "Order cancel-replace partially failed." : "Order cancel-replace failed.",
      status: isHalf ? 409 : 400)
    error.details = json.bytes
    throw error
  }

  private func writeOrders(_ parameters: Parameters, to json: inout JSONOutput) throws(CallError) {
    let listing = try parameters.listing(in: tape)
    let (start, end) = try span(parameters)
    let from = try parameters.integer("orderId")
    let limit = try parameters.limit(1_000, default: 500)
    let found = orders.indices.filter { place in
      let order = orders[place]
      return order.listing == listing && isVisible(place) && (from.map { order.id >= $0 } ?? true)
        && (start.map { order.createdAt >= $0 } ?? true) && (end.map { order.createdAt <= $0 } ?? true)
    }
    json.openArray()
    for place in from == nil && start == nil ? found.suffix(limit) : found.prefix(limit) {
      write(order: place, to: &json)
    }
    json.closeArray()
  }

  private func writeTrades(_ parameters: Parameters, to json: inout JSONOutput) throws(CallError) {
    let listing = try parameters.listing(in: tape)
    let (start, end) = try span(parameters)
    let order = try parameters.integer("orderId")
    let from = try parameters.integer("fromId")
    if from != nil, start != nil || end != nil {
      throw CallError(-1128, "Combination of optional parameters invalid.")
    }
    let limit = try parameters.limit(1_000, default: 500)
    let found = trades[listing].filter { trade in
      (order.map { orders[trade.order].id == $0 } ?? true) && (from.map { trade.id >= $0 } ?? true)
        && (start.map { trade.time >= $0 } ?? true) && (end.map { trade.time <= $0 } ?? true)
    }
    json.openArray()
    for trade in from == nil && start == nil ? found.suffix(limit) : found.prefix(limit) {
      write(trade: trade, listing: listing, to: &json)
    }
    json.closeArray()
  }

  private func span(_ parameters: Parameters) throws(CallError) -> (Timestamp?, Timestamp?) {
    let start = try parameters.time("startTime")
    let end = try parameters.time("endTime")
    if let start, let end, end.nanos - start.nanos > Timestamp.nanosPerDay {
      throw CallError(-1127, "More than 24 hours between startTime and endTime.")
    }
    return (start, end)
  }
}
