import Core
import Events
import Market
import Scenarios
import Testing

/// The life of one order at a venue outside, report by report. `PatternTests` has what other engines lost or doubled.
@Suite("Reports of a venue outside")
struct ReportTests {
  static let usdt = Currency("USDT")!

  /// A run that holds one working order for a unit of BTC.
  struct Desk: ~Copyable {
    var stage: Stage
    let id: OrderID
    var now = Timestamp(nanos: 0)

    init() throws {
      var configuration = ScenarioProfile().configuration
      configuration.currency = ReportTests.usdt
      configuration.venue = .external
      configuration.initialCash = 1_000_000 * Int128(FixedPoint.unit)
      configuration.sizing = .shares(Quantity(nanos: FixedPoint.unit))
      configuration.strategies = ScriptLine.specifications([
        ScriptLine(
          strategy: 0, instrument: 0, openNanos: 0, direction: .long, strengthMicros: 1_000_000,
          confidenceMicros: 1_000_000)
      ])
      let instrument = try Instrument(
        symbol: "BTCUSDT", assetClass: .crypto, currency: ReportTests.usdt, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: 10_000), calendar: .always)
      var stage = try Stage(configuration, [instrument])
      let bar = try Bar(
        instrument: InstrumentIndex(0), openTime: now, durationNanos: 60 * FixedPoint.unit,
        open: Price(nanos: 100 * FixedPoint.unit), high: Price(nanos: 100 * FixedPoint.unit),
        low: Price(nanos: 100 * FixedPoint.unit), close: Price(nanos: 100 * FixedPoint.unit),
        volume: Quantity(nanos: FixedPoint.unit), source: .synthetic)
      try stage.take(.bar(bar))
      now = bar.knownAt
      let intent = try #require(try stage.happenings().first { $0.body is OrderIntent })
      id = OrderID(sequence: intent.sequence)
      self.stage = stage
    }

    /// Tells one report and gives the names of what followed.
    @discardableResult
    mutating func tell(
      _ type: ExecutionType, _ quantity: Int64 = 0, of total: Int64 = 0, price: Int64 = 101, trade: String = "",
      fee: Int64 = 0, in asset: String = "USDT", order: OrderID?? = nil
    ) throws -> [String] {
      let isFill = type == .filled
      try stage.take(
        .report(
          ExecutionReport(
            type: type, source: .stream, order: order ?? id, instrument: InstrumentIndex(0), side: .buy,
            quantity: Quantity(nanos: quantity), cumulative: Quantity(nanos: total),
            price: isFill ? Price(nanos: price * FixedPoint.unit) : nil, fee: Int128(fee),
            liquidity: isFill ? .taker : nil, venueTime: now, feeAsset: isFill ? asset : "", clientOrderID: "",
            venueOrderID: "", tradeID: trade, reason: ""), now))
      return try stage.happenings().map { happening in
        if let alert = happening.body as? Alert { return alert.code.word }
        return "\(Swift.type(of: happening.body).name)"
      }
    }

    var held: Int64 { stage.engine.describe().books[0].quantity.nanos }
    var working: Int { stage.engine.describe().books[0].orders.count }
    var cash: Int128 { stage.engine.describe().cash }
  }

  private static let unit = FixedPoint.unit

  @Test("everything told for the second time changes nothing")
  func idempotent() throws {
    var desk = try Desk()
    for round in 0..<2 {
      let first = try desk.tell(.accepted)
      let second = try desk.tell(.filled, Self.unit / 2, of: Self.unit / 2, trade: "1")
      let third = try desk.tell(.filled, Self.unit / 2, of: Self.unit, trade: "2")
      if round == 1 { #expect(first + second + third == []) }
    }
    #expect(desk.held == Self.unit && desk.working == 0)
  }

  @Test("an order that ended with fewer fills booked than counted is remembered, over a restart too, until they come")
  func lacking() throws {
    var desk = try Desk()
    try desk.tell(.accepted)
    try desk.tell(.filled, Self.quarter, of: Self.quarter, trade: "1")
    #expect(desk.stage.engine.ordersLackingFills == [])
    try desk.tell(.cancelled, of: 3 * Self.quarter)
    #expect(desk.stage.engine.ordersLackingFills == [desk.id])
    var later = try Desk()
    try later.stage.restore(desk.stage.state(), nextSequence: desk.stage.nextSequence)
    desk = later
    #expect(desk.stage.engine.ordersLackingFills == [desk.id])
    try desk.tell(.filled, Self.quarter, of: 3 * Self.quarter, trade: "3")
    #expect(desk.stage.engine.ordersLackingFills == [desk.id])
    try desk.tell(.filled, Self.quarter, of: 2 * Self.quarter, trade: "2")
    #expect(desk.stage.engine.ordersLackingFills == [] && desk.held == 3 * Self.quarter)
  }

  @Test("fills in the wrong order, then the whole: each counted once")
  func wrongOrder() throws {
    var desk = try Desk()
    try desk.tell(.filled, Self.unit / 4, of: Self.unit, trade: "2")
    try desk.tell(.filled, Self.unit / 4 * 3, of: Self.unit / 4 * 3, trade: "1")
    #expect(desk.held == Self.unit && desk.working == 0)
  }

  /// Tells a quarter, and then the next one, each by its count, price and fee.
  private static let quarter = unit / 4

  @Test(
    "a fill without trade id that is told twice stands in for another one only until that is told: its price and fee are booked, once"
  )
  func repeatedWithoutTrade() throws {
    var desk = try Desk()
    let before = desk.cash
    try desk.tell(.filled, Self.quarter, of: Self.quarter, price: 100, fee: 7)
    try desk.tell(.cancelled, of: 2 * Self.quarter)
    // The second quarter is known by its count alone when the first is told again.
    try desk.tell(.filled, Self.quarter, of: Self.quarter, price: 100, fee: 7)
    #expect(desk.held == 2 * Self.quarter)
    for _ in 0..<2 {
      try desk.tell(.filled, Self.quarter, of: 2 * Self.quarter, price: 102, trade: "2", fee: 11)
      #expect(desk.held == 2 * Self.quarter)
      #expect(desk.stage.engine.describe().fees == 18)
      #expect(desk.cash == before - 18 - 202 * Int128(Self.quarter))
      #expect(desk.stage.engine.ledgerBalances && desk.stage.engine.sharesAddUp)
    }
    // The first one itself, at last.
    try desk.tell(.filled, Self.quarter, of: Self.quarter, price: 100, trade: "1", fee: 8)
    #expect(desk.stage.engine.describe().fees == 19 && desk.held == 2 * Self.quarter)
  }

  @Test("the same where the other one has no trade id either")
  func bothWithoutTrade() throws {
    var desk = try Desk()
    let before = desk.cash
    try desk.tell(.filled, Self.quarter, of: Self.quarter, price: 100, fee: 7)
    try desk.tell(.cancelled, of: 2 * Self.quarter)
    try desk.tell(.filled, Self.quarter, of: Self.quarter, price: 100, fee: 7)
    for _ in 0..<3 { try desk.tell(.filled, Self.quarter, of: 2 * Self.quarter, price: 102, fee: 11) }
    #expect(desk.stage.engine.describe().fees == 18 && desk.held == 2 * Self.quarter)
    #expect(desk.cash == before - 18 - 202 * Int128(Self.quarter))
  }

  @Test("what was inferred takes the fee and the price of the fill itself, whole or in parts")
  func inferredFirst() throws {
    var desk = try Desk()
    let before = desk.cash
    try desk.tell(.filled, 2 * Self.quarter, of: 2 * Self.quarter, price: 100)
    try desk.tell(.filled, Self.quarter, of: Self.quarter, price: 100, trade: "1", fee: 7)
    #expect(desk.stage.engine.describe().fees == 7)
    // Half of it is new.
    try desk.tell(.filled, 2 * Self.quarter, of: 3 * Self.quarter, price: 104, trade: "2", fee: 10)
    #expect(desk.stage.engine.describe().fees == 17 && desk.held == 3 * Self.quarter)
    #expect(desk.cash == before - 17 - 308 * Int128(Self.quarter))
    let bytes = desk.stage.state()
    try desk.stage.restore(bytes, nextSequence: desk.stage.nextSequence)
    #expect(desk.stage.state() == bytes)
  }

  @Test("a fee in what was bought is put right in units")
  func inferredUnits() throws {
    var desk = try Desk()
    let fee = Self.quarter / 1_000
    try desk.tell(.filled, Self.quarter, of: Self.quarter, trade: "", fee: fee, in: "BTC")
    try desk.tell(.filled, Self.quarter, of: Self.quarter, trade: "1", fee: 3 * fee, in: "BTC")
    #expect(desk.held == Self.quarter - 3 * fee)
    try desk.tell(.filled, Self.quarter, of: 2 * Self.quarter, trade: "", fee: 3 * fee, in: "BTC")
    try desk.tell(.filled, Self.quarter, of: 2 * Self.quarter, trade: "2", fee: fee, in: "BTC")
    #expect(desk.held == 2 * Self.quarter - 4 * fee)
    #expect(desk.stage.engine.describe().fees == 101 * Int128(4 * fee))
    #expect(desk.stage.engine.ledgerBalances && desk.stage.engine.sharesAddUp)
  }

  @Test("an overfill is booked whole and told")
  func overfill() throws {
    var desk = try Desk()
    let followed = try desk.tell(.filled, Self.unit * 2, of: Self.unit * 2, trade: "1")
    #expect(followed.last == "overfill")
    #expect(desk.held == 2 * Self.unit)
  }

  @Test("an order that never arrived is over, and nothing of it is held or working")
  func neverArrived() throws {
    var desk = try Desk()
    #expect(try desk.tell(.neverArrived) == ["order_cancelled"])
    #expect(desk.held == 0 && desk.working == 0)
  }

  @Test("a report on an order of nobody's, or of another run's, changes nothing but for an alert")
  func unknownOrder() throws {
    var desk = try Desk()
    #expect(try desk.tell(.filled, Self.unit, of: Self.unit, trade: "1", order: .some(nil)) == ["unknown_order"])
    #expect(
      try desk.tell(.filled, Self.unit, of: Self.unit, trade: "1", order: OrderID(sequence: 0)) == ["unknown_order"])
    #expect(desk.held == 0 && desk.working == 1)
  }

  @Test("a fee in what was bought is taken off the position, and the ledger still adds up")
  func feeInUnits() throws {
    var desk = try Desk()
    let before = desk.cash
    try desk.tell(.filled, Self.unit, of: Self.unit, trade: "1", fee: Self.unit / 1_000, in: "BTC")
    #expect(desk.held == Self.unit - Self.unit / 1_000)
    #expect(desk.cash == before - 101 * Int128(Self.unit))
    #expect(desk.stage.engine.describe().fees == Int128(101 * Self.unit / 1_000))
    #expect(desk.stage.engine.ledgerBalances && desk.stage.engine.sharesAddUp)
  }

  @Test("a fee in an asset without a price here is told, and not booked")
  func feeElsewhere() throws {
    var desk = try Desk()
    let followed = try desk.tell(.filled, Self.unit, of: Self.unit, trade: "1", fee: 5, in: "BNB")
    #expect(followed.contains("fee_in_other_asset"))
    #expect(desk.stage.engine.describe().fees == 0)
  }

  @Test("a refused cancel leaves the order working, and it can be asked for again")
  func cancelRefused() throws {
    var desk = try Desk()
    try desk.tell(.accepted)
    let now = desk.now
    try desk.stage.take(.command(.cancelAll, now))
    #expect(try desk.stage.happenings().contains { $0.body is CancelRequested })
    #expect(try desk.tell(.cancelRejected) == ["cancel_refused"])
    try desk.stage.take(.command(.cancelAll, now))
    #expect(try desk.stage.happenings().contains { $0.body is CancelRequested })
    #expect(desk.working == 1)
  }

  @Test("what no venue can have done is refused, and changes nothing")
  func impossible() throws {
    var desk = try Desk()
    let before = desk.stage.state()
    #expect(throws: ReduceError.self) { try desk.tell(.filled, Int64.max, of: Int64.max, trade: "1") }
    #expect(throws: ReduceError.self) { try desk.tell(.filled, 0, of: Self.unit, trade: "1") }
    #expect(desk.stage.state() == before)
  }

  @Test(
    "a kill with a venue outside asks for cancels, closes once they are confirmed, and is flat when the venue says so")
  func kill() throws {
    var desk = try Desk()
    try desk.tell(.filled, Self.unit / 2, of: Self.unit / 2, trade: "1")
    let now = desk.now
    try desk.stage.take(.kill(.command, now))
    let asked = try desk.stage.happenings()
    #expect(asked.contains { $0.body is CancelRequested } && asked.contains { $0.body is OrderIntent })
    let closing = try #require(asked.last { $0.body is OrderIntent })
    #expect((closing.body as? OrderIntent)?.quantity.nanos == Self.unit / 2)
    try desk.tell(.cancelled, of: Self.unit / 2)
    #expect(desk.stage.engine.killPhase == .flattening)
    try desk.stage.take(
      .report(
        ExecutionReport(
          type: .filled, source: .stream, order: OrderID(sequence: closing.sequence), instrument: InstrumentIndex(0),
          side: .sell, quantity: Quantity(nanos: Self.unit / 2), cumulative: Quantity(nanos: Self.unit / 2),
          price: Price(nanos: 99 * Self.unit), fee: 0, liquidity: .taker, venueTime: now, feeAsset: "USDT",
          clientOrderID: "", venueOrderID: "", tradeID: "2", reason: ""), now))
    #expect(desk.held == 0 && desk.working == 0)
    #expect(desk.stage.engine.killPhase == .flatAndHalted)
  }

  @Test("withheld orders are made and marked, leave nothing working, and flow again once told to")
  func withheld() throws {
    var desk = try Desk()
    try desk.tell(.neverArrived)
    try desk.stage.take(.command(.withhold, desk.now))
    let bar = try Bar(
      instrument: InstrumentIndex(0), openTime: desk.now, durationNanos: 60 * FixedPoint.unit,
      open: Price(nanos: 100 * FixedPoint.unit), high: Price(nanos: 100 * FixedPoint.unit),
      low: Price(nanos: 100 * FixedPoint.unit), close: Price(nanos: 100 * FixedPoint.unit),
      volume: Quantity(nanos: FixedPoint.unit), source: .synthetic)
    // What never arrived is decided on again at the next bar.
    try desk.stage.take(.bar(bar))
    let made = try desk.stage.happenings()
    #expect(made.contains { $0.body is OrderIntent } && made.contains { $0.body is OrderWithheld })
    #expect(desk.working == 0)
  }

  @Test("what an account holds comes in as capital, not as profit")
  func adoption() throws {
    var desk = try Desk()
    let before = desk.stage.engine.describe()
    try desk.stage.take(.adopted(AccountAdopted(cash: 500 * Int128(Self.unit)), desk.now))
    try desk.stage.take(
      .adopted(
        AccountAdopted(
          instrument: InstrumentIndex(0), quantity: Quantity(nanos: 3 * Self.unit), price: Price(nanos: 100 * Self.unit)
        ),
        desk.now))
    let after = desk.stage.engine.describe()
    #expect(after.cash == before.cash + 500 * Int128(Self.unit))
    #expect(after.equity == before.equity + 800 * Int128(Self.unit))
    #expect(after.realised == 0 && after.unrealised == 0)
    #expect(desk.stage.engine.ledgerBalances && desk.stage.engine.sharesAddUp)
    let bytes = desk.stage.state()
    try desk.stage.restore(bytes, nextSequence: desk.stage.nextSequence)
    #expect(desk.stage.state() == bytes)
  }
}

@Suite("A slot that was left open")
struct OpenSlotTests {
  /// What comes behind a slot that a crash left open.
  enum Follower: CaseIterable {
    case freshBarInTime, freshBarLate, historicalBar

    var makesHistory: Bool { self != .freshBarInTime }
  }

  @Test(
    "is decided on when time moves on, but as history where the clock says that its bars are old or history comes next",
    arguments: Follower.allCases)
  func staleSlot(_ follower: Follower) throws {
    var configuration = ScenarioProfile().configuration
    configuration.sizing = .shares(Quantity(nanos: FixedPoint.unit))
    configuration.strategies = ScriptLine.specifications([
      ScriptLine(
        strategy: 0, instrument: 0, openNanos: 0, direction: .long, strengthMicros: 1_000_000,
        confidenceMicros: 1_000_000)
    ])
    let instruments = try ["A", "B"].map { symbol in
      try Instrument(
        symbol: symbol, assetClass: .crypto, currency: .usd, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: FixedPoint.unit), calendar: .always)
    }
    func bar(_ minute: Int64, _ index: Int, closes: Bool) throws -> Bar {
      let price = Price(nanos: 100 * FixedPoint.unit)
      return try Bar(
        instrument: InstrumentIndex(index), openTime: Timestamp(nanos: minute * 60 * FixedPoint.unit),
        durationNanos: 60 * FixedPoint.unit, open: price, high: price, low: price, close: price,
        volume: Quantity(nanos: 1_000 * FixedPoint.unit), source: .synthetic, closesSlot: closes)
    }
    var stage = try Stage(configuration, instruments)
    // The bar that would have closed the slot was lost with the process.
    let first = try bar(0, 0, closes: false)
    try stage.take(.bar(first))
    #expect(try stage.happenings().isEmpty)
    let age: Int64 = follower == .freshBarLate ? 61 : 1
    try stage.take(.clock(Timestamp(nanos: first.knownAt.nanos + age * FixedPoint.unit), first.knownAt))
    try stage.take(.bar(try bar(1, 1, closes: true).marked(isHistorical: follower == .historicalBar)))
    let decisions = try stage.happenings().compactMap { $0.body as? RiskDecision }
    #expect(decisions.map(\.reason) == [follower.makesHistory ? .historicalBar : .withinLimits])
  }
}
