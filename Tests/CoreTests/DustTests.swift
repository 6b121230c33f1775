// Goal: at a real venue a rest that no order can close keeps neither a flattened strategy nor a kill open, where the profile says what is too little, and is told.
// Method: one position at a venue outside whose fees leave part of a lot, closed by a breaker, by a kill, and left alone while its worth falls.
import Core
import Events
import Market
import Scenarios
import Testing

@Suite("Dust at a venue outside")
struct DustTests {
  private static let unit = FixedPoint.unit

  /// A run that buys a unit of BTC on its first bar, in lots of 0.1, and whose strategy is flattened when it has lost 5 on a day.
  private struct Run: ~Copyable {
    var stage: Stage
    var minute: Int64 = 0
    var trades = 0

    init(least: Int128?, exits: ProtectiveExits = ProtectiveExits()) throws {
      var configuration = ScenarioProfile().configuration
      configuration.currency = ReportTests.usdt
      configuration.venue = .external
      configuration.minNotional = least.map { $0 * Int128(unit) }
      configuration.exits = exits
      configuration.initialCash = 1_000_000 * Int128(unit)
      configuration.sizing = .shares(Quantity(nanos: unit))
      configuration.risk.breakers = [
        BreakerRule(watches: .dailyLossOpen, scope: .strategy, threshold: 5 * unit, action: .flatten)
      ]
      configuration.strategies = ScriptLine.specifications([
        ScriptLine(instrument: 0, openNanos: 0, direction: .long)
      ])
      stage = try Stage(
        configuration,
        [
          try Instrument(
            symbol: "BTCUSDT", assetClass: .crypto, currency: ReportTests.usdt, tickSize: Price(nanos: 10_000_000),
            lotSize: Quantity(nanos: 100_000_000), calendar: .always)
        ])
    }

    mutating func bar(_ price: Int64) throws -> [any EventBody] {
      try stage.takeFlatBar(price, minute: minute)
      minute += 1
      return try stage.happenings().map(\.body)
    }

    /// Fills the oldest order with hundredths of a unit, and takes hundredths of a unit as the fee.
    mutating func fill(_ hundredths: Int64, price: Int64 = 100, fee: Int64 = 0) throws -> [any EventBody] {
      let order = try #require(working.first)
      trades += 1
      try stage.take(
        .report(
          ExecutionReport(
            type: .filled, source: .stream, order: order.id, instrument: InstrumentIndex(0), side: order.side,
            quantity: Quantity(nanos: hundredths * unit / 100), cumulative: .zero, price: Price(nanos: price * unit),
            fee: Int128(fee * unit / 100), liquidity: .taker, venueTime: Timestamp(nanos: 1),
            feeAsset: fee == 0 ? "USDT" : "BTC", clientOrderID: "", venueOrderID: "", tradeID: "\(trades)", reason: ""),
          now))
      return try stage.happenings().map(\.body)
    }

    mutating func command(_ command: OperatorCommandType) throws -> [any EventBody] {
      try stage.take(.command(command, now))
      return try stage.happenings().map(\.body)
    }

    mutating func kill() throws -> [any EventBody] {
      try stage.take(.kill(.command, now))
      return try stage.happenings().map(\.body)
    }

    private var now: Timestamp { Timestamp(nanos: minute * 60 * unit) }
    var state: StateDescription { stage.engine.describe() }
    var working: [WorkingOrder] { state.books[0].orders }
    var held: Int64 { state.books[0].quantity.nanos * 100 / unit }
  }

  private static func alerts(_ bodies: [any EventBody]) -> [Alert] {
    bodies.compactMap { $0 as? Alert }.filter { $0.code == .dustLeft }
  }

  @Test("a strategy that is flattened to less than a lot is closed, and trades again once it is armed")
  func flattenedStrategy() throws {
    for least in [Int128?.some(0), nil] {
      var run = try Run(least: least)
      _ = try run.bar(100)
      _ = try run.fill(100, fee: 4)
      #expect(run.held == 96)
      let tripped = try run.bar(80)
      #expect(tripped.contains { ($0 as? OrderIntent)?.quantity == Quantity(nanos: 900_000_000) })
      var told = try run.fill(90, price: 80)
      #expect(run.held == 6 && run.working.isEmpty)
      told += try run.bar(80)
      _ = try run.command(.rearm)
      // 0.06 units at 80.
      let expected: [[Int64]] = least == nil ? [] : [[60_000_000, 4_800_000_000]]
      #expect(Self.alerts(told).map { [$0.first, $0.second] } == expected)
      #expect(run.state.states.isEmpty == (least != nil), "without the key it is as it was: halted for good")
      #expect(run.state.books[0].isDust)
    }
  }

  @Test("a kill is done where what is left is worth less than the venue's least order, and says what is left")
  func killedRest() throws {
    var run = try Run(least: 50)
    _ = try run.bar(100)
    _ = try run.fill(40)
    // What rests is cancelled first.
    let asked = try run.kill()
    #expect(asked.contains { $0 is CancelRequested } && !asked.contains { $0 is OrderIntent })
    let order = try #require(run.working.first)
    try run.stage.take(
      .report(
        ExecutionReport(
          type: .cancelled, source: .stream, order: order.id, instrument: InstrumentIndex(0), side: .buy,
          quantity: .zero, cumulative: .zero, price: nil, fee: 0, liquidity: nil, venueTime: Timestamp(nanos: 1),
          feeAsset: "", clientOrderID: "", venueOrderID: "", tradeID: "", reason: ""),
        Timestamp(nanos: run.minute * 60 * Self.unit)))
    let ended = try run.stage.happenings().map(\.body)
    let advanced = try #require(ended.compactMap { $0 as? KillAdvanced }.last)
    #expect(advanced.phase == .flatAndHalted && advanced.openPositions == 0)
    #expect(Self.alerts(ended).map { [$0.first, $0.second] } == [[400_000_000, 40_000_000_000]])
    #expect(try !run.bar(100).contains { $0 is OrderIntent })
    #expect(run.state.books[0].isDust && run.state.killPhase == .flatAndHalted)
  }

  @Test("what can be sold again counts as open again: dust is a matter of the price")
  func worthMore() throws {
    var run = try Run(least: 50)
    _ = try run.bar(100)
    _ = try run.fill(100)
    #expect(!run.state.books[0].isDust)
    _ = try run.bar(98)
    let sold = try run.kill()
    #expect(sold.contains { ($0 as? OrderIntent)?.quantity == Quantity(nanos: Self.unit) })
    #expect(run.state.killPhase == .flattening)
    // Half is sold: what is left is worth 49.
    _ = try run.fill(50, price: 98)
    #expect(run.state.books[0].isDust && !run.working.isEmpty)
    _ = try run.fill(50, price: 98)
    #expect(run.state.killPhase == .flatAndHalted && run.held == 0)
  }

  @Test("a stop that rests for what has become dust stays")
  func protectedDust() throws {
    var run = try Run(least: 98, exits: ProtectiveExits(stopLossMicros: 500_000))
    _ = try run.bar(100)
    _ = try run.fill(100)
    #expect(run.working.map(\.type) == [.stop])
    #expect(!run.state.books[0].isDust)
    // Worth 97 of 98, and 3 of the 5 are lost that flatten.
    #expect(try !run.bar(97).contains { $0 is CancelRequested })
    #expect(run.state.books[0].isDust && run.working.map(\.type) == [.stop])
  }
}
