public import Market

/// The order reached the end of its time in force with `leaves` unfilled. Cause: the bar that showed it.
///
/// Version 1: order reference; leaves decimal.
public struct OrderExpired: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 38)
  public static let name: StaticString = "order_expired"
  public static let role = EventRole.venueAnswer

  public var order: OrderID
  public var leaves: Quantity

  public init(order: OrderID, leaves: Quantity) {
    self.order = order
    self.leaves = leaves
  }

  public var references: [UInt64] { [order.sequence] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.appendDecimal(leaves.nanos)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OrderExpired {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let leaves = try reader.readQuantity()
    return OrderExpired(order: order, leaves: leaves)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("leaves", .quantity(leaves))
  }
}
