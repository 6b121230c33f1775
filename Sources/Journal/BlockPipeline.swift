import Dispatch
import Events
import Market
import Synchronization

/// What happens to a full draft: encode, hash, compress, append to the file. On the caller's thread, or on a second one
/// with one block under way and one waiting. The file's bytes are the same either way: one block goes after the other.
///
/// `@unchecked Sendable`: with two threads everything but `failure` is touched on the serial `queue` alone until `drain`
/// has returned, with one on the caller's thread alone.
final class BlockPipeline: @unchecked Sendable {
  private let file: any JournalFile
  private var encoder: BlockEncoder
  private var compressor: ZstdCompressor
  private var trailerBytes = ByteBuffer(capacity: 256)
  private(set) var table: SeekTable
  private(set) var first: BlockTrailer?
  private(set) var last: BlockTrailer?
  /// Where the first append must cut the file, when a block that was not full is about to be written again, longer.
  private var cutBefore: UInt64?

  private let queue: DispatchQueue?
  private let slots = DispatchSemaphore(value: 2)
  private let failure = Mutex<JournalError?>(nil)
  private let idle = Mutex<[BlockDraft]>([])
  private let limits: BlockLimits

  init(
    file: any JournalFile, options: JournalOptions, limits: BlockLimits, table: SeekTable, first: BlockTrailer?,
    last: BlockTrailer?, cutBefore: UInt64?
  ) {
    self.file = file
    self.limits = limits
    self.table = table
    self.first = first
    self.last = last
    self.cutBefore = cutBefore
    encoder = BlockEncoder(limits: limits, timeInForce: last?.lastTime)
    compressor = ZstdCompressor(level: options.compressionLevel)
    queue = options.threads > 1 ? DispatchQueue(label: "journal") : nil
  }

  /// The first failure, which every later call repeats: after a failed write or sync nothing that follows can be trusted.
  var latched: JournalError? { failure.withLock { $0 } }

  /// Takes a full draft, or the last one, and gives back an empty one.
  func write(_ draft: BlockDraft) throws(JournalError) -> BlockDraft {
    if let latched { throw latched }
    guard let queue else {
      do throws(JournalError) {
        try process(draft)
      } catch {
        throw latch(error)
      }
      return draft
    }
    slots.wait()
    queue.async { [self] in
      if latched == nil {
        do throws(JournalError) {
          try process(draft)
        } catch {
          _ = latch(error)
        }
      }
      idle.withLock { $0.append(draft) }
      slots.signal()
    }
    return idle.withLock { $0.popLast() } ?? BlockDraft(limits: limits)
  }

  /// Returns when everything given so far is in the file.
  func drain() throws(JournalError) {
    queue?.sync {}
    if let latched { throw latched }
  }

  /// Makes everything in the file durable.
  func sync() throws(JournalError) {
    try drain()
    do throws(FileError) {
      try file.sync()
    } catch {
      throw latch(file.error(.file(error)))
    }
  }

  /// Appends the seek table and syncs.
  func seal() throws(JournalError) -> JournalSummary {
    try drain()
    let entries = 2 * UInt64(table.blockCount)
    guard entries <= JournalFormat.seekTableEntriesMax else {
      throw latch(file.error(.tooManyBlocks(count: UInt64(table.blockCount))))
    }
    var bytes = ByteBuffer(capacity: table.bytes)
    table.encode(into: &bytes)
    do throws(FileError) {
      try file.append(bytes.bytes)
      try file.sync()
    } catch {
      throw latch(file.error(.file(error)))
    }
    let fileBytes = table.offsets[table.blockCount] + UInt64(bytes.count)
    return JournalSummary(first: first, last: last, fileBytes: fileBytes, isSealed: true)
  }

  func refusal(_ fault: JournalFault) -> JournalError { file.error(fault) }

  /// Keeps the first failure and returns it.
  func latch(_ error: JournalError) -> JournalError {
    failure.withLock { latched in
      if latched == nil { latched = error }
      return latched ?? error
    }
  }

  private func process(_ draft: BlockDraft) throws(JournalError) {
    let (header, lastTime) = try encode(draft)
    let canonical = encoder.canonical.bytes
    let compressed = try compress(canonical)
    var trailer = BlockTrailer(
      header: header, lastTime: lastTime, canonicalBytes: canonical.count, compressedBytes: compressed.count,
      barsBefore: last?.barsThrough ?? 0, canonicalBytesBefore: last?.canonicalBytesThrough ?? 0,
      chainHash: JournalHash.chain(previous: last?.chainHash ?? JournalHash.chainStart, canonical: canonical))
    trailerBytes.removeAll()
    trailer.encodeCovered(into: &trailerBytes)
    trailer.frameHash = JournalHash.frame(trailer: trailerBytes.bytes, compressed: compressed)
    trailerBytes.append(trailer.frameHash)
    do throws(FileError) {
      if let cutBefore {
        try file.truncate(to: cutBefore)
        self.cutBefore = nil
      }
      try file.append(compressed)
      try file.append(trailerBytes.bytes)
    } catch {
      throw file.error(.file(error))
    }
    table.append(compressed: trailer.compressedBytes, canonical: trailer.canonicalBytes)
    if first == nil { first = trailer }
    last = trailer
  }

  private func encode(_ draft: BlockDraft) throws(JournalError) -> (header: BlockHeader, lastTime: Timestamp) {
    do throws(EventTimes.Stop) {
      return try encoder.encode(draft)
    } catch {
      switch error {
      case .decreases(let sequence, let time, let previous):
        throw file.error(.timeDecreases(sequence: sequence, time: time, previous: previous))
      case .row(let sequence, let kind, let bytes):
        throw file.error(.rowRefused(sequence: sequence, kind: kind, bytes: bytes))
      case .decode(let reason):
        throw file.error(.rowUnreadable(sequence: draft.firstSequence, reason: reason))
      }
    }
  }

  private func compress(_ canonical: UnsafeRawBufferPointer) throws(JournalError) -> UnsafeRawBufferPointer {
    do throws(ZstdFailure) {
      return try compressor.compress(canonical)
    } catch {
      throw file.error(.compression(code: error.code))
    }
  }
}
