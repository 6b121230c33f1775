import Events
import Market

/// What protects a position at a venue outside: stop-loss and take-profit orders that rest there.
///
/// The simulated venue cuts them as the position changes. A real one holds back what a resting sale would sell, and answers later: so nothing here may ever
/// let more be sold than is held, whatever is on its way. The rules:
///
/// 1. What is held, less what any order of the closing side may still fill, less fills that the venue counts and that were not told yet, is open. What is open gets a
///    protective order once the entry is over; where the entry goes on working, with the next bar or reading of the clock: so a burst of fills makes one order.
/// 2. Several fills make several orders, up to `ProtectionState.orderCountMax`; then all are taken back, and one is placed for everything.
/// 3. A decision to close finds its units held back. It takes back what protects, waits until the venue has confirmed that, and is made again then; on bars that
///    may no longer be acted on it isn't, and what is held is protected anew.
/// 4. Where more would be sold than is held (a position that was adopted smaller, say), what protects is taken back, the newest first.
/// 5. A protective order that the venue ends or refuses is placed again with the next bar, then after 2, 4 … 32. Where that bar has closed beyond the
///    stop, the venue would refuse a stop: the position is closed by a market order.
///    That holds for every bar, however long the wait for the next stop.
/// 6. While a kill, a breaker or a person closes the position nothing is protected: both would want the same units.
/// 7. A person who cancels all takes this back too, until the next entry fills.
///
/// 8. Stop and target together are a group at the venue: what one fills ends the other there, and a cancel of one is a cancel of both. A target that is left alone after a
///    partial fill is taken back, and both are placed anew for the rest.
///
/// 9. Where the venue refuses a stop because the market is beyond it (of a group, because either price is passed), what it was to protect is closed by a market order at once: it waits for no bar, but, as
///    everything here, for the other one of its group to be told over, and it sells no more than is held, less what may still fill.
///
/// The stop is counted from the price of the fills that it protects, so it stands where the simulated venue's stands; what is protected anew counts from the average cost.
extension Engine {
  /// What has brought the engine to look at a position's protection.
  enum ProtectionMoment {
    case report
    case clock
    /// Behind a bar, whose close says where the market is.
    case bar
  }

  /// Whether a venue outside can protect positions so.
  package static func isProtectableOutside(_ exits: ProtectiveExits) -> Bool {
    exits.trail == nil
  }

  /// Puts a position's protection right, as far as what is on its way allows.
  mutating func settleProtection(
    _ index: Int, _ moment: ProtectionMoment, cause: UInt64, into out: inout EventBuffer
  ) {
    putRight(index, moment, cause: cause, into: &out)
    tellOfNakedness(index, cause: cause, into: &out)
  }

  private mutating func putRight(
    _ index: Int, _ moment: ProtectionMoment, cause: UInt64, into out: inout EventBuffer
  ) {
    if isBeingClosed(index) {
      protections[index].makesWay = false
      return
    }
    if protections[index].makesWay {
      let isWaiting = books[index].orders.contains {
        $0.isCancelRequested && ($0.isProtective || moment == .report)
      }
      if isWaiting { return }
      protections[index].makesWay = false
      decideAgain(index, cause: cause, into: &out)
      if protections[index].makesWay { return }
    }
    cancelExcess(index, cause: cause, into: &out)
    if moment != .report { cancelLoneTargets(index, cause: cause, into: &out) }
    protectOpen(index, moment, cause: cause, into: &out)
  }

  /// Notes that a fresh bar has come, or one of history.
  mutating func noteBar(_ bar: Bar, _ index: Int) {
    protections[index].freshUntil =
      bar.isHistorical ? Timestamp(nanos: .min) : bar.knownAt.advanced(atMost: bar.durationNanos)
    if !bar.isHistorical, protections[index].barsToWait > 0 { protections[index].barsToWait -= 1 }
  }

  /// Takes back what holds the units that a decision wants to sell (buy back); false where nothing does.
  mutating func makeWay(for change: Quantity, _ index: Int, cause: UInt64, into out: inout EventBuffer) -> Bool {
    let side: Side = change.nanos > 0 ? .buy : .sell
    guard books[index].orders.contains(where: { $0.isProtective && $0.side == side }) else { return false }
    withdraw(index, cause: cause, reason: .replaced, into: &out) { $0.isProtective }
    protections[index].makesWay = true
    risk.books[index].needsFollowUp = true
    return true
  }

  /// What fills of ended orders of a side the venue counts and hasn't told: they will still move the position.
  func untold(_ index: Int, _ side: Side) -> Int64 {
    if protections.isEmpty { return 0 }
    var sum: Int128 = 0
    for order in books[index].reports.ended where order.side == side {
      sum += Int128(max(order.reported.nanos - order.filled.nanos, 0))
    }
    return Int64(clamping: sum)
  }

  /// Follows a fill of an order that opens or closes something.
  mutating func noteProtection(
    _ index: Int, of order: WorkingOrder, _ quantity: Quantity, value: Int128, cause: UInt64,
    into out: inout EventBuffer
  ) {
    let held = books[index].position.quantity
    if held == .zero || (held.nanos > 0) != (order.side == .buy) {
      if closable(index) == .zero {
        (protections[index].fresh, protections[index].freshValue) = (.zero, 0)
        protections[index].isPassed = false
      }
      if order.isProtective, closable(index) == .zero {
        settleProtectedFlat(index, order.side, cause: cause, into: &out)
      }
      return
    }
    guard order.purpose == OrderPurpose.signal.rawValue else { return }
    let opened = min(quantity, held.magnitude)
    let sum = Int128(protections[index].fresh.nanos) + Int128(opened.nanos)
    if sum <= Int128(held.magnitude.nanos) {
      protections[index].fresh = Quantity(nanos: Int64(sum))
      protections[index].freshValue +=
        opened == quantity ? value : scaled(value, by: opened.nanos, over: quantity.nanos)
    } else {
      (protections[index].fresh, protections[index].freshValue) = (held.magnitude, costOfHeld(index))
    }
    protections[index].isOff = false
    (protections[index].failures, protections[index].barsToWait) = (0, 0)
  }

  /// A protective order has closed the position: entries that still work are taken back, and what the strategies had asked for is done.
  private mutating func settleProtectedFlat(
    _ index: Int, _ side: Side, cause: UInt64, into out: inout EventBuffer
  ) {
    withdraw(index, cause: cause, reason: .siblingDone, into: &out) { $0.isProtective || $0.side != side }
    // What waits for way to be made, or works already, goes beyond zero.
    if protections[index].makesWay
      || books[index].orders.contains(where: { !$0.isCancelRequested && !$0.isProtective && $0.side == side })
    {
      return
    }
    risk.books[index].intended = books[index].position.quantity.nanos
    for strategy in 0..<strategyCount { dropTarget(strategy, index) }
  }

  /// Follows the end, or the acceptance, of a protective order.
  mutating func noteProtective(_ index: Int, _ order: WorkingOrder, _ type: ExecutionType) {
    if protections.isEmpty || !order.isProtective { return }
    switch type {
    case .accepted: (protections[index].failures, protections[index].barsToWait) = (0, 0)
    // Where the other one of a group works on, it has ended this one, or will be told to have ended with it.
    case .wouldTrigger: protections[index].isPassed = true
    case .rejected: if !hasMate(index, order) { protections[index].fail() }
    case .expired, .cancelled: if !order.isCancelRequested, !hasMate(index, order) { protections[index].fail() }
    // It works on, and so does what it protects: the next bar decides again.
    case .cancelRejected: protections[index].makesWay = false
    // It is placed anew at once, where orders may leave.
    case .neverArrived: if risk.isWithheld, !hasMate(index, order) { protections[index].fail() }
    case .filled, .reduced: break
    }
  }

  // MARK: What rests

  /// What orders of a side may still fill, of those of which one alone fills counted once.
  private func leaves(_ index: Int, _ side: Side) -> Int128 {
    var sum: Int128 = 0
    for place in books[index].orders.indices where books[index].orders[place].side == side {
      if books[index].orders[place].groupSequence != 0, isShadowed(index, place) { continue }
      sum += Int128(groupLeaves(index, place))
    }
    return sum
  }

  /// What an order, or the others of its group in its place, may still fill: where one has filled a part, the others are over at the venue.
  private func groupLeaves(_ index: Int, _ place: Int) -> Int64 {
    let order = books[index].orders[place]
    var least = order.leaves.nanos
    guard order.isProtective else { return least }
    for mate in books[index].orders where mate.isProtective && mate.groupSequence == order.groupSequence {
      least = min(least, mate.leaves.nanos)
    }
    return least
  }

  /// Whether another order of a protective order's group still works.
  private func hasMate(_ index: Int, _ order: WorkingOrder) -> Bool {
    books[index].orders.contains {
      $0.isProtective && $0.groupSequence == order.groupSequence && $0.id != order.id
    }
  }

  /// Takes back targets whose stop is over at the venue: what is left would rest without one.
  private mutating func cancelLoneTargets(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    guard configuration.exits.stopLossMicros != nil, configuration.exits.takeProfitMicros != nil else { return }
    for place in books[index].orders.indices {
      let order = books[index].orders[place]
      guard order.purpose == OrderPurpose.takeProfit.rawValue, order.filled != .zero, !hasMate(index, order) else {
        continue
      }
      withdraw(index, cause: cause, reason: .replaced, into: &out) { $0.id == order.id }
    }
  }

  private func isBeingClosed(_ index: Int) -> Bool {
    if !risk.isDisturbed { return false }
    if risk.kill.phase != .none || risk.books[index].flattenAttempt > 0 { return true }
    return (0..<strategyCount).contains {
      risk.flattening[$0] && risk.shares[$0 * books.count + index].quantity != 0
    }
  }

  private mutating func cancelExcess(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    let held = books[index].position.quantity.nanos
    let side: Side = held > 0 ? .sell : .buy
    // What would open something by closing what isn't there.
    withdraw(index, cause: cause, reason: .siblingDone, into: &out) {
      $0.isProtective && (held == 0 || $0.side != side)
    }
    if held == 0 { return }
    var excess = leaves(index, side) + Int128(untold(index, side)) - Int128(closable(index).magnitude.nanos)
    if excess <= 0 { return }
    for isAsked in [true, false] {
      for place in books[index].orders.indices.reversed() {
        if excess <= 0 { return }
        let order = books[index].orders[place]
        guard order.isProtective, order.side == side, !isShadowed(index, place) else { continue }
        let group = order.groupSequence
        let wasAsked = books[index].orders.contains {
          $0.isProtective && $0.groupSequence == group && $0.isCancelRequested
        }
        if wasAsked != isAsked { continue }
        excess -= Int128(groupLeaves(index, place))
        if isAsked { continue }
        withdraw(index, cause: cause, reason: .siblingDone, into: &out) {
          $0.isProtective && $0.groupSequence == group
        }
      }
    }
  }

  /// Makes the decision again that waited for what protects to be taken back.
  private mutating func decideAgain(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    // Nothing is ordered on history, and nothing on a bar that another should have followed: the next bar decides.
    let until = protections[index].freshUntil
    guard until.nanos != .min, risk.clock <= until, risk.books[index].needsFollowUp else { return }
    followUp(index, knownAt: now, cause: cause, into: &out)
  }

  // MARK: What is placed

  private mutating func protectOpen(
    _ index: Int, _ moment: ProtectionMoment, cause: UInt64, into out: inout EventBuffer
  ) {
    let held = closable(index)
    if protections[index].isOff || risk.isWithheld || held == .zero { protections[index].isPassed = false }
    let isPassed = protections[index].isPassed
    if protections[index].isOff || risk.isWithheld || held == .zero { return }
    let side: Side = held.nanos > 0 ? .sell : .buy
    let open = Int128(held.magnitude.nanos) - leaves(index, side) - Int128(untold(index, side))
    if open <= 0 { return }
    if books[index].orders.contains(where: { $0.isProtective && $0.isCancelRequested }) { return }
    if moment == .report, !isPassed, isEntering(index, side.opposite) { return }
    let quantity = Quantity(nanos: Int64(open)).roundedDown(toLot: instruments[index].lotSize)
    if quantity == .zero { return }
    // A close beyond the stop is acted on at every bar: what waits for a venue that refuses is the stop, not the exit.
    if protections[index].barsToWait > 0, !isPassed, moment != .bar || !isBeyondStop(index, side, quantity) { return }
    if !isPassed, protectiveGroupCount(index) >= ProtectionState.orderCountMax {
      return withdraw(index, cause: cause, reason: .replaced, into: &out) { $0.isProtective }
    }
    let price = protectedPrice(index, quantity)
    (protections[index].fresh, protections[index].freshValue) = (.zero, 0)
    protections[index].isPassed = false
    if isPassed { return exitAtMarket(quantity, side, index, cause: cause, into: &out) }
    place(protecting: quantity, side, from: price, index, moment, cause: cause, into: &out)
  }

  /// Whether the mark is at or beyond the stop that `quantity` would be given.
  private func isBeyondStop(_ index: Int, _ side: Side, _ quantity: Quantity) -> Bool {
    guard let micros = configuration.exits.stopLossMicros else { return false }
    let price = protectedPrice(index, quantity)
    let stop = moved(price, by: -micros * side.opposite.sign, tick: instruments[index].tickSize, side: side)
    return side == .sell ? books[index].mark <= stop : books[index].mark >= stop
  }

  /// Whether an entry is in the middle of filling: what comes at once is protected at once.
  private func isEntering(_ index: Int, _ side: Side) -> Bool {
    books[index].orders.contains { $0.side == side && !$0.isReduceOnly && $0.filled != .zero && !$0.isCancelRequested }
  }

  private func protectiveGroupCount(_ index: Int) -> Int {
    var count = 0
    for place in books[index].orders.indices where books[index].orders[place].isProtective && !isShadowed(index, place)
    {
      count += 1
    }
    return count
  }

  /// From where stops and targets are counted: the average price of the fills that nothing protects yet; where more than those is protected, that of all that is held.
  private func protectedPrice(_ index: Int, _ protected: Quantity) -> Price {
    let state = protections[index]
    // Fees in units leave less than was filled, and what is protected is whole lots.
    let lot = instruments[index].lotSize
    let isFresh = state.fresh != .zero && protected <= state.fresh.roundedDown(toLot: lot)
    let quantity = isFresh ? state.fresh : books[index].position.quantity.magnitude
    let value = isFresh ? state.freshValue : costOfHeld(index)
    let units = Int128(quantity.nanos) * Int128(instruments[index].multiplierNanos / FixedPoint.unit)
    if units == 0 { return books[index].mark }
    let (product, overflowed) = value.multipliedReportingOverflow(by: Int128(FixedPoint.unit))
    let nanos =
      overflowed ? value / max(units / Int128(FixedPoint.unit), 1) : product.dividedRoundingHalfEven(by: units)
    return Price(nanos: max(Int64(clamping: nanos), -Int64.max))
  }

  /// What is held cost, without the sign of a short position.
  private func costOfHeld(_ index: Int) -> Int128 {
    let position = books[index].position
    return position.quantity.nanos < 0 ? -position.costBasis : position.costBasis
  }

  private mutating func place(
    protecting quantity: Quantity, _ side: Side, from price: Price, _ index: Int, _ moment: ProtectionMoment,
    cause: UInt64, into out: inout EventBuffer
  ) {
    let exits = configuration.exits
    let tick = instruments[index].tickSize
    let sign = side.opposite.sign
    let mark = books[index].mark
    // The close of a bar alone says where the market is; before it the venue knows better.
    func isReached(_ price: Price, below: Bool) -> Bool { moment == .bar && (below ? mark <= price : mark >= price) }
    var legs: [(type: OrderType, purpose: OrderPurpose, limit: Price?, stop: Price?)] = []
    if let micros = exits.stopLossMicros {
      let stop = moved(price, by: -micros * sign, tick: tick, side: side)
      let isBeyond = isReached(stop, below: side == .sell)
      legs.append(isBeyond ? (.market, .stopLoss, nil, nil) : (.stop, .stopLoss, nil, stop))
    }
    if let micros = exits.takeProfitMicros, legs.first?.type != .market {
      let limit = moved(price, by: micros * sign, tick: tick, side: side)
      // A target that is reached fills at once, and needs no stop beside it.
      if isReached(limit, below: side == .buy) { legs.removeAll() }
      legs.append((.limit, .takeProfit, limit, nil))
    }
    for leg in legs {
      let intent = OrderIntent(
        instrument: InstrumentIndex(index), side: side, type: leg.type, timeInForce: .goodTillCancelled,
        purpose: leg.purpose, quantity: quantity, limitPrice: leg.limit, stopPrice: leg.stop)
      if !placeProtective(intent, index, cause: cause, into: &out) { return }
    }
  }

  /// The stop has been passed, and the venue says so: what it would have sold is sold now.
  private mutating func exitAtMarket(
    _ quantity: Quantity, _ side: Side, _ index: Int, cause: UInt64, into out: inout EventBuffer
  ) {
    let intent = OrderIntent(
      instrument: InstrumentIndex(index), side: side, type: .market, timeInForce: .goodTillCancelled,
      purpose: .stopLoss, quantity: quantity, limitPrice: nil, stopPrice: nil)
    _ = placeProtective(intent, index, cause: cause, into: &out)
  }

  private mutating func placeProtective(
    _ intent: OrderIntent, _ index: Int, cause: UInt64, into out: inout EventBuffer
  ) -> Bool {
    let placed = place(
      intent, strategy: holder(index), eligibleFrom: now, placedInsideBarOpenedAt: Timestamp(nanos: .min),
      sibling: cause,
      cause: passed(index, intent.side, intent.quantity, .protectsPosition, cause: cause, into: &out), into: &out)
    if placed == nil { protections[index].fail() }
    return placed != nil
  }

  /// The strategy that holds most of a position.
  private func holder(_ index: Int) -> Int {
    let sign: Int128 = books[index].position.quantity.nanos > 0 ? 1 : -1
    var (holder, most) = (0, Int128.min)
    for strategy in 0..<strategyCount {
      let part = risk.shares[strategy * books.count + index].quantity * sign
      if part > most { (holder, most) = (strategy, part) }
    }
    return holder
  }
}
