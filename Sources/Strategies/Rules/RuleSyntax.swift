/// A rule as it was written: names are not looked up yet, types not checked.
struct RuleSyntax: Sendable {
  indirect enum Form: Sendable {
    /// In units of 10⁻⁹.
    case number(Int64)
    case name(String)
    case call(String, [RuleSyntax])
    case negated(RuleSyntax)
    case not(RuleSyntax)
    /// One of + − * / < <= > >= == != and or.
    case binary(String, RuleSyntax, RuleSyntax)
  }
  let form: Form
  /// Where it begins.
  let place: RulePlace
  /// Offsets in scalars of the rule's text.
  let start: Int
  let end: Int
}

/// Reads a rule by recursive descent; the grammar is in Expressions.md.
struct RuleParser {
  /// Deeper nesting is refused: the parser and the compiler go one call deeper for each level.
  static let depthMax = 100

  private let text: RuleText
  private let tokens: [RuleToken]
  private var position = 0
  private var depth = 0

  private init(_ text: RuleText) throws(RuleError) {
    self.text = text
    tokens = try text.tokens()
  }

  /// The whole of `text` as one rule.
  /// - Throws: the first error.
  static func parse(_ text: RuleText) throws(RuleError) -> RuleSyntax {
    var parser = try RuleParser(text)
    if parser.tokens.count == 1 { throw RuleError(RulePlace(line: 1, column: 1), "the rule is empty") }
    let rule = try parser.condition()
    guard parser.token.kind == .end else {
      throw RuleError(parser.token.place, "unexpected \(parser.token.shown(in: text)) behind the rule")
    }
    return rule
  }

  private var token: RuleToken { tokens[position] }

  private mutating func takes(_ sign: String) -> Bool {
    guard token.kind == .sign(sign) || token.kind == .name(sign) else { return false }
    position += 1
    return true
  }

  private mutating func taken(_ signs: [String]) -> String? {
    for sign in signs where takes(sign) { return sign }
    return nil
  }

  private func binary(_ sign: String, _ left: RuleSyntax, _ right: RuleSyntax) -> RuleSyntax {
    RuleSyntax(form: .binary(sign, left, right), place: left.place, start: left.start, end: right.end)
  }

  private mutating func condition() throws(RuleError) -> RuleSyntax {
    depth += 1
    defer { depth -= 1 }
    if depth > RuleParser.depthMax {
      throw RuleError(token.place, "nested deeper than \(RuleParser.depthMax) levels")
    }
    var left = try conjunction()
    while takes("or") { left = binary("or", left, try conjunction()) }
    return left
  }

  private mutating func conjunction() throws(RuleError) -> RuleSyntax {
    var left = try negation()
    while takes("and") { left = binary("and", left, try negation()) }
    return left
  }

  private mutating func negation() throws(RuleError) -> RuleSyntax {
    let first = token
    var count = 0
    while takes("not") { count += 1 }
    var operand = try comparison()
    // Two negations cancel; what is left is one or none, whatever was written.
    if count > 0 {
      for _ in 0..<(count % 2 == 0 ? 2 : 1) {
        operand = RuleSyntax(form: .not(operand), place: first.place, start: first.start, end: operand.end)
      }
    }
    return operand
  }

  private static let comparisons = ["<=", ">=", "==", "!=", "<", ">"]

  private mutating func comparison() throws(RuleError) -> RuleSyntax {
    let left = try sum()
    guard let sign = taken(RuleParser.comparisons) else { return left }
    let right = try sum()
    if RuleParser.comparisons.contains(where: { token.kind == .sign($0) }) {
      throw RuleError(token.place, "comparisons can't be chained; join two of them with 'and'")
    }
    return binary(sign, left, right)
  }

  private mutating func sum() throws(RuleError) -> RuleSyntax {
    var left = try product()
    while let sign = taken(["+", "-"]) { left = binary(sign, left, try product()) }
    return left
  }

  private mutating func product() throws(RuleError) -> RuleSyntax {
    var left = try signed()
    while let sign = taken(["*", "/"]) { left = binary(sign, left, try signed()) }
    return left
  }

  private mutating func signed() throws(RuleError) -> RuleSyntax {
    let first = token
    var count = 0
    while takes("-") { count += 1 }
    let operand = try value()
    if count == 0 { return operand }
    let inner = RuleSyntax(form: .negated(operand), place: first.place, start: first.start, end: operand.end)
    if count % 2 == 1 { return inner }
    return RuleSyntax(form: .negated(inner), place: first.place, start: first.start, end: operand.end)
  }

  private mutating func value() throws(RuleError) -> RuleSyntax {
    let first = token
    switch first.kind {
    case .number(let nanos):
      position += 1
      return RuleSyntax(form: .number(nanos), place: first.place, start: first.start, end: first.end)
    case .name(let name) where !["and", "or", "not"].contains(name):
      position += 1
      guard takes("(") else {
        return RuleSyntax(form: .name(name), place: first.place, start: first.start, end: first.end)
      }
      let arguments = try arguments(of: name)
      let end = tokens[position - 1].end
      return RuleSyntax(form: .call(name, arguments), place: first.place, start: first.start, end: end)
    case .sign("("):
      position += 1
      let inner = try condition()
      guard takes(")") else {
        throw RuleError(
          token.place, "expected ')' for the '(' of \(shown(first.place)), found \(token.shown(in: text))")
      }
      return inner
    case .name, .sign, .end:
      throw RuleError(first.place, "expected a value, found \(first.shown(in: text))")
    }
  }

  private mutating func arguments(of name: String) throws(RuleError) -> [RuleSyntax] {
    if takes(")") { return [] }
    var arguments = [try condition()]
    while takes(",") { arguments.append(try condition()) }
    guard takes(")") else {
      throw RuleError(token.place, "expected ',' or ')' in the arguments of '\(name)', found \(token.shown(in: text))")
    }
    return arguments
  }

  private func shown(_ place: RulePlace) -> String { "line \(place.line), column \(place.column)" }
}
