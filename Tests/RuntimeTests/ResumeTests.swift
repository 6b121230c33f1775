// Goal: a run that was stopped at any event and resumed ends in the bytes of the run that was never stopped, and nothing that is not of that run
// is gone on with. Method: random profiles; the journal cut behind each of its events in turn, by writing just so many of them, committed, into a new
// one on disk; then resumed.
import Events
import Foundation
import Journal
import Market
import Runtime
import Strategies
import Testing

/// A journal at a path that may be there already.
private struct PathOutput: RunOutput {
  let path: String

  mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter {
    do throws(JournalError) {
      return try waitingForLock { () throws(JournalError) in
        try JournalWriter.create(path: path, options: options, replacing: true)
      }
    } catch {
      throw .journal(error)
    }
  }

  mutating func resume(
    _ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog
  ) throws(RunError) -> ResumedJournal? {
    let held: HeldJournal
    do throws(JournalError) {
      held = try waitingForLock { () throws(JournalError) in try HeldJournal(path: path, options: options) }
    } catch {
      throw .journal(error)
    }
    return try ResumedJournal(held, start: start, catalog: catalog)
  }

  mutating func roll(
    to file: RunFile, snapshot: [UInt8], _ options: JournalOptions
  ) throws(RunError) -> JournalWriter { preconditionFailure("nothing rolls here") }

  mutating func write(snapshot: [UInt8], sequence: UInt64) {}
}

/// A run in memory that is told something at its snapshots, one request at each.
private struct ToldOutput: RunOutput {
  var memory = MemoryOutput()
  let desk: ControlDesk
  var requests: [ControlRequest]

  mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter {
    try memory.begin(file, options)
  }
  mutating func resume(_ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog) -> ResumedJournal? {
    nil
  }
  mutating func roll(
    to file: RunFile, snapshot: [UInt8], _ options: JournalOptions
  ) throws(RunError) -> JournalWriter { preconditionFailure("nothing rolls here") }
  mutating func write(snapshot: [UInt8], sequence: UInt64) {
    if !requests.isEmpty { desk.leave(requests.removeFirst()) }
  }
}

@Suite("Resuming a run")
struct ResumeTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "engine-resume-\(UUID().uuidString)").path

  /// Writes the first events of a journal into a new one at `path`, committed and left open.
  private func begin(_ path: String, with events: [JournalEvent]) throws {
    var writer = try JournalWriter.create(path: path, options: JournalOptions(durability: .commit), replacing: true)
    for event in events {
      switch event.content {
      case .bar(let bar): try writer.append(bar)
      case .row(_, _, _, let bytes): try bytes.withUnsafeBytes { try writer.append(rows: $0, count: 1) }
      }
    }
    try writer.commit()
  }

  private func resume(
    _ yaml: String, over bars: MemoryFile, at path: String, durability: Durability = .commit
  ) throws -> BacktestResult {
    let profile = try Profile.parse(yaml: yaml, file: "profile.yaml", catalog: .builtIn)
    var output = PathOutput(path: path)
    return try runBacktest(
      BacktestRequest(profile: profile, catalog: .builtIn, threads: 1, durability: durability, resumes: true),
      bars: try ChainReader(file: bars), into: &output)
  }

  @Test("ends in the bytes of the run that was never stopped, wherever it was", arguments: [2, 4, 6])
  func everywhere(seed: Int) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/run.zst"
    let symbols = [1, 2, 4][seed % 3]
    let bars = try RunStage.journal(
      RunStage.walk(60, symbols: symbols, seed: UInt64(seed), gap: symbols > 1 ? 7 : nil),
      symbols: RunStage.symbols(symbols))
    let yaml = StageProfile.random(UInt64(seed), symbols: RunStage.symbols(symbols))
    let whole = try RunStage.run(yaml, over: bars)
    let events = try RunStage.events(whole.file)
    for count in 0...events.count {
      try begin(path, with: Array(events[..<count]))
      let result = try resume(yaml, over: bars, at: path)
      #expect(result.summary.head == whole.result.summary.head, "seed \(seed), behind \(count) events")
      #expect(try PosixFile.open(path: path).content() == whole.file.bytes, "seed \(seed), behind \(count) events")
      #expect(result.ended == whole.result.ended)
      #expect(!FileManager.default.fileExists(atPath: path + ".tail"))
    }
  }

  @Test("takes what the run was told for no input of its feed, wherever it stopped", arguments: [3, 5])
  func told(seed: Int) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/run.zst"
    let symbols = [1, 2, 3][seed % 3]
    let bars = try RunStage.journal(
      RunStage.walk(60, symbols: symbols, seed: UInt64(seed), gap: symbols > 1 ? 7 : nil),
      symbols: RunStage.symbols(symbols))
    let yaml = StageProfile.random(UInt64(seed), symbols: RunStage.symbols(symbols))
    let profile = try Profile.parse(yaml: yaml, file: "profile.yaml", catalog: .builtIn)
    let desk = ControlDesk()
    func say(_ type: OperatorCommandType) -> ControlRequest {
      .command(OperatorCommand(command: type, reason: "test"))
    }
    var output = ToldOutput(
      desk: desk,
      requests: [
        say(.halt), say(.resume), .kill(KillSwitch(source: .command, reason: "test")), say(.resume), say(.cancelAll),
        .kill(KillSwitch(source: .command, reason: "test")),
      ])
    _ = try runBacktest(
      BacktestRequest(profile: profile, catalog: .builtIn, snapshotEvents: 11, threads: 1, desk: desk),
      bars: try ChainReader(file: bars), into: &output)
    #expect(output.requests.isEmpty)
    let whole = output.memory.files[0]
    let events = try RunStage.events(whole)
    let said = events.indices.filter { [KillSwitch.kind, OperatorCommand.kind].contains(events[$0].kind) }
    // A refused resume ends no kill: the next one is the same.
    let isRefused = try events.contains { try $0.kind == Alert.kind && $0.decode(Alert.self).code == .resumeRefused }
    #expect(said.count == (isRefused ? 5 : 6))
    // Behind the last of them nobody has to tell it anything again.
    for count in try #require(said.last) + 1...events.count {
      try begin(path, with: Array(events[..<count]))
      _ = try resume(yaml, over: bars, at: path)
      #expect(try PosixFile.open(path: path).content() == whole.bytes, "seed \(seed), behind \(count) events")
    }
    // Fed to another run, all of it is there; an input that the feed brings and one that was told are the same then.
    let fed = try RunStage.run(yaml, over: whole)
    #expect(try RunStage.events(fed.file).map(\.kind) == events.map(\.kind))
    let fedEvents = try RunStage.events(fed.file)
    for count in stride(from: 1, through: fedEvents.count, by: 3) {
      try begin(path, with: Array(fedEvents[..<count]))
      _ = try resume(yaml, over: whole, at: path)
      #expect(try PosixFile.open(path: path).content() == fed.file.bytes, "fed, seed \(seed), behind \(count) events")
    }
  }

  @Test("refuses the unfinished journal of another profile, and one whose decisions are not what its inputs give")
  func otherRun() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/run.zst"
    let bars = try RunStage.journal(RunStage.walk(60, seed: 3), symbols: RunStage.symbols(1))
    let run = try RunStage.run(StageProfile.cross, over: bars)
    let events = try RunStage.events(run.file)
    try begin(path, with: Array(events[..<30]))
    let before = try PosixFile.open(path: path + ".tail").content()
    do throws(RunError) {
      _ = try resumeTyped(StageProfile.text(strategies: ["buy_and_hold"]), over: bars, at: path)
      Issue.record("went on with another run")
    } catch {
      guard case .otherRun = error else { throw error }
    }
    #expect(try PosixFile.open(path: path + ".tail").content() == before)
    // A signal that nothing causes, in place of what follows from the bars.
    let signal = try #require(events.firstIndex { $0.kind == Signal.kind })
    try begin(path, with: Array(events[..<(signal - 1)]) + [events[signal]])
    do throws(RunError) {
      _ = try resumeTyped(StageProfile.cross, over: bars, at: path)
      Issue.record("went on with decisions that are none")
    } catch {
      guard case .resumeDiverges = error else { throw error }
    }
  }

  @Test("finishes a journal that was sealed and not renamed, or only blocks of it, when only the end is to be safe")
  func close() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/run.zst"
    let bars = try RunStage.journal(RunStage.walk(60, seed: 3), symbols: RunStage.symbols(1))
    let run = try RunStage.run(StageProfile.cross, over: bars)
    for cut in [0, 17, 33] {
      try Data(run.file.bytes.dropLast(cut)).write(to: URL(filePath: path))
      let result = try resume(StageProfile.cross, over: bars, at: path, durability: .close)
      #expect(result.summary.head == run.result.summary.head, "\(cut) bytes short")
      #expect(try PosixFile.open(path: path).content() == run.file.bytes, "\(cut) bytes short")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["run.zst"])
    }
    // Another run's is left as it was, its torn end and its seek table too.
    for bytes in [run.file.bytes, run.file.bytes + [1, 2, 3], Array(run.file.bytes.dropLast(20))] {
      try Data(bytes).write(to: URL(filePath: path))
      for durability in [Durability.close, .commit] {
        #expect(throws: RunError.self) {
          _ = try resume(StageProfile.text(strategies: ["buy_and_hold"]), over: bars, at: path, durability: durability)
        }
        #expect(try PosixFile.open(path: path).content() == bytes)
      }
    }
  }

  private func resumeTyped(_ yaml: String, over bars: MemoryFile, at path: String) throws(RunError) -> BacktestResult {
    do {
      return try resume(yaml, over: bars, at: path)
    } catch let error as RunError {
      throw error
    } catch {
      fatalError("\(error)")
    }
  }
}

extension PosixFile {
  fileprivate func content() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(try size()))
    let count = try bytes.withUnsafeMutableBytes { try read(at: 0, into: $0) }
    return Array(bytes[..<count])
  }
}
