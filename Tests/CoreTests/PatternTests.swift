import Core
import Events
import Market
import Scenarios
import Testing

/// Patterns in which other engines lost or doubled orders (peers.md D4), a test each: what the reducer answers for. The others are in `BrokersTests` and
/// `RuntimeTests` under the same name: `swift test --filter PatternTests` runs all fourteen.
@Suite("Patterns of lost and doubled orders, in the books")
struct PatternTests {
  private static let unit = FixedPoint.unit

  @Test("(c) a fill inferred from the count and then the real one, late: counted once")
  func patternC() throws {
    var desk = try ReportTests.Desk()
    try desk.tell(.filled, Self.unit / 2, of: Self.unit / 2)
    #expect(try desk.tell(.filled, Self.unit / 2, of: Self.unit / 2, trade: "7") == [])
    #expect(desk.held == Self.unit / 2)
  }

  @Test("(e) a cancel that is acknowledged, then a fill: the fill is booked and told as late")
  func patternE() throws {
    var desk = try ReportTests.Desk()
    #expect(try desk.tell(.cancelled) == ["order_accepted", "order_cancelled"])
    #expect(desk.working == 0)
    #expect(
      try desk.tell(.filled, Self.unit / 4, of: Self.unit / 4, trade: "1")
        == ["fill", "position_changed", "cash_changed", "late_fill"])
    #expect(desk.held == Self.unit / 4)
  }

  @Test("(f) the same fill by stream and by query under other ids: counted once")
  func patternF() throws {
    var desk = try ReportTests.Desk()
    try desk.tell(.filled, Self.unit, of: Self.unit, trade: "stream-1")
    #expect(try desk.tell(.filled, Self.unit, of: Self.unit, trade: "99") == [])
    #expect(desk.held == Self.unit)
  }

  @Test("(i) two strategies on two sides, and another account's order: nothing is netted into one")
  func patternI() throws {
    var configuration = ScenarioProfile().configuration
    configuration.currency = ReportTests.usdt
    configuration.venue = .external
    configuration.initialCash = 1_000_000 * Int128(FixedPoint.unit)
    configuration.sizing = .shares(Quantity(nanos: FixedPoint.unit))
    configuration.risk.isShortAllowed = true
    configuration.strategies = ScriptLine.specifications([
      ScriptLine(strategy: 0, instrument: 0, openNanos: 0, direction: .long),
      ScriptLine(strategy: 1, instrument: 0, openNanos: 60 * FixedPoint.unit, direction: .short),
      ScriptLine(strategy: 0, instrument: 0, openNanos: 120 * FixedPoint.unit, direction: .flat),
    ])
    let instrument = try Instrument(
      symbol: "BTCUSDT", assetClass: .crypto, currency: ReportTests.usdt, tickSize: Price(nanos: 10_000_000),
      lotSize: Quantity(nanos: 10_000), calendar: .always)
    var stage = try Stage(configuration, [instrument])
    func bar(_ minute: Int64) throws -> Bar {
      let price = Price(nanos: 100 * FixedPoint.unit)
      return try Bar(
        instrument: InstrumentIndex(0), openTime: Timestamp(nanos: minute * 60 * FixedPoint.unit),
        durationNanos: 60 * FixedPoint.unit, open: price, high: price, low: price, close: price,
        volume: Quantity(nanos: FixedPoint.unit), source: .synthetic)
    }
    var held: Int64 { stage.engine.describe().books[0].quantity.nanos }
    func fill(_ id: OrderID?, _ side: Side, trade: String, now: Timestamp) throws {
      try stage.take(
        .report(
          ExecutionReport(
            type: .filled, source: .stream, order: id, instrument: InstrumentIndex(0), side: side,
            quantity: Quantity(nanos: Self.unit), cumulative: Quantity(nanos: Self.unit),
            price: Price(nanos: 100 * Self.unit), fee: 0, liquidity: .taker, venueTime: now, feeAsset: "USDT",
            clientOrderID: "", venueOrderID: "", tradeID: trade, reason: ""), now))
    }
    // One buys, one sells: the account is flat then, and neither of them is. So the first one's exit is a sale, which the account's position alone doesn't ask for.
    for (minute, side, behind) in [(Int64(0), Side.buy, Self.unit), (1, .sell, 0), (2, .sell, -Self.unit)] {
      let bar = try bar(minute)
      try stage.take(.bar(bar))
      let orders = try stage.happenings().filter { $0.body is OrderIntent }
      let order = try #require(orders.first, "minute \(minute)")
      let intent = try #require(order.body as? OrderIntent)
      #expect(orders.count == 1 && intent.side == side && intent.quantity.nanos == Self.unit, "minute \(minute)")
      let before = held
      // Another account of the same owner trades at the same time, and the venue's stream tells that, too.
      try fill(nil, side, trade: "7\(minute)", now: bar.knownAt)
      #expect(try stage.happenings().contains { ($0.body as? Alert)?.code == .unknownOrder })
      #expect(held == before)
      try fill(OrderID(sequence: order.sequence), side, trade: "\(minute)", now: bar.knownAt)
      #expect(held == behind, "minute \(minute)")
    }
    #expect(stage.engine.sharesAddUp && stage.engine.ledgerBalances)
  }
}
