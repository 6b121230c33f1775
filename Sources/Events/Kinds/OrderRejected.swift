public import Market

/// Raw values are stored and never change meaning.
public enum RejectReason: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case quantityNotPositive = 1
  case quantityNotInLots = 2
  case priceNotInTicks = 3
  case priceMissing = 4
  case notSupported = 5
  /// The venue gave a reason of its own, or the profile makes its simulation reject some.
  case venueReason = 6
  case tradingHalt = 7
  /// Reduce-only, and nothing is held that it could reduce.
  case nothingToReduce = 8
  /// The parts of what was asked for don't fit together.
  case styleImpossible = 9
  /// The market was beyond its stop already.
  case stopPassed = 10
}

/// The venue refused the order. Cause: the intent.
///
/// Version 1: order reference; reason u8.
public struct OrderRejected: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 36)
  public static let name: StaticString = "order_rejected"
  public static let role = EventRole.venueAnswer

  public var order: OrderID
  public var reason: RejectReason

  public init(order: OrderID, reason: RejectReason) {
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
  ) throws(DecodeError) -> OrderRejected {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let reason = try reader.readCase("reason", as: RejectReason.self)
    return OrderRejected(order: order, reason: reason)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("reason", .word(reason.word))
  }
}
