public import Market

/// The venue works `order` in the place of an older one, which is over; what that one had filled counts for the new one. Cause: the new order's intent.
///
/// Version 1: references of the new and of the older order; filled, leaves decimals.
public struct OrderReplaced: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 54)
  public static let name: StaticString = "order_replaced"
  public static let role = EventRole.venueAnswer

  public var order: OrderID
  public var replaced: OrderID
  /// Filled by the whole chain so far.
  public var filled: Quantity
  /// What the new order has still to fill.
  public var leaves: Quantity

  public init(order: OrderID, replaced: OrderID, filled: Quantity, leaves: Quantity) {
    self.order = order
    self.replaced = replaced
    self.filled = filled
    self.leaves = leaves
  }

  public var references: [UInt64] { [order.sequence, replaced.sequence] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.appendReference(replaced.sequence, from: sequence)
    buffer.appendDecimal(filled.nanos)
    buffer.appendDecimal(leaves.nanos)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OrderReplaced {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let replaced = OrderID(sequence: try reader.readReference(from: sequence))
    let filled = try reader.readQuantity()
    let leaves = try reader.readQuantity()
    return OrderReplaced(order: order, replaced: replaced, filled: filled, leaves: leaves)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("replaced", .sequence(replaced.sequence))
    fields.add("filled", .quantity(filled))
    fields.add("leaves", .quantity(leaves))
  }
}
