import Events
import Journal
import Market

/// Which instrument of a joined journal each one of its parts is, and which goes on under another symbol.
struct JoinPlaces {
  private(set) var instruments: [Instrument] = []
  /// By journal and number there; nil for actions of what no journal has bars of.
  private(set) var byChain: [[InstrumentIndex?]] = []
  /// Whether `import actions` wrote a journal: it has no bars of its own.
  let isOfActions: [Bool]
  private(set) var renames: [Rename] = []

  /// From `time` on the bars of `new` are those of `old`.
  struct Rename {
    var old: Int
    var new: Int
    var time: Timestamp
  }

  init(_ chains: [JournalChain]) throws(JoinError) {
    isOfActions = chains.map { $0.started.mode == .import && $0.started.profile.hasPrefix("{\"actions\":") }
    var owners: [String: String] = [:]
    for (number, chain) in chains.enumerated() {
      let first = instruments.count
      byChain.append([])
      if isOfActions[number] { continue }
      for instrument in chain.started.instruments {
        let key = instrument.symbol + "\u{0}" + instrument.venue
        if let owner = owners.updateValue(chain.path, forKey: key) {
          throw .twice(symbol: instrument.symbol, paths: [owner, chain.path])
        }
        instruments.append(instrument)
      }
      if instruments.count > Int(UInt16.max) { throw .tooManyInstruments(count: instruments.count) }
      byChain[number] = (first..<instruments.count).map { InstrumentIndex($0) }
    }
    for (number, chain) in chains.enumerated() where isOfActions[number] {
      byChain[number] = chain.started.instruments.map { place(of: $0.symbol).map { InstrumentIndex($0) } }
    }
  }

  private func place(of symbol: String) -> Int? { instruments.firstIndex { $0.symbol == symbol } }

  /// Notes a change of symbol whose new one has bars.
  mutating func note(_ action: CorporateAction, at time: Timestamp) {
    guard action.type == .symbolChange, let new = place(of: action.symbol), new != action.instrument.position else {
      return
    }
    renames.append(Rename(old: action.instrument.position, new: new, time: time))
  }

  /// An input under the instrument that it belongs to at its time.
  func renamed(_ input: JoinInput) -> JoinInput.Content {
    if renames.isEmpty { return input.content }
    switch input.content {
    case .bar(let bar): return .bar(bar.with(instrument: owner(bar.instrument, at: bar.openTime), closesSlot: false))
    case .action(var action):
      action.instrument = owner(action.instrument, at: input.time)
      if let other = action.other { action.other = owner(other, at: input.time) }
      return .action(action)
    }
  }

  /// Follows changes of symbol back, newest first; each leads to another one that was before it.
  private func owner(_ instrument: InstrumentIndex, at time: Timestamp) -> InstrumentIndex {
    var place = instrument.position
    var before = time
    while let rename = renames.last(where: { $0.new == place && $0.time <= before }) {
      place = rename.old
      before = Timestamp(nanos: rename.time.nanos - 1)
    }
    return InstrumentIndex(place)
  }
}
