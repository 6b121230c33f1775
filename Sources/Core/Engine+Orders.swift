import Events
import Market

/// How orders come to be and end, apart from fills.
extension Engine {
  /// Writes an intent and the venue's answer to it.
  ///
  /// - Parameters:
  ///   - style: how it was asked for; nil for a plain order.
  ///   - group: its place among orders of which one alone is to fill.
  ///   - amending: the order whose place it takes, of the same instrument and side.
  /// - Returns: the order, where the venue works it or has filled it at once.
  @discardableResult
  mutating func place(
    _ intent: OrderIntent, strategy: Int, style: OrderStyle? = nil, group: GroupPlace = .none,
    amending: OrderID? = nil, eligibleFrom: Timestamp, placedInsideBarOpenedAt: Timestamp, sibling: UInt64 = 0,
    cause: UInt64, into out: inout EventBuffer
  ) -> OrderID? {
    let index = intent.instrument.position
    let id = OrderID(sequence: out.append(intent, cause: cause))
    var terms = WorkingTerms()
    var goodUntil = Timestamp(nanos: .max)
    if let style {
      terms = self.terms(of: style, index, limit: intent.limitPrice, stop: intent.stopPrice)
      terms.group = group.head(id)
      terms.replaces = amending?.sequence ?? 0
      if style.lifeNanos > 0 { goodUntil = now.advanced(atMost: style.lifeNanos) }
      if terms != WorkingTerms() || goodUntil.nanos != .max {
        out.append(terms.event(of: id, goodUntil: goodUntil), cause: id.sequence)
      }
    }
    counts.orders += 1
    noteRates(intent, strategy: strategy)
    // Breakers look at an order when it stands: what they cancel then includes it.
    defer { noteOrder(intent, strategy: strategy, cause: id.sequence, into: &out) }
    if risk.isWithheld {
      out.append(OrderWithheld(order: id), cause: id.sequence)
      risk.books[index].intended = books[index].position.quantity.nanos
      return nil
    }
    if let reason = rejection(of: intent, style, terms, id) {
      let rejected = out.append(OrderRejected(order: id, reason: reason), cause: id.sequence)
      noteReject(intent.instrument.position, strategy: strategy, cause: rejected, into: &out)
      return nil
    }
    let expiresAt = end(of: intent.type, intent.timeInForce, terms, goodUntil: goodUntil, index)
    if !isAnsweredOutside { out.append(OrderAccepted(order: id, expiresAt: expiresAt), cause: id.sequence) }
    var order = WorkingOrder(
      id: id, side: intent.side, type: intent.type, timeInForce: intent.timeInForce, purpose: intent.purpose.rawValue,
      strategy: strategy < 0 ? WorkingOrder.noStrategy : UInt16(strategy), leaves: intent.quantity,
      limitPrice: intent.limitPrice ?? .zero, stopPrice: intent.stopPrice ?? .zero,
      isTriggered: false, hasRested: false, eligibleFrom: eligibleFrom, expiresAt: expiresAt,
      groupSequence: sibling, placedInsideBarOpenedAt: placedInsideBarOpenedAt, isUnacknowledged: isAnsweredOutside)
    if style != nil { order.take(terms) }
    if let amending { take(the: amending, over: &order, index, into: &out) }
    books[index].orders.append(order)
    if !closes.isEmpty { fillAtDecision(index, into: &out) }
    return id
  }

  /// Why the venue won't work an order; nil where it will.
  private func rejection(
    of intent: OrderIntent, _ style: OrderStyle?, _ terms: WorkingTerms, _ id: OrderID
  ) -> RejectReason? {
    let index = intent.instrument.position
    let instrument = instruments[index]
    if let style {
      if !style.isPossible { return .styleImpossible }
      if (style.type.isOnOpen || style.type.isOnClose) && terms.auctionAt.nanos == .max { return .styleImpossible }
      if isAnsweredOutside, !Engine.isWorkableOutside(style) { return .notSupported }
      if style.isReduceOnly, reducible(index, intent.side) == .zero { return .nothingToReduce }
    }
    if intent.quantity.nanos <= 0 { return .quantityNotPositive }
    if intent.quantity.nanos % instrument.lotSize.nanos != 0 { return .quantityNotInLots }
    if intent.type.hasLimit != (intent.limitPrice != nil) || intent.type.hasTrigger != (intent.stopPrice != nil) {
      return .priceMissing
    }
    if let limit = intent.limitPrice, limit.nanos % instrument.tickSize.nanos != 0 { return .priceNotInTicks }
    if let stop = intent.stopPrice, stop.nanos % instrument.tickSize.nanos != 0 { return .priceNotInTicks }
    return !isAnsweredOutside && configuration.friction.rejects(id) ? .venueReason : nil
  }

  /// Takes an order that is over, or filled whole, out of the book.
  ///
  /// - Precondition: the event is a transition of the order's state, and to a state that isn't open.
  func isEnd(_ order: WorkingOrder, _ event: OrderEvent) -> Bool { order.state.after(event)?.isOpen == false }

  @discardableResult
  mutating func end(_ index: Int, _ position: Int, by event: OrderEvent) -> WorkingOrder {
    let order = books[index].orders.remove(at: position)
    invariant(isEnd(order, event), "what ends an order is a transition that ends it", Int64(event.rawValue))
    return order
  }

  /// Units of a position that an order of a side can make smaller.
  func reducible(_ index: Int, _ side: Side) -> Quantity {
    let held = paysInKind ? closable(index) : books[index].position.quantity
    return held.nanos != 0 && (held.nanos > 0) == (side == .sell) ? held.magnitude : .zero
  }

  /// Ends all orders of an instrument; the run's own end waits for no venue.
  mutating func cancelAll(_ index: Int, cause: UInt64, reason: CancelReason, into out: inout EventBuffer) {
    if reason == .runEnded { return cancel(index, cause: cause, reason: reason, into: &out) { _ in true } }
    withdraw(index, cause: cause, reason: reason, into: &out) { _ in true }
  }

  /// Cancels what older signals left working; what flattens is no signal's, and works on.
  ///
  /// - Parameter strategy: only this one's; nil for all.
  mutating func cancelSignalOrders(
    _ index: Int, reason: CancelReason = .replaced, ofStrategy strategy: Int? = nil, cause: UInt64,
    into out: inout EventBuffer
  ) {
    withdraw(index, cause: cause, reason: reason, into: &out) {
      !$0.isReduceOnly && (strategy == nil || Int($0.strategy) == strategy)
    }
  }

  /// Cancels everything but what flattens: nothing that begins to close takes back what closes already.
  mutating func cancelAllButFlattening(
    _ index: Int, cause: UInt64, reason: CancelReason, into out: inout EventBuffer
  ) {
    withdraw(index, cause: cause, reason: reason, into: &out) { $0.purpose != OrderPurpose.flatten.rawValue }
  }

  /// Cancels a strategy's signal orders of one side, where no other strategy lacks anything on it: what a signal that is cut to zero no longer wants.
  mutating func cancelUnwanted(
    _ index: Int, ofStrategy strategy: Int, _ side: Side, cause: UInt64, into out: inout EventBuffer
  ) {
    if strategyCount > 1 {
      for other in 0..<strategyCount where other != strategy && lack(other, index) * Int128(side.sign) > 0 { return }
    }
    withdraw(index, cause: cause, reason: .replaced, into: &out) {
      !$0.isReduceOnly && $0.side == side && Int($0.strategy) == strategy
    }
  }

  /// Cancels what protects a strategy's part.
  mutating func cancelProtection(
    _ index: Int, ofStrategy strategy: Int, cause: UInt64, into out: inout EventBuffer
  ) {
    // At a venue outside one order protects what all strategies hold together, and holds their units back.
    let isShared = !protections.isEmpty && risk.shares[strategy * books.count + index].quantity != 0
    withdraw(index, cause: cause, reason: .breaker, into: &out) {
      $0.isProtective && (isShared || Int($0.strategy) == strategy)
    }
  }

  /// Takes orders back: at once, or where the venue is slow to cancel, by asking for it.
  mutating func withdraw(
    _ index: Int, cause: UInt64, reason: CancelReason, into out: inout EventBuffer, where ends: (WorkingOrder) -> Bool
  ) {
    guard ordersLinger else { return cancel(index, cause: cause, reason: reason, into: &out, where: ends) }
    for position in books[index].orders.indices where ends(books[index].orders[position]) {
      requestCancel(index, position, reason, cause: cause, into: &out)
    }
  }

  /// Asks the venue to cancel an order, once.
  mutating func requestCancel(
    _ index: Int, _ position: Int, _ reason: CancelReason, cause: UInt64, into out: inout EventBuffer
  ) {
    if isAnsweredOutside {
      let order = books[index].orders[position]
      if risk.isWithheld { return withholdCancel(index, order, reason, cause: cause, into: &out) }
      noteWish(index, order, reason)
    }
    // Refused where it was asked before.
    guard books[index].orders[position].take(.askCancel, reason: reason.rawValue) != nil else { return }
    out.append(CancelRequested(order: books[index].orders[position].id, reason: reason), cause: cause)
  }

  /// The venue confirms the cancels that it was asked for before this bar.
  mutating func confirmCancels(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      if let reason = CancelReason(rawValue: order.cancelReason) {
        end(index, position, by: .confirmCancel)
        out.append(OrderCancelled(order: order.id, reason: reason, leaves: order.leaves), cause: cause)
        if !order.isReduceOnly { risk.books[index].needsFollowUp = true }
      } else {
        position += 1
      }
    }
  }

  /// Cancels protective orders that would no longer close anything.
  mutating func cancelStrayProtection(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    let held = paysInKind ? closable(index).nanos : books[index].position.quantity.nanos
    cancel(index, cause: cause, reason: .siblingDone, into: &out) {
      $0.isBoundToPosition && (held == 0 || (held > 0) == ($0.side == .buy))
    }
  }

  /// Ends orders at once, as the venue does itself.
  private mutating func cancel(
    _ index: Int, cause: UInt64, reason: CancelReason, into out: inout EventBuffer, where ends: (WorkingOrder) -> Bool
  ) {
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      if ends(order) {
        end(index, position, by: .confirmCancel)
        out.append(OrderCancelled(order: order.id, reason: reason, leaves: order.leaves), cause: cause)
      } else {
        position += 1
      }
    }
  }

  /// Takes what a protective order filled off the signal orders that were to sell (buy back) the same units, oldest first.
  mutating func reduceExits(
    _ index: Int, side: Side, by quantity: Quantity, cause: UInt64, into out: inout EventBuffer
  ) {
    var left = quantity
    var position = 0
    while position < books[index].orders.count, left != .zero {
      let order = books[index].orders[position]
      guard !order.isProtective, order.side == side else {
        position += 1
        continue
      }
      if order.leaves <= left {
        left -= order.leaves
        end(index, position, by: .confirmCancel)
        out.append(OrderCancelled(order: order.id, reason: .siblingDone, leaves: order.leaves), cause: cause)
        if order.isAlternative { reduceGroup(index, of: order, by: order.leaves, cause: cause, into: &out) }
      } else {
        reduce(index, position, to: order.leaves - left, reason: .positionClosed, cause: cause, into: &out)
        if order.isAlternative { reduceGroup(index, of: order, by: left, cause: cause, into: &out) }
        return
      }
    }
  }

  /// Lets an order work on with another quantity, and says so: what is left of an order changes by its own fills or by this event.
  mutating func reduce(
    _ index: Int, _ position: Int, to leaves: Quantity, reason: ReduceReason, cause: UInt64, into out: inout EventBuffer
  ) {
    let step = books[index].orders[position].take(.resize)
    invariant(step != nil, "an order that works can be made smaller", Int64(index))
    books[index].orders[position].leaves = leaves
    out.append(OrderReduced(order: books[index].orders[position].id, reason: reason, leaves: leaves), cause: cause)
  }

  /// Ends what depended on a position that a protective order of `side` has just closed: all orders but the rest of a flip, and
  /// where there is no flip, what the strategies had asked for.
  mutating func settleFlat(_ index: Int, side: Side, cause: UInt64, into out: inout EventBuffer) {
    cancel(index, cause: cause, reason: .siblingDone, into: &out) { $0.isProtective || $0.side != side }
    guard books[index].orders.isEmpty else { return }
    for strategy in 0..<strategyCount { dropTarget(strategy, index) }
  }

  /// Whether a fill of a signal order of this side can be followed by the protective orders it may need.
  func canProtect(_ index: Int, _ side: Side) -> Bool {
    let exits = configuration.exits
    if exits.isEmpty { return true }
    let held = books[index].position.quantity.nanos
    // Nothing is protected yet, or the fill closes first and clears what is.
    if held == 0 || (held > 0) != (side == .buy) { return true }
    return protectiveOrderCount(index) + 2 <= Limits.workingOrdersMax
  }

  func protectiveOrderCount(_ index: Int) -> Int {
    var count = 0
    for position in books[index].orders.indices where books[index].orders[position].isProtective { count += 1 }
    return count
  }

  /// Places the protective orders of a fill that opened something.
  mutating func protect(
    _ index: Int, side: Side, strategy: Int, filled: Quantity, price: Price, isAtOpen: Bool, isAtClose: Bool = false,
    _ bar: Bar, cause: UInt64, into out: inout EventBuffer
  ) {
    let exits = configuration.exits
    if exits.isEmpty { return }
    let held = books[index].position.quantity
    if held == .zero || (held.nanos > 0) != (side == .buy) { return }
    let opened = paysInKind ? closable(min(filled, held.magnitude), index) : min(filled, held.magnitude)
    if opened == .zero { return }
    let tick = instruments[index].tickSize
    let exitSide = side.opposite
    let isInside = !isAtOpen && !convention.path.isPath
    let placed = isInside ? bar.openTime : Timestamp(nanos: .min)
    let eligibleFrom = protects(from: bar, isAtOpen: isAtOpen, isAtClose: isAtClose)
    func intent(_ type: OrderType, _ purpose: OrderPurpose, limit: Price?, stop: Price?) -> OrderIntent {
      OrderIntent(
        instrument: bar.instrument, side: exitSide, type: type, timeInForce: .goodTillCancelled, purpose: purpose,
        quantity: opened, limitPrice: limit, stopPrice: stop)
    }
    if let micros = exits.stopLossMicros {
      let stop = moved(price, by: -micros * side.sign, tick: tick, side: exitSide)
      place(
        intent(.stop, .stopLoss, limit: nil, stop: stop), strategy: strategy, eligibleFrom: eligibleFrom,
        placedInsideBarOpenedAt: placed, sibling: cause,
        cause: passed(index, exitSide, opened, .protectsPosition, cause: cause, into: &out), into: &out)
    }
    if let trail = exits.trail {
      let stop = trail.stop(from: price, side: exitSide, tick: tick)
      place(
        intent(.trailingStop, .stopLoss, limit: nil, stop: stop), strategy: strategy,
        style: OrderStyle(type: .trailingStop, timeInForce: .goodTillCancelled, trail: trail),
        eligibleFrom: eligibleFrom, placedInsideBarOpenedAt: placed, sibling: cause,
        cause: passed(index, exitSide, opened, .protectsPosition, cause: cause, into: &out), into: &out)
    }
    if let micros = exits.takeProfitMicros {
      let limit = moved(price, by: micros * side.sign, tick: tick, side: exitSide)
      place(
        intent(.limit, .takeProfit, limit: limit, stop: nil), strategy: strategy, eligibleFrom: eligibleFrom,
        placedInsideBarOpenedAt: placed, sibling: cause,
        cause: passed(index, exitSide, opened, .protectsPosition, cause: cause, into: &out), into: &out)
    }
  }

  /// Since when a bar must have opened to fill what protects an entry.
  private func protects(from bar: Bar, isAtOpen: Bool, isAtClose: Bool) -> Timestamp {
    // Behind a close nothing of the bar is left.
    if isAtClose { return bar.knownAt }
    switch convention.protection {
    case .entryBar: return bar.openTime
    case .entryBarOfMarketOrders: return isAtOpen ? bar.openTime : bar.knownAt
    case .nextBar: return bar.knownAt
    }
  }

  /// Writes the gate's decision on an order that can only close, and so passes; returns its sequence.
  func passed(
    _ index: Int, _ side: Side, _ quantity: Quantity, _ reason: RiskReason, cause: UInt64, into out: inout EventBuffer
  ) -> UInt64 {
    let change = Quantity(nanos: quantity.nanos * side.sign)
    let held = books[index].position.quantity.nanos
    return out.append(
      RiskDecision(
        instrument: InstrumentIndex(index), outcome: .passed, reason: reason, requested: change, allowed: change,
        observed: max(held, -Int64.max), limit: max(held, -Int64.max)), cause: cause)
  }

  /// A price moved by millionths of itself, on a tick.
  func moved(_ price: Price, by micros: Int64, tick: Price, side: Side) -> Price {
    let distance = (Int128(price.nanos.magnitude) * Int128(micros)).dividedRoundingHalfEven(by: 1_000_000)
    return rounded(Int128(price.nanos) + distance, tick: tick, side: side)
  }
}
