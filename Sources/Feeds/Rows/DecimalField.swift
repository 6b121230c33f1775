import Market

/// Decimal numbers straight from a file's bytes.
enum DecimalField {
  /// 10⁰ … 10⁹, so that the hot path multiplies by a loaded number.
  static let scales: InlineArray<10, UInt64> = [
    1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1,
  ]

  /// The plain form, `digits[.digits]` of at most 18 bytes and nine decimals, in nanos; `.min` for any other text,
  /// which `FixedPoint` then reads or refuses. With implied decimals the plain form is `digits` alone.
  @inline(__always)
  static func plainNanos(_ bytes: UnsafePointer<UInt8>, count: Int, impliedDecimals: Int) -> Int64 {
    if count == 0 || count > 18 { return .min }
    var mantissa: UInt64 = 0
    var offset = 0
    while offset < count {
      let digit = bytes[offset] &- UInt8(ascii: "0")
      if digit > 9 { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      offset &+= 1
    }
    var decimals = impliedDecimals
    if offset < count {
      // With implied decimals a point is no plain form: the price is then of another kind than the specification says.
      if bytes[offset] != UInt8(ascii: ".") || count == 1 || impliedDecimals > 0 { return .min }
      decimals = count &- offset &- 1
      offset &+= 1
      while offset < count {
        let digit = bytes[offset] &- UInt8(ascii: "0")
        if digit > 9 { return .min }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        offset &+= 1
      }
    }
    if decimals > 9 { return .min }
    let (nanos, overflowed) = mantissa.multipliedReportingOverflow(by: scales[decimals])
    if overflowed || nanos > UInt64(Int64.max) { return .min }
    return Int64(nanos)
  }

  /// Any decimal text, blanks around it allowed.
  @inline(never)
  static func nanos(
    _ bytes: UnsafeBufferPointer<UInt8>, impliedDecimals: Int, rounds: Bool
  ) throws(FixedPointError) -> Int64 {
    let trimmed = bytes.trimmingBlanks
    if rounds { return try FixedPoint.nanosRounding(trimmed.span, impliedDecimals: impliedDecimals) }
    return try FixedPoint.nanos(trimmed.span, impliedDecimals: impliedDecimals)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The same bytes without blanks and tabs at either end.
  var trimmingBlanks: UnsafeBufferPointer<UInt8> {
    var (start, end) = (0, count)
    while start < end, self[start] == UInt8(ascii: " ") || self[start] == UInt8(ascii: "\t") { start += 1 }
    while end > start, self[end - 1] == UInt8(ascii: " ") || self[end - 1] == UInt8(ascii: "\t") { end -= 1 }
    return UnsafeBufferPointer(rebasing: self[start..<end])
  }
}
