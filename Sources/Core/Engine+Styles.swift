import Events
package import Market
import Strategies

/// From the style of an order to its prices, its terms and its end.
extension Engine {
  /// Limit and trigger of an order of this style by its offsets from the mark; nil where its type has none.
  func orderPrices(_ style: OrderStyle, _ index: Int, _ side: Side) -> (limit: Price?, stop: Price?) {
    let tick = instruments[index].tickSize
    let mark = books[index].mark
    let limitTicks = Int128(style.limitOffsetTicks) * Int128(side.sign)
    let stopTicks = Int128(style.stopOffsetTicks) * Int128(side.sign)
    switch style.type {
    case .market, .marketOnOpen, .marketOnClose: return (nil, nil)
    case .limit, .limitOnOpen, .limitOnClose: return (stepped(mark, ticks: -limitTicks, tick: tick, side: side), nil)
    case .stop: return (nil, stepped(mark, ticks: stopTicks, tick: tick, side: side.opposite))
    case .stopLimit:
      return (
        stepped(mark, ticks: stopTicks - limitTicks, tick: tick, side: side),
        stepped(mark, ticks: stopTicks, tick: tick, side: side.opposite)
      )
    case .marketIfTouched: return (nil, stepped(mark, ticks: -stopTicks, tick: tick, side: side))
    case .limitIfTouched:
      return (
        stepped(mark, ticks: -stopTicks - limitTicks, tick: tick, side: side),
        stepped(mark, ticks: -stopTicks, tick: tick, side: side)
      )
    case .trailingStop, .trailingStopLimit:
      guard let trail = style.trail else { return (nil, nil) }
      let stop = trail.stop(from: mark, side: side, tick: tick)
      if style.type == .trailingStop { return (nil, stop) }
      return (stepped(stop, ticks: -limitTicks, tick: tick, side: side), stop)
    }
  }

  /// A price `ticks` away, on a tick: down for a buy, up for a sell, so that rounding is never to the account's harm.
  private func stepped(_ price: Price, ticks: Int128, tick: Price, side: Side) -> Price {
    // Offsets beyond any price stay beyond, and their product with a tick within 128 bits.
    let bounded = min(max(ticks, -Int128(Int64.max)), Int128(Int64.max))
    return rounded(Int128(price.nanos) + bounded * Int128(tick.nanos), tick: tick, side: side)
  }

  /// An exact price rounded to a tick: down for a buy, up for a sell.
  func rounded(_ nanos: Int128, tick: Price, side: Side) -> Price {
    let (whole, rest) = nanos.quotientAndRemainder(dividingBy: Int128(tick.nanos))
    var ticks = whole
    if rest < 0, side == .buy { ticks -= 1 }
    if rest > 0, side == .sell { ticks += 1 }
    // Beyond what a price holds the result is on no tick, and the venue rejects the order for it.
    return Price(nanos: max(Int64(clamping: ticks * Int128(tick.nanos)), -Int64.max))
  }

  /// What an order of this style has beyond a plain one.
  func terms(of style: OrderStyle, _ index: Int, limit: Price?, stop: Price?) -> WorkingTerms {
    var terms = WorkingTerms()
    terms.isPostOnly = style.isPostOnly
    terms.isReduceOnly = style.isReduceOnly
    terms.hours = style.hours
    terms.trail = style.trail
    if style.type == .trailingStopLimit, let limit, let stop {
      terms.limitDistance = Int64(clamping: Int128(limit.nanos) - Int128(stop.nanos))
    }
    let calendar = TradingCalendar(instruments[index].calendar)
    if style.type.isOnClose { terms.auctionAt = calendar.sessionEnd(after: now) }
    if style.type.isOnOpen, let session = calendar.session(openingAtOrAfter: now) { terms.auctionAt = session.open }
    return terms
  }

  /// First instant at which an order is dead; `Int64.max` nanos for never.
  func end(of type: OrderType, _ timeInForce: TimeInForce, _ terms: WorkingTerms, goodUntil: Timestamp, _ index: Int)
    -> Timestamp
  {
    if type.isOnClose { return terms.auctionAt }
    if type.isOnOpen { return TradingCalendar(instruments[index].calendar).sessionEnd(after: terms.auctionAt) }
    switch timeInForce {
    case .goodTillDate: return goodUntil
    case .day:
      let calendar = TradingCalendar(instruments[index].calendar)
      return terms.hours == .extended ? calendar.extendedEnd(after: now) : calendar.sessionEnd(after: now)
    case .goodTillCancelled, .immediateOrCancel, .fillOrKill: return Timestamp(nanos: .max)
    }
  }

  /// Whether a bar can fill an order: known before it opened, in its hours, and of the auction that it waits for.
  @inline(__always)
  func isEligible(_ order: WorkingOrder, _ bar: Bar, _ index: Int) -> Bool {
    if bar.openTime < order.eligibleFrom { return false }
    if order.hours == .run, !order.type.isOnOpen, !order.type.isOnClose { return true }
    return isInHours(order, bar, index)
  }

  @inline(never)
  private func isInHours(_ order: WorkingOrder, _ bar: Bar, _ index: Int) -> Bool {
    let calendar = TradingCalendar(instruments[index].calendar)
    if order.hours != .run {
      var span = PhaseSpan()
      switch calendar.phase(from: bar.openTime, to: bar.knownAt, cached: &span) {
      case .regular: break
      case .pre, .post: if order.hours == .regular { return false }
      case .closed, .break: return false
      }
    }
    let auction = order.auctionAt
    if order.type.isOnOpen {
      // The session's first bar, or one that holds all of it, as daily bars do. Of bars that don't begin with the session none shows its open.
      if bar.openTime < auction { return bar.knownAt >= calendar.sessionEnd(after: auction) }
      return (Int128(bar.openTime.nanos) - Int128(auction.nanos)) % Int128(bar.durationNanos) == 0
    }
    if order.type.isOnClose {
      if bar.knownAt == auction { return true }
      guard bar.knownAt > auction, auction.nanos > .min,
        let session = calendar.session(atOrAfter: Timestamp(nanos: auction.nanos - 1))
      else { return false }
      return bar.openTime <= session.open
    }
    return true
  }

  /// Whether a venue outside can work an order of this style; its simulation can work all.
  package static func isWorkableOutside(_ style: OrderStyle) -> Bool {
    switch style.type {
    case .market, .limit, .stop, .stopLimit, .marketIfTouched, .limitIfTouched: break
    case .trailingStop, .trailingStopLimit, .marketOnOpen, .limitOnOpen, .marketOnClose, .limitOnClose: return false
    }
    return !style.isReduceOnly && style.hours == .run && style.trail == nil
  }

  /// The style in which a change is ordered: the strategy's own, or the profile's.
  func style(strategy: Int, index: Int, isOnlyClosing: Bool) -> OrderStyle {
    if strategy >= 0, let own = strategies.style(strategy, InstrumentIndex(known(index)), isExit: isOnlyClosing) {
      return own
    }
    return isOnlyClosing ? exitStyle : entryStyle
  }
}
