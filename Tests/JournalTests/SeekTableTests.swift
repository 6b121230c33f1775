// Goal: a seek table that is wrong in any way is found, and never hides an event: reading falls back to the frames.
// Method: the table of a real journal, rebuilt wrong in one way at a time.
import Events
import Market
import Testing

@testable import Journal

@Suite("Seek table")
struct SeekTableTests {
  private let mix = EventMix(seed: 31, eventCount: 150)
  private let options = JournalOptions(limits: BlockLimits(events: 40, rowBytes: 4_000))

  private struct Table {
    var magic: UInt32 = 0x184D_2A5E
    var frameSize: UInt32?
    var entries: [(UInt32, UInt32)]
    var count: UInt32?
    var descriptor: UInt8 = 0
    var footer: UInt32 = 0x8F92_EAB1

    var bytes: [UInt8] {
      var bytes = ByteBuffer()
      bytes.append(fixed: magic)
      bytes.append(fixed: frameSize ?? UInt32(8 * entries.count + 9))
      for (compressed, content) in entries {
        bytes.append(fixed: compressed)
        bytes.append(fixed: content)
      }
      bytes.append(fixed: count ?? UInt32(entries.count))
      bytes.append(descriptor)
      bytes.append(fixed: footer)
      return bytes.array
    }
  }

  @Test("is laid out as zstd's seekable format says")
  func layout() throws {
    let (bytes, summary) = try mix.journal(options: options)
    let (blocks, table) = try split(bytes, summary)
    #expect(blocks + table.bytes == bytes)
    #expect(table.entries.reduce(0) { $0 + Int($1.0) } == blocks.count)
    #expect(table.entries.reduce(0) { $0 + UInt64($1.1) } == summary.canonicalBytes)
  }

  @Test("is named when wrong, and reading goes on without it")
  func malformed() throws {
    let (bytes, summary) = try mix.journal(options: options)
    let (blocks, table) = try split(bytes, summary)
    var cases: [(String, SeekTableDamage?, Table)] = []
    func add(_ name: String, _ damage: SeekTableDamage?, _ change: (inout Table) -> Void) {
      var changed = table
      change(&changed)
      cases.append((name, damage, changed))
    }
    add("magic", .header) { $0.magic ^= 1 }
    add("frame size", .header) { $0.frameSize = 8 }
    add("compressed size up", .entry(index: 0)) { $0.entries[0].0 += 1 }
    add("two sizes that still add up", .entry(index: 0)) {
      $0.entries[0].0 -= 1
      $0.entries[2].0 += 1
    }
    add("sum beyond 32 bits", .entry(index: 2)) { $0.entries[2].0 = .max }
    add("content size", .entry(index: 2)) { $0.entries[2].1 += 1 }
    add("trailer with content", .entry(index: 1)) { $0.entries[1].1 = 4 }
    add("entry count huge", .entryCount) { $0.count = .max }
    add("entry count odd", .entryCount) { $0.count = UInt32($0.entries.count - 1) }
    add("reserved bits", .reservedBits) { $0.descriptor = 0x04 }
    add("checksum flag", .reservedBits) { $0.descriptor = 0x80 }
    add("footer", .footer) { $0.footer ^= 0x100 }
    add("an entry missing", nil) { $0.entries.removeLast() }
    add("two entries too many", .header) { $0.entries += [(140, 0), (140, 0)] }
    for (name, expected, table) in cases {
      let damaged = blocks + table.bytes
      let found = try verifyJournal(file: MemoryFile(bytes: damaged)).damage?.fault
      if let expected {
        let fault = JournalFault.damagedSeekTable(offset: UInt64(blocks.count), damage: expected)
        #expect(found == fault, "\(name)")
      } else {
        #expect(found != nil, "\(name)")
      }
      #expect(try events(of: damaged) == mix.expected, "\(name)")
      // Reopening takes the wrong table for a torn tail and makes it new.
      let file = MemoryFile(bytes: damaged)
      let writer = try JournalWriter.reopen(file: file, options: options)
      #expect(writer.cutTail?.offset == UInt64(blocks.count), "\(name)")
      _ = try writer.seal()
      #expect(file.bytes == bytes, "\(name)")
    }
  }

  @Test("of another journal is not believed")
  func foreign() throws {
    let (bytes, summary) = try mix.journal(options: options)
    let (other, otherSummary) = try EventMix(seed: 32, eventCount: 150).journal(options: options)
    let blocks = try split(bytes, summary).blocks
    let table = try split(other, otherSummary).table
    #expect(try !verifyJournal(file: MemoryFile(bytes: blocks + table.bytes)).isIntact)
    #expect(try events(of: blocks + table.bytes) == mix.expected)
  }

  @Test("torn at any byte is a torn end to verify, and reopening makes it new")
  func torn() throws {
    let (bytes, summary) = try mix.journal(options: options)
    let start = try split(bytes, summary).blocks.count
    for length in (start + 1)..<bytes.count {
      let torn = Array(bytes[..<length])
      let fault = try verifyJournal(file: MemoryFile(bytes: torn)).damage?.fault
      let events = UInt64(mix.expected.count)
      #expect(
        fault == .tornTail(offset: UInt64(start), bytes: UInt64(length - start), events: events), "\(length - start)")
      let file = MemoryFile(bytes: torn)
      _ = try JournalWriter.reopen(file: file, options: options).seal()
      #expect(file.bytes == bytes, "\(length - start)")
    }
  }

  @Test("with bytes behind it is found")
  func bytesBehind() throws {
    let (bytes, summary) = try mix.journal(options: options)
    let fault = try verifyJournal(file: MemoryFile(bytes: bytes + [0, 0])).damage?.fault
    let offset = UInt64(try split(bytes, summary).blocks.count)
    #expect(fault == .damagedSeekTable(offset: offset, damage: .bytesBehind(2)))
    #expect(try events(of: bytes + [0, 0]) == mix.expected)
  }

  private func split(_ bytes: [UInt8], _ summary: JournalSummary) throws -> (blocks: [UInt8], table: Table) {
    let count = 2 * Int(summary.blocks)
    let start = bytes.count - 17 - 8 * count
    var entries: [(UInt32, UInt32)] = []
    bytes.withUnsafeBytes { view in
      for entry in 0..<count {
        entries.append((view.fixed32(at: start + 8 + 8 * entry), view.fixed32(at: start + 12 + 8 * entry)))
      }
    }
    return (Array(bytes[..<start]), Table(entries: entries))
  }
}
