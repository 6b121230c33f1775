package import Events
import Market

extension DecodedBlock {
  /// Decodes a copy of `bytes`, a canonical block that stands alone.
  package mutating func decode(copying bytes: UnsafeRawBufferPointer) throws(DecodeError) {
    canonical.reserve(bytes.count + DecodedBlock.slack)
    if let source = bytes.baseAddress {
      UnsafeMutableRawPointer(canonical.base).copyMemory(from: source, byteCount: bytes.count)
    }
    (canonical.base + bytes.count).update(repeating: 0, count: DecodedBlock.slack)
    canonicalCount = bytes.count
    try decode()
  }
}

/// Encodes decoded blocks again, each as if nothing stood before it: what shows that a block has one spelling alone.
package struct BlockReencoder: ~Copyable {
  private var encoder = BlockEncoder(
    limits: BlockLimits(events: JournalFormat.eventsPerBlockMax, rowBytes: JournalFormat.rowBytesPerBlockMax))

  package init() {}

  /// Whether the events of `block`, whatever their times, encode to its bytes.
  package mutating func isCanonical(_ block: borrowing DecodedBlock) -> Bool {
    var isSame = false
    block.bars.withUnsafeBufferPointer { bars in
      // An empty array may have no address; the encoder reads no bar then.
      guard let base = bars.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Bar>.alignment) else { return }
      let events = BlockEvents(
        index: block.index, firstSequence: block.firstSequence, limits: block.limits, runs: block.storedRuns,
        bars: base, barCount: bars.count, rows: block.rows)
      _ = encoder.write(events, firstTime: block.firstTime)
      isSame = block.canonicalBytes.elementsEqual(encoder.canonical.bytes)
    }
    return isSame
  }
}
