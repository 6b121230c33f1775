package import Strategies

/// Why a run's reducer can't be made.
package enum EngineError: Error, Hashable, Sendable {
  case strategies(StrategySetError)
  case statistics(StatisticsError)
  case currencies(CurrencyProblem)
  case feeRates(FeeRateProblem)
  /// Trailing stops don't rest at a real venue yet.
  case exitsAtVenue
  /// The profile's orders are of a kind that a venue outside can't work.
  case ordersAtVenue
  /// A real venue's balances are followed in one currency.
  case currenciesAtVenue
  /// Interest, settlement and margin of an account are computed here; a real venue keeps its own.
  case accountAtVenue
  /// An account's interest is that of one balance: other currencies are turned into it at once.
  case accountInSeveralPurses
  case rolls(RollProblem)
  /// A cash account and an instrument that is margined.
  case marginNeeded(symbol: String)
  /// Fees are to be taken of what is received, and an instrument is no spot crypto.
  case feesNotReceived(symbol: String)
}
