// Goal: salvage saves every whole block, puts it where it belongs, says what is missing, and changes nothing that is there. Method: a journal of
// several blocks, damaged in every way at every block; what is saved is compared with the events that were written.
import Events
import Foundation
import Market
import Synchronization
import Testing

@testable import Journal

@Suite("Salvage")
struct SalvageTests {
  private static let options = JournalOptions(limits: BlockLimits(events: 40, rowBytes: 4_000))
  private let mix = EventMix(seed: 61, eventCount: 230)
  private let bytes: [UInt8]
  private let blocks: Int
  /// Where each block begins, and behind the last one the seek table.
  private let offsets: [Int]

  init() throws {
    let (bytes, summary) = try mix.journal(options: Self.options)
    let reader = try WholeBlocks.walk(MemoryFile(bytes: bytes))
    self.bytes = bytes
    blocks = Int(summary.blocks)
    offsets = reader.table.offsets.map { Int($0) }
    #expect(blocks >= 5)
  }

  private func firstSequence(_ block: Int) -> Int {
    block == blocks ? mix.expected.count : 40 * block
  }

  private func block(_ index: Int) -> ArraySlice<UInt8> { bytes[offsets[index]..<offsets[index + 1]] }

  /// Salvages `damaged` and checks what holds whatever the damage was.
  private func salvage(_ damaged: [UInt8]) throws -> (report: SalvageReport, events: [[EventMix.Expected]]) {
    let source = MemoryFile(bytes: damaged, path: "j.zst")
    let disk = MemoryDisk()
    let report = try salvageJournal(source, to: "out/new.zst", disk: disk)
    #expect(source.bytes == damaged)
    #expect(disk.names == Set(report.pieces.map(\.path)))
    #expect(disk.unsynced.isEmpty)
    var events: [[EventMix.Expected]] = []
    for piece in report.pieces {
      let file = try #require(disk.file(piece.path))
      var reader = try JournalReader(file: file, allowsFragments: true)
      #expect(reader.summary == piece.summary && piece.summary.isSealed)
      events.append(try rest(of: &reader))
      if !piece.summary.isFragment {
        #expect(try verifyJournal(file: file).isIntact)
        #expect(piece.path == "out/new.zst")
      } else {
        #expect(piece.path.hasPrefix("out/new.from-\(piece.summary.firstSequence)"))
      }
    }
    return (report, events)
  }

  @Test("a whole journal is copied byte for byte, one that was never sealed is sealed, and nothing is lost")
  func whole() throws {
    for source in [bytes, Array(bytes[..<offsets[blocks]])] {
      let (report, events) = try salvage(source)
      #expect(report.isComplete && report.pieces.count == 1)
      #expect(report.pieces[0].summary.fileBytes == UInt64(bytes.count))
      #expect(events == [mix.expected])
    }
  }

  @Test("damage inside any one block loses that block's events and no others, and names them")
  func oneBlock() throws {
    for index in 0..<blocks {
      let (start, end) = (offsets[index], offsets[index + 1])
      var damages: [(name: String, bytes: [UInt8])] = []
      for place in [start, start + 9, (start + end) / 2, end - 141, end - 140, end - 100, end - 1] {
        var flipped = bytes
        flipped[place] ^= 0x10
        damages.append(("flipped \(place - start)", flipped))
      }
      var zeroed = bytes
      for place in start..<end { zeroed[place] = 0 }
      damages.append(("zeroed", zeroed))
      damages.append(("cut short", Array(bytes[..<(start + 20)] + bytes[end...])))
      damages.append(("gone", Array(bytes[..<start] + bytes[end...])))
      for damage in damages {
        let (report, events) = try salvage(damage.bytes)
        let (from, to) = (firstSequence(index), firstSequence(index + 1))
        let parts = [Array(mix.expected[..<from]), Array(mix.expected[to...])].filter { !$0.isEmpty }
        #expect(events == parts, "block \(index), \(damage.name)")
        #expect(!report.isComplete)
        if index + 1 < blocks {
          let lost = try #require(report.lostEvents.first)
          #expect(report.lostEvents.count == 1 && report.blocksMissingAtEnd == 0)
          #expect(lost.firstSequence == (index == 0 ? nil : UInt64(from)) && lost.nextSequence == UInt64(to))
          #expect(lost.firstBlock == UInt64(index) && lost.nextBlock == UInt64(index + 1))
        } else {
          #expect(report.lostEvents.isEmpty && report.blocksMissingAtEnd == 1)
        }
        let gap = damage.name == "gone" ? [] : [UInt64(start)..<UInt64(damage.name == "cut short" ? start + 20 : end)]
        #expect(report.lostBytes == gap, "block \(index), \(damage.name)")
        #expect(report.pieces.allSatisfy { !$0.isDisputed })
      }
    }
  }

  @Test("junk between blocks costs no event, and is named")
  func junk() throws {
    for index in 0...blocks {
      let junk = [UInt8](repeating: 0x5A, count: 77)
      let (report, events) = try salvage(Array(bytes[..<offsets[index]] + junk + bytes[offsets[index]...]))
      #expect(events == [mix.expected])
      #expect(report.lostEvents.isEmpty && report.lostBytes == [UInt64(offsets[index])..<UInt64(offsets[index] + 77)])
    }
  }

  @Test("blocks in the wrong order or there twice are put in order by the hash chain, and nothing is lost")
  func disorder() throws {
    for index in 0..<blocks - 1 {
      let swapped = bytes[..<offsets[index]] + block(index + 1) + block(index) + bytes[offsets[index + 2]...]
      let (report, events) = try salvage(Array(swapped))
      #expect(events == [mix.expected] && report.isComplete, "block \(index)")
      let (doubled, again) = try salvage(
        Array(bytes[..<offsets[index + 1]] + block(index) + bytes[offsets[index + 1]...]))
      #expect(again == [mix.expected] && doubled.isComplete && doubled.repeatedBlocks == 1, "block \(index)")
    }
  }

  @Test("a block of another journal in the place of one is kept apart and named as disputed")
  func foreign() throws {
    let other = EventMix(seed: 62, eventCount: 230)
    let (foreign, _) = try other.journal(options: Self.options)
    let table = try WholeBlocks.walk(MemoryFile(bytes: foreign)).table.offsets.map { Int($0) }
    for index in 1..<blocks - 1 {
      let spliced = bytes[..<offsets[index]] + foreign[table[index]..<table[index + 1]] + bytes[offsets[index + 1]...]
      let (report, events) = try salvage(Array(spliced))
      let (from, to) = (firstSequence(index), firstSequence(index + 1))
      let parts = [mix.expected[..<from], other.expected[from..<to], mix.expected[to...]].map { Array($0) }
      #expect(events == parts, "block \(index)")
      #expect(report.pieces.map(\.isDisputed) == [true, true, true])
      #expect(!report.isComplete)
    }
  }

  @Test("an end torn at any byte loses what was torn, and no whole block")
  func tornEnd() throws {
    let start = offsets[blocks - 1]
    for size in start..<bytes.count {
      let (report, events) = try salvage(Array(bytes[..<size]))
      let isWhole = size >= offsets[blocks]
      #expect(events == [Array(mix.expected[..<(isWhole ? mix.expected.count : firstSequence(blocks - 1))])])
      let rest = size - (isWhole ? offsets[blocks] : start)
      #expect(report.lostBytes.map(\.count) == (rest == 0 ? [] : [rest]), "\(size)")
      #expect(report.isComplete == (rest == 0))
    }
  }

  @Test("two damages leave a fragment between them")
  func twoDamages() throws {
    var damaged = bytes
    damaged[offsets[1] + 30] ^= 1
    damaged[offsets[3] + 30] ^= 1
    let (report, events) = try salvage(damaged)
    #expect(report.pieces.map(\.path) == ["out/new.zst", "out/new.from-80.zst", "out/new.from-160.zst"])
    #expect(events == [mix.expected[..<40], mix.expected[80..<120], mix.expected[160...]].map { Array($0) })
    #expect(report.lostEvents.map(\.count) == [40, 40])
  }

  @Test("nothing is written where a file is in the way, or no block is whole")
  func refusals() throws {
    var damaged = bytes
    damaged[offsets[1] + 30] ^= 1
    for name in ["out/new.zst", "out/new.from-80.zst"] {
      let disk = MemoryDisk()
      _ = try disk.create(name, for: .appending, replacing: false)
      #expect(throws: SalvageError.exists(path: name)) {
        _ = try salvageJournal(MemoryFile(bytes: damaged), to: "out/new.zst", disk: disk)
      }
      #expect(disk.names == [name])
    }
    let disk = MemoryDisk()
    #expect(throws: SalvageError.nothingWhole(path: "(memory)")) {
      _ = try salvageJournal(MemoryFile(bytes: Array(bytes[..<100])), to: "out/new.zst", disk: disk)
    }
    #expect(disk.names.isEmpty)
  }

  @Test("the refusal of damage in the middle names block, events and byte, and what to do")
  func refusal() throws {
    for index in 1..<blocks - 1 {
      var damaged = bytes
      damaged[offsets[index] + 40] ^= 1
      let file = MemoryFile(bytes: damaged, path: "j.zst")
      let verdict = try verifyJournal(file: file).damage.map { "\($0)" } ?? ""
      let (from, to) = (firstSequence(index), firstSequence(index + 1) - 1)
      #expect(verdict.hasPrefix("j.zst: block \(index) at byte \(offsets[index]), events \(from) to \(to): "))
      #expect(verdict.contains("; block \(index + 1) at byte \(offsets[index + 1]) is whole again;"))
      #expect(verdict.contains("`engine salvage j.zst -o NEW`"))
      do throws(JournalError) {
        _ = try JournalWriter.reopen(file: file).nextSequence
        Issue.record("reopened")
      } catch {
        #expect("\(error)" == verdict)
      }
    }
  }
}

/// Names and files in memory; knows which names and bytes are not durable yet.
private final class MemoryDisk: Disk {
  private struct Content {
    var files: [String: SyncedFile] = [:]
    var unsynced: Set<String> = []
  }
  private let content = Mutex(Content())

  var names: Set<String> { content.withLock { Set($0.files.keys) } }
  var unsynced: Set<String> {
    content.withLock { content in
      content.unsynced.union(content.files.filter { !$0.value.isSynced }.map(\.key))
    }
  }
  func file(_ path: String) -> (any JournalFile)? { content.withLock { $0.files[path] } }

  func create(_ path: String, for use: FileUse, replacing: Bool) throws(FileError) -> any JournalFile {
    let file = SyncedFile(path: path)
    let isNew = content.withLock { content in
      if !replacing, content.files[path] != nil { return false }
      content.files[path] = file
      return true
    }
    guard isNew else { throw FileError(operation: .create, path: path, code: EEXIST) }
    return file
  }
  func open(_ path: String, for use: FileUse) throws(FileError) -> (any JournalFile)? { file(path) }
  func rename(_ source: String, to destination: String) throws(FileError) {
    content.withLock { content in
      content.files[destination] = content.files.removeValue(forKey: source)
      content.unsynced.insert(destination)
    }
  }
  func remove(_ path: String) throws(FileError) { _ = content.withLock { $0.files.removeValue(forKey: path) } }
  func syncFolder(of path: String) throws(FileError) { content.withLock { $0.unsynced.removeAll() } }
}

private final class SyncedFile: JournalFile {
  private let file: MemoryFile
  private let synced = Mutex<Int>(0)
  var path: String { file.path }
  var isSynced: Bool { synced.withLock { $0 } == file.bytes.count }

  init(path: String) { file = MemoryFile(path: path) }

  func size() -> UInt64 { file.size() }
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    file.read(at: offset, into: buffer)
  }
  func append(_ bytes: UnsafeRawBufferPointer) { file.append(bytes) }
  func truncate(to size: UInt64) { file.truncate(to: size) }
  func sync() { synced.withLock { $0 = file.bytes.count } }
  func close() {}
}
