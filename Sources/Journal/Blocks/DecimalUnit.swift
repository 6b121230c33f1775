/// A power of ten that numbers of a column are divided by, with what makes an exact division one multiplication.
///
/// For a divisor 10ᵏ = 2ᵏ·5ᵏ: n·(5ᵏ)⁻¹ mod 2⁶⁴ rotated right by k is n/10ᵏ where 10ᵏ divides n, and above
/// ⌊(2⁶⁴−1)/10ᵏ⌋ where it doesn't (Warren, Hacker's Delight, 2nd ed., 10–17). A hardware division costs ten times as much.
struct DecimalUnit {
  let exponent: Int
  /// 10 to the exponent.
  let value: Int64
  private let inverse: UInt64
  private let quotientMax: UInt64

  static let exponentMax = 18
  static let all: [DecimalUnit] = (0...exponentMax).map { DecimalUnit(exponent: $0) }

  private init(exponent: Int) {
    self.exponent = exponent
    var power: UInt64 = 1
    var five: UInt64 = 1
    for _ in 0..<exponent {
      power *= 10
      five *= 5
    }
    value = Int64(power)
    quotientMax = UInt64.max / power
    // Newton's iteration doubles the correct low bits; an odd number is its own inverse modulo 8.
    var inverse = five
    for _ in 0..<5 { inverse = inverse &* (2 &- five &* inverse) }
    self.inverse = inverse
  }

  @inline(__always)
  private func rawQuotient(_ magnitude: UInt64) -> UInt64 {
    let product = magnitude &* inverse
    let shift = UInt64(truncatingIfNeeded: exponent)
    return product &>> shift | product &<< (64 &- shift)
  }

  @inline(__always)
  func divides(_ number: Int64) -> Bool { rawQuotient(number.magnitude) <= quotientMax }

  /// `number` divided by the unit.
  /// - Precondition: the unit divides it.
  @inline(__always)
  func quotient(_ number: Int64) -> Int64 {
    let sign = number >> 63
    let quotient = Int64(bitPattern: rawQuotient(number.magnitude))
    return (quotient ^ sign) &- sign
  }

  /// The largest unit not above `unit` that divides `number` as well.
  @inline(never)
  static func common(_ unit: DecimalUnit, _ number: Int64) -> DecimalUnit {
    var exponent = unit.exponent
    while !all[exponent].divides(number) { exponent -= 1 }
    return all[exponent]
  }
}
