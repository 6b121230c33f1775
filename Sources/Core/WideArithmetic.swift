import Market

/// value × numerator ÷ denominator, rounded half to even once, through 256 bits where 128 don't hold the product.
///
/// - Precondition: numerator ≥ 0, denominator > 0, numerator ≤ denominator, so the result is no larger than `value`.
package func scaled(_ value: Int128, by numerator: Int64, over denominator: Int64) -> Int128 {
  invariant(
    numerator >= 0 && numerator <= denominator && denominator > 0, "a share is within 0 … 1", numerator, denominator)
  let (product, overflowed) = value.multipliedReportingOverflow(by: Int128(numerator))
  if !overflowed { return product.dividedRoundingHalfEven(by: Int128(denominator)) }
  let divisor = UInt128(denominator.magnitude)
  let wide = value.magnitude.multipliedFullWidth(by: UInt128(numerator.magnitude))
  var (quotient, rest) = divisor.dividingFullWidth((wide.high, wide.low))
  if rest * 2 > divisor || (rest * 2 == divisor && quotient & 1 == 1) { quotient += 1 }
  return value < 0 ? -Int128(quotient) : Int128(quotient)
}
