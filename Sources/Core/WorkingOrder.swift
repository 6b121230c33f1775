import Events
package import Market

/// An order that the simulated venue works: what of the intent still matters.
///
/// It is copied often, so it is laid out to be no larger than 128 bytes, which the compiler copies without calling anything; a test holds it to that.
package struct WorkingOrder: BitwiseCopyable, Hashable, Sendable {
  package let id: OrderID
  package let side: Side
  package let type: OrderType
  package let timeInForce: TimeInForce
  package let purpose: UInt8
  /// Place of the strategy whose signal made it, or whose fill it protects; `WorkingOrder.noStrategy` for none.
  package let strategy: UInt16
  /// The stop was reached on an earlier bar: a stop order is a market order now, a stop-limit order a limit order.
  package var isTriggered: Bool
  /// False until a bar on which the order could have filled has passed: decides immediate orders and the liquidity side.
  package var hasRested: Bool
  /// The reason of a cancel that is on its way; 0 for none. Until it arrives the order may still fill.
  package var cancelReason: UInt8 = 0
  /// The venue has not said yet that it has the order. Always false where the venue is simulated: it answers at once.
  package var isUnacknowledged = false
  /// It is cancelled rather than take liquidity.
  package var isPostOnly = false
  /// Whoever asked for it wants no more than what it closes.
  package var isAskedToReduce = false
  package var hours = OrderHours.run
  /// It has had its turn among those that one bar touches inside. Always false between inputs.
  var hasHadTurn = false
  /// Raw value of the trail's unit; 0 for none.
  private(set) var trailUnit: UInt8 = 0
  /// What is still to be filled; positive. Changes by the order's own fills and with an `OrderReduced`, never else.
  package var leaves: Quantity
  package var filled = Quantity.zero
  /// Of a trailing stop how far it stays behind; of an order for an opening or closing when that is; no order is both.
  private(set) var special: Int64 = 0
  /// Nanos of currency.
  package var feePaid: Int128 = 0
  package var limitPrice: Price
  package var stopPrice: Price
  /// Only bars that open at or after this instant can fill the order.
  package let eligibleFrom: Timestamp
  /// First instant at which the order is dead; `Int64.max` nanos for never.
  package let expiresAt: Timestamp
  /// What the orders of a group have in common: the fill that stop and target protect, or the first order of those of which one alone is to fill; zero for none.
  package var groupSequence: UInt64
  /// A protective order placed by a fill inside the bar that opened then, at another price than its open: in that bar
  /// it may lose but not win. `Int64.min` where that doesn't apply.
  package let placedInsideBarOpenedAt: Timestamp
  /// Filled so far, as the venue counts it in the furthest of its reports; less is booked where some came late.
  package var reported = Quantity.zero

  package init(
    id: OrderID, side: Side, type: OrderType, timeInForce: TimeInForce, purpose: UInt8, strategy: UInt16,
    leaves: Quantity, filled: Quantity = .zero, feePaid: Int128 = 0, limitPrice: Price, stopPrice: Price,
    isTriggered: Bool, hasRested: Bool, eligibleFrom: Timestamp, expiresAt: Timestamp, groupSequence: UInt64,
    placedInsideBarOpenedAt: Timestamp, cancelReason: UInt8 = 0, isUnacknowledged: Bool = false,
    reported: Quantity = .zero
  ) {
    self.id = id
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.purpose = purpose
    self.strategy = strategy
    self.isTriggered = isTriggered
    self.hasRested = hasRested
    self.cancelReason = cancelReason
    self.isUnacknowledged = isUnacknowledged
    self.leaves = leaves
    self.filled = filled
    self.feePaid = feePaid
    self.limitPrice = limitPrice
    self.stopPrice = stopPrice
    self.eligibleFrom = eligibleFrom
    self.expiresAt = expiresAt
    self.groupSequence = groupSequence
    self.placedInsideBarOpenedAt = placedInsideBarOpenedAt
    self.reported = reported
  }

  package static let noStrategy = UInt16.max

  /// A stop-loss or take-profit.
  package var isProtective: Bool {
    purpose == OrderPurpose.stopLoss.rawValue || purpose == OrderPurpose.takeProfit.rawValue
  }
  /// Fills no more than is held.
  package var isReduceOnly: Bool {
    purpose != OrderPurpose.signal.rawValue && purpose != OrderPurpose.rollIn.rawValue
  }
  package var isCancelRequested: Bool { cancelReason != 0 }
  /// Fills no more than is held, because its purpose or whoever asked for it says so.
  package var isBoundToPosition: Bool { isReduceOnly || isAskedToReduce }
  /// A signal's order of a group of which one alone is to fill.
  package var isAlternative: Bool { groupSequence != 0 && !isProtective }

  /// The stop follows the price; `stopPrice` is where it has come to.
  package var trail: Trail? { TrailUnit(rawValue: trailUnit).map { Trail($0, special) } }
  /// The session's opening or closing that the order waits for; `Int64.max` nanos for none.
  package var auctionAt: Timestamp { Timestamp(nanos: type.isOnOpen || type.isOnClose ? special : .max) }

  /// - Precondition: the terms are those of an order of this type.
  package mutating func take(_ terms: WorkingTerms) {
    isPostOnly = terms.isPostOnly
    isAskedToReduce = terms.isReduceOnly
    hours = terms.hours
    if terms.group != 0 { groupSequence = terms.group }
    if let trail = terms.trail {
      trailUnit = trail.unit.rawValue
      special = trail.size
    } else if type.isOnOpen || type.isOnClose {
      special = terms.auctionAt.nanos
    }
  }

  /// The distance that a trailing stop stays behind is divided as prices are; a share stays what it is.
  package mutating func splitTrail(numerator: UInt64, denominator: UInt64) {
    guard trailUnit == TrailUnit.amount.rawValue else { return }
    let exact = (Int128(special) * Int128(denominator)).dividedRoundingHalfEven(by: Int128(numerator))
    special = max(Int64(clamping: exact), 1)
  }
}

/// What an order is beyond the plain ones, as it is asked for.
package struct WorkingTerms: BitwiseCopyable, Hashable, Sendable {
  package var isPostOnly = false
  package var isReduceOnly = false
  package var hours = OrderHours.run
  package var trail: Trail?
  /// From the trigger to the limit of a trailing stop-limit order: nanos of price, signed.
  package var limitDistance: Int64 = 0
  /// The session's opening or closing that the order waits for; `Int64.max` nanos for none.
  package var auctionAt = Timestamp(nanos: .max)
  /// The first order of a group of which one alone fills; 0 for none.
  package var group: UInt64 = 0
  /// The order in whose place this one works; 0 for none.
  package var replaces: UInt64 = 0

  package init() {}
}

extension WorkingTerms {
  /// The event that tells them.
  func event(of id: OrderID, goodUntil: Timestamp) -> OrderTerms {
    OrderTerms(
      order: id, isPostOnly: isPostOnly, isReduceOnly: isReduceOnly, hours: hours, trail: trail,
      limitDistance: limitDistance, auctionAt: auctionAt, goodUntil: goodUntil,
      group: group == 0 ? nil : OrderID(sequence: group), replaces: replaces == 0 ? nil : OrderID(sequence: replaces))
  }
}

extension WorkingOrder {
  /// Its terms as they are now, where an action has changed them.
  var termsEvent: OrderTerms {
    let distance = type.isTrailing && type.hasLimit ? Int128(limitPrice.nanos) - Int128(stopPrice.nanos) : 0
    return OrderTerms(
      order: id, isPostOnly: isPostOnly, isReduceOnly: isAskedToReduce, hours: hours, trail: trail,
      limitDistance: Int64(clamping: distance), auctionAt: auctionAt,
      goodUntil: timeInForce == .goodTillDate ? expiresAt : Timestamp(nanos: .max),
      group: isAlternative ? OrderID(sequence: groupSequence) : nil, replaces: nil)
  }
}

// MARK: Snapshots

extension WorkingOrder {
  private var hasSpecials: Bool {
    isPostOnly || isAskedToReduce || hours != .run || trailUnit != 0 || special != 0
  }

  func encode(into buffer: inout ByteBuffer) {
    buffer.appendVarint(id.sequence)
    buffer.append(side.rawValue)
    buffer.append(type.rawValue)
    buffer.append(timeInForce.rawValue)
    buffer.append(purpose)
    buffer.appendVarint(UInt64(strategy))
    buffer.append(cancelReason)
    buffer.appendZigzag(leaves.nanos)
    buffer.appendZigzag(filled.nanos)
    buffer.appendWideZigzag(feePaid)
    buffer.appendZigzag(limitPrice.nanos)
    buffer.appendZigzag(stopPrice.nanos)
    buffer.append((isTriggered ? 1 : 0) | (hasRested ? 2 : 0) | (isUnacknowledged ? 4 : 0) | (hasSpecials ? 8 : 0))
    buffer.appendZigzag(reported.nanos)
    buffer.appendZigzag(eligibleFrom.nanos)
    buffer.appendZigzag(expiresAt.nanos)
    buffer.appendVarint(groupSequence)
    buffer.appendZigzag(placedInsideBarOpenedAt.nanos)
    if hasSpecials {
      buffer.append((isPostOnly ? 1 : 0) | (isAskedToReduce ? 2 : 0))
      buffer.append(hours.rawValue)
      buffer.append(trailUnit)
      buffer.appendZigzag(special)
    }
  }

  static func decode(_ reader: inout ByteReader) throws(DecodeError) -> WorkingOrder {
    let id = OrderID(sequence: try reader.readVarint())
    let side = try reader.readCase("side", as: Side.self)
    let type = try reader.readCase("type", as: OrderType.self)
    let timeInForce = try reader.readCase("time_in_force", as: TimeInForce.self)
    let purpose = try reader.readCase("purpose", as: OrderPurpose.self)
    let strategy = try reader.readInstrument().rawValue
    let cancelReason = try reader.readByte()
    guard cancelReason == 0 || CancelReason(rawValue: cancelReason) != nil else {
      throw .valueOutOfRange(field: "cancel_reason", value: Int64(cancelReason))
    }
    let leaves = try reader.readZigzagQuantity()
    let filled = try reader.readZigzagQuantity()
    let feePaid = try reader.readAmount()
    let limitPrice = try reader.readZigzagPrice()
    let stopPrice = try reader.readZigzagPrice()
    let flags = try reader.readByte()
    guard flags < 16 else { throw .valueOutOfRange(field: "flags", value: Int64(flags)) }
    let reported = try reader.readZigzagQuantity()
    guard reported.nanos >= 0 else { throw .valueOutOfRange(field: "reported", value: reported.nanos) }
    var order = WorkingOrder(
      id: id, side: side, type: type, timeInForce: timeInForce, purpose: purpose.rawValue,
      strategy: strategy, leaves: leaves, filled: filled, feePaid: feePaid, limitPrice: limitPrice,
      stopPrice: stopPrice, isTriggered: flags & 1 != 0,
      hasRested: flags & 2 != 0, eligibleFrom: Timestamp(nanos: try reader.readZigzag()),
      expiresAt: Timestamp(nanos: try reader.readZigzag()), groupSequence: try reader.readVarint(),
      placedInsideBarOpenedAt: Timestamp(nanos: try reader.readZigzag()), cancelReason: cancelReason,
      isUnacknowledged: flags & 4 != 0, reported: reported)
    if flags & 8 != 0 { try order.decodeSpecials(&reader) }
    guard type.isTrailing == (order.trail != nil), order.trail?.isPossible ?? true else { throw .inconsistent("trail") }
    return order
  }
  private mutating func decodeSpecials(_ reader: inout ByteReader) throws(DecodeError) {
    let flags = try reader.readByte()
    guard flags < 4 else { throw .valueOutOfRange(field: "specials", value: Int64(flags)) }
    isPostOnly = flags & 1 != 0
    isAskedToReduce = flags & 2 != 0
    hours = try reader.readCase("hours", as: OrderHours.self)
    trailUnit = try reader.readByte()
    guard trailUnit == 0 || TrailUnit(rawValue: trailUnit) != nil else {
      throw .valueOutOfRange(field: "trail_unit", value: Int64(trailUnit))
    }
    special = try reader.readZigzag()
    guard hasSpecials, special == 0 || trailUnit != 0 || type.isOnOpen || type.isOnClose else {
      throw .inconsistent("specials")
    }
  }
}
