public import Market

/// Derived: an order is to be cancelled. Until the venue answers it may still fill, and counts against every limit.
///
/// Version 1: order reference; reason u8.
public struct CancelRequested: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 50)
  public static let name: StaticString = "cancel_requested"
  public static let role = EventRole.derived

  public var order: OrderID
  public var reason: CancelReason

  public init(order: OrderID, reason: CancelReason) {
    self.order = order
    self.reason = reason
  }

  public var references: [UInt64] { [order.sequence] }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.append(reason.rawValue)
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> CancelRequested {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let reason = try reader.readCase("reason", as: CancelReason.self)
    return CancelRequested(order: order, reason: reason)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("reason", .word(reason.word))
  }
}
