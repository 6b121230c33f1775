import Events
import Market

/// A value on its way through a program.
struct RuleRegister: BitwiseCopyable, Sendable {
  /// A number; for a condition 1 or 0.
  var value: Double = 0
  /// Bits: `undefined`, `warming`; 0 where the value counts.
  var status: UInt64 = 0

  /// Divided by zero, or beyond what a Double holds: a condition that reads it is false on this bar.
  static let undefined: UInt64 = 1
  /// Some indicator has too few bars.
  static let warming: UInt64 = 2
}

/// What one step does.
enum RuleOperation: UInt8, BitwiseCopyable, Sendable {
  case field
  case exactMean
  /// Two means of one field and their crossing, all in one: the most written rule of all.
  case crossingOfMeans
  case averageTrueRange
  case onBalanceVolume
  case add
  case subtract
  case multiply
  case divide
  case negate
  case magnitude
  case lesser
  case greater
  case score
  case less
  case lessOrEqual
  case equal
  case unequal
  case and
  case or
  case not
  case isAbove
  case isBelow
  case crossing
  case mean
  case exponentialMean
  case weightedMean
  case relativeStrength
  case deviation
  case highest
  case lowest
  case lag
  case macdLine
}

/// One instruction of fixed size: registers in, one register out (each by its first word), and for an indicator its settings
/// and its place in a block of memory.
///
/// Plain numbers behind one small code: an enum with payloads took two jumps a step.
struct RuleStep: BitwiseCopyable, Sendable {
  let operation: RuleOperation
  var field = RuleField.close
  let result: Int
  var first = 0
  var second = 0
  var third = 0
  var period = 0
  /// Of two periods the longer.
  var slowPeriod = 0
  var offset = 0

  @inline(__always)
  func placed<Part: FlatState>(_ part: Part) -> Placed<Part> { Placed(part: part, offset: offset) }
}

/// A graph as a list of steps of fixed size, each computed once a bar. Node n has register n; constants are set once.
///
/// Registers are two words each, at the end of the strategy's memory: one array to open instead of two.
struct RuleProgram: Sendable {
  private(set) var steps: [RuleStep] = []
  private(set) var constants: [(register: Int, value: Double)] = []
  /// Words of all registers.
  let registerWords: Int

  /// Where a node's register begins, counted from the first one's.
  static func register(_ node: RuleNode) -> Int { 2 * node }

  /// Places what the graph's indicators remember in `memory`.
  ///
  /// - Parameter roots: the nodes that are read afterwards; what they don't need is left out.
  init(_ graph: RuleGraph, roots: [RuleNode], memory: inout BlockMemory) {
    registerWords = RuleProgram.register(graph.nodes.count)
    let isNeeded = graph.needed(for: roots)
    let dimensions = graph.dimensions
    for (node, kind) in graph.nodes.enumerated() where isNeeded[node] {
      if case .constant(let value) = kind {
        constants.append((register: RuleProgram.register(node), value: value))
      } else {
        steps.append(RuleProgram.step(node, kind, fed: RuleGraph.fed(kind, dimensions), &memory))
        fuseCrossingOfMeans()
      }
    }
  }

  /// Makes one step of the last three where they are two exact means of one field and their crossing.
  ///
  /// Only neighbours are joined: nothing can have read the means in between, and what they remember lies in one row.
  private mutating func fuseCrossingOfMeans() {
    guard steps.count >= 3 else { return }
    let (first, second, last) = (steps[steps.count - 3], steps[steps.count - 2], steps[steps.count - 1])
    guard first.operation == .exactMean, second.operation == .exactMean, last.operation == .crossing,
      last.first == first.result, last.second == second.result, first.field == second.field
    else { return }
    var fused = RuleStep(operation: .crossingOfMeans, field: first.field, result: last.result)
    (fused.first, fused.second) = (first.result, second.result)
    (fused.period, fused.slowPeriod) = (first.period, second.period)
    fused.offset = first.offset
    steps.replaceSubrange(steps.count - 3..<steps.count, with: CollectionOfOne(fused))
  }

  /// Runs all steps on one bar of the instrument whose words begin at `block`.
  @inline(__always)
  static func run(
    _ steps: Span<RuleStep>, _ words: inout MutableSpan<UInt64>, registers: Int, _ block: Int, _ bar: Bar
  ) {
    for index in steps.indices {
      let step = steps[index]
      let first = words.register(registers &+ step.first)
      switch step.operation {
      case .field:
        words.setRegister(
          registers &+ step.result,
          RuleRegister(value: ExactQuotient.divide(step.field.nanos(bar), by: FixedPoint.unit)))
      case .exactMean:
        words.setRegister(
          registers &+ step.result,
          ready(
            step.placed(ExactMean(checked: step.period)).update(&words, block, step.field.nanos(bar))))
      case .crossingOfMeans:
        let (firstMean, secondMean) = (ExactMean(checked: step.period), ExactMean(checked: step.slowPeriod))
        let nanos = step.field.nanos(bar)
        let start = block &+ step.offset
        let secondStart = start &+ firstMean.wordCount
        let left = firstMean.update(&words, at: start, with: nanos)
        let right = secondMean.update(&words, at: secondStart, with: nanos)
        words.setRegister(registers &+ step.first, ready(left))
        words.setRegister(registers &+ step.second, ready(right))
        guard let left, let right,
          let cross = Crossing().update(&words, at: secondStart &+ secondMean.wordCount, with: (left, right))
        else {
          words.setRegister(registers &+ step.result, RuleRegister(status: RuleRegister.warming))
          continue
        }
        words.setRegister(registers &+ step.result, RuleRegister(value: cross == .above ? 1 : cross == .below ? -1 : 0))
      case .averageTrueRange:
        let range = step.placed(AverageTrueRange(checked: step.period))
        words.setRegister(registers &+ step.result, ready(range.update(&words, block, bar)))
      case .onBalanceVolume:
        words.setRegister(registers &+ step.result, ready(step.placed(OnBalanceVolume()).update(&words, block, bar)))
      case .add:
        words.setRegister(registers &+ step.result, number(first, words.register(registers &+ step.second)) { $0 + $1 })
      case .subtract:
        words.setRegister(registers &+ step.result, number(first, words.register(registers &+ step.second)) { $0 - $1 })
      case .multiply:
        words.setRegister(registers &+ step.result, number(first, words.register(registers &+ step.second)) { $0 * $1 })
      case .divide:
        words.setRegister(registers &+ step.result, number(first, words.register(registers &+ step.second)) { $0 / $1 })
      case .lesser:
        words.setRegister(
          registers &+ step.result, number(first, words.register(registers &+ step.second)) { $0 < $1 ? $0 : $1 })
      case .greater:
        words.setRegister(
          registers &+ step.result, number(first, words.register(registers &+ step.second)) { $0 > $1 ? $0 : $1 })
      case .negate: words.setRegister(registers &+ step.result, RuleRegister(value: -first.value, status: first.status))
      case .magnitude:
        words.setRegister(registers &+ step.result, RuleRegister(value: first.value.magnitude, status: first.status))
      case .score:
        let (mean, deviation) = (words.register(registers &+ step.second), words.register(registers &+ step.third))
        let value = deviation.value > 0 ? (first.value - mean.value) / deviation.value : 0
        words.setRegister(
          registers &+ step.result, RuleRegister(value: value, status: first.status | mean.status | deviation.status))
      case .less:
        words.setRegister(
          registers &+ step.result, condition(first, words.register(registers &+ step.second)) { $0 < $1 })
      case .lessOrEqual:
        words.setRegister(
          registers &+ step.result, condition(first, words.register(registers &+ step.second)) { $0 <= $1 })
      case .equal:
        words.setRegister(
          registers &+ step.result, condition(first, words.register(registers &+ step.second)) { $0 == $1 })
      case .unequal:
        words.setRegister(
          registers &+ step.result, condition(first, words.register(registers &+ step.second)) { $0 != $1 })
      case .and:
        words.setRegister(
          registers &+ step.result, condition(first, words.register(registers &+ step.second)) { $0 != 0 && $1 != 0 })
      case .or:
        words.setRegister(
          registers &+ step.result, condition(first, words.register(registers &+ step.second)) { $0 != 0 || $1 != 0 })
      case .not:
        words.setRegister(registers &+ step.result, RuleRegister(value: first.value == 0 ? 1 : 0, status: first.status))
      case .isAbove:
        words.setRegister(registers &+ step.result, RuleRegister(value: first.value > 0 ? 1 : 0, status: first.status))
      case .isBelow:
        words.setRegister(registers &+ step.result, RuleRegister(value: first.value < 0 ? 1 : 0, status: first.status))
      case .crossing:
        let second = words.register(registers &+ step.second)
        let status = first.status | second.status
        if status != 0 {
          words.setRegister(registers &+ step.result, RuleRegister(status: status))
        } else if let cross = step.placed(Crossing()).update(&words, block, (first.value, second.value)) {
          words.setRegister(
            registers &+ step.result, RuleRegister(value: cross == .above ? 1 : cross == .below ? -1 : 0))
        } else {
          words.setRegister(registers &+ step.result, RuleRegister(status: RuleRegister.warming))
        }
      case .mean:
        words.setRegister(
          registers &+ step.result, fed(step.placed(MovingMean(checked: step.period)), first, &words, block))
      case .exponentialMean:
        words.setRegister(
          registers &+ step.result, fed(step.placed(ExponentialMean(checked: step.period)), first, &words, block))
      case .weightedMean:
        words.setRegister(
          registers &+ step.result, fed(step.placed(WeightedMean(checked: step.period)), first, &words, block))
      case .relativeStrength:
        words.setRegister(
          registers &+ step.result, fed(step.placed(RelativeStrength(checked: step.period)), first, &words, block))
      case .deviation:
        words.setRegister(
          registers &+ step.result, fed(step.placed(StandardDeviation(checked: step.period)), first, &words, block))
      case .highest:
        words.setRegister(
          registers &+ step.result, fed(step.placed(Extreme(.highest, checked: step.period)), first, &words, block))
      case .lowest:
        words.setRegister(
          registers &+ step.result, fed(step.placed(Extreme(.lowest, checked: step.period)), first, &words, block))
      case .lag:
        words.setRegister(registers &+ step.result, fed(step.placed(Lag(checked: step.period)), first, &words, block))
      case .macdLine:
        words.setRegister(
          registers &+ step.result,
          fed(
            step.placed(MACDLine(checkedFast: step.period, slow: step.slowPeriod)), first, &words, block))
      }
    }
  }

  @inline(__always)
  private static func ready(_ value: Double?) -> RuleRegister {
    guard let value else { return RuleRegister(status: RuleRegister.warming) }
    return RuleRegister(value: value)
  }

  /// Gives an indicator its next value, unless there is none on this bar.
  @inline(__always)
  private static func fed<Formula: Indicator>(
    _ formula: Placed<Formula>, _ input: RuleRegister, _ words: inout MutableSpan<UInt64>, _ block: Int
  ) -> RuleRegister where Formula.Input == Double, Formula.Output == Double {
    if input.status != 0 { return RuleRegister(status: input.status) }
    return ready(formula.update(&words, block, input.value))
  }

  @inline(__always)
  private static func number(
    _ first: RuleRegister, _ second: RuleRegister, _ combine: (Double, Double) -> Double
  ) -> RuleRegister {
    let value = combine(first.value, second.value)
    let status = first.status | second.status
    return RuleRegister(value: value, status: value.isFinite ? status : status | RuleRegister.undefined)
  }

  @inline(__always)
  private static func condition(
    _ first: RuleRegister, _ second: RuleRegister, _ holds: (Double, Double) -> Bool
  ) -> RuleRegister {
    RuleRegister(value: holds(first.value, second.value) ? 1 : 0, status: first.status | second.status)
  }
}

extension MutableSpan where Element == UInt64 {
  @inline(__always)
  func register(_ index: Int) -> RuleRegister { RuleRegister(value: double(index), status: self[index &+ 1]) }
  @inline(__always)
  mutating func setRegister(_ index: Int, _ register: RuleRegister) {
    setDouble(index, register.value)
    self[index &+ 1] = register.status
  }
}
