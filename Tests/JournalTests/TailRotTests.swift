// Goal: a changed byte of a live tail never gives other events, and never takes an acknowledged one unseen. Method: every byte of a small one.
import Events
import Market
import Simulation
import Synchronization
import Testing

@testable import Journal

@Suite("Rot in a live tail")
struct TailRotTests {
  @Test("a changed byte anywhere: of a record it is refused with the place, elsewhere nothing is lost")
  func everyByte() throws {
    let tail = try OpenTail(CrashTests.script())
    #expect(tail.records.count >= 3)
    var tally = CrashTally(seed: 31, share: CrashTests.isSoak ? 1 : 0.04)
    for place in tail.bytes.indices {
      // Zeros behind a record are all alike: fewer of them.
      let isContent = tail.bytes[place] != 0
      guard CrashTests.isSoak || tally.picks(isContent ? 10 : 0.5) else { continue }
      tail.flip(place, &tally)
    }
    tally.report("a changed byte of the live tail")
  }

  @Test("a tail without its journal's end, or of another journal, is refused")
  func foreign() throws {
    let script = try CrashTests.script()
    let tail = try OpenTail(script)
    func fault(_ journal: [UInt8], _ tail: [UInt8]) -> JournalFault? {
      let disk = SimulatedDisk(files: [JournalScript.path: journal, JournalScript.tailPath: tail])
      do throws(JournalError) {
        _ = try JournalWriter.resume(path: JournalScript.path, disk: disk, options: script.options)
        return nil
      } catch { return error.fault }
    }
    #expect(fault(tail.journal, tail.bytes) == nil)
    // Cut cleanly behind the second block: only the tail knows that there were more.
    var blocks = try WholeBlocks.walk(MemoryFile(bytes: tail.journal)).table.offsets
    #expect(blocks.count >= 4)
    let cut = Array(tail.journal[..<Int(blocks[2])])
    #expect(
      fault(cut, tail.bytes) == .blocksMissing(blocks: 2, expected: UInt64(blocks.count - 1), events: 80))
    blocks.removeAll()
    var options = CrashTests.options
    options.owner = "other"
    let other = try OpenTail(JournalScript(seed: 5, eventCount: 190, options: options))
    #expect(fault(tail.journal, other.bytes) != nil)
    #expect(fault(other.journal, tail.bytes) != nil)
  }
}

/// A journal left open with several records in its live tail.
struct OpenTail {
  let script: JournalScript
  let journal: [UInt8]
  let bytes: [UInt8]
  /// Where each record stands.
  let records: [Range<Int>]
  static let end: UInt64 = 155

  init(_ script: JournalScript) throws {
    self.script = script
    let disk = SimulatedDisk()
    try script.leaveOpen(on: disk, at: OpenTail.end)
    journal = disk.content(of: JournalScript.path) ?? []
    bytes = disk.content(of: JournalScript.tailPath) ?? []
    let image = TailImage(bytes: bytes, path: JournalScript.tailPath)
    let found = image.records(after: try WholeBlocks.walk(MemoryFile(bytes: journal)).tailStart)
    records = found.records.map { $0.payload.lowerBound - TailRecord.headerBytes }.map { $0..<$0 }
      .enumerated().map { place, range in
        let header = found.records[place].header
        return range.lowerBound..<range.lowerBound + header.pageBytes
      }
    acknowledged = found.nextSequence
  }

  let acknowledged: UInt64

  /// Changes one byte and looks at what a reader and a writer make of it.
  func flip(_ place: Int, _ tally: inout CrashTally) {
    var changed = bytes
    changed[place] ^= UInt8(1 << (place % 8))
    let disk = SimulatedDisk(files: [JournalScript.path: journal, JournalScript.tailPath: changed])
    disk.acknowledge(acknowledged)
    let record = records.first { $0.contains(place) }
    let acknowledged = acknowledged
    tally.count(disk, "byte \(place)") { () throws in
      let read = Result { try script.read(disk) }
      let resumed = Result { () throws in
        try JournalWriter.resume(path: JournalScript.path, disk: disk, options: script.options).nextSequence
      }
      for outcome in [read, resumed] {
        switch outcome {
        case .success(let count):
          guard record == nil else { throw Finding(description: "rot in an acknowledged record passed") }
          guard count == acknowledged else { throw Finding(description: "\(count) instead of \(acknowledged)") }
        case .failure(let error as JournalError):
          switch error.fault {
          case .damagedTail(let offset, _, let behind):
            guard let record, Int(offset) == record.lowerBound, behind <= acknowledged else { throw error }
          case .damagedTailPage: guard place < Int(TailFormat.markOffset) else { throw error }
          default: throw error
          }
        case .failure(let error): throw error
        }
      }
      // What was refused is left as it was.
      if case .failure = resumed {
        guard disk.content(of: JournalScript.tailPath) == changed, disk.content(of: JournalScript.path) == journal
        else { throw Finding(description: "refused, and changed") }
      }
    }
  }
}
