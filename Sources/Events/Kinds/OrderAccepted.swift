public import Market

/// The venue works the order. Cause: the intent.
///
/// Version 1: order reference; expiry zigzag (Int64.max: never).
public struct OrderAccepted: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 35)
  public static let name: StaticString = "order_accepted"
  public static let role = EventRole.venueAnswer

  public var order: OrderID
  /// First instant at which the order is dead; `Int64.max` nanos where only a cancel ends it.
  public var expiresAt: Timestamp

  public init(order: OrderID, expiresAt: Timestamp) {
    self.order = order
    self.expiresAt = expiresAt
  }

  public var references: [UInt64] { [order.sequence] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.appendZigzag(expiresAt.nanos)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OrderAccepted {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let expiresAt = Timestamp(nanos: try reader.readZigzag())
    return OrderAccepted(order: order, expiresAt: expiresAt)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("expires_at", .time(expiresAt))
  }
}
