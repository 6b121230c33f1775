import Core
import Market
import Wire

/// When orders fill. The prices are those of the simulated venue (`FillCondition`, numbered there; `TakeProfitCondition` for what it doesn't know), so that a
/// run against this exchange and its simulated twin agree.
///
/// 1. An order that arrives while a bar runs meets that bar's open at once: market orders fill there, limits that the open allows, stops it has passed.
///    What the price has done since the open doesn't count: the decision was made on the bar before.
/// 2. What rests meets the rest of the bar when it closes, in the simulated venue's order: fills at the open, then stops touched inside, then limits.
///    So what is cancelled while a bar runs doesn't fill in it.
/// 3. An order that arrives while no bar runs meets the next one's open when it opens.
/// 4. All fills of a symbol on one bar share the volume that the settings allow.
/// 5. Fills go out before the message that closes the bar.
extension Exchange {
  /// The next moment of the market.
  mutating func play(into actions: inout [ServerAction]) {
    guard let moment = tape.advance(through: time) else { return }
    switch moment.phase {
    case .opens: meetOpen(moment.listing)
    case .firstExtreme, .secondExtreme, .settles: break
    case .closes: meetClose(moment.listing, tape.bars[moment.listing][moment.bar], number: moment.bar)
    }
    sendUserEvents(into: &actions)
    pushKlines(moment, into: &actions)
  }

  private mutating func meetOpen(_ listing: Int) {
    for place in open[listing] where orders[place].waitsForOpen {
      orders[place].waitsForOpen = false
      arrive(place)
    }
  }

  /// An order that has been accepted meets the running bar's open.
  mutating func arrive(_ place: Int) {
    let listing = orders[place].listing
    guard let (number, bar, _) = tape.running(listing) else {
      orders[place].waitsForOpen = true
      return
    }
    switch verdict(place, on: bar) {
    case .none, .triggered: break
    case .fills(let quote) where quote.isAtOpen:
      if orders[place].type.hasStop { trigger(place) }
      fill(place, quote, bar, number: number)
    case .fills: break
    }
    guard orders[place].status.isOpen, settings.immediacy == .onArrival, isImmediate(orders[place]) else { return }
    expire(place)
  }

  private mutating func meetClose(_ listing: Int, _ bar: Bar, number: Int) {
    let places = open[listing]
    for place in places where orders[place].status.isOpen {
      guard case .fills(let quote) = verdict(place, on: bar), quote.isAtOpen, isResting(place, since: bar) else {
        continue
      }
      if orders[place].type.hasStop { trigger(place) }
      fill(place, quote, bar, number: number)
    }
    for isStopTurn in [true, false] {
      var done: [Int] = []
      while let (place, quote) = nearest(of: places, except: done, areStops: isStopTurn, bar) {
        done.append(place)
        if orders[place].type.hasStop { trigger(place) }
        fill(place, quote, bar, number: number)
      }
    }
    for place in places where orders[place].status.isOpen {
      let isReached = orders[place].isTriggered || reaches(place, bar)
      if orders[place].type.hasStop, isReached { trigger(place) }
      orders[place].hasRested = true
      if isImmediate(orders[place]), !orders[place].type.hasStop || isReached { expire(place) }
    }
  }

  /// The order whose turn is next inside a bar: as in the simulated venue of the side of the oldest that fills, the one that the price comes to first.
  private func nearest(
    of places: [Int], except done: [Int], areStops: Bool, _ bar: Bar
  ) -> (place: Int, quote: FillQuote)? {
    var found: (place: Int, quote: FillQuote)?
    for place in places where orders[place].status.isOpen && !done.contains(place) {
      let order = orders[place]
      let isStop = order.type.isStopLoss && !(order.isTriggered && order.type == .stopLossLimit)
      guard isStop == areStops, case .fills(let quote) = verdict(place, on: bar), !quote.isAtOpen else { continue }
      if let found {
        if orders[found.place].side != order.side { continue }
        if !FillCondition.isNearer(
          order.side, turnPrice(place, quote), than: turnPrice(found.place, found.quote), areStops: areStops)
        {
          continue
        }
      }
      found = (place, quote)
    }
    return found
  }

  private func turnPrice(_ place: Int, _ quote: FillQuote) -> Price {
    guard let working = orders[place].working(number: place) else { return quote.price }
    return FillCondition.turnPrice(working, quote)
  }

  /// It was there when the bar opened: one that came later has met the open already.
  private func isResting(_ place: Int, since bar: Bar) -> Bool {
    orders[place].createdAt < bar.openTime || orders[place].hasRested
  }

  /// Whether what an order doesn't get at once, or in its one bar, expires.
  private func isImmediate(_ order: ExchangeOrder) -> Bool {
    switch order.type {
    case .market: return settings.immediacy == .onArrival
    case .stopLoss, .takeProfit: return settings.immediacy == .onArrival && order.isTriggered
    case .limit: return order.timeInForce != .goodTillCancelled
    case .stopLossLimit, .takeProfitLimit: return order.timeInForce != .goodTillCancelled && order.isTriggered
    case .limitMaker: return false
    }
  }

  func verdict(_ place: Int, on bar: Bar) -> FillVerdict {
    if let working = orders[place].working(number: place) { return FillCondition.verdict(working, on: bar) }
    return TakeProfitCondition.verdict(orders[place], on: bar)
  }

  private func reaches(_ place: Int, _ bar: Bar) -> Bool {
    guard orders[place].type.hasStop else { return false }
    guard orders[place].type.isStopLoss, let working = orders[place].working(number: place) else {
      return TakeProfitCondition.isReached(orders[place], on: bar)
    }
    return FillCondition.reachesTrigger(working, on: bar)
  }

  private mutating func trigger(_ place: Int) {
    if orders[place].isTriggered { return }
    claim(place)
    orders[place].isTriggered = true
    orders[place].workingAt = time
  }

  /// Fills what volume, balance and time in force allow of one order.
  mutating func fill(_ place: Int, _ quote: FillQuote, _ bar: Bar, number: Int) {
    let listing = orders[place].listing
    let instrument = tape.listings[listing].instrument
    if budgets[listing]?.bar != number {
      budgets[listing] = BarBudget(
        bar: number, volume: VolumeBudget(bar, shareMicros: settings.volumeShareMicros, lot: instrument.lotSize))
    }
    let price = slipped(quote, orders[place], bar, tick: instrument.tickSize)
    guard measure(place, at: price) else { return }
    let available = budgets[listing]?.volume.left ?? .zero
    if available != .zero { claim(place) }
    var wanted = orders[place].leaves
    if settings.checksBalances { wanted = min(wanted, affordable(place, at: price)) }
    if orders[place].timeInForce == .fillOrKill, min(available, wanted) < orders[place].leaves {
      expire(place)
      return
    }
    let isCovered = wanted == orders[place].leaves
    let quantity = budgets[listing]?.volume.take(wanted) ?? .zero
    if quantity != .zero { book(place, quantity, at: price, isMaker: !quote.takesLiquidity) }
    // A market or stop order whose price ran away from what was held back for it.
    if !isCovered, orders[place].status.isOpen { expire(place) }
  }

  /// Makes a quantity of a quote amount, at the price it fills at; false where it isn't worth a lot.
  private mutating func measure(_ place: Int, at price: Price) -> Bool {
    let order = orders[place]
    guard order.quoteOrderQuantity > 0, order.quantity == .zero else { return true }
    let lot = tape.listings[order.listing].instrument.lotSize
    let exact = order.quoteOrderQuantity * Int128(FixedPoint.unit) / Int128(price.nanos)
    orders[place].quantity = Quantity(nanos: Int64(clamping: exact)).roundedDown(toLot: lot)
    if orders[place].quantity == .zero { expire(place) }
    return orders[place].quantity != .zero
  }

  /// A fill of an order, whatever led to it: balances, trade, reports.
  mutating func book(_ place: Int, _ quantity: Quantity, at price: Price, isMaker: Bool) {
    let order = orders[place]
    let listing = tape.listings[order.listing]
    let notional = price.notional(quantity, multiplier: listing.instrument.multiplierNanos)
    let fee = settings.fees.fee(
      quantity: quantity, notional: notional, isMaker: isMaker, orderFilledBefore: order.executed,
      orderFeeBefore: order.feePaid, traded: traded)
    let isInBase = settings.commission == .received && order.side == .buy
    // A share of what is received, in the eight decimals of balances; a fee a unit is turned into units at the price.
    let kept =
      settings.commission == .received && price.nanos > 0
      ? settings.fees.fee(
        ofReceived: isInBase ? Int128(quantity.nanos) : notional, isMaker: isMaker, traded: traded) : nil
    traded += notional
    let commission =
      kept
      ?? (isInBase && price.nanos > 0
        ? (fee * Int128(FixedPoint.unit) / Int128(price.nanos)).dividedRoundingHalfEven(by: 10) * 10 : fee)
    let ordinary = (commission, isInBase ? listing.baseAsset : listing.quoteAsset)
    let (paid, asset) = inFeeAsset(fee, quotedIn: listing.quoteAsset) ?? ordinary
    settle(place, quantity, at: price, notional: notional, commission: paid, asset: asset)
    let trade = ExchangeTrade(
      id: Int64(trades[order.listing].count + 1), order: place, quantity: quantity, price: price,
      quoteQuantity: notional, commission: paid, commissionAsset: asset, isMaker: isMaker, time: time)
    trades[order.listing].append(trade)
    if order.executed == .zero { limits.removeOrder(acceptedAt: order.createdAt, at: time) }
    orders[place].executed += quantity
    orders[place].executedQuote += notional
    orders[place].feePaid += fee
    orders[place].updatedAt = time
    orders[place].hasRested = true
    orders[place].status = orders[place].leaves == .zero ? .filled : .partiallyFilled
    if !orders[place].status.isOpen { close(place) }
    report(place, .trade, trade: trade)
    reportBalances(of: order.listing, and: asset)
  }

  private func slipped(_ quote: FillQuote, _ order: ExchangeOrder, _ bar: Bar, tick: Price) -> Price {
    guard quote.takesLiquidity else { return quote.price }
    let price = settings.slippage.price(quote.price, side: order.side, bar: bar, tickSize: tick)
    guard order.type.hasPrice else { return price }
    return order.side == .buy ? min(price, order.price) : max(price, order.price)
  }

  /// What is left of an order lapses.
  mutating func expire(_ place: Int) {
    let order = orders[place]
    orders[place].status = .expired
    orders[place].updatedAt = time
    orders[place].expiryReason =
      switch order.timeInForce {
      case .immediateOrCancel: "UNFILLED_IOC_QUANTITY_EXPIRED"
      case .fillOrKill: "UNFILLED_FOK_ORDER_EXPIRED"
      case .goodTillCancelled: "INSUFFICIENT_LIQUIDITY"
      }
    close(place)
    report(place, .expired)
    reportBalances(of: order.listing)
  }
}
