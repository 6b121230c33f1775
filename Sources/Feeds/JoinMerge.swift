import Events
import Journal
import Market

/// A bar or corporate action under its instrument's number in the joined journal.
struct JoinInput {
  enum Content {
    case bar(Bar)
    case action(CorporateAction)
  }

  let time: Timestamp
  let content: Content

  var isBar: Bool {
    if case .bar = content { return true }
    return false
  }

  /// Actions come before the bars of their instant.
  var rank: Int { isBar ? 1 : 0 }
}

/// The inputs of several journals in the order of their times.
struct JoinMerge {
  let places: JoinPlaces
  private(set) var actionsOfOthers: UInt64 = 0
  private var sources: [JoinSource] = []
  private var heads: [JoinInput?] = []

  init(_ chains: [JournalChain]) throws(JoinError) {
    places = try JoinMerge.places(chains)
    for (number, chain) in chains.enumerated() { sources.append(try JoinSource(chain, places.byChain[number])) }
    for source in sources { heads.append(try source.next()) }
  }

  /// Reads the journals of actions once for the changes of symbols in them.
  private static func places(_ chains: [JournalChain]) throws(JoinError) -> JoinPlaces {
    var places = try JoinPlaces(chains)
    for (number, chain) in chains.enumerated() where places.isOfActions[number] {
      let source = try JoinSource(chain, places.byChain[number])
      while let input = try source.next() {
        if case .action(let action) = input.content { places.note(action, at: input.time) }
      }
    }
    return places
  }

  mutating func next() throws(JoinError) -> JoinInput? {
    var best = -1
    for place in heads.indices {
      guard let head = heads[place] else { continue }
      guard best >= 0, let least = heads[best] else {
        best = place
        continue
      }
      if (head.time, head.rank) < (least.time, least.rank) { best = place }
    }
    guard best >= 0, let found = heads[best] else {
      actionsOfOthers = sources.reduce(0) { $0 + $1.actionsOfOthers }
      return nil
    }
    heads[best] = try sources[best].next()
    return JoinInput(time: found.time, content: places.renamed(found))
  }
}

/// One journal on its way into the joined one: a class, because a reader can't be copied into an array.
private final class JoinSource {
  private var reader: ChainReader
  private let path: String
  /// Numbers in the joined journal; nil for actions of what it has no bars of.
  private let numbers: [InstrumentIndex?]
  private let symbols: [String]
  private(set) var actionsOfOthers: UInt64 = 0

  init(_ chain: JournalChain, _ numbers: [InstrumentIndex?]) throws(JoinError) {
    reader = try JoinSource.opened(chain)
    path = chain.path
    symbols = chain.started.instruments.map(\.symbol)
    self.numbers = numbers
  }

  private static func opened(_ chain: JournalChain) throws(JoinError) -> ChainReader {
    do throws(JournalError) { return try ChainReader(chain) } catch { throw .journal(error) }
  }

  /// The next bar or action; what else a run's journal holds is left out.
  func next() throws(JoinError) -> JoinInput? {
    while true {
      let read: JournalEvent?
      do throws(JournalError) { read = try reader.next() } catch { throw .journal(error) }
      guard let event = read else { return nil }
      switch event.content {
      case .bar(let bar):
        guard let number = try placed(bar.instrument, event.sequence) else { continue }
        return JoinInput(time: bar.knownAt, content: .bar(bar.with(instrument: number, closesSlot: false)))
      case .row(CorporateAction.kind, _, _, _):
        var action: CorporateAction
        do throws(DecodeError) { action = try event.decode() } catch {
          throw .undecodable(path: path, sequence: event.sequence)
        }
        let symbol = symbols[min(action.instrument.position, symbols.count - 1)]
        guard let number = try placed(action.instrument, event.sequence) else {
          actionsOfOthers += 1
          continue
        }
        action.instrument = number
        if let other = action.other {
          action.other = try placed(other, event.sequence)
          if action.other == nil, action.price == 0 {
            throw .unpriced(symbol: symbol, other: symbols[other.position], path: path)
          }
        }
        return JoinInput(time: event.time, content: .action(action))
      case .row: continue
      }
    }
  }

  private func placed(_ instrument: InstrumentIndex, _ sequence: UInt64) throws(JoinError) -> InstrumentIndex? {
    guard instrument.position < numbers.count else { throw .undecodable(path: path, sequence: sequence) }
    return numbers[instrument.position]
  }
}
