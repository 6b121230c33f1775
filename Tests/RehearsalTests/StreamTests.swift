import Market
import Testing
import Wire

@testable import Rehearsal

/// Market streams, the WebSocket API and user data, as clients use them.
@Suite struct StreamTests {
  @Test("takes streams in the path, in the query and by request, and echoes ids as sent")
  func subscribing() {
    var bench = Bench()
    bench.open(1, "/ws/btcusdt@kline_1m")
    bench.open(2, "/stream?streams=btcusdt@kline_1m")
    bench.open(3, "/ws/0")
    bench.text(3, #"{"method":"SUBSCRIBE","params":["btcusdt@kline_1m"],"id":"a-7"}"#)
    bench.text(3, #"{"method":"LIST_SUBSCRIPTIONS","id":3}"#)
    #expect(bench.texts(3).map { $0["id"]!.scalarText! } == ["a-7", "3"])
    #expect(bench.texts(3)[1]["result"]?[1]?.string == "btcusdt@kline_1m")
    bench.passMinutes(1)
    #expect(bench.texts(1).count { $0["k"]?["x"]?.bool == true } == 1)
    #expect(bench.texts(2).count { $0["data"]?["k"]?["x"]?.bool == true } == 1)
    #expect(bench.texts(3).count { $0["k"]?["x"]?.bool == true } == 1)
    bench.text(3, #"{"method":"UNSUBSCRIBE","params":["btcusdt@kline_1m"],"id":4}"#)
    let count = bench.texts(3).count
    bench.passMinutes(1)
    #expect(bench.texts(3).count == count)
    bench.text(3, "no JSON")
    #expect(bench.texts(3).last?["code"]?.integer == 3)
    bench.open(4, "/nowhere")
    #expect(
      bench.actions.contains { if case .closeSocket(SocketNumber(rawValue: 4), 1008, _) = $0 { true } else { false } })
  }

  @Test("shows a bar growing: open, the extreme against it, the one along it, close, and closed once")
  func growing() {
    var bench = Bench()
    bench.open(1, "/ws/btcusdt@kline_1m")
    bench.passMinutes(1)
    let klines = bench.texts(1).compactMap { $0["k"] }.filter { $0["t"]?.integer == Bench.start.milliseconds }
    #expect(klines.map { $0["c"]!.string! } == ["90.00000000", "110.00000000", "105.00000000", "105.00000000"])
    #expect(klines.map { $0["x"]!.bool! } == [false, false, false, true])
    #expect(klines.last?["v"]?.string == "1000.00000000")
    #expect(klines.last?["T"]?.integer == Bench.start.milliseconds + 59_999)
  }

  @Test("puts bars together to longer klines: the stream's closed one equals REST's and the bars'")
  func aggregated() {
    var bench = Bench(tape: Bench.tape(Array(repeating: Bench.bars, count: 2).flatMap(\.self)))
    bench.open(1, "/ws/btcusdt@kline_5m")
    bench.passMinutes(7)
    let closed = bench.texts(1).compactMap { $0["k"] }.filter { $0["x"]?.bool == true }
    #expect(closed.count == 1)
    #expect(
      closed.first.map { [$0["o"]!, $0["h"]!, $0["l"]!, $0["c"]!, $0["v"]!].map { $0.string! } }
        == ["100.00000000", "120.00000000", "80.00000000", "92.00000000", "5000.00000000"])
    let rows = bench.request(.get, "/api/v3/klines?symbol=BTCUSDT&interval=5m").map {
      Bench.json($0.body).items.map { $0[2]!.string! }
    }
    #expect(rows == ["120.00000000", "120.00000000"])
  }

  @Test("pages klines by start, end and limit, the running bar last")
  func pages() {
    var bench = Bench()
    bench.pass(3 * Bench.minute + 1)
    func opens(_ query: String) -> [Int64] {
      let answer = bench.request(.get, "/api/v3/klines?symbol=BTCUSDT&interval=1m\(query)")
      return answer.map { Bench.json($0.body).items.map { ($0[0]!.integer! - Bench.start.milliseconds) / 60_000 } }
        ?? []
    }
    let start = Bench.start.milliseconds
    #expect(opens("") == [0, 1, 2, 3])
    #expect(opens("&limit=2") == [2, 3])
    #expect(opens("&startTime=\(start + 60_000)&limit=2") == [1, 2])
    #expect(opens("&startTime=\(start + 60_001)") == [2, 3])
    #expect(opens("&endTime=\(start + 60_000)") == [0, 1])
    #expect(opens("&startTime=\(start + 60_000)&endTime=\(start + 60_000)") == [1])
    #expect(opens("&startTime=\(start + 600_000)") == [])
    #expect(
      bench.request(.get, "/api/v3/klines?symbol=BTCUSDT&interval=1s").map { Bench.json($0.body)["code"]?.integer }
        == -1120)
  }

  @Test("places, asks for and cancels over the WebSocket API, with numbers signed as they were sent")
  func socketOrders() {
    var bench = Bench()
    bench.followUser(9)
    func call(_ method: String, _ pairs: [(String, String)]) -> JSONValue? {
      let all = pairs + [("apiKey", "\"\(ExchangeKeys.test.hmacKey)\""), ("timestamp", "\(bench.now.milliseconds)")]
      let payload = all.sorted { $0.0 < $1.0 }.map { "\($0.0)=\($0.1.filter { $0 != "\"" })" }.joined(separator: "&")
      let members = all.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
      bench.text(
        9, "{\"id\":\"x\",\"method\":\"\(method)\",\"params\":{\(members),\"signature\":\"\(Bench.hmac(payload))\"}}")
      return bench.texts(9).last { $0["id"]?.string == "x" }
    }
    let placed = call(
      "order.place",
      [
        ("symbol", "\"BTCUSDT\""), ("side", "\"BUY\""), ("type", "\"LIMIT\""), ("timeInForce", "\"GTC\""),
        ("quantity", "1.50"),
        ("price", "50"), ("newClientOrderId", "\"w\""),
      ])
    #expect(placed?["status"]?.integer == 200)
    #expect(placed?["rateLimits"]?[0]?["rateLimitType"]?.string == "REQUEST_WEIGHT")
    let asked = [("symbol", "\"BTCUSDT\""), ("origClientOrderId", "\"w\"")]
    #expect(call("v3/order.status", asked)?["result"]?["status"]?.string == "NEW")
    #expect(call("order.cancel", asked)?["result"]?["status"]?.string == "CANCELED")
    #expect(call("order.cancel", asked)?["error"]?["code"]?.integer == -2011)
    #expect(bench.reports() == ["NEW NEW", "CANCELED CANCELED"])
    #expect(call("userDataStream.subscribe.signature", [])?["error"]?["code"]?.integer == -2035)
    #expect(call("session.logon", [])?["error"]?["code"]?.integer == -4056)
    #expect(call("userDataStream.start", [])?["status"]?.integer == 410)
  }

  @Test("closes a WebSocket when its time is over")
  func lifetime() {
    var settings = Bench.settings
    settings.socketLifetimeNanos = 30_000_000_000
    var bench = Bench(settings)
    bench.open(1, "/ws/btcusdt@kline_1m")
    bench.pass(29_000_000_000)
    #expect(!bench.actions.contains { if case .closeSocket = $0 { true } else { false } })
    bench.pass(1_000_000_000)
    #expect(
      bench.actions.contains { if case .closeSocket(SocketNumber(rawValue: 1), 1001, _) = $0 { true } else { false } })
  }
}
