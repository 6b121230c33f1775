import Market
import Wire

/// The calls that are used, by their two spellings (binance.md §8, §9), with what they cost (§3).
enum BinanceMethod: String, Hashable, Sendable, CaseIterable {
  case time
  case exchangeInfo
  case subscribe = "userDataStream.subscribe.signature"
  case place = "order.place"
  /// Two orders of which one alone fills.
  case placePair = "orderList.place.oco"
  case cancel = "order.cancel"
  case replace = "order.cancelReplace"
  case amend = "order.amend.keepPriority"
  case status = "order.status"
  case openOrders = "openOrders.status"
  case allOrders
  case trades = "myTrades"
  case account = "account.status"

  var isSigned: Bool {
    switch self {
    case .time, .exchangeInfo: false
    case .subscribe, .place, .placePair, .cancel, .replace, .amend, .status, .openOrders, .allOrders, .trades, .account:
      true
    }
  }

  /// Of one symbol.
  var weight: Int64 {
    switch self {
    case .time, .place, .placePair, .cancel, .replace: 1
    case .subscribe: 2
    case .amend, .status: 4
    case .openOrders: 6
    case .exchangeInfo, .allOrders, .trades, .account: 20
    }
  }

  /// Whether it can change anything; the answer to what can't is never a matter of life.
  var changesOrders: Bool {
    switch self {
    case .place, .placePair, .cancel, .replace, .amend: true
    case .time, .exchangeInfo, .subscribe, .status, .openOrders, .allOrders, .trades, .account: false
    }
  }

  /// Nil where there is none over REST.
  var rest: (HTTPRequest.Method, path: String)? {
    switch self {
    case .time: (.get, "/api/v3/time")
    case .exchangeInfo: (.get, "/api/v3/exchangeInfo")
    case .subscribe: nil
    case .place: (.post, "/api/v3/order")
    case .placePair: (.post, "/api/v3/orderList/oco")
    case .cancel: (.delete, "/api/v3/order")
    case .replace: (.post, "/api/v3/order/cancelReplace")
    case .amend: (.put, "/api/v3/order/amend/keepPriority")
    case .status: (.get, "/api/v3/order")
    case .openOrders: (.get, "/api/v3/openOrders")
    case .allOrders: (.get, "/api/v3/allOrders")
    case .trades: (.get, "/api/v3/myTrades")
    case .account: (.get, "/api/v3/account")
    }
  }
}

/// One call, before it is signed.
struct BinanceRequest: Hashable, Sendable {
  var method: BinanceMethod
  /// In the order they are sent; values as text.
  var parameters: [(name: String, value: String)] = []
  /// A list of texts, sent as JSON: what `exchangeInfo` wants.
  var symbols: [String] = []

  init(_ method: BinanceMethod, _ parameters: [(name: String, value: String)] = [], symbols: [String] = []) {
    self.method = method
    self.parameters = parameters
    self.symbols = symbols
  }

  static func == (left: BinanceRequest, right: BinanceRequest) -> Bool {
    left.method == right.method && left.symbols == right.symbols
      && left.parameters.elementsEqual(right.parameters) { $0 == $1 }
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(method)
    hasher.combine(symbols)
    for parameter in parameters {
      hasher.combine(parameter.name)
      hasher.combine(parameter.value)
    }
  }

  /// As a frame of the WebSocket API; nil where it can't be signed.
  ///
  /// The signed payload is sorted by name and not percent-encoded (§7), unlike REST's.
  func frame(id: UInt64, key: BinanceKey, timestamp: Int64, receiveWindow: Int64) -> [UInt8]? {
    var all = parameters
    all.reserveCapacity(parameters.count + 4)
    if method.isSigned {
      all.append(("apiKey", key.apiKey.revealedText()))
      all.append(("recvWindow", String(receiveWindow)))
      all.append(("timestamp", String(timestamp)))
      // Names are ASCII: their order as text is that of their bytes.
      all.sort { $0.name < $1.name }
      var payload: [UInt8] = []
      payload.reserveCapacity(512)
      for parameter in all {
        if !payload.isEmpty { payload.append(UInt8(ascii: "&")) }
        payload.append(contentsOf: parameter.name.utf8)
        payload.append(UInt8(ascii: "="))
        payload.append(contentsOf: parameter.value.utf8)
      }
      guard let signature = key.signature(of: payload) else { return nil }
      all.append(("signature", signature))
    }
    var json = JSONOutput(capacity: 640)
    json.openObject()
    json.integer("id", Int64(clamping: id))
    json.string("method", method.rawValue)
    json.openObject("params")
    for parameter in all {
      // These two are numbers wherever the documents show them; all others are text.
      if parameter.name == "timestamp" {
        json.integer("timestamp", timestamp)
      } else if parameter.name == "recvWindow" {
        json.integer("recvWindow", receiveWindow)
      } else {
        json.string(named: parameter.name, parameter.value)
      }
    }
    if !symbols.isEmpty {
      json.openArray("symbols")
      for symbol in symbols { json.string(nil, symbol) }
      json.closeArray()
    }
    json.closeObject()
    json.closeObject()
    return json.bytes
  }

  /// As a REST request; nil where it can't be signed or isn't there. All parameters stand in the query, the signature last (§7).
  func http(
    base: String, key: BinanceKey, timestamp: Int64, receiveWindow: Int64, timeoutNanos: Int64
  ) -> HTTPRequest? {
    guard let (verb, path) = method.rest else { return nil }
    var query = parameters.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }
    if !symbols.isEmpty {
      let list = "[" + symbols.map(\.jsonQuoted).joined(separator: ",") + "]"
      query.append("symbols=\(PercentEncoding.encoded(list))")
    }
    var headers: [HTTPHeader] = []
    if method.isSigned {
      query.append("recvWindow=\(receiveWindow)")
      query.append("timestamp=\(timestamp)")
      guard let signature = key.signature(of: Array(query.joined(separator: "&").utf8)) else { return nil }
      query.append("signature=\(PercentEncoding.encoded(signature))")
      headers.append(HTTPHeader("X-MBX-APIKEY", key.apiKey.revealedText()))
    }
    let url = base + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    return HTTPRequest(verb, url: url, headers: headers, timeoutNanos: timeoutNanos, answerBytesMax: 64 << 20)
  }
}
