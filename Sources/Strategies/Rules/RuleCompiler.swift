import Market

/// Looks up names, checks types and turns rules into one graph.
struct RuleCompiler {
  private enum Form {
    case number
    case condition
    var shown: String { self == .number ? "a number" : "a condition" }
  }

  private(set) var graph = RuleGraph()

  /// Adds a rule.
  /// - Returns: the node that is true where the rule holds.
  mutating func condition(_ syntax: RuleSyntax) throws(RuleError) -> RuleNode {
    try compile(syntax, as: .condition) { "a rule must be a condition, but this is \($0)" }
  }

  /// Adds an expression that a rule compares: where the rule was compiled before, this finds its nodes again.
  mutating func number(_ syntax: RuleSyntax) throws(RuleError) -> RuleNode {
    try compile(syntax, as: .number) { "expected a number, but this is \($0)" }
  }

  private mutating func compile(
    _ syntax: RuleSyntax, as wanted: Form, _ complaint: (String) -> String
  ) throws(RuleError) -> RuleNode {
    let (node, form) = try compile(syntax)
    if form != wanted { throw RuleError(syntax.place, complaint(form.shown)) }
    if graph.isFull { throw RuleError(syntax.place, "the rules need more than \(RuleGraph.countMax) steps") }
    return node
  }

  private mutating func compile(_ syntax: RuleSyntax) throws(RuleError) -> (RuleNode, Form) {
    switch syntax.form {
    case .number(let nanos):
      return (graph.constant(ExactQuotient.divide(nanos, by: FixedPoint.unit)), .number)
    case .name(let name):
      return (try named(name, syntax.place), .number)
    case .call(let name, let arguments):
      return try call(name, arguments, syntax.place)
    case .negated(let operand):
      let node = try compile(operand, as: .number) { "'-' needs a number, but this is \($0)" }
      return (graph.node(.negate(node)), .number)
    case .not(let operand):
      let node = try compile(operand, as: .condition) { "'not' needs a condition, but this is \($0)" }
      return (graph.node(.not(node)), .condition)
    case .binary(let sign, let left, let right):
      return try binary(sign, left, right)
    }
  }

  private mutating func binary(
    _ sign: String, _ left: RuleSyntax, _ right: RuleSyntax
  ) throws(RuleError) -> (RuleNode, Form) {
    let takesConditions = sign == "and" || sign == "or"
    let wanted: Form = takesConditions ? .condition : .number
    let need = takesConditions ? "conditions" : "numbers"
    let first = try compile(left, as: wanted) { "'\(sign)' needs \(need) on both sides, but this is \($0)" }
    let second = try compile(right, as: wanted) { "'\(sign)' needs \(need) on both sides, but this is \($0)" }
    switch sign {
    case "and": return (graph.node(.and(first, second)), .condition)
    case "or": return (graph.node(.or(first, second)), .condition)
    case "<": return (graph.node(.less(first, second)), .condition)
    case ">": return (graph.node(.less(second, first)), .condition)
    case "<=": return (graph.node(.lessOrEqual(first, second)), .condition)
    case ">=": return (graph.node(.lessOrEqual(second, first)), .condition)
    case "==": return (graph.node(.equal(first, second)), .condition)
    case "!=": return (graph.node(.unequal(first, second)), .condition)
    case "+": return (graph.node(.add(first, second)), .number)
    case "-": return (graph.node(.subtract(first, second)), .number)
    case "*": return (graph.node(.multiply(first, second)), .number)
    case "/":
      if graph.constantValue(second) == 0 { throw RuleError(right.place, "division by zero") }
      return (graph.node(.divide(first, second)), .number)
    default: preconditionFailure("the parser makes no operator \(sign)")
    }
  }

  private mutating func named(_ name: String, _ place: RulePlace) throws(RuleError) -> RuleNode {
    guard let known = RuleVocabulary.Name(rawValue: name) else {
      if let function = RuleVocabulary.Function(rawValue: name) {
        let form = function.arguments.joined(separator: ", ")
        throw RuleError(place, "'\(name)' is a function; write \(name)(\(form))")
      }
      throw unknown("name", name, place, RuleVocabulary.names + RuleVocabulary.functions + RuleVocabulary.words)
    }
    let (high, low, close) = (RuleNodeKind.field(.high), RuleNodeKind.field(.low), RuleNodeKind.field(.close))
    switch known {
    case .open: return graph.node(.field(.open))
    case .high: return graph.node(high)
    case .low: return graph.node(low)
    case .close: return graph.node(close)
    case .volume: return graph.node(.field(.volume))
    case .obv: return graph.node(.onBalanceVolume)
    case .median:
      let range = graph.node(.add(graph.node(high), graph.node(low)))
      return graph.node(.divide(range, graph.constant(2)))
    case .typical:
      let range = graph.node(.add(graph.node(high), graph.node(low)))
      return graph.node(.divide(graph.node(.add(range, graph.node(close))), graph.constant(3)))
    case .weighted:
      let range = graph.node(.add(graph.node(high), graph.node(low)))
      let twice = graph.node(.multiply(graph.constant(2), graph.node(close)))
      return graph.node(.divide(graph.node(.add(range, twice)), graph.constant(4)))
    }
  }

  private func unknown(
    _ what: String, _ name: String, _ place: RulePlace, _ names: [String]
  ) -> RuleError {
    let near = Spelling.nearest(to: name.lowercased(), among: names).map { "; did you mean '\($0)'?" } ?? ""
    return RuleError(place, "unknown \(what) '\(name)'\(near)")
  }

  private mutating func call(
    _ name: String, _ arguments: [RuleSyntax], _ place: RulePlace
  ) throws(RuleError) -> (RuleNode, Form) {
    guard let function = RuleVocabulary.Function(rawValue: name) else {
      if RuleVocabulary.Name(rawValue: name) != nil {
        throw RuleError(place, "'\(name)' takes no arguments; for an earlier value write lag(\(name), n)")
      }
      throw unknown("function", name, place, RuleVocabulary.functions)
    }
    let wanted = function.arguments
    guard arguments.count == wanted.count else {
      let count = wanted.count == 1 ? "1 argument" : "\(wanted.count) arguments"
      throw RuleError(
        place, "\(name) takes \(count), \(name)(\(wanted.joined(separator: ", "))), found \(arguments.count)")
    }
    let call = RuleCall(function: function, arguments: arguments)
    let node = try call.node(&self)
    return (node, function == .crossAbove || function == .crossBelow ? .condition : .number)
  }

  /// A constant whole number that counts bars.
  mutating func period(
    _ syntax: RuleSyntax, _ argument: String, of function: String
  ) throws(RuleError) -> Int {
    let node = try number(syntax)
    guard let value = graph.constantValue(node), value == value.rounded(.towardZero), value >= 1,
      value <= Double(Periods.max)
    else {
      throw RuleError(
        syntax.place, "'\(argument)' of \(function) must be a constant whole number of 1 to \(Periods.max)")
    }
    return Int(value)
  }

  mutating func node(_ kind: RuleNodeKind) -> RuleNode { graph.node(kind) }
  mutating func constant(_ value: Double) -> RuleNode { graph.constant(value) }

  /// The simple mean: of a bar's own field from an exact sum, of anything else from a sum of doubles.
  mutating func mean(_ operand: RuleNode, _ period: Int) -> RuleNode {
    if case .field(let field) = graph.nodes[operand] { return graph.node(.exactMean(field, period)) }
    return graph.node(.mean(operand, period))
  }
}
