import Events

/// The seek table at the end of a sealed journal, in zstd's seekable format 0.1.0 without checksums: where each frame
/// ends and how much it holds. Entries alternate: a block's frame, its trailer.
struct SeekTable {
  /// Where each block's frame begins, and behind the last one where the table does.
  private(set) var offsets: [UInt64] = [0]
  /// Sum of the blocks' decompressed sizes.
  private(set) var canonicalBytes: UInt64 = 0
  private var sizes: [(compressed: UInt32, canonical: UInt32)] = []

  static let headerBytes = 8
  static let footerBytes = 9
  static let entryBytes = 8

  var blockCount: Int { sizes.count }
  var bytes: Int { SeekTable.bytes(blocks: blockCount) }

  static func bytes(blocks: Int) -> Int { headerBytes + 2 * blocks * entryBytes + footerBytes }

  mutating func append(compressed: UInt32, canonical: UInt32) {
    sizes.append((compressed, canonical))
    offsets.append(offsets[offsets.count - 1] + UInt64(compressed) + UInt64(BlockTrailer.bytes))
    canonicalBytes += UInt64(canonical)
  }

  mutating func removeLast() {
    let last = sizes.removeLast()
    offsets.removeLast()
    canonicalBytes -= UInt64(last.canonical)
  }

  func encode(into bytes: inout ByteBuffer) {
    bytes.append(fixed: JournalFormat.seekTableMagic)
    bytes.append(fixed: UInt32(self.bytes - SeekTable.headerBytes))
    for size in sizes {
      bytes.append(fixed: size.compressed)
      bytes.append(fixed: size.canonical)
      bytes.append(fixed: UInt32(BlockTrailer.bytes))
      bytes.append(fixed: 0)
    }
    bytes.append(fixed: UInt32(2 * sizes.count))
    bytes.append(0)
    bytes.append(fixed: JournalFormat.seekFooterMagic)
  }

  init() {}

  /// What the last nine bytes of a file say: nil where they are no footer, else how many blocks are listed.
  static func blockCount(footer: UnsafeRawBufferPointer) throws(Refusal) -> UInt64? {
    guard footer.count == footerBytes, footer.fixed32(at: 5) == JournalFormat.seekFooterMagic else { return nil }
    // Bits 6–2 must be 0 by the seekable format. Ours also has neither checksums (bit 7) nor use for bits 1–0.
    guard footer[4] == 0 else { throw Refusal(damage: .reservedBits) }
    let entries = UInt64(footer.fixed32(at: 0))
    guard entries % 2 == 0, entries <= JournalFormat.seekTableEntriesMax else {
      throw Refusal(damage: .entryCount)
    }
    return entries / 2
  }

  struct Refusal: Error, Hashable {
    let damage: SeekTableDamage
  }

  /// Reads a whole table that begins at `tableOffset` and checks that its entries add up to just that.
  init(_ table: UnsafeRawBufferPointer, blocks: Int, tableOffset: UInt64) throws(Refusal) {
    guard table.count == SeekTable.bytes(blocks: blocks), table.fixed32(at: 0) == JournalFormat.seekTableMagic,
      UInt64(table.fixed32(at: 4)) == UInt64(table.count - SeekTable.headerBytes)
    else { throw Refusal(damage: .header) }
    sizes.reserveCapacity(blocks)
    offsets.reserveCapacity(blocks + 1)
    for block in 0..<blocks {
      let offset = SeekTable.headerBytes + 2 * block * SeekTable.entryBytes
      let compressed = table.fixed32(at: offset)
      let canonical = table.fixed32(at: offset + 4)
      guard compressed >= 1, Int(compressed) <= ZstdCompressor.bytesMax, canonical >= 1,
        canonical <= UInt32(JournalFormat.canonicalBytesMax)
      else { throw Refusal(damage: .entry(index: UInt64(2 * block))) }
      guard table.fixed32(at: offset + 8) == UInt32(BlockTrailer.bytes), table.fixed32(at: offset + 12) == 0 else {
        throw Refusal(damage: .entry(index: UInt64(2 * block + 1)))
      }
      append(compressed: compressed, canonical: canonical)
    }
    // At most 2²⁶ entries of at most 2³² bytes: the sum can't overflow.
    guard offsets[blocks] == tableOffset else { throw Refusal(damage: .sum) }
  }
}
