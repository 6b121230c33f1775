import Events
import Market

/// The deterministic simulated venue: works orders against bars.
///
/// Order of work inside one bar of an instrument:
/// 1. Orders past their time in force expire.
/// 2. Orders that fill at the open, oldest first.
/// 3. Stops touched inside the bar, oldest first, then limits touched inside, oldest first: where one bar touches a stop and
///    a target, the worse one for the account comes first.
/// 4. Protective orders placed by a fill inside this bar take part in it: after an entry at the open both do; after one at another price
///    the stop counts as touched if the bar's range holds it, the target doesn't. Stops placed by a limit's fill come last.
/// 5. What is left of immediate orders that had their chance lapses; stops that were reached stay triggered.
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
    expire(index, bar, sequence: sequence, into: &out)
    var volume = VolumeBudget(bar, shareMicros: configuration.volumeShareMicros, lot: instruments[index].lotSize)
    fillAtOpen(index, bar, &volume, sequence: sequence, into: &out)
    fillInside(index, bar, &volume, stops: true, sequence: sequence, into: &out)
    let firstOfLimits = out.nextSequence
    fillInside(index, bar, &volume, stops: false, sequence: sequence, into: &out)
    fillInside(index, bar, &volume, stops: true, from: firstOfLimits, sequence: sequence, into: &out)
    if ordersLinger { confirmCancels(index, cause: sequence, into: &out) }
    settleImmediate(index, bar, sequence: sequence, into: &out)
  }

  private mutating func expire(_ index: Int, _ bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      if bar.openTime >= order.expiresAt {
        books[index].orders.remove(at: position)
        out.append(OrderExpired(order: order.id, leaves: order.leaves), cause: sequence)
      } else {
        position += 1
      }
    }
  }

  /// The place of the oldest order younger than `sequence`: loops survive orders that vanish or arrive while they run.
  private func position(_ index: Int, after sequence: UInt64) -> Int? {
    var position = 0
    while position < books[index].orders.count {
      if books[index].orders[position].id.sequence > sequence { return position }
      position += 1
    }
    return nil
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
      if bar.openTime >= order.eligibleFrom, case .fills(let quote) = FillCondition.verdict(order, on: bar),
        quote.isAtOpen
      {
        fill(index, position, quote, bar, &volume, sequence: sequence, into: &out)
      }
    }
  }

  private mutating func fillInside(
    _ index: Int, _ bar: Bar, _ volume: inout VolumeBudget, stops: Bool, from first: UInt64 = 1, sequence: UInt64,
    into out: inout EventBuffer
  ) {
    var last = first - 1
    while let position = position(index, after: last) {
      let order = books[index].orders[position]
      last = order.id.sequence
      let isStop = order.type == .stop || (order.type == .stopLimit && !order.isTriggered)
      guard isStop == stops, bar.openTime >= order.eligibleFrom else { continue }
      if order.placedInsideBarOpenedAt == bar.openTime, order.purpose == OrderPurpose.takeProfit.rawValue { continue }
      switch FillCondition.verdict(order, on: bar) {
      case .none, .triggered:
        break
      case .fills(var quote):
        if order.isProtective, order.eligibleFrom == bar.openTime, quote.isAtOpen {
          // The entry came first: the open is gone, and what is left of the bar may hold the order's own price.
          quote.price = clamped(order.type == .stop ? order.stopPrice : order.limitPrice, bar)
          quote.rule = (order.type == .stop ? FillRule.stopTouched : FillRule.limitTouched).rawValue
          quote.takesLiquidity = order.type == .stop
          quote.isAtOpen = false
        }
        // What fills at the open had its turn: no volume was left then.
        if !quote.isAtOpen { fill(index, position, quote, bar, &volume, sequence: sequence, into: &out) }
      }
    }
  }

  private func clamped(_ price: Price, _ bar: Bar) -> Price { min(max(price, bar.low), bar.high) }

  /// Fills what volume, time in force and the position allow of one order, books it and looks after the orders that depend on it.
  private mutating func fill(
    _ index: Int, _ position: Int, _ quote: FillQuote, _ bar: Bar, _ volume: inout VolumeBudget, sequence: UInt64,
    into out: inout EventBuffer
  ) {
    let order = books[index].orders[position]
    if order.timeInForce == .fillOrKill, volume.left < order.leaves {
      books[index].orders.remove(at: position)
      out.append(
        OrderCancelled(order: order.id, reason: .notFillableWhole, leaves: order.leaves), cause: sequence)
      return
    }
    // A protective order closes what is held and nothing more.
    let held = books[index].position.quantity.magnitude
    if !order.isReduceOnly, volume.left != .zero, !canProtect(index, order.side) {
      books[index].orders.remove(at: position)
      out.append(OrderCancelled(order: order.id, reason: .workingOrderCap, leaves: order.leaves), cause: sequence)
      return
    }
    let quantity = volume.take(order.isReduceOnly ? min(order.leaves, held) : order.leaves)
    if quantity == .zero { return }
    let instrument = instruments[index]
    let price = slipped(quote, order, bar, tick: instrument.tickSize)
    let value = price.notional(quantity, multiplier: instrument.multiplierNanos)
    let notional = value < 0 ? -value : value
    let fee = configuration.fees.fee(
      quantity: quantity, notional: notional, isMaker: !quote.takesLiquidity, orderFilledBefore: order.filled,
      orderFeeBefore: order.feePaid, traded: ledger.traded)
    let leaves = order.leaves - quantity
    let realisedBefore = ledger.realised
    counts.fills += 1
    let fill = out.append(
      Fill(
        order: order.id, bar: sequence, instrument: bar.instrument, side: order.side, quantity: quantity, price: price,
        fee: fee, slippage: slippage(from: quote.price, to: price, order.side), leaves: leaves,
        liquidity: quote.takesLiquidity ? .taker : .maker, rule: quote.fillRule), cause: order.id.sequence)
    let before = limits.netCaps.isEmpty ? [] : netStandings(index)
    book(
      index, order, quantity, price: price, value: value, notional: notional, fee: fee,
      cause: fill, into: &out)
    if !before.isEmpty { warnOfNet(index, since: before, cause: fill, into: &out) }

    if leaves == .zero {
      books[index].orders.remove(at: position)
    } else {
      books[index].orders[position].leaves = leaves
      // Saturates: a split may have made more of what is left than the order ever had.
      books[index].orders[position].filled = Quantity(
        nanos: Int64(clamping: Int128(order.filled.nanos) + Int128(quantity.nanos)))
      books[index].orders[position].feePaid += fee
      books[index].orders[position].hasRested = true
    }
    if order.isProtective {
      reduceSibling(index, of: order, by: quantity, cause: fill, into: &out)
      reduceExits(index, side: order.side, by: quantity, cause: fill, into: &out)
      if books[index].position.quantity == .zero { settleFlat(index, side: order.side, cause: fill, into: &out) }
    } else if !order.isReduceOnly {
      cancelStrayProtection(index, cause: fill, into: &out)
      let strategy = order.strategy == WorkingOrder.noStrategy ? -1 : Int(order.strategy)
      // What is being closed needs no protection, which would stand in for the order that closes it.
      let isClosing =
        risk.isDisturbed && (risk.books[index].flattenAttempt > 0 || (strategy >= 0 && risk.flattening[strategy]))
      if risk.kill.phase == .none, !isClosing {
        protect(
          index, side: order.side, strategy: strategy, filled: quantity, price: price, isAtOpen: quote.isAtOpen, bar,
          cause: fill, into: &out)
      }
      if order.isCancelRequested { risk.books[index].needsFollowUp = true }
    } else {
      cancelStrayProtection(index, cause: fill, into: &out)
    }
    noteFill(
      index, order, gain: ledger.realised - realisedBefore, fee: fee,
      slippage: slippage(from: quote.price, to: price, order.side),
      price: price, cause: fill, into: &out)
  }

  /// The price after slippage where the order takes liquidity; a limit holds whatever slips.
  private func slipped(_ quote: FillQuote, _ order: WorkingOrder, _ bar: Bar, tick: Price) -> Price {
    guard quote.takesLiquidity else { return quote.price }
    let price = configuration.slippage.price(quote.price, side: order.side, bar: bar, tickSize: tick)
    guard order.type == .limit || order.type == .stopLimit else { return price }
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
    ledger.cash += amount
    ledger.realised += gain
    ledger.fees += fee
    ledger.traded += notional
    if !isMargined { ledger.costBasis += books[index].position.costBasis - basisBefore }
    if watch.contains(.settlement), side == .sell { settleLater(amount, index) }
    revalue(index)
    // Strategies' parts are booked as if paid for, whoever carries the notional: their profit is the same.
    share(
      index, signed: quantity.nanos * side.sign, cash: paid, value: value * Int128(side.sign), of: order)
    out.append(
      PositionChanged(
        instrument: InstrumentIndex(index), quantity: books[index].position.quantity,
        costBasis: books[index].position.costBasis, realised: gain), cause: cause)
    out.append(CashChanged(reason: .fill, amount: amount, balance: ledger.cash), cause: cause)
    invariant(ledger.balances, "the ledger balances after the fill caused by", Int64(cause))
  }

  /// Ends the chance of immediate orders and notes which orders have rested through a bar or were triggered by it.
  private mutating func settleImmediate(
    _ index: Int, _ bar: Bar, sequence: UInt64, into out: inout EventBuffer
  ) {
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      let isImmediate = order.timeInForce == .immediateOrCancel || order.timeInForce == .fillOrKill
      guard bar.openTime >= order.eligibleFrom else {
        position += 1
        continue
      }
      // An immediate stop order has its chance on the bar that triggers it.
      let hasStop = order.type == .stop || order.type == .stopLimit
      let isReached = order.isTriggered || FillCondition.reachesStop(order, on: bar)
      if isImmediate, !hasStop || isReached {
        books[index].orders.remove(at: position)
        let reason: CancelReason = order.timeInForce == .fillOrKill ? .notFillableWhole : .immediateRemainder
        out.append(OrderCancelled(order: order.id, reason: reason, leaves: order.leaves), cause: sequence)
        continue
      }
      books[index].orders[position].hasRested = true
      books[index].orders[position].isTriggered = isReached
      position += 1
    }
  }
}
