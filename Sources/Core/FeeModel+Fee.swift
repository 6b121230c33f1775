import Market

extension FeeModel {
  /// What a fill costs in nanos of currency, rounded half to even; negative is a rebate.
  ///
  /// - Parameters:
  ///   - notional: positive nanos of currency.
  ///   - orderFilledBefore: what the same order had filled before this fill, so that a minimum counts once an order.
  ///   - orderFeeBefore: what the same order had paid before.
  ///   - traded: notional traded in the run before this fill.
  func fee(
    quantity: Quantity, notional: Int128, isMaker: Bool, orderFilledBefore: Quantity, orderFeeBefore: Int128,
    traded: Int128
  ) -> Int128 {
    switch self {
    case .none:
      return 0
    case .perShare(let rate, let minimum, let maximumShareMicros):
      // Priced on the order so far: the minimum is an order's, however many fills it takes.
      let total = Int128(orderFilledBefore.nanos) + Int128(quantity.nanos)
      var fee = (total * Int128(rate)).dividedRoundingHalfEven(by: Int128(FixedPoint.unit))
      if fee < Int128(minimum) { fee = Int128(minimum) }
      fee -= orderFeeBefore
      if maximumShareMicros > 0 {
        let cap = (notional * Int128(maximumShareMicros)).dividedRoundingHalfEven(by: 1_000_000)
        if fee > cap { fee = cap }
      }
      return fee < 0 ? 0 : fee
    case .shareOfNotional(let micros):
      return (notional * Int128(micros)).dividedRoundingHalfEven(by: 1_000_000)
    case .makerTaker(let tiers):
      var index = 0
      while index + 1 < tiers.count, tiers[index + 1].from <= traded { index += 1 }
      let micros = isMaker ? tiers[index].makerMicros : tiers[index].takerMicros
      return (notional * Int128(micros)).dividedRoundingHalfEven(by: 1_000_000)
    }
  }
}
