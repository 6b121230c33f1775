import Events
import Market
import Testing
import Wire

@testable import Brokers

/// Orders beyond the plain ones, in the words of binance.md §8 and of the documents on order lists.
@Suite struct BinanceOrderTests {
  @Test("tells a post-only order as LIMIT_MAKER, and its refusal is the end of it")
  func postOnly() throws {
    var (bench, socket) = try BinanceBench.connected()
    var ticket = try BinanceVenueTests.limit()
    ticket.isPostOnly = true
    bench.ask(.submit(ticket))
    let sent = try #require(try bench.sent["params"])
    #expect(sent["type"]?.string == "LIMIT_MAKER" && sent["price"]?.string == "25000" && sent["timeInForce"] == nil)
    try bench.answer(
      #"{"code":-2010,"msg":"Order would immediately match and take."}"#, on: socket, status: 400)
    #expect(bench.answers == [.refused(code: -2010, "Order would immediately match and take.")])
  }

  @Test(
    "tells a stop, or a list, that is refused because the market is beyond it, apart from other refusals",
    arguments: [
      ("Order would trigger immediately.", true), ("Stop price would trigger immediately.", true),
      ("The relationship of the prices for the orders is not correct.", true),
      ("Account has insufficient balance for requested action.", false),
    ])
  func passedStop(_ text: String, _ isPassed: Bool) throws {
    var (bench, socket) = try BinanceBench.connected()
    var ticket = try BinanceVenueTests.limit()
    (ticket.type, ticket.limitPrice, ticket.stopPrice) = (.stop, nil, try Price("24000"))
    bench.ask(.submit(ticket))
    try bench.answer(#"{"code":-2010,"msg":"\#(text)"}"#, on: socket, status: 400)
    #expect(bench.answers == [isPassed ? .wouldTrigger(code: -2010, text) : .refused(code: -2010, text)])
  }

  @Test(
    "tells a pair as an OCO list, the higher price above, and each order's own report comes of the answer",
    arguments: [Side.sell, .buy])
  func pair(_ side: Side) throws {
    var (bench, socket) = try BinanceBench.connected()
    var (stop, target) = (
      try BinanceVenueTests.limit(), try BinanceVenueTests.limit(price: side == .sell ? "26000" : "24000")
    )
    (stop.side, target.side) = (side, side)
    (stop.type, stop.limitPrice) = (.stop, nil)
    stop.stopPrice = try Price(side == .sell ? "24000" : "26000")
    target.clientOrderID = "e0-2"
    bench.ask(.submitPair(stop, target))
    #expect(bench.method == "orderList.place.oco")
    let sent = try #require(try bench.sent["params"])
    let (above, below) = side == .sell ? ("LIMIT_MAKER", "STOP_LOSS") : ("STOP_LOSS", "LIMIT_MAKER")
    #expect(sent["aboveType"]?.string == above && sent["belowType"]?.string == below)
    #expect(sent["aboveClientOrderId"]?.string == (side == .sell ? "e0-2" : "e0-1"))
    #expect(sent["belowClientOrderId"]?.string == (side == .sell ? "e0-1" : "e0-2"))
    #expect(sent[side == .sell ? "abovePrice" : "belowPrice"]?.string == (side == .sell ? "26000" : "24000"))
    #expect(sent[side == .sell ? "belowStopPrice" : "aboveStopPrice"]?.string == (side == .sell ? "24000" : "26000"))
    #expect(sent["aboveTimeInForce"] == nil && sent["belowTimeInForce"] == nil)
    #expect(sent["listClientOrderId"]?.string == "e0-1-oco" && sent["quantity"]?.string == "0.01")
    let head =
      #""orderListId":3,"contingencyType":"OCO","listClientOrderId":"e0-1-oco","transactionTime":1700000001000,"symbol":"BTCUSDT","orders":[{"symbol":"BTCUSDT","orderId":28,"clientOrderId":"e0-1"},{"symbol":"BTCUSDT","orderId":29,"clientOrderId":"e0-2"}]"#
    func order(_ id: Int, _ name: String, _ status: String, _ own: String) -> String {
      #"{"symbol":"BTCUSDT","orderId":\#(id),"orderListId":3,\#(name),"transactTime":1700000001000,"origQty":"0.01","executedQty":"0.00","status":"\#(status)"\#(own)}"#
    }
    try bench.answer(
      "{\(head),\"orderReports\":[\(order(28, #""clientOrderId":"e0-1""#, "NEW", "")),\(order(29, #""clientOrderId":"e0-2""#, "NEW", ""))]}",
      on: socket)
    #expect(
      bench.reports.map(\.clientOrderID) == ["e0-1", "e0-2"] && bench.reports.map(\.type) == [.accepted, .accepted])
    #expect(bench.answers == [.done])
    // A cancel of one names both.
    bench.ask(.cancel(stop), 101)
    let gone = [(28, "e0-1"), (29, "e0-2")].map {
      order($0, "\"origClientOrderId\":\"\($1)\",\"clientOrderId\":\"x\"", "CANCELED", "")
    }.joined(separator: ",")
    try bench.answer("{\(head),\"orderReports\":[\(gone)]}", on: socket)
    #expect(bench.reports.map(\.clientOrderID) == ["e0-1", "e0-2"])
    #expect(bench.reports.map(\.type) == [.cancelled, .cancelled])
  }
}
