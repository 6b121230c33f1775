// Story: `engine kill`, then `engine stop`, sealed the journal; a supervisor that began the same command again had a new run that knew of no kill and bought at
// once, and `engine resume` had nothing to resume. Now a process that ends while its run may not trade leaves the journal unfinished.
// Goal: what stops a run outlives every orderly end of its process, until somebody resumes it; and an end that isn't flat says so.
// Method: runs over bars of a random walk, stopped, killed and halted at chosen steps, begun again over the same journal.
import Core
import Events
import Foundation
import Journal
import Market
import Runtime
import Strategies
import Testing

@Suite("A run that may not trade")
struct HeldRunTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "engine-held-\(UUID().uuidString)").path

  private func stage(_ slots: Int = 60) throws -> LiveStage {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let bars = try RunStage.journal(
      RunStage.walk(slots * 2, symbols: 2, seed: 7), symbols: RunStage.symbols(2))
    return try LiveStage(bars: bars, path: "\(folder)/run.zst")
  }

  private func cleanUp() { try? FileManager.default.removeItem(atPath: folder) }

  private func end(_ stage: LiveStage) throws -> LiveEnd {
    guard case .ended(let end) = try stage.process() else {
      Issue.record("it did not end")
      return LiveEnd(cause: .venueLost)
    }
    return end
  }

  private func intents(_ path: String) throws -> Int {
    try LiveStage.story(path).count { $0.contains(" \(OrderIntent.kind.rawValue) ") }
  }

  private func isSealed(_ path: String) throws -> Bool { try JournalReader(path: path).summary.isSealed }

  private func say(_ command: OperatorCommandType, _ stage: LiveStage) throws -> ControlReceipt {
    let options = JournalOptions(threads: 1, limits: RunStage.smallBlocks, durability: .commit)
    let held = try waitingForLock { () throws(JournalError) in try HeldJournal(path: stage.path, options: options) }
    guard let journal = try ResumedJournal(held, start: nil, catalog: .builtIn) else {
      throw RunError.runEnded(path: stage.path)
    }
    return try Runtime.append(OperatorCommand(command: command, reason: "looked at"), to: journal, options: options)
  }

  @Test("that was killed and then ended in good order is killed still when it goes on, until somebody resumes it")
  func killed() throws {
    defer { cleanUp() }
    var stage = try stage()
    stage.said = [12: .kill(KillSwitch(source: .command, reason: "crisis")), 20: .stop("night")]
    let first = try end(stage)
    #expect(first.isKilled && first.code == 6 && first.openPositions == 0)
    #expect(first.held?.by == "a kill" && first.line.contains("engine resume \(stage.path) --confirm"))
    #expect(try !isSealed(stage.path))
    let before = try intents(stage.path)

    stage.said = [10: .stop("another night")]
    let second = try end(stage)
    #expect(second.isKilled && second.code == 6 && second.held != nil)
    #expect(try intents(stage.path) == before, "nothing is ordered in a killed run")

    #expect(try say(.resume, stage).alerts.isEmpty)
    stage.said = [:]
    #expect(try end(stage) == LiveEnd(cause: .feedEnded))
    #expect(try isSealed(stage.path))
    #expect(try intents(stage.path) > before, "it trades again")
    let file = try PosixFile.open(path: stage.path, writable: false)
    let report = try Replay(try JournalChain(file), catalog: .builtIn).run { _, _ in }
    #expect(report.isEqual && report.isComplete)
  }

  @Test("keeps a kill where its journal of bars was played to its end")
  func killedAtTheEnd() throws {
    defer { cleanUp() }
    var stage = try stage()
    stage.said = [12: .kill(KillSwitch(source: .command, reason: "crisis"))]
    #expect(try end(stage).held?.by == "a kill")
    stage.said = [:]
    #expect(try end(stage).code == 6)
    _ = try say(.resume, stage)
    #expect(try end(stage) == LiveEnd(cause: .feedEnded))
  }

  @Test("keeps a person's halt over an orderly end", arguments: [OperatorCommandType.halt, .reduceOnly])
  func halted(_ command: OperatorCommandType) throws {
    defer { cleanUp() }
    var stage = try stage()
    stage.said = [12: .command(OperatorCommand(command: command, reason: "slow")), 20: .stop("night")]
    let first = try end(stage)
    #expect(first.code == 0)
    #expect(first.held?.by == "account \(command == .halt ? "halted" : "reduce_only")")
    stage.said = [4: .stop("another night")]
    #expect(try end(stage).held?.by == first.held?.by)
    _ = try say(.resume, stage)
    stage.said = [:]
    #expect(try end(stage) == LiveEnd(cause: .feedEnded))
  }

  @Test(
    "and is ended before its kill has closed everything says that it isn't flat, and the next process closes the rest")
  func notFlat() throws {
    defer { cleanUp() }
    // The steps at which something is held: a kill is tried at each until one leaves something to close.
    for step in 12..<50 {
      var stage = try stage()
      for name in [stage.path, stage.path + ".tail"] where FileManager.default.fileExists(atPath: name) {
        try FileManager.default.removeItem(atPath: name)
      }
      stage.said = [step: .kill(KillSwitch(source: .command, reason: "crisis"))]
      stage.said[step + 1] = .stop("at once")
      // The clock jumps over the second that it waits: no bar comes in it.
      let first = try end(stage)
      guard first.openPositions > 0 else { continue }
      #expect(first.code == 6 && first.line.contains("NOT FLAT"))
      var reader = try JournalReader(path: stage.path)
      var last: Notice?
      while let event = try reader.next() { if event.kind == Notice.kind { last = try event.decode(Notice.self) } }
      #expect(last?.code == .stopping && last?.severity == .error && last?.first == Int64(first.openPositions))
      // A resume changes nothing as long as something is open.
      #expect(try say(.resume, stage).alerts == [.resumeRefused])
      stage.said = [:]
      let second = try end(stage)
      #expect(second.openPositions == 0 && second.code == 6)
      return
    }
    Issue.record("no kill left anything to close")
  }
}
