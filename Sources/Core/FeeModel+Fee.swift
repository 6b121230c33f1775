package import Market

extension FeeModel {
  /// What a fill costs in nanos of currency, rounded half to even; negative is a rebate.
  ///
  /// - Parameters:
  ///   - notional: nanos of currency, not negative, at most what `Limits` allows one fill.
  ///   - orderFilledBefore: what the same order had filled before this fill, so that a minimum counts once an order.
  ///   - orderFeeBefore: what the same order had paid before.
  ///   - traded: notional traded in the run before this fill.
  package func fee(
    quantity: Quantity, notional: Int128, isMaker: Bool, orderFilledBefore: Quantity, orderFeeBefore: Int128,
    traded: Int128
  ) -> Int128 {
    switch self {
    case .none:
      return 0
    case .perShare(let rate, let minimum, let maximumShareMicros):
      // Priced on the order so far: the minimum is an order's, however many fills it takes, and what a fill's cap left of it
      // is charged with the next one.
      let total = Int128(orderFilledBefore.nanos) + Int128(quantity.nanos)
      var fee = (total * Int128(rate)).dividedRoundingHalfEven(by: Int128(FixedPoint.unit))
      if fee < Int128(minimum) { fee = Int128(minimum) }
      fee -= orderFeeBefore
      if maximumShareMicros > 0 { fee = min(fee, FeeModel.share(maximumShareMicros, of: notional)) }
      return max(fee, 0)
    case .shareOfNotional(let micros):
      return FeeModel.share(micros, of: notional)
    case .makerTaker(let tiers):
      if tiers.isEmpty { return 0 }
      var index = 0
      while index + 1 < tiers.count, tiers[index + 1].from <= traded { index += 1 }
      return FeeModel.share(isMaker ? tiers[index].makerMicros : tiers[index].takerMicros, of: notional)
    }
  }

  private static func share(_ micros: Int64, of notional: Int128) -> Int128 {
    let bounded = min(max(micros, -Limits.shareMicrosMax), Limits.shareMicrosMax)
    return (notional * Int128(bounded)).dividedRoundingHalfEven(by: 1_000_000)
  }
}
