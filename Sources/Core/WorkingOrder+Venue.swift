import Events
package import Market

extension WorkingOrder {
  /// An order as a venue outside the reducer works it: no protection, no expiry, eligible from the start. What `FillCondition` looks at.
  package init(
    venueOrder id: OrderID, side: Side, type: OrderType, timeInForce: TimeInForce, leaves: Quantity,
    limitPrice: Price, stopPrice: Price, isTriggered: Bool, hasRested: Bool
  ) {
    self.init(
      id: id, side: side, type: type, timeInForce: timeInForce, purpose: OrderPurpose.signal.rawValue,
      strategy: WorkingOrder.noStrategy, leaves: leaves, limitPrice: limitPrice, stopPrice: stopPrice,
      isTriggered: isTriggered, hasRested: hasRested, eligibleFrom: Timestamp(nanos: .min),
      expiresAt: Timestamp(nanos: .max), groupSequence: 0, placedInsideBarOpenedAt: Timestamp(nanos: .min))
  }
}
