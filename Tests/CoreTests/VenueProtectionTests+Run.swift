import Core
import Events
import Market
import Scenarios
import Testing

extension VenueProtectionTests {
  /// A run that wants one unit on its first bar, and what its script says later. Bars are a minute long; prices are whole.
  struct Run: ~Copyable {
    var stage: Stage
    var minute: Int64 = 0
    var trades = 0

    init(
      _ exits: ProtectiveExits = ProtectiveExits(stopLossMicros: 100_000), _ script: [Int64: Direction] = [0: .long],
      order: OrderType = .market, breakers: [BreakerRule] = []
    ) throws {
      var configuration = ScenarioProfile().configuration
      configuration.currency = ReportTests.usdt
      configuration.venue = .external
      configuration.risk.breakers = breakers
      configuration.exits = exits
      configuration.initialCash = 1_000_000 * Int128(unit)
      configuration.sizing = .shares(Quantity(nanos: unit))
      configuration.execution = OrderStyle(type: order, timeInForce: .goodTillCancelled)
      configuration.strategies = ScriptLine.specifications(
        script.sorted { $0.key < $1.key }.map { minute, direction in
          ScriptLine(instrument: 0, openNanos: minute * 60 * unit, direction: direction)
        })
      let instrument = try Instrument(
        symbol: "BTCUSDT", assetClass: .crypto, currency: ReportTests.usdt, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: 100_000_000), calendar: .always)
      stage = try Stage(configuration, [instrument])
    }

    /// What was ordered and cancelled by the last input.
    func described() throws -> [String] {
      try stage.happenings().compactMap { happening in
        switch happening.body {
        case let intent as OrderIntent:
          "\(happening.sequence) \(intent.purpose.word) \(intent.side) \(intent.quantity) \(intent.type)"
            + "\(intent.limitPrice.map { " at \($0)" } ?? "")\(intent.stopPrice.map { " behind \($0)" } ?? "")"
        case let cancel as CancelRequested: "cancel \(cancel.order.sequence) \(cancel.reason.word)"
        default: nil
        }
      }
    }

    /// The next bar, all at one price. What is ordered and cancelled, without the orders' ids in front.
    mutating func bar(_ price: Int64, isHistorical: Bool = false) throws -> [String] {
      try stage.takeFlatBar(price, minute: minute, isHistorical: isHistorical)
      minute += 1
      return try described()
    }

    /// Four tenths of a unit turn out to be gone from the venue's account.
    mutating func lose(at time: Timestamp) throws {
      try stage.take(
        .adopted(
          AccountAdopted(
            instrument: InstrumentIndex(0), quantity: Quantity(nanos: -4 * unit / 10), price: Price(nanos: 100 * unit)),
          time))
    }

    mutating func clock() throws -> [String] {
      try stage.take(.timer(Timestamp(nanos: minute * 60 * unit)))
      return try described()
    }

    /// The venue reports a position that is two units off.
    mutating func differ() throws -> [String] {
      try stage.take(
        .reconciliation(
          ReconciliationBreak(
            instrument: InstrumentIndex(0), ours: .zero, theirs: Quantity(nanos: 2 * unit)),
          Timestamp(nanos: minute * 60 * unit)))
      return try described()
    }

    /// What the last input warned of.
    var alerts: [Alert] { get throws { try stage.happenings().compactMap { $0.body as? Alert } } }

    mutating func command(_ command: OperatorCommandType) throws -> [String] {
      try stage.take(.command(command, Timestamp(nanos: minute * 60 * unit)))
      return try described()
    }

    /// Tells a report of an order. Quantities in tenths of a unit.
    mutating func tell(
      _ type: ExecutionType, of place: Int, _ tenths: Int64 = 0, cumulative: Int64 = 0, price: Int64 = 100
    ) throws -> [String] {
      let order = working[place]
      trades += type == .filled ? 1 : 0
      try stage.take(
        .report(
          ExecutionReport(
            type: type, source: .stream, order: order.id, instrument: InstrumentIndex(0), side: order.side,
            quantity: Quantity(nanos: tenths * unit / 10), cumulative: Quantity(nanos: cumulative * unit / 10),
            price: type == .filled ? Price(nanos: price * unit) : nil, fee: 0,
            liquidity: type == .filled ? .taker : nil,
            venueTime: Timestamp(nanos: 1), feeAsset: type == .filled ? "USDT" : "", clientOrderID: "",
            venueOrderID: "", tradeID: type == .filled ? "\(trades)" : "", reason: ""),
          Timestamp(nanos: minute * 60 * unit)))
      return try described()
    }

    var killPhase: KillPhase { stage.engine.killPhase }
    /// Of the first that works.
    var isCancelRefused: Bool { stage.engine.isCancelRefused(working[0].id) }
    var working: [WorkingOrder] { stage.engine.describe().books[0].orders }
    var held: Int64 { stage.engine.describe().books[0].quantity.nanos * 10 / unit }
    var target: Int64? { stage.engine.describe().targets.first?.micros }

    /// Goes on from the state's bytes, as after a restart.
    mutating func restart(_ exits: ProtectiveExits, _ script: [Int64: Direction]) throws {
      var other = try Run(exits, script)
      try other.stage.restore(stage.state(), nextSequence: stage.nextSequence)
      other.minute = minute
      other.trades = trades
      let bytes = stage.state()
      self = other
      #expect(stage.state() == bytes)
    }
  }
}
