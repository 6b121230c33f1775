public import Market

/// A resting order works on at other prices, because a corporate action changed what a unit is worth. Cause: the action.
///
/// Version 1: order reference; limit, stop optional prices: those that the order has, as they are now.
public struct OrderRepriced: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 52)
  public static let name: StaticString = "order_repriced"
  public static let role = EventRole.venueAnswer

  public var order: OrderID
  public var limitPrice: Price?
  public var stopPrice: Price?

  public init(order: OrderID, limitPrice: Price?, stopPrice: Price?) {
    self.order = order
    self.limitPrice = limitPrice
    self.stopPrice = stopPrice
  }

  public var references: [UInt64] { [order.sequence] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.appendOptional(limitPrice)
    buffer.appendOptional(stopPrice)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OrderRepriced {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let limitPrice = try reader.readOptionalPrice()
    let stopPrice = try reader.readOptionalPrice()
    return OrderRepriced(order: order, limitPrice: limitPrice, stopPrice: stopPrice)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("limit_price", limitPrice)
    fields.add("stop_price", stopPrice)
  }
}
