public import Market

/// Derived from an intent while orders are withheld: it never leaves, and nothing of it is working. Cause: the intent.
///
/// Version 1: order reference.
public struct OrderWithheld: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 51)
  public static let name: StaticString = "order_withheld"
  public static let role = EventRole.derived

  public var order: OrderID
  public init(order: OrderID) { self.order = order }

  public var references: [UInt64] { [order.sequence] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OrderWithheld {
    OrderWithheld(order: OrderID(sequence: try reader.readReference(from: sequence)))
  }

  public func list(into fields: inout FieldList) { fields.add("order", .sequence(order.sequence)) }
}
