import Core
import Market

/// An order as the naive venue keeps it; numbered by the order of intents, from 0.
struct NaiveOrder {
  var number: Int
  var isBuy: Bool
  var type: OrderType
  var timeInForce: TimeInForce
  var isProtective: Bool
  var isTarget: Bool
  var leaves: Int128
  var limit: Int128
  var stop: Int128
  var eligibleFrom: Int64
  var expiresAt: Int64
  var filled: Int128 = 0
  var paid: Int128 = 0
  var isTriggered = false
  var hasRested = false
  /// Protective orders of one fill share a pair.
  var pair = -1
  var bornInBar: Int64?
  var bornAtOpen = false

  var trail: Trail?
  var limitDistance: Int128 = 0
  var isPostOnly = false
  var isReduceOnly = false
  var isRegularOnly = false
  /// Orders of which one alone is to fill share a group.
  var group = -1
  var tick: Int128 = 1

  var isImmediate: Bool { timeInForce == .immediateOrCancel || timeInForce == .fillOrKill }
  var trails: Bool { type == .trailingStop || type == .trailingStopLimit }
  var hasStop: Bool { type == .stop || type == .stopLimit || trails }
  var waitsForTouch: Bool { type == .marketIfTouched || type == .limitIfTouched }
  var isOnOpen: Bool { type == .marketOnOpen || type == .limitOnOpen }
  var isOnClose: Bool { type == .marketOnClose || type == .limitOnClose }
  /// Has its turn with the limits inside a bar.
  var actsAsLimit: Bool {
    switch type {
    case .limit, .marketIfTouched, .limitIfTouched: true
    case .stopLimit, .trailingStopLimit: isTriggered
    case .market, .stop, .trailingStop, .marketOnOpen, .limitOnOpen, .marketOnClose, .limitOnClose: false
    }
  }

  /// Where the trail would put the stop at a price, in whole ticks away from it.
  func level(at price: Int128) -> Int128 {
    guard let trail else { return stop }
    let distance =
      trail.unit == .amount ? Int128(trail.size) : roundHalfEven(abs(price) * Int128(trail.size), 1_000_000)
    let exact = isBuy ? price + distance : price - distance
    var whole = exact / tick
    if isBuy { while whole * tick < exact { whole += 1 } } else { while whole * tick > exact { whole -= 1 } }
    return whole * tick
  }

  /// Lets the stop follow a price, and the limit the stop.
  mutating func follow(_ price: Int128) {
    stop = isBuy ? min(stop, level(at: price)) : max(stop, level(at: price))
    if type == .trailingStopLimit { limit = stop + limitDistance }
  }

  /// Whether the bar ends beyond the level that its own best price has set: then that level was crossed on the way.
  func closesBeyondItself(_ bar: Bar) -> Bool {
    guard trails, bornInBar != bar.openTime.nanos || bornAtOpen else { return false }
    var moved = self
    moved.follow(isBuy ? Int128(bar.low.nanos) : Int128(bar.high.nanos))
    return isBuy ? Int128(bar.close.nanos) >= moved.stop : Int128(bar.close.nanos) <= moved.stop
  }

  /// Whether a bar comes to the price that the order waits for.
  func isReached(_ bar: Bar) -> Bool {
    let up = isBuy == hasStop
    let touched = up ? Int128(bar.high.nanos) >= stop : Int128(bar.low.nanos) <= stop
    return touched || closesBeyondItself(bar)
  }

  /// Where it fills at the bar's open, if it does.
  func priceAtOpen(_ bar: Bar) -> Int128? {
    let open = Int128(bar.open.nanos)
    let allowed = isBuy ? open <= limit : open >= limit
    let reached = isBuy ? open >= stop : open <= stop
    switch type {
    case .market: return open
    case .limit: return allowed ? open : nil
    case .stop: return isTriggered || reached ? open : nil
    case .stopLimit, .trailingStopLimit: return (isTriggered || reached) && allowed ? open : nil
    case .trailingStop: return isTriggered || reached ? open : nil
    case .marketIfTouched: return isTriggered || (isBuy ? open <= stop : open >= stop) ? open : nil
    case .limitIfTouched: return (isTriggered || (isBuy ? open <= stop : open >= stop)) && allowed ? open : nil
    case .marketOnOpen: return open
    case .limitOnOpen: return allowed ? open : nil
    case .marketOnClose, .limitOnClose: return nil
    }
  }

  /// Where it fills behind the open, if it does, and whether it takes liquidity: an immediate order never makes.
  func priceInside(_ bar: Bar) -> (Int128, Bool)? {
    guard let (price, takes) = priceIfItRested(bar), takes || !isImmediate else { return nil }
    return (price, takes)
  }

  /// Whether the price comes to it before it comes to `other`: a rise meets low prices first, a fall high ones.
  func isMet(before other: NaiveOrder, in bar: Bar) -> Bool {
    func meeting(_ order: NaiveOrder) -> Int128 {
      let waitsForStop = order.type == .stopLimit || order.type == .trailingStopLimit
      if waitsForStop, !order.isTriggered { return order.stop }
      return order.priceBehindOpen(bar) ?? 0
    }
    let isMetByRise = actsAsLimit != isBuy
    return isMetByRise ? meeting(self) < meeting(other) : meeting(self) > meeting(other)
  }

  /// Where it fills behind the open: what protects an entry of this bar at its own price, where that was passed already.
  func priceBehindOpen(_ bar: Bar) -> Int128? {
    if bornInBar == bar.openTime.nanos {
      if isTarget, !bornAtOpen { return nil }
      if priceAtOpen(bar) == nil, priceInside(bar) == nil { return nil }
      return min(max(isTarget ? limit : stop, Int128(bar.low.nanos)), Int128(bar.high.nanos))
    }
    return priceAtOpen(bar) == nil ? priceInside(bar)?.0 : nil
  }

  private func priceIfItRested(_ bar: Bar) -> (Int128, Bool)? {
    let (low, high) = (Int128(bar.low.nanos), Int128(bar.high.nanos))
    let touchesLimit = isBuy ? low <= limit : high >= limit
    let touchesStop = isBuy ? high >= stop : low <= stop
    let opensBeyondStop = isBuy ? Int128(bar.open.nanos) >= stop : Int128(bar.open.nanos) <= stop
    let closeAllows = isBuy ? Int128(bar.close.nanos) <= limit : Int128(bar.close.nanos) >= limit
    let limitAllowsStop = isBuy ? stop <= limit : stop >= limit
    switch type {
    case .market: return nil
    case .limit: return touchesLimit ? (limit, false) : nil
    case .stop: return touchesStop ? (stop, true) : nil
    case .trailingStop:
      if touchesStop { return (stop, true) }
      return closesBeyondItself(bar) ? (isBuy ? high : low, true) : nil
    case .marketIfTouched: return (isBuy ? low <= stop : high >= stop) ? (stop, true) : nil
    case .limitIfTouched:
      let isOpen = isTriggered || (isBuy ? Int128(bar.open.nanos) <= stop : Int128(bar.open.nanos) >= stop)
      if isOpen { return touchesLimit ? (limit, false) : nil }
      if isBuy ? low > stop : high < stop { return nil }
      if limitAllowsStop { return (stop, true) }
      return touchesLimit ? (limit, false) : nil
    case .marketOnOpen, .limitOnOpen, .marketOnClose, .limitOnClose: return nil
    case .stopLimit, .trailingStopLimit:
      if isTriggered || opensBeyondStop { return touchesLimit ? (limit, false) : nil }
      if !touchesStop { return nil }
      if limitAllowsStop { return (stop, true) }
      return closeAllows ? (limit, false) : nil
    }
  }
}
