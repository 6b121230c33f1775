import Core
import Events
import Market
import Scenarios
import Testing

/// Orders that are changed at a venue outside, answer by answer; the numbers are the rules of `Engine+VenueAmendment`.
@Suite("Amendments at a venue outside")
struct VenueAmendmentTests {
  static let unit = FixedPoint.unit

  /// A run whose strategy says so much of ten units at each minute; bars stand at one price, and orders are limits there.
  struct Run: ~Copyable {
    var stage: Stage
    var minute: Int64 = 0
    var trades = 0
    private let script: [Int64]
    private let exits: ProtectiveExits

    /// - Parameter script: tenths of the full position, from the first minute on; a minute of −1 says nothing.
    init(_ script: [Int64], exits: ProtectiveExits = ProtectiveExits(), cap: Int64? = nil) throws {
      self.script = script
      self.exits = exits
      var configuration = ScenarioProfile().configuration
      configuration.currency = ReportTests.usdt
      configuration.venue = .external
      configuration.amendsOrders = true
      configuration.exits = exits
      configuration.initialCash = 1_000_000 * Int128(unit)
      configuration.sizing = .shares(Quantity(nanos: 10 * unit))
      configuration.execution = OrderStyle(type: .limit, timeInForce: .goodTillCancelled)
      configuration.risk.account.positionQuantityMax = cap.map { Quantity(nanos: $0 * unit) }
      configuration.strategies = ScriptLine.specifications(
        script.enumerated().filter { $0.element >= 0 }.map { minute, tenths in
          ScriptLine(
            instrument: 0, openNanos: Int64(minute) * 60 * unit, direction: tenths == 0 ? .flat : .long,
            strengthMicros: tenths == 0 ? 1_000_000 : tenths * 100_000)
        })
      let instrument = try Instrument(
        symbol: "BTCUSDT", assetClass: .crypto, currency: ReportTests.usdt, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: unit), calendar: .always)
      stage = try Stage(configuration, [instrument])
    }

    private func described() throws -> [String] {
      try stage.happenings().compactMap { happening in
        switch happening.body {
        case let intent as OrderIntent:
          "\(intent.side) \(intent.quantity)\(intent.purpose == .signal ? "" : " \(intent.purpose.word)")"
        case let terms as OrderTerms where terms.replaces != nil: "for \(place(of: terms.replaces!))"
        case let cancel as CancelRequested: "ask \(place(of: cancel.order)) \(cancel.reason.word)"
        case let over as OrderCancelled: "over \(over.reason.word) \(over.leaves)"
        default: nil
        }
      }
    }

    private func place(of order: OrderID) -> String { working.firstIndex { $0.id == order }.map { "\($0)" } ?? "gone" }

    mutating func bar(_ price: Int64 = 100) throws -> [String] {
      try stage.takeFlatBar(price, minute: minute)
      minute += 1
      return try described()
    }

    mutating func tell(_ type: ExecutionType, of place: Int, _ units: Int64 = 0, cumulative: Int64 = 0) throws
      -> [String]
    {
      try tell(type, of: working[place], units, cumulative: cumulative)
    }

    mutating func tell(_ type: ExecutionType, of order: WorkingOrder, _ units: Int64 = 0, cumulative: Int64 = 0) throws
      -> [String]
    {
      trades += type == .filled ? 1 : 0
      try stage.take(
        .report(
          ExecutionReport(
            type: type, source: .stream, order: order.id, instrument: InstrumentIndex(0), side: order.side,
            quantity: Quantity(nanos: units * unit), cumulative: Quantity(nanos: cumulative * unit),
            price: type == .filled ? Price(nanos: 100 * unit) : nil, fee: 0,
            liquidity: type == .filled ? .taker : nil, venueTime: Timestamp(nanos: 1),
            feeAsset: type == .filled ? "USDT" : "", clientOrderID: "", venueOrderID: "",
            tradeID: type == .filled ? "\(trades)" : "", reason: ""),
          Timestamp(nanos: minute * 60 * unit)))
      return try described()
    }

    var working: [WorkingOrder] { stage.engine.describe().books[0].orders }
    var held: Int64 { stage.engine.describe().books[0].quantity.nanos / unit }

    /// Goes on from the state's bytes, as after a restart.
    mutating func restart() throws {
      var other = try Run(script, exits: exits)
      try other.stage.restore(stage.state(), nextSequence: stage.nextSequence)
      (other.minute, other.trades) = (minute, trades)
      self = other
    }
  }

  /// A run whose order for ten units works, and is then to be one for `tenths`.
  static func amended(_ script: [Int64], cap: Int64? = nil) throws -> Run {
    var run = try Run(script, cap: cap)
    #expect(try run.bar() == ["buy 10"])
    _ = try run.tell(.accepted, of: 0)
    return run
  }

  @Test(
    "rule 1: the new order is for all that is wanted, and the old one is asked to end for it", arguments: [4, 8, 10])
  func changes(_ tenths: Int64) throws {
    var run = try Self.amended([10, tenths], cap: 10)
    #expect(try run.bar() == ["buy \(tenths)", "for 0", "ask 0 replaced"])
    #expect(run.working.map(\.state) == [.cancelling, .sent])
    #expect(try run.tell(.cancelled, of: 0) == ["over replaced 10"])
    _ = try run.tell(.accepted, of: 0)
    #expect(run.working.map(\.leaves) == [Quantity(nanos: tenths * Self.unit)])
    _ = try run.tell(.filled, of: 0, tenths, cumulative: tenths)
    #expect(try run.bar() == [] && run.held == tenths)
  }

  @Test("rule 2: until the venue has answered nothing more is ordered, whatever is wanted by then")
  func waits() throws {
    var run = try Self.amended([10, 4, 9, 2, -1])
    _ = try run.bar()
    #expect(try run.bar() == [])
    #expect(try run.bar() == [])
    // In the other order than it happened.
    _ = try run.tell(.accepted, of: 1)
    #expect(try run.tell(.cancelled, of: 0) == ["over replaced 10"])
    try run.restart()
    #expect(run.working.map(\.leaves) == [Quantity(nanos: 4 * Self.unit)])
  }

  @Test("rule 3: what the old order filled on the way is not ordered again", arguments: [1, 3, 4, 10])
  func fillsBetween(_ filled: Int64) throws {
    for restarts in [false, true] {
      var run = try Self.amended([10, 4, -1, -1])
      _ = try run.bar()
      let (old, new) = (run.working[0], run.working[1])
      _ = try run.tell(.filled, of: old, filled, cumulative: filled)
      #expect(try run.tell(.neverArrived, of: new) == ["over never_arrived 4"])
      if restarts { try run.restart() }
      if filled < 10 {
        #expect(try run.tell(.cancelled, of: old, cumulative: filled) == ["over replaced \(10 - filled)"])
      }
      #expect(run.working.isEmpty && run.held == filled)
      let missing = 4 - filled
      #expect(try run.bar() == (missing == 0 ? [] : [missing > 0 ? "buy \(missing)" : "sell \(-missing)"]))
    }
  }

  @Test("rule 3: a fill that is told behind both ends counts all the same")
  func lateFill() throws {
    var run = try Self.amended([10, 4, -1, -1])
    _ = try run.bar()
    let (old, new) = (run.working[0], run.working[1])
    _ = try run.tell(.neverArrived, of: new)
    _ = try run.tell(.cancelled, of: old, cumulative: 3)
    _ = try run.tell(.filled, of: old, 3, cumulative: 3)
    #expect(try run.bar() == ["buy 1"] && run.held == 3)
  }

  @Test("rule 4: an order that has filled in part is taken back where less is wanted, and decided on when it is over")
  func partlyFilled() throws {
    var run = try Self.amended([10, 5, -1, -1])
    _ = try run.tell(.filled, of: 0, 3, cumulative: 3)
    #expect(try run.bar() == ["ask 0 replaced"])
    #expect(try run.bar() == [])
    #expect(try run.tell(.cancelled, of: 0, cumulative: 3) == ["over replaced 7"])
    #expect(try run.bar() == ["buy 2"])
  }

  @Test("a new order that is refused after the old one ended is decided on again with the next bar")
  func orderRefused() throws {
    var run = try Self.amended([10, 4, -1])
    _ = try run.bar()
    _ = try run.tell(.cancelled, of: 0)
    _ = try run.tell(.rejected, of: 0)
    #expect(try run.bar() == ["buy 4"])
  }

  @Test("a request that is refused whole leaves the old order working, to be changed by a later decision")
  func wholeRefused() throws {
    var run = try Self.amended([10, 4, 6])
    _ = try run.bar()
    let (old, new) = (run.working[0], run.working[1])
    _ = try run.tell(.cancelRejected, of: old)
    _ = try run.tell(.rejected, of: new)
    #expect(run.working.map(\.state) == [.working])
    #expect(try run.bar() == ["buy 6", "for 0", "ask 0 replaced"])
  }

  @Test("an order that the venue hasn't acknowledged isn't changed, and nothing is ordered twice")
  func unacknowledged() throws {
    var run = try Run([10, 4, -1])
    _ = try run.bar()
    #expect(try run.bar() == [])
  }

  @Test("where nothing more is wanted, or the other side, the order is taken back")
  func nothingWanted() throws {
    var run = try Self.amended([10, 0, -1])
    #expect(try run.bar() == ["ask 0 replaced"])
  }

  @Test("rule 5: a sale of what is protected isn't changed")
  func protected() throws {
    var run = try Run([10, 5, 2, -1], exits: ProtectiveExits(stopLossMicros: 100_000))
    _ = try run.bar()
    _ = try run.tell(.accepted, of: 0)
    _ = try run.tell(.filled, of: 0, 10, cumulative: 10)
    _ = try run.tell(.accepted, of: 0)
    #expect(try run.bar() == ["ask 0 replaced"])
    #expect(try run.tell(.cancelled, of: 0).contains("sell 5"))
    _ = try run.tell(.accepted, of: 0)
    #expect(try !run.bar().contains { $0.hasPrefix("for") })
  }
}
