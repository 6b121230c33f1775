package import Core
package import Events
package import Journal
package import Market
package import Strategies

/// Why a run or a replay could not be done. What is wrong with the run's decisions is never an error but a report.
package enum RunError: Error, Sendable {
  case journal(JournalError)
  /// The files given are not one run's in order.
  case chain(ChainError)
  case file(FileError)
  case decode(DecodeError, path: String, sequence: UInt64)
  case reduce(ReduceError, path: String)
  case strategies(StrategySetError)
  case statistics(StatisticsError)
  /// Stops and targets can't rest at a real venue yet.
  case exitsAtVenue
  /// Orders of a kind that a venue outside can't work yet.
  case ordersAtVenue
  case currenciesAtVenue
  case currencies(CurrencyProblem)
  case accountAtVenue
  case accountInSeveralPurses
  case marginNeeded(symbol: String)
  /// The profile's chains of contracts can't be.
  case rolls(RollProblem)
  /// Fees are to be taken of what is received, and an instrument is no spot crypto.
  case feesNotReceived(symbol: String)
  /// The profile's rates for fees in other assets don't fit the run's instruments.
  case feeRates(FeeRateProblem)
  /// The profile decides on shorter bars than there are, in nanoseconds.
  case decisionBarsShorter(decision: Int64, bar: Int64, symbol: String, path: String)
  case profile(ProfileError)
  /// The profile names symbols that the bars don't have.
  case unknownSymbols([String], path: String, available: [String])
  /// A later journal has none of a run's symbols.
  case noCommonSymbols([String], path: String, available: [String])
  /// The profile limits symbols or sectors that none of the run's instruments has.
  case unknownLimits(symbols: [String], sectors: [String], path: String)
  /// A journal of actions has none for the run's instruments.
  case actionsOfOthers(path: String, symbols: [String])
  case noActions(path: String)
  /// An action of a journal beside the bars can't be done.
  /// A corporate action that a renewed file has, and that the run has gone past without it.
  case lateAction(symbol: String, action: CorporateActionType, time: Timestamp, path: String)
  case actionRefused(ActionProblem, symbol: String, action: CorporateActionType, time: Timestamp, path: String)
  /// Money of an action is in another currency than the instrument's.
  case actionCurrency(symbol: String, action: Currency, instrument: Currency, time: Timestamp, path: String)
  /// An instrument goes on under a symbol that the run has as another instrument.
  case renamedInstrument(symbol: String, new: String, time: Timestamp, path: String)
  /// The bars' journal has corporate actions of its own, and others were given beside it.
  case actionsTwice(path: String)
  case noPoints(path: String)
  case pointsTwice(path: String)
  /// A company gives units of one that the run doesn't have, and nobody says what they are worth.
  case actionNeedsInstrument(symbol: String, other: String, path: String)
  case currencyDiffers(symbol: String, instrument: Currency, run: Currency)
  /// Made by a reducer of another version: it can be read, not recomputed.
  case reducerVersion(found: UInt64, ours: UInt64, path: String)
  /// `replay` was given a journal without decisions.
  case nothingToReplay(path: String)
  /// The unfinished journal is not of this profile over these bars.
  case otherRun(path: String)
  /// What is in the unfinished journal can't be recomputed: the event where it parts.
  case resumeDiverges(path: String, sequence: UInt64)
  /// The disk could not promise room for the events to come.
  case spaceShort(path: String)
  case snapshotInvalid(path: String)
  /// A file that continues another, without the state that it begins in.
  case snapshotMissing(snapshot: String, path: String)
  /// The snapshot beside a file that continues another is of another state than the one that the file names.
  case snapshotOfOtherState(snapshot: String, path: String)
  /// The run can't be watched or told anything.
  case control(ControlError)
  /// The journal can't be put where it is to go, in the words of whoever keeps it.
  case output(String)
  /// A test had the process end there.
  case endedOnPurpose(FailPoint)
  /// The run has ended: its journal takes no more inputs.
  case runEnded(path: String)
  /// The sequence lies outside `first` … `last`.
  case sequenceOutside(sequence: UInt64, first: UInt64, last: UInt64, path: String)
}

extension RunError {
  init(_ error: EngineError) {
    switch error {
    case .strategies(let error): self = .strategies(error)
    case .statistics(let error): self = .statistics(error)
    case .exitsAtVenue: self = .exitsAtVenue
    case .ordersAtVenue: self = .ordersAtVenue
    case .currenciesAtVenue: self = .currenciesAtVenue
    case .currencies(.undeclared(let symbol, let currency, let run)):
      self = .currencyDiffers(symbol: symbol, instrument: currency, run: run)
    case .currencies(let problem): self = .currencies(problem)
    case .accountInSeveralPurses: self = .accountInSeveralPurses
    case .accountAtVenue: self = .accountAtVenue
    case .marginNeeded(let symbol): self = .marginNeeded(symbol: symbol)
    case .rolls(let problem): self = .rolls(problem)
    case .feeRates(let problem): self = .feeRates(problem)
    case .feesNotReceived(let symbol): self = .feesNotReceived(symbol: symbol)
    }
  }
}
