// Goal: whoever asks a live run how it compares with its venue gets the table of a comparison made for him, and later the journal tells what it found.
// Method: the live stage with a venue whose book the test has changed; requests left on the control desk between two steps.
import Brokers
import Events
import Foundation
import Journal
import Market
import Runtime
import Synchronization
import Testing

@Suite("A reconciliation that somebody asks for")
struct ReconcileRequestTests {
  private final class Answers: Sendable {
    private let answers = Mutex<[ControlAnswer]>([])
    func add(_ answer: ControlAnswer) { answers.withLock { $0.append(answer) } }
    var all: [ControlAnswer] { answers.withLock { $0 } }
  }

  private let folder = FileManager.default.temporaryDirectory.appending(path: "engine-ask-\(UUID().uuidString)").path

  private func stage() throws -> LiveStage {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let bars = try RunStage.journal(RunStage.walk(80, symbols: 2, seed: 7), symbols: RunStage.symbols(2))
    return try LiveStage(bars: bars, path: "\(folder)/run.zst")
  }

  private func cleanUp() { try? FileManager.default.removeItem(atPath: folder) }

  private func last(_ stage: LiveStage) throws -> LastReconciliation {
    try LastReconciliation.read(try JournalChain(try PosixFile.open(path: stage.path, writable: false)))
  }

  @Test("is answered with orders, positions and cash of both sides, after a snapshot taken for it")
  func answered() throws {
    defer { cleanUp() }
    var stage = try stage()
    stage.mode = .live
    stage.book = ModelBook(cash: 100_000 * Int128(FixedPoint.unit))
    let answers = Answers()
    stage.said = [20: .reconcile]
    stage.reply = { answers.add($0) }
    #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)))
    #expect(answers.all.count == 1)
    guard case .reconciled(let found)? = answers.all.first else {
      Issue.record("\(answers.all)")
      return
    }
    #expect(found.table.agrees && found.table.isComplete)
    #expect(found.table.rows.map(\.name) == ["S0", "S1", "USD"])
    #expect(found.json.hasPrefix(#"{"ok":true,"request":"reconcile","run_id":""#) && !found.json.contains("\n"))
    #expect(found.json.contains(#"{"subject":"cash","id":null,"name":"USD","ours":""#))
    let last = try last(stage)
    #expect(last.isSettled && last.agrees && last.told.isEmpty && last.sequence != nil)
  }

  @Test("is refused on paper, and before there is a run")
  func refused() throws {
    defer { cleanUp() }
    var stage = try stage()
    let answers = Answers()
    stage.reply = { answers.add($0) }
    stage.said = [10: .reconcile]
    _ = try stage.process()
    guard case .refused(let reason)? = answers.all.first else {
      Issue.record("\(answers.all)")
      return
    }
    #expect(reason.contains("the simulated one"))
    var live = try self.stage()
    try FileManager.default.removeItem(atPath: live.path)
    live.mode = .live
    live.book = ModelBook(cash: 100_000 * Int128(FixedPoint.unit))
    live.reply = { answers.add($0) }
    live.said = [0: .reconcile]
    _ = try live.process()
    guard case .refused(let early)? = answers.all.last else {
      Issue.record("\(answers.all)")
      return
    }
    #expect(early.contains("no bar has come yet"))
  }

  @Test("leaves what it found in the journal, which tells it when nobody answers any more")
  func found() throws {
    defer { cleanUp() }
    var stage = try stage()
    stage.mode = .live
    let book = ModelBook(cash: 100_000 * Int128(FixedPoint.unit))
    book.held["S1"] = 5 * FixedPoint.unit
    stage.book = book
    _ = try stage.process()
    let last = try last(stage)
    #expect(!last.agrees && !last.isSettled)
    #expect(
      last.told.contains {
        $0.difference == .position(InstrumentIndex(1), ours: .zero, theirs: Quantity(nanos: 5 * FixedPoint.unit))
      })
    #expect(
      last.told.contains {
        if case .foreign(.foreignPosition, let words) = $0.difference { words.contains("S1") } else { false }
      })
  }

  @Test("fits an answer: rows that agree are left out first, and counted")
  func large() throws {
    let start = RunStarted(
      mode: .live, reducerVersion: 1, runID: Array(repeating: 1, count: 16),
      profileDigest: Array(repeating: 0, count: 32), inputsDigest: Array(repeating: 0, count: 32), profile: "",
      currency: .usd, strategies: [], instruments: [])
    var table = ReconciliationTable(venueTime: Timestamp(nanos: 0))
    for place in 0..<2_000 {
      table.rows.append(
        ReconciliationRow(
          subject: .order("c\(place)"), name: "BTC\"USDT", ours: "0 of 1", theirs: "0 of 1",
          verdict: place.isMultiple(of: 100) ? .asked : .agrees))
    }
    let json = RunReconciliation(start: start, table: table).json
    #expect(json.utf8.count < 64 * 1024)
    #expect(json.contains(#""orders_compared":2000"#) && json.contains(#""left_off":1980"#))
    #expect(json.contains(#""agrees":false"#) && json.contains(#""name":"BTC\"USDT""#))
  }
}
