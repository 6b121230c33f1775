package import Core
package import Events
package import Journal
package import Market
package import Strategies

/// What a backtest needs besides the machine.
package struct BacktestRequest {
  package var profile: Profile
  package var catalog: StrategyCatalog
  /// Writes a snapshot behind every so many events; nil for none.
  package var snapshotEvents: UInt64?
  package var threads: Int

  package init(profile: Profile, catalog: StrategyCatalog, snapshotEvents: UInt64?, threads: Int) {
    self.profile = profile
    self.catalog = catalog
    self.snapshotEvents = snapshotEvents
    self.threads = threads
  }
}

package struct BacktestResult: Sendable {
  package var runID: [UInt8]
  package var summary: JournalSummary
  package var ended: RunEnded
}

/// Progress is told about every so many events.
private let progressEvents: UInt64 = 65_536

/// Runs a profile over the inputs of a journal into another journal.
///
/// - Parameters:
///   - output: an empty file.
///   - snapshot: called with the sequence of the next event and the state, where snapshots are wanted.
///   - progress: called now and then with the number of bars so far and of all bars.
package func runBacktest(
  _ request: BacktestRequest, bars: consuming JournalReader, path: String, output: any JournalFile,
  snapshot: (UInt64, borrowing Engine) throws(RunError) -> Void = { (_, _) throws(RunError) in },
  progress: (UInt64, UInt64) -> Void = { _, _ in }
) throws(RunError) -> BacktestResult {
  let profile = request.profile
  let barCount = bars.summary.bars
  let inputsDigest = bars.summary.head
  let source = try readStart(&bars, path: path)
  let (instruments, places) = try universe(of: profile, in: source, path: path)
  for instrument in instruments where instrument.currency != profile.configuration.currency {
    throw .currencyDiffers(
      symbol: instrument.symbol, instrument: instrument.currency, run: profile.configuration.currency)
  }
  let engine: Engine
  do throws(StrategySetError) {
    engine = try Engine(
      configuration: profile.configuration, instruments: instruments, catalog: request.catalog)
  } catch {
    throw .strategies(error)
  }
  let profileDigest = profile.digest
  let start = RunStarted(
    mode: .backtest, reducerVersion: reducerVersion,
    runID: RunIdentity.runID(profileDigest: profileDigest, inputsDigest: inputsDigest), profileDigest: profileDigest,
    inputsDigest: inputsDigest, profile: profile.canonicalText, currency: profile.configuration.currency,
    strategies: profile.configuration.strategies.map(\.name), instruments: instruments)
  var feed = InputFeed(reader: bars, path: path, places: places, start: profile.start, end: profile.end)
  var input = try feed.next()
  let firstTime = input?.time ?? Timestamp(nanos: 0)
  let writer: JournalWriter
  do throws(JournalError) {
    writer = try JournalWriter(
      file: output, options: JournalOptions(compressionLevel: Int32(profile.level), threads: request.threads))
  } catch {
    throw .journal(error)
  }
  var loop = try RunLoop(engine: engine, writer: writer, start: start, time: firstTime, path: output.path)
  var time = firstTime
  let snapshotEvents = request.snapshotEvents ?? .max
  var nextSnapshot = snapshotEvents
  var untilProgress = progressEvents
  while let current = input {
    time = current.time
    try loop.take(current)
    // Bars that follow without anything between them: nearly all there is.
    while let bar = feed.nextBar() {
      try loop.take(bar)
      time = bar.knownAt
      if loop.writer.nextSequence >= min(nextSnapshot, untilProgress) { break }
    }
    let next = loop.writer.nextSequence
    if next >= nextSnapshot {
      try snapshot(next, loop.engine)
      nextSnapshot = (next / snapshotEvents + 1) * snapshotEvents
    }
    if next >= untilProgress {
      untilProgress = next + progressEvents
      progress(loop.engine.counts.bars, barCount)
    }
    input = try feed.next()
  }
  try loop.end(feed.reachedEnd ? .rangeEnd : .exhausted, time: time)
  let ended = RunLoop.ended(loop.engine)
  return BacktestResult(runID: start.runID, summary: try loop.seal(), ended: ended)
}

extension Input {
  package var time: Timestamp {
    switch self {
    case .bar(let bar): bar.knownAt
    case .corporateAction(_, let time), .dataPoint(_, let time), .timer(_, let time), .command(_, let time): time
    }
  }
}

/// Reads event 0 of a reader at its start, and leaves it there.
package func readStart(_ reader: inout JournalReader, path: String) throws(RunError) -> RunStarted {
  let first = try nextEvent(&reader)
  guard let first, first.sequence == 0, first.kind == RunStarted.kind else { throw .noStart(path: path) }
  let start: RunStarted
  do throws(DecodeError) {
    start = try first.decode(RunStarted.self)
  } catch {
    throw .decode(error, path: path, sequence: 0)
  }
  try seek(&reader, to: 0)
  return start
}

/// Moves to an event.
func seek(_ reader: inout JournalReader, to sequence: UInt64) throws(RunError) {
  do throws(JournalError) { try reader.seek(toSequence: sequence) } catch { throw .journal(error) }
}

func nextEvent(_ reader: inout JournalReader) throws(RunError) -> JournalEvent? {
  do throws(JournalError) { return try reader.next() } catch { throw .journal(error) }
}

/// The instruments of a run in the profile's order, and where each of the journal's goes; nil where all pass unchanged.
private func universe(
  of profile: Profile, in source: RunStarted, path: String
) throws(RunError) -> ([Instrument], [InstrumentIndex?]?) {
  switch profile.universe {
  case .all:
    return (source.instruments, nil)
  case .symbols(let symbols):
    let available = source.instruments.map(\.symbol)
    let missing = symbols.filter { !available.contains($0) }
    if !missing.isEmpty { throw .unknownSymbols(missing, path: path, available: available) }
    var places = [InstrumentIndex?](repeating: nil, count: available.count)
    var instruments: [Instrument] = []
    for symbol in symbols {
      for (index, name) in available.enumerated() where name == symbol && places[index] == nil {
        places[index] = InstrumentIndex(instruments.count)
        instruments.append(source.instruments[index])
      }
    }
    return (instruments, places)
  }
}
