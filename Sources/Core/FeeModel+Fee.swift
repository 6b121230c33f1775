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
      return FeeModel.share(FeeModel.micros(tiers, isMaker: isMaker, traded: traded), of: notional)
    }
  }

  /// What a fill costs of what it brings, cut to the eight decimals of spot venues' balances: nanos of a unit of a purchase, nanos of currency of a sale.
  ///
  /// - Parameter received: nanos of units or of currency, not negative.
  /// - Returns: nil where the fee is no share of anything, or a rebate: that is cash.
  package func fee(ofReceived received: Int128, isMaker: Bool, traded: Int128) -> Int128? {
    let micros: Int64
    switch self {
    case .none, .perShare: return nil
    case .shareOfNotional(let share): micros = share
    case .makerTaker(let tiers): micros = FeeModel.micros(tiers, isMaker: isMaker, traded: traded)
    }
    if micros < 0 || micros > 1_000_000 { return nil }
    let exact = received * Int128(micros) / 1_000_000
    return exact - exact % (Int128(FixedPoint.unit) / 100_000_000)
  }

  /// Millionths by the tier that applies.
  private static func micros(_ tiers: [FeeTier], isMaker: Bool, traded: Int128) -> Int64 {
    if tiers.isEmpty { return 0 }
    var index = 0
    while index + 1 < tiers.count, tiers[index + 1].from <= traded { index += 1 }
    return isMaker ? tiers[index].makerMicros : tiers[index].takerMicros
  }

  private static func share(_ micros: Int64, of notional: Int128) -> Int128 {
    let bounded = min(max(micros, -Limits.shareMicrosMax), Limits.shareMicrosMax)
    return (notional * Int128(bounded)).dividedRoundingHalfEven(by: 1_000_000)
  }
}
