/// Why a text is no decimal number that a profile accepts.
enum DecimalFault: Error, Hashable {
  /// Anything but `[+-]digits[.digits]`, underscores allowed between digits.
  case notNumber
  /// `010`: some YAML readers take it as eight.
  case leadingZero
  /// A digit other than zero behind the last decimal that is kept.
  case tooPrecise
  /// Too many digits for any rule.
  case tooLarge
}

/// Decimal text as whole multiples of a power of ten, exact and wide enough for every amount of money.
enum ExactDecimal {
  /// Digits of the widest number read, `Money.nanosMax` and some more; everything beyond is `tooLarge`.
  static let digitCountMax = 36

  /// The number written in `text`, times 10 to the power of `decimals`.
  ///
  /// Zeros behind the last kept decimal are accepted. `FixedPoint` reads the same numbers into 64 bits, which end at 9.2 billion: too
  /// few for cash.
  static func scaled(_ text: some StringProtocol, decimals: Int) throws(DecimalFault) -> Int128 {
    var bytes = Array(text.utf8)[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
    let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first else { throw .notNumber }
    let wholeDigits = try digits(whole)
    let fractionDigits = parts.count == 2 ? try digits(parts[1]) : []
    if wholeDigits.count > 1 && wholeDigits[0] == 0 { throw .leadingZero }
    if fractionDigits.dropFirst(decimals).contains(where: { $0 != 0 }) { throw .tooPrecise }
    if wholeDigits.count + decimals > digitCountMax { throw .tooLarge }
    var magnitude: Int128 = 0
    for digit in wholeDigits { magnitude = magnitude * 10 + Int128(digit) }
    for position in 0..<decimals {
      magnitude = magnitude * 10 + (position < fractionDigits.count ? Int128(fractionDigits[position]) : 0)
    }
    return isNegative ? -magnitude : magnitude
  }

  /// Whether `text` is written as a number, of whatever size and precision.
  static func isNumber(_ text: some StringProtocol) -> Bool {
    do throws(DecimalFault) {
      _ = try scaled(text, decimals: 0)
      return true
    } catch {
      return error != .notNumber
    }
  }

  /// One or more digits; an underscore may stand between two of them.
  private static func digits(_ bytes: ArraySlice<UInt8>) throws(DecimalFault) -> [UInt8] {
    var digits: [UInt8] = []
    var wasDigit = false
    for byte in bytes {
      if byte == UInt8(ascii: "_") && wasDigit {
        wasDigit = false
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .notNumber }
      digits.append(byte - UInt8(ascii: "0"))
      wasDigit = true
    }
    if !wasDigit { throw .notNumber }
    return digits
  }
}
