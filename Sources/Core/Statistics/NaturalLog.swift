/// The natural logarithm from + − × ÷ alone, so that every machine computes the same bits; libm's differ from release to release.
///
/// Method and coefficients: Sun Microsystems, fdlibm 5.3 (1993), `e_log.c`: x = 2ᵏ (1 + f) with √½ < 1 + f < √2, then with s = f ÷ (2 + f),
/// ln(1 + f) = 2s + s·R(s²), R a polynomial of degree 14 in s with an error below 2⁻⁵⁸·⁴⁵. The whole is within one unit in the last place.
package enum NaturalLog {
  /// ln 2 in two parts, the first with so few bits that its product with any exponent is exact.
  private static let ln2High = 6.93147180369123816490e-01
  private static let ln2Low = 1.90821492927058770002e-10

  /// ln `value`; −∞ for 0, no number for what is negative or none.
  package static func of(_ value: Double) -> Double {
    guard value > 0 else { return value == 0 ? -.infinity : .nan }
    guard value < .infinity else { return value }
    var exponent = Double(value.exponent)
    var significand = value.significand
    if significand > 1.4142135623730951 {
      significand *= 0.5
      exponent += 1
    }
    let fraction = significand - 1
    let ratio = fraction / (2 + fraction)
    let square = ratio * ratio
    let fourth = square * square
    let odd = fourth * (0.3999999999940941908 + fourth * (0.2222219843214978396 + fourth * 0.1531383769920937332))
    let even =
      square
      * (0.6666666666666735130
        + fourth * (0.2857142874366239149 + fourth * (0.1818357216161805012 + fourth * 0.1479819860511658591)))
    let series = odd + even
    let half = 0.5 * fraction * fraction
    let tail = half - (ratio * (half + series) + exponent * ln2Low)
    return exponent * ln2High - (tail - fraction)
  }
}
