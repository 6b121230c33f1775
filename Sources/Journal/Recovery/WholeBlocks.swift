import Events

/// What of a journal is whole: the blocks from the start on, and how the file ends behind them.
struct WholeBlocks {
  let table: SeekTable
  let first: BlockTrailer?
  let last: BlockTrailer?
  let fileBytes: UInt64
  /// Whether the blocks are followed by their seek table and nothing else.
  let isSealed: Bool

  /// What a live tail must go on from.
  var tailStart: TailImage.Start {
    TailImage.Start(
      blockIndex: UInt64(table.blockCount), firstSequence: last?.nextSequence,
      chainHash: last?.chainHash ?? JournalHash.chainStart)
  }

  /// Where the blocks end.
  var end: UInt64 { table.offsets[table.blockCount] }

  /// Bytes behind the blocks that are neither a block nor their seek table: what a crash left.
  var tornBytes: UInt64 { isSealed ? 0 : fileBytes - end }

  /// Walks the whole file.
  ///
  /// How the walk ends decides:
  ///
  /// | behind the last whole block | decision |
  /// |---|---|
  /// | nothing | unsealed, whole |
  /// | the seek table of just these blocks, then nothing | sealed |
  /// | a newer version's trailer | refused by number |
  /// | bytes with a whole block or a plausible seek table behind them | damage in the middle: refused |
  /// | anything else | torn tail, which ends the journal |
  ///
  /// - Parameter tail: what stands beside the file: with a header in it, a file without a whole block is a journal whatever its first bytes are.
  static func walk(
    _ file: any JournalFile, allowsFragments: Bool = false, tail: TailImage? = nil
  ) throws(JournalError) -> WholeBlocks {
    var walk = try BlockWalk(file: file, allowsFragments: allowsFragments)
    while true {
      switch try walk.next() {
      case .block: continue
      case .end: return WholeBlocks(walk, isSealed: false)
      case .newer(let version):
        throw file.error(.newerFormat(version: UInt64(version), block: walk.nextIndex))
      case .damage(let damage):
        if try walk.restIsSeekTable() { return WholeBlocks(walk, isSealed: true) }
        if try walk.hasWholeBlockBehind() { throw walk.damaged(damage) }
        if walk.table.blockCount == 0, tail?.isOfJournal != true {
          guard try walk.beginsLikeJournal() else { throw file.error(.notAJournal) }
        }
        return WholeBlocks(walk, isSealed: false)
      }
    }
  }

}

extension WholeBlocks {
  private init(_ walk: borrowing BlockWalk, isSealed: Bool) {
    self.init(
      table: walk.table, first: walk.first, last: walk.last, fileBytes: walk.window.fileBytes, isSealed: isSealed)
  }
}

extension BlockWalk {
  /// Whether everything behind the blocks is exactly their seek table.
  mutating func restIsSeekTable() throws(JournalError) -> Bool {
    guard window.fileBytes - offset == UInt64(table.bytes) else { return false }
    var expected = ByteBuffer(capacity: table.bytes)
    table.encode(into: &expected)
    let found = try window.bytes(at: offset, count: table.bytes)
    return found.elementsEqual(expected.bytes)
  }

  /// Whether the first bytes are those of a journal, as far as the file goes: another zstd file must be refused and
  /// never taken for a journal whose first block is torn.
  mutating func beginsLikeJournal() throws(JournalError) -> Bool {
    let bytes = try window.bytes(at: 0, count: 256 << 10)
    let magics = [JournalFormat.zstdMagic, JournalFormat.seekTableMagic]
    guard magics.contains(where: { bytes.starts(with: littleEndian($0).prefix(bytes.count)) }) else { return false }
    guard bytes.count >= 4, bytes.fixed32(at: 0) == JournalFormat.zstdMagic else { return true }
    let decompressor = ZstdDecompressor()
    var start = [UInt8](repeating: 0, count: 4)
    let count = start.withUnsafeMutableBytes { decompressor.contentStart(of: bytes, into: $0) }
    // A frame that is whole and shorter than a block's first bytes is no torn block.
    if count < 4, ZstdDecompressor.isWholeFrame(bytes) { return false }
    return start.prefix(count).elementsEqual(littleEndian(JournalFormat.blockMagic).prefix(count))
  }

  func damaged(_ damage: BlockDamage) -> JournalError {
    JournalError(
      path: window.file.path,
      fault: .damagedBlock(
        block: nextIndex, offset: offset, firstSequence: last?.nextSequence ?? 0, damage: damage),
      resumption: resumption)
  }

  private func littleEndian(_ value: UInt32) -> [UInt8] {
    stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }
}
