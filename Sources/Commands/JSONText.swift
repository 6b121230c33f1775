/// JSON with the order of keys as written and exact numbers: the small results of commands.
enum JSONText {
  case object([(String, JSONText)])
  case array([JSONText])
  case string(String)
  case integer(Int64)
  /// A number already in its decimal text.
  case number(String)
  case flag(Bool)
  case null

  /// One line, no blanks beyond one behind `:` and `,`.
  var text: String {
    switch self {
    case .object(let members):
      "{" + members.map { JSONText.quoted($0.0) + ": " + $0.1.text }.joined(separator: ", ") + "}"
    case .array(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
    case .string(let value): JSONText.quoted(value)
    case .integer(let value): String(value)
    case .number(let digits): digits
    case .flag(let value): value ? "true" : "false"
    case .null: "null"
    }
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }
}
