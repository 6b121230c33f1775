extension RuleProgram {
  /// The step that computes a node, with what it remembers placed in `memory`.
  ///
  /// - Parameter fed: of the numbers that it takes.
  static func step(
    _ node: RuleNode, _ kind: RuleNodeKind, fed: SeriesDimension?, _ memory: inout BlockMemory
  ) -> RuleStep {
    func plain(_ operation: RuleOperation) -> RuleStep {
      let operands = kind.operands.map(RuleProgram.register)
      var step = RuleStep(operation: operation, result: register(node))
      if operands.count > 0 { step.first = operands[0] }
      if operands.count > 1 { step.second = operands[1] }
      if operands.count > 2 { step.third = operands[2] }
      return step
    }
    func remembering<Part: FlatState>(_ operation: RuleOperation, _ part: Part, _ period: Int = 0) -> RuleStep {
      var step = plain(operation)
      step.offset = memory.place(part, fed: fed).offset
      step.period = period
      return step
    }
    switch kind {
    case .constant: preconditionFailure("a constant is set once and takes no step")
    case .field(let field):
      var step = plain(.field)
      step.field = field
      return step
    case .exactMean(let field, let bars):
      var step = remembering(.exactMean, ExactMean(period: bars), bars)
      step.field = field
      return step
    case .macdLine(_, let fast, let slow):
      var step = remembering(.macdLine, MACDLine(fast: fast, slow: slow), fast)
      step.slowPeriod = slow
      return step
    case .onBalanceVolume: return remembering(.onBalanceVolume, OnBalanceVolume())
    case .averageTrueRange(let bars): return remembering(.averageTrueRange, AverageTrueRange(period: bars), bars)
    case .crossing: return remembering(.crossing, Crossing())
    case .mean(_, let bars): return remembering(.mean, MovingMean(period: bars), bars)
    case .exponentialMean(_, let bars): return remembering(.exponentialMean, ExponentialMean(period: bars), bars)
    case .weightedMean(_, let bars): return remembering(.weightedMean, WeightedMean(period: bars), bars)
    case .relativeStrength(_, let bars): return remembering(.relativeStrength, RelativeStrength(period: bars), bars)
    case .deviation(_, let bars): return remembering(.deviation, StandardDeviation(period: bars), bars)
    case .highest(_, let bars): return remembering(.highest, Extreme(.highest, period: bars), bars)
    case .lowest(_, let bars): return remembering(.lowest, Extreme(.lowest, period: bars), bars)
    case .lag(_, let bars): return remembering(.lag, Lag(period: bars), bars)
    case .add: return plain(.add)
    case .subtract: return plain(.subtract)
    case .multiply: return plain(.multiply)
    case .divide: return plain(.divide)
    case .negate: return plain(.negate)
    case .magnitude: return plain(.magnitude)
    case .lesser: return plain(.lesser)
    case .greater: return plain(.greater)
    case .score: return plain(.score)
    case .less: return plain(.less)
    case .lessOrEqual: return plain(.lessOrEqual)
    case .equal: return plain(.equal)
    case .unequal: return plain(.unequal)
    case .and: return plain(.and)
    case .or: return plain(.or)
    case .not: return plain(.not)
    case .isAbove: return plain(.isAbove)
    case .isBelow: return plain(.isBelow)
    }
  }
}
