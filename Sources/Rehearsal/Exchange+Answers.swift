import Core
import Market
import Wire

/// Orders, trades and accounts as JSON.
extension Exchange {
  /// The answer to an order that was accepted.
  func write(accepted place: Int, _ response: OrderRequest.Response, to json: inout JSONOutput) {
    let order = orders[place]
    json.openObject()
    json.string("symbol", tape.listings[order.listing].symbol)
    json.integer("orderId", order.id)
    json.integer("orderListId", listID(order))
    json.string("clientOrderId", order.clientOrderID)
    json.time("transactTime", order.updatedAt)
    if response != .acknowledgement {
      writeResult(place, to: &json)
      if let workingAt = order.workingAt { json.time("workingTime", workingAt) }
      json.string("selfTradePreventionMode", order.selfTradePrevention)
    }
    if response == .full { writeFills(place, to: &json) }
    json.closeObject()
  }

  private func writeResult(_ place: Int, to json: inout JSONOutput) {
    let order = orders[place]
    json.amount("price", order.price)
    json.amount("origQty", order.quantity)
    json.amount("executedQty", order.executed)
    json.amount("origQuoteOrderQty", order.quoteOrderQuantity)
    json.amount("cummulativeQuoteQty", order.executedQuote)
    json.string("status", order.status.rawValue)
    json.string("timeInForce", order.timeInForce.rawValue)
    json.string("type", order.type.rawValue)
    json.string("side", order.side.binance)
    if order.type.hasStop { json.amount("stopPrice", order.stopPrice) }
    if let strategy = order.strategyID { json.integer("strategyId", strategy) }
    if let type = order.strategyType { json.integer("strategyType", type) }
    if let reason = order.expiryReason { json.string("expiryReason", reason) }
  }

  private func writeFills(_ place: Int, to json: inout JSONOutput) {
    json.openArray("fills")
    for trade in trades[orders[place].listing] where trade.order == place {
      json.openObject()
      json.amount("price", trade.price)
      json.amount("qty", trade.quantity)
      json.amount("commission", trade.commission)
      json.string("commissionAsset", trade.commissionAsset)
      json.integer("tradeId", trade.id)
      json.closeObject()
    }
    json.closeArray()
  }

  /// The answer to a query.
  func write(order place: Int, to json: inout JSONOutput) {
    let order = orders[place]
    json.openObject()
    json.string("symbol", tape.listings[order.listing].symbol)
    json.integer("orderId", order.id)
    json.integer("orderListId", listID(order))
    json.string("clientOrderId", order.clientOrderID)
    json.amount("price", order.price)
    json.amount("origQty", order.quantity)
    json.amount("executedQty", order.executed)
    json.amount("cummulativeQuoteQty", order.executedQuote)
    json.string("status", order.status.rawValue)
    json.string("timeInForce", order.timeInForce.rawValue)
    json.string("type", order.type.rawValue)
    json.string("side", order.side.binance)
    json.amount("stopPrice", order.stopPrice)
    json.amount("icebergQty", Quantity.zero)
    json.time("time", order.createdAt)
    json.time("updateTime", order.updatedAt)
    json.bool("isWorking", order.workingAt != nil)
    json.time("workingTime", order.workingAt ?? Timestamp(nanos: -1))
    json.amount("origQuoteOrderQty", order.quoteOrderQuantity)
    json.string("selfTradePreventionMode", order.selfTradePrevention)
    if let strategy = order.strategyID { json.integer("strategyId", strategy) }
    if let type = order.strategyType { json.integer("strategyType", type) }
    if let reason = order.expiryReason { json.string("expiryReason", reason) }
    json.closeObject()
  }

  /// The answer to a cancel: the order's own id is `origClientOrderId`, that of the cancel `clientOrderId`.
  func write(cancelled place: Int, to json: inout JSONOutput) {
    let order = orders[place]
    json.openObject()
    json.string("symbol", tape.listings[order.listing].symbol)
    json.string("origClientOrderId", order.clientOrderID)
    json.integer("orderId", order.id)
    json.integer("orderListId", listID(order))
    json.string("clientOrderId", order.cancelID ?? order.clientOrderID)
    json.time("transactTime", order.updatedAt)
    writeResult(place, to: &json)
    json.string("selfTradePreventionMode", order.selfTradePrevention)
    json.closeObject()
  }

  func write(trade: ExchangeTrade, listing: Int, to json: inout JSONOutput) {
    json.openObject()
    json.string("symbol", tape.listings[listing].symbol)
    json.integer("id", trade.id)
    json.integer("orderId", orders[trade.order].id)
    json.integer("orderListId", listID(orders[trade.order]))
    json.amount("price", trade.price)
    json.amount("qty", trade.quantity)
    json.amount("quoteQty", trade.quoteQuantity)
    json.amount("commission", trade.commission)
    json.string("commissionAsset", trade.commissionAsset)
    json.time("time", trade.time)
    json.bool("isBuyer", orders[trade.order].side == .buy)
    json.bool("isMaker", trade.isMaker)
    json.bool("isBestMatch", true)
    json.closeObject()
  }

  func writeAccount(omitsZero: Bool, to json: inout JSONOutput) {
    let rates = commissionRates
    json.openObject()
    json.integer("makerCommission", rates.maker / 100)
    json.integer("takerCommission", rates.taker / 100)
    json.integer("buyerCommission", 0)
    json.integer("sellerCommission", 0)
    json.openObject("commissionRates")
    json.amount("maker", Int128(rates.maker) * 1_000)
    json.amount("taker", Int128(rates.taker) * 1_000)
    json.amount("buyer", 0)
    json.amount("seller", 0)
    json.closeObject()
    json.bool("canTrade", true)
    json.bool("canWithdraw", false)
    json.bool("canDeposit", false)
    json.bool("brokered", false)
    json.bool("requireSelfTradePrevention", false)
    json.bool("preventSor", false)
    json.time("updateTime", orders.map(\.updatedAt).max() ?? clock.origin)
    json.string("accountType", "SPOT")
    json.openArray("balances")
    for asset in balances.assets where !omitsZero || asset.free != 0 || asset.locked != 0 {
      json.openObject()
      json.string("asset", asset.name)
      json.amount("free", asset.free)
      json.amount("locked", asset.locked)
      json.closeObject()
    }
    json.closeArray()
    json.openArray("permissions")
    json.string(nil, "SPOT")
    json.closeArray()
    json.integer("uid", 1)
    json.closeObject()
  }

  /// In millionths; what a share of the notional can say of the settings' fee model.
  var commissionRates: (maker: Int64, taker: Int64) {
    switch settings.fees {
    case .none, .perShare: (0, 0)
    case .shareOfNotional(let micros): (micros, micros)
    case .makerTaker(let tiers):
      (tiers.last { $0.from <= traded } ?? tiers.first).map { ($0.makerMicros, $0.takerMicros) } ?? (0, 0)
    }
  }

  func writeRates(_ name: StaticString, _ rates: (maker: Int64, taker: Int64), to json: inout JSONOutput) {
    json.openObject(name)
    json.amount("maker", Int128(rates.maker) * 1_000)
    json.amount("taker", Int128(rates.taker) * 1_000)
    json.amount("buyer", 0)
    json.amount("seller", 0)
    json.closeObject()
  }
}
