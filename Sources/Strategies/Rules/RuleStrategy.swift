import Events
import Market

/// A strategy written in the profile: up to four rules over bars and indicators (Expressions.md), compiled at start.
///
/// What the rules ask for follows the table of `PositionWishes`. Warming up until every rule has all its values once; after that a rule with an
/// undefined value (a division by zero) is false on that bar. A rule is sure or false, so confidence is always 1.
struct RuleStrategy: Strategy {
  static let name = "rules"
  static let parameters = [
    ParameterDescription("enter", .expression, help: "condition on which to go long"),
    ParameterDescription("exit", .expression, default: .absent, help: "condition on which to leave a long position"),
    ParameterDescription("enter_short", .expression, default: .absent, help: "condition on which to go short"),
    ParameterDescription(
      "exit_short", .expression, default: .absent, help: "condition on which to leave a short position"),
  ]

  /// A compiled rule: its register, and the two that its first comparison reads.
  private struct Rule: Sendable {
    let name: String
    let condition: RuleNode
    let compared: (first: RuleNode, second: RuleNode)
    let comparedText: (first: String, second: String)
  }

  /// Where a condition is found: it holds where the register's value times `sign` is positive. -1 for a rule that isn't there.
  ///
  /// A rule that is a crossing and nothing else is read from the crossing itself, whose value is 1 above and -1 below.
  private struct Outlet: BitwiseCopyable, Sendable {
    var condition = -1
    var sign = 1.0
    var first = 0
    var second = 0
    static let none = Outlet()
  }

  private struct Outlets: BitwiseCopyable, Sendable {
    let enter: Outlet
    let exit: Outlet
    let enterShort: Outlet
    let exitShort: Outlet
    let wanted: Placed<WantedPosition>
  }

  let featureNames: (first: String, second: String)
  private let steps: [RuleStep]
  private var registers: [RuleRegister]
  private var memory = BlockMemory()
  private let outlets: Outlets

  init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    var compiler = RuleCompiler()
    var rules: [Rule] = []
    for description in RuleStrategy.parameters {
      guard let text = parameters.text(description.name) else { continue }
      do throws(RuleError) {
        rules.append(try RuleStrategy.rule(description.name, RuleText(text), &compiler))
      } catch {
        throw .expression(
          parameter: description.name, line: error.place.line, column: error.place.column, problem: error.problem)
      }
    }
    func outlet(_ name: String) -> Outlet {
      guard let rule = rules.first(where: { $0.name == name }) else { return .none }
      var outlet = Outlet(condition: rule.condition, first: rule.compared.first, second: rule.compared.second)
      switch compiler.graph.nodes[rule.condition] {
      case .isAbove(let crossing): outlet.condition = crossing
      case .isBelow(let crossing): (outlet.condition, outlet.sign) = (crossing, -1)
      default: break
      }
      return outlet
    }
    featureNames = RuleStrategy.featureNames(rules)
    outlets = Outlets(
      enter: outlet("enter"), exit: outlet("exit"), enterShort: outlet("enter_short"), exitShort: outlet("exit_short"),
      wanted: memory.place(WantedPosition()))
    let outlets = [outlets.enter, outlets.exit, outlets.enterShort, outlets.exitShort].filter { $0.condition >= 0 }
    let program = RuleProgram(
      compiler.graph, roots: outlets.flatMap { [$0.condition, $0.first, $0.second] }, memory: &memory)
    (steps, registers) = (program.steps, program.registers)
    memory.reserve(blocks: instrumentCount)
  }

  private static func rule(
    _ name: String, _ text: RuleText, _ compiler: inout RuleCompiler
  ) throws(RuleError) -> Rule {
    let syntax = try RuleParser.parse(text)
    let condition = try compiler.condition(syntax)
    guard let (left, right) = firstComparison(syntax) else {
      preconditionFailure("every condition is made of comparisons")
    }
    // Compiled before as part of the rule, so this only finds the nodes again.
    return Rule(
      name: name, condition: condition, compared: (try compiler.number(left), try compiler.number(right)),
      comparedText: (text.slice(left.start, left.end), text.slice(right.start, right.end)))
  }

  /// The two sides of the first comparison or crossing of a rule, as it is read.
  private static func firstComparison(_ syntax: RuleSyntax) -> (RuleSyntax, RuleSyntax)? {
    switch syntax.form {
    case .number, .name, .negated: return nil
    case .call(_, let arguments): return arguments.count == 2 ? (arguments[0], arguments[1]) : nil
    case .not(let operand): return firstComparison(operand)
    case .binary("and", let left, let right), .binary("or", let left, let right):
      return firstComparison(left) ?? firstComparison(right)
    case .binary(_, let left, let right): return (left, right)
    }
  }

  /// The compared expressions; where rules compare different ones, each with its rule's name.
  private static func featureNames(_ rules: [Rule]) -> (first: String, second: String) {
    func joined(_ text: (Rule) -> String) -> String {
      guard let first = rules.first.map(text) else { return "none" }
      if rules.allSatisfy({ text($0) == first }) { return first }
      return rules.map { "\($0.name): \(text($0))" }.joined(separator: "; ")
    }
    return (joined(\.comparedText.first), joined(\.comparedText.second))
  }

  mutating func update(_ bar: Bar) -> Decision {
    RuleStrategy.update(
      steps, outlets, &registers, &memory.words, memory.block(of: bar.instrument), bar)
  }

  /// The parts are passed one by one, because views into two of them can't be open in one value at once.
  @inline(__always)
  private static func update(
    _ steps: [RuleStep], _ outlets: Outlets, _ registerArray: inout [RuleRegister], _ wordArray: inout [UInt64],
    _ block: Int, _ bar: Bar
  ) -> Decision {
    var words = wordArray.mutableSpan
    var registers = registerArray.mutableSpan
    RuleProgram.run(steps.span, &registers, &words, block, bar)
    var status: UInt64 = 0
    let wishes = PositionWishes(
      enter: RuleStrategy.holds(outlets.enter, registers, &status),
      exit: RuleStrategy.holds(outlets.exit, registers, &status),
      enterShort: RuleStrategy.holds(outlets.enterShort, registers, &status),
      exitShort: RuleStrategy.holds(outlets.exitShort, registers, &status))
    if status & RuleRegister.warming != 0 { return .warmingUp }
    let before = outlets.wanted.direction(words, block)
    let direction = wishes.next(after: before)
    guard outlets.wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    let outlet: Outlet
    let reason: SignalReason
    switch direction {
    case .long: (outlet, reason) = (outlets.enter, .enterRule)
    case .short: (outlet, reason) = (outlets.enterShort, .enterShortRule)
    case .flat: (outlet, reason) = before == .long ? (outlets.exit, .exitRule) : (outlets.exitShort, .exitShortRule)
    }
    return .target(
      Target(
        direction, confidence: 1_000_000, reason: reason,
        features: (registers[outlet.first].value, registers[outlet.second].value)))
  }

  /// Whether a rule is there and true on this bar; adds what its value lacks to `status`.
  @inline(__always)
  private static func holds(
    _ outlet: Outlet, _ registers: borrowing MutableSpan<RuleRegister>, _ status: inout UInt64
  ) -> Bool {
    if outlet.condition < 0 { return false }
    let register = registers[outlet.condition]
    status |= register.status
    return register.status == 0 && register.value * outlet.sign > 0
  }

  func encodeState(into buffer: inout ByteBuffer) { memory.encode(into: &buffer) }
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) { try memory.decode(&reader) }
}
