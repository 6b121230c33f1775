// Goal: a certificate says of a run what its journal shows, explains what the venue did otherwise, and calls unexplained what nothing explains.
// Method: runs of the live stage, on paper and at a venue that fills at prices the test picks; journals whose events the test has changed.
import Brokers
import Core
import Events
import Foundation
import Journal
import Market
import Runtime
import Strategies
import Testing

@Suite("A certificate")
struct CertificateTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "engine-certify-\(UUID().uuidString)")
    .path
  private static let cash = 100_000 * Int128(FixedPoint.unit)
  /// Orders that fit into one bar's volume, so that the twin fills each at once.
  private static let profile = StageProfile.text(
    strategies: ["sma_cross: {fast: 2, slow: 5, allow_short: true}"], sizing: "{shares: 1}", volume: "100 %")

  private func stage(_ slots: Int) throws -> (LiveStage, [Bar]) {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let bars = RunStage.walk(slots * 2, symbols: 2, seed: 7)
    let journal = try RunStage.journal(bars, symbols: RunStage.symbols(2))
    return (try LiveStage(Self.profile, bars: journal, path: "\(folder)/run.zst"), bars)
  }

  private func cleanUp() { try? FileManager.default.removeItem(atPath: folder) }

  private func certificate(
    _ stage: LiveStage, later: MemoryFile? = nil, toleranceMicros: Int64 = 0
  ) throws -> Certificate {
    let chain = try JournalChain(try PosixFile.open(path: stage.path, writable: false))
    return try Certificate.certify(
      chain, catalog: .builtIn, later: try later.map { try JournalChain($0) }, toleranceMicros: toleranceMicros)
  }

  /// A live run at a venue that fills each order at the price that `quote` makes of the next bar of its instrument, where there is one.
  private func live(_ quote: @escaping (OrderTicket, Bar) -> Price) throws -> LiveStage {
    var (stage, bars) = try stage(60)
    stage.mode = .live
    let book = ModelBook(cash: Self.cash)
    book.price = { ticket, now in
      let next = bars.first { $0.instrument == ticket.instrument && $0.openTime >= now }
      return next.map { quote(ticket, $0) } ?? Price(nanos: 100 * FixedPoint.unit)
    }
    stage.book = book
    #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)))
    return stage
  }

  @Test("of a paper run finds the twin to be the run: every signal, decision and order alike")
  func paper() throws {
    defer { cleanUp() }
    let (stage, bars) = try stage(60)
    #expect(try stage.process() == .ended(LiveEnd(cause: .feedEnded)))
    let certificate = try certificate(stage, later: stage.bars)
    #expect(certificate.unexplained.isEmpty)
    #expect(certificate.isEnded && certificate.bars == UInt64(bars.count))
    #expect(certificate.replay.decisions > 10 && certificate.replay.equalDecisions == certificate.replay.decisions)
    #expect(certificate.replay.derived > 50 && certificate.replay.equalDerived == certificate.replay.derived)
    #expect(certificate.twin.rows.count > 10 && certificate.twin.rows.allSatisfy { $0.reason == .same })
    #expect(certificate.twin.signals > 10 && certificate.twin.signalsAlike == certificate.twin.signals)
    #expect(certificate.twin.decidedAlike == certificate.twin.decided && certificate.twin.parting == nil)
    #expect(certificate.twin.priceCost == 0 && certificate.twin.feeCost == 0 && certificate.twin.basisPoints == 0)
    #expect(certificate.revisions.told.isEmpty && certificate.revisions.later?.equal == UInt64(bars.count))
  }

  @Test("of a live run whose venue fills at the twin's prices finds all alike")
  func sameFills() throws {
    defer { cleanUp() }
    let stage = try live { _, next in next.open }
    let certificate = try certificate(stage)
    #expect(certificate.unexplained.isEmpty)
    #expect(certificate.twin.rows.count > 10)
    // Behind the last bar the venue still fills, and the twin doesn't.
    let last = try #require(certificate.lastTime)
    #expect(certificate.twin.rows.allSatisfy { $0.reason == .same || $0.run?.time == last })
    #expect(certificate.twin.signalsAlike == certificate.twin.signals && certificate.twin.parting == nil)
    #expect(certificate.twin.decidedAlike == certificate.twin.decided && certificate.twin.priceCost == 0)
  }

  @Test(
    "says what each order cost more than the twin's, in money and basis points, and takes a price that the bar has for explained"
  )
  func cost() throws {
    defer { cleanUp() }
    // The worst price that the market had.
    let stage = try live { ticket, next in ticket.side == .buy ? next.high : next.low }
    let certificate = try certificate(stage)
    #expect(certificate.unexplained.isEmpty)
    let priced = certificate.twin.rows.filter { $0.priceCost != nil }
    #expect(priced.count > 10)
    var (cost, value) = (Int128(0), Int128(0))
    for row in priced {
      let (run, twin) = (try #require(row.run), try #require(row.twin))
      // One fill each, of one unit price: recomputed by hand.
      let (ours, theirs) = (try #require(run.fills.first), try #require(twin.fills.first))
      let units = Int128(min(ours.quantity.nanos, theirs.quantity.nanos))
      let expected =
        Int128(ours.price.nanos - theirs.price.nanos) * units / Int128(FixedPoint.unit) * Int128(run.side.sign)
      #expect(row.priceCost == expected && expected >= 0)
      cost += expected
      value += Int128(theirs.price.nanos) * units / Int128(FixedPoint.unit)
      let basisPoints = try #require(row.basisPoints)
      let wanted = Double(run.side.sign) * (Double(ours.price.nanos) / Double(theirs.price.nanos) - 1) * 10_000
      #expect(abs(basisPoints - wanted) < 1e-6)
    }
    #expect(cost > 0 && certificate.twin.priceCost == cost)
    #expect(abs(try #require(certificate.twin.basisPoints) - Double(cost) / Double(value) * 10_000) < 1e-9)
    #expect(certificate.twin.parting?.field == .cash)
  }

  @Test("calls a price unexplained that the bar of its time doesn't have, unless it lies within the tolerance")
  func otherMarket() throws {
    defer { cleanUp() }
    let stage = try live { _, next in Price(nanos: next.high.nanos + next.high.nanos / 1_000) }
    let certificate = try certificate(stage)
    #expect(certificate.unexplained.count > 10)
    for one in certificate.unexplained {
      guard case .price(_, _, _, let price, let low, let high) = one else {
        Issue.record("\(one)")
        continue
      }
      #expect(price > high && low <= high)
    }
    #expect(certificate.twin.rows.contains { $0.reason == .otherMarket && !$0.isExplained })
    // A thousandth above the high is ten basis points.
    #expect(try self.certificate(stage, toleranceMicros: 1_100).unexplained.isEmpty)
    #expect(try self.certificate(stage, toleranceMicros: 900).unexplained.isEmpty == false)
  }

  @Test("names a balance at the venue that the run can't account for")
  func foreignPosition() throws {
    defer { cleanUp() }
    var (stage, _) = try stage(40)
    stage.mode = .live
    let book = ModelBook(cash: Self.cash)
    book.held["S1"] = 5 * FixedPoint.unit
    stage.book = book
    _ = try stage.process()
    let unexplained = try certificate(stage).unexplained
    #expect(
      unexplained.contains {
        if case .position(_, InstrumentIndex(1), .zero, Quantity(nanos: 5_000_000_000)) = $0 { true } else { false }
      }, "\(unexplained)")
  }

  @Test("counts the decisions before an event that was changed, and names the event")
  func changed() throws {
    defer { cleanUp() }
    let run = try RunStage.run(
      StageProfile.cross, over: try RunStage.journal(RunStage.walk(200, seed: 3), symbols: ["A"]))
    var journal = try EditableJournal(run.file)
    let decisions = try journal.items.indices.filter { position in
      guard case .row(let bytes) = journal.items[position] else { return false }
      return try journal.isDerived(position) && bytes[0] == RiskDecision.kind.rawValue
    }
    let position = decisions[decisions.count / 2]
    guard case .row(let bytes) = journal.items[position],
      let other = try EditableJournal.changed(bytes, at: UInt64(position))
    else {
      Issue.record("event \(position) can't be changed")
      return
    }
    journal.items[position] = .row(other)
    let certificate = try Certificate.certify(try JournalChain(try journal.written()), catalog: .builtIn)
    #expect(certificate.unexplained.contains(.replay(sequence: UInt64(position))))
    #expect(certificate.replay.decisions == UInt64(decisions.count))
    #expect(certificate.replay.equalDecisions == UInt64(decisions.count / 2))
    // A backtest has no venue whose answers could explain that twin and run differ.
    #expect(certificate.unexplained.contains { if case .decision = $0 { true } else { false } })
  }

  @Test("refuses a run without its beginning, and a journal without decisions")
  func refuses() throws {
    let bars = try RunStage.journal(RunStage.walk(20, seed: 3), symbols: ["A"])
    #expect(throws: RunError.self) { try Certificate.certify(try JournalChain(bars), catalog: .builtIn) }
  }
}

@Suite("Bars that were revised")
struct LaterBarsTests {
  private func chain(_ bars: [Bar], _ symbols: [String] = ["A", "B"]) throws -> JournalChain {
    try JournalChain(try RunStage.journal(bars, symbols: symbols))
  }

  private func with(_ bar: Bar, close: Int64? = nil, volume: Int64? = nil) throws -> Bar {
    let close = Price(nanos: close ?? bar.close.nanos)
    return try Bar(
      instrument: bar.instrument, openTime: bar.openTime, durationNanos: bar.durationNanos, open: bar.open,
      high: max(bar.high, close), low: min(bar.low, close), close: close,
      volume: Quantity(nanos: volume ?? bar.volume.nanos), source: bar.source, isHistorical: bar.isHistorical,
      closesSlot: bar.closesSlot)
  }

  @Test(
    "are named by symbol, time and value; those that are gone or new are counted, and what lies outside the run's time is left alone"
  )
  func compares() throws {
    let walk = RunStage.walk(60, symbols: 2, seed: 5)
    let seen = Array(walk[10..<50])
    var later = walk
    later[20] = try with(walk[20], close: walk[20].close.nanos + 1)
    later[31] = try with(walk[31], volume: 7 * FixedPoint.unit)
    // A slot that is gone, and one bar of which the run saw only its neighbour.
    later.removeSubrange(40...41)
    var short = seen
    short.remove(at: 5)
    short[4] = short[4].with(instrument: short[4].instrument, closesSlot: true)
    let compared = try LaterBars.compare(try chain(short), with: try chain(later))
    #expect(compared.revised == 2 && compared.onlySeen == 2 && compared.onlyLater == 1)
    #expect(compared.equal == 39 - 4)
    #expect(
      compared.revisions.contains(
        LaterBars.Revision(
          instrument: walk[20].instrument, openTime: walk[20].openTime, field: .close, seen: walk[20].close.nanos,
          later: walk[20].close.nanos + 1)))
    #expect(
      compared.revisions.contains {
        $0.field == .volume && $0.openTime == walk[31].openTime && $0.later == 7 * FixedPoint.unit
      })
    #expect(compared.firstOnlySeen == LaterBars.Only(instrument: walk[40].instrument, openTime: walk[40].openTime))
    #expect(compared.firstOnlyLater == LaterBars.Only(instrument: walk[15].instrument, openTime: walk[15].openTime))
    #expect(!compared.isSame && compared.unknownSymbols.isEmpty)
  }

  @Test("are looked for by symbol, whatever the order and number of the other journal's")
  func symbols() throws {
    let walk = RunStage.walk(40, symbols: 2, seed: 5)
    let compared = try LaterBars.compare(
      try chain(walk), with: try chain(RunStage.walk(40, symbols: 2, seed: 5), ["B", "A"]))
    #expect(compared.equal + compared.revised == 40 && compared.revised > 30)
    let one = walk.filter { $0.instrument == InstrumentIndex(0) }.map {
      $0.with(instrument: $0.instrument, closesSlot: true)
    }
    let alone = try LaterBars.compare(try chain(walk), with: try chain(one, ["A"]))
    #expect(alone.isSame && alone.equal == 20 && alone.unknownSymbols == ["B"])
    #expect(throws: RunError.self) { try LaterBars.compare(try chain(walk), with: try chain(one, ["X"])) }
  }
}
