import Crypto
import Events
package import Journal
import Market

/// Why journals can't be joined. Nothing was written in any case.
package enum JoinError: Error, Hashable, Sendable {
  case output(ImportError)
  case journal(JournalError)
  case undecodable(path: String, sequence: UInt64)
  /// Two journals have bars of one instrument.
  case twice(symbol: String, paths: [String])
  case tooManyInstruments(count: Int)
  /// No journal holds a bar.
  case noBars(paths: [String])
}

extension JoinError: CustomStringConvertible {
  /// What went wrong, where, and what to do.
  package var description: String {
    switch self {
    case .output(let error): "\(error)"
    case .journal(let error): "\(error)"
    case .undecodable(let path, let sequence):
      "\(path): event \(sequence) can't be read; run `engine verify \(path)` to see whether the file is damaged."
    case .twice(let symbol, let paths):
      "\(paths.joined(separator: " and ")) both have \(symbol); import it once, or under another symbol."
    case .tooManyInstruments(let count): "\(count) instruments are more than a journal holds (65,535)."
    case .noBars(let paths): "no bar in \(paths.joined(separator: ", ")): nothing to join."
    }
  }
}

/// What a join did.
package struct JoinReport: Hashable, Sendable {
  package let bars: UInt64
  package let actions: UInt64
  package let symbols: [String]
  package let journal: JournalSummary
}

/// Writes the bars and corporate actions of several journals into one, in the order of their times.
///
/// At one instant actions come before bars, and bars in the order of the journals; slots are closed anew, over all of them. The same journals in the same order give the
/// same bytes.
///
/// - Complexity: linear in the events, times the number of journals.
package func joinJournals(
  _ chains: [JournalChain], output target: ImportRequest.Output, replaces: Bool
) throws(JoinError) -> JoinReport {
  var merge = try JoinMerge(chains)
  guard let first = try merge.next() else { throw .noBars(paths: chains.map(\.path)) }
  let output: PartialOutput
  do throws(ImportError) {
    try PartialOutput.check(target, replaces: replaces)
    output = try PartialOutput(target)
  } catch {
    throw .output(error)
  }
  let report = try write(&merge, from: first, started(chains, merge.instruments), into: output)
  do throws(ImportError) { try output.finish() } catch { throw .output(error) }
  return report
}

/// What determines the journal: those that were joined, by their heads, in their order.
private func started(_ chains: [JournalChain], _ instruments: [Instrument]) -> RunStarted {
  let heads = chains.map { Hex.text($0.summary.head).jsonQuoted }
  let profile = JSONText.object([("joined", "[" + heads.joined(separator: ",") + "]")])
  let profileDigest = Array(SHA256.hash(data: Array(profile.utf8)))
  let inputsDigest = Array(SHA256.hash(data: chains.flatMap { $0.summary.head }))
  var buffer = ByteBuffer(capacity: 128)
  buffer.append(Array("engine.run.v1".utf8))
  // No event of a join is derived.
  let reducerVersion: UInt64 = 0
  buffer.appendFixed(reducerVersion)
  buffer.append(profileDigest)
  buffer.append(inputsDigest)
  return RunStarted(
    mode: .import, reducerVersion: reducerVersion, runID: Array(SHA256.hash(data: buffer.array).prefix(16)),
    profileDigest: profileDigest, inputsDigest: inputsDigest, profile: profile,
    currency: chains[0].started.currency, strategies: [], instruments: instruments)
}

private func write(
  _ merge: inout JoinMerge, from first: JoinInput, _ started: RunStarted, into output: PartialOutput
) throws(JoinError) -> JoinReport {
  var writer = try JoinWriter(output)
  try writer.begin(started, at: first.time)
  // A bar waits, with the actions of its instant that stand behind it, until it is known whether another bar of the instant comes.
  var held: [JoinInput] = []
  var time = first.time
  var following: JoinInput? = first
  while let input = following {
    if input.time != time || input.isBar {
      for waiting in held { try writer.append(waiting, closesSlot: input.time != time) }
      held.removeAll(keepingCapacity: true)
    }
    held.append(input)
    time = input.time
    following = try merge.next()
  }
  for waiting in held { try writer.append(waiting, closesSlot: true) }
  return try writer.finish(at: time, symbols: started.instruments.map(\.symbol))
}

/// The journal that is written, and what went into it.
private struct JoinWriter: ~Copyable {
  private var writer: JournalWriter
  private var events = EventBuffer()
  private var bars: UInt64 = 0
  private var actions: UInt64 = 0

  init(_ output: PartialOutput) throws(JoinError) {
    writer = try JoinWriter.opened(output)
  }

  mutating func begin(_ started: RunStarted, at time: Timestamp) throws(JoinError) {
    events.append(started, time: time)
    do throws(JournalError) { try writer.append(events) } catch { throw .journal(error) }
  }

  private static func opened(_ output: PartialOutput) throws(JoinError) -> JournalWriter {
    do throws(JournalError) { return try JournalWriter(file: output.file, options: JournalOptions()) } catch {
      throw .journal(error)
    }
  }

  mutating func append(_ input: JoinInput, closesSlot: Bool) throws(JoinError) {
    do throws(JournalError) {
      switch input.content {
      case .bar(let bar):
        bars += 1
        try writer.append(bar.with(instrument: bar.instrument, closesSlot: closesSlot))
      case .action(let action):
        actions += 1
        events.clear(nextSequence: writer.nextSequence)
        events.append(action, time: input.time)
        try writer.append(events)
      }
    } catch {
      throw .journal(error)
    }
  }

  consuming func finish(at time: Timestamp, symbols: [String]) throws(JoinError) -> JoinReport {
    do throws(JournalError) {
      events.clear(nextSequence: writer.nextSequence)
      events.append(FeedEnded(reason: .exhausted), time: time)
      try writer.append(events)
      return JoinReport(bars: bars, actions: actions, symbols: symbols, journal: try writer.seal())
    } catch {
      throw .journal(error)
    }
  }
}

/// A bar or corporate action under its instrument's number in the joined journal.
private struct JoinInput {
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
private struct JoinMerge: ~Copyable {
  private(set) var instruments: [Instrument] = []
  private var sources: [JoinSource] = []
  private var heads: [JoinInput?] = []

  init(_ chains: [JournalChain]) throws(JoinError) {
    var owners: [String: String] = [:]
    for chain in chains {
      let offset = instruments.count
      for instrument in chain.started.instruments {
        let key = instrument.symbol + "\u{0}" + instrument.venue
        if let owner = owners.updateValue(chain.path, forKey: key) {
          throw .twice(symbol: instrument.symbol, paths: [owner, chain.path])
        }
        instruments.append(instrument)
      }
      sources.append(try JoinSource(chain, offset: offset))
    }
    if instruments.count > Int(UInt16.max) { throw .tooManyInstruments(count: instruments.count) }
    for source in sources { heads.append(try source.next()) }
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
    if best < 0 { return nil }
    let found = heads[best]
    heads[best] = try sources[best].next()
    return found
  }
}

/// One journal on its way into the joined one: a class, because a reader can't be copied into an array.
private final class JoinSource {
  private var reader: ChainReader
  private let path: String
  private let offset: Int
  private let count: Int

  init(_ chain: JournalChain, offset: Int) throws(JoinError) {
    reader = try JoinSource.opened(chain)
    path = chain.path
    count = chain.started.instruments.count
    self.offset = offset
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
        return JoinInput(
          time: bar.knownAt,
          content: .bar(bar.with(instrument: try placed(bar.instrument, event.sequence), closesSlot: false)))
      case .row(CorporateAction.kind, _, _, _):
        var action: CorporateAction
        do throws(DecodeError) { action = try event.decode() } catch {
          throw .undecodable(path: path, sequence: event.sequence)
        }
        action.instrument = try placed(action.instrument, event.sequence)
        if let other = action.other { action.other = try placed(other, event.sequence) }
        return JoinInput(time: event.time, content: .action(action))
      case .row: continue
      }
    }
  }

  private func placed(_ instrument: InstrumentIndex, _ sequence: UInt64) throws(JoinError) -> InstrumentIndex {
    guard instrument.position < count else { throw .undecodable(path: path, sequence: sequence) }
    return InstrumentIndex(offset + instrument.position)
  }
}
