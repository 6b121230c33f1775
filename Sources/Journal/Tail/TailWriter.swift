import Events
import Glibc
import Market

/// Writes the live tail: one record a commit, each on pages of its own, one unsynced record at a time.
///
/// The same pages are used again for every block. Their old records can't be taken for new ones: each names its block and continues the hash of
/// the one before.
final class TailWriter {
  private let file: any JournalFile
  private let disk: any Disk
  let fence: WriterFence
  private let defects: JournalDefects
  /// Where the next record goes.
  private var end: UInt64
  /// Behind this the file is zeros.
  private var usedEnd: UInt64
  private var previous: [UInt8]
  private var encoder: BlockEncoder
  private var buffer = ByteBuffer(capacity: 2 * TailFormat.pageBytes)
  private var markBytes = ByteBuffer(capacity: TailMark.bytes)
  private var reservedEnd: UInt64 = 0
  /// True once the disk could not promise room for another `reserveBytes`: what was promised before is still there.
  private(set) var isSpaceShort = false

  /// What a commit can always still write when the disk is found full: 512 commits of a page each.
  static let reserveBytes = UInt64(512 * TailFormat.pageBytes)

  init(
    file: any JournalFile, disk: any Disk, fence: WriterFence, defects: JournalDefects, end: UInt64, usedEnd: UInt64,
    previous: [UInt8], limits: BlockLimits
  ) throws(FileError) {
    encoder = BlockEncoder(limits: limits)
    self.file = file
    self.disk = disk
    self.fence = fence
    self.defects = defects
    self.end = end
    self.usedEnd = usedEnd
    self.previous = previous
    try reserve()
    // To begin without the reserve would be to promise what can't be kept.
    if isSpaceShort { throw FileError(operation: .reserve, path: file.path, code: ENOSPC) }
  }

  /// Puts one commit's events into the form in which `write` makes them durable, and takes note of their time.
  func encode(_ events: BlockEvents) throws(EventTimes.Stop) -> BlockHeader {
    try encoder.encode(events).header
  }

  /// The time in force behind the events encoded so far.
  var timeInForce: Timestamp? {
    get { encoder.timeInForce }
    set { encoder.timeInForce = newValue }
  }

  /// Appends the events that were encoded last and makes them durable.
  func write(_ header: BlockHeader) throws(FileError) {
    let canonical = encoder.canonical.bytes
    var record = TailRecord(
      payloadBytes: canonical.count, epoch: fence.epoch, blockIndex: header.index, firstSequence: header.firstSequence,
      eventCount: header.eventCount, previous: previous)
    buffer.removeAll()
    record.encode(payload: canonical, into: &buffer)
    try file.write(buffer.bytes, at: end)
    let recordEnd = end + UInt64(buffer.count)
    try clear(from: recordEnd)
    if !defects.contains(.skipTailSync) { try sync() }
    end = recordEnd
    usedEnd = recordEnd
    previous = record.hash
    try reserve()
  }

  /// Notes what a sync that has returned made durable.
  func mark(block: UInt64, acknowledged: UInt64) throws(FileError) {
    markBytes.removeAll()
    TailMark(epoch: fence.epoch, blockIndex: block, acknowledged: acknowledged).encode(into: &markBytes)
    try file.write(markBytes.bytes, at: TailFormat.markOffset)
  }

  /// Zeros what a torn write left behind the last record, durably.
  func cut() throws(FileError) {
    try clear(from: end)
    usedEnd = end
    try file.sync()
  }

  /// Begins anew in front, for the block behind `last`.
  func restart(after last: BlockTrailer?) {
    end = TailFormat.recordsOffset
    previous = last?.chainHash ?? JournalHash.chainStart
    encoder.timeInForce = last?.lastTime
  }

  /// Removes the tail of a journal that is sealed.
  func remove() throws(FileError) {
    try file.close()
    try disk.remove(file.path)
    if !defects.contains(.skipFolderSync) { try disk.syncFolder(of: file.path) }
  }

  /// Zeros behind `place`, as far as anything was written: what an earlier block left must not outlive the next one.
  private func clear(from place: UInt64) throws(FileError) {
    var place = place
    while place < usedEnd {
      let count = min(usedEnd - place, UInt64(TailWriter.zeros.count))
      var failure: FileError?
      TailWriter.zeros.withUnsafeBytes { bytes in
        do throws(FileError) {
          try file.write(UnsafeRawBufferPointer(rebasing: bytes[..<Int(count)]), at: place)
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      place += count
    }
  }

  private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

  private func sync() throws(FileError) {
    do throws(FileError) {
      try file.sync()
    } catch {
      // What a failed sync leaves is marked clean: a second one would return without having written it.
      if defects.contains(.retrySync) { return try file.sync() }
      throw error
    }
  }

  /// Keeps `reserveBytes` promised behind the next record, in steps.
  private func reserve() throws(FileError) {
    guard end + TailWriter.reserveBytes > reservedEnd else { return }
    let wanted = end + 2 * TailWriter.reserveBytes
    do throws(FileError) {
      try file.reserve(upTo: wanted)
      reservedEnd = wanted
      isSpaceShort = false
    } catch {
      guard error.isOutOfSpace else { throw error }
      isSpaceShort = true
    }
  }
}

extension FileError {
  var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }
}
