import Market
import Wire

/// What goes out on the user stream: `executionReport` and `outboundAccountPosition`, as Binance writes them.
extension Exchange {
  enum ReportKind: String {
    case new = "NEW"
    case canceled = "CANCELED"
    case replaced = "REPLACED"
    case trade = "TRADE"
    case expired = "EXPIRED"
  }

  /// - Parameter cancelID: the id of the cancel; the order's own then stands in `C`.
  mutating func report(_ place: Int, _ kind: ReportKind, trade: ExchangeTrade? = nil, cancelID: String? = nil) {
    let order = orders[place]
    var json = JSONOutput()
    json.openObject()
    json.string("e", "executionReport")
    json.time("E", shownTime)
    json.string("s", tape.listings[order.listing].symbol)
    json.string("c", cancelID ?? order.clientOrderID)
    json.string("S", order.side.binance)
    json.string("o", order.type.rawValue)
    json.string("f", order.timeInForce.rawValue)
    json.amount("q", order.quantity)
    json.amount("p", order.price)
    json.amount("P", order.stopPrice)
    json.amount("F", Quantity.zero)
    json.integer("g", listID(order))
    json.string("C", cancelID == nil ? "" : order.clientOrderID)
    json.string("x", kind.rawValue)
    json.string("X", order.status.rawValue)
    json.string("r", "NONE")
    json.integer("i", order.id)
    json.amount("l", trade?.quantity ?? .zero)
    json.amount("z", order.executed)
    json.amount("L", trade?.price ?? .zero)
    json.amount("n", trade?.commission ?? 0)
    if let trade { json.string("N", trade.commissionAsset) } else { json.null("N") }
    json.time("T", time)
    json.integer("t", trade?.id ?? -1)
    reportCount += 1
    json.integer("I", Int64(reportCount))
    json.bool("w", order.status.isOpen && order.workingAt != nil)
    json.bool("m", trade?.isMaker ?? false)
    json.bool("M", trade != nil)
    json.time("O", order.createdAt)
    json.amount("Z", order.executedQuote)
    json.amount("Y", trade?.quoteQuantity ?? 0)
    json.amount("Q", order.quoteOrderQuantity)
    if let workingAt = order.workingAt { json.time("W", workingAt) }
    json.string("V", order.selfTradePrevention)
    if let strategy = order.strategyID { json.integer("j", strategy) }
    if let type = order.strategyType { json.integer("J", type) }
    if let reason = order.expiryReason { json.string("eR", reason) }
    json.closeObject()
    userEvents.append(json.bytes)
  }

  /// Both assets of a listing, as they are now, and a third that a fee was paid with.
  mutating func reportBalances(of listing: Int, and feeAsset: String? = nil) {
    var json = JSONOutput()
    json.openObject()
    json.string("e", "outboundAccountPosition")
    json.time("E", shownTime)
    json.time("u", time)
    json.openArray("B")
    let own = [tape.listings[listing].baseAsset, tape.listings[listing].quoteAsset]
    for name in own + (feeAsset.map { own.contains($0) ? [] : [$0] } ?? []) {
      let asset = balances[name]
      json.openObject()
      json.string("a", name)
      json.amount("f", asset.free)
      json.amount("l", asset.locked)
      json.closeObject()
    }
    json.closeArray()
    json.closeObject()
    userEvents.append(json.bytes)
  }
}

extension Side {
  /// Binance's word.
  var binance: String { self == .buy ? "BUY" : "SELL" }
}
