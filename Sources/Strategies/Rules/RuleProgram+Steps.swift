extension RuleProgram {
  /// The step that computes a node, with what it remembers placed in `memory`.
  static func step(_ node: RuleNode, _ kind: RuleNodeKind, _ memory: inout BlockMemory) -> RuleStep {
    func pair(_ operation: RuleOperation, _ first: RuleNode, _ second: RuleNode) -> RuleStep {
      RuleStep(operation: operation, result: node, first: first, second: second)
    }
    func single(_ operation: RuleOperation, _ first: RuleNode) -> RuleStep {
      RuleStep(operation: operation, result: node, first: first)
    }
    switch kind {
    case .constant: preconditionFailure("a constant is set once and takes no step")
    case .field(let field): return RuleStep(operation: .field(field), result: node)
    case .onBalanceVolume:
      return RuleStep(operation: .onBalanceVolume(memory.place(OnBalanceVolume())), result: node)
    case .averageTrueRange(let bars):
      return RuleStep(operation: .averageTrueRange(memory.place(AverageTrueRange(period: bars))), result: node)
    case .exactMean(let field, let bars):
      return RuleStep(operation: .exactMean(memory.place(ExactMean(period: bars)), field), result: node)
    case .add(let first, let second): return pair(.add, first, second)
    case .subtract(let first, let second): return pair(.subtract, first, second)
    case .multiply(let first, let second): return pair(.multiply, first, second)
    case .divide(let first, let second): return pair(.divide, first, second)
    case .lesser(let first, let second): return pair(.lesser, first, second)
    case .greater(let first, let second): return pair(.greater, first, second)
    case .less(let first, let second): return pair(.less, first, second)
    case .lessOrEqual(let first, let second): return pair(.lessOrEqual, first, second)
    case .equal(let first, let second): return pair(.equal, first, second)
    case .unequal(let first, let second): return pair(.unequal, first, second)
    case .and(let first, let second): return pair(.and, first, second)
    case .or(let first, let second): return pair(.or, first, second)
    case .crossing(let first, let second): return pair(.crossing(memory.place(Crossing())), first, second)
    case .score(let value, let mean, let deviation):
      return RuleStep(operation: .score, result: node, first: value, second: mean, third: deviation)
    case .negate(let operand): return single(.negate, operand)
    case .magnitude(let operand): return single(.magnitude, operand)
    case .not(let operand): return single(.not, operand)
    case .isAbove(let operand): return single(.isAbove, operand)
    case .isBelow(let operand): return single(.isBelow, operand)
    case .mean(let operand, let bars): return single(.mean(memory.place(MovingMean(period: bars))), operand)
    case .exponentialMean(let operand, let bars):
      return single(.exponentialMean(memory.place(ExponentialMean(period: bars))), operand)
    case .weightedMean(let operand, let bars):
      return single(.weightedMean(memory.place(WeightedMean(period: bars))), operand)
    case .relativeStrength(let operand, let bars):
      return single(.relativeStrength(memory.place(RelativeStrength(period: bars))), operand)
    case .deviation(let operand, let bars):
      return single(.deviation(memory.place(StandardDeviation(period: bars))), operand)
    case .highest(let operand, let bars):
      return single(.extreme(memory.place(Extreme(.highest, period: bars))), operand)
    case .lowest(let operand, let bars):
      return single(.extreme(memory.place(Extreme(.lowest, period: bars))), operand)
    case .lag(let operand, let bars): return single(.lag(memory.place(Lag(period: bars))), operand)
    case .macdLine(let operand, let fast, let slow):
      return single(.macdLine(memory.place(MACDLine(fast: fast, slow: slow))), operand)
    }
  }
}
