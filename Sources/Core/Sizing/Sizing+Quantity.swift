import Market

extension Sizing {
  /// A full position in units at `mark`, rounded down to lots and to what `Limits` allows.
  ///
  /// Zero where the mark is no positive price or there is no equity to take a share of: money buys no finite size then.
  func fullPosition(mark: Price, multiplier: Int64, lot: Quantity, equity: Int128) -> Quantity {
    let exact: Int128
    switch self {
    case .shares(let quantity): exact = Int128(quantity.nanos)
    case .notional(let amount): exact = units(of: amount, mark, multiplier)
    case .volatilityTarget, .portfolioVolatility, .riskPerTrade, .kelly, .inverseVolatility, .riskParity: exact = 0
    case .equityShare(let micros):
      let (product, overflowed) = equity.multipliedReportingOverflow(by: Int128(micros))
      let share = overflowed ? (equity < 0 ? 0 : .max) : product.dividedRoundingHalfEven(by: 1_000_000)
      exact = units(of: share, mark, multiplier)
    }
    let bounded = min(max(exact, 0), Int128(Limits.positionNanosMax(multiplier: multiplier)))
    return Quantity(nanos: Int64(bounded)).roundedDown(toLot: lot)
  }

  /// Follows a stop's distance and no estimate.
  var isByStop: Bool {
    if case .riskPerTrade = self { return true }
    return false
  }

  private func units(of amount: Int128, _ mark: Price, _ multiplier: Int64) -> Int128 {
    let unitValue = Int128(mark.nanos) * Int128(multiplier / FixedPoint.unit)
    if unitValue <= 0 || amount <= 0 { return 0 }
    return Limits.units(of: amount, unitValue: unitValue)
  }
}

extension Limits {
  /// How many nanos of a unit `amount` pays for, rounded down; `Int128.max` where the product leaves 128 bits.
  ///
  /// That answer is never too much: amount > 1.7 · 10²⁹ at a unit value of at most 9.3 · 10¹⁸ × multiplier pays for more than
  /// `positionNanosMax` of the same multiplier.
  /// - Precondition: `amount` ≥ 0, `unitValue` > 0, both nanos of currency.
  static func units(of amount: Int128, unitValue: Int128) -> Int128 {
    let (product, overflowed) = amount.multipliedReportingOverflow(by: Int128(FixedPoint.unit))
    return overflowed ? .max : product / unitValue
  }
}
