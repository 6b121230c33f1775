// Goal: what somebody tells a run becomes one of its inputs, at one place, once, and the run replays and can be fed to another with it there; a run
// that was stopped after it goes on behind it. Method: runs in memory whose progress call, or whose first input, leaves requests on the desk.
import Events
import Foundation
import Journal
import Market
import Runtime
import Strategies
import Synchronization
import Testing

/// Answers as they come, from any thread.
final class AnswerLog: Sendable {
  private let answers = Mutex<[ControlAnswer]>([])
  var all: [ControlAnswer] { answers.withLock { $0 } }
  var reply: ControlDesk.Reply { { [self] answer in answers.withLock { $0.append(answer) } } }
}

@Suite("Control desk")
struct ControlDeskTests {
  private static let fileKill = ControlRequest.kill(KillSwitch(source: .file, reason: "KILL.flag"))
  private static let signalKill = ControlRequest.kill(KillSwitch(source: .signal, reason: "SIGUSR1"))

  private func run(
    _ yaml: String, over bars: MemoryFile, desk: ControlDesk, roll: JournalRoll? = nil,
    progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) throws -> (files: [MemoryFile], result: BacktestResult) {
    let profile = try Profile.parse(yaml: yaml, file: "profile.yaml", catalog: .builtIn)
    var output = MemoryOutput()
    let result = try runBacktest(
      BacktestRequest(profile: profile, catalog: .builtIn, roll: roll, threads: 1, desk: desk),
      bars: try ChainReader(file: bars), into: &output, progress: progress)
    return (output.files, result)
  }

  /// Kills and commands with their sequence and time.
  private func said(_ files: [MemoryFile]) throws -> [String] {
    try files.flatMap { try RunStage.events($0) }.compactMap { event in
      switch event.kind {
      case KillSwitch.kind:
        "\(event.sequence) kill \(try event.decode(KillSwitch.self).source.word) \(event.time.nanos)"
      case OperatorCommand.kind:
        "\(event.sequence) \(try event.decode(OperatorCommand.self).command.word) \(event.time.nanos)"
      default: nil
      }
    }
  }

  @Test("makes a kill that waits at the start the run's first input, and others that wait the same kill")
  func atStart() throws {
    let bars = RunStage.walk(200, symbols: 2, seed: 3)
    let desk = ControlDesk()
    let log = AnswerLog()
    desk.leave(.command(OperatorCommand(command: .halt, reason: "test")), reply: log.reply)
    desk.leave(Self.fileKill, reply: log.reply)
    desk.leave(Self.signalKill, reply: log.reply)
    let (files, _) = try run(
      StageProfile.cross, over: try RunStage.journal(bars, symbols: RunStage.symbols(2)), desk: desk)
    let time = bars[0].knownAt.nanos
    #expect(try said(files)[..<2] == ["1 kill file \(time)", "\(try haltPlace(files)) halt \(time)"])
    #expect(try said(files).count == 2)
    let kinds = log.all.map { answer in
      switch answer {
      case .appended(let receipt): "appended \(receipt.word)"
      case .alreadyKilled(let sequence): "already \(sequence)"
      case .status: "status"
      case .reconciled: "reconcile"
      case .stopping: "stopping"
      case .refused(let reason): reason
      }
    }
    #expect(kinds.sorted() == ["already 1", "appended halt", "appended kill"])
    #expect(desk.killedAt == 1)
    #expect(try RunStage.replay(files[0]).isEqual)
  }

  private func haltPlace(_ files: [MemoryFile]) throws -> UInt64 {
    try #require(try RunStage.events(files[0]).first { $0.kind == OperatorCommand.kind }).sequence
  }

  /// A feed that stops a run from outside at one of its bars: the desk is asked between any two, so the kill stands behind the bar that was last.
  @Test(
    "takes a kill at any place of a slot, and a run over the killed journal's inputs has it there too",
    arguments: 0..<12)
  func anywhere(place: Int) throws {
    let symbols = 3
    let bars = RunStage.walk(90, symbols: symbols, seed: UInt64(place), gap: 5)
    let source = try RunStage.journal(bars, symbols: RunStage.symbols(symbols))
    let yaml = StageProfile.random(UInt64(place), symbols: RunStage.symbols(symbols))
    let plain = try RunStage.run(yaml, over: source)
    // The journal that a run would have left that was killed behind that many bars: its bars with the kill among them.
    let killed = try journal(bars, symbols: symbols, kill: (7 * place + 3) % bars.count)
    let first = try RunStage.run(yaml, over: killed)
    let second = try RunStage.run(yaml, over: first.file)
    let heard = try said([first.file])
    #expect(heard.count == 1)
    #expect(try said([second.file]) == heard)
    #expect(try RunStage.replay(first.file).isEqual)
    #expect(try RunStage.replay(second.file).isEqual)
    #expect(first.result.ended.bars == plain.result.ended.bars)
    #expect(try rows(first.file) == rows(second.file))
  }

  /// All events but the run's first, whose digests name what it was fed.
  private func rows(_ file: MemoryFile) throws -> [String] {
    try RunStage.events(file).dropFirst().map { event in
      switch event.content {
      case .bar(let bar): "\(event.sequence) \(bar)"
      case .row(_, _, _, let bytes): "\(event.sequence) \(bytes)"
      }
    }
  }

  private func journal(_ bars: [Bar], symbols: Int, kill place: Int) throws -> MemoryFile {
    let file = MemoryFile(path: "killed.zst")
    var writer = try JournalWriter(file: file, options: JournalOptions(limits: RunStage.smallBlocks))
    var rows = EventBuffer()
    let started = try RunStage.events(try RunStage.journal(bars, symbols: RunStage.symbols(symbols)))[0]
    rows.append(try started.decode(RunStarted.self), time: bars[0].openTime)
    try writer.append(rows)
    for (position, bar) in bars.enumerated() {
      try writer.append(bar)
      if position != place { continue }
      rows.clear(nextSequence: writer.nextSequence)
      rows.append(KillSwitch(source: .signal, reason: "SIGUSR1"), time: bar.knownAt)
      try writer.append(rows)
    }
    _ = try writer.seal()
    return file
  }

  @Test("takes what comes while the run goes, also where files roll; the killed run's inputs roll alike")
  func whileRunning() throws {
    let bars = RunStage.walk(150_000, symbols: 1, seed: 5)
    let source = try RunStage.journal(
      bars, symbols: RunStage.symbols(1), limits: BlockLimits(events: 8_192, rowBytes: 262_144))
    let desk = ControlDesk()
    let log = AnswerLog()
    var calls = 0
    let (files, result) = try run(StageProfile.cross, over: source, desk: desk, roll: .events(20_000)) { _, _ in
      calls += 1
      if calls == 1 { desk.leave(Self.signalKill, reply: log.reply) }
      if calls == 2 {
        desk.leave(.status, reply: log.reply)
        desk.leave(.command(OperatorCommand(command: .resume, reason: "checked")), reply: log.reply)
        desk.leave(Self.fileKill, reply: log.reply)
      }
    }
    #expect(calls >= 2)
    let heard = try said(files)
    #expect(heard.map { $0.split(separator: " ")[1] } == ["kill", "resume"])
    // A second kill before the resume is taken is the first one.
    #expect(log.all.count == 4)
    #expect(result.files.count == files.count && files.count > 3)
    let chain = try JournalChain(files)
    #expect(try Replay(chain, catalog: .builtIn).run { _, _ in }.isEqual)
    let profile = try Profile.parse(yaml: StageProfile.cross, file: "profile.yaml", catalog: .builtIn)
    var output = MemoryOutput()
    _ = try runBacktest(
      BacktestRequest(profile: profile, catalog: .builtIn, roll: .events(20_000), threads: 1),
      bars: try ChainReader(try JournalChain(files)), into: &output)
    #expect(try said(output.files) == heard)
    #expect(output.files.count == files.count)
  }

  @Test("answers nobody twice, refuses what comes when all is over, and holds no more than a person asks")
  func bounds() {
    let desk = ControlDesk()
    let log = AnswerLog()
    for _ in 0..<200 { desk.leave(.status, reply: log.reply) }
    #expect(log.all.count == 200 - 64)
    for _ in 0..<200 { desk.leave(Self.fileKill, reply: log.reply) }
    // The first waits, 64 share it, and the others are told at once that it waits.
    #expect(log.all.count == (200 - 64) + (200 - 65))
    #expect(desk.isWaiting)
    let first = desk.take()
    #expect(first?.request == Self.fileKill)
    desk.close()
    #expect(!desk.isWaiting)
    desk.leave(.status, reply: log.reply)
    // All but the one that was taken have their answer.
    #expect(log.all.count == 200 + 200 - 1 + 1)
    #expect(desk.take() == nil)
  }

  @Test("asks of a line a word and a reason where one is needed, and gives back the line that it came from")
  func lines() throws {
    func request(_ text: String) throws(ControlRequest.LineError) -> ControlRequest {
      try ControlRequest(line: Array(text.utf8))
    }
    #expect(try request("kill") == .kill(KillSwitch(source: .command, reason: "")))
    #expect(try request("kill   it  now ") == .kill(KillSwitch(source: .command, reason: "it  now ")))
    #expect(try request("reduce-only é") == .command(OperatorCommand(command: .reduceOnly, reason: "é")))
    #expect(try request("status") == .status)
    for type in OperatorCommandType.allCases {
      let word = ControlRequest.word(of: type)
      let made = ControlRequest.command(OperatorCommand(command: type, reason: "why not"))
      #expect(try request("\(word) why not") == made)
      #expect(try ControlRequest(line: made.line.dropLast()) == made)
      #expect(throws: ControlRequest.LineError.reasonMissing(word: word)) { try request(word) }
      #expect(throws: ControlRequest.LineError.reasonMissing(word: word)) { try request(word + "  ") }
    }
    #expect(throws: ControlRequest.LineError.reasonUnwanted(word: "status")) { try request("status now") }
    for text in ["", " ", "Kill", "kill\u{7f}", "kill\tnow", "reduce_only x", "resume\r"] {
      #expect(throws: ControlRequest.LineError.self, "\(text)") { try request(text) }
    }
    #expect(throws: ControlRequest.LineError.notText) { try ControlRequest(line: [0x6b, 0xff]) }
    let long = ControlRequest.kill(KillSwitch(source: .command, reason: String(repeating: "é\n", count: 9_000)))
    #expect(long.line.count <= ControlRequest.lineBytesMax)
    #expect(throws: Never.self) { try ControlRequest(line: long.line.dropLast()) }
  }
}

extension ControlRequest {
  fileprivate init(line: ArraySlice<UInt8>) throws(LineError) { try self.init(line: Array(line)) }
}
