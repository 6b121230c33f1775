import Core
package import Events
package import Journal
package import Market

/// Corporate actions that are given to a run beside its bars, in the order of their instants.
///
/// An action goes before the first bar that becomes known behind its instant, so before everything that opens on the ex-date; a bar that becomes known at
/// that very instant told of the day before. Actions of before the first bar meet nothing and are left out; behind the last bar only the
/// end of an instrument still counts.
package struct ActionSchedule: Sendable {
  package struct Entry: Sendable {
    package var action: CorporateAction
    package var time: Timestamp
  }

  package private(set) var entries: [Entry] = []
  package let path: String
  /// Symbols that the run doesn't have, and how many actions of theirs were left out.
  package private(set) var others: [String: Int] = [:]

  /// Reads a journal of actions for a run's instruments, which are found by their symbols.
  ///
  /// - Throws: where the journal holds none for any of them, gives units that neither the run knows nor anybody prices, pays in another currency than the instrument's, or renames an
  ///   instrument to a symbol that the run has as another one.
  package init(_ chain: JournalChain, instruments: [Instrument]) throws(RunError) {
    path = chain.path
    let symbols = chain.started.instruments.map(\.symbol)
    var places: [InstrumentIndex?] = []
    for symbol in symbols {
      places.append(instruments.firstIndex { $0.symbol == symbol }.map { InstrumentIndex($0) })
    }
    var reader = try ChainReader.opened(chain)
    let currencies = chain.started.instruments.map(\.currency)
    while let event = try reader.nextOfRun() {
      guard event.kind == CorporateAction.kind else { continue }
      try append(event, event.time, symbols, places)
      guard let entry = entries.last, let source = places.firstIndex(of: entry.action.instrument) else { continue }
      try check(entry, symbol: symbols[source], currency: currencies[source], instruments)
    }
    if entries.isEmpty, others.isEmpty { throw .noActions(path: path) }
    if entries.isEmpty { throw .actionsOfOthers(path: path, symbols: symbols) }
  }

  private mutating func append(
    _ event: JournalEvent, _ time: Timestamp, _ symbols: [String], _ places: [InstrumentIndex?]
  ) throws(RunError) {
    var action = try event.decodedInRun(CorporateAction.self, path)
    let named = ([action.instrument] + (action.other.map { [$0] } ?? [])).map(\.position)
    for place in named where place >= places.count {
      throw .reduce(.unknownInstrument(sequence: event.sequence, index: place, count: places.count), path: path)
    }
    guard let instrument = places[action.instrument.position] else {
      others[symbols[action.instrument.position], default: 0] += 1
      return
    }
    if let other = action.other {
      action.other = places[other.position]
      if action.other == nil, action.price == 0 {
        throw .actionNeedsInstrument(
          symbol: symbols[action.instrument.position], other: symbols[other.position], path: path)
      }
    }
    action.instrument = instrument
    entries.append(Entry(action: action, time: time))
  }

  private func check(
    _ entry: Entry, symbol: String, currency: Currency, _ instruments: [Instrument]
  ) throws(RunError) {
    let own = instruments[entry.action.instrument.position].currency
    if own != currency, entry.action.cash != 0 || entry.action.price != 0 {
      throw .actionCurrency(symbol: symbol, action: currency, instrument: own, time: entry.time, path: path)
    }
    if entry.action.type == .symbolChange, entry.action.symbol != symbol,
      instruments.contains(where: { $0.symbol == entry.action.symbol })
    {
      throw .renamedInstrument(symbol: symbol, new: entry.action.symbol, time: entry.time, path: path)
    }
  }

  /// What was left out, for people; nil where nothing was.
  package var note: String? {
    if others.isEmpty { return nil }
    let count = others.values.reduce(0, +)
    return
      "\(count) corporate \(count == 1 ? "action" : "actions") of \(RunError.some(others.keys.sorted())) left out: the run has no such instrument"
  }
}

extension RunError {
  /// With the action's own file, symbol and date in the place of a number in the journal that is being written.
  func naming(_ input: Input, _ instruments: [Instrument], path: String?) -> RunError {
    guard let path, case .corporateAction(let action, let time) = input, case .reduce(let error, _) = self else {
      return self
    }
    let problem: ActionProblem
    switch error {
    case .splitRatioInvalid: problem = .ratio
    case .actionImpossible(_, let found): problem = found
    default: return self
    }
    return .actionRefused(
      problem, symbol: instruments[action.instrument.position].symbol, action: action.type, time: time,
      path: path)
  }
}
