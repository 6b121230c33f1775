import Market
import Rehearsal
import Wire

/// The exchange's own record, read back from what `GET /rehearsal/book` says: what happened there, whatever anybody was told.
struct ExchangeBook {
  struct Order: Hashable {
    var clientOrderID: String
    var symbol: String
    var side: String
    var quantity: Int64
    var executed: Int64
    var status: String
  }

  struct Trade: Hashable {
    var symbol: String
    var id: String
  }

  struct TradeTerms: Hashable {
    var quantity: Int64
    var price: Int64
    /// Nanos of the quote asset, which is what the exchange's twin takes commissions in.
    var commission: Int64
    var clientOrderID: String
  }

  private(set) var orders: [Order] = []
  private(set) var trades: [Trade: TradeTerms] = [:]
  /// Free and locked together, in nanos.
  private(set) var balances: [String: Int64] = [:]

  init(_ exchange: Exchange) throws(SessionFinding) {
    do {
      let document = try JSONDocument(
        exchange.book(), limits: JSONLimits(byteCountMax: 64 << 20, depthMax: 8, valueCountMax: 4 << 20))
      for item in try document.root.array("orders") { try note(item) }
      for item in try document.root.array("balances") {
        balances[try item.string("asset")] = try item.nanos("free") + item.nanos("locked")
      }
    } catch {
      throw SessionFinding(.harness, "the exchange's book can't be read: \(error)")
    }
  }

  private mutating func note(_ item: JSONValue) throws {
    let order = Order(
      clientOrderID: try item.string("client_order_id"), symbol: try item.string("symbol"),
      side: try item.string("side"), quantity: try item.nanos("quantity"), executed: try item.nanos("executed"),
      status: try item.string("status"))
    orders.append(order)
    for fill in try item.array("fills") {
      let trade = Trade(symbol: order.symbol, id: String(try fill.integer("trade_id")))
      trades[trade] = TradeTerms(
        quantity: try fill.nanos("quantity"), price: try fill.nanos("price"),
        commission: try fill.nanos("commission"), clientOrderID: order.clientOrderID)
    }
  }

  var open: [Order] { orders.filter { $0.status == "NEW" || $0.status == "PARTIALLY_FILLED" } }
}
