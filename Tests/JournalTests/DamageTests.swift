// Goal: a changed byte anywhere is found, and the block that holds it is named. Method: every byte of a small sealed
// journal of several blocks, with every single bit of it in turn, then blocks swapped, dropped, doubled and foreign.
import Events
import Journal
import Market
import Testing

@Suite("Damage")
struct DamageTests {
  private let options = JournalOptions(limits: BlockLimits(events: 40, rowBytes: 4_000))

  /// Where each block's frame begins, and behind the last one where the seek table does.
  private func offsets(_ bytes: [UInt8], blocks: UInt64) -> [Int] {
    var offsets = [0]
    let table = bytes.count - 17 - 16 * Int(blocks)
    for block in 0..<Int(blocks) {
      let entry = table + 8 + 16 * block
      let compressed = (0..<4).reduce(0) { $0 | Int(bytes[entry + $1]) << (8 * $1) }
      offsets.append(offsets[block] + compressed + 140)
    }
    return offsets
  }

  @Test("finds every flipped bit of a sealed journal and names its block")
  func everyBit() throws {
    let (bytes, summary) = try EventMix(seed: 3, eventCount: 100).journal(options: options)
    let offsets = offsets(bytes, blocks: summary.blocks)
    #expect(summary.blocks >= 3)
    #expect(offsets.last == bytes.count - 17 - 16 * Int(summary.blocks))
    for place in bytes.indices {
      // All bits of every ninth byte and of the seek table, one bit of the others: debug builds hash slowly.
      let bits = place % 9 == 0 || place >= offsets[offsets.count - 1] ? 0..<8 : (place % 8)..<(place % 8 + 1)
      for bit in bits {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        check(damaged, at: place, offsets: offsets)
      }
    }
  }

  private func check(_ damaged: [UInt8], at place: Int, offsets: [Int]) {
    let block = (offsets.firstIndex { $0 > place } ?? offsets.count) - 1
    let fault: JournalFault?
    do throws(JournalError) {
      fault = try verifyJournal(file: MemoryFile(bytes: damaged)).damage?.fault
    } catch {
      fault = error.fault
    }
    switch fault {
    case .damagedBlock(let found, let offset, _, _):
      #expect(found == UInt64(block) && Int(offset) == offsets[block], "byte \(place)")
    case .damagedSeekTable(let offset, _):
      #expect(block == offsets.count - 1 && Int(offset) == offsets[block], "byte \(place)")
    default:
      Issue.record("byte \(place): \(String(describing: fault))")
    }
  }

  @Test("reading never gives other events than were written, whatever byte changed")
  func readingDamaged() throws {
    let mix = EventMix(seed: 4, eventCount: 90)
    let (bytes, _) = try mix.journal(options: options)
    for place in stride(from: 0, to: bytes.count, by: 7) {
      var damaged = bytes
      damaged[place] ^= UInt8(1 + place % 255)
      do {
        let found = try events(of: damaged)
        // A changed byte may pass where zstd ignores it or where the file looks torn: what is read is right all the same.
        #expect(found == Array(mix.expected.prefix(found.count)), "byte \(place)")
      } catch is JournalError {
        continue
      }
    }
  }

  @Test("finds blocks that were swapped, dropped, doubled or come from another journal")
  func movedBlocks() throws {
    let (bytes, summary) = try EventMix(seed: 6, eventCount: 200).journal(options: options)
    let (foreign, foreignSummary) = try EventMix(seed: 7, eventCount: 200).journal(options: options)
    let starts = offsets(bytes, blocks: summary.blocks)
    let foreignStarts = offsets(foreign, blocks: foreignSummary.blocks)
    let blocks = (0..<3).map { Array(bytes[starts[$0]..<starts[$0 + 1]]) }
    let other = Array(foreign[foreignStarts[1]..<foreignStarts[2]])
    let cases: [(name: String, bytes: [UInt8], block: UInt64)] = [
      ("swapped", blocks[0] + blocks[2] + blocks[1], 1),
      ("dropped", blocks[0] + blocks[2], 1),
      ("doubled", blocks[0] + blocks[1] + blocks[1], 2),
      ("first missing", blocks[1] + blocks[2], 0),
      ("foreign", blocks[0] + other, 1),
    ]
    for (name, bytes, block) in cases {
      let damage = try verifyJournal(file: MemoryFile(bytes: bytes)).damage?.fault
      guard case .damagedBlock(let found, _, _, _) = damage else {
        Issue.record("\(name): \(String(describing: damage))")
        continue
      }
      #expect(found == block, "\(name)")
    }
    let cut = Array(bytes[..<starts[2]]) + Array(bytes[starts[starts.count - 1]...])
    #expect(try !verifyJournal(file: MemoryFile(bytes: cut)).isIntact)
  }

  @Test("refuses files that are no journal, and journals of a newer version by number")
  func foreignFiles() throws {
    for bytes in [Array("date,open\n2020-01-01,5\n".utf8), [0, 0, 0, 0, 0], Array("PK\u{3}\u{4}".utf8)] {
      let file = MemoryFile(bytes: bytes)
      #expect(throws: JournalError(path: file.path, fault: .notAJournal)) { _ = try events(of: bytes) }
      #expect(throws: JournalError(path: file.path, fault: .notAJournal)) { _ = try verifyJournal(file: file) }
      #expect(throws: JournalError(path: file.path, fault: .notAJournal)) {
        _ = try JournalWriter.reopen(file: file).nextSequence
      }
      #expect(file.bytes == bytes)
    }
    let (bytes, summary) = try EventMix(seed: 8, eventCount: 30).journal()
    let trailer = offsets(bytes, blocks: summary.blocks)[1] - 140
    var newer = bytes
    newer[trailer + 8] = 7
    // A number that rotted is none of a newer program: its hash is that of this version.
    let file = MemoryFile(bytes: newer)
    let rotten = JournalFault.damagedBlock(
      block: 0, offset: 0, firstSequence: 0, damage: .trailerField("format version"))
    #expect(try verifyJournal(file: file).damage?.fault == rotten)
    do throws(JournalError) { _ = try JournalReader(file: file).summary } catch { #expect(error.fault == rotten) }
    let hash = newer.withUnsafeBytes { all in
      JournalHash.frame(
        trailer: UnsafeRawBufferPointer(rebasing: all[trailer..<trailer + 108]),
        compressed: UnsafeRawBufferPointer(rebasing: all[..<trailer]))
    }
    newer.replaceSubrange(trailer + 108..<trailer + 140, with: hash)
    let error = JournalError(path: "(memory)", fault: .newerFormat(version: 7, block: 0))
    #expect(throws: error) { _ = try events(of: newer) }
    #expect(throws: error) { _ = try verifyJournal(file: MemoryFile(bytes: newer)) }
    #expect(throws: error) { _ = try JournalWriter.reopen(file: MemoryFile(bytes: newer)).nextSequence }
    #expect(error.description.contains("version 7"))
  }
}
