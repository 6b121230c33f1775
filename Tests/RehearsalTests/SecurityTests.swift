import Crypto
import Market
import Testing
import Wire

@testable import Rehearsal

/// Keys, signatures and times. The vectors are those of the notes on Binance's signatures.
@Suite struct SecurityTests {
  static let payload =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=25000.00&newClientOrderId=abc-1&recvWindow=5000&timestamp=1700000000000"

  @Test("accepts the test vectors of both kinds of key, and nothing else")
  func vectors() {
    let keys = ExchangeKeys.test
    let bytes = Array(Self.payload.utf8)
    #expect(
      keys.isSignature("7624566A0daac54d17e28dab499f525f0886efe1450b5f4f918e5bffdb5ffa39", of: bytes, by: .hmac))
    #expect(
      keys.isSignature(
        "61YYlzVtOn5Rv7qD0vM5noMzQCt4154UlT4iznxvvrmNV/gg66tOR3LDvYLGOrpR4iKR+Moi9dLvY0rm1DU+BA==", of: bytes,
        by: .ed25519))
    #expect(
      !keys.isSignature(
        "7624566a0daac54d17e28dab499f525f0886efe1450b5f4f918e5bffdb5ffa39", of: bytes + [0x20], by: .hmac))
    #expect(!keys.isSignature("no base64", of: bytes, by: .ed25519))
    #expect(keys.ed25519PEM.contains("MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"))
  }

  @Test("verifies the bytes as sent, wherever the parameters are")
  func places() {
    let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&newClientOrderId=a-b"
    var bench = Bench()
    let form = [Bench.key, HTTPHeader("Content-Type", "application/x-www-form-urlencoded")]
    #expect(bench.request(.post, "/api/v3/order", headers: form, body: bench.signed(order))?.status == 200)
    let json = [Bench.key, HTTPHeader("Content-Type", "application/json;charset=utf-8")]
    #expect(bench.request(.post, "/api/v3/order?\(bench.signed(order))", headers: json)?.status == 200)
    // Both: the query and the body follow each other without a separator.
    let rest = "quantity=1&timestamp=\(bench.now.milliseconds)"
    let query = "symbol=BTCUSDT&side=BUY&type=MARKET"
    let signature = Bench.hmac(query + rest)
    #expect(
      bench.request(.post, "/api/v3/order?\(query)", headers: form, body: "\(rest)&signature=\(signature)")?.status
        == 200)
  }

  @Test(
    "refuses a call without a right key, signature or time",
    arguments: [
      ("", "", 0, 401, -2014), ("another-key", "", 0, 401, -2015), ("engine-test-key", "", 0, 400, -1102),
      ("engine-test-key", "00", 0, 400, -1022), ("engine-test-key", "right", 1_000, 400, -1021),
      ("engine-test-key", "right", -5_001, 400, -1021), ("engine-test-key", "right", -5_000, 200, 0),
      ("engine-test-key", "right", 999, 200, 0),
    ])
  func refusals(_ key: String, signature: String, offsetMillis: Int64, status: Int, code: Int64) {
    var bench = Bench()
    bench.pass(30_000_000_000)
    let payload = "timestamp=\(bench.now.milliseconds + offsetMillis)"
    let tail =
      signature == "right" ? "&signature=\(Bench.hmac(payload))" : signature.isEmpty ? "" : "&signature=\(signature)"
    let answer = bench.request(
      .get, "/api/v3/account?\(payload)\(tail)", headers: key.isEmpty ? [] : [HTTPHeader("x-mbx-apikey", key)])
    #expect(answer?.status == status)
    #expect((answer.flatMap { Bench.json($0.body)["code"]?.integer } ?? 0) == code)
  }

  @Test("checks an order's time again when it reaches the matching engine, so a late one can't be carried out")
  func lateOrder() {
    var bench = Bench(faults: [FaultRule(.delay, on: .order, .steps([1]), nanos: 6_000_000_000)])
    let number = bench.send(
      .post, "/api/v3/order?\(bench.signed("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1"))", headers: [Bench.key])
    #expect(bench.answer(to: number) == nil)
    bench.pass(6_000_000_000)
    #expect(bench.answer(to: number).map { Bench.json($0.body)["code"]?.integer } == -1021)
    #expect(bench.exchange.orders.isEmpty)
  }

  @Test("bans who goes on after 429")
  func ban() {
    var settings = Bench.settings
    settings.weightPerMinute = 40
    var bench = Bench(settings)
    #expect(bench.request(.get, "/api/v3/exchangeInfo")?.status == 200)
    #expect(bench.request(.get, "/api/v3/exchangeInfo")?.header("X-MBX-USED-WEIGHT-1M") == "40")
    let refused = bench.request(.get, "/api/v3/time")
    #expect(refused?.status == 429)
    #expect(refused?.header("Retry-After") == "60")
    for _ in 0..<10 { bench.request(.get, "/api/v3/time") }
    #expect(bench.request(.get, "/api/v3/time")?.status == 418)
    bench.pass(60_000_000_000)
    #expect(bench.request(.get, "/api/v3/time")?.status == 418)
    bench.pass(60_000_000_000)
    #expect(bench.request(.get, "/api/v3/time")?.status == 200)
  }
}
