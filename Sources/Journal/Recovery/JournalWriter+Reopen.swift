import Events
import Market

/// Where a writer goes on: behind whole blocks, with the events of one that is still open.
struct RecoveredStart: ~Copyable {
  var limits: BlockLimits
  var table = SeekTable()
  var first: BlockTrailer?
  var last: BlockTrailer?
  /// The last block of the file, where it is not full: it will be written again when it is.
  var draft: BlockDraft?
  /// Where that block begins.
  var cutBefore: UInt64?
  var cutTail: CutTail?

  /// Sequence of the journal's first event.
  var firstSequence: UInt64

  init(limits: BlockLimits, firstSequence: UInt64 = 0) {
    self.limits = limits
    self.firstSequence = firstSequence
  }
}

extension JournalWriter {
  /// Goes on writing a journal that was sealed, left open or torn by a crash.
  ///
  /// A torn tail is cut and reported in `cutTail`; damage with whole blocks behind it is refused, and the file is left as it
  /// is. A sealed journal loses its seek table, durably, before anything else. The last block is taken back into memory
  /// where it was not full, and replaced when it is: boundaries don't show where a writer stopped.
  ///
  /// The limits are those the journal was begun with; `options.limits` counts only where it holds no block.
  package static func reopen(
    file: any JournalFile, options: JournalOptions = JournalOptions()
  ) throws(JournalError) -> JournalWriter {
    do throws(FileError) {
      // What a dead process wrote may still be in memory only: nothing is decided on bytes that a power cut would take.
      try file.sync()
    } catch {
      throw file.error(.file(error))
    }
    let whole = try WholeBlocks.walk(file)
    var start = RecoveredStart(limits: options.limits)
    start.table = whole.table
    start.first = whole.first
    start.last = whole.last
    start.firstSequence = whole.first?.firstSequence ?? 0
    if whole.tornBytes > 0 {
      start.cutTail = CutTail(
        offset: whole.end, bytes: whole.tornBytes, lastKeptSequence: whole.last.map { $0.nextSequence - 1 })
    }
    if let last = whole.last {
      // Before the file is changed: a last block that can't be decoded must be found with the file as it was.
      try start.takeBack(last, of: whole, file: file)
    }
    if whole.end < whole.fileBytes {
      do throws(FileError) {
        try file.truncate(to: whole.end)
        // Durable before a shorter frame can be followed by the old table's end, which would look like a footer.
        try file.sync()
      } catch {
        throw file.error(.file(error))
      }
    }
    return JournalWriter(file: file, options: options, start: start)
  }
}

extension RecoveredStart {
  /// Takes the limits from the last block, and its events too where it is not full.
  fileprivate mutating func takeBack(
    _ last: BlockTrailer, of whole: WholeBlocks, file: any JournalFile
  ) throws(JournalError) {
    var reader = try BlockReader(file: file)
    var block = DecodedBlock()
    let index = whole.table.blockCount - 1
    try reader.read(index, in: whole.table, firstSequence: last.firstSequence, into: &block)
    limits = block.limits
    if limits.isFull(events: block.eventCount, rowBytes: block.rowBytes) { return }
    let draft = BlockDraft(limits: limits)
    draft.begin(index: last.blockIndex, firstSequence: last.firstSequence)
    draft.fill(from: block)
    self.draft = draft
    cutBefore = whole.table.offsets[index]
    table.removeLast()
    self.last = index == 0 ? nil : try reader.trailer(index - 1, in: whole.table)
    if index == 0 { first = nil }
  }
}

extension BlockDraft {
  fileprivate func fill(from block: borrowing DecodedBlock) {
    var barOffset = 0
    let rows = block.rows
    var reader = ByteReader(rows)
    for run in block.runs {
      if run.isBars {
        for place in 0..<run.count { bars[barOffset + place] = block.bars[barOffset + place] }
        barOffset += run.count
        countBars(upTo: barOffset)
      } else {
        let start = reader.offset
        for _ in 0..<run.count { reader.skipRow() }
        append(rows: UnsafeRawBufferPointer(rebasing: rows[start..<reader.offset]), count: run.count)
      }
    }
  }
}

extension ByteReader {
  /// - Precondition: a row stands here; decoding the block has proved it.
  fileprivate mutating func skipRow() {
    do throws(DecodeError) {
      _ = try RowHeader(&self)
    } catch {
      fatalError("a decoded block holds whole rows: \(error)")
    }
  }
}
