import Market
import Wire

/// What the exchange demands of orders in one symbol (binance.md §4). All in units of 10⁻⁹ and compared as integers. A filter that is absent means no rule; one of
/// an unknown type is ignored, as the documents ask.
struct SymbolRules: Hashable, Sendable {
  struct Range: Hashable, Sendable {
    var least: Int64
    /// 0: no bound.
    var most: Int64
    /// 0: no step.
    var step: Int64
  }
  struct Notional: Hashable, Sendable {
    var filter: String
    var least: Int64?
    var appliesLeastToMarket: Bool
    var most: Int64?
    var appliesMostToMarket: Bool
  }
  struct Percent: Hashable, Sendable {
    var filter: String
    /// Multipliers of the reference price, in nanos.
    var buyUp: Int64
    var buyDown: Int64
    var sellUp: Int64
    var sellDown: Int64
  }

  var symbol: String
  var status: String
  var baseAsset: String
  var quoteAsset: String
  var orderTypes: [String]
  var isAmendable: Bool
  var price: Range?
  var lot: Range?
  var marketLot: Range?
  var notionals: [Notional] = []
  var percents: [Percent] = []
  var ordersMax: Int?
  var algoOrdersMax: Int?

  init(_ json: JSONValue) throws(JSONFieldError) {
    symbol = try json.string("symbol")
    status = try json.string("status")
    baseAsset = try json.string("baseAsset")
    quoteAsset = try json.string("quoteAsset")
    orderTypes = try json.array("orderTypes").compactMap(\.string)
    isAmendable = json["amendAllowed"]?.bool ?? false
    for filter in try json.array("filters") {
      switch try filter.string("filterType") {
      case "PRICE_FILTER":
        price = Range(
          least: try filter.nanos("minPrice"), most: try filter.nanos("maxPrice"), step: try filter.nanos("tickSize"))
      case "LOT_SIZE": lot = try Self.lot(filter)
      case "MARKET_LOT_SIZE": marketLot = try Self.lot(filter)
      case "MIN_NOTIONAL":
        notionals.append(
          Notional(
            filter: "MIN_NOTIONAL", least: try filter.nanos("minNotional"),
            appliesLeastToMarket: filter["applyToMarket"]?.bool ?? true, most: nil, appliesMostToMarket: false))
      case "NOTIONAL":
        notionals.append(
          Notional(
            filter: "NOTIONAL", least: try filter.nanos("minNotional"),
            appliesLeastToMarket: filter["applyMinToMarket"]?.bool ?? true, most: try filter.nanos("maxNotional"),
            appliesMostToMarket: filter["applyMaxToMarket"]?.bool ?? false))
      case "PERCENT_PRICE":
        let (up, down) = (try filter.nanos("multiplierUp"), try filter.nanos("multiplierDown"))
        percents.append(Percent(filter: "PERCENT_PRICE", buyUp: up, buyDown: down, sellUp: up, sellDown: down))
      case "PERCENT_PRICE_BY_SIDE":
        percents.append(
          Percent(
            filter: "PERCENT_PRICE_BY_SIDE", buyUp: try filter.nanos("bidMultiplierUp"),
            buyDown: try filter.nanos("bidMultiplierDown"), sellUp: try filter.nanos("askMultiplierUp"),
            sellDown: try filter.nanos("askMultiplierDown")))
      case "MAX_NUM_ORDERS": ordersMax = Int(clamping: try filter.integer("maxNumOrders"))
      case "MAX_NUM_ALGO_ORDERS": algoOrdersMax = Int(clamping: try filter.integer("maxNumAlgoOrders"))
      default: break
      }
    }
  }

  private static func lot(_ filter: JSONValue) throws(JSONFieldError) -> Range {
    Range(least: try filter.nanos("minQty"), most: try filter.nanos("maxQty"), step: try filter.nanos("stepSize"))
  }

  /// The filter that refuses an order, under the exchange's name; nil where none does.
  ///
  /// - Parameters:
  ///   - reference: what a market order's value and a price's distance are measured with; nil where it isn't known, and then the exchange alone judges those.
  ///   - openCount, openAlgoCount: of this symbol, before this order.
  func violation(
    by ticket: OrderTicket, reference: Price?, openCount: Int, openAlgoCount: Int
  ) -> String? {
    if status != "TRADING" { return "symbol status \(status)" }
    if !orderTypes.contains(ticket.binanceType) { return "order type \(ticket.binanceType)" }
    for value in [ticket.limitPrice, ticket.stopPrice].compactMap({ $0?.nanos }) {
      if let price, !price.admits(value) { return "PRICE_FILTER" }
    }
    let quantity = ticket.quantity.nanos
    if let lot, !lot.admits(quantity) { return "LOT_SIZE" }
    if ticket.type == .market, let marketLot, !marketLot.admits(quantity) { return "MARKET_LOT_SIZE" }
    if let name = notionalViolation(ticket, reference) { return name }
    if let limit = ticket.limitPrice, let reference {
      for percent in percents {
        let (up, down) = ticket.side == .buy ? (percent.buyUp, percent.buyDown) : (percent.sellUp, percent.sellDown)
        let scaled = Int128(limit.nanos) * Int128(FixedPoint.unit)
        if scaled > Int128(reference.nanos) * Int128(up) || scaled < Int128(reference.nanos) * Int128(down) {
          return percent.filter
        }
      }
    }
    if let ordersMax, openCount >= ordersMax { return "MAX_NUM_ORDERS" }
    if ticket.type.isAlgo, let algoOrdersMax, openAlgoCount >= algoOrdersMax { return "MAX_NUM_ALGO_ORDERS" }
    return nil
  }

  private func notionalViolation(_ ticket: OrderTicket, _ reference: Price?) -> String? {
    let isMarket = ticket.limitPrice == nil
    guard let price = ticket.limitPrice ?? reference else { return nil }
    // Not rounded: price × quantity in units of 10⁻¹⁸.
    let value = Int128(price.nanos) * Int128(ticket.quantity.nanos)
    for rule in notionals {
      if let least = rule.least, !isMarket || rule.appliesLeastToMarket,
        value < Int128(least) * Int128(FixedPoint.unit)
      {
        return rule.filter
      }
      if let most = rule.most, !isMarket || rule.appliesMostToMarket, value > Int128(most) * Int128(FixedPoint.unit) {
        return rule.filter
      }
    }
    return nil
  }
}

extension SymbolRules.Range {
  /// A 0 switches that part off.
  func admits(_ nanos: Int64) -> Bool {
    nanos >= least && (most == 0 || nanos <= most) && (step == 0 || nanos % step == 0)
  }
}

extension OrderType {
  /// Waits at the exchange for a price.
  var isAlgo: Bool {
    switch self {
    case .market, .limit, .marketOnOpen, .limitOnOpen, .marketOnClose, .limitOnClose: false
    case .stop, .stopLimit, .marketIfTouched, .limitIfTouched, .trailingStop, .trailingStopLimit: true
    }
  }

  /// The exchange has no plain stop: its STOP_LOSS is one for either side. What it has no word for it is told under ours, and no symbol lists that: the
  /// order is refused here, before it leaves.
  var binanceWord: String {
    switch self {
    case .market: "MARKET"
    case .limit: "LIMIT"
    case .stop: "STOP_LOSS"
    case .stopLimit: "STOP_LOSS_LIMIT"
    case .marketIfTouched: "TAKE_PROFIT"
    case .limitIfTouched: "TAKE_PROFIT_LIMIT"
    case .trailingStop: "TRAILING_STOP"
    case .trailingStopLimit: "TRAILING_STOP_LIMIT"
    case .marketOnOpen: "MARKET_ON_OPEN"
    case .limitOnOpen: "LIMIT_ON_OPEN"
    case .marketOnClose: "MARKET_ON_CLOSE"
    case .limitOnClose: "LIMIT_ON_CLOSE"
    }
  }
}

extension OrderTicket {
  var binanceType: String { type == .limit && isPostOnly ? "LIMIT_MAKER" : type.binanceWord }
}

extension TimeInForce {
  /// There are no day orders and none till a date: the run cancels them when their time is over.
  var binanceWord: String {
    switch self {
    case .day, .goodTillCancelled, .goodTillDate: "GTC"
    case .immediateOrCancel: "IOC"
    case .fillOrKill: "FOK"
    }
  }
}

extension Side {
  var binanceWord: String {
    switch self {
    case .buy: "BUY"
    case .sell: "SELL"
    }
  }

  init?(binanceWord: String) {
    switch binanceWord {
    case "BUY": self = .buy
    case "SELL": self = .sell
    default: return nil
    }
  }
}
