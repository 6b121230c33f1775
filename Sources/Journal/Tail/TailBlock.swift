import Events
import Market

/// The block that is open: its events put together from the live tail's records, in the bytes that sealing the journal now would give it.
struct TailBlock {
  /// As if the block stood in the file; compressed bytes and frame hash are none.
  let trailer: BlockTrailer
  let canonical: [UInt8]

  /// Nil where the tail holds no record that goes on from the blocks.
  init?(
    _ found: TailImage.Records, of image: TailImage, after last: BlockTrailer?
  ) throws(JournalError) {
    guard let draft = try BlockDraft(found, of: image, limits: nil) else { return nil }
    var encoder = BlockEncoder(limits: draft.limits, timeInForce: last?.lastTime)
    let encoded: (header: BlockHeader, lastTime: Timestamp)
    do throws(EventTimes.Stop) {
      encoded = try encoder.encode(draft)
    } catch {
      throw image.contradiction(at: found)
    }
    let bytes = encoder.canonical.bytes
    trailer = BlockTrailer(
      header: encoded.header, lastTime: encoded.lastTime, canonicalBytes: bytes.count, compressedBytes: 0,
      barsBefore: last?.barsThrough ?? 0, canonicalBytesBefore: last?.canonicalBytesThrough ?? 0,
      chainHash: JournalHash.chain(previous: last?.chainHash ?? JournalHash.chainStart, canonical: bytes))
    canonical = Array(bytes)
  }
}

extension BlockDraft {
  /// The open block's events from the live tail's records; nil where there are none.
  ///
  /// - Parameter limits: the journal's; nil where no block of it is there to say.
  convenience init?(_ found: TailImage.Records, of image: TailImage, limits: BlockLimits?) throws(JournalError) {
    guard let first = found.records.first else { return nil }
    var block = DecodedBlock()
    try image.decode(first, into: &block)
    self.init(limits: limits ?? block.limits)
    begin(index: first.header.blockIndex, firstSequence: first.header.firstSequence)
    for (place, record) in found.records.enumerated() {
      if place > 0 { try image.decode(record, into: &block) }
      // A full block is closed and leaves the tail: one that is full here was never written by this program.
      guard block.limits == self.limits, block.eventCount == Int(record.header.eventCount),
        block.firstSequence == record.header.firstSequence, block.index == index,
        eventCount + block.eventCount < self.limits.events, rows.count + block.rowBytes < self.limits.rowBytes
      else { throw image.contradiction(at: found) }
      fill(from: block)
    }
  }
}

extension TailImage {
  func decode(
    _ record: (header: TailRecord, payload: Range<Int>), into block: inout DecodedBlock
  ) throws(JournalError) {
    do throws(DecodeError) {
      try block.decode(copying: payload(record.payload))
    } catch {
      let offset = UInt64(record.payload.lowerBound - TailRecord.headerBytes)
      throw JournalError(
        path: path,
        fault: .damagedBlock(
          block: record.header.blockIndex, offset: offset, firstSequence: record.header.firstSequence,
          damage: .decode(error)))
    }
  }

  /// The records are whole, and say what no writer of this format would have written.
  fileprivate func contradiction(at found: Records) -> JournalError {
    JournalError(path: path, fault: .foreignTail(offset: UInt64(found.end)))
  }
}
