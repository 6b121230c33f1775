package import Events
package import Market

/// Appends events to a journal, block by block.
///
/// Block boundaries follow from the events alone (`BlockLimits`), so the same events give the same canonical bytes
/// whatever the threads, and however often the journal was closed and opened in between. With `Durability.commit` what was
/// appended is durable when `commit` returns; the events of a block that is not full yet stand in the live tail until it is. Otherwise
/// they are in memory only until then, or until the journal is sealed.
///
/// Any failure is final: the writer refuses everything after it with the same error. With two threads a failure shows
/// when the next block fills at the latest.
package struct JournalWriter: ~Copyable {
  let pipeline: BlockPipeline
  var draft: BlockDraft
  /// The draft's own memory; bars behind `draft.barCount` are written here and not counted yet.
  private var bars: UnsafeMutablePointer<Bar>
  private(set) var barCount = 0
  private let limits: BlockLimits
  private var nextIndex: UInt64
  /// Bars that may follow before the block is full; 0 after a failure, so that the hot path has one branch.
  private var barRoom: Int
  private(set) var blockStart: UInt64
  /// The torn end that reopening cut off the journal; nil for a new one and one that ended well.
  package let cutTail: CutTail?
  /// The same of its live tail.
  package let cutLiveTail: CutTail?
  /// The live tail; nil where only the seal makes anything durable.
  let tail: TailWriter?
  let durability: Durability
  /// Behind what of the draft stands in the tail.
  var committed: BlockDraft.Mark
  /// Whether blocks were written since the last sync.
  var hasUnsyncedBlocks = false
  /// Every event before this sequence is durable.
  package internal(set) var durableSequence: UInt64

  /// Begins a new journal in an empty file.
  ///
  /// - Parameter firstSequence: of the first event: 0, or where the journal before this one ended.
  package init(
    file: any JournalFile, options: JournalOptions = JournalOptions(), firstSequence: UInt64 = 0
  ) throws(JournalError) {
    let size: UInt64
    do throws(FileError) {
      size = try file.size()
    } catch {
      throw file.error(.file(error))
    }
    guard size == 0 else { throw file.error(.fileNotEmpty(bytes: size)) }
    invariant(
      (1...JournalFormat.eventsPerBlockMax).contains(options.limits.events)
        && (1...JournalFormat.rowBytesPerBlockMax).contains(options.limits.rowBytes),
      "block limits are inside the format's", Int64(options.limits.events), Int64(options.limits.rowBytes))
    self.init(file: file, options: options, start: RecoveredStart(limits: options.limits, firstSequence: firstSequence))
  }

  init(file: any JournalFile, options: JournalOptions, start: consuming RecoveredStart) {
    limits = start.limits
    cutTail = start.cutTail
    cutLiveTail = start.cutLiveTail
    tail = start.tail
    durability = options.durability
    committed = BlockDraft.Mark()
    pipeline = BlockPipeline(
      file: file, options: options, limits: start.limits, table: start.table, first: start.first, last: start.last,
      cutBefore: start.cutBefore, fence: start.tail?.fence)
    draft = start.draft ?? BlockDraft(limits: start.limits)
    if start.draft == nil {
      draft.begin(index: UInt64(start.table.blockCount), firstSequence: start.last?.nextSequence ?? start.firstSequence)
    }
    nextIndex = draft.index + 1
    blockStart = draft.firstSequence
    bars = draft.bars
    barCount = draft.barCount
    barRoom = limits.events - draft.eventCount
    durableSequence = blockStart
    if start.tail != nil {
      // What stands in a draft that was just opened came from the tail.
      committed = draft.end
      durableSequence += UInt64(draft.eventCount)
    }
  }

  /// Of the journal's file.
  package var path: String { pipeline.path }

  /// The sequence that the next event gets.
  package var nextSequence: UInt64 { blockStart + UInt64(draft.eventCount + (barCount - draft.barCount)) }

  /// Appends a bar.
  ///
  /// - Throws: what made an earlier block fail, or this one: the file, or a bar that is known before an earlier input.
  @inline(__always)
  package mutating func append(_ bar: Bar) throws(JournalError) {
    guard barRoom > 0 else { throw refusal() }
    bars[barCount] = bar
    barCount += 1
    barRoom -= 1
    if barRoom == 0 { try closeBlock() }
  }

  /// Appends the events of a buffer.
  ///
  /// - Precondition: the first of them was given the sequence `nextSequence`.
  /// - Throws: as for a bar; and where a row is too long or a bar, which has its own form.
  package mutating func append(_ events: borrowing EventBuffer) throws(JournalError) {
    if events.count == 0 { return }
    guard barRoom > 0 else { throw refusal() }
    if let latched = pipeline.latched { throw fail(latched) }
    let first = events.nextSequence - UInt64(events.count)
    invariant(first == nextSequence, "events enter in sequence", Int64(clamping: first), Int64(clamping: nextSequence))
    try append(rows: events.rows.bytes, count: events.count)
  }

  /// Appends rows that were encoded for `nextSequence` and those behind it.
  package mutating func append(rows bytes: UnsafeRawBufferPointer, count: Int) throws(JournalError) {
    guard barRoom > 0 else { throw refusal() }
    draft.countBars(upTo: barCount)
    // Nearly always all rows fit without filling the block: no need to look where they end.
    if count <= barRoom, draft.rows.count + bytes.count < limits.rowBytes {
      draft.append(rows: bytes, count: count)
      barRoom -= count
      if barRoom == 0 { try closeBlock() }
      return
    }
    var reader = ByteReader(bytes)
    for _ in 0..<count {
      let start = reader.offset
      let row = try header(&reader)
      guard row.bytes <= JournalFormat.rowBytesMax else {
        throw fail(pipeline.refusal(.rowRefused(sequence: nextSequence, kind: row.kind, bytes: row.bytes)))
      }
      draft.append(rows: UnsafeRawBufferPointer(rebasing: bytes[start..<reader.offset]), count: 1)
      barRoom -= 1
      if draft.isFull { try closeBlock() }
    }
  }

  /// Makes all full blocks durable. Events of the open block are not in the file.
  package mutating func sync() throws(JournalError) {
    guard barRoom > 0 else { throw refusal() }
    do throws(JournalError) {
      try pipeline.sync()
    } catch {
      throw fail(error)
    }
  }

  /// Writes the open block and the seek table, and makes everything durable.
  package consuming func seal() throws(JournalError) -> JournalSummary {
    guard barRoom > 0 else { throw refusal() }
    draft.countBars(upTo: barCount)
    if draft.eventCount > 0 { _ = try pipeline.write(draft) }
    let summary = try pipeline.seal()
    do throws(FileError) {
      try tail?.remove()
    } catch {
      throw pipeline.refusal(.file(error))
    }
    return summary
  }

  private mutating func closeBlock() throws(JournalError) {
    draft.countBars(upTo: barCount)
    let nextStart = blockStart + UInt64(draft.eventCount)
    do throws(JournalError) {
      draft = try pipeline.write(draft)
    } catch {
      throw fail(error)
    }
    draft.begin(index: nextIndex, firstSequence: nextStart)
    nextIndex += 1
    blockStart = nextStart
    bars = draft.bars
    barCount = 0
    barRoom = limits.events
    committed = BlockDraft.Mark()
    hasUnsyncedBlocks = true
    if durability == .block { _ = try commit() }
  }

  private mutating func header(_ reader: inout ByteReader) throws(JournalError) -> RowHeader {
    do throws(DecodeError) {
      return try RowHeader(&reader)
    } catch {
      throw fail(pipeline.refusal(.rowUnreadable(sequence: nextSequence, reason: error)))
    }
  }

  /// Stops the writer for good.
  mutating func fail(_ error: JournalError) -> JournalError {
    if !pipeline.defects.contains(.goOnAfterFailure) { barRoom = 0 }
    return pipeline.latch(error)
  }

  /// Refuses where a failure stopped the writer.
  func checkIsOpen() throws(JournalError) {
    guard barRoom > 0 else { throw refusal() }
  }

  @inline(never)
  private func refusal() -> JournalError { pipeline.latch(pipeline.refusal(.stopped)) }
}
