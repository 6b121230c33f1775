import Events
import Market

/// Samples of what the risk gate, breakers and the kill switch write; like the others, never edited.
enum RiskSamples {
  static let all: [Sample] = [
    Sample(
      ordinary: TradingStateChanged(subject: .symbol(3), state: .reduceOnly),
      extreme: TradingStateChanged(subject: .strategy(Int(UInt16.max)), state: .halted)),
    Sample(
      ordinary: BreakerTripped(
        breaker: 2, watches: .dailyLoss, action: .halt, subject: .account, observed: 2_513_400_000_000,
        limit: 2_500_000_000_000, window: 0),
      extreme: BreakerTripped(
        breaker: .max, watches: .signalSilence, action: .flatten, subject: .symbol(Int(UInt16.max)), observed: .min,
        limit: .max, window: .max)),
    Sample(
      ordinary: BreakerRearmed(breaker: 2, watches: .dailyLoss, subject: .account, by: .nextSession),
      extreme: BreakerRearmed(
        breaker: .max, watches: .signalSilence, subject: .strategy(Int(UInt16.max)), by: .operatorCommand)),
    Sample(
      ordinary: KillAdvanced(
        phase: .armed, source: .file, openPositions: 2, workingOrders: 2,
        opensAt: Timestamp(nanos: 1_380_893_400_000_000_000)),
      extreme: KillAdvanced(
        phase: .flatAndHalted, source: .breaker, openPositions: .max, workingOrders: .max, opensAt: nil)),
    Sample(
      ordinary: CancelRequested(order: OrderID(sequence: 998), reason: .kill),
      extreme: CancelRequested(order: OrderID(sequence: 0), reason: .collarStep)),
    Sample(
      ordinary: OrderWithheld(order: OrderID(sequence: 998)), extreme: OrderWithheld(order: OrderID(sequence: 0))),
    Sample(
      ordinary: OrderRepriced(
        order: OrderID(sequence: 998), limitPrice: Price(nanos: 85_710_000_000), stopPrice: nil),
      extreme: OrderRepriced(
        order: OrderID(sequence: 0), limitPrice: Price(nanos: -.max), stopPrice: Price(nanos: .max))),
    Sample(
      ordinary: OrderTerms(
        order: OrderID(sequence: 998), isPostOnly: false, isReduceOnly: true, hours: .regular,
        trail: Trail(.share, 20_000), limitDistance: -50_000_000, auctionAt: Timestamp(nanos: .max),
        goodUntil: Timestamp(nanos: 1_380_893_400_000_000_000), group: OrderID(sequence: 996), replaces: nil),
      extreme: OrderTerms(
        order: OrderID(sequence: 0), isPostOnly: true, isReduceOnly: false, hours: .extended,
        trail: Trail(.amount, .max), limitDistance: .min, auctionAt: Timestamp(nanos: .min),
        goodUntil: Timestamp(nanos: .max), group: nil, replaces: OrderID(sequence: 0))),
    Sample(
      ordinary: OrderReplaced(
        order: OrderID(sequence: 998), replaced: OrderID(sequence: 990), filled: Quantity(nanos: 30_000_000_000),
        leaves: Quantity(nanos: 70_000_000_000)),
      extreme: OrderReplaced(
        order: OrderID(sequence: 1), replaced: OrderID(sequence: 0), filled: .zero, leaves: Quantity(nanos: .max))),
    Sample(
      ordinary: PurseChanged(
        currency: .usd, reason: .conversion, amount: -15_024_500_000_000, balance: 984_975_500_000_000),
      extreme: PurseChanged(currency: .usd, reason: .fill, amount: .max, balance: .min)),
    Sample(
      ordinary: MarginCalled(equity: 24_512_500_000_000, requirement: 25_000_000_000_000),
      extreme: MarginCalled(equity: -(1 << 120), requirement: 1 << 120)),
    Sample(
      ordinary: AccountCharged(
        instrument: InstrumentIndex(3), reason: .borrowFee, days: 3, base: -12_345_000_000_000, rate: 2_500_000,
        amount: -257_187_500),
      extreme: AccountCharged(
        instrument: InstrumentIndex(UInt16.max), reason: .variation, days: .max, base: -(1 << 120), rate: 1 << 120,
        amount: -(1 << 120))),
    Sample(
      ordinary: FrontContract(
        instrument: InstrumentIndex(2), previous: InstrumentIndex(1), reason: .volume,
        price: Price(nanos: 1_092_300_000), previousPrice: Price(nanos: 1_087_150_000),
        quantity: Quantity(nanos: -3_000_000_000)),
      extreme: FrontContract(
        instrument: InstrumentIndex(UInt16.max), previous: InstrumentIndex(UInt16.max), reason: .expiry,
        price: Price(nanos: -.max), previousPrice: Price(nanos: .max), quantity: Quantity(nanos: .max))),
    Sample(
      ordinary: FeeConverted(
        order: OrderID(sequence: 998), bar: 997, instrument: InstrumentIndex(0), rateInstrument: InstrumentIndex(1),
        rate: Price(nanos: 612_400_000_000), amount: 1_230_000, booked: 753_252_000, replaced: 0, replacedBooked: 0,
        asset: "BNB"),
      extreme: FeeConverted(
        order: OrderID(sequence: 0), bar: 0, instrument: InstrumentIndex(UInt16.max),
        rateInstrument: InstrumentIndex(0), rate: Price(nanos: .max), amount: -(1 << 62), booked: -(1 << 62),
        replaced: 1 << 62, replacedBooked: 1 << 62,
        asset: "")),
  ]
}
