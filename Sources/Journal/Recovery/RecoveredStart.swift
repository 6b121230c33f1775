import Events
import Market

/// Where a writer goes on: behind whole blocks, with the events of one that is still open.
struct RecoveredStart: ~Copyable {
  var limits: BlockLimits
  var table = SeekTable()
  var first: BlockTrailer?
  var last: BlockTrailer?
  /// The events of a block that is not full yet: from the live tail, or the last block of the file, which will be written again when it is.
  var draft: BlockDraft?
  /// Where that block begins, when it stands in the file.
  var cutBefore: UInt64?
  var cutTail: CutTail?
  var cutLiveTail: CutTail?
  /// Sequence of the journal's first event.
  var firstSequence: UInt64
  var tail: TailWriter?

  init(limits: BlockLimits, firstSequence: UInt64 = 0) {
    self.limits = limits
    self.firstSequence = firstSequence
  }

  /// Where the whole blocks end.
  var tailStart: TailImage.Start {
    TailImage.Start(
      blockIndex: UInt64(table.blockCount), firstSequence: last?.nextSequence,
      chainHash: last?.chainHash ?? JournalHash.chainStart)
  }
}

extension RecoveredStart {
  /// Takes the limits from the last block, and its events too where it is not full.
  mutating func takeBack(
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
  /// Appends the events of `block` behind those that are there.
  /// - Precondition: there is room for them.
  func fill(from block: borrowing DecodedBlock) {
    var taken = 0
    let rows = block.rows
    var reader = ByteReader(rows)
    for run in block.runs {
      if run.isBars {
        for place in 0..<run.count { bars[barCount + place] = block.bars[taken + place] }
        taken += run.count
        countBars(upTo: barCount + run.count)
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
