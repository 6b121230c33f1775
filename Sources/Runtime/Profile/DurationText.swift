import Market

/// Durations as text: `90 s`, `500 ms`, `5 min`, `1 h`, `2 d` (of 24 hours) to and from nanoseconds.
enum DurationText {
  /// From the longest; the number of decimals beyond which no unit of 10⁻⁹ s is left, as a power of ten or more.
  private static let units: [(suffix: String, nanos: Int128, decimals: Int)] = [
    ("ms", 1_000_000, 6), ("min", 60_000_000_000, 9), ("h", 3_600_000_000_000, 9), ("d", 86_400_000_000_000, 9),
    ("s", 1_000_000_000, 9),
  ]

  /// Reads a number followed by a unit, blanks between them allowed.
  /// - Throws: `DurationFault`, also where the duration is finer than a nanosecond.
  static func nanos(_ text: String) throws(DurationFault) -> Int128 {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else {
      throw ExactDecimal.isNumber(text) ? .unitMissing : .decimal(.notNumber)
    }
    var number = text.dropLast(unit.suffix.count)
    while number.last == " " { number.removeLast() }
    let scaled: Int128
    do throws(DecimalFault) { scaled = try ExactDecimal.scaled(number, decimals: unit.decimals) } catch {
      throw .decimal(error)
    }
    let scale = Int128(FixedPoint.powerOfTen(unit.decimals))
    let (product, overflowed) = scaled.multipliedReportingOverflow(by: unit.nanos)
    if overflowed { throw .decimal(.tooLarge) }
    if product % scale != 0 { throw .decimal(.tooPrecise) }
    return product / scale
  }

  /// The one canonical text of a duration: in the longest unit of which it is a whole multiple, or in milliseconds.
  static func text(nanos: Int64) -> String {
    for suffix in ["d", "h", "min", "s"] {
      guard let unit = units.first(where: { $0.suffix == suffix }) else { continue }
      if Int128(nanos) % unit.nanos == 0 { return "\(Int128(nanos) / unit.nanos) \(suffix)" }
    }
    return "\(FixedPoint.text(nanos: Int128(nanos) * 1_000)) ms"
  }
}

/// Why a text is no duration.
enum DurationFault: Error, Hashable {
  /// A number without unit.
  case unitMissing
  case decimal(DecimalFault)
}

/// A local time of day as minutes: `09:45`, `24:00` as the last.
enum MinuteText {
  static func minute(_ text: some StringProtocol) -> Int32? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
    var digits: [Int32] = []
    for position in [0, 1, 3, 4] {
      guard bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") else { return nil }
      digits.append(Int32(bytes[position] - UInt8(ascii: "0")))
    }
    let minute = digits[2] * 10 + digits[3]
    let total = (digits[0] * 10 + digits[1]) * 60 + minute
    return minute < 60 && total <= 1440 ? total : nil
  }

  static func text(_ minute: Int32) -> String {
    [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
