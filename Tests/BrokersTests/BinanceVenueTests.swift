import Events
import Market
import Testing
import Wire

@testable import Brokers

/// The exchange is played by hand, in the words of binance.md §8, §9: each trap is a test.
@Suite struct BinanceVenueTests {
  static func limit(_ quantity: String = "0.01", price: String = "25000") throws -> OrderTicket {
    OrderTicket(
      order: OrderID(sequence: 1), clientOrderID: "e0-1", instrument: InstrumentIndex(0), symbol: "BTCUSDT", side: .buy,
      type: .limit, timeInForce: .day, quantity: try Quantity(quantity), limitPrice: try Price(price), stopPrice: nil)
  }

  static let placed =
    #"{"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"e0-1","transactTime":1700000001000,"price":"25000.00","origQty":"0.01000000","executedQty":"0.01000000","cummulativeQuoteQty":"250","status":"FILLED","timeInForce":"GTC","type":"LIMIT","side":"BUY","fills":[{"price":"25000.00","qty":"0.00400000","commission":"0.00000400","commissionAsset":"BTC","tradeId":56},{"price":"24999.00","qty":"0.00600000","commission":"0.00000600","commissionAsset":"BTC","tradeId":57}]}"#

  static func execution(_ x: String, _ status: String, c: String = "e0-1", original: String = "", more: String = "")
    -> [UInt8]
  {
    Array(
      #"{"subscriptionId":0,"event":{"e":"executionReport","E":1700000001000,"s":"BTCUSDT","c":"\#(c)","S":"BUY","o":"LIMIT","f":"GTC","q":"0.01000000","p":"25000","P":"0","F":"0","g":-1,"C":"\#(original)","x":"\#(x)","X":"\#(status)","r":"NONE","i":28,"l":"0.00400000","z":"0.00400000","L":"25000.00","n":"0.00000400","N":"BTC","T":1700000001000,"t":56,"v":3,"I":8,"w":true,"m":true,"M":false,"O":1,"Z":"0","Y":"0","Q":"0","W":1,"V":"NONE"\#(more)}}"#
        .utf8)
  }

  @Test("comes up: clocks, rules, subscription with the exchange's time; then it is connected")
  func comesUp() throws {
    let (bench, _) = try BinanceBench.connected()
    #expect(bench.venue.offsetNanos == 2_000_000_000)
    #expect(bench.venue.assets(of: "BTCUSDT")?.base == "BTC")
    bench.expectNoSecret()
  }

  @Test("places a day order as GTC with only what its type needs, and tells acceptance and fills of the answer")
  func places() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.submit(try Self.limit()))
    let parameters = try #require(try bench.sent["params"])
    #expect(bench.method == "order.place")
    #expect(
      parameters.members.map(\.name) == [
        "apiKey", "newClientOrderId", "newOrderRespType", "price", "quantity", "recvWindow", "side", "symbol",
        "timeInForce", "timestamp", "type", "signature",
      ])
    #expect(parameters["timeInForce"]?.string == "GTC" && parameters["quantity"]?.string == "0.01")
    try bench.answer(Self.placed, on: socket)
    #expect(bench.reports.map(\.type) == [.accepted, .filled, .filled])
    #expect(bench.reports.map(\.tradeID) == ["", "56", "57"])
    #expect(bench.reports[2].fee == 6000 && bench.reports[2].feeAsset == "BTC")
    #expect(bench.reports[2].cumulative == (try Quantity("0.01")))
    #expect(bench.answers == [.done])
    bench.expectNoSecret()
  }

  @Test(
    "spells each type and time in force, and sends nothing that the type doesn't take",
    arguments: [
      (OrderType.market, nil, nil, "MARKET"), (.limit, "25000", nil, "LIMIT"), (.stop, nil, "26000", "STOP_LOSS"),
      (.stopLimit, "26100", "26000", "STOP_LOSS_LIMIT"),
    ] as [(OrderType, String?, String?, String)])
  func types(type: OrderType, limit: String?, stop: String?, word: String) throws {
    var ticket = try Self.limit()
    ticket.type = type
    ticket.timeInForce = .immediateOrCancel
    ticket.limitPrice = try limit.map { try Price($0) }
    ticket.stopPrice = try stop.map { try Price($0) }
    let names = BinanceOrderText.parameters(ticket).map(\.name)
    #expect(BinanceOrderText.parameters(ticket).contains { $0 == ("type", word) })
    #expect(names.contains("price") == (limit != nil) && names.contains("stopPrice") == (stop != nil))
    #expect(names.contains("timeInForce") == (limit != nil))
  }

  @Test("reads fills of the stream, and the order's own id in the report of a cancel")
  func stream() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.event(.received(socket, text: Self.execution("TRADE", "PARTIALLY_FILLED")))
    let fill = try #require(bench.reports.first)
    #expect(fill.type == .filled && fill.tradeID == "56" && fill.liquidity == .maker && fill.fee == 4000)
    let quantity = try Quantity("0.004")
    #expect(fill.quantity == quantity && fill.cumulative == quantity)
    bench.event(.received(socket, text: Self.execution("CANCELED", "CANCELED", c: "cancel-1", original: "e0-1")))
    #expect(bench.reports.map(\.clientOrderID) == ["e0-1"] && bench.reports[0].type == .cancelled)
    bench.event(.received(socket, text: Self.execution("EXPIRED", "EXPIRED", more: #","eR":"INSUFFICIENT_LIQUIDITY""#)))
    #expect(bench.reports[0].type == .expired && bench.reports[0].text == "INSUFFICIENT_LIQUIDITY")
    bench.event(.received(socket, text: Self.execution("TRADE_PREVENTION", "EXPIRED_IN_MATCH")))
    #expect(bench.reports.map(\.type) == [.expired])
  }

  @Test("asks the clock before it asks for an order, and says when it isn't known by the exchange's clock")
  func notFound() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.query(try Self.limit()))
    #expect(bench.method == "time")
    try bench.answerTime(on: socket)
    #expect(bench.method == "order.status")
    #expect(try bench.sent["params"]?["origClientOrderId"]?.string == "e0-1")
    let time = Timestamp(nanos: bench.serverMilliseconds * 1_000_000)
    try bench.answer(#"{"code":-2013,"msg":"Order does not exist."}"#, on: socket, status: 400)
    #expect(bench.answers == [.notFound(serverTime: time)])
  }

  @Test("searches the lists as well before it says that an order is nowhere, and finds it in the last of them")
  func search() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.search(try Self.limit(), since: Timestamp(nanos: 1_000_000_000)))
    try bench.answerTime(on: socket)
    try bench.answer(#"{"code":-2013,"msg":"Order does not exist."}"#, on: socket, status: 400)
    #expect(bench.method == "openOrders.status")
    try bench.answer("[]", on: socket)
    #expect(bench.method == "allOrders")
    #expect(try bench.sent["params"]?["startTime"]?.integer == 1000)
    let order =
      #"{"symbol":"BTCUSDT","orderId":28,"clientOrderId":"e0-1","price":"25000","origQty":"0.01","executedQty":"0.01","status":"FILLED","type":"LIMIT","side":"BUY","time":1700000001000,"updateTime":1700000001000}"#
    try bench.answer("[\(order)]", on: socket)
    #expect(bench.method == "myTrades")
    #expect(try bench.sent["params"]?["orderId"]?.string == "28")
    try bench.answer(
      #"[{"symbol":"BTCUSDT","id":57,"orderId":28,"price":"25000","qty":"0.01","quoteQty":"250","commission":"0.00001","commissionAsset":"BTC","time":1700000001000,"isBuyer":true,"isMaker":false,"isBestMatch":true}]"#,
      on: socket)
    #expect(bench.reports.map(\.tradeID) == ["57"] && bench.reports[0].clientOrderID == "e0-1")
    guard case .found(let found) = bench.answers.first else {
      Issue.record("\(bench.answers)")
      return
    }
    #expect(found.status == .filled && found.venueOrderID == "28")
  }

  /// A page of `count` trades of order 28, numbered from `first` on.
  private static func trades(from first: Int, count: Int) -> String {
    let rows = (0..<count).map { place in
      #"{"symbol":"BTCUSDT","id":\#(first + place),"orderId":28,"price":"25000","qty":"0.00001","quoteQty":"0.25","commission":"0","commissionAsset":"BTC","time":1700000001000,"isBuyer":true,"isMaker":false,"isBestMatch":true}"#
    }
    return "[\(rows.joined(separator: ","))]"
  }

  @Test("reads every trade of an order with more than a page of them, from the first on")
  func manyTrades() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.query(try Self.limit()))
    try bench.answerTime(on: socket)
    try bench.answer(
      #"{"symbol":"BTCUSDT","orderId":28,"clientOrderId":"e0-1","price":"25000","origQty":"0.03","executedQty":"0.021","status":"PARTIALLY_FILLED","type":"LIMIT","side":"BUY","time":1700000001000,"updateTime":1700000001000}"#,
      on: socket)
    // The newest thousand, of 2,100.
    try bench.answer(Self.trades(from: 1_101, count: 1_000), on: socket)
    #expect(try bench.sent["params"]?["fromId"]?.string == "0")
    try bench.answer(Self.trades(from: 1, count: 1_000), on: socket)
    #expect(try bench.sent["params"]?["fromId"]?.string == "1001")
    try bench.answer(Self.trades(from: 1_001, count: 1_000), on: socket)
    #expect(try bench.sent["params"]?["fromId"]?.string == "2001")
    #expect(bench.answers.isEmpty)
    try bench.answer(Self.trades(from: 2_001, count: 100), on: socket)
    let reports = bench.told.compactMap { if case .report(let report) = $0 { report } else { nil } }
    #expect(Set(reports.map(\.tradeID)) == Set((1...2_100).map(String.init)))
    #expect(reports.allSatisfy { $0.cumulative == Quantity(nanos: 21_000_000) })
    guard case .found = bench.answers.first else {
      Issue.record("\(bench.answers)")
      return
    }
  }

  @Test("searches page after page by number, though all orders of a page are of one millisecond")
  func manyOrders() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.search(try Self.limit(), since: Timestamp(nanos: 1_000_000_000)))
    try bench.answerTime(on: socket)
    try bench.answer(#"{"code":-2013,"msg":"Order does not exist."}"#, on: socket, status: 400)
    try bench.answer("[]", on: socket)
    func orders(_ numbers: Range<Int>, name: String) -> String {
      let rows = numbers.map { number in
        #"{"symbol":"BTCUSDT","orderId":\#(number),"clientOrderId":"\#(name)","price":"25000","origQty":"0.01","executedQty":"0","status":"CANCELED","type":"LIMIT","side":"BUY","time":1000,"updateTime":1000}"#
      }
      return "[\(rows.joined(separator: ","))]"
    }
    try bench.answer(orders(1..<1_001, name: "other"), on: socket)
    #expect(bench.method == "allOrders" && bench.answers.isEmpty)
    #expect(try bench.sent["params"]?["orderId"]?.string == "1001")
    #expect(try bench.sent["params"]?["startTime"] == nil)
    try bench.answer(orders(1_001..<1_002, name: "e0-1"), on: socket)
    guard case .found(let found) = bench.answers.first else {
      Issue.record("\(bench.answers)")
      return
    }
    #expect(found.venueOrderID == "1001")
  }

  @Test("has looked nowhere else when the lists are empty: not found")
  func searchEmpty() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.search(try Self.limit(), since: Timestamp(nanos: 0)))
    try bench.answerTime(on: socket)
    try bench.answer(#"{"code":-2013,"msg":""}"#, on: socket, status: 400)
    try bench.answer("[]", on: socket)
    try bench.answer("[]", on: socket)
    guard case .notFound = bench.answers.first else {
      Issue.record("\(bench.answers)")
      return
    }
  }

  @Test(
    "says of each error what is certain",
    arguments: [
      (400, -2010, "Duplicate order sent.", "unknown"), (400, -2010, "Market is closed.", "refused"),
      (429, -1015, "Too many new orders.", "wait"), (504, -1007, "Timeout waiting for response.", "unknown"),
      (400, -1021, "Timestamp for this request is outside of the recvWindow.", "wait"), (503, 0, "", "unknown"),
      (401, -2015, "Invalid API-key, IP, or permissions for action.", "refused"),
    ])
  func errors(status: Int, code: Int, text: String, expected: String) throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.submit(try Self.limit()))
    try bench.answer(#"{"code":\#(code),"msg":"\#(text)"}"#, on: socket, status: status)
    let answer = try #require(bench.answers.first)
    #expect("\(answer)".hasPrefix(expected), "\(answer)")
    if code == -1021 { #expect(bench.method == "time", "the clocks are compared at once") }
    if code == -2015 { #expect(bench.notices == [.requestRefused]) }
    if code == -1015 { #expect(bench.notices == [.rateLimited]) }
    bench.expectNoSecret()
  }

  @Test("leaves the exchange alone until the time it names, and tells calls to wait until then")
  func retryAfter() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.submit(try Self.limit()))
    let until = bench.serverMilliseconds + 7000
    try bench.answer(
      #"{"code":-1003,"msg":"Too much","data":{"serverTime":1,"retryAfter":\#(until)}}"#, on: socket, status: 429)
    let local = Timestamp(nanos: (until - BinanceBench.skewMilliseconds) * 1_000_000)
    #expect(bench.answers == [.wait(until: local, "Too much")])
    bench.ask(.cancel(try Self.limit()))
    #expect(bench.out.requests.isEmpty)
    #expect(bench.answers == [.wait(until: local, "a rate limit is reached")])
    bench.pass(seconds: 8)
    bench.ask(.cancel(try Self.limit()))
    #expect(bench.method == "order.cancel")
  }

  @Test(
    "gives every call that was out there an unknown outcome when its connection is lost, and comes back later each time"
  )
  func lostConnection() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.submit(try Self.limit()), 1)
    bench.ask(.cancel(try Self.limit()), 2)
    bench.event(.closed(socket, .unknown("reset")))
    #expect(bench.answers.count == 2 && bench.answers.allSatisfy { "\($0)".hasPrefix("unknown") })
    #expect(bench.out.messages.last == .disconnected("reset"))
    // Half to the whole of 1, 2, 4 … seconds.
    var pause: Int64 = 1
    for _ in 0..<8 {
      let due = try #require(bench.venue.wakeAt)
      let nanos = due.nanos - bench.now.nanos
      #expect((pause * 500_000_000..<pause * 1_000_000_000).contains(nanos))
      bench.now = due
      bench.wake()
      bench.event(.closed(try bench.socket, .notSent("refused")))
      pause = min(pause * 2, 60)
    }
    bench.now = try #require(bench.venue.wakeAt)
    bench.wake()
    try bench.bringUp()
    #expect(bench.told.last == .connected)
  }

  @Test("gives a call that isn't answered in ten seconds an unknown outcome, once")
  func timeout() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.submit(try Self.limit()))
    let frame = try bench.sent
    let before = bench.told.count
    bench.pass(seconds: 9)
    #expect(bench.told.count == before)
    bench.pass(seconds: 1)
    guard case .answered(_, .unknown) = bench.told.last else {
      Issue.record("\(bench.told)")
      return
    }
    // What comes then is nobody's any more.
    let id = try #require(frame["id"]?.integer)
    bench.event(.received(socket, text: Array(#"{"id":\#(id),"status":200,"result":\#(Self.placed)}"#.utf8)))
    #expect(bench.out.messages.isEmpty)
  }

  @Test("opens the second connection before the first is a day old, and closes the first when the second is subscribed")
  func renewal() throws {
    var (bench, first) = try BinanceBench.connected()
    let begin = bench.now
    // Clocks are compared in between.
    while !bench.out.requests.contains(where: { if case .open = $0 { true } else { false } }) {
      if bench.method == "time" { try bench.answerTime(on: first) }
      bench.pass(seconds: 60)
      try #require(bench.now < begin.advanced(byNanos: 24 * 3_600 * Timestamp.nanosPerSecond))
    }
    #expect(bench.now >= begin.advanced(byNanos: 22 * 3_600 * Timestamp.nanosPerSecond))
    #expect(bench.now <= begin.advanced(byNanos: (23 * 3_600 + 60) * Timestamp.nanosPerSecond))
    let second = try bench.bringUp()
    #expect(second != first)
    // At the latest when what is out there on it has had its time.
    bench.pass(seconds: 10)
    #expect(bench.out.requests.contains(.close(first)))
    bench.event(.closed(first, .closedByUs))
    #expect(!bench.told.contains { if case .disconnected = $0 { true } else { false } })
    bench.ask(.cancel(try Self.limit()))
    guard case .send(second, _) = bench.out.requests.last else {
      Issue.record("sent on the wrong connection")
      return
    }
  }

  @Test("takes a warning of shutdown for a reason to renew, and the end of a subscription for a lost connection")
  func shutdown() throws {
    var (bench, first) = try BinanceBench.connected()
    bench.event(.received(first, text: Array(#"{"event":{"e":"serverShutdown","E":1}}"#.utf8)))
    let second = try bench.bringUp()
    #expect(bench.out.requests.contains(.close(first)))
    bench.event(
      .received(second, text: Array(#"{"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1}}"#.utf8)))
    #expect(bench.out.requests.contains(.close(second)))
    guard case .disconnected = bench.told.last else {
      Issue.record("\(bench.told)")
      return
    }
  }

  @Test("refuses what a filter forbids without a call, under the filter's name")
  func filters() throws {
    var (bench, _) = try BinanceBench.connected()
    bench.ask(.submit(try Self.limit("0.000005")))
    #expect(bench.out.requests.isEmpty)
    #expect(bench.answers == [.refused(code: -1013, "Filter failure: LOT_SIZE (checked before it was sent)")])
  }

  @Test("makes a working order smaller where the symbol allows it, under its own id")
  func amends() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.reduce(try Self.limit(), to: try Quantity("0.005")))
    let parameters = try #require(try bench.sent["params"])
    #expect(bench.method == "order.amend.keepPriority")
    #expect(parameters["newQty"]?.string == "0.005" && parameters["newClientOrderId"]?.string == "e0-1")
    try bench.answer(#"{"code":-2038,"msg":"rejected"}"#, on: socket, status: 400)
    #expect("\(bench.answers)".contains("unknown"))
  }

  @Test("counts orders against the exchange's limit, and corrects the count by what it says")
  func orderLimit() throws {
    var (bench, socket) = try BinanceBench.connected()
    for call in 0..<50 as Range<UInt64> { bench.ask(.submit(try Self.limit()), call) }
    bench.ask(.submit(try Self.limit()), 51)
    #expect(bench.answers.count == 1 && "\(bench.answers)".contains("wait"))
    bench.pass(seconds: 1)
    bench.event(
      .received(
        socket,
        text: Array(
          #"{"id":99999,"status":200,"result":{},"rateLimits":[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,"count":3}]}"#
            .utf8)))
    bench.ask(.submit(try Self.limit()), 52)
    #expect(bench.method == "order.place")
  }

  @Test("reads the account in one snapshot: open orders, trades since the last with their orders' names, balances")
  func snapshot() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.snapshot(SnapshotRequest(lastTrades: [InstrumentIndex(0): "55"], since: bench.now)))
    try bench.answerTime(on: socket)
    #expect(bench.method == "openOrders.status")
    try bench.answer("[]", on: socket)
    #expect(try bench.sent["params"]?["fromId"]?.string == "56")
    try bench.answer(
      #"[{"symbol":"BTCUSDT","id":57,"orderId":28,"price":"25000","qty":"0.01","quoteQty":"250","commission":"0","commissionAsset":"BTC","time":1700000001000,"isBuyer":true,"isMaker":false,"isBestMatch":true}]"#,
      on: socket)
    #expect(bench.method == "order.status")
    try bench.answer(
      #"{"symbol":"BTCUSDT","orderId":28,"clientOrderId":"e0-9","origQty":"0.01","executedQty":"0.01","status":"FILLED","side":"BUY","time":1,"updateTime":1}"#,
      on: socket)
    #expect(bench.method == "account.status")
    try bench.answer(#"{"balances":[{"asset":"BTC","free":"0.5","locked":"0.25"}]}"#, on: socket)
    guard case .snapshot(let snapshot) = bench.answers.first else {
      Issue.record("\(bench.answers)")
      return
    }
    #expect(snapshot.fills.map(\.clientOrderID) == ["e0-9"] && snapshot.fills[0].cumulative == .zero)
    #expect(snapshot.balances == [VenueBalance(asset: "BTC", free: 500_000_000, locked: 250_000_000)])
    #expect(snapshot.lastTrades == [InstrumentIndex(0): "57"])
  }

  @Test("over REST: the same calls, HTML bodies of 5xx are unknown, a connection that wasn't made is certain")
  func rest() throws {
    var (bench, _) = try BinanceBench.connected(.rest)
    bench.ask(.submit(try Self.limit()))
    var (number, request) = try #require(bench.http)
    #expect(request.method == .post && request.url.hasPrefix("https://rest/api/v3/order?symbol=BTCUSDT&side=BUY"))
    bench.event(.answered(number, HTTPResponse(status: 502, body: Array("<html>Bad gateway</html>".utf8))))
    #expect("\(bench.answers)".contains("unknown"))
    bench.ask(.submit(try Self.limit()))
    (number, request) = try #require(bench.http)
    bench.event(.failed(number, .notSent("no route")))
    #expect("\(bench.answers)".contains("wait"))
    bench.ask(.submit(try Self.limit()))
    (number, request) = try #require(bench.http)
    bench.event(
      .answered(
        number,
        HTTPResponse(
          status: 418, headers: [HTTPHeader("Retry-After", "30")], body: Array(#"{"code":-1003,"msg":"banned"}"#.utf8)))
    )
    #expect(bench.answers == [.wait(until: bench.now.advanced(byNanos: 30_000_000_000), "banned")])
    bench.expectNoSecret()
  }

  @Test("asks for everything again when a user event can't be read, and shows nothing of what it was")
  func unreadable() throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.event(
      .received(
        socket,
        text: Array(
          #"{"subscriptionId":0,"event":{"e":"executionReport","x":"MAGIC","apiKey":"engine-test-key"}}"#.utf8)))
    #expect(bench.notices == [.invalidAnswer] && bench.out.messages.last == .connected)
    bench.event(.received(socket, text: Array("engine-test-key".utf8)))
    #expect(bench.notices == [.invalidAnswer])
    bench.expectNoSecret()
  }

  @Test("survives any bytes at all on its socket")
  func anyBytes() throws {
    var (bench, socket) = try BinanceBench.connected()
    let whole = Self.execution("TRADE", "FILLED")
    var random: UInt64 = 5
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0..<3 {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(random >> 33) % bytes.count] = Array("0123456789\"-{}[],:eE.".utf8)[Int(random >> 40) % 21]
      }
      bench.event(.received(socket, text: bytes))
    }
    bench.ask(.cancel(try Self.limit()))
    #expect(!bench.out.requests.isEmpty)
  }
}
