public import Market

/// What becomes of digits behind the ninth decimal.
public enum ExcessDigits: Hashable, Sendable {
  /// Zeros are taken, others refused.
  case refusing
  case halfToEven
}

/// Decimal text with or without an exponent, as JSON numbers have it, to units of 10⁻⁹. Without a `Double` on the way.
public enum DecimalText {
  /// - Throws: `FixedPointError` where it is no decimal number or doesn't fit.
  public static func nanos(
    _ text: Span<UInt8>, _ excess: ExcessDigits = .refusing
  ) throws(FixedPointError) -> Int64 {
    guard let mark = exponentMark(text) else { return try plain(text, excess) }
    let exponent = try exponent(text.extracting((mark + 1)..<text.count), from: mark + 1)
    let shifted = try shift(text.extracting(0..<mark), by: exponent)
    return try plain(shifted.span, excess)
  }

  private static func plain(_ text: Span<UInt8>, _ excess: ExcessDigits) throws(FixedPointError) -> Int64 {
    switch excess {
    case .refusing: try FixedPoint.nanos(text)
    case .halfToEven: try FixedPoint.nanosRounding(text)
    }
  }

  private static func exponentMark(_ text: Span<UInt8>) -> Int? {
    for offset in 0..<text.count where text[offset] | 0x20 == UInt8(ascii: "e") { return offset }
    return nil
  }

  /// The exponent, cut to ±1000: beyond that a number is zero or doesn't fit anyway.
  private static func exponent(_ text: Span<UInt8>, from start: Int) throws(FixedPointError) -> Int {
    var offset = 0
    var isNegative = false
    if text.count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
      isNegative = text[0] == UInt8(ascii: "-")
      offset = 1
    }
    guard offset < text.count else { throw .noDigits }
    var value = 0
    while offset < text.count {
      let digit = text[offset] &- UInt8(ascii: "0")
      guard digit < 10 else { throw .unexpectedByte(text[offset], offset: start + offset) }
      value = min(value * 10 + Int(digit), 1000)
      offset += 1
    }
    return isNegative ? -value : value
  }

  /// The same number with its point moved to the right by `exponent` digits, as plain text.
  private static func shift(_ text: Span<UInt8>, by exponent: Int) throws(FixedPointError) -> [UInt8] {
    var sign: [UInt8] = []
    var digits: [UInt8] = []
    var pointPlace: Int?
    for offset in 0..<text.count {
      let byte = text[offset]
      if offset == 0, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
        sign = [byte]
      } else if byte == UInt8(ascii: "."), pointPlace == nil {
        pointPlace = digits.count
      } else if byte &- UInt8(ascii: "0") < 10 {
        digits.append(byte)
      } else {
        throw .unexpectedByte(byte, offset: offset)
      }
    }
    if digits.isEmpty { throw .noDigits }
    let zero = UInt8(ascii: "0")
    // Zero stays zero whatever its exponent says.
    if digits.allSatisfy({ $0 == zero }) { return [zero] }
    var place = (pointPlace ?? digits.count) + exponent
    if place < 0 {
      digits.insert(contentsOf: repeatElement(zero, count: -place), at: 0)
      place = 0
    } else if place > digits.count {
      digits.append(contentsOf: repeatElement(zero, count: place - digits.count))
    }
    return sign + digits[..<place] + [UInt8(ascii: ".")] + digits[place...]
  }
}

extension Span where Element == UInt8 {
  /// `-? digits` that fit 64 bits; nil for everything else.
  package var wholeNumber: Int64? {
    var offset = 0
    let isNegative = count > 0 && self[0] == UInt8(ascii: "-")
    if isNegative { offset = 1 }
    guard offset < count else { return nil }
    // Collected below zero, where one value more fits.
    var value: Int64 = 0
    while offset < count {
      let digit = self[offset] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = scaled.subtractingReportingOverflow(Int64(digit))
      if overflowed || carried { return nil }
      value = sum
      offset += 1
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }
}
