// Goal: a file can't make a reader take more memory or time than its own length allows, whatever it claims. Method: zstd bombs of every kind
// behind right hashes, seek tables longer than the file, trailers that make a search hash the same bytes again and again; what is read is counted.
import Events
import Market
import Mutations
import Synchronization
import Testing

@testable import Journal

@Suite("Hostile sizes")
struct HostileSizeTests {
  private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

  /// A block of RLE content: four bytes that stand for up to 128 KB.
  private static func repeated(_ size: Int, isLast: Bool) -> [UInt8] {
    ForgedFrames.bytes(UInt64(size << 3 | 2 | (isLast ? 1 : 0)), 3) + [0x41]
  }

  /// A whole journal of `frame` and a trailer with right hashes that says `canonicalBytes`.
  private static func journal(_ frame: [UInt8], canonicalBytes: Int) -> [UInt8] {
    var trailer = BlockTrailer(
      header: BlockHeader(
        index: 0, firstSequence: 0, limits: .standard, eventCount: 1, barCount: 0, rowBytes: 0,
        firstTime: Timestamp(nanos: 0)), lastTime: Timestamp(nanos: 0), canonicalBytes: canonicalBytes,
      compressedBytes: frame.count, barsBefore: 0, canonicalBytesBefore: 0, chainHash: JournalHash.chainStart)
    var covered = ByteBuffer()
    trailer.encodeCovered(into: &covered)
    trailer.frameHash = frame.withUnsafeBytes { JournalHash.frame(trailer: covered.bytes, compressed: $0) }
    return frame + covered.array + trailer.frameHash
  }

  private static func damage(_ journal: [UInt8]) throws -> BlockDamage? {
    let fault = try verifyJournal(file: MemoryFile(bytes: journal)).damage?.fault
    // Reading may stop before the block or refuse the file; it must not give events.
    do throws(JournalError) {
      var reader = try JournalReader(file: MemoryFile(bytes: journal))
      while try reader.next() != nil { Issue.record("an event was read") }
    } catch {
      if case .damagedBlock = error.fault {} else { Issue.record("\(error)") }
    }
    guard case .damagedBlock(_, _, _, let damage)? = fault else { return nil }
    return damage
  }

  @Test("a frame that claims little and holds much is refused, and no more than its claim is unpacked")
  func claimsLittle() throws {
    // 100 bytes claimed, 8 MB in 64 blocks of four bytes each.
    let blocks = (0..<64).flatMap { Self.repeated(128 << 10, isLast: $0 == 63) }
    for descriptor: UInt8 in [0b1010_0000, 0b1000_0000] {
      let window: [UInt8] = descriptor & 0x20 == 0 ? [0x88] : []
      let frame = Self.magic + [descriptor] + window + ForgedFrames.bytes(100, 4) + blocks
      guard case .frame? = try Self.damage(Self.journal(frame, canonicalBytes: 100)) else {
        Issue.record("not refused as a frame")
        return
      }
    }
  }

  @Test("a frame that claims much is refused before memory is taken for it, whether it holds it or not")
  func claimsMuch() throws {
    for claim in [UInt64(JournalFormat.canonicalBytesMax) + 1, 1 << 40, UInt64.max - 2] {
      let frame =
        Self.magic + [0b1100_0000, 0x88] + ForgedFrames.bytes(claim, 8) + Self.repeated(1 << 10, isLast: true)
      let limit = UInt64(JournalFormat.canonicalBytesMax)
      #expect(
        try Self.damage(Self.journal(frame, canonicalBytes: 1 << 10)) == .contentSize(claimed: claim, limit: limit))
    }
    // As much as a block may have, and a kilobyte there.
    let claim = JournalFormat.canonicalBytesMax
    let frame =
      Self.magic + [0b1100_0000, 0x88] + ForgedFrames.bytes(UInt64(claim), 8) + Self.repeated(1 << 10, isLast: true)
    guard case .frame? = try Self.damage(Self.journal(frame, canonicalBytes: claim)) else {
      Issue.record("not refused as a frame")
      return
    }
  }

  @Test("a frame that claims nothing is refused")
  func claimsNothing() throws {
    let frame = Self.magic + [0, 0x58] + (0..<64).flatMap { Self.repeated(128 << 10, isLast: $0 == 63) }
    #expect(try Self.damage(Self.journal(frame, canonicalBytes: 8 << 20)) == .frame(code: 14))
  }

  @Test("a hundred thousand empty frames are no journal, and as many whole blocks of one event are one")
  func tinyFrames() throws {
    let empty = Self.magic + [0x20, 0, 1, 0, 0]
    let frames = MemoryFile(bytes: Array(repeatElement(empty, count: 100_000).joined()))
    #expect(throws: JournalError(path: "(memory)", fault: .notAJournal)) { _ = try JournalReader(file: frames) }
    let file = MemoryFile()
    var writer = try JournalWriter(file: file, options: JournalOptions(limits: BlockLimits(events: 1, rowBytes: 1)))
    for bar in RandomWalk(barCount: 5_000) { try writer.append(bar) }
    let summary = try writer.seal()
    #expect(summary.blocks == 5_000)
    let counting = MeteredFile(file)
    #expect(try JournalReader(file: counting).summary == summary)
    // Footer, table, two trailers, and no block.
    #expect(counting.bytesRead < 2 * 16 * 5_000 + (2 << 20))
  }

  @Test("a seek table that claims 2²⁷ entries makes nobody read a gigabyte")
  func hugeSeekTable() throws {
    let entries: UInt64 = 1 << 27
    let tableBytes = 8 * entries + 17
    let header = ForgedFrames.bytes(0x184D_2A5E, 4) + ForgedFrames.bytes(tableBytes - 8, 4)
    let footer = ForgedFrames.bytes(entries, 4) + [0] + ForgedFrames.bytes(0x8F92_EAB1, 4)
    // Zeros, as in a hole, but for the two ends of the table.
    let file = SparseFile(size: 1000 + tableBytes, parts: [(1000, header), (1000 + tableBytes - 9, footer)])
    let counting = MeteredFile(file)
    var window = try FileWindow(file: counting)
    #expect(try WholeBlocks.readTable(&window) == nil)
    #expect(counting.bytesRead < 4 << 20)
  }

  @Test("long frames that overlap are not all hashed: the search ends, and the file is refused as damaged")
  func overlappingFrames() throws {
    // Behind some damage the starts of 300 frames; each is one raw block that covers the starts behind it and ends at a trailer of its own,
    // whose hash is wrong. A file of a few megabytes could make a reader hash terabytes so.
    let count = 300
    let frameStart = 16
    let headBytes = 4 + 1 + 4 + 3
    let trailersStart = frameStart + count * headBytes + 60_000
    var bytes = [UInt8](repeating: 0x58, count: frameStart)
    for frame in 0..<count {
      let size = trailersStart + frame * BlockTrailer.bytes - bytes.count - headBytes
      bytes += Self.magic + [0b1010_0000] + ForgedFrames.bytes(UInt64(size), 4)
      bytes += ForgedFrames.bytes(UInt64(size << 3 | 1), 3)
    }
    bytes += [UInt8](repeating: 0, count: trailersStart - bytes.count)
    for frame in 0..<count {
      let size = bytes.count - frameStart - frame * headBytes
      var trailer = Self.journal([UInt8](repeating: 0, count: size), canonicalBytes: size - headBytes)[size...]
      trailer[trailer.endIndex - 1] ^= 1
      bytes += trailer
    }
    var walk = try BlockWalk(file: MemoryFile(bytes: bytes))
    #expect(walk.searchBudget < 9 * UInt64(bytes.count) + (64 << 20))
    var budget: UInt64 = 1 << 30
    guard case .nothing = try walk.nextWholeBlock(from: 0, budget: &budget) else {
      Issue.record("a block was found")
      return
    }
    // Every frame was hashed.
    #expect(budget <= (1 << 30) - UInt64(count * 60_000))
    budget = 1 << 20
    guard case .gaveUp = try walk.nextWholeBlock(from: 0, budget: &budget) else {
      Issue.record("the search went on")
      return
    }
  }
}

/// Counts what is read of a file.
private final class MeteredFile: JournalFile {
  private let file: any JournalFile
  private let count = Atomic<UInt64>(0)
  var path: String { file.path }
  var bytesRead: UInt64 { count.load(ordering: .relaxed) }

  init(_ file: any JournalFile) { self.file = file }

  func size() throws(FileError) -> UInt64 { try file.size() }
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let read = try file.read(at: offset, into: buffer)
    count.wrappingAdd(UInt64(read), ordering: .relaxed)
    return read
  }
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) { try file.append(bytes) }
  func truncate(to size: UInt64) throws(FileError) { try file.truncate(to: size) }
  func sync() throws(FileError) { try file.sync() }
  func close() throws(FileError) { try file.close() }
}

/// A file of zeros with a few bytes in it.
private final class SparseFile: JournalFile {
  let path = "(sparse)"
  private let bytes: UInt64
  private let parts: [(offset: UInt64, bytes: [UInt8])]

  init(size: UInt64, parts: [(UInt64, [UInt8])]) {
    bytes = size
    self.parts = parts.map { (offset: $0.0, bytes: $0.1) }
  }

  func size() throws(FileError) -> UInt64 { bytes }
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard offset < bytes else { return 0 }
    let count = Int(min(UInt64(buffer.count), bytes - offset))
    buffer.prefix(count).initializeMemory(as: UInt8.self, repeating: 0)
    for part in parts {
      for (place, byte) in part.bytes.enumerated() {
        let target = part.offset + UInt64(place)
        if target >= offset, target < offset + UInt64(count) { buffer[Int(target - offset)] = byte }
      }
    }
    return count
  }
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {}
  func truncate(to size: UInt64) throws(FileError) {}
  func sync() throws(FileError) {}
  func close() throws(FileError) {}
}
