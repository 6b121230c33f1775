import Market

/// JSON with the order of keys as written and exact numbers: the small results of commands.
enum JSONText {
  case object([(String, JSONText)])
  case array([JSONText])
  case string(String)
  case integer(Int64)
  /// A number already in its decimal text.
  case number(String)
  /// JSON that was written elsewhere.
  case raw(String)
  case flag(Bool)
  case null

  /// One line, no blanks beyond one behind `:` and `,`.
  var text: String {
    switch self {
    case .object(let members):
      "{" + members.map { $0.0.jsonQuoted + ": " + $0.1.text }.joined(separator: ", ") + "}"
    case .array(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
    case .string(let value): value.jsonQuoted
    case .integer(let value): String(value)
    case .number(let digits): digits
    case .raw(let json): json
    case .flag(let value): value ? "true" : "false"
    case .null: "null"
    }
  }
}
