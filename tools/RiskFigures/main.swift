/// Computes the statistics of sizing and watches over lines of standard input and prints one line of comma-separated figures each, doubles in full:
/// what tools/parity/risk_check.py recomputes.
///
///     risk-figures FORMULA [KEY=INTEGER]... < LINES
///     risk-figures cost
let arguments = Arguments(CommandLine.arguments)
do {
  switch arguments.formula {
  case "cost": try printCosts()
  case "log": printLogarithms()
  case "half-life": try printHalfLives()
  case "ewma": try printVolatilities(arguments)
  case "covariance": try printCovariances(arguments)
  case "atr": try printRangeShares(arguments)
  case "target": printTargets()
  case "risk": printRiskPerTrade()
  case "inverse": printInverseVolatility()
  case "kelly": try printKelly(arguments)
  case "psi": try printStability(arguments)
  case "page-hinkley": try printPageHinkley(arguments)
  case "stuck": try printStuck(arguments)
  case "rate": try printRates(arguments)
  case "drawdown": try printDrawdowns(arguments)
  default: fatalError("unknown formula \(arguments.formula)")
  }
} catch {
  fatalError("\(error)")
}
