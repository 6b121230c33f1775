/// Where an order is in its life, and what an event makes of that: the one table that the reducer goes by, drawn in `docs/orders.md`.
///
/// Quantities are told by the event's own case (`fillPart` leaves something, `fillRest` nothing, `fillBeyond` is more than there was), so that the table has no conditions:
/// each event in each state is a named transition or a named refusal. A refusal changes nothing.
///
/// What the venue filled is ours whatever we think of the order: no state refuses a fill but one that was counted before.
package enum OrderState: UInt8, CaseIterable, Sendable {
  /// On its way; the venue has not said that it has it.
  case sent
  /// On its way, and a cancel behind it.
  case recalled
  /// At the venue.
  case working
  /// At the venue, and a cancel on its way: it may still fill.
  case cancelling
  /// Filled whole.
  case filled
  /// Over with something left: cancelled, expired, rejected, replaced or never arrived.
  case over

  package var isOpen: Bool {
    switch self {
    case .sent, .recalled, .working, .cancelling: true
    case .filled, .over: false
    }
  }
}

/// What can happen to an order.
package enum OrderEvent: UInt8, CaseIterable, Sendable {
  case acknowledge
  case reject
  case neverArrive
  case fillPart
  case fillRest
  case fillBeyond
  /// A fill that was counted before, by its trade id or by the venue's own count.
  case fillAgain
  case askCancel
  case confirmCancel
  case refuseCancel
  case expire
  /// It works on with another quantity.
  case resize
  /// Another order takes its place.
  case replace
}

/// What an event made of an order.
package enum OrderStep: Hashable, Sendable {
  case moves(to: OrderState, OrderTransition)
  case refused(OrderRefusal)
}

package enum OrderTransition: UInt8, CaseIterable, Sendable {
  case acknowledged
  case rejected
  /// It had been acknowledged, and was rejected all the same.
  case rejectedLate
  case lost
  case filledInPart
  case filledWhole
  /// More was filled than was left; booked, and an alert.
  case overfilled
  /// Filled after it was over; booked, and an alert.
  case filledLate
  case cancelAsked
  case cancelled
  /// The venue ended it unasked.
  case endedByVenue
  case cancelRefused
  case expired
  case resized
  case replaced
}

package enum OrderRefusal: UInt8, CaseIterable, Sendable {
  case acknowledgedBefore
  case askedBefore
  case countedBefore
  /// A cancel was refused that nobody had asked for.
  case nothingAsked
  case isFilled
  case isOver
}

extension OrderState {
  /// What `event` makes of an order in this state.
  package func step(_ event: OrderEvent) -> OrderStep {
    switch self {
    case .sent: stepSent(event)
    case .recalled: stepRecalled(event)
    case .working: stepWorking(event)
    case .cancelling: stepCancelling(event)
    case .filled: stepDone(event, .isFilled)
    case .over: stepDone(event, .isOver)
    }
  }

  /// A fill, an end or a resize says that the venue has it: no acknowledgement need come before.
  private func stepSent(_ event: OrderEvent) -> OrderStep {
    switch event {
    case .acknowledge: .moves(to: .working, .acknowledged)
    case .reject: .moves(to: .over, .rejected)
    case .neverArrive: .moves(to: .over, .lost)
    case .fillPart: .moves(to: .working, .filledInPart)
    case .fillRest: .moves(to: .filled, .filledWhole)
    case .fillBeyond: .moves(to: .filled, .overfilled)
    case .fillAgain: .refused(.countedBefore)
    case .askCancel: .moves(to: .recalled, .cancelAsked)
    case .confirmCancel: .moves(to: .over, .endedByVenue)
    case .refuseCancel: .refused(.nothingAsked)
    case .expire: .moves(to: .over, .expired)
    case .resize: .moves(to: .working, .resized)
    case .replace: .moves(to: .over, .replaced)
    }
  }

  private func stepRecalled(_ event: OrderEvent) -> OrderStep {
    switch event {
    case .acknowledge: .moves(to: .cancelling, .acknowledged)
    case .reject: .moves(to: .over, .rejected)
    case .neverArrive: .moves(to: .over, .lost)
    case .fillPart: .moves(to: .cancelling, .filledInPart)
    case .fillRest: .moves(to: .filled, .filledWhole)
    case .fillBeyond: .moves(to: .filled, .overfilled)
    case .fillAgain: .refused(.countedBefore)
    case .askCancel: .refused(.askedBefore)
    case .confirmCancel: .moves(to: .over, .cancelled)
    case .refuseCancel: .moves(to: .working, .cancelRefused)
    case .expire: .moves(to: .over, .expired)
    case .resize: .moves(to: .cancelling, .resized)
    case .replace: .moves(to: .over, .replaced)
    }
  }

  private func stepWorking(_ event: OrderEvent) -> OrderStep {
    switch event {
    case .acknowledge: .refused(.acknowledgedBefore)
    case .reject: .moves(to: .over, .rejectedLate)
    case .neverArrive: .moves(to: .over, .lost)
    case .fillPart: .moves(to: .working, .filledInPart)
    case .fillRest: .moves(to: .filled, .filledWhole)
    case .fillBeyond: .moves(to: .filled, .overfilled)
    case .fillAgain: .refused(.countedBefore)
    case .askCancel: .moves(to: .cancelling, .cancelAsked)
    case .confirmCancel: .moves(to: .over, .endedByVenue)
    case .refuseCancel: .refused(.nothingAsked)
    case .expire: .moves(to: .over, .expired)
    case .resize: .moves(to: .working, .resized)
    case .replace: .moves(to: .over, .replaced)
    }
  }

  private func stepCancelling(_ event: OrderEvent) -> OrderStep {
    switch event {
    case .acknowledge: .refused(.acknowledgedBefore)
    case .reject: .moves(to: .over, .rejectedLate)
    case .neverArrive: .moves(to: .over, .lost)
    case .fillPart: .moves(to: .cancelling, .filledInPart)
    case .fillRest: .moves(to: .filled, .filledWhole)
    case .fillBeyond: .moves(to: .filled, .overfilled)
    case .fillAgain: .refused(.countedBefore)
    case .askCancel: .refused(.askedBefore)
    case .confirmCancel: .moves(to: .over, .cancelled)
    case .refuseCancel: .moves(to: .working, .cancelRefused)
    case .expire: .moves(to: .over, .expired)
    case .resize: .moves(to: .cancelling, .resized)
    case .replace: .moves(to: .over, .replaced)
    }
  }

  /// Over is over, but for what had filled at the venue before and is told now.
  private func stepDone(_ event: OrderEvent, _ refusal: OrderRefusal) -> OrderStep {
    switch event {
    case .fillPart: .moves(to: self, .filledLate)
    case .fillRest: .moves(to: .filled, .filledLate)
    case .fillBeyond: .moves(to: self, .overfilled)
    case .fillAgain: .refused(.countedBefore)
    case .acknowledge, .reject, .neverArrive, .askCancel, .confirmCancel, .refuseCancel, .expire, .resize, .replace:
      .refused(refusal)
    }
  }

  /// The state that a transition leads to; nil where the event is refused.
  package func after(_ event: OrderEvent) -> OrderState? {
    if case .moves(let state, _) = step(event) { return state }
    return nil
  }
}

extension OrderEvent {
  /// What a fill of `quantity` nanos is to an order with `leaves` nanos left.
  @inline(__always)
  package static func fill(_ quantity: Int64, of leaves: Int64) -> OrderEvent {
    quantity < leaves ? .fillPart : quantity == leaves ? .fillRest : .fillBeyond
  }
}

extension WorkingOrder {
  package var state: OrderState {
    if isUnacknowledged { return isCancelRequested ? .recalled : .sent }
    return isCancelRequested ? .cancelling : .working
  }

  /// Takes the order over into the state that an event leads to; false where the event is refused, and then nothing has changed.
  ///
  /// - Parameter reason: of a cancel that is asked for.
  /// - Returns: the transition, nil for a refusal. An order whose state is over has to leave the book.
  @inline(__always)
  mutating func take(_ event: OrderEvent, reason: UInt8 = 0) -> (state: OrderState, transition: OrderTransition)? {
    guard case .moves(let next, let transition) = state.step(event) else { return nil }
    switch next {
    case .sent, .recalled, .working, .cancelling:
      isUnacknowledged = next == .sent || next == .recalled
      if next == .working || next == .sent { cancelReason = 0 } else if cancelReason == 0 { cancelReason = reason }
    case .filled, .over: break
    }
    return (next, transition)
  }
}
