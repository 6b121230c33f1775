import Events
import Foundation
import Journal
import Market
import Projections
import Testing

/// `runs.sqlite` of a folder of hand-written runs: its whole content, and that it doesn't depend on how it came about.
struct RunsDatabaseTests {
  /// A folder of its own for each test, deleted afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder + "/old", withIntermediateDirectories: true)
    defer {
      do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) }
    }
    try body(folder)
  }

  private func write(_ file: MemoryFile, _ path: String) throws {
    try Data(file.bytes).write(to: URL(filePath: path))
  }

  @Test("holds runs, instruments, orders, fills, positions and daily equity")
  func content() throws {
    try withFolder { folder in
      try write(SampleRun.scenario().journal(), folder + "/one.zst")
      let database = try RunsDatabase(folder: folder)
      let update = try database.update()
      #expect(update.added == ["one.zst"])
      // The head and the file's size belong to the journal's format and are tested there.
      let dump = try database.dump()
        .replacing(/head="[0-9a-f]+"/, with: "head=…").replacing(/file_bytes=[0-9]+/, with: "file_bytes=…")
      try expectGolden(dump, "runs.txt")
      try expectGolden(RunsTable.text(database.runs()) + RunsTable.json(database.runs()), "runs_table.txt")
    }
  }

  @Test("has the same content and the same bytes after a rebuild as after reading in any parts", arguments: 1...33)
  func parts(length: Int) throws {
    try withFolder { folder in
      let run = try SampleRun.scenario()
      let behind = Set(run.steps.dropFirst(length).map(\.label))
      try write(run.journal(missing: behind), folder + "/one.zst")
      let first = try RunsDatabase(folder: folder)
      #expect(try first.update().added == ["one.zst"])
      try write(run.journal(), folder + "/one.zst")
      #expect(try first.update().continued == ["one.zst"])
      let continued = try first.dump()
      let (rebuilt, update) = try RunsDatabase.rebuild(folder: folder)
      #expect(update.added == ["one.zst"])
      #expect(try rebuilt.dump() == continued)
      let bytes = try Data(contentsOf: URL(filePath: rebuilt.path))
      _ = try RunsDatabase.rebuild(folder: folder)
      #expect(try Data(contentsOf: URL(filePath: rebuilt.path)) == bytes)
    }
  }

  @Test("follows a folder: copies count once, the longest wins, what is gone is forgotten, what is no journal is named")
  func folder() throws {
    try withFolder { folder in
      let run = try SampleRun.scenario()
      let other = try SampleRun.scenario(SampleRun.started(runByte: 0xac))
      try write(run.journal(missing: ["end"]), folder + "/a.zst")
      try write(run.journal(), folder + "/old/copy.zst")
      try write(other.journal(), folder + "/b.zst")
      try Data("no journal".utf8).write(to: URL(filePath: folder + "/c.zst"))
      let database = try RunsDatabase(folder: folder)
      var update = try database.update()
      #expect(update.added == ["old/copy.zst", "b.zst"])
      #expect(update.skipped.map(\.path) == ["c.zst"])
      #expect(try database.runs().map(\.path) == ["old/copy.zst", "b.zst"])
      #expect(try database.journalPaths(runPrefix: "abab").contains(folder + "/old/copy.zst"))
      #expect(throws: ProjectionError.self) { try database.journalPaths(runPrefix: "a") }
      #expect(throws: ProjectionError.self) { try database.journalPaths(runPrefix: "ff") }
      update = try database.update()
      #expect(update.unchanged == ["old/copy.zst", "b.zst"])

      try FileManager.default.removeItem(atPath: folder + "/old/copy.zst")
      try FileManager.default.removeItem(atPath: folder + "/b.zst")
      update = try database.update()
      #expect(update.removed == [String(repeating: "ac", count: 16)])
      #expect(update.added == ["a.zst"])
      #expect(try database.dump() == RunsDatabase.rebuild(folder: folder).0.dump())
    }
  }
}
