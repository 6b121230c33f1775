// Goal: reading from any event or time on gives what a scan from the start gives there. Method: every sequence and every
// time around every event of a mix, sealed and unsealed, and a count of what is read to get there.
import Events
import Journal
import Market
import Synchronization
import Testing

@Suite("Seeking")
struct SeekTests {
  private let mix = EventMix(seed: 11, eventCount: 300)
  private let options = JournalOptions(limits: BlockLimits(events: 23, rowBytes: 400))

  @Test("finds every sequence as a scan does")
  func sequences() throws {
    let (bytes, _) = try mix.journal(options: options)
    var reader = try JournalReader(file: MemoryFile(bytes: bytes))
    for expected in mix.expected.reversed() {
      try reader.seek(toSequence: expected.sequence)
      let event = try reader.next()
      #expect(event.map(EventMix.Expected.init) == expected)
    }
    try reader.seek(toSequence: 100)
    #expect(try rest(of: &reader) == Array(mix.expected[100...]))
    try reader.seek(toSequence: UInt64(mix.expected.count))
    #expect(try rest(of: &reader).isEmpty)
  }

  @Test("finds the first event at or after every time as a scan does")
  func times() throws {
    let (bytes, _) = try mix.journal(options: options)
    var reader = try JournalReader(file: MemoryFile(bytes: bytes))
    let times = Set(mix.expected.flatMap { [$0.time.nanos - 1, $0.time.nanos, $0.time.nanos + 1] }).sorted()
    for nanos in times {
      try reader.seek(toTime: Timestamp(nanos: nanos))
      let event = try reader.next()
      #expect(event.map(EventMix.Expected.init) == mix.expected.first { $0.time.nanos >= nanos })
    }
  }

  @Test("gives the block that holds the event")
  func blocks() throws {
    let (bytes, _) = try mix.journal(options: options)
    var reader = try JournalReader(file: MemoryFile(bytes: bytes))
    var block = DecodedBlock()
    for sequence in stride(from: UInt64(0), to: 300, by: 7) {
      try reader.seek(toSequence: sequence)
      #expect(try reader.nextBlock(&block))
      #expect(block.firstSequence <= sequence)
      #expect(sequence < block.firstSequence + UInt64(block.eventCount))
    }
  }

  @Test("reads trailers in a journal that was never sealed too")
  func unsealed() throws {
    let (bytes, summary) = try mix.journal(options: options)
    let table = 17 + 16 * Int(summary.blocks)
    var reader = try JournalReader(file: MemoryFile(bytes: Array(bytes.dropLast(table))))
    #expect(!reader.summary.isSealed)
    #expect(reader.summary.head == summary.head)
    try reader.seek(toSequence: 250)
    #expect(try rest(of: &reader) == Array(mix.expected[250...]))
  }

  @Test("opens and seeks without reading the blocks in between")
  func readsLittle() throws {
    let file = CountingFile()
    var writer = try JournalWriter(file: file, options: JournalOptions(limits: BlockLimits(events: 64, rowBytes: 4096)))
    for bar in RandomWalk(barCount: 64 * 1_000) { try writer.append(bar) }
    let summary = try writer.seal()
    file.reset()
    var reader = try JournalReader(file: file)
    try reader.seek(toSequence: 40_000)
    // Footer and table, two trailers, then at most one trailer a halving and the one found.
    #expect(file.reads <= 2 + 2 + 10 + 2)
    #expect(file.bytesRead < summary.fileBytes / 10)
    #expect(try reader.next()?.sequence == 40_000)
  }
}

/// Counts reads of a file in memory.
final class CountingFile: JournalFile {
  private let inner = MemoryFile()
  private let counts = Mutex<(reads: Int, bytes: UInt64)>((0, 0))

  var path: String { inner.path }
  var reads: Int { counts.withLock { $0.reads } }
  var bytesRead: UInt64 { counts.withLock { $0.bytes } }
  func reset() { counts.withLock { $0 = (0, 0) } }

  func size() -> UInt64 { inner.size() }
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = inner.read(at: offset, into: buffer)
    counts.withLock { $0 = ($0.reads + 1, $0.bytes + UInt64(count)) }
    return count
  }
  func append(_ bytes: UnsafeRawBufferPointer) { inner.append(bytes) }
  func truncate(to size: UInt64) { inner.truncate(to: size) }
  func sync() {}
  func close() {}
}
