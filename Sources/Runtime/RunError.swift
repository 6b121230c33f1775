package import Core
package import Events
package import Journal
package import Market
package import Strategies

/// Why a run or a replay could not be done. What is wrong with the run's decisions is never an error but a report.
package enum RunError: Error, Sendable {
  case journal(JournalError)
  case file(FileError)
  case decode(DecodeError, path: String, sequence: UInt64)
  case reduce(ReduceError, path: String)
  case strategies(StrategySetError)
  case profile(ProfileError)
  /// The journal's first event is not a run's or an import's start.
  case noStart(path: String)
  /// The profile names symbols that the bars don't have.
  case unknownSymbols([String], path: String, available: [String])
  case currencyDiffers(symbol: String, instrument: Currency, run: Currency)
  /// Made by a reducer of another version: it can be read, not recomputed.
  case reducerVersion(found: UInt64, ours: UInt64, path: String)
  /// `replay` was given a journal without decisions.
  case nothingToReplay(path: String)
  case snapshotInvalid(path: String)
  case sequenceBeyondEnd(sequence: UInt64, count: UInt64, path: String)
}
