/// The price of one unit of an instrument in its currency, exact to 10⁻⁹.
///
/// Negative prices exist (spreads, WTI in April 2020) and are values like any other.
///
/// | operation | result | rounding |
/// |---|---|---|
/// | `Price.notional(quantity, multiplier)` | nanos of currency, `Int128` | once, half to even |
/// | `price.checkedNotional(quantity, multiplier)` | the same, or an error beyond `Money.nanosMax` | once, half to even |
/// | `price.rounded(toTick: tick, rule)` | `Price` | by the rule passed |
///
/// - Invariant: `nanos != .min`, so negation never overflows.
public struct Price: BitwiseCopyable, Hashable, Comparable, Sendable {
  /// The price in units of 10⁻⁹.
  public let nanos: Int64

  /// - Precondition: `nanos` is not `Int64.min`.
  @inlinable
  public init(nanos: Int64) {
    invariant(nanos != .min, "a price is above Int64.min")
    self.nanos = nanos
  }

  /// Reads decimal text such as `450.44`.
  /// - Throws: `FixedPointError` where the text is no decimal with at most nine decimals in range.
  public init(_ text: String) throws(FixedPointError) { self.init(nanos: try text.fixedPointNanos()) }

  public static let zero = Price(nanos: 0)

  @inlinable
  public static func < (left: Price, right: Price) -> Bool { left.nanos < right.nanos }

  /// The value of `quantity` at this price in nanos of the currency: price × quantity × multiplier, rounded once.
  ///
  /// Can't overflow: prices and quantities are below 2⁶³, so their product is below 2¹²⁶; the multiplier meets it only after it
  /// was divided by 10⁹, so the result is below 2⁹⁷ · 2²⁰.
  /// - Precondition: `multiplier` is a whole number of 1 … 1,000,000, in nanos, as `Instrument` promises.
  /// - Complexity: one 64×64-bit product and one 128-bit division.
  @inlinable
  public func notional(_ quantity: Quantity, multiplier: Int64 = FixedPoint.unit) -> Int128 {
    if multiplier == FixedPoint.unit {
      // Whole units, as nearly all shares are: exact without a 128-bit division, which costs ten times as much.
      let (units, fraction) = quantity.nanos.quotientAndRemainder(dividingBy: FixedPoint.unit)
      if fraction == 0 { return Int128(nanos) * Int128(units) }
    }
    let product = Int128(nanos) * Int128(quantity.nanos)
    if multiplier == FixedPoint.unit { return product.dividedRoundingHalfEven(by: Int128(FixedPoint.unit)) }
    let (whole, fraction) = multiplier.quotientAndRemainder(dividingBy: FixedPoint.unit)
    invariant(fraction == 0 && whole >= 1 && whole <= 1_000_000, "a multiplier is whole, 1 to 1,000,000", multiplier)
    // (q · 10⁹ + r) · m / 10⁹ = q · m + r · m / 10⁹, where the last term alone is rounded; parity is that of the sum.
    let (quotient, rest) = product.quotientAndRemainder(dividingBy: Int128(FixedPoint.unit))
    let (carried, last) = (Int64(rest) * whole).quotientAndRemainder(dividingBy: FixedPoint.unit)
    let truncated = quotient * Int128(whole) + Int128(carried)
    let twice = last.magnitude * 2
    if twice < FixedPoint.unit.magnitude || (twice == FixedPoint.unit.magnitude && truncated & 1 == 0) {
      return truncated
    }
    return last < 0 ? truncated - 1 : truncated + 1
  }

  /// As `notional`, for prices and quantities that nothing has bounded yet.
  /// - Throws: `ArithmeticError.notionalOutOfRange` where the value is beyond `Money.nanosMax`.
  @inlinable
  public func checkedNotional(
    _ quantity: Quantity, multiplier: Int64 = FixedPoint.unit
  ) throws(ArithmeticError) -> Int128 {
    let value = notional(quantity, multiplier: multiplier)
    guard value.magnitude <= Money.nanosMax.magnitude else {
      throw .notionalOutOfRange(price: nanos, quantity: quantity.nanos, multiplier: multiplier)
    }
    return value
  }

  /// The multiple of `tick` nearest to this price in the direction of `rule`.
  /// - Precondition: `tick` is positive.
  /// - Throws: `ArithmeticError.roundingOutOfRange` where that multiple is no price.
  public func rounded(toTick tick: Price, _ rule: TickRounding) throws(ArithmeticError) -> Price {
    invariant(tick.nanos > 0, "a tick is positive", tick.nanos)
    let below = nanos.flooredRemainder(dividingBy: tick.nanos)
    if below == 0 { return self }
    let isUp =
      switch rule {
      case .down: false
      case .up: true
      case .nearest:
        // Half goes to the even multiple; compared without doubling, which could overflow.
        below > tick.nanos - below
          || (below == tick.nanos - below && nanos.flooredQuotient(dividingBy: tick.nanos) & 1 != 0)
      }
    let (result, overflowed) = nanos.addingReportingOverflow(isUp ? tick.nanos - below : -below)
    guard !overflowed, result != .min else { throw .roundingOutOfRange(nanos: nanos, step: tick.nanos) }
    return Price(nanos: result)
  }
}

/// Where a price between two ticks goes.
public enum TickRounding: CaseIterable, Sendable {
  /// Towards minus infinity.
  case down
  /// Towards plus infinity.
  case up
  /// To the nearer tick, half to the even multiple.
  case nearest
}

extension Int64 {
  /// - Precondition: `divisor` is positive.
  fileprivate func flooredQuotient(dividingBy divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }

  /// 0 ..< divisor.
  /// - Precondition: `divisor` is positive.
  fileprivate func flooredRemainder(dividingBy divisor: Int64) -> Int64 {
    let rest = self % divisor
    return rest < 0 ? rest + divisor : rest
  }
}

extension Price: CustomStringConvertible {
  public var description: String { FixedPoint.text(nanos: nanos) }
}
