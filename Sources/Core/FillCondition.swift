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
  /// A stop-limit order's stop was reached, but its limit not certainly afterwards: it rests as a limit order from the next bar on.
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
/// 5. No price is outside low … high, and none is beyond an order's limit, slippage included.
///
/// Formulas are written for a buy; a sell is a buy of mirrored prices.
package enum FillCondition {
  package static func verdict(_ order: WorkingOrder, on bar: Bar) -> FillVerdict {
    let sign = order.side.sign
    // Mirrored so that lower is always better for the order's owner.
    let open = bar.open.nanos * sign
    let best = order.side == .buy ? bar.low.nanos : -bar.high.nanos
    let worst = order.side == .buy ? bar.high.nanos : -bar.low.nanos
    let close = bar.close.nanos * sign
    let limit = order.limitPrice.nanos * sign
    let stop = order.stopPrice.nanos * sign
    switch order.type {
    case .market:
      return fills(open, sign, .marketAtOpen, atOpen: true, takes: true)
    case .limit:
      if open <= limit { return fills(open, sign, .limitGapAtOpen, atOpen: true, takes: !order.hasRested) }
      if best <= limit { return fills(limit, sign, .limitTouched, atOpen: false, takes: false) }
      return .none
    case .stop:
      if order.isTriggered { return fills(open, sign, .marketAtOpen, atOpen: true, takes: true) }
      if open >= stop { return fills(open, sign, .stopGapAtOpen, atOpen: true, takes: true) }
      if worst >= stop { return fills(stop, sign, .stopTouched, atOpen: false, takes: true) }
      return .none
    case .stopLimit:
      if order.isTriggered || open >= stop {
        if open <= limit { return fills(open, sign, .stopLimitAtOpen, atOpen: true, takes: !order.isTriggered) }
        if best <= limit { return fills(limit, sign, .stopLimitTouched, atOpen: false, takes: false) }
        return .triggered
      }
      if worst < stop { return .none }
      if stop <= limit { return fills(stop, sign, .stopLimitTouched, atOpen: false, takes: true) }
      if close <= limit { return fills(limit, sign, .stopLimitTouched, atOpen: false, takes: false) }
      return .triggered
    }
  }

  /// Whether a bar reaches the stop of an order that has one.
  package static func reachesStop(_ order: WorkingOrder, on bar: Bar) -> Bool {
    guard order.type == .stop || order.type == .stopLimit else { return false }
    return order.side == .buy ? bar.high >= order.stopPrice : bar.low <= order.stopPrice
  }

  private static func fills(
    _ mirrored: Int64, _ sign: Int64, _ rule: FillRule, atOpen: Bool, takes: Bool
  ) -> FillVerdict {
    .fills(
      FillQuote(
        price: Price(nanos: mirrored * sign), rule: rule.rawValue, isAtOpen: atOpen, takesLiquidity: takes))
  }
}
