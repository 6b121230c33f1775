// Goal: a run that rolls and was stopped anywhere, between a seal and the next file's beginning too, goes on and ends in the same files as the run that
// was never stopped. Method: random profiles, rolled every few events; the files laid out as a crash behind each event of each file leaves them; resumed.
import Events
import Foundation
import Journal
import Market
import Runtime
import Strategies
import Testing

/// Files `1.zst`, `2.zst` … in a folder, some of which may be there already.
private struct NumberedOutput: RunOutput {
  let folder: String
  /// Files that are done; the one behind them, where it is there, is being written.
  let doneCount: Int
  var snapshots: [[UInt8]] = []

  func path(_ number: UInt64) -> String { "\(folder)/\(number).zst" }

  mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter {
    do throws(JournalError) {
      return try waitingForLock { () throws(JournalError) in
        try JournalWriter.create(
          path: path(file.number), options: options, firstSequence: file.firstSequence, replacing: true)
      }
    } catch {
      throw .journal(error)
    }
  }

  mutating func resume(
    _ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog
  ) throws(RunError) -> ResumedJournal? {
    let files: [any JournalFile]
    do throws(FileError) {
      var opened: [any JournalFile] = []
      for number in 0..<doneCount { opened.append(try PosixFile.open(path: path(UInt64(number + 1)))) }
      files = opened
    } catch {
      throw .file(error)
    }
    let last = path(UInt64(doneCount + 1))
    if FileManager.default.fileExists(atPath: last) {
      let held: HeldJournal
      do throws(JournalError) {
        held = try waitingForLock { () throws(JournalError) in try HeldJournal(path: last, options: options) }
      } catch {
        throw .journal(error)
      }
      if let journal = try ResumedJournal(held, behind: files, start: start, catalog: catalog) { return journal }
    }
    if files.isEmpty { return nil }
    return try ResumedJournal(behind: files, start: start, catalog: catalog)
  }

  mutating func roll(
    to file: RunFile, snapshot: [UInt8], _ options: JournalOptions
  ) throws(RunError) -> JournalWriter {
    snapshots.append(snapshot)
    return try begin(file, options)
  }

  mutating func write(snapshot: [UInt8], sequence: UInt64) {}
}

/// A child that another test begins holds every lock of this process until it becomes another program: who opens meanwhile waits for it.
func waitingForLock<Result: ~Copyable>(
  _ open: () throws(JournalError) -> Result
) throws(JournalError) -> Result {
  for _ in 0..<10_000 {
    do throws(JournalError) {
      return try open()
    } catch {
      guard error.fault == .lockedElsewhere else { throw error }
      sched_yield()
    }
  }
  return try open()
}

@Suite("Resuming a run that rolls")
struct RolledResumeTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "engine-rolled-\(UUID().uuidString)").path

  private func begin(_ path: String, with events: ArraySlice<JournalEvent>) throws {
    var writer = try waitingForLock { () throws(JournalError) in
      try JournalWriter.create(
        path: path, options: JournalOptions(durability: .commit), firstSequence: events.first?.sequence ?? 0,
        replacing: true)
    }
    for event in events {
      switch event.content {
      case .bar(let bar): try writer.append(bar)
      case .row(_, _, _, let bytes): try bytes.withUnsafeBytes { try writer.append(rows: $0, count: 1) }
      }
    }
    try writer.commit()
  }

  @Test("ends in the files of the run that was never stopped, wherever it was", arguments: [2, 4, 6])
  func everywhere(seed: Int) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let symbols = [1, 2, 4][seed % 3]
    let bars = try RunStage.journal(
      RunStage.walk(40, symbols: symbols, seed: UInt64(seed), gap: symbols > 1 ? 7 : nil),
      symbols: RunStage.symbols(symbols))
    let yaml = StageProfile.random(UInt64(seed), symbols: RunStage.symbols(symbols))
    let roll = JournalRoll.events(UInt64(20 + 3 * seed))
    let whole = try RolledRun(yaml, over: bars, roll: roll)
    try #require(whole.files.count > 2)
    var cases = 0
    for place in whole.files.indices {
      let events = try RunStage.events(whole.files[place])
      // What begins a file is one write: none of it, or all. Behind the last event the file is sealed and lacks its name.
      let least = place == 0 ? 1 : 2
      for count in [0] + Array(least...events.count) + [-1, -2] {
        let isLast = place == whole.files.count - 1
        if count == -2, isLast { continue }
        let doneCount = count == -2 ? place + 1 : place
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) { unlink("\(folder)/\(file)") }
        for done in 0..<doneCount { try write(whole.files[done].bytes, done) }
        if count == -1 { try write(whole.files[place].bytes, place) }
        if count >= 0, count > 0 || place % 2 == 0 { try begin("\(folder)/\(place + 1).zst", with: events[..<count]) }
        let (result, snapshots) = try resume(yaml, over: bars, roll: roll, doneCount: doneCount)
        let name = "seed \(seed), file \(place), behind \(count) events"
        for file in whole.files.indices {
          let found = try [UInt8](Data(contentsOf: URL(filePath: "\(folder)/\(file + 1).zst")))
          #expect(found == whole.files[file].bytes, "\(name): file \(file)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == whole.files.count, "\(name)")
        #expect(
          result.files.map(\.head) == whole.result.files.map(\.head) && result.ended == whole.result.ended, "\(name)")
        #expect(snapshots == whole.starts.compactMap { $0 }.suffix(snapshots.count), "\(name)")
        cases += 1
      }
    }
    print("rolled resume: seed \(seed): \(whole.files.count) files, \(cases) stops")
  }

  @Test("refuses files of another run, and a file that is missing, and changes nothing")
  func refuses() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bars = try RunStage.journal(RunStage.walk(60, seed: 3), symbols: ["S0"])
    let roll = JournalRoll.events(30)
    let whole = try RolledRun(StageProfile.cross, over: bars, roll: roll)
    let other = StageProfile.text(strategies: ["buy_and_hold"])
    for place in 0..<2 { try write(whole.files[place].bytes, place) }
    #expect(throws: RunError.self) { _ = try resume(other, over: bars, roll: roll, doneCount: 2) }
    #expect(throws: RunError.self) { _ = try resume(other, over: bars, roll: roll, doneCount: 1) }
    // The third behind the first.
    try write(whole.files[2].bytes, 1)
    #expect(throws: RunError.self) { _ = try resume(StageProfile.cross, over: bars, roll: roll, doneCount: 1) }
    #expect(try [UInt8](Data(contentsOf: URL(filePath: "\(folder)/2.zst"))) == whole.files[2].bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
  }

  private func write(_ bytes: [UInt8], _ place: Int) throws {
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(place + 1).zst"))
  }

  private func resume(
    _ yaml: String, over bars: MemoryFile, roll: JournalRoll, doneCount: Int
  ) throws -> (BacktestResult, [[UInt8]]) {
    let profile = try Profile.parse(yaml: yaml, file: "profile.yaml", catalog: .builtIn)
    var output = NumberedOutput(folder: folder, doneCount: doneCount)
    let result = try runBacktest(
      BacktestRequest(
        profile: profile, catalog: .builtIn, roll: roll, threads: 1, durability: .commit, resumes: true),
      bars: try ChainReader(file: bars), into: &output)
    return (result, output.snapshots)
  }
}
