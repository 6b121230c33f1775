package import Market

/// Size from the distance of the stop: what the stop would lose is a fixed share of equity.
///
/// Fixed fractional sizing: Vince, "The Mathematics of Money Management" (1992), chapter 1; Tharp, "Trade Your Way to Financial Freedom" (1998), chapter 12
/// ("percent risk").
package enum RiskPerTrade {
  /// equity × risk ÷ (distance × multiplier), rounded down, in integers throughout; at most what `Limits` lets a position be.
  ///
  /// Zero where there is no equity, no risk or no distance: without a stop the formula has no answer. Not yet rounded to lots.
  /// - Parameters:
  ///   - equity: nanos of currency.
  ///   - riskMicros: the share of equity that one stop may cost, in millionths; more than all counts as all.
  ///   - stopDistance: from the expected entry to the stop, as a price; its sign does not matter.
  ///   - multiplier: of the instrument, in nanos, whole units.
  package static func units(equity: Int128, riskMicros: Int64, stopDistance: Price, multiplier: Int64) -> Quantity {
    let unitLoss = Int128(stopDistance.nanos.magnitude) * Int128(multiplier / FixedPoint.unit)
    guard equity > 0, riskMicros > 0, unitLoss > 0 else { return .zero }
    let share = Int128(min(riskMicros, Millionths.one))
    // Nanos of a unit over millionths of equity: times 10⁹ ÷ 10⁶, all before the one division.
    let (product, overflowed) = equity.multipliedReportingOverflow(by: share * 1_000)
    let exact = overflowed ? Limits.units(of: equity / 1_000_000 * share, unitValue: unitLoss) : product / unitLoss
    return Quantity(nanos: Int64(min(exact, Int128(Limits.positionNanosMax(multiplier: multiplier)))))
  }
}
