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

/// One instruction of fixed size: registers in, one register out, and for an indicator its settings and its place in a block of memory.
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

/// A graph as a list of steps of fixed size, each computed once a bar. Register n is node n; constants are set once.
struct RuleProgram: Sendable {
  private(set) var steps: [RuleStep] = []
  private(set) var registers: [RuleRegister] = []

  /// Places what the graph's indicators remember in `memory`.
  ///
  /// - Parameter roots: the nodes that are read afterwards; what they don't need is left out.
  init(_ graph: RuleGraph, roots: [RuleNode], memory: inout BlockMemory) {
    registers = Array(repeating: RuleRegister(), count: graph.nodes.count)
    let isNeeded = graph.needed(for: roots)
    for (node, kind) in graph.nodes.enumerated() where isNeeded[node] {
      if case .constant(let value) = kind {
        registers[node].value = value
      } else {
        steps.append(RuleProgram.step(node, kind, &memory))
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
    _ steps: Span<RuleStep>, _ registers: inout MutableSpan<RuleRegister>, _ words: inout MutableSpan<UInt64>,
    _ block: Int, _ bar: Bar
  ) {
    for index in steps.indices {
      let step = steps[index]
      let first = registers[step.first]
      switch step.operation {
      case .field:
        registers[step.result] = RuleRegister(value: ExactQuotient.divide(step.field.nanos(bar), by: FixedPoint.unit))
      case .exactMean:
        registers[step.result] = ready(
          step.placed(ExactMean(checked: step.period)).update(&words, block, step.field.nanos(bar)))
      case .crossingOfMeans:
        let (firstMean, secondMean) = (ExactMean(checked: step.period), ExactMean(checked: step.slowPeriod))
        let nanos = step.field.nanos(bar)
        let start = block &+ step.offset
        let secondStart = start &+ firstMean.wordCount
        let left = firstMean.update(&words, at: start, with: nanos)
        let right = secondMean.update(&words, at: secondStart, with: nanos)
        registers[step.first] = ready(left)
        registers[step.second] = ready(right)
        guard let left, let right,
          let cross = Crossing().update(&words, at: secondStart &+ secondMean.wordCount, with: (left, right))
        else {
          registers[step.result] = RuleRegister(status: RuleRegister.warming)
          continue
        }
        registers[step.result] = RuleRegister(value: cross == .above ? 1 : cross == .below ? -1 : 0)
      case .averageTrueRange:
        let range = step.placed(AverageTrueRange(checked: step.period))
        registers[step.result] = ready(range.update(&words, block, bar))
      case .onBalanceVolume:
        registers[step.result] = ready(step.placed(OnBalanceVolume()).update(&words, block, bar))
      case .add: registers[step.result] = number(first, registers[step.second]) { $0 + $1 }
      case .subtract: registers[step.result] = number(first, registers[step.second]) { $0 - $1 }
      case .multiply: registers[step.result] = number(first, registers[step.second]) { $0 * $1 }
      case .divide: registers[step.result] = number(first, registers[step.second]) { $0 / $1 }
      case .lesser: registers[step.result] = number(first, registers[step.second]) { $0 < $1 ? $0 : $1 }
      case .greater: registers[step.result] = number(first, registers[step.second]) { $0 > $1 ? $0 : $1 }
      case .negate: registers[step.result] = RuleRegister(value: -first.value, status: first.status)
      case .magnitude: registers[step.result] = RuleRegister(value: first.value.magnitude, status: first.status)
      case .score:
        let (mean, deviation) = (registers[step.second], registers[step.third])
        let value = deviation.value > 0 ? (first.value - mean.value) / deviation.value : 0
        registers[step.result] = RuleRegister(value: value, status: first.status | mean.status | deviation.status)
      case .less: registers[step.result] = condition(first, registers[step.second]) { $0 < $1 }
      case .lessOrEqual: registers[step.result] = condition(first, registers[step.second]) { $0 <= $1 }
      case .equal: registers[step.result] = condition(first, registers[step.second]) { $0 == $1 }
      case .unequal: registers[step.result] = condition(first, registers[step.second]) { $0 != $1 }
      case .and: registers[step.result] = condition(first, registers[step.second]) { $0 != 0 && $1 != 0 }
      case .or: registers[step.result] = condition(first, registers[step.second]) { $0 != 0 || $1 != 0 }
      case .not: registers[step.result] = RuleRegister(value: first.value == 0 ? 1 : 0, status: first.status)
      case .isAbove: registers[step.result] = RuleRegister(value: first.value > 0 ? 1 : 0, status: first.status)
      case .isBelow: registers[step.result] = RuleRegister(value: first.value < 0 ? 1 : 0, status: first.status)
      case .crossing:
        let second = registers[step.second]
        let status = first.status | second.status
        if status != 0 {
          registers[step.result] = RuleRegister(status: status)
        } else if let cross = step.placed(Crossing()).update(&words, block, (first.value, second.value)) {
          registers[step.result] = RuleRegister(value: cross == .above ? 1 : cross == .below ? -1 : 0)
        } else {
          registers[step.result] = RuleRegister(status: RuleRegister.warming)
        }
      case .mean:
        registers[step.result] = fed(step.placed(MovingMean(checked: step.period)), first, &words, block)
      case .exponentialMean:
        registers[step.result] = fed(step.placed(ExponentialMean(checked: step.period)), first, &words, block)
      case .weightedMean:
        registers[step.result] = fed(step.placed(WeightedMean(checked: step.period)), first, &words, block)
      case .relativeStrength:
        registers[step.result] = fed(step.placed(RelativeStrength(checked: step.period)), first, &words, block)
      case .deviation:
        registers[step.result] = fed(step.placed(StandardDeviation(checked: step.period)), first, &words, block)
      case .highest:
        registers[step.result] = fed(step.placed(Extreme(.highest, checked: step.period)), first, &words, block)
      case .lowest:
        registers[step.result] = fed(step.placed(Extreme(.lowest, checked: step.period)), first, &words, block)
      case .lag:
        registers[step.result] = fed(step.placed(Lag(checked: step.period)), first, &words, block)
      case .macdLine:
        registers[step.result] = fed(
          step.placed(MACDLine(checkedFast: step.period, slow: step.slowPeriod)), first, &words, block)
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
