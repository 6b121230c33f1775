import Brokers
import Events
import Market
import Testing

@Suite struct VenueMessageTests {
  @Test("a report without a fill has no price, no trade and no liquidity unless told")
  func plainReport() {
    let report = OrderReport(
      type: .accepted, source: .answer, clientOrderID: "e0-1", venueOrderID: "7", symbol: "BTCUSDT", side: .buy,
      quantity: Quantity(nanos: 1), cumulative: .zero, venueTime: Timestamp(nanos: 1))
    #expect(report.price == nil && report.tradeID.isEmpty && report.liquidity == nil)
  }
}
