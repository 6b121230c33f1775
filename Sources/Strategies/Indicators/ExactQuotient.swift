public import Market

/// From exact integers to the one `Double` nearest to their quotient.
enum ExactQuotient {
  /// `sum / divisor`, rounded once, half to even: equal fractions give equal results, and greater ones never smaller results.
  ///
  /// - Precondition: 0 < divisor ≤ 2⁵³ and |sum| < 2¹²⁰.
  @inline(__always)
  static func divide(_ sum: Int128, by divisor: Int64) -> Double {
    let narrow = Int64(truncatingIfNeeded: sum)
    if Int128(narrow) == sum { return divide(narrow, by: divisor) }
    return divideWide(sum, by: divisor)
  }

  /// As above for a sum of 64 bits.
  @inline(__always)
  static func divide(_ sum: Int64, by divisor: Int64) -> Double {
    // Where the sum is a Double exactly, one division rounds once: nine million units always, far more in whole cents.
    if UInt64(bitPattern: sum &+ 0x20_0000_0000_0000) <= 0x40_0000_0000_0000 { return Double(sum) / Double(divisor) }
    return divideLarge(sum, by: divisor)
  }

  @inline(never)
  private static func divideLarge(_ sum: Int64, by divisor: Int64) -> Double {
    let value = Double(sum)
    if value.magnitude < 0x1p62, Int64(value) == sum { return value / Double(divisor) }
    return divideWide(Int128(sum), by: divisor)
  }

  @inline(never)
  private static func divideWide(_ sum: Int128, by divisor: Int64) -> Double {
    if sum == 0 { return 0 }
    let shift = sum.magnitude.leadingZeroBitCount
    let (quotient, rest) = (sum.magnitude << UInt128(shift)).quotientAndRemainder(dividingBy: UInt128(divisor))
    // At least 75 bits of quotient: keep 64 and put all that is cut off into the lowest, for the rounding to see.
    let cut = 64 - quotient.leadingZeroBitCount
    let top = UInt64(truncatingIfNeeded: quotient >> UInt128(cut))
    let isCutExact = rest == 0 && quotient & ((1 << UInt128(cut)) - 1) == 0
    let magnitude = Double(sign: .plus, exponent: cut - shift, significand: Double(isCutExact ? top : top | 1))
    return sum < 0 ? -magnitude : magnitude
  }

  /// A feature for the journal: `value` in units of 10⁻⁹, half to even, held at the ends of the range.
  ///
  /// What is no number, as a damaged state can bring about, stands at the upper end.
  static func nanos(_ value: Double) -> Int64 {
    let scaled = (value * 1e9).rounded(.toNearestOrEven)
    if scaled <= -0x1p63 { return -.max }
    return scaled < 0x1p63 ? Int64(scaled) : .max
  }

  /// A confidence for the journal: `share` held within 0 … 1, in millionths, half to even; 0 for what is no number.
  static func micros(_ share: Double) -> Int64 {
    guard share > 0 else { return 0 }
    return share < 1 ? Int64((share * 1e6).rounded(.toNearestOrEven)) : 1_000_000
  }

  /// How far `distance` is on the way from 0 to 1, at one half where it equals `half`; both are not negative.
  static func saturation(_ distance: Double, half: Double) -> Int64 {
    let whole = distance + half
    return whole > 0 ? micros(distance / whole) : 1_000_000
  }
}

extension Price {
  /// The `Double` nearest to this price.
  public var units: Double { ExactQuotient.divide(nanos, by: FixedPoint.unit) }
}

extension Quantity {
  /// The `Double` nearest to this amount.
  public var units: Double { ExactQuotient.divide(nanos, by: FixedPoint.unit) }
}
