public import Market

/// Raw values are stored and never change meaning.
public enum ReduceReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// The other of a protective pair filled partly.
  case siblingFilled = 1
  /// A protective order closed units that this signal order was to close.
  case positionClosed = 2
  /// Quantities were multiplied by a split, down or up.
  case split = 3
  /// The venue says so.
  case venue = 4
}

/// The order works on with `leaves` to be filled, another quantity than before though it didn't fill itself. Only a split can
/// make it more. Cause: the fill that took something off, or the split.
///
/// Version 1: order reference; reason u8; leaves decimal.
public struct OrderReduced: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 45)
  public static let name: StaticString = "order_reduced"
  public static let role = EventRole.venueAnswer

  public var order: OrderID
  public var reason: ReduceReason
  /// What is still to be filled after the change.
  public var leaves: Quantity

  public init(order: OrderID, reason: ReduceReason, leaves: Quantity) {
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
  ) throws(DecodeError) -> OrderReduced {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let reason = try reader.readCase("reason", as: ReduceReason.self)
    let leaves = try reader.readQuantity()
    return OrderReduced(order: order, reason: reason, leaves: leaves)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("reason", .word(reason.word))
    fields.add("leaves", .quantity(leaves))
  }
}
