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

  /// Reads a journal of actions for a run's instruments, which are found by their symbols.
  ///
  /// - Throws: where the journal holds none for any of them, or gives units that neither the run knows nor anybody prices.
  package init(_ chain: JournalChain, instruments: [Instrument]) throws(RunError) {
    path = chain.path
    let symbols = chain.started.instruments.map(\.symbol)
    var places: [InstrumentIndex?] = []
    for symbol in symbols {
      places.append(instruments.firstIndex { $0.symbol == symbol }.map { InstrumentIndex($0) })
    }
    var reader: ChainReader
    do throws(JournalError) { reader = try ChainReader(chain) } catch { throw .journal(error) }
    while let event = try ActionSchedule.next(&reader) {
      if event.kind == CorporateAction.kind { try append(event, event.time, symbols, places) }
    }
    if entries.isEmpty { throw .actionsOfOthers(path: path, symbols: symbols) }
  }

  private static func next(_ reader: inout ChainReader) throws(RunError) -> JournalEvent? {
    do throws(JournalError) { return try reader.next() } catch { throw .journal(error) }
  }

  private mutating func append(
    _ event: JournalEvent, _ time: Timestamp, _ symbols: [String], _ places: [InstrumentIndex?]
  ) throws(RunError) {
    var action: CorporateAction
    do throws(DecodeError) { action = try event.decode(CorporateAction.self) } catch {
      throw .decode(error, path: path, sequence: event.sequence)
    }
    let named = ([action.instrument] + (action.other.map { [$0] } ?? [])).map(\.position)
    for place in named where place >= places.count {
      throw .reduce(.unknownInstrument(sequence: event.sequence, index: place, count: places.count), path: path)
    }
    guard let instrument = places[action.instrument.position] else { return }
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

}
