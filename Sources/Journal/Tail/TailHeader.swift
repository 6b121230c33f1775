import Events

/// Who writes a journal: one page of its live tail.
///
/// The epoch counts up with every writer. A writer that finds a higher one than its own has been superseded, whatever became of its lock.
struct TailHeader: Hashable {
  var epoch: UInt64
  /// Who opened the journal, for error messages; at most `ownerBytesMax` bytes are stored.
  var owner: String

  static let ownerBytesMax = 200
  static let coveredBytes = 4 + 4 + 8 + 4 + ownerBytesMax
  static let bytes = coveredBytes + 32

  /// The whole page, zeros behind the hash.
  func page() -> ByteBuffer {
    var page = ByteBuffer(capacity: TailFormat.pageBytes)
    var name = Array(owner.utf8)
    while name.count > TailHeader.ownerBytesMax { name.removeLast() }
    page.append(fixed: TailFormat.headerMagic)
    page.append(fixed: TailFormat.version)
    page.appendFixed(epoch)
    page.append(fixed: UInt32(name.count))
    page.append(name)
    page.append([UInt8](repeating: 0, count: TailHeader.ownerBytesMax - name.count))
    page.append(JournalHash.tail(TailFormat.headerDomain, page.bytes))
    page.append([UInt8](repeating: 0, count: TailFormat.pageBytes - page.count))
    return page
  }

  /// Nil where the page holds no header whose hash fits.
  init?(_ page: UnsafeRawBufferPointer) {
    guard page.count == TailFormat.pageBytes, page.fixed32(at: 0) == TailFormat.headerMagic,
      page.fixed32(at: 4) == TailFormat.version
    else { return nil }
    let covered = UnsafeRawBufferPointer(rebasing: page[..<TailHeader.coveredBytes])
    guard
      JournalHash.tail(TailFormat.headerDomain, covered).elementsEqual(page[TailHeader.coveredBytes..<TailHeader.bytes])
    else { return nil }
    epoch = page.fixed64(at: 8)
    let count = min(Int(page.fixed32(at: 16)), TailHeader.ownerBytesMax)
    owner = String(decoding: page[20..<20 + count], as: UTF8.self)
  }

  init(epoch: UInt64, owner: String) {
    self.epoch = epoch
    self.owner = owner
  }
}
