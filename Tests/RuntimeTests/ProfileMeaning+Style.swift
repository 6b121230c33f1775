/// One of the many ways to write a meaning as YAML.
extension ProfileMeaning {
  func yaml(_ random: inout ProfileRandom) -> String {
    ProfileMeaning.block(root, indent: "", &random) + "\n"
  }

  /// In block style, or in flow style from some depth on.
  private static func block(_ node: Node, indent: String, _ random: inout ProfileRandom) -> String {
    if !indent.isEmpty, Bool.random(using: &random) { return " " + flow(node, &random) }
    switch node {
    case .list(let items):
      return items.map { item in "\n\(indent)- \(flow(item, &random))" }.joined()
    case .mapping(let entries):
      let chosen = entries.filter { !$0.isDefault || Bool.random(using: &random) }.shuffled(using: &random)
      if chosen.isEmpty { return " {}" }
      return chosen.map { entry in
        let comment = Bool.random(using: &random) ? "" : "\n\(indent)# a comment"
        return "\(comment)\n\(indent)\(key(entry.key, &random)):\(block(entry.value, indent: indent + "  ", &random))"
      }.joined()
    case .word, .text, .number, .micros:
      return " " + flow(node, &random)
    }
  }

  private static func flow(_ node: Node, _ random: inout ProfileRandom) -> String {
    switch node {
    case .word(let word): return word
    case .text(let text): return quoted(text, &random)
    case .number(let whole, let decimals): return number(whole, decimals, &random)
    case .micros(let micros): return share(micros, &random)
    case .list(let items):
      return "[" + items.map { flow($0, &random) }.joined(separator: Bool.random(using: &random) ? ", " : " , ") + "]"
    case .mapping(let entries):
      let chosen = entries.filter { !$0.isDefault || Bool.random(using: &random) }.shuffled(using: &random)
      return "{" + chosen.map { "\(key($0.key, &random)): \(flow($0.value, &random))" }.joined(separator: ", ") + "}"
    }
  }

  private static func key(_ key: String, _ random: inout ProfileRandom) -> String {
    let isPlain = key.allSatisfy { $0.isLetter || $0.isNumber || "_ %-".contains($0) }
    switch Int.random(in: 0..<(isPlain ? 4 : 2), using: &random) {
    case 0: return "\"\(key)\""
    case 1: return "'\(key.replacing("'", with: "''"))'"
    default: return key
    }
  }

  private static func quoted(_ text: String, _ random: inout ProfileRandom) -> String {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber } && text != "null"
    if isPlain, Bool.random(using: &random) { return text }
    if !text.contains(where: { $0.isNewline || $0 == "\t" }), Bool.random(using: &random) {
      return "'" + text.replacing("'", with: "''") + "'"
    }
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      .replacing("\t", with: "\\t")
    return "\"\(escaped)\""
  }

  private static func number(_ whole: Int64, _ decimals: String, _ random: inout ProfileRandom) -> String {
    var digits = String(whole.magnitude)
    if digits.count > 3, Bool.random(using: &random) {
      digits.insert("_", at: digits.index(digits.endIndex, offsetBy: -3))
    }
    let zeros = String(repeating: "0", count: Int.random(in: 0...2, using: &random))
    let fraction = decimals + zeros
    return (whole < 0 ? "-" : "") + digits + (fraction.isEmpty ? "" : "." + fraction)
  }

  private static func share(_ micros: Int64, _ random: inout ProfileRandom) -> String {
    let (unit, width) = Bool.random(using: &random) ? ("%", 4) : ("bp", 2)
    var digits = String(micros.magnitude)
    digits = String(repeating: "0", count: max(0, width + 1 - digits.count)) + digits
    let text = (micros < 0 ? "-" : "") + digits.dropLast(width) + "." + digits.suffix(width)
    let blank = Bool.random(using: &random) ? " " : ""
    return Bool.random(using: &random) ? "\(text)\(blank)\(unit)" : "\"\(text)\(blank)\(unit)\""
  }
}
