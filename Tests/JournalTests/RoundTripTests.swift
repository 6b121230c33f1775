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
    var reader = try JournalReader(file: file)
    #expect(reader.summary == written)
    var expected = RandomWalk(barCount: 20_000, symbolCount: symbolCount)
    var block = DecodedBlock()
    var count = 0
    while try reader.nextBlock(&block) {
      for bar in block.bars {
        #expect(bar == expected.next())
        count += 1
      }
    }
    #expect(count == 20_000)
  }
}
