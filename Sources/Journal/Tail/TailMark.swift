import Events

/// The witness of what was acknowledged: written, without a sync of its own, each time a sync has returned.
///
/// It proves that the last record was durable once. Without it a rotten last record looks like one that a crash tore; with it the first is
/// refused and the second cut. A mark that is lost or torn proves nothing and harms nothing.
struct TailMark: Hashable {
  var epoch: UInt64
  /// The block that was open.
  var blockIndex: UInt64
  /// Every event before this sequence had been acknowledged.
  var acknowledged: UInt64

  static let coveredBytes = 4 + 4 + 8 + 8 + 8
  static let bytes = coveredBytes + 32

  func encode(into bytes: inout ByteBuffer) {
    bytes.append(fixed: TailFormat.markMagic)
    bytes.append(fixed: TailFormat.version)
    bytes.appendFixed(epoch)
    bytes.appendFixed(blockIndex)
    bytes.appendFixed(acknowledged)
    bytes.append(JournalHash.tail(TailFormat.markDomain, bytes.bytes))
  }

  init?(_ page: UnsafeRawBufferPointer) {
    guard page.count == TailFormat.pageBytes, page.fixed32(at: 0) == TailFormat.markMagic,
      page.fixed32(at: 4) == TailFormat.version
    else { return nil }
    let covered = UnsafeRawBufferPointer(rebasing: page[..<TailMark.coveredBytes])
    guard JournalHash.tail(TailFormat.markDomain, covered).elementsEqual(page[TailMark.coveredBytes..<TailMark.bytes])
    else { return nil }
    epoch = page.fixed64(at: 8)
    blockIndex = page.fixed64(at: 16)
    acknowledged = page.fixed64(at: 24)
  }

  init(epoch: UInt64, blockIndex: UInt64, acknowledged: UInt64) {
    self.epoch = epoch
    self.blockIndex = blockIndex
    self.acknowledged = acknowledged
  }
}
