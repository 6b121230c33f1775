import Market

/// Exact amounts as SQLite keeps them: decimal text, and beside it a binary approximation for sums and charts.
enum ExactText {
  static func real(_ nanos: Int128) -> Double { Double(nanos) / 1e9 }

  /// Reads back what `FixedPoint.text` wrote; nil for any other text.
  static func nanos(_ text: String) -> Int128? {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    guard let first = parts.first, let whole = Int128(first), parts.count <= 2 else { return nil }
    var nanos = whole * Int128(FixedPoint.unit)
    if parts.count == 2 {
      guard parts[1].count <= 9, let digits = Int128(parts[1]) else { return nil }
      nanos += digits * Int128(FixedPoint.powerOfTen(9 - parts[1].count))
    }
    return isNegative ? -nanos : nanos
  }
}
