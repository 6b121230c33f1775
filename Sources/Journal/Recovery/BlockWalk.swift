import Events
import Glibc

/// Walks a journal's frames from the first byte on, trusting nothing but what is checked: the seek table is not looked at.
///
/// A block counts as whole where its frame and trailer parse, the trailer follows from the one before, and the frame hash
/// covers just these bytes.
struct BlockWalk: ~Copyable {
  var window: FileWindow
  private(set) var first: BlockTrailer?
  private(set) var last: BlockTrailer?
  private(set) var table = SeekTable()

  enum Step {
    case block
    case end
    case damage(BlockDamage)
    case newer(UInt32)
  }

  /// Whether the file may begin with another block than a journal's first.
  private let allowsFragments: Bool

  init(file: any JournalFile, allowsFragments: Bool = false) throws(JournalError) {
    window = try FileWindow(file: file)
    self.allowsFragments = allowsFragments
  }

  /// Index of the block that `next` looks at.
  var nextIndex: UInt64 { last.map { $0.blockIndex + 1 } ?? 0 }

  /// Where the next frame begins.
  var offset: UInt64 { table.offsets[table.blockCount] }

  /// The frame of the last block walked over.
  mutating func lastFrame() throws(JournalError) -> UnsafeRawBufferPointer {
    guard let last else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return try window.bytes(at: table.offsets[table.blockCount - 1], count: Int(last.compressedBytes))
  }

  /// Checks the next block and steps over it; stays where it is on anything else.
  mutating func next() throws(JournalError) -> Step {
    let start = offset
    if start == window.fileBytes { return .end }
    var wanted = 64 << 10
    var size = 0
    while true {
      let bytes = try window.bytes(at: start, count: wanted)
      guard bytes.count >= 4 else { return .damage(.cut) }
      guard bytes.fixed32(at: 0) == JournalFormat.zstdMagic else { return .damage(.frame(code: 10)) }
      do throws(ZstdFailure) {
        size = try ZstdDecompressor.frameBytes(bytes)
        break
      } catch {
        // A frame longer than what was read looks cut: read on, as far as a block can be long.
        guard error == .sourceTooShort else { return .damage(.frame(code: error.code)) }
        guard bytes.count == wanted else { return .damage(.cut) }
        guard wanted < ZstdCompressor.bytesMax else { return .damage(.frame(code: error.code)) }
        wanted = min(wanted * 4, ZstdCompressor.bytesMax)
      }
    }
    guard size <= ZstdCompressor.bytesMax else { return .damage(.trailerField("compressed bytes")) }
    return try check(frameBytes: size, at: start)
  }

  private mutating func check(frameBytes size: Int, at start: UInt64) throws(JournalError) -> Step {
    let bytes = try window.bytes(at: start, count: size + BlockTrailer.bytes)
    guard bytes.count > size + BlockTrailer.headerBytes + 4 else { return .damage(.cut) }
    let frame = UnsafeRawBufferPointer(rebasing: bytes[..<size])
    let trailerBytes = UnsafeRawBufferPointer(rebasing: bytes[size...])
    let trailer: BlockTrailer
    do throws(BlockTrailer.Refusal) {
      trailer = try BlockTrailer(trailerBytes)
    } catch {
      switch error {
      case .newer(let version): return .newer(version)
      case .header: return .damage(trailerBytes.count < BlockTrailer.bytes ? .cut : .trailerHeader)
      case .field(let field): return .damage(.trailerField(field))
      }
    }
    guard Int(trailer.compressedBytes) == size else { return .damage(.trailerField("compressed bytes")) }
    let covered = UnsafeRawBufferPointer(rebasing: trailerBytes[..<BlockTrailer.coveredBytes])
    guard JournalHash.frame(trailer: covered, compressed: frame) == trailer.frameHash else {
      return .damage(.frameHash)
    }
    if let field = trailer.contradiction(after: last, allowsFragments: allowsFragments) {
      return .damage(.trailerField(field))
    }
    if let damage = contentDamage(of: frame, trailer: trailer) { return .damage(damage) }
    if first == nil { first = trailer }
    last = trailer
    table.append(compressed: trailer.compressedBytes, canonical: trailer.canonicalBytes)
    return .block
  }

  /// Whether something whole stands behind the damage at `offset`: a block anywhere, or a seek table that ends the file.
  ///
  /// A trailer says how long its block's frame is, so a frame hash that holds proves a block without walking to it.
  mutating func hasWholeBlockBehind() throws(JournalError) -> Bool {
    let start = offset
    if let table = try WholeBlocks.readTable(&window), table.offsets[table.blockCount] > start { return true }
    var position = start
    let chunk = 64 << 10
    while position < window.fileBytes {
      // Chunks overlap by a trailer, so that none is missed across a border.
      let bytes = try window.bytes(at: position, count: chunk + BlockTrailer.bytes)
      for (place, trailer) in BlockTrailer.candidates(in: bytes, before: chunk)
      where try isWhole(trailer, at: position + UInt64(place), notBefore: start) {
        return true
      }
      position += UInt64(chunk)
    }
    return false
  }

  private mutating func isWhole(
    _ trailer: BlockTrailer, at offset: UInt64, notBefore start: UInt64
  ) throws(JournalError) -> Bool {
    let size = UInt64(trailer.compressedBytes)
    guard offset >= start + size else { return false }
    let bytes = try window.bytes(at: offset - size, count: Int(size) + BlockTrailer.bytes)
    guard bytes.count == Int(size) + BlockTrailer.bytes else { return false }
    let frame = UnsafeRawBufferPointer(rebasing: bytes[..<Int(size)])
    let covered = UnsafeRawBufferPointer(rebasing: bytes[Int(size)..<Int(size) + BlockTrailer.coveredBytes])
    return JournalHash.frame(trailer: covered, compressed: frame) == trailer.frameHash
  }

  /// The size that the frame claims must be the trailer's, and inside the bound, before anything is allocated for it.
  private func contentDamage(of frame: UnsafeRawBufferPointer, trailer: BlockTrailer) -> BlockDamage? {
    guard let claimed = ZstdDecompressor.contentSize(frame) else { return .frame(code: 14) }
    guard claimed <= UInt64(JournalFormat.canonicalBytesMax) else {
      return .contentSize(claimed: claimed, limit: UInt64(JournalFormat.canonicalBytesMax))
    }
    return claimed == UInt64(trailer.canonicalBytes) ? nil : .trailerField("canonical bytes")
  }
}

extension ZstdFailure {
  /// "Source size wrong": the frame goes on behind the bytes given.
  static let sourceTooShort = ZstdFailure(number: 72)
}

extension SeekTable {
  static func plausibleBlockCount(footer: UnsafeRawBufferPointer) -> UInt64? {
    do throws(Refusal) {
      return try blockCount(footer: footer)
    } catch {
      return nil
    }
  }
}

extension BlockTrailer {
  /// Everything in the first `limit` bytes that reads as a trailer.
  fileprivate static func candidates(
    in bytes: UnsafeRawBufferPointer, before limit: Int
  ) -> [(place: Int, trailer: BlockTrailer)] {
    var found: [(place: Int, trailer: BlockTrailer)] = []
    var place = 0
    let end = min(limit, bytes.count - BlockTrailer.bytes + 1)
    let firstByte = Int32(JournalFormat.trailerMagic & 0xff)
    while place < end, let base = bytes.baseAddress, let hit = memchr(base + place, firstByte, end - place) {
      place = UnsafeRawPointer(hit) - base
      if bytes.fixed32(at: place) == JournalFormat.trailerMagic,
        let trailer = readable(UnsafeRawBufferPointer(rebasing: bytes[place...]))
      {
        found.append((place, trailer))
      }
      place += 1
    }
    return found
  }

  private static func readable(_ bytes: UnsafeRawBufferPointer) -> BlockTrailer? {
    do throws(Refusal) {
      return try BlockTrailer(bytes)
    } catch {
      return nil
    }
  }
}
