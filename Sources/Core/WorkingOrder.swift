import Events
package import Market

/// An order that the simulated venue works: what of the intent still matters.
package struct WorkingOrder: BitwiseCopyable, Hashable, Sendable {
  package let id: OrderID
  package let side: Side
  package let type: OrderType
  package let timeInForce: TimeInForce
  package let purpose: UInt8
  /// Place of the strategy whose signal made it, or whose fill it protects; `WorkingOrder.noStrategy` for none.
  package let strategy: UInt16
  /// What is still to be filled; positive. Changes by the order's own fills and with an `OrderReduced`, never else.
  package var leaves: Quantity
  package var filled = Quantity.zero
  /// Nanos of currency.
  package var feePaid: Int128 = 0
  package var limitPrice: Price
  package var stopPrice: Price
  /// The stop was reached on an earlier bar: a stop order is a market order now, a stop-limit order a limit order.
  package var isTriggered: Bool
  /// False until a bar on which the order could have filled has passed: decides immediate orders and the liquidity side.
  package var hasRested: Bool
  /// Only bars that open at or after this instant can fill the order.
  package let eligibleFrom: Timestamp
  /// First instant at which the order is dead; `Int64.max` nanos for never.
  package let expiresAt: Timestamp
  /// The other order of a protective pair; zero for none.
  package var siblingSequence: UInt64
  /// A protective order placed by a fill inside the bar that opened then, at another price than its open: in that bar
  /// it may lose but not win. `Int64.min` where that doesn't apply.
  package let placedInsideBarOpenedAt: Timestamp

  /// The reason of a cancel that is on its way; 0 for none. Until it arrives the order may still fill.
  package var cancelReason: UInt8 = 0

  /// The venue has not said yet that it has the order. Always false where the venue is simulated: it answers at once.
  package var isUnacknowledged = false
  /// Filled so far, as the venue counts it in the furthest of its reports; less is booked where some came late.
  package var reported = Quantity.zero

  /// What only some orders have; all of it is absent in most.
  package var terms = WorkingTerms()

  package static let noStrategy = UInt16.max

  /// A stop-loss or take-profit.
  package var isProtective: Bool {
    purpose == OrderPurpose.stopLoss.rawValue || purpose == OrderPurpose.takeProfit.rawValue
  }
  /// Fills no more than is held.
  package var isReduceOnly: Bool { purpose != OrderPurpose.signal.rawValue }
  package var isCancelRequested: Bool { cancelReason != 0 }
  /// Fills no more than is held, because its purpose or whoever asked for it says so.
  package var isBoundToPosition: Bool { isReduceOnly || terms.isReduceOnly }
}

/// What an order is beyond the plain ones.
package struct WorkingTerms: BitwiseCopyable, Hashable, Sendable {
  package var isPostOnly = false
  package var isReduceOnly = false
  package var hours = OrderHours.run
  /// The stop follows the price; `stopPrice` is where it has come to.
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

extension WorkingTerms {
  /// Distances in prices are divided as prices are.
  mutating func split(numerator: UInt64, denominator: UInt64) {
    func divided(_ nanos: Int64) -> Int64 {
      Int64(clamping: (Int128(nanos) * Int128(denominator)).dividedRoundingHalfEven(by: Int128(numerator)))
    }
    if let trail, trail.unit == .amount { self.trail = Trail(.amount, max(divided(trail.size), 1)) }
    if limitDistance != 0 { limitDistance = divided(limitDistance) }
  }
}
