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

/// What one step does; indicators come with their settings and their place in a block of memory.
enum RuleOperation: BitwiseCopyable, Sendable {
  case field(RuleField)
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
  case crossing(Placed<Crossing>)
  case exactMean(Placed<ExactMean>, RuleField)
  case mean(Placed<MovingMean>)
  case exponentialMean(Placed<ExponentialMean>)
  case weightedMean(Placed<WeightedMean>)
  case relativeStrength(Placed<RelativeStrength>)
  case deviation(Placed<StandardDeviation>)
  case extreme(Placed<Extreme>)
  case lag(Placed<Lag>)
  case macdLine(Placed<MACDLine>)
  case averageTrueRange(Placed<AverageTrueRange>)
  case onBalanceVolume(Placed<OnBalanceVolume>)
}

/// One instruction: registers in, one register out.
struct RuleStep: BitwiseCopyable, Sendable {
  let operation: RuleOperation
  let result: Int
  var first = 0
  var second = 0
  var third = 0
}

/// A graph as a list of steps of fixed size, each computed once a bar. Register n is node n; constants are set once.
struct RuleProgram: Sendable {
  private(set) var steps: [RuleStep] = []
  private(set) var registers: [RuleRegister] = []

  /// Places what the graph's indicators remember in `memory`.
  init(_ graph: RuleGraph, memory: inout BlockMemory) {
    registers = Array(repeating: RuleRegister(), count: graph.nodes.count)
    for (node, kind) in graph.nodes.enumerated() {
      if case .constant(let value) = kind {
        registers[node].value = value
      } else {
        steps.append(RuleProgram.step(node, kind, &memory))
      }
    }
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
      case .field(let field):
        registers[step.result] = RuleRegister(value: ExactQuotient.divide(field.nanos(bar), by: FixedPoint.unit))
      case .exactMean(let mean, let field):
        registers[step.result] = ready(mean.update(&words, block, field.nanos(bar)))
      case .averageTrueRange(let range): registers[step.result] = ready(range.update(&words, block, bar))
      case .onBalanceVolume(let volume): registers[step.result] = ready(volume.update(&words, block, bar))
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
      case .crossing(let crossing):
        let second = registers[step.second]
        let status = first.status | second.status
        if status != 0 {
          registers[step.result] = RuleRegister(status: status)
        } else if let cross = crossing.update(&words, block, (first.value, second.value)) {
          registers[step.result] = RuleRegister(value: cross == .above ? 1 : cross == .below ? -1 : 0)
        } else {
          registers[step.result] = RuleRegister(status: RuleRegister.warming)
        }
      case .mean(let formula): registers[step.result] = fed(formula, first, &words, block)
      case .exponentialMean(let formula): registers[step.result] = fed(formula, first, &words, block)
      case .weightedMean(let formula): registers[step.result] = fed(formula, first, &words, block)
      case .relativeStrength(let formula): registers[step.result] = fed(formula, first, &words, block)
      case .deviation(let formula): registers[step.result] = fed(formula, first, &words, block)
      case .extreme(let formula): registers[step.result] = fed(formula, first, &words, block)
      case .lag(let formula): registers[step.result] = fed(formula, first, &words, block)
      case .macdLine(let formula): registers[step.result] = fed(formula, first, &words, block)
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
