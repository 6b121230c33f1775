import Events
import Journal
import Market
import Projections
import Testing

/// The report of the sample run, compared whole and by hand, and what it says of runs that did nothing.
struct ReportTests {
  @Test("reports a run as text and as JSON")
  func sample() throws {
    let report = try report(SampleRun.scenario().journal())
    try expectGolden(report.text(), "report.txt")
    try expectGolden(report.json(), "report.json")
  }

  @Test("gives the figures that a person gets by hand")
  func byHand() throws {
    let report = try report(SampleRun.scenario().journal())
    #expect(report.startEquity == SampleRun.money(100_000))
    #expect(report.finalEquity == SampleRun.money(100_293))
    #expect(report.dayCount == 5)
    // 100,094 to 99,794 is the one loss; it is made good on the last day.
    let drawdown = try #require(report.drawdown)
    #expect(drawdown.amount == SampleRun.money(300))
    #expect(drawdown.peak == SampleRun.close(3))
    #expect(drawdown.trough == SampleRun.close(4))
    #expect(drawdown.recovered == SampleRun.close(5))
    // 295 realised less two fees of 1; slippage of 0.05 on 200 shares.
    #expect(report.trades.count == 1)
    #expect(report.trades.best == SampleRun.money(293))
    #expect(report.fees == SampleRun.money(2))
    #expect(report.slippage == SampleRun.money(10))
    #expect(report.timeInMarket == 0.4)
    #expect(report.orders.filled == 2)
    #expect(report.silence == nil)
  }

  @Test("counts a trade that turns a position over as closed, and its fee to the trade it closes")
  func turned() throws {
    var run = try SampleRun.scenario()
    run = run.replacing("p5") { _ in
      .derived(
        PositionChanged(
          instrument: SampleRun.aapl, quantity: try Quantity("-50"), costBasis: SampleRun.money(-5_200),
          realised: SampleRun.money(295)))
    }
    let report = try report(run.journal())
    #expect(report.trades.count == 1)
    #expect(report.trades.best == SampleRun.money(293))
    #expect(report.symbols.first?.position == (try Quantity("-50")))
    #expect(report.symbols.first?.marketValue == SampleRun.money(-5_200))
  }

  @Test("says at which event a run broke off")
  func endedEarly() throws {
    let report = try report(SampleRun.scenario().journal(missing: ["m5", "feed", "mark5", "end"]))
    #expect(!report.isComplete)
    #expect(report.text().contains("Ended early: no run_ended; the last event is 29 at 2024-01-06T21:00:00Z."))
  }

  private func quiet(
    _ mode: RunMode = .backtest, bars: Int = 1, warmingUp: UInt64 = 0,
    _ more: (inout Scenario) throws -> Void = { _ in }
  ) throws -> RunReport {
    var run = Scenario()
    run.input("start", try SampleRun.started(mode: mode), at: SampleRun.time(day: 1, hour: 0))
    if bars > 0 { run.bar("a1", try SampleRun.bar(SampleRun.aapl, day: 1, "1", "1", "1", "1", closes: true)) }
    try more(&run)
    run.input("feed", FeedEnded(reason: .exhausted), at: SampleRun.close(1))
    if mode != .import {
      run.derived("end", cause: "feed") { _ in
        RunEnded(
          stateDigest: [UInt8](repeating: 9, count: 32), bars: UInt64(bars), warmingUp: warmingUp, signals: 0,
          refused: 0, cut: 0, orders: 0, fills: 0)
      }
    }
    return try report(run.journal())
  }

  @Test("says why nothing was traded")
  func silence() throws {
    #expect(try quiet(.import).silence == .barsOnly)
    #expect(try quiet(bars: 0).silence == .noBars)
    #expect(try quiet(warmingUp: 1).silence == .warmingUp(bars: 1))
    #expect(try quiet().silence == .noSignal(bars: 1))
    let refused = try quiet { run in
      for (index, reason) in [RiskReason.halted, .positionCap, .positionCap].enumerated() {
        run.derived("s\(index)", cause: "a1") { _ in SampleRun.signal(SampleRun.aapl, .long, .crossedAbove) }
        run.derived("r\(index)", cause: "s\(index)") { _ in
          try SampleRun.decision(SampleRun.aapl, .refused, reason, "1", "0")
        }
      }
    }
    #expect(refused.silence == .refused(signals: 3, reason: "position_cap", count: 2))
    let expired = try quiet { run in
      run.derived("s", cause: "a1") { _ in SampleRun.signal(SampleRun.aapl, .long, .crossedAbove) }
      run.derived("o", cause: "s") { _ in try SampleRun.intent(.buy, "1") }
      run.derived("x", cause: "a1") { at in
        OrderExpired(order: OrderID(sequence: at("o")), leaves: try Quantity("1"))
      }
    }
    #expect(expired.silence == .neverFilled(orders: 1, expired: 1, cancelled: 0, rejected: 0, open: 0))
    for report in try [quiet(.import), quiet(bars: 0), refused, expired] {
      let silence = try #require(report.silence)
      #expect(report.text().contains("No trades: \(silence.text)."))
      #expect(report.json().contains("\"no_trades\": \"\(silence.code)\""))
    }
  }

  /// A report of a real venue on the order that was filled on day 3.
  private static func told(_ order: UInt64) throws -> ExecutionReport {
    ExecutionReport(
      type: .filled, source: .stream, order: OrderID(sequence: order), instrument: SampleRun.aapl, side: .buy,
      quantity: try Quantity("100"), cumulative: try Quantity("100"), price: try Price("101.05"), fee: 0,
      liquidity: .taker, venueTime: SampleRun.close(3), feeAsset: "AAPL", clientOrderID: "", venueOrderID: "",
      tradeID: "1", reason: "")
  }

  // Story: fees that a report corrected in cash were counted, those that it corrected in units were not.
  @Test("counts units that a venue's report takes as a fee behind the fill, and those that it gives back")
  func correctedUnits() throws {
    var run = try SampleRun.scenario()
    let place = try #require(run.steps.firstIndex { $0.label == "m3" })
    var more = Scenario()
    more.input("told", try Self.told(0), at: SampleRun.close(3))
    more.derived("units", cause: "told") { _ in
      PositionChanged(
        instrument: SampleRun.aapl, quantity: try Quantity("97"), costBasis: SampleRun.money(9_802), realised: 0)
    }
    more.input("again", try Self.told(0), at: SampleRun.close(3))
    more.derived("refund", cause: "again") { _ in
      PositionChanged(
        instrument: SampleRun.aapl, quantity: try Quantity("98"), costBasis: SampleRun.money(9_903), realised: 0)
    }
    more.derived("cash", cause: "again") { _ in
      CashChanged(reason: .feeCorrection, amount: SampleRun.money(-5), balance: SampleRun.money(89_889))
    }
    run.steps.insert(contentsOf: more.steps, at: place + 1)
    let report = try report(run.journal())
    // Two fees of 1, three units less one at 101.05, and 5 in cash.
    let expected = SampleRun.money(7) + 2 * 101_050_000_000
    #expect(report.fees == expected)
    #expect(report.symbols.first?.fees == expected)
  }

  @Test("says what of the fees was paid in other assets, as text and as JSON")
  func assetFees() throws {
    var run = try SampleRun.scenario()
    run.derived("paid", cause: "f5") { at in
      FeeConverted(
        order: OrderID(sequence: at("o4")), bar: at("m5"), instrument: SampleRun.aapl, rateInstrument: SampleRun.msft,
        rate: try Price("202"), amount: 5_000_000, booked: 1_010_000_000, replaced: 0, replacedBooked: 0, asset: "BNB")
    }
    run.derived("corrected", cause: "f5") { at in
      FeeConverted(
        order: OrderID(sequence: at("o4")), bar: at("m5"), instrument: SampleRun.aapl, rateInstrument: SampleRun.msft,
        rate: try Price("202"), amount: 6_000_000, booked: 1_212_000_000, replaced: 5_000_000,
        replacedBooked: 1_010_000_000, asset: "BNB")
    }
    let report = try report(run.journal())
    #expect(report.assetFees.map(\.amount) == [6_000_000] && report.assetFees.map(\.booked) == [1_212_000_000])
    #expect(report.text().contains("0.006 booked as 1.21 USD"), "\(report.text())")
    #expect(report.json().contains(#""asset": "BNB""#), "\(report.json())")
  }
}
