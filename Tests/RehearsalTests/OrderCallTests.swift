import Core
import Market
import Testing
import Wire

@testable import Rehearsal

/// What calls are refused with, and what they change.
@Suite struct OrderCallTests {
  @Test(
    "refuses what Binance refuses, with its codes",
    arguments: [
      ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=100.001", -1013, "Filter failure: PRICE_FILTER"),
      ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.0001&price=100", -1013, "Filter failure: LOT_SIZE"),
      ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=100", -1013, "Filter failure: NOTIONAL"),
      ("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=900", -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
      (
        "side=BUY&type=LIMIT&timeInForce=GTC&quantity=100000&price=100", -2010,
        "Account has insufficient balance for requested action."
      ),
      (
        "side=BUY&type=LIMIT&quantity=1&price=100", -1102,
        "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed."
      ),
      (
        "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1", -1102,
        "Mandatory parameter 'price' was not sent, was empty/null, or malformed."
      ),
      ("side=BUY&type=MARKET&quantity=1&price=100", -1106, "Parameter 'price' sent when not required."),
      ("side=BUY&type=MARKET&timeInForce=GTC&quantity=1", -1114, "TimeInForce parameter sent when not required."),
      ("side=BUY&type=MARKET", -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."),
      ("side=UP&type=MARKET&quantity=1", -1117, "Invalid side."),
      ("side=BUY&type=STOP&quantity=1", -1116, "Invalid orderType."),
      ("side=BUY&type=LIMIT&timeInForce=DAY&quantity=1&price=100", -1115, "Invalid timeInForce."),
      ("side=BUY&type=MARKET&quantity=1.123456789", -1111, "Parameter 'quantity' has too much precision."),
      ("side=BUY&type=MARKET&quantity=", -1105, "Parameter 'quantity' was empty."),
      (
        "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=100&icebergQty=0.5", -2010,
        "Iceberg orders are not supported for this symbol."
      ),
      ("side=BUY&type=MARKET&quantity=1&icebergQty=0.5", -1106, "Parameter 'icebergQty' sent when not required."),
      ("side=BUY&type=STOP_LOSS&quantity=1&stopPrice=99", -2010, "Order would trigger immediately."),
      ("side=BUY&type=LIMIT_MAKER&quantity=1&price=101", -2010, "Order would immediately match and take."),
      (
        "side=BUY&type=MARKET&quantity=1&newClientOrderId=a%20b", -1100,
        "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'."
      ),
    ])
  func refusals(_ order: String, code: Int64, message: String) {
    var bench = Bench()
    let answer = bench.order(order)
    #expect(answer?["code"]?.integer == code)
    #expect(answer?["msg"]?.string == message)
    #expect(bench.exchange.orders.isEmpty)
    // The same words from a test order.
    let test = bench.call(.post, "order/test", "symbol=BTCUSDT&\(order)")
    #expect(test?["code"]?.integer == code)
  }

  @Test("takes the id of an order that has ended for a new one, and refuses that of an open one")
  func duplicateIDs() {
    var bench = Bench()
    bench.order("side=BUY&type=MARKET&quantity=1&newClientOrderId=a")
    #expect(bench.order("side=BUY&type=MARKET&quantity=1&newClientOrderId=a")?["status"]?.string == "FILLED")
    #expect(bench.exchange.repeatedClientOrderIDs == ["a"])
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50&newClientOrderId=b")
    let again = bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50&newClientOrderId=b")
    #expect(again?["code"]?.integer == -2010)
    #expect(again?["msg"]?.string == "Duplicate order sent.")
  }

  @Test(
    "can be told that ids are unique for longer, or never looked at",
    arguments: [
      (ExchangeSettings.ClientIDRule.open, true, true), (.day, false, true), (.forever, false, false),
      (.none, true, true),
    ])
  func idRules(_ rule: ExchangeSettings.ClientIDRule, isTakenToday: Bool, isTakenTomorrow: Bool) {
    var settings = Bench.settings
    settings.clientIDs = rule
    var bench = Bench(settings, tape: Bench.tape(minutes: [0, 1, 2, 1_440, 1_441]))
    bench.order("side=BUY&type=MARKET&quantity=1&newClientOrderId=a")
    #expect((bench.order("side=BUY&type=MARKET&quantity=1&newClientOrderId=a")?["orderId"] != nil) == isTakenToday)
    bench.passMinutes(1_440)
    #expect((bench.order("side=BUY&type=MARKET&quantity=1&newClientOrderId=a")?["orderId"] != nil) == isTakenTomorrow)
  }

  @Test("names the cancel by its own id, and the order as the original")
  func cancel() {
    var bench = Bench()
    bench.followUser()
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50&newClientOrderId=a")
    let answer = bench.call(.delete, "order", "symbol=BTCUSDT&origClientOrderId=a&newClientOrderId=c")
    #expect(answer?["origClientOrderId"]?.string == "a")
    #expect(answer?["clientOrderId"]?.string == "c")
    #expect(answer?["status"]?.string == "CANCELED")
    let report = bench.texts(9).compactMap { $0["event"] }.last { $0["x"]?.string == "CANCELED" }
    #expect(report?["c"]?.string == "c")
    #expect(report?["C"]?.string == "a")
    let again = bench.call(.delete, "order", "symbol=BTCUSDT&origClientOrderId=a")
    #expect(again?["code"]?.integer == -2011)
    #expect(bench.call(.get, "order", "symbol=BTCUSDT&origClientOrderId=z")?["code"]?.integer == -2013)
    #expect(bench.call(.delete, "openOrders", "symbol=BTCUSDT")?["code"]?.integer == -2011)
  }

  @Test("holds back what open orders need, and gives back what they no longer do")
  func locks() {
    var bench = Bench()
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=2&price=50&newClientOrderId=a")
    #expect(bench.exchange.balances["USDT"].locked == 100 * Int128(FixedPoint.unit))
    bench.call(.put, "order/amend/keepPriority", "symbol=BTCUSDT&origClientOrderId=a&newQty=1")
    #expect(bench.exchange.balances["USDT"].locked == 50 * Int128(FixedPoint.unit))
    bench.call(.delete, "openOrders", "symbol=BTCUSDT")
    #expect(bench.exchange.balances["USDT"].locked == 0)
    #expect(bench.exchange.balances["USDT"].free == 1_000_000 * Int128(FixedPoint.unit))
  }

  @Test("takes a purchase's commission from what was bought")
  func commission() {
    var bench = Bench()
    let fill = bench.order("side=BUY&type=MARKET&quantity=2")?["fills"]?[0]
    #expect(fill?["commission"]?.string == "0.00200000")
    #expect(fill?["commissionAsset"]?.string == "BTC")
    #expect(bench.exchange.balances["BTC"].free == Int128(101_998_000_000))
    #expect(bench.exchange.balances["USDT"].free == 999_800 * Int128(FixedPoint.unit))
  }

  @Test("buys for an amount of the quote asset, in whole lots")
  func quoteAmount() {
    var bench = Bench()
    let answer = bench.order("side=BUY&type=MARKET&quoteOrderQty=55.55")
    #expect(answer?["executedQty"]?.string == "0.55500000")
    #expect(answer?["status"]?.string == "FILLED")
    #expect(bench.exchange.balances["USDT"].locked == 0)
  }

  @Test("replaces: both halves, one half with 409, none with 400")
  func cancelReplace() {
    var bench = Bench()
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50&newClientOrderId=a")
    let replace =
      "symbol=BTCUSDT&cancelReplaceMode=STOP_ON_FAILURE&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1"
    let both = bench.call(
      .post, "order/cancelReplace", "\(replace)&price=51&cancelOrigClientOrderId=a&newClientOrderId=b")
    #expect(both?["cancelResult"]?.string == "SUCCESS")
    #expect(both?["newOrderResponse"]?["clientOrderId"]?.string == "b")
    let refused = bench.request(
      .post, "/api/v3/order/cancelReplace?\(bench.signed("\(replace)&price=51.001&cancelOrigClientOrderId=b"))",
      headers: [Bench.key])
    #expect(refused?.status == 400)
    #expect(refused.map { Bench.json($0.body)["code"]?.integer } == -1013, "filters are looked at before the cancel")
    let half = bench.request(
      .post,
      "/api/v3/order/cancelReplace?\(bench.signed("\(replace)000000&price=51&cancelOrigClientOrderId=b"))",
      headers: [Bench.key])
    #expect(half?.status == 409)
    let body = half.map { Bench.json($0.body) }
    #expect(body?["code"]?.integer == -2021)
    #expect(body?["data"]?["newOrderResponse"]?["code"]?.integer == -2010)
    let none = bench.request(
      .post, "/api/v3/order/cancelReplace?\(bench.signed("\(replace)&price=51&cancelOrigClientOrderId=b"))",
      headers: [Bench.key])
    #expect(none?.status == 400)
    #expect(none.map { Bench.json($0.body)["data"]?["newOrderResult"]?.string } == "NOT_ATTEMPTED")
  }

  @Test("lists orders and trades from an id on, or the latest")
  func lists() {
    var bench = Bench()
    for _ in 0..<5 { bench.order("side=BUY&type=MARKET&quantity=1") }
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50")
    #expect(bench.call(.get, "myTrades", "symbol=BTCUSDT&fromId=3")?.items.map { $0["id"]!.integer! } == [3, 4, 5])
    #expect(bench.call(.get, "myTrades", "symbol=BTCUSDT&limit=2")?.items.map { $0["id"]!.integer! } == [4, 5])
    #expect(bench.call(.get, "myTrades", "symbol=BTCUSDT&orderId=2")?.items.map { $0["id"]!.integer! } == [2])
    #expect(bench.call(.get, "allOrders", "symbol=BTCUSDT&orderId=5")?.items.map { $0["orderId"]!.integer! } == [5, 6])
    #expect(bench.call(.get, "openOrders", "symbol=BTCUSDT")?.items.map { $0["orderId"]!.integer! } == [6])
    #expect(bench.call(.get, "openOrders")?.items.map { $0["orderId"]!.integer! } == [6])
  }

  @Test("counts orders against the limit of ten seconds until they fill")
  func orderLimit() {
    var settings = Bench.settings
    settings.ordersPerTenSeconds = 2
    var bench = Bench(settings)
    for _ in 0..<3 { #expect(bench.order("side=BUY&type=MARKET&quantity=1")?["status"]?.string == "FILLED") }
    let resting = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50"
    for _ in 0..<2 { #expect(bench.order(resting)?["orderId"] != nil) }
    let number = bench.send(.post, "/api/v3/order?\(bench.signed("symbol=BTCUSDT&\(resting)"))", headers: [Bench.key])
    #expect(bench.answer(to: number)?.status == 429)
    #expect(bench.answer(to: number)?.header("retry-after") != nil)
    #expect(bench.answer(to: number).map { Bench.json($0.body)["code"]?.integer } == -1015)
    bench.pass(10_000_000_000)
    #expect(bench.order(resting)?["orderId"] != nil)
  }
}
