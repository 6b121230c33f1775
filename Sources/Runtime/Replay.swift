package import Core
package import Events
package import Journal
package import Market
package import Strategies

/// Where a replay parted from its journal: the first derived event that was recomputed otherwise.
package struct ReplayDivergence: Sendable {
  package var sequence: UInt64
  /// The row that the journal holds; nil where it holds an input or nothing at all.
  package var journaled: [UInt8]?
  /// The row that was recomputed; nil where nothing more follows from the input.
  package var recomputed: [UInt8]?
}

package struct ReplayReport: Sendable {
  package var start: RunStarted
  package var events: UInt64 = 0
  package var bars: UInt64 = 0
  package var derived: UInt64 = 0
  package var divergence: ReplayDivergence?
  /// The first input after which the ledger, recomputed from its positions, did not balance.
  package var unbalancedAfter: UInt64?
  /// False where the journal stops without `RunEnded`: everything in it was still compared.
  package var isComplete = false
  package var head: [UInt8] = []
  package var lastTime = Timestamp(nanos: 0)
  /// False where the journal was never closed, or its end was cut off.
  package var isSealed = false
  /// False where the hash chain, computed again over what was read, doesn't end in the journal's head.
  package var endsInHead = true

  package var isEqual: Bool { divergence == nil && unbalancedAfter == nil && endsInHead }
}

/// Recomputes every derived event of a run from its inputs and compares the bytes with the journal's; checks after each input that caused
/// something that the ledger balances.
///
/// Stops at the first difference. Streams: one block and one input's events in memory.
package struct Replay: ~Copyable {
  private var blocks: BlockStream
  private var engine: Engine
  private let path: String
  private var block = DecodedBlock()
  private var derived = EventBuffer()
  /// How much of `derived` the journal has confirmed.
  private var confirmedBytes = 0
  private var confirmedCount = 0
  private var lastInput: UInt64 = 0
  private var endedBy: UInt64?
  private var report: ReplayReport
  private let total: UInt64
  /// Fills when the ledger was last recomputed.
  private var balancedFills: UInt64 = 0
  private var chain = JournalHash.chainStart

  package init(
    reader: consuming JournalReader, path: String, catalog: StrategyCatalog
  ) throws(RunError) {
    var reader = reader
    let start = try readStart(&reader, path: path)
    guard start.mode != .import else { throw .nothingToReplay(path: path) }
    guard start.reducerVersion == reducerVersion else {
      throw .reducerVersion(found: start.reducerVersion, ours: reducerVersion, path: path)
    }
    self.engine = try makeEngine(start, path: path, catalog: catalog)
    self.report = ReplayReport(start: start)
    report.head = reader.summary.head
    report.isSealed = reader.summary.isSealed
    total = reader.summary.events
    blocks = BlockStream(reader)
    self.path = path
    derived.clear(nextSequence: 1)
  }

  /// Runs to the end of the journal, or to its first difference.
  package consuming func run(progress: (UInt64, UInt64) -> Void) throws(RunError) -> ReplayReport {
    while try nextBlock() {
      chain = JournalHash.chain(previous: chain, canonical: block.canonicalBytes)
      try compareBlock()
      if report.divergence != nil || report.unbalancedAfter != nil { return report }
      progress(report.events, total)
    }
    // A journal that was never closed may end between an input and what it causes, as a block may.
    report.endsInHead = chain == report.head
    if confirmedCount < derived.count, report.isSealed {
      report.divergence = ReplayDivergence(
        sequence: report.events, journaled: nil, recomputed: nextRecomputedRow())
    }
    return report
  }

  private mutating func nextBlock() throws(RunError) -> Bool {
    do throws(JournalError) { return try blocks.next(&block) } catch { throw .journal(error) }
  }

  private mutating func compareBlock() throws(RunError) {
    var sequence = block.firstSequence
    var barPosition = 0
    var rowOffset = 0
    for run in block.runs {
      if run.isBars {
        for _ in 0..<run.count {
          guard confirmedCount == derived.count else {
            report.divergence = ReplayDivergence(
              sequence: sequence, journaled: nil, recomputed: nextRecomputedRow())
            return
          }
          let bar = block.bars[barPosition]
          barPosition += 1
          begin(sequence)
          do throws(ReduceError) {
            try engine.reduce(bar, sequence: sequence, into: &derived)
          } catch {
            throw .reduce(error, path: path)
          }
          report.bars += 1
          sequence += 1
          if derived.count > 0 {
            report.lastTime = bar.knownAt
            guard isBalanced() else {
              report.unbalancedAfter = sequence - 1
              return
            }
          }
        }
        if barPosition > 0 { report.lastTime = block.bars[barPosition - 1].knownAt }
      } else {
        var left = run.count
        while left > 0 {
          let count = try compareRows(left, at: &rowOffset, sequence: sequence)
          if report.divergence != nil { return }
          left -= count
          sequence += UInt64(count)
        }
      }
      report.events = sequence
    }
  }

  /// Whether the ledger balances: recomputed from the positions where a bar filled something, by its totals where it only moved marks.
  private mutating func isBalanced() -> Bool {
    if engine.counts.fills == balancedFills { return engine.ledgerTotalsBalance }
    balancedFills = engine.counts.fills
    return engine.ledgerBalances
  }

  private mutating func begin(_ sequence: UInt64) {
    derived.clear(nextSequence: sequence + 1)
    confirmedBytes = 0
    confirmedCount = 0
    lastInput = sequence
  }

  /// Compares the next rows with what was recomputed, or takes the next row as an input; returns how many rows that were.
  private mutating func compareRows(
    _ left: Int, at offset: inout Int, sequence: UInt64
  ) throws(RunError) -> Int {
    let openCount = derived.count - confirmedCount
    if openCount > 0 {
      let expected = UnsafeRawBufferPointer(rebasing: derived.rows.bytes[confirmedBytes...])
      // Usual case: all that the input caused stands in this block, byte for byte.
      if openCount <= left, expected.count <= block.rows.count - offset,
        areEqual(expected, UnsafeRawBufferPointer(rebasing: block.rows[offset..<offset + expected.count]))
      {
        offset += expected.count
        confirmedCount = derived.count
        confirmedBytes = derived.rows.count
        report.derived += UInt64(openCount)
        return openCount
      }
      let found = try row(at: &offset, sequence: sequence).bytes
      guard let own = nextRecomputedRow(), found.elementsEqual(own) else {
        report.divergence = ReplayDivergence(
          sequence: sequence, journaled: Array(found), recomputed: nextRecomputedRow())
        return 1
      }
      confirmedBytes += own.count
      confirmedCount += 1
      report.derived += 1
      return 1
    }
    try takeInput(try row(at: &offset, sequence: sequence), sequence: sequence)
    return 1
  }

  private func row(at offset: inout Int, sequence: UInt64) throws(RunError) -> EventRow {
    do throws(DecodeError) {
      var rows = ByteReader(block.rows, offset: offset)
      let row = try EventRow(&rows, sequence: sequence)
      offset = rows.offset
      return row
    } catch {
      throw .decode(error, path: path, sequence: sequence)
    }
  }

  private mutating func takeInput(_ row: EventRow, sequence: UInt64) throws(RunError) {
    if row.kind == RunStarted.kind, sequence == 0 { return }
    guard case .input(let time) = row.origin else {
      // A derived event that nothing causes any more, unless it is the run's own last word.
      if row.kind == RunEnded.kind, let endedBy, row.origin == .derived(cause: endedBy) {
        derived.clear(nextSequence: sequence)
        derived.append(RunLoop.ended(engine), cause: endedBy)
        if !row.bytes.elementsEqual(derived.rows.bytes) {
          report.divergence = ReplayDivergence(
            sequence: sequence, journaled: Array(row.bytes), recomputed: derived.rows.array)
        } else {
          report.derived += 1
          report.isComplete = true
        }
        // Said once: whatever follows is not of this run.
        self.endedBy = nil
        derived.clear(nextSequence: sequence + 1)
        return
      }
      report.divergence = ReplayDivergence(sequence: sequence, journaled: Array(row.bytes), recomputed: nil)
      return
    }
    report.lastTime = time
    begin(sequence)
    let body: any EventBody
    do throws(DecodeError) {
      body = try row.decodeAny(sequence: sequence)
    } catch {
      throw .decode(error, path: path, sequence: sequence)
    }
    guard let input = body as? any ReducibleInput else {
      throw .decode(.unknownKind(row.kind.rawValue), path: path, sequence: sequence)
    }
    do throws(ReduceError) {
      try input.reduce(in: &engine, time: time, sequence: sequence, into: &derived)
    } catch {
      throw .reduce(error, path: path)
    }
    if row.kind == FeedEnded.kind { endedBy = sequence }
    if derived.count > 0, !engine.ledgerBalances { report.unbalancedAfter = sequence }
  }

  /// The first row of what was recomputed and not yet confirmed.
  private func nextRecomputedRow() -> [UInt8]? {
    guard confirmedCount < derived.count else { return nil }
    var rows = ByteReader(derived.rows.bytes, offset: confirmedBytes)
    let sequence = derived.nextSequence - UInt64(derived.count - confirmedCount)
    do throws(DecodeError) {
      return Array(try EventRow(&rows, sequence: sequence).bytes)
    } catch {
      preconditionFailure("the reducer writes rows that can be read")
    }
  }
}

/// Makes the engine that event 0 describes.
package func makeEngine(
  _ start: RunStarted, path: String, catalog: StrategyCatalog
) throws(RunError) -> Engine {
  let profile: Profile
  do throws(ProfileError) {
    profile = try Profile.parse(yaml: start.profile, file: path, catalog: catalog)
  } catch {
    throw .profile(error)
  }
  do throws(StrategySetError) {
    return try Engine(configuration: profile.configuration, instruments: start.instruments, catalog: catalog)
  } catch {
    throw .strategies(error)
  }
}
