// Goal: what a live tail holds is saved with the journal's blocks, as far as it is whole, and what was acknowledged and is nowhere is named. Method: a
// journal of several blocks left open, with its blocks and its records damaged in turn.
import Events
import Market
import Simulation
import Testing

@testable import Journal

@Suite("Salvage with a live tail")
struct SalvageTailTests {
  private let tail: OpenTail
  private let offsets: [Int]

  init() throws {
    tail = try OpenTail(CrashTests.script())
    offsets = try WholeBlocks.walk(MemoryFile(bytes: tail.journal)).table.offsets.map { Int($0) }
    #expect(offsets.count == 4 && tail.records.count >= 3 && tail.acknowledged > 120)
  }

  private var expected: [EventMix.Expected] { tail.script.mix.expected }
  /// Of the tail's first event.
  private let tailStart = 120

  private func salvage(
    _ journal: [UInt8], _ bytes: [UInt8]?
  ) throws -> (report: SalvageReport, events: [[EventMix.Expected]]) {
    let disk = SimulatedDisk(
      files: [JournalScript.path: journal].merging(bytes.map { [JournalScript.tailPath: $0] } ?? [:]) { $1 })
    let file = try #require(try disk.open(JournalScript.path, for: .reading))
    let report = try salvageJournal(file, to: "out/new.zst", disk: disk)
    #expect(disk.content(of: JournalScript.path) == journal && disk.content(of: JournalScript.tailPath) == bytes)
    var events: [[EventMix.Expected]] = []
    for piece in report.pieces {
      let copy = MemoryFile(bytes: disk.content(of: piece.path) ?? [], path: piece.path)
      var reader = try JournalReader(file: copy, allowsFragments: true)
      #expect(reader.summary == piece.summary && piece.summary.isSealed)
      var found: [EventMix.Expected] = []
      while let event = try reader.next() { found.append(EventMix.Expected(event)) }
      events.append(found)
      if !piece.summary.isFragment { #expect(try verifyJournal(file: copy).isIntact) }
    }
    #expect(
      Set(disk.paths)
        == Set(report.pieces.map(\.path) + [JournalScript.path] + (bytes == nil ? [] : [JournalScript.tailPath])))
    return (report, events)
  }

  private var all: [EventMix.Expected] { Array(expected[..<Int(tail.acknowledged)]) }

  @Test("a whole journal with its tail is saved to the last acknowledged event, in the bytes that sealing gives")
  func whole() throws {
    let (report, events) = try salvage(tail.journal, tail.bytes)
    #expect(events == [all] && report.isComplete)
    #expect(report.tail?.saved == UInt64(tailStart)..<tail.acknowledged)
    let disk = SimulatedDisk(files: [JournalScript.path: tail.journal, JournalScript.tailPath: tail.bytes])
    let sealed = try JournalWriter.resume(path: JournalScript.path, disk: disk, options: tail.script.options).seal()
    #expect(report.pieces.map(\.summary) == [sealed])
  }

  @Test("a block that a crash tore is no loss where the tail's mark bears witness, and one without it is")
  func tornBlock() throws {
    let torn = tail.journal + tail.journal[..<(offsets[1] / 2)]
    let (report, events) = try salvage(torn, tail.bytes)
    #expect(events == [all] && report.isComplete)
    #expect(report.tornBytes == UInt64(tail.journal.count)..<UInt64(torn.count))
    var unmarked = tail.bytes
    for place in Int(TailFormat.markOffset)..<Int(TailFormat.recordsOffset) { unmarked[place] = 0 }
    let (other, same) = try salvage(torn, unmarked)
    #expect(same == [all] && !other.isComplete && other.lostBytes.count == 1)
  }

  @Test("a journal of which only the tail is there, or only its last block was lost, gives the tail's events")
  func tailAlone() throws {
    let script = try CrashTests.script()
    let disk = SimulatedDisk()
    try script.leaveOpen(on: disk, at: 30)
    let bytes = try #require(disk.content(of: JournalScript.tailPath))
    let (report, events) = try salvage(disk.content(of: JournalScript.path) ?? [], bytes)
    #expect(events.count == 1 && events[0].count >= 25 && events[0] == Array(expected[..<events[0].count]))
    #expect(report.isComplete)

    var damaged = tail.journal
    damaged[offsets[2] + 30] ^= 1
    let (fragments, parts) = try salvage(damaged, tail.bytes)
    #expect(parts == [Array(expected[..<80]), Array(all[tailStart...])] && !fragments.isComplete)
    #expect(fragments.pieces.map(\.path) == ["out/new.zst", "out/new.from-120.zst"])
    #expect(fragments.lostEvents.map(\.count) == [40])
    // A block that is lost further in front: the tail goes behind the last part.
    damaged = tail.journal
    damaged[offsets[1] + 30] ^= 1
    #expect(try salvage(damaged, tail.bytes).events == [Array(expected[..<40]), Array(all[80...])])
  }

  @Test("a rotten record loses its events and those behind it, which are named up to the last acknowledged one")
  func rottenRecord() throws {
    for (place, record) in tail.records.enumerated() {
      var bytes = tail.bytes
      bytes[record.lowerBound + 110] ^= 4
      let (report, events) = try salvage(tail.journal, bytes)
      let image = TailImage(bytes: tail.bytes, path: "")
      let found = image.records(after: try WholeBlocks.walk(MemoryFile(bytes: tail.journal)).tailStart)
      let end = found.records[place].header.firstSequence
      #expect(events == [Array(expected[..<Int(end)])], "record \(place)")
      #expect(!report.isComplete && report.tail?.lost == end..<tail.acknowledged)
      #expect(report.tail?.damagedAt == UInt64(record.lowerBound))
      #expect(report.lostEvents.map(\.nextSequence) == [tail.acknowledged])
    }
  }

  @Test(
    "old records beside a sealed journal change nothing, and the tail saves the open block's events where the file lost them"
  )
  func sealed() throws {
    let disk = SimulatedDisk(files: [JournalScript.path: tail.journal, JournalScript.tailPath: tail.bytes])
    _ = try JournalWriter.resume(path: JournalScript.path, disk: disk, options: tail.script.options).seal()
    let journal = try #require(disk.content(of: JournalScript.path))
    #expect(try salvage(journal, tail.bytes).events == [all])
    var damaged = journal
    damaged[tail.journal.count + 30] ^= 1
    #expect(try salvage(damaged, tail.bytes).events == [all])
    #expect(try salvage(damaged, nil).events == [Array(expected[..<tailStart])])
  }

  @Test("the journal is never written to, though it has the name that a piece is given first")
  func partialName() throws {
    let disk = SimulatedDisk(files: ["run.zst.partial": tail.journal, "run.zst.partial.tail": tail.bytes])
    let file = try #require(try disk.open("run.zst.partial", for: .reading))
    _ = try salvageJournal(file, to: "run.zst", disk: disk)
    #expect(disk.content(of: "run.zst.partial") == tail.journal)
    #expect(disk.paths == ["run.zst", "run.zst.partial", "run.zst.partial.tail"])
  }
}
