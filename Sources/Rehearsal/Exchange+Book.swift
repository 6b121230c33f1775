import Market
import Wire

/// The exchange's own record, for proofs: `GET /rehearsal/book`. What clients were told doesn't matter here, only what happened.
extension Exchange {
  package func book() -> [UInt8] {
    var json = JSONOutput()
    json.openObject()
    json.time("time", time)
    json.bool("is_over", tape.isOver)
    json.openArray("orders")
    for (place, order) in orders.enumerated() {
      json.openObject()
      json.string("client_order_id", order.clientOrderID)
      json.string("symbol", tape.listings[order.listing].symbol)
      json.integer("order_id", order.id)
      json.string("side", order.side.binance)
      json.string("type", order.type.rawValue)
      json.amount("quantity", order.quantity)
      json.amount("executed", order.executed)
      json.string("status", order.status.rawValue)
      json.time("accepted", order.createdAt)
      json.openArray("fills")
      for trade in trades[order.listing] where trade.order == place {
        json.openObject()
        json.integer("trade_id", trade.id)
        json.amount("quantity", trade.quantity)
        json.amount("price", trade.price)
        json.amount("commission", trade.commission)
        json.string("commission_asset", trade.commissionAsset)
        json.time("time", trade.time)
        json.closeObject()
      }
      json.closeArray()
      json.closeObject()
    }
    json.closeArray()
    writeIntents(to: &json)
    json.openArray("balances")
    for asset in balances.assets {
      json.openObject()
      json.string("asset", asset.name)
      json.amount("free", asset.free)
      json.amount("locked", asset.locked)
      json.closeObject()
    }
    json.closeArray()
    json.openArray("faults")
    for fault in faults.fired {
      json.openObject()
      json.string("fault", fault.rule.fault.rawValue)
      json.string("on", fault.rule.target.rawValue)
      json.integer("step", Int64(clamping: fault.step))
      json.closeObject()
    }
    json.closeArray()
    json.openArray("steps")
    for target in FaultTarget.allCases {
      json.openObject()
      json.string("on", target.rawValue)
      json.integer("count", Int64(clamping: faults.stepCount(target)))
      json.closeObject()
    }
    json.closeArray()
    json.closeObject()
    return json.bytes
  }

  /// By client order id, in the order of acceptance: how many orders were accepted under it. More than one is an order sent twice.
  private func writeIntents(to json: inout JSONOutput) {
    var counts: [String: Int] = [:]
    for order in orders { counts[order.clientOrderID, default: 0] += 1 }
    json.openArray("client_order_ids")
    var written: Set<String> = []
    for order in orders where written.insert(order.clientOrderID).inserted {
      json.openObject()
      json.string("client_order_id", order.clientOrderID)
      json.integer("orders", Int64(counts[order.clientOrderID] ?? 0))
      json.closeObject()
    }
    json.closeArray()
  }

  /// One line for people.
  package var summary: String {
    let fills = trades.reduce(0) { $0 + $1.count }
    return
      "\(orders.count) orders accepted, \(orders.count { $0.status.isOpen }) open, \(fills) fills; \(faults.fired.count) faults fired; exchange time \(time)"
  }

  /// Client order ids under which more than one order was accepted.
  package var repeatedClientOrderIDs: [String] {
    var counts: [String: Int] = [:]
    for order in orders { counts[order.clientOrderID, default: 0] += 1 }
    return counts.filter { $0.value > 1 }.keys.sorted()
  }
}
