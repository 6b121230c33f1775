/// A tree that is written as JSON in one way only: keys sorted, no blanks, exact decimals.
///
/// JSON written so is YAML too, so that the profile's own reader reads it again.
indirect enum CanonicalText {
  /// Decimal text, written as it is.
  case number(String)
  case text(String)
  case flag(Bool)
  case list([CanonicalText])
  case object([(key: String, value: CanonicalText)])

  var json: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .number(let digits): out += digits
    case .text(let text): CanonicalText.write(text, to: &out)
    case .flag(let value): out += value ? "true" : "false"
    case .list(let items):
      out += "["
      for (position, item) in items.enumerated() {
        if position > 0 { out += "," }
        item.write(to: &out)
      }
      out += "]"
    case .object(let entries):
      out += "{"
      let sorted = entries.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
      for (position, entry) in sorted.enumerated() {
        if position > 0 { out += "," }
        CanonicalText.write(entry.key, to: &out)
        out += ":"
        entry.value.write(to: &out)
      }
      out += "}"
    }
  }

  /// Escapes what JSON demands, and what YAML would not take, or would take as a line break.
  private static func write(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: out += "\\\""
      case 0x5C: out += "\\\\"
      case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...0x10_FFFF:
        out.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    out += "\""
  }
}
