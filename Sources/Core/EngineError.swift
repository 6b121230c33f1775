package import Strategies

/// Why a run's reducer can't be made.
package enum EngineError: Error, Hashable, Sendable {
  case strategies(StrategySetError)
  case statistics(StatisticsError)
  case currencies(CurrencyProblem)
  /// Stops and targets of a position rest at the venue as a group, which isn't done at a real venue yet.
  case exitsAtVenue
  /// The profile's orders are of a kind that a venue outside can't work.
  case ordersAtVenue
  /// A real venue's balances are followed in one currency.
  case currenciesAtVenue
}
