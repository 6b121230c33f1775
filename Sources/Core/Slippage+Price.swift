package import Market

extension Slippage {
  /// The price after slippage, for an order that takes liquidity: worse by the model, rounded to the next tick that is worse,
  /// and never outside low … high of the bar. The distance is whole ticks; a bar that keeps to ticks gives fills that do.
  package func price(_ quoted: Price, side: Side, bar: Bar, tickSize: Price) -> Price {
    let distance: Int64
    switch self {
    case .none: return quoted
    case .ticks(let count): distance = saturating(Int128(count) * Int128(tickSize.nanos))
    case .shareOfPrice(let micros):
      distance = saturating(roundedUp(Int128(quoted.nanos.magnitude) * Int128(micros), tickSize))
    case .shareOfRange(let micros):
      let range = Int128(bar.high.nanos) - Int128(bar.low.nanos)
      distance = saturating(roundedUp(range * Int128(micros), tickSize))
    }
    if side == .buy {
      let (moved, overflowed) = quoted.nanos.addingReportingOverflow(distance)
      return overflowed ? bar.high : min(Price(nanos: moved), bar.high)
    }
    let (moved, overflowed) = quoted.nanos.subtractingReportingOverflow(distance)
    return overflowed || moved == .min ? bar.low : max(Price(nanos: moved), bar.low)
  }

  /// Nanos × micros to nanos, up to the next whole tick.
  private func roundedUp(_ product: Int128, _ tickSize: Price) -> Int128 {
    let unit = Int128(1_000_000) * Int128(tickSize.nanos)
    let (ticks, rest) = product.quotientAndRemainder(dividingBy: unit)
    return (rest > 0 ? ticks + 1 : ticks) * Int128(tickSize.nanos)
  }

  private func saturating(_ value: Int128) -> Int64 { Int64(clamping: value) }
}
