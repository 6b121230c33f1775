import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: no notional of a future leaves the cash; what it wins becomes cash at the end of the trading day; a perpetual's funding moves from side to side. Hand-checked.
@Suite("Futures")
struct FuturesTests {
  private static let unit = Int128(FixedPoint.unit)

  private static func stage() throws -> AccountStage {
    var stage = AccountStage(AccountRule(type: .margin(MarginRule(onCall: .alert))))
    stage.configuration.sizing = .shares(Quantity(nanos: 2 * FixedPoint.unit))
    return stage
  }

  @Test(
    "the day's gain becomes cash at its end, the multiplier counted; a close settles the rest",
    arguments: LotMethod.allCases)
  func variation(_ lots: LotMethod) throws {
    var stage = try Self.stage()
    stage.configuration.lots = lots
    stage.configuration.fees = .shareOfNotional(micros: 1_000)
    try stage.add("ES", .future, multiplier: 50)
    try stage.bar("2024-03-12", hour: 10, price: 10_000, want: .long)
    try stage.bar("2024-03-12", hour: 11, price: 10_000)
    try stage.bar("2024-03-12", hour: 12, price: 10_300)
    try stage.bar("2024-03-13", hour: 10, price: 10_200, want: .flat)
    try stage.bar("2024-03-13", hour: 11, price: 10_250)
    let (happenings, state) = try stage.run()
    let cash = happenings.compactMap { $0.body as? CashChanged }
    #expect(cash.map(\.reason) == [.fill, .variation, .fill])
    // 2 × 50: a fee of 10 on 10,000; 3 points are 300; then 0.5 points less and a fee of 10.25.
    #expect(cash.map(\.amount) == [-10 * Self.unit, 300 * Self.unit, -60_250_000_000])
    #expect(state.cash == state.equity)
    #expect(state.realised == 250 * Self.unit)
    #expect(charges(happenings) == ["variation 1 on 10300: 300"])
    let changes = happenings.compactMap { $0.body as? PositionChanged }
    #expect(changes.map(\.costBasis) == [10_000 * Self.unit, 10_300 * Self.unit, 0])
  }

  @Test("what is open within the day is equity and not cash; exposure is the notional")
  func openGain() throws {
    var stage = try Self.stage()
    try stage.add("ES", .future, multiplier: 50)
    try stage.bar("2024-03-12", hour: 10, price: 10_000, want: .short)
    try stage.bar("2024-03-12", hour: 11, price: 10_000)
    try stage.bar("2024-03-12", hour: 12, price: 9_900)
    stage.input(.end(Timestamp(nanos: try AccountStage.midnight("2024-03-12").nanos + 14 * 3_600 * FixedPoint.unit)))
    let (happenings, state) = try stage.run()
    #expect(state.cash == 1_000_000 * Self.unit)
    #expect(state.equity == 1_000_100 * Self.unit)
    #expect(state.unrealised == 100 * Self.unit)
    #expect((happenings.last { $0.body is EquityMarked }?.body as? EquityMarked)?.grossExposure == 9_900 * Self.unit)
  }

  @Test("expires by a delisting at the last price, settled against the last settlement")
  func expiry() throws {
    var stage = try Self.stage()
    try stage.add("ESH4", .future, multiplier: 50)
    try stage.bar("2024-03-12", hour: 10, price: 10_000, want: .long)
    try stage.bar("2024-03-12", hour: 11, price: 10_000)
    try stage.bar("2024-03-13", hour: 11, price: 10_100)
    stage.input(
      .action(
        CorporateAction(
          instrument: InstrumentIndex(0), type: .delistingAtLast, numerator: 1, denominator: 1, cash: 0),
        Timestamp(nanos: try AccountStage.midnight("2024-03-14").nanos)))
    let (happenings, state) = try stage.run()
    #expect(state.cash == 1_000_100 * Self.unit)
    #expect(state.equity == state.cash)
    #expect(state.books[0].quantity == .zero)
    #expect(happenings.compactMap { $0.body as? CashChanged }.last?.amount == 100 * Self.unit)
  }

  @Test("knows no dividend")
  func noDividend() throws {
    var stage = try Self.stage()
    try stage.add("ES", .future, multiplier: 50)
    try stage.bar("2024-03-12", hour: 10, price: 10_000)
    stage.input(
      .action(
        CorporateAction(
          instrument: InstrumentIndex(0), type: .cashDividend, numerator: 1, denominator: 1, cash: FixedPoint.unit),
        Timestamp(nanos: try AccountStage.midnight("2024-03-13").nanos)))
    let failure = #expect(throws: ReduceError.self) { _ = try stage.run() }
    #expect(failure == .actionImpossible(sequence: 2, problem: .margined))
  }

  @Test(
    "funding: the long pays where the rate is above zero, the short where it is below",
    arguments: [
      (Direction.long, Int64(100_000), Int128(-20)), (.long, -100_000, 20), (.short, 100_000, 20),
      (.short, -250_000, -50),
    ])
  func funding(_ direction: Direction, _ rate: Int64, _ expected: Int128) throws {
    var stage = try Self.stage()
    try stage.add("BTCPERP", .perpetual)
    try stage.bar("2024-03-12", hour: 10, price: 10_000_000, want: direction)
    try stage.bar("2024-03-12", hour: 11, price: 10_000_000)
    let noon = Timestamp(nanos: try AccountStage.midnight("2024-03-12").nanos + 16 * 3_600 * FixedPoint.unit)
    stage.input(.point(DataPoint(series: "funding:BTCPERP", value: rate), noon))
    // Nobody else's, and no rate.
    stage.input(.point(DataPoint(series: "funding:OTHER", value: rate), noon))
    stage.input(.point(DataPoint(series: "BTCPERP", value: rate), noon))
    stage.input(.point(DataPoint(series: "funding:BTCPERP", value: 2 * FixedPoint.unit), noon))
    let (happenings, state) = try stage.run()
    #expect(state.cash == (1_000_000 + expected) * Self.unit)
    #expect(state.account?.charges == expected * Self.unit)
    #expect(happenings.compactMap { $0.body as? CashChanged }.map(\.reason) == [.fill, .funding])
    #expect(happenings.compactMap { $0.body as? Alert }.map(\.code) == [.fundingImplausible])
  }
}
