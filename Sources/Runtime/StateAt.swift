package import Core
package import Events
package import Journal
import Market
package import Strategies

/// The state of a run right after one of its events, recomputed from a snapshot or from the start.
///
/// - Parameters:
///   - sequence: the event; what an input causes belongs to the state behind the input.
///   - snapshot: bytes of a snapshot of the same run taken at or before `sequence`, and its path; nil to start at event 0, which only a
///     chain that begins with the run allows.
/// - Complexity: linear in the inputs between the snapshot and the event.
package func stateAt(
  sequence: UInt64, reader: consuming ChainReader, catalog: StrategyCatalog,
  snapshot: (bytes: [UInt8], path: String)?
) throws(RunError) -> (start: RunStarted, state: StateDescription) {
  var reader = reader
  let chain = reader.chain
  let path = chain.links[chain.place(of: sequence)].path
  let (first, end) = (reader.summary.firstSequence, reader.summary.nextSequence)
  guard sequence >= first, sequence < end else {
    throw .sequenceOutside(sequence: sequence, first: first, last: end - 1, path: chain.path)
  }
  let start = chain.started
  var engine = try makeReplayEngine(start, path: path, catalog: catalog)
  if snapshot == nil, let continued = chain.first.continued {
    try restore(&engine, to: continued, of: chain.first, from: nil)
  }
  if let snapshot {
    let next = try Snapshot.decode(snapshot.bytes, into: &engine, runID: start.runID, path: snapshot.path)
    // A state behind the event that was asked for can't be turned back.
    guard next >= first, next <= sequence + 1 else { throw .snapshotInvalid(path: snapshot.path) }
    try seek(&reader, to: next)
  }
  var derived = EventBuffer()
  while let event = try nextEvent(&reader), event.sequence <= sequence {
    try apply(event, to: &engine, derived: &derived, path: path)
  }
  return (start, engine.describe())
}

/// Reduces an event where it is an input; what it causes is thrown away.
private func apply(
  _ event: JournalEvent, to engine: inout Engine, derived: inout EventBuffer, path: String
) throws(RunError) {
  derived.clear(nextSequence: event.sequence + 1)
  let body: any EventBody
  let time: Timestamp
  switch event.content {
  case .bar(let bar):
    body = BarObserved(bar)
    time = bar.knownAt
  case .row(let kind, _, let origin, _):
    guard case .input(let inputTime) = origin, kind != RunStarted.kind else { return }
    time = inputTime
    do throws(DecodeError) {
      body = try event.body()
    } catch {
      throw .decode(error, path: path, sequence: event.sequence)
    }
  }
  guard let input = body as? any ReducibleInput else { return }
  do throws(ReduceError) {
    try input.reduce(in: &engine, time: time, sequence: event.sequence, into: &derived)
  } catch {
    throw .reduce(error, path: path)
  }
}
