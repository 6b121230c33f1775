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

  /// Whether a table of `blocks` blocks begins so.
  static func isHeader(_ header: UnsafeRawBufferPointer, blocks: Int) -> Bool {
    header.count == headerBytes && header.fixed32(at: 0) == JournalFormat.seekTableMagic
      && UInt64(header.fixed32(at: 4)) == UInt64(bytes(blocks: blocks) - headerBytes)
  }

  /// Appends the next blocks of a stored table, so that one is believed no further than it was read; false where an entry can't be a block's.
  mutating func append(entries: UnsafeRawBufferPointer) -> Bool {
    for offset in stride(from: 0, to: entries.count, by: 2 * SeekTable.entryBytes) {
      let compressed = entries.fixed32(at: offset)
      let canonical = entries.fixed32(at: offset + 4)
      guard compressed >= 1, Int(compressed) <= ZstdCompressor.bytesMax, canonical >= 1,
        canonical <= UInt32(JournalFormat.canonicalBytesMax)
      else { return false }
      guard entries.fixed32(at: offset + 8) == UInt32(BlockTrailer.bytes), entries.fixed32(at: offset + 12) == 0 else {
        return false
      }
      // At most 2²⁶ entries of at most 2³² bytes: the sum can't overflow.
      append(compressed: compressed, canonical: canonical)
    }
    return true
  }
}
