import Market

/// What an order call asks for, checked for form: the right parameters for its type, and no others. Filters and balances come later.
struct OrderRequest: Hashable, Sendable {
  /// How much of an answer is wanted.
  enum Response: String, CaseIterable, Sendable {
    case acknowledgement = "ACK"
    case result = "RESULT"
    case full = "FULL"
  }

  var listing: Int
  var side: Side
  var type: ExchangeOrderType
  var timeInForce: ExchangeTimeInForce
  var quantity: Quantity
  var quoteOrderQuantity: Int128
  var price: Price
  var stopPrice: Price
  var clientOrderID: String?
  var strategyID: Int64?
  var strategyType: Int64?
  var selfTradePrevention: String
  var response: Response

  static let clientOrderIDPattern = "^[a-zA-Z0-9-_]{1,36}$"
  static let preventionModes = ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]

  init(_ parameters: Parameters, tape: MarketTape) throws(CallError) {
    listing = try parameters.listing(in: tape)
    switch try parameters.required("side") {
    case "BUY": side = .buy
    case "SELL": side = .sell
    default: throw CallError(-1117, "Invalid side.")
    }
    guard let type = ExchangeOrderType(rawValue: try parameters.required("type")) else {
      throw CallError(-1116, "Invalid orderType.")
    }
    self.type = type
    if try parameters.integer("trailingDelta") != nil {
      throw CallError(-1013, "This symbol doesn't have trailing stop orders.")
    }
    timeInForce = try OrderRequest.timeInForce(parameters, type)
    let amounts = try OrderRequest.amounts(parameters, type)
    quantity = amounts.quantity
    quoteOrderQuantity = amounts.quote
    price = try OrderRequest.priced("price", parameters, isWanted: type.hasPrice)
    stopPrice = try OrderRequest.priced("stopPrice", parameters, isWanted: type.hasStop)
    if let shown = try parameters.decimal("icebergQty"), shown != 0 {
      guard type.hasPrice else { throw .notRequired("icebergQty") }
      throw CallError(-2010, "Iceberg orders are not supported for this symbol.")
    }
    clientOrderID = try OrderRequest.clientOrderID("newClientOrderId", parameters)
    strategyID = try parameters.integer("strategyId")
    strategyType = try parameters.integer("strategyType")
    if let strategyType, strategyType < 1_000_000 {
      throw CallError(-1130, "Data sent for parameter 'strategyType' is not valid.")
    }
    selfTradePrevention = try parameters.optional("selfTradePreventionMode") ?? "EXPIRE_MAKER"
    guard selfTradePrevention == "NONE" || OrderRequest.preventionModes.contains(selfTradePrevention) else {
      throw CallError(-1130, "Data sent for parameter 'selfTradePreventionMode' is not valid.")
    }
    if let text = try parameters.optional("newOrderRespType") {
      guard let wanted = Response(rawValue: text) else {
        throw CallError(-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
      }
      response = wanted
    } else {
      response = type == .market || type == .limit ? .full : .acknowledgement
    }
  }

  private static func timeInForce(
    _ parameters: Parameters, _ type: ExchangeOrderType
  ) throws(CallError) -> ExchangeTimeInForce {
    let text = try parameters.optional("timeInForce")
    guard type.takesTimeInForce else {
      if text != nil { throw CallError(-1114, "TimeInForce parameter sent when not required.") }
      return .goodTillCancelled
    }
    guard let text else { throw .missing("timeInForce") }
    guard let timeInForce = ExchangeTimeInForce(rawValue: text) else {
      throw CallError(-1115, "Invalid timeInForce.")
    }
    return timeInForce
  }

  private static func amounts(
    _ parameters: Parameters, _ type: ExchangeOrderType
  ) throws(CallError) -> (quantity: Quantity, quote: Int128) {
    let quantity = try parameters.decimal("quantity")
    let quote = try parameters.decimal("quoteOrderQty")
    if let quote {
      guard type == .market, quantity == nil else { throw .notRequired("quoteOrderQty") }
      guard quote > 0 else { throw CallError(-1013, "Invalid quote order qty.") }
      return (.zero, Int128(quote))
    }
    guard let quantity else { throw .missing("quantity") }
    guard quantity > 0 else { throw CallError(-1013, "Invalid quantity.") }
    return (Quantity(nanos: quantity), 0)
  }

  private static func priced(
    _ name: String, _ parameters: Parameters, isWanted: Bool
  ) throws(CallError) -> Price {
    let nanos = try parameters.decimal(name)
    guard isWanted else {
      if nanos != nil { throw .notRequired(name) }
      return .zero
    }
    guard let nanos else { throw .missing(name) }
    guard nanos > 0 else { throw CallError(-1013, "Invalid \(name).") }
    return Price(nanos: nanos)
  }

  static func clientOrderID(_ name: String, _ parameters: Parameters) throws(CallError) -> String? {
    guard let text = try parameters.optional(name) else { return nil }
    let isPlain = text.utf8.count <= 36 && text.utf8.allSatisfy { isPlainByte($0) }
    guard isPlain else { throw .illegal(name, pattern: clientOrderIDPattern) }
    return text
  }

  private static func isPlainByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension Parameters {
  func listing(in tape: MarketTape) throws(CallError) -> Int {
    guard let place = tape.place(ofSymbol: try required("symbol")) else { throw .badSymbol }
    return place
  }
}
