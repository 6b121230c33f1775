import Events
import Market

/// Two fixed events of one kind: an ordinary one and one at the edges of its fields. Their rows are the golden bytes.
struct Sample {
  var ordinary: any EventBody
  var extreme: any EventBody
}

/// The one table of samples: a kind without a line here fails, and so does a line without golden bytes.
///
/// Never edit a value: the bytes that journals hold are those of these samples. A new version of a kind adds golden files.
enum Samples {
  /// Ordinary rows stand at this sequence, caused by the event four before; inputs carry `ordinaryTime`.
  static let ordinarySequence: UInt64 = 1000
  static let ordinaryTime = Timestamp(nanos: 1_380_893_400_000_000_000)
  /// Extreme rows stand at the last sequence, caused by event 0; inputs carry the first instant there is.
  static let extremeSequence = UInt64.max
  static let extremeTime = Timestamp(nanos: .min)

  static func all() throws -> [Sample] {
    [
      try runStarted(), try bar(), corporateAction, dataPoint,
      Sample(
        ordinary: Timer(number: 7, reading: Timestamp(nanos: ordinaryTime.nanos + 12_345_678)),
        extreme: Timer(number: .max)),
      Sample(
        ordinary: OperatorCommand(command: .halt, reason: "venue reports a fault"),
        extreme: OperatorCommand(command: .cancelAll, reason: String(repeating: "é", count: 100))),
      Sample(ordinary: FeedEnded(reason: .exhausted), extreme: FeedEnded(reason: .stopped)),
      Sample(
        ordinary: JournalContinued(
          previousHead: digest(5, 32), previousEvents: 420, stateDigest: digest(6, 32), file: 3),
        extreme: JournalContinued(
          previousHead: digest(0, 32), previousEvents: .max - 1, stateDigest: digest(255, 32), file: .max)),
      Sample(
        ordinary: KillSwitch(source: .command, reason: "wrong symbol (by anna on desk-3)"),
        extreme: KillSwitch(source: .breaker, reason: "")),
      Sample(
        ordinary: TradingHalt(isHalted: true, instrument: InstrumentIndex(UInt16(3)), reason: "LUDP"),
        extreme: TradingHalt(isHalted: false, instrument: nil, reason: String(repeating: "ü", count: 100))),
      Sample(
        ordinary: ReconciliationBreak(
          instrument: InstrumentIndex(UInt16(3)), ours: Quantity(nanos: 100_000_000_000), theirs: .zero),
        extreme: ReconciliationBreak(
          instrument: InstrumentIndex(UInt16.max), ours: Quantity(nanos: -.max), theirs: Quantity(nanos: .max))),
    ] + OutsideSamples.all + [
      signal, riskDecision, orderIntent,
      Sample(
        ordinary: OrderAccepted(order: OrderID(sequence: 998), expiresAt: Timestamp(nanos: 1_380_916_800_000_000_000)),
        extreme: OrderAccepted(order: OrderID(sequence: 0), expiresAt: Timestamp(nanos: .max))),
      Sample(
        ordinary: OrderRejected(order: OrderID(sequence: 998), reason: .priceNotInTicks),
        extreme: OrderRejected(order: OrderID(sequence: 0), reason: .notSupported)),
      Sample(
        ordinary: OrderCancelled(
          order: OrderID(sequence: 998), reason: .immediateRemainder, leaves: Quantity(nanos: 40_000_000_000)),
        extreme: OrderCancelled(order: OrderID(sequence: 0), reason: .runEnded, leaves: Quantity(nanos: .max))),
      Sample(
        ordinary: OrderExpired(order: OrderID(sequence: 998), leaves: Quantity(nanos: 100_000_000_000)),
        extreme: OrderExpired(order: OrderID(sequence: 0), leaves: Quantity(nanos: -.max))),
      Sample(
        ordinary: OrderReduced(
          order: OrderID(sequence: 998), reason: .siblingFilled, leaves: Quantity(nanos: 735_000_000_000)),
        extreme: OrderReduced(order: OrderID(sequence: 0), reason: .split, leaves: Quantity(nanos: .max))),
      fill,
      Sample(
        ordinary: PositionChanged(
          instrument: InstrumentIndex(UInt16(3)), quantity: Quantity(nanos: 100_000_000_000),
          costBasis: 15_023_000_000_000, realised: 0),
        extreme: PositionChanged(
          instrument: InstrumentIndex(UInt16.max), quantity: Quantity(nanos: -.max), costBasis: .min, realised: .max)),
      Sample(
        ordinary: CashChanged(reason: .fill, amount: -15_024_500_000_000, balance: 984_975_500_000_000),
        extreme: CashChanged(reason: .dividend, amount: .max, balance: .min)),
      Sample(
        ordinary: EquityMarked(
          asOf: Timestamp(nanos: 1_380_916_800_000_000_000), equity: 1_000_012_340_000_000, cash: 984_975_500_000_000,
          grossExposure: 15_036_840_000_000, realised: 0, fees: 1_500_000_000),
        extreme: EquityMarked(
          asOf: Timestamp(nanos: .max), equity: .min, cash: .max, grossExposure: 0, realised: Int128(Int64.min),
          fees: Int128(Int64.max) + 1)),
      Sample(
        ordinary: Alert(
          code: .duplicateBar, severity: .warning, instrument: InstrumentIndex(UInt16(3)),
          first: 1_380_893_400_000_000_000, second: 0),
        extreme: Alert(
          code: .priceJump, severity: .error, instrument: InstrumentIndex(UInt16.max), first: .min, second: .max
        )
      ),
      Sample(
        ordinary: RunEnded(
          stateDigest: digest(4, 32), bars: 4110, warmingUp: 29, signals: 12, refused: 1, cut: 2, orders: 11, fills: 10),
        extreme: RunEnded(
          stateDigest: digest(255, 32), bars: .max, warmingUp: .max, signals: .max, refused: .max, cut: .max,
          orders: .max, fills: .max)),
    ] + RiskSamples.all
  }

  private static func digest(_ first: UInt8, _ count: Int) -> [UInt8] { (0..<count).map { first &+ UInt8($0) &* 7 } }

  private static func runStarted() throws -> Sample {
    let usdt = Currency("USDT") ?? .usd
    let share = try Instrument(
      symbol: "GOOGL", venue: "XNAS", assetClass: .equity, currency: .usd, tickSize: Price("0.01"),
      lotSize: Quantity("1"), sector: "Communication", calendar: .xnys)
    let coin = try Instrument(
      symbol: "BTCUSDT", assetClass: .crypto, currency: usdt, tickSize: Price("0.01"), lotSize: Quantity("0.00001"),
      calendar: .always)
    let edge = try Instrument(
      symbol: String(repeating: "Ω", count: 40), venue: "V", assetClass: .index,
      currency: Currency("ABCD1234") ?? .usd, tickSize: Price(nanos: .max), lotSize: Quantity(nanos: 1),
      multiplierNanos: 1_000_000 * FixedPoint.unit, calendar: .always)
    return Sample(
      ordinary: RunStarted(
        mode: .backtest, reducerVersion: 1, runID: digest(1, 16), profileDigest: digest(2, 32),
        inputsDigest: digest(3, 32), profile: "currency: USD\n", currency: .usd, strategies: ["sma_cross"],
        instruments: [share, coin]),
      extreme: RunStarted(
        mode: .import, reducerVersion: .max, runID: digest(0, 16), profileDigest: digest(0, 32),
        inputsDigest: digest(255, 32), profile: "", currency: usdt, strategies: [], instruments: [edge]))
  }

  private static func bar() throws -> Sample {
    Sample(
      ordinary: BarObserved(
        try Bar(
          instrument: InstrumentIndex(UInt16(3)), openTime: ordinaryTime, durationNanos: 60 * Timestamp.nanosPerSecond,
          open: Price("150.23"), high: Price("150.5"), low: Price("150"), close: Price("150.41"),
          volume: Quantity("12345"), source: .file)),
      extreme: BarObserved(
        try Bar(
          instrument: InstrumentIndex(UInt16.max), openTime: Timestamp(nanos: 0), durationNanos: .max,
          open: Price(nanos: -1), high: Price(nanos: .max), low: Price(nanos: -.max), close: Price(nanos: 0),
          volume: Quantity(nanos: .max), source: .stdin, isHistorical: true, closesSlot: false)))
  }

  private static var corporateAction: Sample {
    Sample(
      ordinary: CorporateAction(
        instrument: InstrumentIndex(UInt16(3)), type: .split, numerator: 7, denominator: 1, cash: 0),
      extreme: CorporateAction(
        instrument: InstrumentIndex(UInt16.max), type: .symbolChange, numerator: .max, denominator: .max, cash: .min,
        price: .max, other: InstrumentIndex(UInt16.max), symbol: String(repeating: "x", count: 200)))
  }

  private static var dataPoint: Sample {
    Sample(
      ordinary: DataPoint(series: "vix", value: 13_370_000_000),
      extreme: DataPoint(series: String(repeating: "x", count: 200), value: .max))
  }

  private static var signal: Sample {
    Sample(
      ordinary: Signal(
        strategy: 0, instrument: InstrumentIndex(UInt16(3)), direction: .long, strength: 1_000_000, confidence: 750_000,
        reason: .crossedAbove, firstFeature: 150_230_000_000, secondFeature: 150_112_345_678),
      extreme: Signal(
        strategy: .max, instrument: InstrumentIndex(UInt16.max), direction: .flat, strength: 0, confidence: 0,
        reason: .custom, firstFeature: .min, secondFeature: .max))
  }

  private static var riskDecision: Sample {
    Sample(
      ordinary: RiskDecision(
        instrument: InstrumentIndex(UInt16(3)), outcome: .cut, reason: .positionCap,
        requested: Quantity(nanos: 150_000_000_000), allowed: Quantity(nanos: 100_000_000_000),
        observed: 150_000_000_000, limit: 100_000_000_000, scope: .symbol,
        checks: RiskReason.positionCap.bit | RiskReason.volumeShareCap.bit),
      extreme: RiskDecision(
        instrument: InstrumentIndex(UInt16.max), outcome: .refused, reason: .workingOrderCap,
        requested: Quantity(nanos: -.max), allowed: .zero, observed: .max, limit: .min, scope: .sector, checks: .max))
  }

  private static var orderIntent: Sample {
    Sample(
      ordinary: OrderIntent(
        instrument: InstrumentIndex(UInt16(3)), side: .buy, type: .limit, timeInForce: .day, purpose: .signal,
        quantity: Quantity(nanos: 100_000_000_000), limitPrice: Price(nanos: 150_230_000_000), stopPrice: nil),
      extreme: OrderIntent(
        instrument: InstrumentIndex(UInt16.max), side: .sell, type: .stopLimit, timeInForce: .fillOrKill,
        purpose: .takeProfit, quantity: Quantity(nanos: .max), limitPrice: Price(nanos: -.max),
        stopPrice: Price(nanos: 1)))
  }

  private static var fill: Sample {
    Sample(
      ordinary: Fill(
        order: OrderID(sequence: 996), bar: 999, instrument: InstrumentIndex(UInt16(3)), side: .buy,
        quantity: Quantity(nanos: 100_000_000_000), price: Price(nanos: 150_240_000_000), fee: 1_500_000_000,
        slippage: 10_000_000, leaves: .zero, liquidity: .taker, rule: .marketAtOpen),
      extreme: Fill(
        order: OrderID(sequence: 0), bar: 0, instrument: InstrumentIndex(UInt16.max), side: .sell,
        quantity: Quantity(nanos: .max), price: Price(nanos: -.max), fee: .min, slippage: .max,
        leaves: Quantity(nanos: 123_456_789), liquidity: .maker, rule: .external))
  }
}

extension EventBody {
  /// This event's whole row, at the sequence and origin of its sample.
  func row(isExtreme: Bool) -> [UInt8] {
    let sequence = isExtreme ? Samples.extremeSequence : Samples.ordinarySequence
    let cause = isExtreme ? 0 : Samples.ordinarySequence - 4
    let time = isExtreme ? Samples.extremeTime : Samples.ordinaryTime
    var buffer = ByteBuffer()
    EventRow.encode(
      self, sequence: sequence, origin: Self.role == .input ? .input(time: time) : .derived(cause: cause), into: &buffer
    )
    return buffer.array
  }
}
