// Goal: what goes into a journal comes out, whatever it is. Method: seeded mixes of bars and rows through writer and
// reader, with block limits small enough that every kind of block border occurs; the seed stands in the test's arguments.
import Events
import Journal
import Market
import Testing

@Suite("Round trips")
struct RoundTripTests {
  @Test("gives back the bars that were written", arguments: [1, 20, 300])
  func bars(symbolCount: Int) throws {
    let file = MemoryFile()
    var writer = try JournalWriter(file: file)
    for bar in RandomWalk(barCount: 20_000, symbolCount: symbolCount) { try writer.append(bar) }
    let written = try writer.seal()
    #expect(written.events == 20_000)
    #expect(written.bars == 20_000)
    var reader = try JournalReader(file: file)
    #expect(reader.summary == written)
    var expected = RandomWalk(barCount: 20_000, symbolCount: symbolCount)
    var block = DecodedBlock()
    var differing = 0
    while try reader.nextBlock(&block) {
      for bar in block.bars where bar != expected.next() { differing += 1 }
    }
    #expect(differing == 0)
    #expect(expected.next() == nil)
  }

  @Test("gives back every event of a mix, with its sequence and time", arguments: 0..<24 as Range<UInt64>)
  func mixes(seed: UInt64) throws {
    let mix = EventMix(seed: seed, eventCount: 700, instrumentCount: seed % 3 == 0 ? 1 : 5, isExtreme: seed % 2 == 1)
    let limits = BlockLimits(events: 1 + Int(seed) * 9, rowBytes: seed % 4 == 0 ? 120 : 100_000)
    let (bytes, summary) = try mix.journal(options: JournalOptions(limits: limits))
    #expect(try events(of: bytes) == mix.expected)
    #expect(summary.events == UInt64(mix.expected.count))
    #expect(summary.bars == UInt64(mix.expected.count { $0.bar != nil }))
    #expect(summary.firstTime == mix.expected.first?.time)
    #expect(summary.lastTime == mix.expected.last?.time)
    let report = try verifyJournal(file: MemoryFile(bytes: bytes))
    #expect(report.damage == nil)
    #expect(report.summary == summary)
    #expect(report.rows == summary.events - summary.bars)
  }

  @Test("keeps blocks of more than 256 instruments in order")
  func manyLanes() throws {
    let mix = EventMix(seed: 77, eventCount: 3_000, instrumentCount: 900)
    let (bytes, _) = try mix.journal()
    #expect(try events(of: bytes) == mix.expected)
    #expect(try verifyJournal(file: MemoryFile(bytes: bytes)).isIntact)
  }

  @Test("gives the same bytes from one thread and from two", arguments: 0..<4 as Range<UInt64>)
  func threads(seed: UInt64) throws {
    let mix = EventMix(seed: seed, eventCount: 3_000)
    let limits = BlockLimits(events: 100, rowBytes: 4_000)
    let one = try mix.journal(options: JournalOptions(threads: 1, limits: limits))
    let two = try mix.journal(options: JournalOptions(threads: 2, limits: limits))
    #expect(one.bytes == two.bytes)
    #expect(one.summary == two.summary)
  }

  @Test("lets the same events end at the same borders however they arrive")
  func bordersFollowEvents() throws {
    let mix = EventMix(seed: 5, eventCount: 500)
    let options = JournalOptions(limits: BlockLimits(events: 64, rowBytes: 300))
    let whole = try mix.journal(options: options)
    // Row by row instead of buffer by buffer.
    let file = MemoryFile()
    var writer = try JournalWriter(file: file, options: options)
    var buffer = EventBuffer()
    for step in mix.steps {
      switch step {
      case .bar(let bar): try writer.append(bar)
      case .rows(let rows):
        for row in rows {
          buffer.clear(nextSequence: writer.nextSequence)
          RowBuffer.append(row, to: &buffer)
          try writer.append(buffer)
        }
      }
    }
    _ = try writer.seal()
    #expect(file.bytes == whole.bytes)
  }

  @Test("an empty journal seals, reads and verifies")
  func empty() throws {
    let file = MemoryFile()
    let summary = try JournalWriter(file: file).seal()
    #expect(summary.events == 0)
    #expect(summary.isSealed)
    var reader = try JournalReader(file: file)
    #expect(reader.summary == summary)
    let event = try reader.next()
    #expect(event == nil)
    #expect(try verifyJournal(file: file).isIntact)
  }

  @Test("takes at most 4.5 bytes for a one-minute bar in whole cents", arguments: [1, 20])
  func budget(symbolCount: Int) throws {
    let file = MemoryFile()
    var writer = try JournalWriter(file: file)
    for bar in RandomWalk(barCount: 200_000, symbolCount: symbolCount) { try writer.append(bar) }
    let summary = try writer.seal()
    #expect(Double(summary.fileBytes) / 200_000 <= 4.5)
  }
}
