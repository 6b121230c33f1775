package import Strategies

/// Why a run's reducer can't be made.
package enum EngineError: Error, Hashable, Sendable {
  case strategies(StrategySetError)
  case statistics(StatisticsError)
}
