import Market

/// Shares as text: `2 %` or `5 bp` (hundredths of a percent) to and from millionths.
enum ShareText {
  /// Reads a number followed by `%` or `bp`, blanks between them allowed.
  /// - Throws: `ShareFault`, also where the share is finer than a millionth.
  static func micros(_ text: String) throws(ShareFault) -> Int128 {
    var number = text[...]
    let decimals: Int
    if text.hasSuffix("%") {
      number.removeLast()
      decimals = 4
    } else if text.hasSuffix("bp") {
      number.removeLast(2)
      decimals = 2
    } else {
      throw ExactDecimal.isNumber(text) ? .unitMissing : .decimal(.notNumber)
    }
    while number.last == " " { number.removeLast() }
    do throws(DecimalFault) { return try ExactDecimal.scaled(number, decimals: decimals) } catch {
      throw .decimal(error)
    }
  }

  /// The one canonical text of a share.
  static func percent(micros: Int64) -> String { "\(FixedPoint.text(nanos: Int128(micros) * 100_000)) %" }
}

/// Why a text is no share.
enum ShareFault: Error, Hashable {
  /// A number without unit.
  case unitMissing
  case decimal(DecimalFault)
}
