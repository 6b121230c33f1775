public import Market

/// Raw values are stored and never change meaning.
public enum CancelReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// What an immediate-or-cancel order could not fill at once.
  case immediateRemainder = 1
  /// A fill-or-kill order that could not be filled whole.
  case notFillableWhole = 2
  /// The order's sibling filled, or the position it protects is gone.
  case siblingDone = 3
  /// A newer signal asks for something else.
  case replaced = 4
  case operatorCommand = 5
  case runEnded = 6
  /// An entry was filled in so many parts that no more protective orders fit: the rest of it is given up.
  case workingOrderCap = 7
  case kill = 8
  /// A flattening order gives way to one at the next step of the collar.
  case collarStep = 9
  /// A breaker has halted or flattens the order's strategy or instrument.
  case breaker = 10
  /// The order's day is over; the venue was asked to end it.
  case timeInForce = 11
  /// The venue ended it unasked.
  case venue = 12
  /// It never reached the venue, which is proved, and it won't be sent any more.
  case neverArrived = 13
  /// What an opening or closing didn't fill.
  case auctionOver = 14
  /// A post-only order that would have taken liquidity.
  case wouldTake = 15
  /// A reduce-only order, and nothing is held any more that it could reduce.
  case nothingToReduce = 16
  /// A reverse split, a merger or a delisting ended it.
  case corporateAction = 32
  /// An entry gives way to a margin call.
  case marginCall = 40
  /// The futures contract gives way to the next one of its chain.
  case rolled = 48
}

/// The order is dead before its time with `leaves` unfilled. Cause: the event that ended it.
///
/// Version 1: order reference; reason u8; leaves decimal.
public struct OrderCancelled: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 37)
  public static let name: StaticString = "order_cancelled"
  public static let role = EventRole.venueAnswer

  public var order: OrderID
  public var reason: CancelReason
  public var leaves: Quantity

  public init(order: OrderID, reason: CancelReason, leaves: Quantity) {
    self.order = order
    self.reason = reason
    self.leaves = leaves
  }

  public var references: [UInt64] { [order.sequence] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.append(reason.rawValue)
    buffer.appendDecimal(leaves.nanos)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OrderCancelled {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let reason = try reader.readCase("reason", as: CancelReason.self)
    let leaves = try reader.readQuantity()
    return OrderCancelled(order: order, reason: reason, leaves: leaves)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("reason", .word(reason.word))
    fields.add("leaves", .quantity(leaves))
  }
}
