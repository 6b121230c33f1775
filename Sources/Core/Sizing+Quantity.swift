import Market

extension Sizing {
  /// A full position in units at `mark`, rounded down to lots; zero where the mark gives no finite size.
  func fullPosition(mark: Price, multiplier: Int64, lot: Quantity, equity: Int128) -> Quantity {
    let exact: Int128
    switch self {
    case .shares(let quantity): exact = Int128(quantity.nanos)
    case .notional(let amount): exact = units(of: amount, mark, multiplier)
    case .equityShare(let micros):
      exact = units(of: (equity * Int128(micros)).dividedRoundingHalfEven(by: 1_000_000), mark, multiplier)
    }
    let bounded = min(max(exact, 0), Int128(Limits.quantityNanosMax))
    return Quantity(nanos: Int64(bounded)).roundedDown(toLot: lot)
  }

  private func units(of amount: Int128, _ mark: Price, _ multiplier: Int64) -> Int128 {
    let unitValue = Int128(mark.nanos) * Int128(multiplier / FixedPoint.unit)
    if unitValue <= 0 || amount <= 0 { return 0 }
    return amount * Int128(FixedPoint.unit) / unitValue
  }
}
