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
  var from = first
  if let snapshot {
    from = try Snapshot.decode(snapshot.bytes, into: &engine, runID: start.runID, path: snapshot.path)
    // A state behind the event that was asked for can't be turned back.
    guard from >= first, from <= sequence + 1 else { throw .snapshotInvalid(path: snapshot.path) }
    if from < end { try reader.seekInRun(to: from) }
  }
  var inputs = InputRange(from: from, through: sequence, path: path)
  var block = DecodedBlock()
  while from <= sequence, try reader.nextBlockOfRun(&block), block.firstSequence <= sequence {
    try inputs.reduce(block, into: &engine)
  }
  return (start, engine.describe())
}

/// The inputs among some events, reduced; what they cause is thrown away.
private struct InputRange: ~Copyable {
  private let range: ClosedRange<UInt64>
  private let path: String
  private var derived = EventBuffer()

  /// - Precondition: the range is not empty, or no block is reduced.
  init(from: UInt64, through sequence: UInt64, path: String) {
    range = min(from, sequence)...sequence
    self.path = path
  }

  mutating func reduce(_ block: borrowing DecodedBlock, into engine: inout Engine) throws(RunError) {
    var sequence = block.firstSequence
    var barPosition = 0
    var rowOffset = 0
    for run in block.runs {
      for _ in 0..<run.count {
        if sequence > range.upperBound { return }
        if run.isBars {
          if range.contains(sequence) { try take(block.bars[barPosition], sequence, &engine) }
          barPosition += 1
        } else {
          let row = try row(block.rows, &rowOffset, sequence)
          if range.contains(sequence) { try take(row, sequence, &engine) }
        }
        sequence += 1
      }
    }
  }

  private mutating func take(_ bar: Bar, _ sequence: UInt64, _ engine: inout Engine) throws(RunError) {
    derived.clear(nextSequence: sequence + 1)
    do throws(ReduceError) {
      try engine.reduce(bar, sequence: sequence, into: &derived)
    } catch {
      throw .reduce(error, path: path)
    }
  }

  private mutating func take(_ row: EventRow, _ sequence: UInt64, _ engine: inout Engine) throws(RunError) {
    // How files begin is no input of the reducer.
    guard case .input(let time) = row.origin, row.kind != RunStarted.kind, row.kind != JournalContinued.kind else {
      return
    }
    let body: any EventBody
    do throws(DecodeError) {
      body = try row.decodeAny(sequence: sequence)
    } catch {
      throw .decode(error, path: path, sequence: sequence)
    }
    guard let input = body as? any ReducibleInput else { return }
    derived.clear(nextSequence: sequence + 1)
    do throws(ReduceError) {
      try input.reduce(in: &engine, time: time, sequence: sequence, into: &derived)
    } catch {
      throw .reduce(error, path: path)
    }
  }

  private func row(
    _ rows: UnsafeRawBufferPointer, _ offset: inout Int, _ sequence: UInt64
  ) throws(RunError) -> EventRow {
    do throws(DecodeError) {
      var reader = ByteReader(rows, offset: offset)
      let row = try EventRow(&reader, sequence: sequence)
      offset = reader.offset
      return row
    } catch {
      throw .decode(error, path: path, sequence: sequence)
    }
  }
}
