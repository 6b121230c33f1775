import Events
import Market

/// Samples of what venues, feeds and the process itself report; like the others, never edited.
enum OutsideSamples {
  static let all: [Sample] = [
    Sample(
      ordinary: ExecutionReport(
        type: .filled, source: .stream, order: OrderID(sequence: 998), instrument: InstrumentIndex(UInt16(3)),
        side: .buy, quantity: Quantity(nanos: 1_000_000), cumulative: Quantity(nanos: 3_000_000),
        price: Price(nanos: 64_250_120_000_000), fee: 1_000, liquidity: .taker,
        venueTime: Timestamp(nanos: 1_380_893_400_123_000_000), feeAsset: "BTC", clientOrderID: "e0123456789ab-rq",
        venueOrderID: "4293153", tradeID: "77", reason: ""),
      extreme: ExecutionReport(
        type: .neverArrived, source: .runtime, order: nil, instrument: InstrumentIndex(UInt16.max), side: .sell,
        quantity: Quantity(nanos: .max), cumulative: .zero, price: nil, fee: .min, liquidity: nil,
        venueTime: Timestamp(nanos: .min), feeAsset: "", clientOrderID: "", venueOrderID: "", tradeID: "",
        reason: String(repeating: "é", count: 100))),
    Sample(
      ordinary: Notice(
        code: .feedSwitched, severity: .warning, instrument: nil, first: 60_000_000_000, second: 0,
        source: "feed.binance", text: "yahoo has been silent for 60 s"),
      extreme: Notice(
        code: .priceImplausible, severity: .error, instrument: InstrumentIndex(UInt16.max), first: .min, second: .max,
        source: "", text: String(repeating: "ü", count: 100))),
    Sample(
      ordinary: Measurement(
        subject: .decisionLatency, about: 998, first: 41_000, second: 612_000, third: 655_000),
      extreme: Measurement(subject: .venueLatency, about: nil, first: .min, second: .max, third: .min)),
    Sample(
      ordinary: AccountAdopted(
        instrument: InstrumentIndex(UInt16(3)), quantity: Quantity(nanos: -2_500_000_000),
        price: Price(nanos: 150_230_000_000)),
      extreme: AccountAdopted(cash: .min)),
  ]
}
