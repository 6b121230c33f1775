import Market
import Wire

/// One thing the desk asked for, as the calls it takes: they are made one after another.
struct BinanceOperation: Sendable {
  enum Step: Hashable, Sendable {
    case time
    case place
    case placePair
    case cancel
    /// Ends one order, and places another where that was done.
    case replace
    case amend(to: Quantity)
    case status
    /// Fills of the order that was found, a page at a time: from a trade's number on, or the newest.
    case orderTrades(orderID: String, from: Int64?)
    case openOrders(listing: Int)
    /// All orders of a symbol since the time that a search goes back to; further pages begin with an order's number.
    case allOrders(listing: Int, since: Timestamp, from: Int64?)
    case trades(listing: Int, from: String?)
    /// The client order id of an order of which a trade is known.
    case name(listing: Int, orderID: String)
    case account
  }

  var call: VenueCall
  var request: VenueRequest
  var todo: [Step]
  /// The exchange's clock at the beginning.
  var serverTime: Timestamp?
  var found: VenueOrder?
  /// Gathered by a snapshot; fills without client order ids until the end.
  var openOrders: [VenueOrder] = []
  var fills: [(listing: Int, report: OrderReport)] = []
  var lastTrades: [InstrumentIndex: String] = [:]
  var balances: [VenueBalance] = []
  /// The call that is out there.
  var flight: UInt64?

  init(call: VenueCall, request: VenueRequest, todo: [Step]) {
    self.call = call
    self.request = request
    self.todo = todo
  }

  var ticket: OrderTicket? {
    switch request {
    case .submit(let ticket), .submitPair(let ticket, _), .cancel(let ticket), .query(let ticket): ticket
    case .reduce(let ticket, to: _), .replace(_, with: let ticket), .search(let ticket, since: _): ticket
    case .snapshot: nil
    }
  }
}
