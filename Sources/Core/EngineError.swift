package import Strategies

/// Why a run's reducer can't be made.
package enum EngineError: Error, Hashable, Sendable {
  case strategies(StrategySetError)
  case statistics(StatisticsError)
  /// Stops and targets of a position rest at the venue as a group, which isn't done at a real venue yet.
  case exitsAtVenue
  /// Interest, settlement and margin of an account are computed here; a real venue keeps its own.
  case accountAtVenue
  /// A cash account and an instrument that is margined.
  case marginNeeded(symbol: String)
}
