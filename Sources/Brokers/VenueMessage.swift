public import Events
public import Market
public import Wire

/// What is asked of a venue. Nothing in it is a promise: what became of it comes back as `VenueMessage`s.
public enum VenueRequest: Hashable, Sendable {
  case submit(OrderTicket)
  /// Two orders of which one alone is to fill: both are taken, or none is.
  case submitPair(OrderTicket, OrderTicket)
  case cancel(OrderTicket)
  /// Ends an order that has filled nothing yet, and only where that is done places another.
  case replace(OrderTicket, with: OrderTicket)
  /// Lets an order that is working go on with less to fill.
  case reduce(OrderTicket, to: Quantity)
  /// What became of the order with this client id?
  case query(OrderTicket)
  /// As `query`, but looks in every list the venue keeps as well: open orders, and all orders since then. What is in none of them isn't there.
  case search(OrderTicket, since: Timestamp)
  /// Open orders, fills since the last one booked, balances.
  case snapshot(SnapshotRequest)
}

public struct SnapshotRequest: Hashable, Sendable {
  /// The last trade booked, by instrument; nil where none was.
  public var lastTrades: [InstrumentIndex: String]
  /// Where no trade was booked: fills from here on.
  public var since: Timestamp
  public init(lastTrades: [InstrumentIndex: String], since: Timestamp) {
    self.lastTrades = lastTrades
    self.since = since
  }
}

/// Numbers a request among those of one run of the process.
public struct VenueCall: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a venue says.
public enum VenueMessage: Hashable, Sendable {
  /// Order reports arrive from now on; nothing that happened before is replayed.
  case connected
  /// Nothing arrives any more until `connected`; requests out there have an unknown outcome.
  case disconnected(String)
  /// A fact about an order; facts repeat, and come in any order.
  case report(OrderReport)
  case answered(VenueCall, VenueAnswer)
  case notice(NoticeCode, AlertSeverity, text: String)
}

public indirect enum VenueAnswer: Hashable, Sendable {
  /// Taken; what it led to comes as reports, before or after.
  case done
  /// Certainly not executed, and not to be tried again.
  case refused(code: Int, String)
  /// To an order or a pair: refused, because the market is already beyond a price that would trigger it.
  case wouldTrigger(code: Int, String)
  /// Certainly not executed; may be tried again from then on (a rate limit, a clock to be set, a connection that isn't there).
  case wait(until: Timestamp, String)
  /// May have been executed: ask.
  case unknown(String)
  /// To a replacement of which a half was not done: what became of the cancel and of the new order; nil where that one was not tried, and so certainly isn't there.
  case halves(cancel: VenueAnswer, order: VenueAnswer?)
  /// To a query: the order as it stands. Its fills came as reports before it.
  case found(VenueOrder)
  /// To a query: the venue says it doesn't know the order. Whether that proves anything is for the asker to judge.
  /// - `serverTime`: what the venue's own clock showed after the question was put and before it was looked for.
  case notFound(serverTime: Timestamp)
  case snapshot(VenueSnapshot)
}

/// How an order stands at the venue.
public enum VenueOrderStatus: UInt8, Hashable, Sendable {
  case working
  case filled
  case cancelled
  case rejected
  case expired
}

/// An order as the venue tells it when asked.
public struct VenueOrder: Hashable, Sendable {
  public var clientOrderID: String
  public var venueOrderID: String
  public var symbol: String
  public var side: Side
  public var status: VenueOrderStatus
  public var quantity: Quantity
  /// Filled so far.
  public var cumulative: Quantity
  public var venueTime: Timestamp

  public init(
    clientOrderID: String, venueOrderID: String, symbol: String, side: Side, status: VenueOrderStatus,
    quantity: Quantity, cumulative: Quantity, venueTime: Timestamp
  ) {
    self.clientOrderID = clientOrderID
    self.venueOrderID = venueOrderID
    self.symbol = symbol
    self.side = side
    self.status = status
    self.quantity = quantity
    self.cumulative = cumulative
    self.venueTime = venueTime
  }
}

/// Something that happened to an order, as the venue tells it: becomes an `ExecutionReport` event.
public struct OrderReport: Hashable, Sendable {
  public var type: ExecutionType
  public var source: ReportSource
  /// Of the order, never of a cancel.
  public var clientOrderID: String
  public var venueOrderID: String
  public var symbol: String
  public var side: Side
  /// Of this fill, or of the whole order.
  public var quantity: Quantity
  /// Of this fill; nil where nothing filled.
  public var price: Price?
  /// Filled so far, this fill included.
  public var cumulative: Quantity
  /// In nanos of `feeAsset`.
  public var fee: Int128
  public var feeAsset: String
  public var liquidity: LiquiditySide?
  /// Unique per symbol at the venue; empty where nothing filled.
  public var tradeID: String
  public var venueTime: Timestamp
  public var text: String

  public init(
    type: ExecutionType, source: ReportSource, clientOrderID: String, venueOrderID: String, symbol: String, side: Side,
    quantity: Quantity, price: Price? = nil, cumulative: Quantity, fee: Int128 = 0, feeAsset: String = "",
    liquidity: LiquiditySide? = nil, tradeID: String = "", venueTime: Timestamp, text: String = ""
  ) {
    self.type = type
    self.source = source
    self.clientOrderID = clientOrderID
    self.venueOrderID = venueOrderID
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.price = price
    self.cumulative = cumulative
    self.fee = fee
    self.feeAsset = feeAsset
    self.liquidity = liquidity
    self.tradeID = tradeID
    self.venueTime = venueTime
    self.text = text
  }
}

/// Everything that is compared when a run reconciles itself with its venue.
public struct VenueSnapshot: Hashable, Sendable {
  /// All that are open, whoever sent them.
  public var openOrders: [VenueOrder]
  /// Fills since the last one booked, oldest first for each instrument.
  public var fills: [OrderReport]
  public var balances: [VenueBalance]
  /// False where a page is missing or a call failed: what isn't in it may still be there.
  public var isComplete: Bool
  public var serverTime: Timestamp
  /// The newest trade seen of each instrument, whoever's order it was: where the next snapshot goes on.
  public var lastTrades: [InstrumentIndex: String]

  public init(
    openOrders: [VenueOrder], fills: [OrderReport], balances: [VenueBalance], isComplete: Bool, serverTime: Timestamp,
    lastTrades: [InstrumentIndex: String] = [:]
  ) {
    self.lastTrades = lastTrades
    self.openOrders = openOrders
    self.fills = fills
    self.balances = balances
    self.isComplete = isComplete
    self.serverTime = serverTime
  }
}

public struct VenueBalance: Hashable, Sendable {
  public var asset: String
  /// In units of 10⁻⁹.
  public var free: Int64
  public var locked: Int64
  public init(asset: String, free: Int64, locked: Int64) {
    self.asset = asset
    self.free = free
    self.locked = locked
  }
}

/// A venue: a machine that can be asked. Everything it learns comes out as messages of `wake`, `receive` and `ask`.
///
/// Each `ask` is answered exactly once, sooner or later; a connection that breaks answers what was in flight with `.unknown`. A cancel or a reduction of an order that the
/// venue doesn't find is `.unknown` too, and so is "you sent that already": both mean look, not no.
public protocol VenueMachine: WireMachine where Message == VenueMessage {
  mutating func ask(
    _ request: VenueRequest, as call: VenueCall, now: Timestamp, into out: inout WireOutbox<VenueMessage>)
}
