import Core
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

/// One file of a replay.
package struct ReplayedFile: Sendable {
  package var path: String
  package var firstSequence: UInt64
  package var events: UInt64 = 0
  package var bars: UInt64 = 0
  package var derived: UInt64 = 0
  /// False where the file was never closed, or its end was cut off.
  package var isSealed: Bool
  package var head: [UInt8]

  init(_ link: JournalChain.Link) {
    path = link.path
    firstSequence = link.summary.firstSequence
    isSealed = link.summary.isSealed
    head = link.summary.head
  }
}

package struct ReplayReport: Sendable {
  package var start: RunStarted
  /// Those that were read, in order.
  package var files: [ReplayedFile] = []
  /// The state that the replay began with, where that was not the run's beginning.
  package var snapshot: String?
  /// Over all files, as are the other counts.
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
  /// False where a file was never closed, or its end was cut off.
  package var isSealed = false
  /// False where the hash chain of a file, computed again over what was read, doesn't end in the file's head.
  package var endsInHead = true

  package var isEqual: Bool { divergence == nil && unbalancedAfter == nil && endsInHead }
}

/// Recomputes every derived event of a run from its inputs and compares the bytes with the journal's; checks after each input that caused
/// something that the ledger balances.
///
/// Takes the files of a run as one stream. Where a file continues another, the state that was recomputed must be the one that it names.
/// Stops at the first difference. Streams: one block and one input's events in memory.
package struct Replay: ~Copyable {
  private var blocks: BlockStream
  private var engine: Engine
  private let links: [JournalChain.Link]
  /// Place of the next file among the links.
  private var nextLink = 0
  private var block = DecodedBlock()
  private var derived = EventBuffer()
  /// How much of `derived` the journal has confirmed.
  private var confirmedBytes = 0
  private var confirmedCount = 0
  private var lastInput: UInt64 = 0
  private var endedBy: UInt64?
  /// Inputs in row form but the run's own.
  private var inputRows: UInt64 = 0
  private var said: [SaidInput] = []
  private var isBetweenSlots = true
  private var report: ReplayReport
  private let total: UInt64
  /// Fills when the ledger was last recomputed.
  private var balancedFills: UInt64
  private var chain = JournalHash.chainStart
  /// The first event that is compared: those before it are in the state that the replay began with.
  private var firstCompared: UInt64 = 0

  /// - Parameter snapshot: the state at the chain's beginning, for a chain that doesn't begin with the run.
  package init(
    _ chain: JournalChain, catalog: StrategyCatalog, snapshot: (bytes: [UInt8], path: String)? = nil
  ) throws(RunError) {
    let start = chain.started
    var engine = try makeReplayEngine(start, path: chain.path, catalog: catalog)
    if let continued = chain.first.continued {
      try restore(&engine, to: continued, of: chain.first, from: snapshot)
    }
    let reader = try ChainReader.opened(chain)
    let summary = chain.summary
    report = ReplayReport(start: start)
    report.snapshot = chain.isFromStart ? nil : snapshot?.path
    report.head = summary.head
    report.isSealed = summary.isSealed
    balancedFills = engine.counts.fills
    self.engine = engine
    total = summary.events
    links = chain.links
    blocks = BlockStream(reader)
    derived.clear(nextSequence: summary.firstSequence + 1)
  }

  /// Begins at a snapshot within the chain: only what follows it is recomputed, compared and added to the hash chain.
  ///
  /// - Throws: where the snapshot is not of this run, not whole, of another version, behind the journal's end, or of another state than the file that begins there
  ///   names.
  package init(_ chain: JournalChain, catalog: StrategyCatalog, behind kept: KeptSnapshot) throws(RunError) {
    let start = chain.started
    var engine = try makeReplayEngine(start, path: chain.path, catalog: catalog)
    let sequence = try kept.restore(&engine, in: chain)
    var reader = try ChainReader.opened(chain)
    try reader.seekInRun(to: sequence)
    let place = chain.place(of: sequence)
    let isWithinFile = sequence > chain.links[place].summary.firstSequence
    // The block that holds the event is part of the hash chain as a whole.
    let hash: [UInt8]
    do throws(JournalError) { hash = try reader.chainHashBefore() } catch { throw .journal(error) }
    links = chain.links
    nextLink = place + (isWithinFile ? 1 : 0)
    report = ReplayReport(start: start)
    report.snapshot = kept.path
    report.head = chain.summary.head
    report.isSealed = chain.summary.isSealed
    report.lastTime = engine.describe().time
    if isWithinFile { report.files.append(ReplayedFile(chain.links[place])) }
    self.chain = hash
    balancedFills = engine.counts.fills
    firstCompared = sequence
    self.engine = engine
    total = chain.summary.events
    blocks = BlockStream(reader)
    derived.clear(nextSequence: sequence)
  }

  /// The file that is being read.
  private var path: String { links[max(nextLink, 1) - 1].path }
  private var place: Int { nextLink - 1 }

  /// Runs to the end of the journal, or to its first difference.
  package consuming func run(progress: (UInt64, UInt64) -> Void) throws(RunError) -> ReplayReport {
    try walk(progress: progress)
    return report
  }

  /// The same, for a run that is to go on.
  consuming func runToResume(startedAt: Timestamp) throws(RunError) -> ResumePoint {
    try walk { _, _ in }
    if let divergence = report.divergence { throw .resumeDiverges(path: path, sequence: divergence.sequence) }
    if let unbalanced = report.unbalancedAfter { throw .resumeDiverges(path: path, sequence: unbalanced) }
    if !report.endsInHead { throw .resumeDiverges(path: path, sequence: links[place].summary.nextSequence) }
    let missing = report.isComplete ? [] : Array(derived.rows.bytes[confirmedBytes...])
    let hasTime = report.bars + inputRows > 0 || report.snapshot != nil
    let end: ResumePoint.End = report.isComplete ? .complete : endedBy.map { .feedEnded($0) } ?? .open
    return ResumePoint(
      engine: engine, start: report.start, startedAt: startedAt, missing: missing,
      missingCount: report.isComplete ? 0 : derived.count - confirmedCount, inputs: report.bars + inputRows,
      said: said, lastTime: hasTime ? report.lastTime : startedAt, isBetweenSlots: isBetweenSlots, end: end,
      begin: ReplayBegin())
  }

  private mutating func walk(progress: (UInt64, UInt64) -> Void) throws(RunError) {
    while try nextBlock() {
      // The file in whose first block the replay begins is begun already.
      if block.index == 0, block.firstSequence >= firstCompared {
        endFile()
        if report.divergence != nil { return }
        beginFile()
      }
      chain = JournalHash.chain(previous: chain, canonical: block.canonicalBytes)
      try compareBlock()
      if report.divergence != nil || report.unbalancedAfter != nil { return }
      progress(report.events, total)
    }
    endFile()
  }

  /// Compares the hash chain with the head of the file that was read, and that nothing is left that its last input caused.
  private mutating func endFile() {
    if report.files.isEmpty { return }
    let link = links[place]
    if chain != link.summary.head { report.endsInHead = false }
    // A journal that was never closed may end between an input and what it causes, as a block may; not where another file goes on behind it.
    if confirmedCount < derived.count, link.summary.isSealed || nextLink < links.count {
      report.divergence = ReplayDivergence(
        sequence: link.summary.nextSequence, journaled: nil, recomputed: nextRecomputedRow())
    }
  }

  private mutating func beginFile() {
    let link = links[nextLink]
    nextLink += 1
    chain = JournalHash.chainStart
    report.files.append(ReplayedFile(link))
  }

  private mutating func note(derived: Int) {
    report.derived += UInt64(derived)
    report.files[report.files.count - 1].derived += UInt64(derived)
  }

  private mutating func nextBlock() throws(RunError) -> Bool {
    do throws(JournalError) { return try blocks.next(&block) } catch { throw .journal(error) }
  }

  private mutating func compareBlock() throws(RunError) {
    var sequence = block.firstSequence
    var barPosition = 0
    var rowOffset = 0
    for run in block.runs {
      let skipped = min(run.count, Int(clamping: firstCompared) - Int(clamping: min(sequence, firstCompared)))
      sequence += UInt64(skipped)
      if run.isBars {
        barPosition += skipped
        if skipped == run.count { continue }
        for _ in skipped..<run.count {
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
          report.files[report.files.count - 1].bars += 1
          sequence += 1
          if derived.count > 0 {
            report.lastTime = bar.knownAt
            guard isBalanced() else {
              report.unbalancedAfter = sequence - 1
              return
            }
          }
        }
        report.lastTime = block.bars[barPosition - 1].knownAt
        isBetweenSlots = block.bars[barPosition - 1].closesSlot
      } else {
        for position in 0..<skipped {
          _ = try row(at: &rowOffset, sequence: sequence - UInt64(skipped - position))
        }
        var left = run.count - skipped
        while left > 0 {
          let count = try compareRows(left, at: &rowOffset, sequence: sequence)
          if report.divergence != nil { return }
          left -= count
          sequence += UInt64(count)
        }
      }
      report.files[report.files.count - 1].events = sequence - report.files[report.files.count - 1].firstSequence
      report.events = sequence - links[0].summary.firstSequence
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
        note(derived: openCount)
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
      note(derived: 1)
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
    let first = links[place].summary.firstSequence
    if row.kind == RunStarted.kind, sequence == first { return }
    if row.kind == JournalContinued.kind, sequence == first + 1, first > 0 { return compareState(row, sequence) }
    guard case .input(let time) = row.origin else {
      // A derived event that nothing causes any more, unless it is the run's own last word.
      if row.kind == RunEnded.kind, let endedBy, row.origin == .derived(cause: endedBy) {
        derived.clear(nextSequence: sequence)
        derived.append(RunLoop.ended(engine), cause: endedBy)
        if !row.bytes.elementsEqual(derived.rows.bytes) {
          report.divergence = ReplayDivergence(
            sequence: sequence, journaled: Array(row.bytes), recomputed: derived.rows.array)
        } else {
          note(derived: 1)
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
    let spoken: SaidInput.Body? =
      if let kill = body as? KillSwitch { .kill(kill) } else { (body as? OperatorCommand).map { .command($0) } }
    if let spoken {
      said.append(SaidInput(ordinal: report.bars + inputRows, sequence: sequence, time: time, body: spoken))
    }
    if row.kind == FeedEnded.kind { endedBy = sequence } else { inputRows += 1 }
    if derived.count > 0, !engine.ledgerBalances { report.unbalancedAfter = sequence }
  }

  /// The state that a file says it goes on from must be the one that was recomputed. The rest of the event was compared with the file before.
  private mutating func compareState(_ row: EventRow, _ sequence: UInt64) {
    guard var own = links[place].continued, case .input(let time) = row.origin else { return }
    own.stateDigest = RunIdentity.stateDigest(engine)
    if own == links[place].continued { return }
    derived.clear(nextSequence: sequence)
    derived.append(own, time: time)
    report.divergence = ReplayDivergence(
      sequence: sequence, journaled: Array(row.bytes), recomputed: derived.rows.array)
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
