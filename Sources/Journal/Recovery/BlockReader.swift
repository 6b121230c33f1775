import Events

/// Reads single blocks and trailers at places that a table names, with memory allocated once.
struct BlockReader: ~Copyable {
  var window: FileWindow
  /// Index of the file's first block: 0 but in a fragment.
  var startIndex: UInt64 = 0
  private let decompressor = ZstdDecompressor()

  init(file: any JournalFile) throws(JournalError) {
    window = try FileWindow(file: file)
  }

  /// The index that the block in place `place` of the file was given when it was written.
  private func blockIndex(_ place: Int) -> UInt64 { startIndex + UInt64(place) }

  /// The trailer of block `index`, read alone: one small read.
  func trailer(
    _ index: Int, in table: SeekTable, anyIndex: Bool = false
  ) throws(JournalError) -> BlockTrailer {
    var bytes = [UInt8](repeating: 0, count: BlockTrailer.bytes)
    let offset = table.offsets[index + 1] - UInt64(BlockTrailer.bytes)
    let file = window.file
    let count: Int
    do throws(FileError) {
      count = try bytes.fill(from: file, at: offset)
    } catch {
      throw file.error(.file(error))
    }
    var refusal: BlockTrailer.Refusal
    do throws(BlockTrailer.Refusal) {
      let trailer = try BlockTrailer(Array(bytes[..<count]))
      guard anyIndex || trailer.blockIndex == blockIndex(index) else { throw .field("block index") }
      return trailer
    } catch {
      refusal = error
    }
    if case .newer = refusal {
      // Rare, and worth the read: a rotten number is no newer program's.
      var block = [UInt8](repeating: 0, count: Int(offset - table.offsets[index]))
      do throws(FileError) {
        block.removeLast(block.count - (try block.fill(from: file, at: table.offsets[index])))
      } catch {
        throw file.error(.file(error))
      }
      let isRotten = block.withUnsafeBytes { frame in
        bytes.withUnsafeBytes { BlockTrailer.hasRottenVersion($0, frame: frame) }
      }
      if isRotten { refusal = .field("format version") }
    }
    throw error(refusal, index: index, offset: table.offsets[index], firstSequence: 0)
  }

  /// The block behind a damaged one by its trailer; nil where that can't be read either, or `index` was the last.
  func blockBehind(_ index: Int, in table: SeekTable) throws(JournalError) -> Resumption? {
    guard index + 1 < table.blockCount else { return nil }
    do throws(JournalError) {
      let trailer = try trailer(index + 1, in: table)
      return Resumption(
        block: trailer.blockIndex, offset: table.offsets[index + 1], sequence: trailer.firstSequence)
    } catch {
      if case .damagedBlock = error.fault { return nil }
      throw error
    }
  }

  /// Reads block `index` and decodes it.
  ///
  /// Checks zstd's own checksum of the content and that trailer, table and block agree. The SHA-256 hashes are left to
  /// `verifyJournal`: what they would find besides is bytes that decode to the same content.
  mutating func read(
    _ index: Int, in table: SeekTable, firstSequence: UInt64, into block: inout DecodedBlock
  ) throws(JournalError) {
    let offset = table.offsets[index]
    let size = Int(table.offsets[index + 1] - offset)
    let bytes = try window.bytes(at: offset, count: size)
    let file = window.file
    guard bytes.count == size else {
      throw file.damaged(.cut, block: blockIndex(index), offset: offset, firstSequence: firstSequence)
    }
    let frame = UnsafeRawBufferPointer(rebasing: bytes[..<(size - BlockTrailer.bytes)])
    let trailer: BlockTrailer
    do throws(BlockTrailer.Refusal) {
      let trailerBytes = UnsafeRawBufferPointer(rebasing: bytes[(size - BlockTrailer.bytes)...])
      do throws(BlockTrailer.Refusal) {
        trailer = try BlockTrailer(trailerBytes)
      } catch {
        guard case .newer = error, BlockTrailer.hasRottenVersion(trailerBytes, frame: frame) else { throw error }
        throw .field("format version")
      }
    } catch {
      throw self.error(error, index: index, offset: offset, firstSequence: firstSequence)
    }
    let problem = decode(frame, trailer: trailer, index: index, firstSequence: firstSequence, into: &block)
    if let problem {
      throw file.damaged(problem, block: blockIndex(index), offset: offset, firstSequence: firstSequence)
    }
  }

  /// Decompresses and decodes `frame`, and compares the block with its trailer; returns what is wrong.
  func decode(
    _ frame: UnsafeRawBufferPointer, trailer: BlockTrailer, index: Int, firstSequence: UInt64,
    into block: inout DecodedBlock
  ) -> BlockDamage? {
    if trailer.blockIndex != blockIndex(index) { return .trailerField("block index") }
    if trailer.firstSequence != firstSequence { return .trailerField("first sequence") }
    if Int(trailer.compressedBytes) != frame.count { return .trailerField("compressed bytes") }
    guard let claimed = ZstdDecompressor.contentSize(frame) else { return .frame(code: 14) }
    guard claimed <= UInt64(JournalFormat.canonicalBytesMax) else {
      return .contentSize(claimed: claimed, limit: UInt64(JournalFormat.canonicalBytesMax))
    }
    guard claimed == UInt64(trailer.canonicalBytes) else { return .trailerField("canonical bytes") }
    block.canonical.reserve(Int(claimed) + DecodedBlock.slack)
    do throws(ZstdFailure) {
      block.canonicalCount = try decompressor.decompress(
        frame, into: UnsafeMutableRawBufferPointer(start: block.canonical.base, count: Int(claimed)))
    } catch {
      return .frame(code: error.code)
    }
    (block.canonical.base + block.canonicalCount).update(repeating: 0, count: DecodedBlock.slack)
    do throws(DecodeError) {
      try block.decode()
    } catch {
      return .decode(error)
    }
    if block.index != trailer.blockIndex { return .trailerField("block index") }
    if block.firstSequence != trailer.firstSequence { return .trailerField("first sequence") }
    if block.eventCount != Int(trailer.eventCount) { return .trailerField("event count") }
    if block.bars.count != Int(trailer.barCount) { return .trailerField("bar count") }
    if block.firstTime != trailer.firstTime { return .trailerField("first time") }
    return nil
  }

  private func error(
    _ refusal: BlockTrailer.Refusal, index: Int, offset: UInt64, firstSequence: UInt64
  ) -> JournalError {
    let damage: BlockDamage
    switch refusal {
    case .newer(let version): return window.file.error(.newerFormat(version: UInt64(version), block: blockIndex(index)))
    case .header: damage = .trailerHeader
    case .field(let field): damage = .trailerField(field)
    }
    return window.file.damaged(damage, block: blockIndex(index), offset: offset, firstSequence: firstSequence)
  }
}

extension [UInt8] {
  /// Fills the array from a place in `file` and returns how many bytes there were.
  mutating func fill(from file: any JournalFile, at offset: UInt64) throws(FileError) -> Int {
    var count = 0
    var failure: FileError?
    withUnsafeMutableBytes { buffer in
      do throws(FileError) {
        count = try file.readFully(at: offset, into: buffer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return count
  }
}

extension BlockTrailer {
  init(_ bytes: [UInt8]) throws(Refusal) {
    let outcome: Result<BlockTrailer, Refusal> = bytes.withUnsafeBytes { view in
      do throws(Refusal) {
        return .success(try BlockTrailer(view))
      } catch {
        return .failure(error)
      }
    }
    self = try outcome.get()
  }
}
