import Events
import Market

/// The skippable frame behind every block's frame: what is in the block, what stood before it, and the hashes.
///
/// Its length never changes, so trailers can be read one by one, without the blocks, for a binary search.
struct BlockTrailer: Hashable {
  var blockIndex: UInt64
  var firstSequence: UInt64
  var eventCount: UInt32
  var barCount: UInt32
  var firstTime: Timestamp
  var lastTime: Timestamp
  var canonicalBytes: UInt32
  var compressedBytes: UInt32
  /// Of all blocks before this one.
  var barsBefore: UInt64
  var canonicalBytesBefore: UInt64
  var chainHash: [UInt8]
  /// Over everything above and the compressed frame.
  var frameHash: [UInt8] = []

  /// Bytes in front of the fields: skippable magic and frame size.
  static let headerBytes = 8
  /// What the frame hash covers of the trailer: header, version and all fields but the hash itself.
  static let coveredBytes = headerBytes + 4 + 8 + 8 + 4 + 4 + 8 + 8 + 4 + 4 + 8 + 8 + 32
  static let bytes = coveredBytes + 32

  var nextSequence: UInt64 { firstSequence + UInt64(eventCount) }
  /// Whether a journal may begin with this block; any other first block makes the file a fragment of one.
  var beginsJournal: Bool { blockIndex == 0 && barsBefore == 0 && canonicalBytesBefore == 0 }
  var barsThrough: UInt64 { barsBefore + UInt64(barCount) }
  var canonicalBytesThrough: UInt64 { canonicalBytesBefore + UInt64(canonicalBytes) }

  /// The covered part; the frame hash goes behind it.
  func encodeCovered(into bytes: inout ByteBuffer) {
    bytes.append(fixed: JournalFormat.trailerMagic)
    bytes.append(fixed: UInt32(BlockTrailer.bytes - BlockTrailer.headerBytes))
    bytes.append(fixed: JournalFormat.version)
    bytes.appendFixed(blockIndex)
    bytes.appendFixed(firstSequence)
    bytes.append(fixed: eventCount)
    bytes.append(fixed: barCount)
    bytes.appendFixed(UInt64(bitPattern: firstTime.nanos))
    bytes.appendFixed(UInt64(bitPattern: lastTime.nanos))
    bytes.append(fixed: canonicalBytes)
    bytes.append(fixed: compressedBytes)
    bytes.appendFixed(barsBefore)
    bytes.appendFixed(canonicalBytesBefore)
    bytes.append(chainHash)
  }

  init(
    header: BlockHeader, lastTime: Timestamp, canonicalBytes: Int, compressedBytes: Int, barsBefore: UInt64,
    canonicalBytesBefore: UInt64, chainHash: [UInt8]
  ) {
    blockIndex = header.index
    firstSequence = header.firstSequence
    eventCount = UInt32(header.eventCount)
    barCount = UInt32(header.barCount)
    firstTime = header.firstTime
    self.lastTime = lastTime
    self.canonicalBytes = UInt32(canonicalBytes)
    self.compressedBytes = UInt32(compressedBytes)
    self.barsBefore = barsBefore
    self.canonicalBytesBefore = canonicalBytesBefore
    self.chainHash = chainHash
  }

  /// Why bytes are no trailer of this program's version.
  enum Refusal: Error, Hashable {
    case header
    case newer(UInt32)
    case field(StaticName)
  }

  /// Reads a trailer and checks what can be checked of it alone.
  init(_ bytes: UnsafeRawBufferPointer) throws(Refusal) {
    guard bytes.count >= BlockTrailer.headerBytes + 4,
      bytes.fixed32(at: 0) == JournalFormat.trailerMagic
    else { throw .header }
    let version = bytes.fixed32(at: BlockTrailer.headerBytes)
    // A newer version may have another size: it is named before the size is looked at.
    if version > JournalFormat.version, version < 1 << 16 { throw .newer(version) }
    guard version == JournalFormat.version, bytes.count >= BlockTrailer.bytes,
      bytes.fixed32(at: 4) == UInt32(BlockTrailer.bytes - BlockTrailer.headerBytes)
    else { throw .header }
    blockIndex = bytes.fixed64(at: 12)
    firstSequence = bytes.fixed64(at: 20)
    eventCount = bytes.fixed32(at: 28)
    barCount = bytes.fixed32(at: 32)
    firstTime = Timestamp(nanos: Int64(bitPattern: bytes.fixed64(at: 36)))
    lastTime = Timestamp(nanos: Int64(bitPattern: bytes.fixed64(at: 44)))
    canonicalBytes = bytes.fixed32(at: 52)
    compressedBytes = bytes.fixed32(at: 56)
    barsBefore = bytes.fixed64(at: 60)
    canonicalBytesBefore = bytes.fixed64(at: 68)
    chainHash = Array(bytes[76..<108])
    frameHash = Array(bytes[108..<140])
    guard eventCount >= 1, eventCount <= UInt32(JournalFormat.eventsPerBlockMax) else { throw .field("event count") }
    guard barCount <= eventCount else { throw .field("bar count") }
    guard firstTime <= lastTime else { throw .field("last time") }
    guard canonicalBytes >= 1, canonicalBytes <= UInt32(JournalFormat.canonicalBytesMax) else {
      throw .field("canonical bytes")
    }
    guard compressedBytes >= 1, Int(compressedBytes) <= ZstdCompressor.bytesMax else {
      throw .field("compressed bytes")
    }
    // Sums over a whole journal stay far from overflow, so that no later addition has to be checked.
    let sumMax = UInt64.max >> 1
    guard firstSequence <= sumMax, barsBefore <= firstSequence else { throw .field("first sequence") }
    guard canonicalBytesBefore <= sumMax, blockIndex <= firstSequence else { throw .field("block index") }
  }

  /// Nil where this trailer's block may follow `previous`, or begin a file where that is nil; else the field that says no.
  func contradiction(after previous: BlockTrailer?, allowsFragments: Bool = false) -> StaticName? {
    guard let previous else { return beginsJournal || allowsFragments ? nil : "block index" }
    if blockIndex != previous.blockIndex + 1 { return "block index" }
    if firstSequence != previous.nextSequence { return "first sequence" }
    if barsBefore != previous.barsThrough { return "bars before" }
    if canonicalBytesBefore != previous.canonicalBytesThrough { return "canonical bytes before" }
    if firstTime < previous.lastTime { return "first time" }
    return nil
  }
}

extension BlockTrailer {
  /// Whether a trailer that names a newer version is one of this version whose number rotted: with the number put back the frame hash holds.
  static func hasRottenVersion(_ trailer: UnsafeRawBufferPointer, frame: UnsafeRawBufferPointer) -> Bool {
    guard trailer.count >= bytes else { return false }
    var covered = ByteBuffer(capacity: coveredBytes)
    covered.append(bytes: UnsafeRawBufferPointer(rebasing: trailer[..<headerBytes]))
    covered.append(fixed: JournalFormat.version)
    covered.append(bytes: UnsafeRawBufferPointer(rebasing: trailer[(headerBytes + 4)..<coveredBytes]))
    return JournalHash.frame(trailer: covered.bytes, compressed: frame).elementsEqual(trailer[coveredBytes..<bytes])
  }
}

extension ByteBuffer {
  /// Four bytes, lowest first.
  mutating func append(fixed value: UInt32) {
    for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
  }
}

extension UnsafeRawBufferPointer {
  /// - Precondition: the bytes are there; subscripts check it.
  func fixed32(at offset: Int) -> UInt32 {
    UInt32(self[offset]) | UInt32(self[offset + 1]) << 8 | UInt32(self[offset + 2]) << 16
      | UInt32(self[offset + 3]) << 24
  }

  func fixed64(at offset: Int) -> UInt64 { UInt64(fixed32(at: offset)) | UInt64(fixed32(at: offset + 4)) << 32 }
}
