import Events
import Market

/// Five days of two shares: a buy of AAPL on the second, a refused signal for MSFT on the third, a sale on the fifth.
enum SampleRun {
  static let aapl = InstrumentIndex(0)
  static let msft = InstrumentIndex(1)
  static let day: Int64 = 19_724  // 2024-01-02

  static func time(day number: Int64, hour: Int64, minute: Int64 = 0) -> Timestamp {
    Timestamp(nanos: ((day + number - 1) * 86_400 + hour * 3600 + minute * 60) * Timestamp.nanosPerSecond)
  }

  static func close(_ day: Int64) -> Timestamp { time(day: day, hour: 21) }

  static func instrument(_ symbol: String) throws -> Instrument {
    try Instrument(
      symbol: symbol, venue: "XNAS", assetClass: .equity, currency: .usd, tickSize: Price("0.01"),
      lotSize: Quantity("1"), calendar: .xnys)
  }

  static func started(
    mode: RunMode = .backtest, runByte: UInt8 = 0xab, symbols: [String] = ["AAPL", "MSFT"]
  ) throws -> RunStarted {
    RunStarted(
      mode: mode, reducerVersion: 1, runID: [UInt8](repeating: runByte, count: 16),
      profileDigest: [UInt8](repeating: runByte, count: 32), inputsDigest: [UInt8](repeating: 2, count: 32),
      profile: "cash: 100000\nname: \"sample, one\"\n", currency: .usd, strategies: ["sma_cross"],
      instruments: try symbols.map { try instrument($0) })
  }

  static func bar(
    _ instrument: InstrumentIndex, day: Int64, _ open: String, _ high: String, _ low: String, _ close: String,
    closes: Bool = false, source: BarSource = .file
  ) throws -> Bar {
    try Bar(
      instrument: instrument, openTime: time(day: day, hour: 14, minute: 30), durationNanos: 23_400_000_000_000,
      open: Price(open), high: Price(high), low: Price(low), close: Price(close), volume: Quantity("1000"),
      source: source, closesSlot: closes)
  }

  static func money(_ units: Int64) -> Int128 { Int128(units) * 1_000_000_000 }

  static func mark(_ day: Int64, equity: Int64, cash: Int64, gross: Int64, realised: Int64 = 0, fees: Int64 = 0)
    -> EquityMarked
  {
    EquityMarked(
      asOf: close(day), equity: money(equity), cash: money(cash), grossExposure: money(gross),
      realised: money(realised), fees: money(fees))
  }

  static func signal(_ instrument: InstrumentIndex, _ direction: Direction, _ reason: SignalReason) -> Signal {
    Signal(
      strategy: 0, instrument: instrument, direction: direction, strength: 1_000_000, confidence: 750_000,
      reason: reason, firstFeature: 101_500_000_000, secondFeature: 100_250_000_000)
  }

  static func decision(
    _ instrument: InstrumentIndex, _ outcome: RiskOutcome, _ reason: RiskReason, _ requested: String, _ allowed: String
  ) throws -> RiskDecision {
    RiskDecision(
      instrument: instrument, outcome: outcome, reason: reason, requested: try Quantity(requested),
      allowed: try Quantity(allowed), observed: outcome == .passed ? 0 : 20_000_000_000_000,
      limit: outcome == .passed ? 0 : 15_000_000_000_000)
  }

  static func intent(_ side: Side, _ quantity: String) throws -> OrderIntent {
    OrderIntent(
      instrument: aapl, side: side, type: .market, timeInForce: .day, purpose: .signal,
      quantity: try Quantity(quantity), limitPrice: nil, stopPrice: nil)
  }

  static func fill(
    _ order: UInt64, bar: UInt64, _ side: Side, _ price: String, quantity: String = "100", leaves: String = "0"
  ) throws -> Fill {
    Fill(
      order: OrderID(sequence: order), bar: bar, instrument: aapl, side: side, quantity: try Quantity(quantity),
      price: try Price(price), fee: money(1), slippage: 50_000_000, leaves: try Quantity(leaves), liquidity: .taker,
      rule: .marketAtOpen)
  }

  /// The whole run.
  static func scenario(_ started: RunStarted? = nil) throws -> Scenario {
    var run = Scenario()
    run.input("start", try started ?? self.started(), at: time(day: 1, hour: 0))
    try buy(&run)
    try refuse(&run)
    try sell(&run)
    run.input("feed", FeedEnded(reason: .exhausted), at: close(5))
    run.derived("mark5", cause: "feed") { _ in
      mark(5, equity: 100_293, cash: 100_293, gross: 0, realised: 295, fees: 2)
    }
    run.derived("end", cause: "feed") { _ in
      RunEnded(
        stateDigest: [UInt8](repeating: 9, count: 32), bars: 10, warmingUp: 2, signals: 3, refused: 1, cut: 0,
        orders: 2, fills: 2)
    }
    return run
  }

  private static func buy(_ run: inout Scenario) throws {
    run.bar("a1", try bar(aapl, day: 1, "100", "101", "99", "100.5"))
    run.bar("m1", try bar(msft, day: 1, "200", "201", "199", "200", closes: true))
    run.bar("a2", try bar(aapl, day: 2, "100.5", "101.5", "100", "101"))
    run.derived("mark1", cause: "a2") { _ in mark(1, equity: 100_000, cash: 100_000, gross: 0) }
    run.bar("m2", try bar(msft, day: 2, "200", "202", "199", "201", closes: true))
    run.derived("s2", cause: "a2") { _ in signal(aapl, .long, .crossedAbove) }
    run.derived("r2", cause: "s2") { _ in try decision(aapl, .passed, .withinLimits, "100", "100") }
    run.derived("o2", cause: "r2") { _ in try intent(.buy, "100") }
    run.derived("k2", cause: "o2") { at in
      OrderAccepted(order: OrderID(sequence: at("o2")), expiresAt: close(3))
    }
  }

  private static func refuse(_ run: inout Scenario) throws {
    run.bar("a3", try bar(aapl, day: 3, "101", "103", "100", "102"))
    run.derived("f3", cause: "o2") { at in try fill(at("o2"), bar: at("a3"), .buy, "101.05") }
    run.derived("p3", cause: "f3") { _ in
      PositionChanged(instrument: aapl, quantity: try Quantity("100"), costBasis: money(10_105), realised: 0)
    }
    run.derived("c3", cause: "f3") { _ in
      CashChanged(reason: .fill, amount: money(-10_106), balance: money(89_894))
    }
    run.derived("mark2", cause: "a3") { _ in mark(2, equity: 100_000, cash: 100_000, gross: 0) }
    run.bar("m3", try bar(msft, day: 3, "201", "203", "200", "202", closes: true))
    run.derived("sm3", cause: "m3") { _ in signal(msft, .long, .crossedAbove) }
    run.derived("rm3", cause: "sm3") { _ in try decision(msft, .refused, .orderNotionalCap, "100", "0") }
  }

  private static func sell(_ run: inout Scenario) throws {
    run.bar("a4", try bar(aapl, day: 4, "101", "102", "98", "99"))
    run.derived("mark3", cause: "a4") { _ in mark(3, equity: 100_094, cash: 89_894, gross: 10_200, fees: 1) }
    run.bar("m4", try bar(msft, day: 4, "202", "203", "200", "201", closes: true))
    run.derived("s4", cause: "a4") { _ in signal(aapl, .flat, .crossedBelow) }
    run.derived("r4", cause: "s4") { _ in try decision(aapl, .passed, .withinLimits, "-100", "-100") }
    run.derived("o4", cause: "r4") { _ in try intent(.sell, "100") }
    run.derived("k4", cause: "o4") { at in
      OrderAccepted(order: OrderID(sequence: at("o4")), expiresAt: close(5))
    }
    run.bar("a5", try bar(aapl, day: 5, "104.05", "105", "103", "104"))
    run.derived("f5", cause: "o4") { at in try fill(at("o4"), bar: at("a5"), .sell, "104") }
    run.derived("p5", cause: "f5") { _ in
      PositionChanged(instrument: aapl, quantity: .zero, costBasis: 0, realised: money(295))
    }
    run.derived("c5", cause: "f5") { _ in
      CashChanged(reason: .fill, amount: money(10_399), balance: money(100_293))
    }
    run.derived("mark4", cause: "a5") { _ in mark(4, equity: 99_794, cash: 89_894, gross: 9_900, fees: 1) }
    run.bar("m5", try bar(msft, day: 5, "201", "203", "200", "202", closes: true))
  }
}
