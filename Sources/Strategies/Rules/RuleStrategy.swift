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
    /// Its place among the strategy's parameters, and its bit among those that hold.
    let position: Int
    /// The node that tells whether the rule holds: its value times `sign` is positive then.
    ///
    /// Of a rule that is a crossing and nothing else, the crossing itself, whose value is 1 above and -1 below.
    let source: (node: RuleNode, sign: Double)
    let compared: (first: RuleNode, second: RuleNode)
    let comparedText: (first: String, second: String)
  }

  /// Where the condition of a rule is found, and what it compares, as registers: it holds where the register's value times `sign` is positive.
  private struct Outlet: BitwiseCopyable, Sendable {
    /// Which of `RuleStrategy.parameters` it is.
    let rule: Int
    let condition: Int
    let sign: Double
    let first: Int
    let second: Int

    init(_ rule: Rule) {
      self.rule = rule.position
      first = RuleProgram.register(rule.compared.first)
      second = RuleProgram.register(rule.compared.second)
      condition = RuleProgram.register(rule.source.node)
      sign = rule.source.sign
    }
  }

  let featureNames: (first: String, second: String)
  private let steps: [RuleStep]
  private let registers: Int
  private var memory = BlockMemory()
  private let outlets: [Outlet]
  private let wanted: Placed<WantedPosition>

  init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    var compiler = RuleCompiler()
    var rules: [Rule] = []
    for (position, description) in RuleStrategy.parameters.enumerated() {
      guard let text = parameters.text(description.name) else { continue }
      do throws(RuleError) {
        rules.append(try RuleStrategy.rule(position, RuleText(text), &compiler))
      } catch {
        throw .expression(
          parameter: description.name, line: error.place.line, column: error.place.column, problem: error.problem)
      }
    }
    featureNames = RuleStrategy.featureNames(rules)
    outlets = rules.map { Outlet($0) }
    wanted = memory.place(WantedPosition())
    let roots = rules.flatMap { [$0.source.node, $0.compared.first, $0.compared.second] }
    let program = RuleProgram(compiler.graph, roots: roots, memory: &memory)
    steps = program.steps
    memory.reserve(blocks: instrumentCount, scratchWords: program.registerWords)
    registers = memory.scratch
    for constant in program.constants { memory.words[registers + constant.register] = constant.value.bitPattern }
  }

  private static func rule(
    _ position: Int, _ text: RuleText, _ compiler: inout RuleCompiler
  ) throws(RuleError) -> Rule {
    let syntax = try RuleParser.parse(text)
    let condition = try compiler.condition(syntax)
    guard let (left, right) = firstComparison(syntax) else {
      preconditionFailure("every condition is made of comparisons")
    }
    let source: (node: RuleNode, sign: Double)
    switch compiler.graph.nodes[condition] {
    case .isAbove(let crossing): source = (crossing, 1)
    case .isBelow(let crossing): source = (crossing, -1)
    default: source = (condition, 1)
    }
    // Compiled before as part of the rule, so this only finds the nodes again.
    return Rule(
      position: position, source: source, compared: (try compiler.number(left), try compiler.number(right)),
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
      return rules.map { "\(RuleStrategy.parameters[$0.position].name): \(text($0))" }.joined(separator: "; ")
    }
    return (joined(\.comparedText.first), joined(\.comparedText.second))
  }

  mutating func update(_ bar: Bar) -> Decision {
    RuleStrategy.update(
      steps, outlets, wanted, &memory.words, registers, memory.block(of: bar.instrument), bar)
  }

  /// The parts are passed one by one, because a view into the memory can't be open while the whole is read.
  @inline(__always)
  private static func update(
    _ steps: [RuleStep], _ outlets: [Outlet], _ wanted: Placed<WantedPosition>,
    _ memory: inout [UInt64], _ registers: Int, _ block: Int, _ bar: Bar
  ) -> Decision {
    var words = memory.mutableSpan
    RuleProgram.run(steps.span, &words, registers: registers, block, bar)
    let outlets = outlets.span
    var status: UInt64 = 0
    var holding = 0
    for index in outlets.indices {
      let outlet = outlets[index]
      let register = words.register(registers &+ outlet.condition)
      status |= register.status
      if register.status == 0, register.value * outlet.sign > 0 { holding |= 1 << outlet.rule }
    }
    if status & RuleRegister.warming != 0 { return .warmingUp }
    // The usual bar: no rule holds, so what was wanted stands.
    if holding == 0 { return .hold }
    let wishes = PositionWishes(
      enter: holding & 1 != 0, exit: holding & 2 != 0, enterShort: holding & 4 != 0, exitShort: holding & 8 != 0)
    let before = wanted.direction(words, block)
    let direction = wishes.next(after: before)
    guard wanted.change(&words, block, to: direction, on: bar) else { return .hold }
    let (rule, reason) = cause(direction, before)
    var target = Target(direction, reason: reason)
    for index in outlets.indices where outlets[index].rule == rule {
      target.firstFeature = ExactQuotient.nanos(words.double(registers &+ outlets[index].first))
      target.secondFeature = ExactQuotient.nanos(words.double(registers &+ outlets[index].second))
    }
    return .target(target)
  }

  /// The rule, by its place among the parameters, that led from one position to another.
  private static func cause(_ direction: Direction, _ before: Direction) -> (rule: Int, reason: SignalReason) {
    switch (direction, before) {
    case (.long, _): (0, .enterRule)
    case (.short, _): (2, .enterShortRule)
    case (.flat, .short): (3, .exitShortRule)
    case (.flat, .long), (.flat, .flat): (1, .exitRule)
    }
  }

  mutating func rescale(_ instrument: InstrumentIndex, by scale: HistoryScale) -> Bool {
    memory.rescale(instrument, by: scale)
  }

  mutating func forget(_ instrument: InstrumentIndex) -> Bool {
    memory.forget(instrument)
    return true
  }

  func encodeState(into buffer: inout ByteBuffer) { memory.encode(into: &buffer) }
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) { try memory.decode(&reader) }
}
