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
  private let failed = Atomic<Bool>(false)
  private let idle = Mutex<[BlockDraft]>([])
  private let limits: BlockLimits
  /// Asked before every write; nil where only the seal makes anything durable.
  private let fence: WriterFence?
  let defects: JournalDefects
  private let spaceShort = Atomic<Bool>(false)
  /// Whether the last block that was appended is durable.
  private var isLastDurable = true

  /// What the file can always still grow by when the disk is found full: a block of the usual size, and the seek table.
  static let reserveBytes: UInt64 = 1 << 20

  init(
    file: any JournalFile, options: JournalOptions, limits: BlockLimits, table: SeekTable, first: BlockTrailer?,
    last: BlockTrailer?, cutBefore: UInt64?, fence: WriterFence?
  ) {
    self.fence = fence
    defects = options.defects
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
  var latched: JournalError? { hasFailed ? failure.withLock { $0 } : nil }

  /// Whether there was a failure: cheap enough to ask for every few events.
  var hasFailed: Bool { failed.load(ordering: .acquiring) }

  /// True once the disk could not promise room for one more block behind the one that is open.
  var isSpaceShort: Bool { spaceShort.load(ordering: .relaxed) }

  /// Keeps room for two more blocks promised, the open one and a closing one, where anything is acknowledged before the seal.
  ///
  /// - Throws: any failure but a full disk, which only sets `isSpaceShort`.
  func reserve() throws(JournalError) {
    guard fence != nil else { return }
    let end = table.offsets[table.blockCount] + UInt64(table.bytes)
    do throws(FileError) {
      try file.reserve(upTo: end + 2 * BlockPipeline.reserveBytes)
      spaceShort.store(false, ordering: .relaxed)
    } catch {
      guard error.isOutOfSpace else { throw file.error(.file(error)) }
      spaceShort.store(true, ordering: .relaxed)
    }
  }

  private func checkFence() throws(JournalError) {
    if let fence, !defects.contains(.skipFence) { try fence.check() }
  }

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
      try syncFile()
    } catch {
      throw latch(file.error(.file(error)))
    }
  }

  private func syncFile() throws(FileError) {
    do throws(FileError) {
      try file.sync()
    } catch {
      // What a failed sync leaves is marked clean: a second one would return without having written it.
      if defects.contains(.retrySync) { try file.sync() } else { throw error }
    }
    isLastDurable = true
  }

  /// Nothing is appended behind a block that is not durable: a disk that turned the order round would leave a hole with something whole behind it,
  /// which is what rot looks like.
  private func syncBeforeAppending() throws(FileError) {
    guard fence != nil, !isLastDurable, !defects.contains(.skipBlockSync) else { return }
    try syncFile()
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
    let fileBytes = table.offsets[table.blockCount] + UInt64(bytes.count)
    do throws(JournalError) {
      try checkFence()
    } catch {
      throw latch(error)
    }
    do throws(FileError) {
      try syncBeforeAppending()
      try file.append(bytes.bytes)
      if !defects.contains(.skipSealSync) { try file.sync() }
      // Gives back what was reserved behind the end.
      if fence != nil { try file.truncate(to: fileBytes) }
    } catch {
      throw latch(file.error(.file(error)))
    }
    return JournalSummary(first: first, last: last, fileBytes: fileBytes, isSealed: true)
  }

  var path: String { file.path }

  func refusal(_ fault: JournalFault) -> JournalError { file.error(fault) }

  /// Why events of a block that begins with `firstSequence` can't be stored.
  func refusal(_ stop: EventTimes.Stop, firstSequence: UInt64) -> JournalError {
    switch stop {
    case .decreases(let sequence, let time, let previous):
      file.error(.timeDecreases(sequence: sequence, time: time, previous: previous))
    case .row(let sequence, let kind, let bytes):
      file.error(.rowRefused(sequence: sequence, kind: kind, bytes: bytes))
    case .decode(let reason):
      file.error(.rowUnreadable(sequence: firstSequence, reason: reason))
    }
  }

  /// Keeps the first failure and returns it.
  func latch(_ error: JournalError) -> JournalError {
    let first = failure.withLock { latched in
      if latched == nil { latched = error }
      return latched ?? error
    }
    failed.store(true, ordering: .releasing)
    return first
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
    try checkFence()
    do throws(FileError) {
      if let cutBefore {
        try file.truncate(to: cutBefore)
        self.cutBefore = nil
      }
      try syncBeforeAppending()
      isLastDurable = false
      try file.append(compressed)
      try file.append(trailerBytes.bytes)
    } catch {
      throw file.error(.file(error))
    }
    table.append(compressed: trailer.compressedBytes, canonical: trailer.canonicalBytes)
    if first == nil { first = trailer }
    last = trailer
    try reserve()
  }

  private func encode(_ draft: BlockDraft) throws(JournalError) -> (header: BlockHeader, lastTime: Timestamp) {
    do throws(EventTimes.Stop) {
      return try encoder.encode(draft)
    } catch {
      throw refusal(error, firstSequence: draft.firstSequence)
    }
  }

  private func compress(_ canonical: UnsafeRawBufferPointer) throws(JournalError) -> UnsafeRawBufferPointer {
    do throws(ZstdFailure) {
      return try compressor.compress(canonical, borders: encoder.borders, isMostlyBars: encoder.isMostlyBars)
    } catch {
      throw file.error(.compression(code: error.code))
    }
  }
}
