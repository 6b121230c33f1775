import Events
import Market

/// The deterministic simulated venue: works orders against bars.
///
/// Order of work inside one bar of an instrument:
/// 1. Orders past their time in force expire; those good until an instant inside the bar do so behind its open.
/// 2. Orders that fill at the open, oldest first.
/// 3. Stops touched inside the bar, then limits touched inside: where one bar touches a stop and a target, the worse one for the account comes first.
///    Of one kind and side the one comes first that the price comes to first: the lowest of limits that sell and of stops that buy, the highest of
///    the others; of equals the oldest. Other conventions have another order, or a path of prices (`Engine+Path`).
/// 4. Orders for the session's close, oldest first.
/// 5. Protective orders placed by a fill inside this bar take part in it: after an entry at the open both do; after one at another price
///    the stop counts as touched if the bar's range holds it, the target doesn't. Stops placed by a limit's fill come last.
/// 6. What is left of immediate orders that had their chance lapses, and of orders for an opening or closing that is over; triggers that were reached stay
///    reached; trailing stops follow the bar's extreme.
///
/// All fills of an instrument on one bar share the volume that the profile allows; a bar with no volume fills nothing unless the
/// profile ignores volume. A stop is reached by prices alone, whatever the volume.
///
/// A protective fill takes its quantity off its sibling and off signal orders of its own side (an exit or a flip meant to sell the
/// same units), so that neither closes more than is held. Where it leaves the position flat and no flip is resting, all other
/// orders of the instrument end and what the strategies asked for is done: nothing enters again before one asks.
extension Engine {
  mutating func match(_ bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    let index = bar.instrument.position
    let lapsesInside = expire(index, bar, sequence: sequence, into: &out)
    var volume = VolumeBudget(
      bar, shareMicros: convention.ignoresVolume ? 0 : configuration.volumeShareMicros, lot: instruments[index].lotSize)
    fillAtOpen(index, bar, &volume, sequence: sequence, into: &out)
    if lapsesInside { expireInside(index, bar, sequence: sequence, into: &out) }
    switch convention.path {
    case .worstCase: fillInside(index, bar, &volume, first: true, sequence: sequence, into: &out)
    case .bestCase: fillInside(index, bar, &volume, first: false, sequence: sequence, into: &out)
    case .byAge: fillByAge(index, bar, &volume, sequence: sequence, into: &out)
    case .highFirst, .byBody, .nearestExtreme:
      walk(index, bar, convention.path, &volume, sequence: sequence, into: &out)
    }
    fillAtClose(index, bar, &volume, sequence: sequence, into: &out)
    if ordersLinger { confirmCancels(index, cause: sequence, into: &out) }
    settleImmediate(index, bar, sequence: sequence, into: &out)
  }

  /// Ends what is over when the bar opens; returns whether something more ends inside it.
  private mutating func expire(
    _ index: Int, _ bar: Bar, sequence: UInt64, into out: inout EventBuffer
  ) -> Bool {
    var lapsesInside = false
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      if bar.openTime >= order.expiresAt {
        end(index, position, by: .expire)
        out.append(OrderExpired(order: order.id, leaves: order.leaves), cause: sequence)
      } else {
        if order.timeInForce == .goodTillDate, isOverInside(order, bar) { lapsesInside = true }
        if order.type.isTrailing { trailToOpen(index, position, bar) }
        position += 1
      }
    }
    return lapsesInside
  }

  /// Whether the date until which an order is good lies behind a bar's open and before its end; an auction has its own end.
  @inline(never)
  private func isOverInside(_ order: WorkingOrder, _ bar: Bar) -> Bool {
    if order.type.isOnOpen || order.type.isOnClose { return false }
    switch convention.dateEnd {
    case .atItsInstant: return order.expiresAt < bar.knownAt
    case .behindItsFirstPrice: return order.expiresAt <= bar.knownAt
    case .byOpenTime: return false
    }
  }

  /// Ends what was good until an instant inside the bar: of its prices the open alone is known to have come before.
  @inline(never)
  private mutating func expireInside(_ index: Int, _ bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      if order.timeInForce == .goodTillDate, isOverInside(order, bar) {
        end(index, position, by: .expire)
        out.append(OrderExpired(order: order.id, leaves: order.leaves), cause: sequence)
      } else {
        position += 1
      }
    }
  }

  /// The open moves a trailing stop, where it isn't beyond it.
  @inline(never)
  private mutating func trailToOpen(_ index: Int, _ position: Int, _ bar: Bar) {
    let order = books[index].orders[position]
    if order.isTriggered || !isEligible(order, bar, index) { return }
    if convention.trailsOnCloses { return }
    if order.side == .buy ? bar.open >= order.stopPrice : bar.open <= order.stopPrice { return }
    books[index].orders[position].follow(bar.open, tick: instruments[index].tickSize)
  }

  private mutating func fillAtOpen(
    _ index: Int, _ bar: Bar, _ volume: inout VolumeBudget, sequence: UInt64, into out: inout EventBuffer
  ) {
    // Children placed by a fill have their turn at prices inside the bar, not at its open.
    let first = out.nextSequence
    var last: UInt64 = 0
    while let position = position(index, after: last), books[index].orders[position].id.sequence < first {
      let order = books[index].orders[position]
      last = order.id.sequence
      if isEligible(order, bar, index),
        case .fills(let quote) = FillCondition.verdict(order, on: bar, fillTerms(index)),
        quote.isAtOpen
      {
        fill(index, position, quote, bar, &volume, sequence: sequence, into: &out)
      }
    }
  }

  /// Fills what waits for the close of this bar's session.
  private mutating func fillAtClose(
    _ index: Int, _ bar: Bar, _ volume: inout VolumeBudget, sequence: UInt64, into out: inout EventBuffer
  ) {
    let first = out.nextSequence
    var last: UInt64 = 0
    while let position = position(index, after: last), books[index].orders[position].id.sequence < first {
      let order = books[index].orders[position]
      last = order.id.sequence
      guard order.type.isOnClose, isEligible(order, bar, index) else { continue }
      if case .fills(let quote) = FillCondition.verdict(order, on: bar, fillTerms(index)) {
        fill(index, position, quote, bar, &volume, sequence: sequence, into: &out)
      }
    }
  }

  /// Fills what volume, time in force and the position allow of one order, books it and looks after the orders that depend on it.
  mutating func fill(
    _ index: Int, _ position: Int, _ quote: FillQuote, _ bar: Bar, _ volume: inout VolumeBudget,
    isAtClose: Bool = false, sequence: UInt64, into out: inout EventBuffer
  ) {
    let order = books[index].orders[position]
    // A protective order closes what is held and nothing more.
    let held =
      order.isAskedToReduce
      ? reducible(index, order.side) : (paysInKind ? closable(index) : books[index].position.quantity).magnitude
    if let reason = refusal(of: order, quote, volume.left, held, index) {
      end(index, position, by: .confirmCancel)
      out.append(OrderCancelled(order: order.id, reason: reason, leaves: order.leaves), cause: sequence)
      return
    }
    let quantity = volume.take(order.isBoundToPosition ? min(order.leaves, held) : order.leaves)
    if quantity == .zero { return }
    let instrument = instruments[index]
    let price = slipped(quote, order, bar, tick: instrument.tickSize)
    let value = price.notional(quantity, multiplier: instrument.multiplierNanos)
    let notional = value < 0 ? -value : value
    let cost =
      paysInKind
      ? costInKind(order, quantity, notional, price, isMaker: !quote.takesLiquidity, index)
      : FillCost(
        cash: configuration.fees.fee(
          quantity: quantity, notional: notional, isMaker: !quote.takesLiquidity, orderFilledBefore: order.filled,
          orderFeeBefore: order.feePaid, traded: ledger.traded))
    let fee = cost.cash + cost.worth
    let leaves = order.leaves - quantity
    let realisedBefore = ledger.purses[purse(index)].realised
    counts.fills += 1
    let fill = out.append(
      Fill(
        order: order.id, bar: sequence, instrument: bar.instrument, side: order.side, quantity: quantity, price: price,
        fee: fee, slippage: slippage(from: quote.price, to: price, order.side), leaves: leaves,
        liquidity: quote.takesLiquidity ? .taker : .maker, rule: quote.fillRule), cause: order.id.sequence)
    let before = limits.netCaps.isEmpty ? [] : netStandings(index)
    book(
      index, order, quantity, price: price, value: value, notional: notional, fee: cost.cash,
      cause: fill, into: &out)
    if cost.units != .zero { payInKind(cost, index, order, price: price, cause: fill, into: &out) }
    if !before.isEmpty { warnOfNet(index, since: before, cause: fill, into: &out) }

    if leaves == .zero {
      end(index, position, by: .fillRest)
    } else {
      let step = books[index].orders[position].take(.fillPart)
      invariant(step != nil, "an order that works can fill", Int64(index))
      books[index].orders[position].leaves = leaves
      // Saturates: a split may have made more of what is left than the order ever had.
      books[index].orders[position].filled = Quantity(
        nanos: Int64(clamping: Int128(order.filled.nanos) + Int128(quantity.nanos)))
      books[index].orders[position].feePaid += fee
      books[index].orders[position].hasRested = true
    }
    if order.groupSequence != 0 { reduceGroup(index, of: order, by: quantity, cause: fill, into: &out) }
    if order.isProtective {
      reduceExits(index, side: order.side, by: quantity, cause: fill, into: &out)
      if paysInKind ? closable(index) == .zero : books[index].position.quantity == .zero {
        settleFlat(index, side: order.side, cause: fill, into: &out)
      }
    } else if !order.isReduceOnly {
      cancelStrayProtection(index, cause: fill, into: &out)
      let strategy = order.strategy == WorkingOrder.noStrategy ? -1 : Int(order.strategy)
      // What is being closed needs no protection, which would stand in for the order that closes it.
      let isClosing =
        risk.isDisturbed && (risk.books[index].flattenAttempt > 0 || (strategy >= 0 && risk.flattening[strategy]))
      // What is carried over to the next contract keeps the stops that it had.
      if risk.kill.phase == .none, !isClosing, order.purpose != OrderPurpose.rollIn.rawValue {
        protect(
          index, side: order.side, strategy: strategy, filled: quantity - cost.units, price: price,
          isAtOpen: quote.isAtOpen, isAtClose: isAtClose || order.type.isOnClose, bar, cause: fill, into: &out)
      }
      if order.isCancelRequested { risk.books[index].needsFollowUp = true }
    } else {
      cancelStrayProtection(index, cause: fill, into: &out)
    }
    noteFill(
      index, order, gain: ledger.purses[purse(index)].realised - realisedBefore, fee: fee,
      slippage: slippage(from: quote.price, to: price, order.side),
      price: price, cause: fill, into: &out)
  }

  /// Why the venue ends an order at the price at which it would fill; nil where it fills.
  private func refusal(
    of order: WorkingOrder, _ quote: FillQuote, _ volume: Quantity, _ held: Quantity, _ index: Int
  ) -> CancelReason? {
    if order.timeInForce == .fillOrKill, volume < order.leaves { return .notFillableWhole }
    if order.isPostOnly, quote.takesLiquidity { return .wouldTake }
    if order.isAskedToReduce, held == .zero { return .nothingToReduce }
    if !order.isReduceOnly, volume != .zero, !canProtect(index, order.side) { return .workingOrderCap }
    return nil
  }

  /// The price after slippage where the order takes liquidity; a limit holds whatever slips.
  private func slipped(_ quote: FillQuote, _ order: WorkingOrder, _ bar: Bar, tick: Price) -> Price {
    guard quote.takesLiquidity else { return quote.price }
    let price = configuration.slippage.price(quote.price, side: order.side, bar: bar, tickSize: tick)
    guard order.type.hasLimit else { return price }
    return order.side == .buy ? min(price, order.limitPrice) : max(price, order.limitPrice)
  }

  /// How much worse, saturated: a bar's range may be wider than `Int64`.
  private func slippage(from quoted: Price, to price: Price, _ side: Side) -> Int64 {
    Int64(clamping: (Int128(price.nanos) - Int128(quoted.nanos)) * Int128(side.sign))
  }

  /// Books a fill in position, cash and ledger and writes both changes.
  mutating func book(
    _ index: Int, _ order: WorkingOrder, _ quantity: Quantity, price: Price, value: Int128, notional: Int128,
    fee: Int128, cause: UInt64, into out: inout EventBuffer
  ) {
    let side = order.side
    let basisBefore = books[index].position.costBasis
    let gain = books[index].position.apply(
      side, quantity, at: price, value: value, multiplier: instruments[index].multiplierNanos,
      method: configuration.lots)
    let paid = -value * Int128(side.sign) - fee
    let isMargined = isMargined(index)
    let amount = isMargined ? gain - fee : paid
    let purse = purse(index)
    ledger.purses[purse].cash += amount
    ledger.purses[purse].realised += gain
    ledger.purses[purse].fees += fee
    ledger.traded += home(notional, index)
    if !isMargined { ledger.purses[purse].costBasis += books[index].position.costBasis - basisBefore }
    if watch.contains(.settlement), side == .sell { settleLater(asPaid(amount, index), index) }
    revalue(index)
    // Strategies' parts are booked as if paid for, whoever carries the notional: their profit is the same.
    share(
      index, signed: quantity.nanos * side.sign, cash: paid, value: value * Int128(side.sign), of: order)
    out.append(
      PositionChanged(
        instrument: InstrumentIndex(index), quantity: books[index].position.quantity,
        costBasis: books[index].position.costBasis, realised: gain), cause: cause)
    tellCash(.fill, amount, index, cause: cause, into: &out)
    invariant(ledger.balances, "the ledger balances after the fill caused by", Int64(cause))
  }

  /// Ends the chance of immediate orders and notes which orders have rested through a bar or were triggered by it.
  private mutating func settleImmediate(
    _ index: Int, _ bar: Bar, sequence: UInt64, into out: inout EventBuffer
  ) {
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      guard isEligible(order, bar, index) else {
        position += 1
        continue
      }
      // An immediate order with a trigger has its chance on the bar that reaches it.
      let isReached = order.type.hasTrigger && (order.isTriggered || isReached(order, bar, index))
      if let reason = lapse(order, isReached: isReached) {
        end(index, position, by: .confirmCancel)
        out.append(OrderCancelled(order: order.id, reason: reason, leaves: order.leaves), cause: sequence)
        continue
      }
      books[index].orders[position].hasRested = true
      books[index].orders[position].isTriggered = isReached
      if order.type.isTrailing { trailToExtreme(index, position, bar, wasTriggered: order.isTriggered) }
      position += 1
    }
  }

  /// Whether a bar has reached an order's trigger; along a path that was noted on the way.
  private func isReached(_ order: WorkingOrder, _ bar: Bar, _ index: Int) -> Bool {
    switch convention.path {
    case .worstCase, .byAge: FillCondition.reachesTrigger(order, on: bar, fillTerms(index))
    case .bestCase: !isPassedOver(order, bar) && FillCondition.reachesTrigger(order, on: bar, fillTerms(index))
    case .highFirst, .byBody, .nearestExtreme: false
    }
  }

  @inline(__always)
  func fillTerms(_ index: Int) -> FillTerms {
    FillTerms(convention, tick: instruments[index].tickSize)
  }

  /// Why an order that had its chance on a bar is over; nil where it rests.
  private func lapse(_ order: WorkingOrder, isReached: Bool) -> CancelReason? {
    if order.type.isOnOpen || order.type.isOnClose { return .auctionOver }
    return order.type.hasTrigger && !isReached ? nil : order.timeInForce.remainderReason
  }

  /// A trailing stop follows the bar's extreme; where that is what triggered it, its limit is made of the level that it set.
  @inline(never)
  private mutating func trailToExtreme(_ index: Int, _ position: Int, _ bar: Bar, wasTriggered: Bool) {
    let order = books[index].orders[position]
    if convention.trailsOnCloses {
      if !wasTriggered, !order.isTriggered {
        books[index].orders[position].follow(bar.close, tick: instruments[index].tickSize)
      }
      return
    }
    switch convention.path {
    case .worstCase, .bestCase, .byAge: break
    // It followed the prices on their way.
    case .highFirst, .byBody, .nearestExtreme: return
    }
    let worst = order.side == .buy ? bar.high : bar.low
    let wasTouched = order.side == .buy ? worst >= order.stopPrice : worst <= order.stopPrice
    // What was triggered stays where it was; of a bar in whose middle the order was placed nobody knows which extreme it saw.
    if wasTriggered || wasTouched || order.placedInsideBarOpenedAt == bar.openTime { return }
    books[index].orders[position].follow(
      order.side == .buy ? bar.low : bar.high, tick: instruments[index].tickSize)
  }
}
