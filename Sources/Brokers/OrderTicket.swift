public import Market

/// An order as a venue is told it: everything of the intent, in the venue's own names, and the id under which it will be asked for.
public struct OrderTicket: Hashable, Sendable {
  public var order: OrderID
  /// Derived from run and intent, so that it is the same after any restart.
  public var clientOrderID: String
  public var instrument: InstrumentIndex
  public var symbol: String
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var quantity: Quantity
  public var limitPrice: Price?
  public var stopPrice: Price?
  /// The venue refuses it rather than let it take liquidity.
  public var isPostOnly: Bool
  /// The other order of a pair of which one alone is to fill; the venue is told both in one request.
  public var pairedWith: OrderID?
  /// The order that is to end for it: the venue is told both in one request.
  public var replaces: OrderID?

  public init(
    order: OrderID, clientOrderID: String, instrument: InstrumentIndex, symbol: String, side: Side, type: OrderType,
    timeInForce: TimeInForce, quantity: Quantity, limitPrice: Price?, stopPrice: Price?,
    isPostOnly: Bool = false, pairedWith: OrderID? = nil, replaces: OrderID? = nil
  ) {
    self.order = order
    self.clientOrderID = clientOrderID
    self.instrument = instrument
    self.symbol = symbol
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.quantity = quantity
    self.limitPrice = limitPrice
    self.stopPrice = stopPrice
    self.isPostOnly = isPostOnly
    self.pairedWith = pairedWith
    self.replaces = replaces
  }
}
