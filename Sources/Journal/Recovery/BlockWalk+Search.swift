import Events
import Glibc

/// Where a journal goes on behind damage: what tells how much of it is lost.
package struct Resumption: Hashable, Sendable {
  /// Index of the next whole block.
  package let block: UInt64
  package let offset: UInt64
  package let sequence: UInt64
}

/// How a search for whole blocks ended.
enum BlockSearch {
  case nothing
  case block(BlockTrailer, offset: UInt64)
  /// The file has more trailers with longer frames than it has bytes to hash for: it was made to keep a reader busy.
  case gaveUp
}

extension BlockWalk {
  /// Whether something whole stands behind the damage at `offset`: a block anywhere, or a seek table that ends the file.
  mutating func hasWholeBlockBehind() throws(JournalError) -> Bool {
    var budget = searchBudget
    switch try nextWholeBlock(from: offset, budget: &budget) {
    case .block(let trailer, let place):
      resumption = Resumption(block: trailer.blockIndex, offset: place, sequence: trailer.firstSequence)
      return true
    case .gaveUp: return true
    case .nothing:
      guard let table = try WholeBlocks.readTable(&window) else { return false }
      return table.offsets[table.blockCount] > offset
    }
  }

  /// How many bytes the searches in one file may hash: a few times its length, so that no file takes longer than its length allows.
  var searchBudget: UInt64 { 8 * window.fileBytes + (64 << 20) }

  /// The first whole block whose frame begins at `start` or behind it.
  ///
  /// A trailer says how long its block's frame is, so a frame hash that holds proves a block without walking to it.
  mutating func nextWholeBlock(from start: UInt64, budget: inout UInt64) throws(JournalError) -> BlockSearch {
    var position = start
    let chunk = 64 << 10
    while position < window.fileBytes {
      // Chunks overlap by a trailer, so that none is missed across a border.
      let bytes = try window.bytes(at: position, count: chunk + BlockTrailer.bytes)
      for (place, trailer) in BlockTrailer.candidates(in: bytes, before: chunk) {
        let size = UInt64(trailer.compressedBytes)
        let trailerOffset = position + UInt64(place)
        guard trailerOffset >= start + size, try beginsFrame(at: trailerOffset - size) else { continue }
        guard budget >= size else { return .gaveUp }
        budget -= size
        if try isWhole(trailer, frameAt: trailerOffset - size) {
          return .block(trailer, offset: trailerOffset - size)
        }
      }
      position += UInt64(chunk)
    }
    return .nothing
  }

  /// Reads no more than the trailer says that the frame is long.
  private mutating func isWhole(_ trailer: BlockTrailer, frameAt offset: UInt64) throws(JournalError) -> Bool {
    let size = Int(trailer.compressedBytes)
    let bytes = try window.bytes(at: offset, count: size + BlockTrailer.bytes)
    guard bytes.count == size + BlockTrailer.bytes else { return false }
    let frame = UnsafeRawBufferPointer(rebasing: bytes[..<size])
    do throws(ZstdFailure) {
      guard try ZstdDecompressor.frameBytes(frame) == size else { return false }
    } catch {
      return false
    }
    let covered = UnsafeRawBufferPointer(rebasing: bytes[size..<size + BlockTrailer.coveredBytes])
    return JournalHash.frame(trailer: covered, compressed: frame) == trailer.frameHash
  }

  /// Not read through the window, which would be moved back and forth for every trailer.
  private func beginsFrame(at offset: UInt64) throws(JournalError) -> Bool {
    var magic = [UInt8](repeating: 0, count: 4)
    do throws(FileError) {
      guard try magic.fill(from: window.file, at: offset) == 4 else { return false }
    } catch {
      throw window.file.error(.file(error))
    }
    return magic.withUnsafeBytes { $0.fixed32(at: 0) } == JournalFormat.zstdMagic
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
