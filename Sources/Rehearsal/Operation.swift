import Wire

/// What Binance's REST interface and WebSocket API can be asked for, with the names of both, weights and who may ask.
enum Operation: String, CaseIterable, Hashable, Sendable {
  case ping
  case time
  case exchangeInfo
  case klines
  case tickerPrice
  case bookTicker
  case dayTicker
  case averagePrice
  case placeOrder
  case testOrder
  case cancelOrder
  case cancelOpenOrders
  case cancelReplace
  case placeOrderList
  case cancelOrderList
  case orderListStatus
  case openOrderLists
  case amendKeepPriority
  case orderStatus
  case openOrders
  case allOrders
  case myTrades
  case account
  case orderLimits
  case commission

  enum Security: Hashable, Sendable {
    case none
    /// Key, timestamp and signature.
    case signed
  }

  static let prefix = "/api/v3/"

  /// REST method and path behind `/api/v3/`.
  var route: (method: HTTPRequest.Method, path: String) {
    switch self {
    case .ping: (.get, "ping")
    case .time: (.get, "time")
    case .exchangeInfo: (.get, "exchangeInfo")
    case .klines: (.get, "klines")
    case .tickerPrice: (.get, "ticker/price")
    case .bookTicker: (.get, "ticker/bookTicker")
    case .dayTicker: (.get, "ticker/24hr")
    case .averagePrice: (.get, "avgPrice")
    case .placeOrder: (.post, "order")
    case .testOrder: (.post, "order/test")
    case .cancelOrder: (.delete, "order")
    case .cancelOpenOrders: (.delete, "openOrders")
    case .cancelReplace: (.post, "order/cancelReplace")
    case .placeOrderList: (.post, "orderList/oco")
    case .cancelOrderList: (.delete, "orderList")
    case .orderListStatus: (.get, "orderList")
    case .openOrderLists: (.get, "openOrderList")
    case .amendKeepPriority: (.put, "order/amend/keepPriority")
    case .orderStatus: (.get, "order")
    case .openOrders: (.get, "openOrders")
    case .allOrders: (.get, "allOrders")
    case .myTrades: (.get, "myTrades")
    case .account: (.get, "account")
    case .orderLimits: (.get, "rateLimit/order")
    case .commission: (.get, "account/commission")
    }
  }

  /// The WebSocket API's method.
  var method: String {
    switch self {
    case .ping: "ping"
    case .time: "time"
    case .exchangeInfo: "exchangeInfo"
    case .klines: "klines"
    case .tickerPrice: "ticker.price"
    case .bookTicker: "ticker.book"
    case .dayTicker: "ticker.24hr"
    case .averagePrice: "avgPrice"
    case .placeOrder: "order.place"
    case .testOrder: "order.test"
    case .cancelOrder: "order.cancel"
    case .cancelOpenOrders: "openOrders.cancelAll"
    case .cancelReplace: "order.cancelReplace"
    case .placeOrderList: "orderList.place.oco"
    case .cancelOrderList: "orderList.cancel"
    case .orderListStatus: "orderList.status"
    case .openOrderLists: "openOrderLists.status"
    case .amendKeepPriority: "order.amend.keepPriority"
    case .orderStatus: "order.status"
    case .openOrders: "openOrders.status"
    case .allOrders: "allOrders"
    case .myTrades: "myTrades"
    case .account: "account.status"
    case .orderLimits: "account.rateLimits.orders"
    case .commission: "account.commission"
    }
  }

  static func routed(_ method: HTTPRequest.Method, path: String) -> Operation? {
    guard path.hasPrefix(prefix) else { return nil }
    let rest = path.dropFirst(prefix.count)
    return allCases.first { $0.route.method == method && $0.route.path == rest }
  }

  static func named(_ method: String) -> Operation? {
    let name = method.hasPrefix("v3/") ? String(method.dropFirst(3)) : method
    return allCases.first { $0.method == name }
  }

  var security: Security {
    switch self {
    case .ping, .time, .exchangeInfo, .klines, .tickerPrice, .bookTicker, .dayTicker, .averagePrice: .none
    case .placeOrder, .testOrder, .cancelOrder, .cancelOpenOrders, .cancelReplace, .placeOrderList, .cancelOrderList,
      .orderListStatus, .openOrderLists, .amendKeepPriority, .orderStatus,
      .openOrders, .allOrders, .myTrades, .account, .orderLimits, .commission:
      .signed
    }
  }

  /// Of the request weight; orders and cancels that succeed cost nothing.
  func weight(_ parameters: Parameters, succeeded: Bool) -> Int64 {
    switch self {
    case .ping, .time: 1
    case .exchangeInfo, .allOrders, .account, .commission: 20
    case .klines, .averagePrice: 2
    case .tickerPrice, .bookTicker: parameters["symbol"] == nil ? 4 : 2
    case .dayTicker: parameters["symbol"] == nil && parameters["symbols"] == nil ? 80 : 2
    case .placeOrder, .cancelOrder, .cancelOpenOrders, .cancelReplace, .placeOrderList, .cancelOrderList:
      succeeded ? 0 : 1
    case .testOrder: parameters["computeCommissionRates"] == "true" ? 20 : 1
    case .amendKeepPriority, .orderStatus, .orderListStatus: 4
    case .openOrders: parameters["symbol"] == nil ? 80 : 6
    case .openOrderLists: 6
    case .myTrades: parameters["orderId"] == nil ? 20 : 5
    case .orderLimits: 40
    }
  }

  /// Whether an answer tells how many orders were counted.
  var countsOrders: Bool { self == .placeOrder || self == .cancelReplace || self == .placeOrderList }

  /// Which faults of a plan can hit it.
  var target: FaultTarget {
    switch self {
    case .ping, .tickerPrice, .bookTicker, .dayTicker, .averagePrice, .testOrder, .orderLimits, .commission,
      .amendKeepPriority:
      .other
    case .time: .time
    case .exchangeInfo: .exchangeInfo
    case .klines: .klines
    case .placeOrder, .cancelReplace, .placeOrderList: .order
    case .cancelOrder, .cancelOpenOrders, .cancelOrderList: .cancel
    case .orderStatus, .orderListStatus: .query
    case .openOrders, .allOrders, .openOrderLists: .openOrders
    case .myTrades: .trades
    case .account: .account
    }
  }
}
