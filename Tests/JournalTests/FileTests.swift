// Goal: the file layer says what failed, on what, and never overwrites by accident. Method: a real folder.
import Foundation
import Market
import Testing

@testable import Journal

@Suite("Files")
struct FileTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    do {
      try body(folder.path)
    } catch {
      try FileManager.default.removeItem(at: folder)
      throw error
    }
    try FileManager.default.removeItem(at: folder)
  }

  @Test("does not overwrite a file unless told to")
  func creation() throws {
    try inFolder { folder in
      let path = folder + "/a.zst"
      let file = try PosixFile.create(path: path)
      try [1, 2, 3].withUnsafeBytes { try file.append($0) }
      try file.close()
      #expect(throws: FileError(operation: .create, path: path, code: EEXIST)) { _ = try PosixFile.create(path: path) }
      #expect(try PosixFile.open(path: path).size() == 24)
      let replaced = try PosixFile.create(path: path, replacing: true)
      #expect(try replaced.size() == 0)
    }
  }

  @Test("names what can't be opened")
  func opening() throws {
    try inFolder { folder in
      let missing = folder + "/missing.zst"
      #expect(throws: FileError(operation: .open, path: missing, code: ENOENT)) {
        _ = try PosixFile.open(path: missing)
      }
      #expect(throws: FileError(operation: .open, path: folder, code: EISDIR)) { _ = try PosixFile.open(path: folder) }
      let inside = missing + "/b.zst"
      #expect(throws: FileError(operation: .create, path: inside, code: ENOENT)) {
        _ = try PosixFile.create(path: inside)
      }
    }
  }

  @Test("a journal on disk is cut, reopened and sealed like one in memory")
  func diskLikeMemory() throws {
    try inFolder { folder in
      let mix = EventMix(seed: 71, eventCount: 150)
      let options = JournalOptions(limits: BlockLimits(events: 40, rowBytes: 4_000))
      let (bytes, summary) = try mix.journal(options: options)
      let path = folder + "/run.zst"
      let file = try PosixFile.create(path: path)
      try bytes.dropLast(400).withUnsafeBytes { try file.append($0) }
      var writer = try JournalWriter.reopen(file: file, options: options)
      #expect(writer.cutTail != nil)
      try mix.append(to: &writer, from: writer.nextSequence)
      #expect(try writer.seal() == summary)
      try file.close()
      #expect(try Array(Foundation.Data(contentsOf: URL(filePath: path))) == bytes)
    }
  }

  @Test("a journal goes through a pipe in one pass and is read from what came out")
  func streams() throws {
    let mix = EventMix(seed: 72, eventCount: 60)
    let pipe = Pipe()
    let stream = StreamFile(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    var writer = try JournalWriter(file: stream)
    try mix.append(to: &writer)
    let summary = try writer.seal()
    try pipe.fileHandleForWriting.close()
    let file = try MemoryFile(reading: pipe.fileHandleForReading.fileDescriptor, path: "-")
    var reader = try JournalReader(file: file)
    #expect(reader.summary == summary)
    #expect(try rest(of: &reader) == mix.expected)
    #expect(throws: FileError(operation: .truncate, path: "(stream)", code: ESPIPE)) { try stream.truncate(to: 0) }
  }

  @Test("every error ends with what to do")
  func texts() {
    let faults: [(JournalFault, String)] = [
      (.notAJournal, "j.zst: this is no journal of this engine; name a file that `engine import` or a run wrote"),
      (
        .newerFormat(version: 9, block: 3),
        "j.zst: block 3 is of format version 9, and this program reads up to 1; use the newer program that wrote it"
      ),
      (
        .damagedBlock(block: 2, offset: 9_000, firstSequence: 16_384, damage: .frameHash),
        "j.zst: block 2 at byte 9000, events from 16384 on: its bytes are not those that were written (SHA-256 of frame and"
          + " trailer); restore the file from a copy, or let `engine salvage j.zst -o NEW` copy what is whole"
      ),
      (
        .tornTail(offset: 100, bytes: 7, events: 5),
        "j.zst: the last 7 bytes, from byte 100 on, are no whole block: a write was cut short; the 5 events before them are"
          + " whole, and `engine recover` cuts the rest off"
      ),
      (
        .damagedSeekTable(offset: 100, damage: .entry(index: 4)),
        "j.zst: seek table at byte 100: entry 4 is not the size of its frame; all blocks are whole, so reopening and sealing"
          + " the journal makes the table new"
      ),
      (
        .file(FileError(operation: .write, path: "j.zst", code: ENOSPC)),
        "j.zst: write failed (errno 28: No space left on device); make room, then start again"
      ),
      (
        .timeDecreases(sequence: 8, time: Timestamp(nanos: 5), previous: Timestamp(nanos: 6)),
        "j.zst: event 8 is known at 5 ns, before the input in front of it at 6 ns; sort the inputs by the time at which they"
          + " become known"
      ),
    ]
    for (fault, text) in faults { #expect(JournalError(path: "j.zst", fault: fault).description == text) }
  }

  @Test("inputs out of order stop the writer and are named")
  func timeDecreases() throws {
    let file = MemoryFile()
    var writer = try JournalWriter(file: file)
    var walk = RandomWalk(barCount: 2)
    let bars = [walk.next(), walk.next()].compactMap { $0 }
    try writer.append(bars[1])
    try writer.append(bars[0])
    let fault = JournalFault.timeDecreases(sequence: 1, time: bars[0].knownAt, previous: bars[1].knownAt)
    do throws(JournalError) {
      _ = try writer.seal()
      Issue.record("accepted")
    } catch {
      #expect(error.fault == fault)
    }
    #expect(file.bytes.isEmpty)
  }
}
