// Patterns in which other engines lost or doubled orders (peers.md D4), a test each: what a whole run answers for. The others are in `BrokersTests` and
// `CoreTests` under the same name: `swift test --filter PatternTests` runs all fourteen.
// Method: runs whose processes are dropped behind a step, at a venue whose book outlives them.
import Brokers
import Core
import Events
import Foundation
import Journal
import Market
import Runtime
import Testing

@Suite("Patterns of lost and doubled orders, over restarts")
struct PatternTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "engine-pattern-\(UUID().uuidString)")
    .path

  private func stage(_ name: String = "run") throws -> LiveStage {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let bars = try RunStage.journal(RunStage.walk(60, symbols: 2, seed: 7), symbols: RunStage.symbols(2))
    var stage = try LiveStage(bars: bars, path: "\(folder)/\(name).zst")
    stage.mode = .live
    stage.book = ModelBook(cash: 100_000 * Int128(FixedPoint.unit))
    return stage
  }

  private func cleanUp() { try? FileManager.default.removeItem(atPath: folder) }

  private func count<Body: EventBody>(_ type: Body.Type, in path: String) throws -> Int {
    var reader = try JournalReader(path: path)
    var count = 0
    while let event = try reader.next() { if event.kind == Body.kind { count += 1 } }
    return count
  }

  @Test("(j) bars that were taken before a restart come again: no strategy sees one twice")
  func patternJ() throws {
    defer { cleanUp() }
    let whole = try stage("whole")
    #expect(try whole.process() == .ended(LiveEnd(cause: .feedEnded)))
    for steps in [9, 17, 25] {
      var stage = try stage("crash\(steps)")
      #expect(try stage.process(steps: steps) == .crashed(phase: .running))
      stage.repeatsBars = true
      #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)))
      #expect(try LiveStage.story(stage.path) == LiveStage.story(whole.path))
      #expect(stage.book?.held == whole.book?.held)
      #expect(try count(BarObserved.self, in: stage.path) == count(BarObserved.self, in: whole.path))
    }
  }

  @Test("(k) a reconciliation that settled something: the next starts change nothing of it")
  func patternK() throws {
    defer { cleanUp() }
    var stage = try stage()
    stage.unknownPositions = .adopt
    let symbol = RunStage.symbols(2)[0]
    stage.book?.held[symbol] = 3 * FixedPoint.unit
    var adopted: [Int] = []
    for _ in 0..<3 {
      #expect(try stage.process(steps: 8) == .crashed(phase: .running))
      adopted.append(try count(AccountAdopted.self, in: stage.path))
    }
    #expect(adopted == [1, 1, 1])
    #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)))
    #expect(try count(AccountAdopted.self, in: stage.path) == 1)
    #expect(try count(ReconciliationBreak.self, in: stage.path) == 0)
    #expect(stage.book?.orders.allSatisfy { $0.timesAccepted == 1 } == true)
  }

  @Test("(l) the broker has closed a position: the run says so and stops, and doesn't buy it back")
  func patternL() throws {
    defer { cleanUp() }
    let stage = try stage()
    let book = try #require(stage.book)
    var steps = 0
    // Until something is held.
    while book.held.values.allSatisfy({ $0 == 0 }) {
      steps += 1
      try #require(steps < 30)
      #expect(try stage.process(steps: 4) == .crashed(phase: .running))
    }
    let before = book.orders.count
    for (symbol, held) in book.held {
      book.cash += Price(nanos: 100 * FixedPoint.unit).notional(Quantity(nanos: held), multiplier: FixedPoint.unit)
      book.held[symbol] = 0
    }
    guard case .ended(let end) = try stage.process() else {
      Issue.record("it did not end")
      return
    }
    #expect(end.cause == .feedEnded)
    #expect(try count(ReconciliationBreak.self, in: stage.path) >= 1)
    #expect(try count(AccountAdopted.self, in: stage.path) == 0)
    var reader = try JournalReader(path: stage.path)
    var states: [TradingState] = []
    while let event = try reader.next() {
      if event.kind == TradingStateChanged.kind { states.append(try event.decode(TradingStateChanged.self).state) }
    }
    #expect(states.last == .halted)
    #expect(book.orders.count == before, "no order was sent on")
  }

  @Test("(m) ids of orders go on where they were: a restarted run uses none again")
  func patternM() throws {
    defer { cleanUp() }
    let stage = try stage()
    let book = try #require(stage.book)
    var (processes, counts) = (0, [Int]())
    while case .crashed = try stage.process(steps: 6) {
      processes += 1
      counts.append(book.orders.count)
      try #require(processes < 60)
    }
    #expect(Set(counts).count >= 4, "orders were made in several processes")
    let ids = book.orders.map(\.ticket.clientOrderID)
    #expect(Set(ids).count == ids.count && book.orders.allSatisfy { $0.timesAccepted == 1 })
    // Each is made of its intent's place in the journal, which no process chooses.
    var reader = try JournalReader(path: stage.path)
    var intents: [String] = []
    let runID = try JournalChain([UnheldFile(path: stage.path)]).started.runID
    while let event = try reader.next() {
      if event.kind == OrderIntent.kind { intents.append(ClientOrderID.text(runID: runID, sequence: event.sequence)) }
    }
    #expect(intents == ids)
  }
}
