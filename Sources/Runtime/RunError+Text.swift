import Core
import Events
import Journal
import Market
import Strategies

extension RunError {
  /// What went wrong, where, and what to do: the one place where these texts are made.
  package var text: String {
    switch self {
    case .journal(let error): "\(error)"
    case .chain(let error): "\(error)"
    case .file(let error): "\(error)"
    case .decode(let error, let path, let sequence):
      "\(path): event \(sequence) can't be read (\(error)); run `engine verify \(path)` to see whether the file is damaged."
    case .reduce(let error, let path): RunError.text(error, path)
    case .strategies(let error): RunError.text(error)
    case .statistics(let error): RunError.text(error)
    case .exitsAtVenue:
      "the profile's exits are of a kind that doesn't rest at a real venue yet; `engine profile check PROFILE --for live` says which, and what to write instead."
    case .ordersAtVenue:
      "the profile's orders are of a kind that a real venue isn't told yet; `engine profile check PROFILE --for live` names each key and what to write instead."
    case .currenciesAtVenue:
      "the profile holds several currencies, which is done in a backtest and on paper, but not at a real venue yet: take `currencies` out of it, and instruments of other currencies out of its universe."
    case .currencies(let problem): RunError.text(problem)
    case .accountInSeveralPurses:
      "an account counts interest on one balance, and `convert: never` keeps several: write `convert: at_once` under `currencies`, or take `account` out of the profile."
    case .accountAtVenue:
      "the profile has an account, whose interest, settlement and margin the engine computes; a real venue keeps its own: take `account` out of the profile."
    case .feeRates(let problem): RunError.text(problem)
    case .feesNotReceived(let symbol):
      "fills.fees.paid_in: received is how spot crypto venues take fees, and \(symbol) is no spot crypto (class `crypto`): write `paid_in: quote`, or trade it in a profile of its own."
    case .decisionBarsShorter(let decision, let bar, let symbol, let path):
      "\(path): a bar of \(symbol) is \(DurationText.text(nanos: bar)) long, and decision_bars asks for bars of \(DurationText.text(nanos: decision)), which can't be made of longer ones: write decision_bars of at least that length, or take it out of the profile."
    case .marginNeeded(let symbol):
      "\(symbol) is a future or perpetual, which a cash account can't hold; write `type: margin` in the profile's account, or leave the instrument out of the universe."
    case .rolls(let problem): RunError.text(problem)
    case .profile(let error): error.description
    case .unknownSymbols(let symbols, let path, let available):
      "the profile names \(symbols.joined(separator: ", ")), but \(path) holds \(RunError.some(available)); "
        + "change its universe or instruments, or import the missing symbols."
    case .noCommonSymbols(let symbols, let path, let available):
      "\(path) has bars of \(RunError.some(available)) and of none of the run's \(RunError.some(symbols)); give a later journal of the same symbols."
    case .unknownLimits(let symbols, let sectors, let path): RunError.text(symbols: symbols, sectors: sectors, path)
    case .actionsOfOthers(let path, let symbols):
      "\(path) has corporate actions of \(RunError.some(symbols)), and none of the run's instruments; give those of its symbols, or leave --actions out."
    case .actionRefused(let problem, let symbol, let action, let time, let path):
      "\(path): the \(action.word) of \(symbol) on \(time.utcDate) can't be done: \(RunError.text(problem)); correct it at its source and import it anew."
    case .lateAction(let symbol, let action, let time, let path):
      "\(path): the \(action.word) of \(symbol) on \(time.utcDate) comes too late: the run has taken bars or fills of \(symbol) behind it without it, and would change what it doesn't concern; begin another run "
        + "(another `instance`), or leave this action out of the file."
    case .noActions(let path):
      "\(path) has no corporate action; make one by `engine import actions`, or leave --actions out."
    case .actionCurrency(let symbol, let action, let instrument, let time, let path):
      "\(path): what \(symbol) pays on \(time.utcDate) is in \(action), and \(symbol) trades in \(instrument); import the actions with `--currency \(instrument)` where that is what they pay."
    case .renamedInstrument(let symbol, let new, let time, let path):
      "\(path): from \(time.utcDate) on \(symbol) is called \(new), and the bars have \(new) as an instrument of its own; make them one by `engine join BARS \(path) --output whole.zst`, "
        + "or import the bars under one symbol."
    case .noPoints(let path): "\(path) has no data point; make one by `engine import points`, or leave --points out."
    case .pointsTwice(let path):
      "\(path) has data points of its own; leave --points out, or give a journal of bars without them."
    case .actionsTwice(let path):
      "\(path) has corporate actions of its own, and --actions would apply them twice; leave --actions out, or give bars without actions."
    case .actionNeedsInstrument(let symbol, let other, let path):
      "\(path): \(symbol) gives units of \(other), which the run doesn't have; add \(other) to the bars and the universe, or give the action a price at which they are sold."
    case .currencyDiffers(let symbol, let instrument, let run):
      "\(symbol) trades in \(instrument), the profile accounts in \(run); name \(instrument) under `currencies` with the instrument that is its rate, set the profile's currency to \(instrument), "
        + "or leave \(symbol) out of the universe."
    case .reducerVersion(let found, let ours, let path):
      "\(path) was made by reducer version \(found), this program has version \(ours): its decisions can be read, not recomputed; "
        + "replay it with the program that made it, or pass --with PROFILE to run its inputs anew."
    case .nothingToReplay(let path):
      "\(path) holds imported bars and no decisions; give it to `engine backtest --bars \(path)` first."
    case .otherRun(let path):
      "\(path) is the unfinished journal of another run: another profile, other bars or another program; finish that one, or run without "
        + "--resume to begin anew."
    case .resumeDiverges(let path, let sequence):
      "\(path): event \(sequence) is not what its inputs give today; look at it with `engine replay \(path)`, or run without --resume to begin anew."
    case .spaceShort(let path):
      "\(path): the disk is nearly full; all events so far are durable: make room, then run again with --resume."
    case .snapshotInvalid(let path):
      "\(path) is no snapshot of this run, or is damaged; delete it: it can be made again."
    case .snapshotMissing(let snapshot, let path):
      "\(path) continues another journal, and the state that it begins in, \(snapshot), is not there; "
        + "put that file back, or give the run's earlier journals too."
    case .snapshotOfOtherState(let snapshot, let path):
      "\(snapshot) is not the state that \(path) continues from, or is damaged; restore it from a copy, "
        + "or give the run's earlier journals too."
    case .output(let reason): reason
    case .control(let error): error.text
    case .endedOnPurpose(let point): "ended at \(point.rawValue), as a test wanted; run the same command again."
    case .runEnded(let path):
      "\(path): the run had ended; its journal takes nothing more. Begin another run: its state is its own."
    case .sequenceOutside(let sequence, let first, let last, let path):
      "\(path) has events \(first) … \(last), and not \(sequence); give a sequence within that range."
    }
  }

  /// The same for a run that is gone on with by the same command, as paper and live are.
  package var liveText: String {
    switch self {
    case .otherRun(let path):
      "\(path) is the unfinished journal of another run: another profile, other instruments or another program. Give the profile that it was begun with to go on with it; where it is given up, move it and \(path).tail away, and with it whatever holds it, such as a kill."
    case .resumeDiverges(let path, let sequence):
      "\(path): event \(sequence) is not what its inputs give today; look at it with `engine replay \(path)`, and go on with the program that wrote it."
    case .spaceShort(let path):
      "\(path): the disk is nearly full; all events so far are durable: make room, then run the same command again."
    default: text
    }
  }

  private static func text(symbols: [String], sectors: [String], _ path: String) -> String {
    var names: [String] = []
    if !symbols.isEmpty {
      names.append("the symbol\(symbols.count == 1 ? "" : "s") \(symbols.joined(separator: ", "))")
    }
    if !sectors.isEmpty {
      names.append("the sector\(sectors.count == 1 ? "" : "s") \(sectors.joined(separator: ", "))")
    }
    return
      "the profile limits \(names.joined(separator: " and ")), but no instrument of the run in \(path) has such a name; "
      + "correct the names under risk, or remove those limits: a limit that never applies protects nothing."
  }

  private static func text(_ error: ReduceError, _ path: String) -> String {
    switch error {
    case .timeRunsBackwards(let sequence, let time, let last):
      "\(path): event \(sequence) is of \(time), but \(last) came before it; inputs must be in the order in which they became known: "
        + "import the files together, so that they are merged by time."
    case .unknownInstrument(let sequence, let index, let count):
      "\(path): event \(sequence) is of instrument \(index), but the run has \(count); the journal was not written by this engine."
    case .barOutsideSession(let sequence, let instrument, let openTime):
      "\(path): event \(sequence) is a bar of instrument \(instrument) at \(openTime), outside its market's hours; the profile refuses such bars (sessions: outside). Leave them out of the bars, or say flag or quarantine"
    case .reportImpossible(let sequence):
      "\(path): event \(sequence) reports something that no venue can have done, or comes to a run whose venue is simulated; the journal was not written by this engine."
    case .splitRatioInvalid(let sequence):
      "\(path): event \(sequence) is a split that can't be done: \(text(.ratio)); correct the corporate action at its source."
    case .actionImpossible(let sequence, let problem):
      "\(path): event \(sequence) is a corporate action that can't be done: \(text(problem)); correct it at its source."
    }
  }

  private static func text(_ problem: ActionProblem) -> String {
    switch problem {
    case .ratio: "its ratio has a zero, or makes more of a position than can be held"
    case .amount: "an amount in it is negative or too large"
    case .symbol: "a change of symbol names no symbol"
    case .other: "the instrument that it gives is the same, or one with another multiplier"
    case .priceUnknown:
      "nothing says what a unit that it gives is worth: give it a price, or have a bar of that instrument before it"
    case .margined: "a future or perpetual of an account knows no other end than a delisting"
    case .worthTooMuch: "what it hands out is worth as much as the whole, or the whole has no price yet"
    }
  }

  private static func text(_ error: StatisticsError) -> String {
    switch error {
    case .outOfRange(let setting, let value, let lowest, let highest):
      "\(setting) is \(value), and must be \(lowest) … \(highest); correct the profile's sizing, drawdown or breakers."
    case .tooManyInstruments(let count, let most):
      "covariances are kept for at most \(most) instruments, and this run has \(count); name fewer in the profile's universe, or size "
        + "by inverse_volatility or volatility_target, which need none."
    case .stepsNotOrdered(let step):
      "step \(step + 1) of the drawdown schedule is no deeper than the one before, or no smaller; put the steps in order."
    }
  }

  private static func text(_ error: StrategySetError) -> String {
    switch error {
    case .unknown(let name, let position):
      "strategy \(position + 1) is \(name), which this program doesn't have; `engine strategies` lists those it has."
    case .parameter(let error, let name, let position):
      switch error {
      case .relation(let parameter, let requirement):
        "strategy \(position + 1) (\(name)): \(parameter): \(requirement)."
      case .expression(let parameter, let line, let column, let problem):
        "strategy \(position + 1) (\(name)): \(parameter), line \(line), column \(column): \(problem)."
      }
    }
  }

  static func some(_ names: [String]) -> String {
    if names.count <= 12 { return names.joined(separator: ", ") }
    return names.prefix(12).joined(separator: ", ") + " and \(names.count - 12) more"
  }

  private static func text(_ problem: RollProblem) -> String {
    switch problem {
    case .unknownContract(let symbol, let chain):
      "the chain \(chain) has the contract \(symbol), which the run doesn't have; add its bars and name it in the universe, or take it out of `rolls`."
    case .notFuture(let symbol, let chain):
      "the chain \(chain) has \(symbol), which is no future; only futures roll: correct the instrument's class, or take it out of `rolls`."
    case .contractsDiffer(let symbol, let other, let chain):
      "the contracts \(other) and \(symbol) of the chain \(chain) differ in multiplier, currency, lot or calendar, so that as many units of the one aren't the same position in the other; put them in chains of their own."
    case .contractTwice(let symbol): "\(symbol) stands in `rolls` twice; name each contract in one place."
    case .orderOfExpiries(let chain):
      "the chain \(chain) needs two contracts or more, each expiring behind the one before; put them in that order."
    case .dates(let chain):
      "the chain \(chain) needs a date for each contract but the last, in their order and each before its contract's expiry; correct `dates`, or `sessions_before_expiry`."
    case .marginAccountNeeded:
      "`rolls` carries futures over, which are settled daily; give the profile an `account` of `type: margin`."
    case .sizingOverUniverse:
      "inverse_volatility and risk_parity divide their budget over every instrument of the run, each contract of a chain among them; size by volatility_target, portfolio_volatility or another model, or take `rolls` out of the profile."
    case .atVenue:
      "the profile rolls futures, which is done in a backtest and on paper, but not at a real venue yet: take `rolls` out of it."
    }
  }

  private static func text(_ problem: FeeRateProblem) -> String {
    switch problem {
    case .unknown(let symbol, let asset):
      "`fees_in` books fees in \(asset) at the price of \(symbol), which the run doesn't have; add it to `instruments`, or name another pair."
    case .unfit(let symbol, let asset, let bought, let quoted, let run):
      "`fees_in` books fees in \(asset) at the price of \(symbol), which is what a unit of \(bought) costs in \(quoted); name the pair of \(asset) in \(run)."
    }
  }

  private static func text(_ problem: CurrencyProblem) -> String {
    switch problem {
    case .undeclared(let symbol, let currency, let run):
      RunError.currencyDiffers(symbol: symbol, instrument: currency, run: run).text
    case .rateUnknown(let symbol, let currency):
      "the profile's rate of \(currency) is \(symbol), which the run doesn't have; add bars of \(symbol), or name another instrument as the rate."
    case .rateUnfit(let symbol, let currency, let quoted, let run):
      "the profile's rate of \(currency) is \(symbol), which is quoted in \(quoted); it has to be quoted in \(run) (what a \(currency) costs) or in \(currency) (what a \(run) costs)."
    }
  }
}
