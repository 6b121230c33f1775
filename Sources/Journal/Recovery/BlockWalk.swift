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
  /// The next whole block behind the damage, once `hasWholeBlockBehind` has found one.
  var resumption: Resumption?

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
    if offset == window.fileBytes { return .end }
    switch try block(at: offset) {
    case .newer(let version): return .newer(version)
    case .damage(let damage): return .damage(damage)
    case .whole(let trailer):
      if let field = trailer.contradiction(after: last, allowsFragments: allowsFragments) {
        return .damage(.trailerField(field))
      }
      if first == nil { first = trailer }
      last = trailer
      table.append(compressed: trailer.compressedBytes, canonical: trailer.canonicalBytes)
      return .block
    }
  }

  /// What stands at one place of a file, whatever stands before it.
  enum Found {
    case whole(BlockTrailer)
    case damage(BlockDamage)
    case newer(UInt32)
  }

  /// Looks for a block whose frame begins at `start`: frame and trailer parse, and the frame hash holds.
  mutating func block(at start: UInt64) throws(JournalError) -> Found {
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

  private mutating func check(frameBytes size: Int, at start: UInt64) throws(JournalError) -> Found {
    let bytes = try window.bytes(at: start, count: size + BlockTrailer.bytes)
    guard bytes.count > size + BlockTrailer.headerBytes + 4 else { return .damage(.cut) }
    let frame = UnsafeRawBufferPointer(rebasing: bytes[..<size])
    let trailerBytes = UnsafeRawBufferPointer(rebasing: bytes[size...])
    let trailer: BlockTrailer
    do throws(BlockTrailer.Refusal) {
      trailer = try BlockTrailer(trailerBytes)
    } catch {
      switch error {
      case .newer(let version):
        return BlockTrailer.hasRottenVersion(trailerBytes, frame: frame)
          ? .damage(.trailerField("format version")) : .newer(version)
      case .header: return .damage(trailerBytes.count < BlockTrailer.bytes ? .cut : .trailerHeader)
      case .field(let field): return .damage(.trailerField(field))
      }
    }
    guard Int(trailer.compressedBytes) == size else { return .damage(.trailerField("compressed bytes")) }
    let covered = UnsafeRawBufferPointer(rebasing: trailerBytes[..<BlockTrailer.coveredBytes])
    guard JournalHash.frame(trailer: covered, compressed: frame) == trailer.frameHash else {
      return .damage(.frameHash)
    }
    if let damage = contentDamage(of: frame, trailer: trailer) { return .damage(damage) }
    return .whole(trailer)
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
