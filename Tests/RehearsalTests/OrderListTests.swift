import Market
import Testing
import Wire

@testable import Rehearsal

/// Goal: an OCO list is one thing: its orders are taken together, sell once what is held, and end each other.
/// Bars are those of `Bench.bars`: 100/110/90/105, 105/120/100/110, 110/112/95/96.
@Suite struct OrderListTests {
  private static let sale =
    "symbol=BTCUSDT&side=SELL&quantity=60&aboveType=LIMIT_MAKER&abovePrice=115&aboveClientOrderId=t"
    + "&belowType=STOP_LOSS&belowStopPrice=92&belowClientOrderId=s&listClientOrderId=l"

  private func placed(_ query: String = OrderListTests.sale) -> (Bench, JSONValue?) {
    var bench = Bench()
    bench.followUser()
    bench.pass(1_000_000_000)
    let answer = bench.call(.post, "orderList/oco", query)
    return (bench, answer)
  }

  private func all(_ value: JSONValue?) -> [JSONValue] { value.map { $0.items.map { $0 } } ?? [] }

  private func status(_ bench: Bench, _ id: String) -> String { bench.query(id)["status"]?.string ?? "none" }

  @Test("both orders are taken in one request, told under one list, and hold back what is sold once")
  func takes() {
    var (bench, answer) = placed()
    #expect(answer?["contingencyType"]?.string == "OCO" && answer?["listOrderStatus"]?.string == "EXECUTING")
    #expect(answer?["listClientOrderId"]?.string == "l")
    let reports = all(answer?["orderReports"])
    #expect(reports.map { $0["type"]?.string } == ["LIMIT_MAKER", "STOP_LOSS"])
    #expect(reports.map { $0["status"]?.string } == ["NEW", "NEW"])
    #expect(reports.allSatisfy { $0["orderListId"]?.integer == answer?["orderListId"]?.integer })
    #expect(bench.exchange.balances["BTC"].locked == 60 * Int128(FixedPoint.unit))
    #expect(bench.reports() == ["NEW NEW", "NEW NEW"])
    let told = bench.texts(9).map { $0["event"]?["e"]?.string }
    #expect(told.contains("listStatus"))
    // What is held back can't be sold by anything else.
    #expect(bench.order("side=SELL&type=MARKET&quantity=50")?["code"]?.integer == -2010)
    #expect(all(bench.call(.get, "orderList", "origClientOrderId=l")?["orders"]).count == 2)
    #expect(all(bench.call(.get, "openOrderList")).count == 1)
  }

  @Test("the stop ends the target before it fills")
  func stops() {
    var (bench, _) = placed()
    bench.passMinutes(1)
    #expect(status(bench, "s") == "FILLED" && status(bench, "t") == "EXPIRED")
    #expect(bench.query("t")["expiryReason"]?.string == "OCO_TRIGGER")
    #expect(bench.reports().suffix(2) == ["EXPIRED EXPIRED", "TRADE FILLED"])
    #expect(bench.exchange.balances["BTC"].locked == 0)
    #expect(bench.exchange.balances["BTC"].free == 40 * Int128(FixedPoint.unit))
    #expect(all(bench.call(.get, "openOrderList")).isEmpty)
  }

  @Test("a part of the target ends the stop, and the rest works on alone")
  func part() {
    var settings = Bench.settings
    // Of the second bar's 1,000 units fifty.
    settings.volumeShareMicros = 50_000
    var bench = Bench(settings)
    bench.pass(1_000_000_000)
    bench.call(.post, "orderList/oco", Self.sale.replacing("StopPrice=92", with: "StopPrice=80"))
    bench.passMinutes(2)
    #expect(status(bench, "t") == "PARTIALLY_FILLED" && status(bench, "s") == "EXPIRED")
    #expect(bench.exchange.balances["BTC"].locked == 10 * Int128(FixedPoint.unit))
  }

  @Test("a cancel of one is a cancel of both, and names both", arguments: ["t", "s"])
  func cancels(_ id: String) {
    var (bench, _) = placed()
    let answer = bench.call(.delete, "order", "symbol=BTCUSDT&origClientOrderId=\(id)")
    #expect(answer?["listOrderStatus"]?.string == "ALL_DONE")
    #expect(all(answer?["orderReports"]).compactMap { $0["origClientOrderId"]?.string } == ["t", "s"])
    #expect(status(bench, "s") == "CANCELED" && status(bench, "t") == "CANCELED")
    #expect(bench.exchange.balances["BTC"].locked == 0)
    #expect(bench.call(.delete, "orderList", "symbol=BTCUSDT&listClientOrderId=l")?["code"]?.integer == -2011)
  }

  @Test(
    "a list that can't be is refused whole",
    arguments: [
      ("StopPrice=92", "StopPrice=101", -2010), ("abovePrice=115", "abovePrice=99", -2010),
      ("quantity=60", "quantity=600", -2010), ("ClientOrderId=s", "ClientOrderId=t", -2010),
      ("abovePrice=115", "abovePrice=115.001", -1013), ("belowType=STOP_LOSS", "belowType=TAKE_PROFIT", -1013),
      ("&abovePrice=115", "", -1102), ("aboveType=LIMIT_MAKER&", "", -1102),
    ] as [(String, String, Int64)])
  func refused(_ right: String, _ wrong: String, _ code: Int64) {
    let (bench, answer) = placed(Self.sale.replacing(right, with: wrong))
    #expect(answer?["code"]?.integer == code)
    #expect(bench.exchange.orders.isEmpty && bench.exchange.lists.isEmpty)
    #expect(bench.exchange.balances["BTC"].locked == 0)
  }

  @Test("is taken over the WebSocket API too")
  func webSocket() throws {
    var bench = Bench()
    bench.followUser()
    bench.pass(1_000_000_000)
    let parameters = [
      "aboveClientOrderId": "t", "abovePrice": "115", "aboveType": "LIMIT_MAKER", "apiKey": ExchangeKeys.test.hmacKey,
      "belowClientOrderId": "s", "belowStopPrice": "92", "belowType": "STOP_LOSS", "quantity": "60", "side": "SELL",
      "symbol": "BTCUSDT", "timestamp": "\(bench.now.milliseconds)",
    ].sorted { $0.key < $1.key }
    let payload = parameters.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    let members = (parameters.map { ($0.key, $0.value) } + [("signature", Bench.hmac(payload))])
      .map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
    bench.text(9, "{\"id\":7,\"method\":\"orderList.place.oco\",\"params\":{\(members)}}")
    let answer = try #require(bench.texts(9).first { $0["id"]?.integer == 7 })
    #expect(answer["status"]?.integer == 200 && all(answer["result"]?["orderReports"]).count == 2)
  }
}
