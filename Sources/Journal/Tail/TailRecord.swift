import Events

/// What stands before one commit's events in the live tail. It begins a page; the events follow as a canonical block, then zeros to the page's end.
struct TailRecord: Hashable {
  var payloadBytes: UInt32
  var epoch: UInt64
  var blockIndex: UInt64
  var firstSequence: UInt64
  var eventCount: UInt32
  /// Hash of the record before; of the block's first record the chain hash of the block before.
  var previous: [UInt8]
  /// Over everything above and the payload: a record proves itself, so that one behind a rotten one is still known as one.
  var hash: [UInt8] = []

  static let coveredBytes = 4 + 4 + 8 + 8 + 8 + 4 + 4 + 32
  static let headerBytes = coveredBytes + 32

  var nextSequence: UInt64 { firstSequence + UInt64(eventCount) }
  /// Of the whole record with the zeros behind it.
  var pageBytes: Int { TailFormat.pages(TailRecord.headerBytes + Int(payloadBytes)) }

  /// Sets the hash and writes the whole record, zeros included.
  mutating func encode(payload: UnsafeRawBufferPointer, into bytes: inout ByteBuffer) {
    let start = bytes.count
    bytes.append(fixed: TailFormat.recordMagic)
    bytes.append(fixed: payloadBytes)
    bytes.appendFixed(epoch)
    bytes.appendFixed(blockIndex)
    bytes.appendFixed(firstSequence)
    bytes.append(fixed: eventCount)
    bytes.append(fixed: 0)
    bytes.append(previous)
    let covered = UnsafeRawBufferPointer(rebasing: bytes.bytes[start...])
    hash = JournalHash.tail(TailFormat.recordDomain, covered, payload)
    bytes.append(hash)
    bytes.append(bytes: payload)
    bytes.append([UInt8](repeating: 0, count: pageBytes - TailRecord.headerBytes - payload.count))
  }

  init(
    payloadBytes: Int, epoch: UInt64, blockIndex: UInt64, firstSequence: UInt64, eventCount: Int, previous: [UInt8]
  ) {
    self.payloadBytes = UInt32(payloadBytes)
    self.epoch = epoch
    self.blockIndex = blockIndex
    self.firstSequence = firstSequence
    self.eventCount = UInt32(eventCount)
    self.previous = previous
  }

  /// Reads the record at the start of `bytes`; nil where there is none whose hash fits, or where its last page isn't zero behind it.
  init?(_ bytes: UnsafeRawBufferPointer, trustsLength: Bool = false) {
    guard bytes.count >= TailRecord.headerBytes, bytes.fixed32(at: 0) == TailFormat.recordMagic else { return nil }
    payloadBytes = bytes.fixed32(at: 4)
    guard payloadBytes >= 1, Int(payloadBytes) <= JournalFormat.canonicalBytesMax,
      Int(payloadBytes) <= bytes.count - TailRecord.headerBytes, bytes.fixed32(at: 36) == 0
    else { return nil }
    epoch = bytes.fixed64(at: 8)
    blockIndex = bytes.fixed64(at: 16)
    firstSequence = bytes.fixed64(at: 24)
    eventCount = bytes.fixed32(at: 32)
    guard eventCount >= 1, eventCount <= UInt32(JournalFormat.eventsPerBlockMax), firstSequence <= UInt64.max >> 1
    else { return nil }
    previous = Array(bytes[40..<72])
    hash = Array(bytes[72..<104])
    let end = TailRecord.headerBytes + Int(payloadBytes)
    let covered = UnsafeRawBufferPointer(rebasing: bytes[..<TailRecord.coveredBytes])
    let payload = UnsafeRawBufferPointer(rebasing: bytes[TailRecord.headerBytes..<end])
    guard trustsLength || JournalHash.tail(TailFormat.recordDomain, covered, payload) == hash else { return nil }
    let padding = UnsafeRawBufferPointer(rebasing: bytes[end..<min(pageBytes, bytes.count)])
    guard trustsLength || padding.isZeros else { return nil }
  }
}
