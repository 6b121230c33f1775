import Crypto
import Events
package import Journal
package import Market

/// Why journals can't be joined. Nothing was written in any case.
package enum JoinError: Error, Hashable, Sendable {
  case output(ImportError)
  case journal(JournalError)
  case undecodable(path: String, sequence: UInt64)
  /// Two journals have bars of one instrument.
  case twice(symbol: String, paths: [String])
  case tooManyInstruments(count: Int)
  /// An action gives units of an instrument that no journal has bars of, and doesn't price them.
  case unpriced(symbol: String, other: String, path: String)
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
    case .unpriced(let symbol, let other, let path):
      "\(path): \(symbol) gives units of \(other), which none of the journals has bars of: join its bars too, or give what a unit is worth as `price`."
    case .noBars(let paths): "no bar in \(paths.joined(separator: ", ")): nothing to join."
    }
  }
}

/// What a join did.
package struct JoinReport: Sendable {
  package let bars: UInt64
  package let actions: UInt64
  /// Actions of symbols that no journal has bars of: left out.
  package let actionsOfOthers: UInt64
  /// Instruments that go on in another one's bars, as an action says.
  package let renamed: [(from: String, to: String, at: Timestamp)]
  package let symbols: [String]
  package let journal: JournalSummary
}

/// Writes the bars and corporate actions of several journals into one, in the order of their times.
///
/// Actions of a journal that `import actions` wrote go to the instruments of their symbols. Where one of them says that a symbol is called otherwise from an instant on, and bars
/// come under the new symbol, these are the old instrument's from then on; what came under the new symbol before was another company and stays itself.
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
  let report = try write(&merge, from: first, started(chains, merge.places.instruments), into: output)
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
  return try writer.finish(at: time, merge.places, actionsOfOthers: merge.actionsOfOthers)
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

  consuming func finish(
    at time: Timestamp, _ places: JoinPlaces, actionsOfOthers: UInt64
  ) throws(JoinError) -> JoinReport {
    let symbols = places.instruments.map(\.symbol)
    do throws(JournalError) {
      events.clear(nextSequence: writer.nextSequence)
      events.append(FeedEnded(reason: .exhausted), time: time)
      try writer.append(events)
      return JoinReport(
        bars: bars, actions: actions, actionsOfOthers: actionsOfOthers,
        renamed: places.renames.map { (symbols[$0.old], symbols[$0.new], $0.time) }, symbols: symbols,
        journal: try writer.seal())
    } catch {
      throw .journal(error)
    }
  }
}
