import Events
package import Market

/// Reads a journal from front to back in bounded memory, or from any event on.
///
/// A sealed journal is opened by its seek table without reading any block; one that is not sealed, or whose table is damaged,
/// is walked once. Every block read is checked as far as its content goes; `verifyJournal` checks everything.
/// What is appended to the file after opening is not seen.
package struct JournalReader: ~Copyable {
  package let summary: JournalSummary
  /// Bytes behind the last whole block, or the live tail's last record, that a crash left; 0 for a sealed journal.
  package let tornBytes: UInt64
  let view: JournalView
  private let table: SeekTable
  private var blocks: BlockReader
  /// The block that `nextBlock` gives next.
  private var nextIndex = 0
  /// What that block must begin with; unknown right after a seek until its trailer is read.
  private var nextSequence: UInt64 = 0
  private var current = DecodedBlock()
  private var cursor = EventCursor()
  private var target = SeekTarget.start
  /// The block that is open, from the live tail.
  private let tailBlock: TailBlock?

  private enum SeekTarget {
    case start
    case sequence(UInt64)
    case time(Timestamp)
  }

  package init(path: String) throws(JournalError) {
    let file: PosixFile
    do throws(FileError) {
      file = try PosixFile.open(path: path)
    } catch {
      throw JournalError(path: path, fault: .file(error))
    }
    try self.init(file: file)
  }

  /// - Parameter allowsFragments: whether the file may begin in the middle of a journal, as those that `engine salvage` writes.
  package init(file: any JournalFile, allowsFragments: Bool = false) throws(JournalError) {
    try self.init(file: file, view: try JournalView(file, allowsFragments: allowsFragments))
  }

  /// Reads what was there when `view` was taken.
  init(file: any JournalFile, view: JournalView) throws(JournalError) {
    let whole = view.whole
    blocks = try BlockReader(file: file)
    blocks.startIndex = whole.first?.blockIndex ?? 0
    self.view = view
    tornBytes = view.tornBytes
    tailBlock = view.tail
    table = whole.table
    summary = JournalSummary(
      first: whole.first ?? view.tail?.trailer, last: view.tail?.trailer ?? whole.last, fileBytes: whole.fileBytes,
      isSealed: whole.isSealed)
    nextSequence = summary.firstSequence
  }

  /// Whether a seek table closes the file: then nobody is writing it, and nothing in it is torn.
  package static func isSealed(_ file: any JournalFile) throws(JournalError) -> Bool {
    var blocks = try BlockReader(file: file)
    return try WholeBlocks.sealed(&blocks) != nil
  }

  /// Goes to an event; behind the last one there is nothing more to read.
  ///
  /// `next` gives the event itself, `nextBlock` the block that holds it.
  /// - Complexity: O(log blocks) reads of a trailer.
  package mutating func seek(toSequence sequence: UInt64) throws(JournalError) {
    try seek(target: .sequence(sequence)) { $0.nextSequence > sequence }
  }

  /// Goes to the first event whose time is `time` or later.
  /// - Complexity: O(log blocks) reads of a trailer.
  package mutating func seek(toTime time: Timestamp) throws(JournalError) {
    try seek(target: .time(time)) { $0.lastTime >= time }
  }

  private mutating func seek(
    target: SeekTarget, isAtOrBehind: (BlockTrailer) -> Bool
  ) throws(JournalError) {
    var low = 0
    var high = blockCount
    while low < high {
      let middle = (low + high) / 2
      if isAtOrBehind(try trailer(middle)) { high = middle } else { low = middle + 1 }
    }
    nextIndex = low
    nextSequence = low < blockCount ? try trailer(low).firstSequence : summary.nextSequence
    cursor = EventCursor()
    self.target = target
  }

  /// The live tail counts as one more block.
  var blockCount: Int { table.blockCount + (tailBlock == nil ? 0 : 1) }

  func trailer(_ index: Int) throws(JournalError) -> BlockTrailer {
    if let tailBlock, index == table.blockCount { return tailBlock.trailer }
    return try blocks.trailer(index, in: table)
  }

  /// The hash chain over all blocks before the one that `nextBlock` gives next.
  mutating func chainHashBefore() throws(JournalError) -> [UInt8] {
    if nextIndex == 0 { return JournalHash.chainStart }
    return try trailer(nextIndex - 1).chainHash
  }

  private func readTail(_ tail: TailBlock, into block: inout DecodedBlock) throws(JournalError) {
    do throws(DecodeError) {
      try block.decode(copying: tail.canonical[...])
    } catch {
      throw blocks.window.file.damaged(
        .decode(error), block: tail.trailer.blockIndex, offset: blocks.window.fileBytes,
        firstSequence: tail.trailer.firstSequence)
    }
  }

  /// Decodes the next block into `block`; false where there is none, which leaves `block` as it was.
  package mutating func nextBlock(_ block: inout DecodedBlock) throws(JournalError) -> Bool {
    guard nextIndex < blockCount else { return false }
    if let tailBlock, nextIndex == table.blockCount {
      try readTail(tailBlock, into: &block)
    } else {
      do throws(JournalError) {
        try blocks.read(nextIndex, in: table, firstSequence: nextSequence, into: &block)
      } catch {
        throw error.resuming(at: try blocks.blockBehind(nextIndex, in: table))
      }
    }
    nextIndex += 1
    nextSequence = block.firstSequence + UInt64(block.eventCount)
    return true
  }

  /// The next event, for places where convenience counts for more than speed; nil at the end.
  package mutating func next() throws(JournalError) -> JournalEvent? {
    while true {
      if cursor.isAtEnd {
        var block = DecodedBlock()
        swap(&block, &current)
        let hasBlock: Bool
        do throws(JournalError) {
          hasBlock = try nextBlock(&block)
        } catch {
          swap(&block, &current)
          throw error
        }
        swap(&block, &current)
        if !hasBlock { return nil }
        cursor = EventCursor(current)
      }
      let event: JournalEvent?
      do throws(DecodeError) {
        event = try cursor.next(in: current)
      } catch {
        throw blocks.window.file.damaged(
          .decode(error), block: current.index, offset: table.offsets[Int(current.index - blocks.startIndex)],
          firstSequence: current.firstSequence)
      }
      guard let event else { continue }
      switch target {
      case .start: break
      case .sequence(let sequence): if event.sequence < sequence { continue }
      case .time(let time): if event.time < time { continue }
      }
      target = .start
      return event
    }
  }
}
