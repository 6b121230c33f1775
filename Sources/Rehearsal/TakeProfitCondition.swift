import Core
import Events
import Market

/// How take-profit orders fill inside one bar; the simulated venue has no such type, everything else is `FillCondition`'s.
///
/// 1. Take-profit: the bar opens at the stop or better: a market order at the open. Otherwise, touched inside: a market order at the stop.
/// 2. Take-profit-limit: reached as under 1; a limit that allows that price fills there. A limit that is better still is on the way of
///    the price that went on: touched by the same bar, it fills at the limit; else it rests as a limit order from the next bar on.
///
/// Formulas are written for a buy, whose stop is below the market; a sell is a buy of mirrored prices.
enum TakeProfitCondition {
  /// - Precondition: the order is a take-profit that wasn't reached before.
  static func verdict(_ order: ExchangeOrder, on bar: Bar) -> FillVerdict {
    let sign = order.side.sign
    let open = bar.open.nanos * sign
    let best = order.side == .buy ? bar.low.nanos : -bar.high.nanos
    let stop = order.stopPrice.nanos * sign
    let isAtOpen = open <= stop
    guard isAtOpen || best <= stop else { return .none }
    let reached = isAtOpen ? open : stop
    guard order.type == .takeProfitLimit else { return fills(reached * sign, isAtOpen: isAtOpen, takes: true) }
    let limit = order.price.nanos * sign
    if reached <= limit { return fills(reached * sign, isAtOpen: isAtOpen, takes: true) }
    return best <= limit ? fills(limit * sign, isAtOpen: false, takes: false) : .triggered
  }

  static func isReached(_ order: ExchangeOrder, on bar: Bar) -> Bool {
    order.side == .buy ? bar.low <= order.stopPrice : bar.high >= order.stopPrice
  }

  private static func fills(_ price: Int64, isAtOpen: Bool, takes: Bool) -> FillVerdict {
    .fills(
      FillQuote(
        price: Price(nanos: price),
        rule: (isAtOpen ? FillRule.marketAtOpen : takes ? FillRule.stopTouched : FillRule.limitTouched).rawValue,
        isAtOpen: isAtOpen, takesLiquidity: takes))
  }
}
