import Events

/// The first half of checking a journal: steps from frame to frame, checks what stands in front of the content, and decodes it.
///
/// Trusts nothing but what is checked, as `BlockWalk` does; at the end it decides what the bytes behind the last whole block are.
struct FrameCheck: ~Copyable {
  private var walk: BlockWalk
  private let blocks: BlockReader
  /// Whether a live tail says that this is a journal, though its first block may be torn.
  private let hasTail: Bool

  /// A block whose frame hash holds, with what is wrong with its content, if anything.
  struct Place {
    let trailer: BlockTrailer
    let offset: UInt64
    let damage: BlockDamage?
  }

  enum Step {
    case block(Place)
    case end(isSealed: Bool, damage: JournalError?)
  }

  init(_ file: any JournalFile, hasTail: Bool) throws(JournalError) {
    self.init(walk: try BlockWalk(file: file), blocks: try BlockReader(file: file), hasTail: hasTail)
  }

  private init(walk: consuming BlockWalk, blocks: consuming BlockReader, hasTail: Bool) {
    self.walk = walk
    self.blocks = blocks
    self.hasTail = hasTail
  }

  var fileBytes: UInt64 { walk.window.fileBytes }

  /// Decodes the next block into `block`.
  ///
  /// - Throws: what keeps the check from being made, a newer format among it.
  mutating func next(_ block: inout DecodedBlock) throws(JournalError) -> Step {
    let offset = walk.offset
    let index = walk.table.blockCount
    switch try walk.next() {
    case .end: return .end(isSealed: false, damage: nil)
    case .newer(let version):
      throw walk.window.file.error(.newerFormat(version: UInt64(version), block: UInt64(index)))
    case .damage(let damage): return try checkEnd(damage)
    case .block:
      // `block` was stepped over, so there is a last one.
      guard let trailer = walk.last else { return .end(isSealed: false, damage: nil) }
      let damage = blocks.decode(
        try walk.lastFrame(), trailer: trailer, index: Int(trailer.blockIndex), firstSequence: trailer.firstSequence,
        into: &block)
      return .block(Place(trailer: trailer, offset: offset, damage: damage))
    }
  }

  /// Decides what the bytes behind the last whole block are.
  private mutating func checkEnd(_ damage: BlockDamage) throws(JournalError) -> Step {
    let file = walk.window.file
    if let (offset, difference) = try walk.seekTableDifference() {
      guard let difference else { return .end(isSealed: true, damage: nil) }
      return .end(isSealed: false, damage: file.error(.damagedSeekTable(offset: offset, damage: difference)))
    }
    if try walk.hasWholeBlockBehind() { return .end(isSealed: false, damage: walk.damaged(damage)) }
    if walk.table.blockCount == 0, !hasTail {
      guard try walk.beginsLikeJournal() else { throw file.error(.notAJournal) }
    }
    if damage != .cut, try !walk.isTornSeekTable() { return .end(isSealed: false, damage: walk.damaged(damage)) }
    let torn = JournalFault.tornTail(
      offset: walk.offset, bytes: walk.window.fileBytes - walk.offset, events: walk.last?.nextSequence ?? 0)
    return .end(isSealed: false, damage: file.error(torn))
  }
}

extension BlockWalk {
  /// Compares what stands behind the blocks with the seek table that belongs there.
  ///
  /// Nil where it is no seek table by its length or beginning; else where the table begins, and the first thing wrong in it.
  mutating func seekTableDifference() throws(JournalError) -> (offset: UInt64, damage: SeekTableDamage?)? {
    var expected = ByteBuffer(capacity: table.bytes)
    table.encode(into: &expected)
    let rest = window.fileBytes - offset
    let found = try window.bytes(at: offset, count: Int(min(rest, UInt64(table.bytes))))
    let beginsRight = found.count >= 4 && found.fixed32(at: 0) == JournalFormat.seekTableMagic
    guard rest == UInt64(table.bytes) || (beginsRight && rest > UInt64(table.bytes)) else { return nil }
    var place = 0
    for (left, right) in zip(found, expected.bytes) {
      if left != right { return (offset, damage(at: place)) }
      place += 1
    }
    return (offset, rest == UInt64(table.bytes) ? nil : .bytesBehind(rest - UInt64(table.bytes)))
  }

  /// Whether what stands behind the blocks is the beginning of their seek table: a crash while the journal was sealed.
  mutating func isTornSeekTable() throws(JournalError) -> Bool {
    let rest = window.fileBytes - offset
    if rest == 0 || rest >= UInt64(table.bytes) { return false }
    var expected = ByteBuffer(capacity: table.bytes)
    table.encode(into: &expected)
    let found = try window.bytes(at: offset, count: Int(rest))
    return found.elementsEqual(expected.bytes.prefix(found.count))
  }

  private func damage(at place: Int) -> SeekTableDamage {
    let entriesEnd = table.bytes - SeekTable.footerBytes
    if place < SeekTable.headerBytes { return .header }
    if place < entriesEnd { return .entry(index: UInt64((place - SeekTable.headerBytes) / SeekTable.entryBytes)) }
    if place < entriesEnd + 4 { return .entryCount }
    return place == entriesEnd + 4 ? .reservedBits : .footer
  }
}
