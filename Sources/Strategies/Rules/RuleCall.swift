/// A function applied to arguments of the right number: what it means in nodes.
struct RuleCall {
  let function: RuleVocabulary.Function
  let arguments: [RuleSyntax]

  private func number(_ index: Int, _ compiler: inout RuleCompiler) throws(RuleError) -> RuleNode {
    try compiler.number(arguments[index])
  }

  private func period(_ index: Int, _ compiler: inout RuleCompiler) throws(RuleError) -> Int {
    try compiler.period(arguments[index], function.arguments[index], of: function.rawValue)
  }

  func node(_ compiler: inout RuleCompiler) throws(RuleError) -> RuleNode {
    switch function {
    case .sma, .ema, .wma, .rsi, .stddev, .zscore, .highest, .lowest, .lag, .roc, .momentum:
      let operand = try number(0, &compiler)
      return windowed(operand, try period(1, &compiler), &compiler)
    case .change:
      let operand = try number(0, &compiler)
      return compiler.node(.subtract(operand, compiler.node(.lag(operand, 1))))
    case .abs:
      return compiler.node(.magnitude(try number(0, &compiler)))
    case .atr:
      return compiler.node(.averageTrueRange(try period(0, &compiler)))
    case .stochastic:
      return stochastic(try period(0, &compiler), &compiler)
    case .macd:
      return try macdLine(&compiler)
    case .macdSignal:
      let line = try macdLine(&compiler)
      return compiler.node(.exponentialMean(line, try period(3, &compiler)))
    case .bollingerUpper, .bollingerLower:
      let operand = try number(0, &compiler)
      let bars = try period(1, &compiler)
      let width = compiler.node(.multiply(try number(2, &compiler), compiler.node(.deviation(operand, bars))))
      let mean = compiler.mean(operand, bars)
      return compiler.node(function == .bollingerUpper ? .add(mean, width) : .subtract(mean, width))
    case .crossAbove, .crossBelow:
      let first = try number(0, &compiler)
      let crossing = compiler.node(.crossing(first, try number(1, &compiler)))
      return compiler.node(function == .crossAbove ? .isAbove(crossing) : .isBelow(crossing))
    case .min:
      let first = try number(0, &compiler)
      return compiler.node(.lesser(first, try number(1, &compiler)))
    case .max:
      let first = try number(0, &compiler)
      return compiler.node(.greater(first, try number(1, &compiler)))
    }
  }

  private func windowed(_ operand: RuleNode, _ bars: Int, _ compiler: inout RuleCompiler) -> RuleNode {
    switch function {
    case .ema: return compiler.node(.exponentialMean(operand, bars))
    case .wma: return compiler.node(.weightedMean(operand, bars))
    case .rsi: return compiler.node(.relativeStrength(operand, bars))
    case .stddev: return compiler.node(.deviation(operand, bars))
    case .highest: return compiler.node(.highest(operand, bars))
    case .lowest: return compiler.node(.lowest(operand, bars))
    case .lag: return compiler.node(.lag(operand, bars))
    case .momentum: return compiler.node(.subtract(operand, compiler.node(.lag(operand, bars))))
    case .zscore:
      let deviation = compiler.node(.deviation(operand, bars))
      return compiler.node(.score(operand, compiler.mean(operand, bars), deviation))
    case .roc:
      // In percent, as TA-Lib's ROC.
      let ratio = compiler.node(.divide(operand, compiler.node(.lag(operand, bars))))
      return compiler.node(.multiply(compiler.node(.subtract(ratio, compiler.constant(1))), compiler.constant(100)))
    case .sma, .change, .atr, .stochastic, .macd, .macdSignal, .bollingerUpper, .bollingerLower, .crossAbove,
      .crossBelow, .abs, .min, .max:
      return compiler.mean(operand, bars)
    }
  }

  /// Raw %K: where the close stands between the lowest low and the highest high, 0 … 100.
  private func stochastic(_ bars: Int, _ compiler: inout RuleCompiler) -> RuleNode {
    let top = compiler.node(.highest(compiler.node(.field(.high)), bars))
    let bottom = compiler.node(.lowest(compiler.node(.field(.low)), bars))
    let above = compiler.node(.subtract(compiler.node(.field(.close)), bottom))
    let share = compiler.node(.divide(above, compiler.node(.subtract(top, bottom))))
    return compiler.node(.multiply(share, compiler.constant(100)))
  }

  private func macdLine(_ compiler: inout RuleCompiler) throws(RuleError) -> RuleNode {
    let operand = try number(0, &compiler)
    let fast = try period(1, &compiler)
    let slow = try period(2, &compiler)
    guard fast < slow else {
      throw RuleError(arguments[1].place, "'fast' of \(function.rawValue) must be less than 'slow'")
    }
    return compiler.node(.macdLine(operand, fast: fast, slow: slow))
  }
}
