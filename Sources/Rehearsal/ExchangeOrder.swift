import Core
import Market

/// An order as the exchange keeps it, for ever.
struct ExchangeOrder: Hashable, Sendable {
  /// Counts from 1 in each symbol.
  let id: Int64
  let clientOrderID: String
  let listing: Int
  let side: Side
  let type: ExchangeOrderType
  let timeInForce: ExchangeTimeInForce
  /// Of a market order by quote amount: what its price made of it.
  var quantity: Quantity
  /// Nanos of the quote asset; 0 where quantity was given.
  var quoteOrderQuantity: Int128
  /// Zero where the type has none.
  let price: Price
  let stopPrice: Price
  let strategyID: Int64?
  let strategyType: Int64?
  let selfTradePrevention: String
  let createdAt: Timestamp

  var status = OrderStatus.new
  var updatedAt: Timestamp
  /// When it came on the book; nil for a stop that wasn't reached.
  var workingAt: Timestamp?
  var executed = Quantity.zero
  var executedQuote: Int128 = 0
  /// Nanos of the quote asset, whatever the commission was taken in.
  var feePaid: Int128 = 0
  var isTriggered = false
  var hasRested = false
  /// It arrived while no bar ran: the next one meets it at its open.
  var waitsForOpen = false
  /// What is still held back for it: of the quote asset for a buy, of the base asset for a sell.
  var locked: Int128 = 0
  var expiryReason: String?
  /// Queries don't see it before this instant.
  var hiddenUntil: Timestamp?
  var amendCount = 0
  /// The id of the cancel that ended it.
  var cancelID: String?
  /// Place of the list that it belongs to.
  var list: Int?

  var leaves: Quantity { quantity - executed }
}

/// Raw values are Binance's words.
enum ExchangeOrderType: String, CaseIterable, Sendable {
  case limit = "LIMIT"
  case market = "MARKET"
  case stopLoss = "STOP_LOSS"
  case stopLossLimit = "STOP_LOSS_LIMIT"
  case takeProfit = "TAKE_PROFIT"
  case takeProfitLimit = "TAKE_PROFIT_LIMIT"
  case limitMaker = "LIMIT_MAKER"

  var hasPrice: Bool {
    switch self {
    case .limit, .stopLossLimit, .takeProfitLimit, .limitMaker: true
    case .market, .stopLoss, .takeProfit: false
    }
  }
  var hasStop: Bool {
    switch self {
    case .stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit: true
    case .limit, .market, .limitMaker: false
    }
  }
  var takesTimeInForce: Bool {
    switch self {
    case .limit, .stopLossLimit, .takeProfitLimit: true
    case .market, .stopLoss, .takeProfit, .limitMaker: false
    }
  }
  /// Whether its stop is reached by prices that move against its owner.
  var isStopLoss: Bool { self == .stopLoss || self == .stopLossLimit }
}

enum ExchangeTimeInForce: String, CaseIterable, Sendable {
  case goodTillCancelled = "GTC"
  case immediateOrCancel = "IOC"
  case fillOrKill = "FOK"

  var core: TimeInForce {
    switch self {
    case .goodTillCancelled: .goodTillCancelled
    case .immediateOrCancel: .immediateOrCancel
    case .fillOrKill: .fillOrKill
    }
  }
}

enum OrderStatus: String, CaseIterable, Sendable {
  case new = "NEW"
  case partiallyFilled = "PARTIALLY_FILLED"
  case filled = "FILLED"
  case canceled = "CANCELED"
  case rejected = "REJECTED"
  case expired = "EXPIRED"

  var isOpen: Bool { self == .new || self == .partiallyFilled }
}

/// A fill as the exchange keeps it.
struct ExchangeTrade: Hashable, Sendable {
  /// Counts from 1 in each symbol.
  let id: Int64
  /// Place among all orders.
  let order: Int
  let quantity: Quantity
  let price: Price
  let quoteQuantity: Int128
  let commission: Int128
  let commissionAsset: String
  let isMaker: Bool
  let time: Timestamp
}

extension ExchangeOrder {
  /// What the simulated venue's fill conditions look at; nil for a take-profit that has not been reached, which they don't know.
  func working(number: Int) -> WorkingOrder? {
    let type: OrderType
    switch self.type {
    case .limit, .limitMaker: type = .limit
    case .market: type = .market
    case .stopLoss: type = .stop
    case .stopLossLimit: type = .stopLimit
    case .takeProfit:
      guard isTriggered else { return nil }
      type = .market
    case .takeProfitLimit:
      guard isTriggered else { return nil }
      type = .limit
    }
    return WorkingOrder(
      venueOrder: OrderID(sequence: UInt64(number)), side: side, type: type, timeInForce: timeInForce.core,
      leaves: leaves, limitPrice: price, stopPrice: stopPrice, isTriggered: isTriggered, hasRested: hasRested)
  }
}
