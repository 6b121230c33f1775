public import Market

/// What an order is beyond its intent; written right behind it, and only where there is something to say. Cause: the intent. Written again, caused by it, where a
/// corporate action changes how far a trailing stop stays behind; what it replaces isn't said again.
///
/// Version 1: order reference; post-only, reduce-only flags u8; hours u8; trail unit u8 (0: none), trail size varint; limit distance zigzag; auction and end zigzag
/// (`Int64.max`: none); group and replaced order as distances, 0 for none.
public struct OrderTerms: EventBody, Hashable {
  public static let kind = EventKind(rawValue: 53)
  public static let name: StaticString = "order_terms"
  public static let role = EventRole.derived

  public var order: OrderID
  public var isPostOnly: Bool
  public var isReduceOnly: Bool
  public var hours: OrderHours
  public var trail: Trail?
  /// From the trigger of a trailing stop-limit order to its limit: nanos of price, signed.
  public var limitDistance: Int64
  /// The session's opening or closing that an on-open or on-close order waits for; `Int64.max` nanos for others.
  public var auctionAt: Timestamp
  /// Of an order that is good till a date; `Int64.max` nanos for others.
  public var goodUntil: Timestamp
  /// The first order of the group of which one alone fills; nil where there is none.
  public var group: OrderID?
  /// The order that this one takes the place of.
  public var replaces: OrderID?

  public init(
    order: OrderID, isPostOnly: Bool, isReduceOnly: Bool, hours: OrderHours, trail: Trail?, limitDistance: Int64,
    auctionAt: Timestamp, goodUntil: Timestamp, group: OrderID?, replaces: OrderID?
  ) {
    self.order = order
    self.isPostOnly = isPostOnly
    self.isReduceOnly = isReduceOnly
    self.hours = hours
    self.trail = trail
    self.limitDistance = limitDistance
    self.auctionAt = auctionAt
    self.goodUntil = goodUntil
    self.group = group
    self.replaces = replaces
  }

  public var references: [UInt64] { [order.sequence] + [group, replaces].compactMap { $0?.sequence } }

  public func encode(into buffer: inout ByteBuffer, sequence: UInt64) {
    buffer.appendReference(order.sequence, from: sequence)
    buffer.append(isPostOnly ? 1 : 0)
    buffer.append(isReduceOnly ? 1 : 0)
    buffer.append(hours.rawValue)
    buffer.append(trail?.unit.rawValue ?? 0)
    buffer.appendVarint(UInt64(trail?.size ?? 0))
    buffer.appendZigzag(limitDistance)
    buffer.appendZigzag(auctionAt.nanos)
    buffer.appendZigzag(goodUntil.nanos)
    for other in [group, replaces] {
      if let other { buffer.appendReference(other.sequence, from: sequence) } else { buffer.appendVarint(0) }
    }
  }

  public static func decode(
    _ reader: inout ByteReader, version: UInt8, sequence: UInt64
  ) throws(DecodeError) -> OrderTerms {
    let order = OrderID(sequence: try reader.readReference(from: sequence))
    let isPostOnly = try reader.readBool("post_only")
    let isReduceOnly = try reader.readBool("reduce_only")
    let hours = try reader.readCase("hours", as: OrderHours.self)
    let unit = try reader.readByte()
    let size = try reader.readVarint()
    guard size <= UInt64(Int64.max) else { throw .valueOutOfRange(field: "trail", value: .max) }
    var trail: Trail?
    if unit != 0 {
      guard let known = TrailUnit(rawValue: unit) else {
        throw .valueOutOfRange(field: "trail_unit", value: Int64(unit))
      }
      trail = Trail(known, Int64(size))
      guard Trail(known, Int64(size)).isPossible else { throw .valueOutOfRange(field: "trail", value: Int64(size)) }
    } else if size != 0 {
      throw .valueOutOfRange(field: "trail", value: Int64(size))
    }
    let limitDistance = try reader.readZigzag()
    let auctionAt = Timestamp(nanos: try reader.readZigzag())
    let goodUntil = Timestamp(nanos: try reader.readZigzag())
    let group = try reader.readOptionalOrder(from: sequence)
    let replaces = try reader.readOptionalOrder(from: sequence)
    return OrderTerms(
      order: order, isPostOnly: isPostOnly, isReduceOnly: isReduceOnly, hours: hours, trail: trail,
      limitDistance: limitDistance, auctionAt: auctionAt, goodUntil: goodUntil, group: group, replaces: replaces)
  }

  public func list(into fields: inout FieldList) {
    fields.add("order", .sequence(order.sequence))
    fields.add("post_only", .flag(isPostOnly))
    fields.add("reduce_only", .flag(isReduceOnly))
    fields.add("hours", .word(hours.word))
    fields.add("trail_unit", trail.map { .word($0.unit.word) } ?? .absent)
    fields.add("trail_size", .integer(trail?.size ?? 0))
    fields.add("limit_distance", .integer(limitDistance))
    fields.add("auction_at", .time(auctionAt))
    fields.add("good_until", .time(goodUntil))
    fields.add("group", group.map { .sequence($0.sequence) } ?? .absent)
    fields.add("replaces", replaces.map { .sequence($0.sequence) } ?? .absent)
  }
}

extension ByteReader {
  /// A reference to an earlier order, or 0 for none.
  mutating func readOptionalOrder(from sequence: UInt64) throws(DecodeError) -> OrderID? {
    let distance = try readVarint()
    if distance == 0 { return nil }
    guard distance <= sequence else { throw .valueOutOfRange(field: "reference", value: Int64(clamping: distance)) }
    return OrderID(sequence: sequence - distance)
  }
}
