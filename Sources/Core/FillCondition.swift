package import Events
package import Market

/// Where and by which rule an order fills inside one bar, before slippage and volume are looked at.
package struct FillQuote: BitwiseCopyable, Hashable, Sendable {
  package var price: Price
  package var rule: UInt8
  /// At the bar's open, so before everything that happens inside it.
  package var isAtOpen: Bool
  package var takesLiquidity: Bool

  package init(price: Price, rule: UInt8, isAtOpen: Bool, takesLiquidity: Bool) {
    self.price = price
    self.rule = rule
    self.isAtOpen = isAtOpen
    self.takesLiquidity = takesLiquidity
  }

  package var fillRule: FillRule { FillRule(rawValue: rule)! }
}

/// What one bar does to one order.
package enum FillVerdict: Hashable, Sendable {
  case none
  /// A limit order's trigger was reached, but its limit not certainly afterwards: it rests as a limit order from the next bar on.
  case triggered
  case fills(FillQuote)
}

/// The fill conditions of the simulated venue, pessimistic where a bar leaves the order of its prices open.
///
/// Numbered; tests are named by these numbers, `explain` prints the rule.
/// 1. Market: at the open.
/// 2. Limit: the bar opens at the limit or better: at the open. Otherwise, touched inside: at the limit.
/// 3. Stop: the bar opens at the stop or beyond: at the open, which is worse. Otherwise, touched inside: at the stop. What the
///    volume of that bar left of it is a market order from the next bar on.
/// 4. Stop-limit: opening at or beyond the stop triggers at the open, then condition 2 holds for that bar. A stop touched inside
///    fills at the stop where the limit allows it; where it doesn't, only a close at the limit or better proves that
///    the price came back after the trigger: then it fills at the limit, otherwise it rests triggered, as a limit order from the
///    next bar on.
/// 5. No price is outside low … high, and none is beyond an order's limit, slippage included. An immediate order (IOC, FOK) takes what is there when it
///    arrives or when its trigger is reached, and never waits for a price: in 2, 4 and 7 it fills at the open or at its trigger, or not at all.
/// 6. Market-if-touched: the bar opens at the trigger or better: at the open. Otherwise, touched inside: at the trigger, taking liquidity.
/// 7. Limit-if-touched: opening at or beyond the trigger triggers at the open, then condition 2 holds for that bar. A trigger touched inside fills at
///    the trigger where the limit allows it; where the limit is further away, the price passes the trigger first: touched, it fills at the limit.
/// 8. Trailing stop, with or without a limit: the open moves the level, then conditions 3 and 4 hold with it; a level that the bar's own extreme sets is
///    crossed for certain where the bar closes beyond it, but nobody knows where: at the bar's worst price, and with a limit it rests triggered. After
///    the bar, its extreme moves the level for the next. The level never goes back.
/// 9. On open: at the open of the first bar of a session, where a limit allows it, or not at all.
/// 10. On close: at the close of the last bar of a session, where a limit allows it, or not at all; after everything else that fills in the bar.
///
/// Formulas are written for a buy; a sell is a buy of mirrored prices.
package enum FillCondition {
  package static func verdict(
    _ order: WorkingOrder, on bar: Bar, _ terms: FillTerms = FillTerms()
  ) -> FillVerdict {
    verdict(order, in: PriceStretch(bar), terms)
  }

  @inline(__always)
  package static func verdict(_ order: WorkingOrder, in prices: PriceStretch, _ terms: FillTerms) -> FillVerdict {
    let sign = order.side.sign
    // Mirrored so that lower is always better for the order's owner.
    let open = prices.open.nanos * sign
    let best = order.side == .buy ? prices.low.nanos : -prices.high.nanos
    let worst = order.side == .buy ? prices.high.nanos : -prices.low.nanos
    let close = prices.close.nanos * sign
    let limit = order.limitPrice.nanos * sign
    let stop = order.stopPrice.nanos * sign
    switch order.type {
    case .market:
      return fills(open, sign, .marketAtOpen, atOpen: true, takes: true)
    case .limit:
      if terms.limitNeedsPenetration, best >= limit { return .none }
      if open <= limit {
        let price = terms.gap == .own ? limit : open
        return fills(price, sign, .limitGapAtOpen, atOpen: true, takes: !order.hasRested)
      }
      if best <= limit, !order.timeInForce.isImmediate {
        return fills(limit, sign, .limitTouched, atOpen: false, takes: false)
      }
      return .none
    case .stop, .trailingStop:
      let trails = order.type == .trailingStop
      if order.isTriggered { return fills(open, sign, .marketAtOpen, atOpen: true, takes: true) }
      if open >= stop {
        let price = terms.gap == .own ? stop : open
        return fills(price, sign, trails ? .trailGapAtOpen : .stopGapAtOpen, atOpen: true, takes: true)
      }
      if worst >= stop { return fills(stop, sign, trails ? .trailTouched : .stopTouched, atOpen: false, takes: true) }
      if trails, isCrossed(order, prices, terms) {
        return fills(worst, sign, .trailProved, atOpen: false, takes: true)
      }
      return .none
    case .stopLimit, .trailingStopLimit:
      if order.isTriggered || open >= stop {
        if open <= limit { return fills(open, sign, .stopLimitAtOpen, atOpen: true, takes: !order.isTriggered) }
        if best <= limit, !order.timeInForce.isImmediate {
          return fills(limit, sign, .stopLimitTouched, atOpen: false, takes: false)
        }
        return .triggered
      }
      if worst < stop {
        return order.type == .trailingStopLimit && isCrossed(order, prices, terms) ? .triggered : .none
      }
      if stop <= limit { return fills(stop, sign, .stopLimitTouched, atOpen: false, takes: true) }
      if close <= limit, !order.timeInForce.isImmediate {
        return fills(limit, sign, .stopLimitTouched, atOpen: false, takes: false)
      }
      return .triggered
    case .marketIfTouched:
      if order.isTriggered { return fills(open, sign, .marketAtOpen, atOpen: true, takes: true) }
      if open <= stop {
        return fills(terms.gap == .own ? stop : open, sign, .ifTouchedAtOpen, atOpen: true, takes: true)
      }
      if best <= stop { return fills(stop, sign, .ifTouched, atOpen: false, takes: true) }
      return .none
    case .limitIfTouched:
      if order.isTriggered || open <= stop {
        if open <= limit { return fills(open, sign, .ifTouchedAtOpen, atOpen: true, takes: !order.isTriggered) }
        if best <= limit, !order.timeInForce.isImmediate {
          return fills(limit, sign, .limitTouched, atOpen: false, takes: false)
        }
        return .triggered
      }
      if best > stop { return .none }
      if stop <= limit { return fills(stop, sign, .ifTouched, atOpen: false, takes: true) }
      if best <= limit, !order.timeInForce.isImmediate {
        return fills(limit, sign, .limitTouched, atOpen: false, takes: false)
      }
      return .triggered
    case .marketOnOpen, .limitOnOpen:
      if order.type == .limitOnOpen, open > limit { return .none }
      return fills(open, sign, .sessionOpen, atOpen: true, takes: true)
    case .marketOnClose, .limitOnClose:
      if order.type == .limitOnClose, close > limit { return .none }
      return fills(close, sign, .sessionClose, atOpen: false, takes: true)
    }
  }

  /// Whether a bar reaches the trigger of an order that has one.
  package static func reachesTrigger(
    _ order: WorkingOrder, on bar: Bar, _ terms: FillTerms = FillTerms()
  ) -> Bool {
    switch order.type {
    case .stop, .stopLimit:
      return order.side == .buy ? bar.high >= order.stopPrice : bar.low <= order.stopPrice
    case .trailingStop, .trailingStopLimit:
      return (order.side == .buy ? bar.high >= order.stopPrice : bar.low <= order.stopPrice)
        || isCrossed(order, PriceStretch(bar), terms)
    case .marketIfTouched, .limitIfTouched:
      return order.side == .buy ? bar.low <= order.stopPrice : bar.high >= order.stopPrice
    case .market, .limit, .marketOnOpen, .limitOnOpen, .marketOnClose, .limitOnClose: return false
    }
  }

  /// Whether a bar closes beyond the level that its own extreme sets. Of a bar in whose middle the order was placed nobody knows which extreme it saw.
  private static func isCrossed(_ order: WorkingOrder, _ prices: PriceStretch, _ terms: FillTerms) -> Bool {
    if order.placedInsideBarOpenedAt == prices.openTime || terms.trailsOnCloses { return false }
    let level = order.trailed(to: order.side == .buy ? prices.low : prices.high, tick: terms.tick)
    return order.side == .buy ? prices.close >= level : prices.close <= level
  }

  /// Whether the price comes to one order before another of the same side, where both are stops, or both are not: buys wait for a fall, their stops for a
  /// rise, sells the other way round.
  package static func isNearer(_ side: Side, _ price: Price, than other: Price, areStops: Bool) -> Bool {
    (side == .buy) == areStops ? price < other : price > other
  }

  /// The price at which it is an order's turn inside a bar: that of its fill, but for a limit order that a stop has set off on the way.
  package static func turnPrice(_ order: WorkingOrder, _ quote: FillQuote) -> Price {
    order.type.isStop && order.type.hasLimit && !order.isTriggered ? order.stopPrice : quote.price
  }

  private static func fills(
    _ mirrored: Int64, _ sign: Int64, _ rule: FillRule, atOpen: Bool, takes: Bool
  ) -> FillVerdict {
    .fills(
      FillQuote(
        price: Price(nanos: mirrored * sign), rule: rule.rawValue, isAtOpen: atOpen, takesLiquidity: takes))
  }
}

/// A bar, or a part of it between two of its prices.
package struct PriceStretch: BitwiseCopyable, Hashable, Sendable {
  package var open: Price
  package var high: Price
  package var low: Price
  package var close: Price
  /// Of the bar.
  package var openTime: Timestamp

  @inline(__always)
  package init(_ bar: Bar) {
    open = bar.open
    high = bar.high
    low = bar.low
    close = bar.close
    openTime = bar.openTime
  }

  /// The way from one price to another, without turning.
  package init(from start: Price, to end: Price, of bar: Bar) {
    open = start
    high = max(start, end)
    low = min(start, end)
    close = end
    openTime = bar.openTime
  }
}

/// What a fill condition looks at besides order and bar.
package struct FillTerms: BitwiseCopyable, Hashable, Sendable {
  package var tick = Price(nanos: 1)
  package var gap = GapPrice.open
  package var limitNeedsPenetration = false
  package var trailsOnCloses = false

  package init() {}

  package init(_ convention: FillConvention, tick: Price) {
    self.tick = tick
    gap = convention.gap
    limitNeedsPenetration = convention.limitNeedsPenetration
    trailsOnCloses = convention.trailsOnCloses
  }
}

extension WorkingOrder {
  /// The stop where `price` has moved it to; where it was, if that is nearer, or where it doesn't trail.
  package func trailed(to price: Price, tick: Price) -> Price {
    guard let trail else { return stopPrice }
    let level = trail.stop(from: price, side: side, tick: tick)
    return side == .buy ? min(level, stopPrice) : max(level, stopPrice)
  }

  /// Moves the stop, and the limit with it.
  package mutating func follow(_ price: Price, tick: Price) {
    let moved = trailed(to: price, tick: tick)
    if type.hasLimit {
      // In 128 bits: prices are anything that fits 64.
      let limit = Int128(limitPrice.nanos) + Int128(moved.nanos) - Int128(stopPrice.nanos)
      limitPrice = Price(nanos: max(Int64(clamping: limit), -Int64.max))
    }
    stopPrice = moved
  }
}
