/// Why a text is not a decimal number with at most nine digits behind the point that fits 64 bits.
///
/// Offsets count bytes from the start of the text that was read.
public enum FixedPointError: Error, Hashable, Sendable {
  /// There was nothing to read, or a sign or point without any digit.
  case noDigits
  /// A byte that is neither digit, sign in front, nor the one decimal point.
  case unexpectedByte(UInt8, offset: Int)
  /// A digit other than zero stands behind the ninth decimal.
  case tooPrecise(offset: Int)
  /// The number is beyond ±9,223,372,036.854775807.
  case outOfRange
}

/// Decimal text to and from integers in units of 10⁻⁹, without a `Double` on the way.
public enum FixedPoint {
  /// One unit in nanos.
  public static let unit: Int64 = 1_000_000_000
  /// Digits behind the decimal point that are kept.
  public static let decimalCount = 9

  /// 10⁰ … 10¹⁸.
  /// - Precondition: `exponent` is 0 … 18.
  @inlinable
  public static func powerOfTen(_ exponent: Int) -> Int64 {
    invariant(exponent >= 0 && exponent <= 18, "a power of ten fits 64 bits", Int64(exponent))
    var power: Int64 = 1
    var left = exponent
    while left > 0 {
      power *= 10
      left -= 1
    }
    return power
  }

  /// Reads `[+-]digits[.digits]`; the whole of `text` must be the number. Digits may be missing on one side of the point.
  ///
  /// - Parameter impliedDecimals: digits by which the written number is to be shifted right: with 4, `1676500` is 167.65.
  /// - Precondition: `impliedDecimals` is 0 … 9.
  /// - Throws: `FixedPointError`; zeros behind the ninth decimal are accepted, other digits are refused.
  public static func nanos(
    _ text: Span<UInt8>, impliedDecimals: Int = 0
  ) throws(FixedPointError) -> Int64 {
    try read(text, impliedDecimals: impliedDecimals, roundsExcessDigits: false)
  }

  /// As `nanos`, but digits behind the ninth decimal are rounded half to even instead of refused.
  ///
  /// Meant for files that printed binary floating point (`0.30000001192092896`).
  public static func nanosRounding(
    _ text: Span<UInt8>, impliedDecimals: Int = 0
  ) throws(FixedPointError) -> Int64 {
    try read(text, impliedDecimals: impliedDecimals, roundsExcessDigits: true)
  }

  static func read(
    _ text: Span<UInt8>, impliedDecimals: Int, roundsExcessDigits: Bool
  ) throws(FixedPointError) -> Int64 {
    invariant((0...decimalCount).contains(impliedDecimals), "implied decimals are 0 to 9", Int64(impliedDecimals))
    let count = text.count
    var offset = 0
    var isNegative = false
    if count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
      isNegative = text[0] == UInt8(ascii: "-")
      offset = 1
    }
    // Magnitude in units of 10^-(decimals); decimals counts digits behind the (shifted) point.
    var magnitude: UInt64 = 0
    var decimals = impliedDecimals
    var digitCount = 0
    var hasPoint = false
    // Digits behind the ninth decimal: 0 none or all zero, then compared with one half.
    var excess = Excess()
    while offset < count {
      let byte = text[offset]
      let digit = byte &- UInt8(ascii: "0")
      if digit < 10 {
        digitCount += 1
        if hasPoint && decimals >= decimalCount {
          if digit != 0 && !roundsExcessDigits { throw .tooPrecise(offset: offset) }
          excess.append(digit)
        } else {
          let (scaled, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
          let (sum, carried) = scaled.addingReportingOverflow(UInt64(digit))
          if overflowed || carried { throw .outOfRange }
          magnitude = sum
          if hasPoint { decimals += 1 }
        }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        throw .unexpectedByte(byte, offset: offset)
      }
      offset += 1
    }
    if digitCount == 0 { throw .noDigits }
    if decimals < decimalCount {
      let (scaled, overflowed) = magnitude.multipliedReportingOverflow(
        by: UInt64(powerOfTen(decimalCount - decimals)))
      if overflowed { throw .outOfRange }
      magnitude = scaled
    } else if excess.roundsUp(lastKeptDigitIsOdd: magnitude & 1 == 1) {
      magnitude += 1
    }
    if magnitude > UInt64(Int64.max) { throw .outOfRange }
    return isNegative ? -Int64(magnitude) : Int64(magnitude)
  }

  /// The decimal digits cut off behind the last kept one, as far as rounding needs to know them.
  struct Excess {
    private var first: UInt8 = 0
    private var count = 0
    private var hasMore = false
    mutating func append(_ digit: UInt8) {
      if count == 0 { first = digit } else if digit != 0 { hasMore = true }
      count += 1
    }
    func roundsUp(lastKeptDigitIsOdd: Bool) -> Bool {
      if first != 5 { return first > 5 }
      return hasMore || lastKeptDigitIsOdd
    }
  }

  /// The shortest exact decimal text: no exponent, no trailing zeros, a minus sign where negative.
  public static func text(nanos: Int64) -> String {
    let (whole, rest) = nanos.magnitude.quotientAndRemainder(dividingBy: UInt64(unit))
    return text(isNegative: nanos < 0, whole: whole, rest: rest)
  }

  /// The shortest exact decimal text of a wide number of nanos.
  public static func text(nanos: Int128) -> String {
    let (whole, rest) = nanos.magnitude.quotientAndRemainder(dividingBy: UInt128(unit))
    if let narrow = UInt64(exactly: whole) { return text(isNegative: nanos < 0, whole: narrow, rest: UInt64(rest)) }
    // The digits in front of the last eighteen before the point, and those eighteen with the decimals.
    let (high, low) = whole.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
    let front = text(isNegative: nanos < 0, whole: UInt64(high), rest: 0)
    // A leading one keeps the zeros of the lower digits; they have at most eighteen, so it is the nineteenth.
    return front
      + text(isNegative: false, whole: UInt64(low) + 1_000_000_000_000_000_000, rest: UInt64(rest)).dropFirst()
  }

  /// Whole units of the last decimal, written with so many decimals.
  package static func text(units: Int128, decimals: Int) -> String {
    var digits = String(units.magnitude)
    if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
    let whole = digits.dropLast(decimals)
    let sign = units < 0 ? "-" : ""
    return decimals == 0 ? sign + digits : "\(sign)\(whole).\(digits.suffix(decimals))"
  }

  /// - Precondition: `rest` is below 10⁹.
  private static func text(isNegative: Bool, whole: UInt64, rest: UInt64) -> String {
    String(unsafeUninitializedCapacity: 31) { buffer in
      var wholeDigits = 1
      var left = whole / 10
      while left > 0 {
        wholeDigits += 1
        left /= 10
      }
      var count = 0
      if isNegative {
        buffer[0] = UInt8(ascii: "-")
        count = 1
      }
      DecimalDigits.write(whole, width: wholeDigits, to: buffer, at: count)
      count += wholeDigits
      if rest == 0 { return count }
      buffer[count] = UInt8(ascii: ".")
      DecimalDigits.write(rest, width: decimalCount, to: buffer, at: count + 1)
      count += 1 + decimalCount
      while buffer[count - 1] == UInt8(ascii: "0") { count -= 1 }
      return count
    }
  }
}

extension String {
  /// Reads this text as a decimal number in nanos; see `FixedPoint.nanos`.
  public func fixedPointNanos() throws(FixedPointError) -> Int64 {
    let bytes = Array(utf8)
    return try FixedPoint.nanos(bytes.span)
  }
}

extension Int128 {
  /// This number divided by a positive `divisor`, rounded half to even: the one rounding rule for money.
  /// - Precondition: `divisor` is positive.
  @inlinable
  public func dividedRoundingHalfEven(by divisor: Int128) -> Int128 {
    invariant(divisor > 0, "a divisor is positive", Int64(clamping: divisor))
    // Most amounts fit 64 bits, where division is several times cheaper; the result is the same.
    if let narrow = Int64(exactly: self), let narrowDivisor = Int64(exactly: divisor) {
      let (quotient, rest) = narrow.quotientAndRemainder(dividingBy: narrowDivisor)
      if rest == 0 { return Int128(quotient) }
      let twice = rest.magnitude &* 2
      let limit = narrowDivisor.magnitude
      if twice < limit || (twice == limit && quotient & 1 == 0) { return Int128(quotient) }
      return Int128(self < 0 ? quotient - 1 : quotient + 1)
    }
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    if rest == 0 { return quotient }
    // The rest is below 2¹²⁷, so twice of it fits the unsigned type.
    let twice = rest.magnitude &* 2
    let limit = divisor.magnitude
    if twice < limit || (twice == limit && quotient & 1 == 0) { return quotient }
    return self < 0 ? quotient - 1 : quotient + 1
  }
}
