// Goal: no bytes make the decoder trap, hang or allocate beyond its bounds, and whatever it accepts is spelled as the
// encoder spells it. Method: canonical blocks of all shapes, changed at random places, cut, and with numbers blown up;
// what decodes is encoded again and compared.
import Events
import Market
import Mutations
import Testing

@testable import Journal

@Suite("Hostile blocks")
struct HostileBlockTests {
  /// Canonical blocks of different shapes: one lane and many, gaps in time, extremes, rows only.
  private static func blocks() throws -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    for (seed, instruments, isExtreme) in [(1, 1, false), (2, 4, false), (3, 2, true), (4, 1, true), (5, 300, false)] {
      let mix = EventMix(
        seed: UInt64(seed), eventCount: instruments == 300 ? 900 : 60, instrumentCount: instruments,
        isExtreme: isExtreme)
      let (bytes, _) = try mix.journal()
      var reader = try JournalReader(file: MemoryFile(bytes: bytes))
      var block = DecodedBlock()
      while try reader.nextBlock(&block) { blocks.append(Array(block.canonicalBytes)) }
    }
    let file = MemoryFile()
    var writer = try JournalWriter(file: file)
    for bar in RandomWalk(barCount: 50) { try writer.append(bar) }
    _ = try writer.seal()
    var reader = try JournalReader(file: file)
    var block = DecodedBlock()
    _ = try reader.nextBlock(&block)
    blocks.append(Array(block.canonicalBytes))
    return blocks
  }

  /// Decodes; what is accepted must encode to the same bytes. Returns whether it was accepted.
  private func check(_ bytes: [UInt8], _ trial: inout BlockTrial) -> Bool {
    switch bytes.withUnsafeBytes({ trial.run($0) }) {
    case .refused: return false
    case .accepted: return true
    case .finding(let text):
      Issue.record("\(text)")
      return true
    }
  }

  @Test("whatever bytes change, decoding ends in an error or in a block that encodes to the same bytes")
  func mutations() throws {
    var random = SplitMix64(seed: 41)
    var trial = BlockTrial()
    var accepted = 0
    for original in try HostileBlockTests.blocks() {
      #expect(check(original, &trial))
      for round in 0..<200 {
        var bytes = original
        for _ in 0...random.next(below: 3) {
          // Headers and lane shapes stand at the front: half of the changes go there.
          let limit = round % 2 == 0 ? min(bytes.count, 90) : bytes.count
          let place = Int(random.next(below: Int64(limit)))
          switch random.next(below: 4) {
          case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
          case 1: bytes[place] ^= 1 << UInt8(random.next(below: 8))
          case 2: bytes[place] = 0xff
          default: bytes.replaceSubrange(place...place, with: [0xff, 0xff, 0xff, 0xff, 0x7f])
          }
        }
        if check(bytes, &trial) { accepted += 1 }
      }
    }
    // Some changes only make other prices: the test would be worthless if everything were refused.
    #expect(accepted > 20)
  }

  @Test("a block cut at any byte is refused")
  func cuts() throws {
    var trial = BlockTrial()
    for original in try HostileBlockTests.blocks() where original.count < 5_000 {
      for size in stride(from: 0, to: original.count, by: original.count > 1_000 ? 17 : 1) {
        #expect(!check(Array(original[..<size]), &trial))
      }
    }
  }

  @Test("noise behind a good header is refused")
  func noise() throws {
    var random = SplitMix64(seed: 42)
    var trial = BlockTrial()
    for _ in 0..<500 {
      var bytes = ByteBuffer()
      let events = 1 + Int(random.next(below: 16_384))
      BlockHeader(
        index: 0, firstSequence: 0, limits: BlockLimits(events: 16_384, rowBytes: 1 << 20), eventCount: events,
        barCount: events, rowBytes: 0, firstTime: Timestamp(nanos: 0)
      ).encode(into: &bytes)
      bytes.appendVarint(UInt64(events))
      for _ in 0..<random.next(below: 300) { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
      _ = check(bytes.array, &trial)
    }
  }

  @Test("a frame that claims more content than a block can have is refused before memory is taken for it")
  func hugeClaim() throws {
    // A zstd frame header with a content size of 2^40 bytes, one RLE block of 128 KB, and no more.
    let frame: [UInt8] =
      [0x28, 0xB5, 0x2F, 0xFD, 0b1110_0000] + [0, 0, 0, 0, 0, 1, 0, 0] + [0x03, 0x00, 0x10, 0x41]
    #expect(try !verifyJournal(file: MemoryFile(bytes: frame)).isIntact)
    var compressor = ZstdCompressor(level: 1)
    let zeros = [UInt8](repeating: 0, count: JournalFormat.canonicalBytesMax + 1)
    let bomb = try zeros.withUnsafeBytes { Array(try compressor.compress($0)) }
    var trailer = BlockTrailer(
      header: BlockHeader(
        index: 0, firstSequence: 0, limits: .standard, eventCount: 1, barCount: 1, rowBytes: 0,
        firstTime: Timestamp(nanos: 0)), lastTime: Timestamp(nanos: 0), canonicalBytes: 100,
      compressedBytes: bomb.count,
      barsBefore: 0, canonicalBytesBefore: 0, chainHash: JournalHash.chainStart)
    var covered = ByteBuffer()
    trailer.encodeCovered(into: &covered)
    trailer.frameHash = bomb.withUnsafeBytes { JournalHash.frame(trailer: covered.bytes, compressed: $0) }
    let journal = bomb + covered.array + trailer.frameHash
    let found = try verifyJournal(file: MemoryFile(bytes: journal)).damage?.fault
    guard case .damagedBlock(0, 0, 0, .contentSize(let claimed, let limit)) = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(claimed == UInt64(limit) + 1)
  }
}
