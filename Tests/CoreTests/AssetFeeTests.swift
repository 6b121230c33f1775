// Goal: a fee that a real venue takes in an asset of its own is booked at the last journaled close of the pair that the profile names, once and exactly, and never silently not.
// Method: one order for BTC, reports whose fees are in BNB, and bars of both; what is booked is compared with the product worked out by hand.
import Core
import Events
import Market
import Scenarios
import Strategies
import Testing

@Suite("Fees in an asset that the run doesn't pay with")
struct AssetFeeTests {
  private static let unit = FixedPoint.unit
  private static let (btc, bnb) = (InstrumentIndex(0), InstrumentIndex(1))

  private static func configuration(_ rates: [FeeRate]) -> RunConfiguration {
    var configuration = ScenarioProfile().configuration
    configuration.currency = ReportTests.usdt
    configuration.venue = .external
    configuration.initialCash = 1_000_000 * Int128(unit)
    configuration.sizing = .shares(Quantity(nanos: unit))
    configuration.feeRates = rates
    configuration.strategies = ScriptLine.specifications([
      ScriptLine(
        strategy: 0, instrument: 0, openNanos: 60 * unit, direction: .long, strengthMicros: 1_000_000,
        confidenceMicros: 1_000_000),
      ScriptLine(
        strategy: 0, instrument: 1, openNanos: 60 * unit, direction: .long, strengthMicros: 1_000_000,
        confidenceMicros: 1_000_000),
    ])
    return configuration
  }

  private static func instruments(_ symbols: [String] = ["BTCUSDT", "BNBUSDT"]) throws -> [Instrument] {
    try symbols.map {
      try Instrument(
        symbol: $0, assetClass: .crypto, currency: ReportTests.usdt, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: 10_000), calendar: .always)
    }
  }

  /// A run with a working order for a unit of BTC, and BNB at 612.34 where it has had a bar.
  private struct Desk: ~Copyable {
    var stage: Stage
    let id: OrderID
    let now = Timestamp(nanos: 120 * unit)
    /// Sequence of BNB's bar.
    let rateBar: UInt64

    init(
      _ rates: [FeeRate] = [FeeRate(asset: "BNB", rateSymbol: "BNBUSDT")], hasRate: Bool = true
    ) throws {
      var stage = try Stage(AssetFeeTests.configuration(rates), try AssetFeeTests.instruments())
      if hasRate { try AssetFeeTests.bar(&stage, AssetFeeTests.bnb, minute: 0, 612_340_000_000) }
      try AssetFeeTests.bar(&stage, AssetFeeTests.btc, minute: 1, 100 * unit)
      let intent = try #require(try stage.happenings().first { $0.body is OrderIntent })
      rateBar = hasRate ? 1 : 0
      id = OrderID(sequence: intent.sequence)
      self.stage = stage
    }

    mutating func tell(
      _ quantity: Int64, of total: Int64, trade: String, fee: Int64, in asset: String = "BNB"
    ) throws -> [Happening] {
      try stage.take(
        .report(
          ExecutionReport(
            type: .filled, source: .stream, order: id, instrument: AssetFeeTests.btc, side: .buy,
            quantity: Quantity(nanos: quantity), cumulative: Quantity(nanos: total), price: Price(nanos: 101 * unit),
            fee: Int128(fee), liquidity: .taker, venueTime: now, feeAsset: asset, clientOrderID: "", venueOrderID: "",
            tradeID: trade, reason: ""), now))
      let happenings = try stage.happenings()
      #expect(stage.engine.ledgerBalances && stage.engine.sharesAddUp)
      return happenings
    }
  }

  private static func bar(
    _ stage: inout Stage, _ instrument: InstrumentIndex, minute: Int64, _ price: Int64
  ) throws {
    try stage.take(
      .bar(
        Bar(
          instrument: instrument, openTime: Timestamp(nanos: minute * 60 * unit), durationNanos: 60 * unit,
          open: Price(nanos: price), high: Price(nanos: price), low: Price(nanos: price), close: Price(nanos: price),
          volume: Quantity(nanos: unit), source: .synthetic)))
  }

  @Test("are booked at the pair's last close, rounded half to even, with asset, amount and bar in the journal")
  func booked() throws {
    var desk = try Desk()
    let before = desk.stage.engine.describe().cash
    let followed = try desk.tell(Self.unit, of: Self.unit, trade: "1", fee: 1_235)
    // 1,235 nanos of BNB × 612.34 = 756,239.9 nanos.
    let booked: Int128 = 756_240
    let state = desk.stage.engine.describe()
    #expect(state.fees == booked && state.cash == before - 101 * Int128(Self.unit) - booked)
    let fill = try #require(followed.first { $0.body is Fill })
    #expect((fill.body as? Fill)?.fee == booked)
    let told = try #require(followed.first { $0.body is FeeConverted })
    #expect(told.cause == fill.sequence)
    #expect(
      told.body as? FeeConverted
        == FeeConverted(
          order: desk.id, bar: desk.rateBar, instrument: Self.btc, rateInstrument: Self.bnb,
          rate: Price(nanos: 612_340_000_000), amount: 1_235, booked: booked, replaced: 0, replacedBooked: 0,
          asset: "BNB"))
    #expect(!followed.contains { $0.body is Alert })
    #expect(state.assetFees.map { [$0.amount, $0.booked] } == [[1_235, booked]])
    // Told again it is not booked again.
    #expect(try desk.tell(Self.unit, of: Self.unit, trade: "1", fee: 1_235).isEmpty)
  }

  @Test("half of a unit of 10⁻⁹ goes to the even one, and a rebate is booked as one")
  func rounding() throws {
    var desk = try Desk()
    try Self.bar(&desk.stage, Self.bnb, minute: 1, 500_000_000)
    for (trade, fee, booked) in [("1", 1, 0), ("2", 3, 2), ("3", 5, 2), ("4", -3, -2)] as [(String, Int64, Int128)] {
      let already = desk.stage.engine.describe().fees
      let filled = Int64(trade)! * Self.unit / 10
      _ = try desk.tell(Self.unit / 10, of: filled, trade: trade, fee: fee)
      #expect(desk.stage.engine.describe().fees - already == booked, "\(fee)")
    }
  }

  @Test("are told and booked nowhere where no rate is named, or the pair has had no bar")
  func withoutRate() throws {
    var unnamed = try Desk([FeeRate(asset: "BTC", rateSymbol: "BTCUSDT", isRateTraded: true)])
    var barless = try Desk(hasRate: false)
    for followed in [
      try unnamed.tell(Self.unit, of: Self.unit, trade: "1", fee: 1_235),
      try barless.tell(Self.unit, of: Self.unit, trade: "1", fee: 1_235),
    ] {
      #expect(followed.contains { ($0.body as? Alert)?.code == .feeInOtherAsset })
      #expect(!followed.contains { $0.body is FeeConverted })
    }
    #expect(unnamed.stage.engine.describe().fees == 0 && barless.stage.engine.describe().fees == 0)
  }

  @Test("a pair that is there for its price alone is seen by no strategy; one that is traded is")
  func priceAlone() throws {
    var alone = try Desk()
    try Self.bar(&alone.stage, Self.bnb, minute: 1, 600 * Self.unit)
    #expect(try !alone.stage.happenings().contains { $0.body is Signal })
    var traded = try Desk([FeeRate(asset: "BNB", rateSymbol: "BNBUSDT", isRateTraded: true)])
    try Self.bar(&traded.stage, Self.bnb, minute: 1, 600 * Self.unit)
    #expect(try traded.stage.happenings().contains { ($0.body as? Signal)?.instrument == Self.bnb })
  }

  @Test("a fill that was inferred takes the fee of the fill itself, in the other asset too, over a restart")
  func corrected() throws {
    var desk = try Desk()
    let half = Self.unit / 2
    _ = try desk.tell(half, of: half, trade: "", fee: 1_000)
    #expect(desk.stage.engine.describe().fees == 612_340)
    // The pair's price moves, and the process is another one when the trade itself is told.
    try Self.bar(&desk.stage, Self.bnb, minute: 1, 600 * Self.unit)
    let bytes = desk.stage.state()
    try desk.stage.restore(bytes, nextSequence: desk.stage.nextSequence)
    #expect(desk.stage.state() == bytes)
    let followed = try desk.tell(half, of: half, trade: "1", fee: 1_200)
    let told = try #require(followed.compactMap { $0.body as? FeeConverted }.first)
    #expect(told.amount == 1_200 && told.booked == 720_000 && told.replaced == 1_000 && told.replacedBooked == 612_340)
    var state = desk.stage.engine.describe()
    #expect(state.fees == 720_000 && state.assetFees.map { [$0.amount, $0.booked] } == [[1_200, 720_000]])
    // A fee that turns out to have been paid in cash leaves nothing in the asset.
    _ = try desk.tell(half, of: 2 * half, trade: "", fee: 1_000)
    let moved = try desk.tell(half, of: 2 * half, trade: "2", fee: 50_000, in: "USDT")
    #expect(moved.contains { ($0.body as? FeeConverted)?.replaced == 1_000 })
    state = desk.stage.engine.describe()
    #expect(state.fees == 770_000 && state.assetFees.map { [$0.amount, $0.booked] } == [[1_200, 720_000]])
  }

  @Test("a restart before the fill and none come to the same bytes")
  func restarted() throws {
    var whole = try Desk()
    var cut = try Desk()
    let bytes = cut.stage.state()
    try cut.stage.restore(bytes, nextSequence: cut.stage.nextSequence)
    _ = try whole.tell(Self.unit, of: Self.unit, trade: "1", fee: 1_235)
    _ = try cut.tell(Self.unit, of: Self.unit, trade: "1", fee: 1_235)
    #expect(whole.stage.out.rows.array == cut.stage.out.rows.array && whole.stage.state() == cut.stage.state())
  }

  @Test("a rate that the run doesn't have, or that is another asset's, is refused")
  func refusals() throws {
    func problem(_ rate: FeeRate) throws -> EngineError? {
      let catalog = try StrategyCatalog(adding: [ScriptedStrategy.self])
      let instruments = try Self.instruments()
      do throws(EngineError) {
        _ = try Engine(
          configuration: Self.configuration([rate]), instruments: instruments, catalog: catalog)
        return nil
      } catch { return error }
    }
    #expect(
      try problem(FeeRate(asset: "BNB", rateSymbol: "BNBUSDC"))
        == .feeRates(.unknown(symbol: "BNBUSDC", asset: "BNB")))
    #expect(
      try problem(FeeRate(asset: "BNB", rateSymbol: "BTCUSDT"))
        == .feeRates(
          .unfit(
            symbol: "BTCUSDT", asset: "BNB", bought: "BTC", quoted: ReportTests.usdt, run: ReportTests.usdt)))
  }
}
