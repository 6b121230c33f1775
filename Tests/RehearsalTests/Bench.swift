import Core
import Crypto
import Market
import Testing
import Wire

@testable import Rehearsal

/// What a test writes out itself can't be wrong.
func made<Value>(_ body: () throws -> Value) -> Value {
  do { return try body() } catch { preconditionFailure("\(error)") }
}

/// An exchange with a clock of the test's own, and a client that signs. Real time and the exchange's run alike from 2026-01-01T00:00Z on.
struct Bench {
  static let start = Timestamp(nanos: 1_767_225_600 * 1_000_000_000)
  static let minute: Int64 = 60_000_000_000

  var exchange: Exchange
  var now = Bench.start
  private var requestNumber: UInt64 = 0
  /// Everything the exchange did, in order.
  var actions: [ServerAction] = []

  /// BTCUSDT in cents and lots of 0.001; each bar as open, high, low, close in whole units, and a volume of units.
  static let bars: [(Int64, Int64, Int64, Int64, Int64)] = [
    (100, 110, 90, 105, 1_000), (105, 120, 100, 110, 1_000), (110, 112, 95, 96, 1_000), (96, 100, 80, 90, 1_000),
    (90, 95, 85, 92, 1_000),
  ]

  static func instrument(_ symbol: String = "BTCUSDT", calendar: CalendarName = .always) -> Instrument {
    made {
      try Instrument(
        symbol: symbol, assetClass: .crypto, currency: Currency("USDT")!, tickSize: Price("0.01"),
        lotSize: Quantity("0.001"), calendar: calendar)
    }
  }

  static func tape(
    _ rows: [(Int64, Int64, Int64, Int64, Int64)] = Bench.bars, history: Int = 0, minutes: [Int64]? = nil,
    instruments: [Instrument] = [Bench.instrument()], start: Timestamp? = nil
  ) -> MarketTape {
    var bars: [Bar] = []
    for (place, row) in rows.enumerated() {
      for instrument in instruments.indices {
        let openTime = Bench.start.advanced(byNanos: (minutes?[place] ?? Int64(place)) * minute)
        bars.append(
          made {
            try Bar(
              instrument: InstrumentIndex(instrument), openTime: openTime, durationNanos: minute,
              open: price(row.0), high: price(row.1), low: price(row.2), close: price(row.3),
              volume: Quantity(nanos: row.4 * FixedPoint.unit), source: .file)
          })
      }
    }
    return MarketTape(instruments: instruments, bars: bars, historyCount: history, start: start)!
  }

  static func price(_ whole: Int64) -> Price { Price(nanos: whole * FixedPoint.unit) }

  /// Plenty of money, a fee of 0.1 %, all of a bar's volume.
  static var settings: ExchangeSettings {
    var settings = ExchangeSettings()
    settings.volumeShareMicros = 1_000_000
    settings.balances = [
      StartingBalance(asset: "USDT", amount: 1_000_000 * Int128(FixedPoint.unit)),
      StartingBalance(asset: "BTC", amount: 100 * Int128(FixedPoint.unit)),
    ]
    return settings
  }

  init(
    _ settings: ExchangeSettings = Bench.settings, tape: MarketTape = Bench.tape(), faults: [FaultRule] = [],
    seed: UInt64 = 1
  ) {
    exchange = Exchange(
      tape: tape, settings: settings, faults: FaultPlan(seed: seed, rules: faults), startedAt: Bench.start,
      origin: Bench.start)
    exchange.wake(now: now, into: &actions)
  }

  /// Lets time pass, waking the exchange whenever it asks.
  mutating func pass(_ nanos: Int64) {
    let end = now.advanced(byNanos: nanos)
    while let due = exchange.wakeAt, due <= end {
      now = max(now, due)
      exchange.wake(now: now, into: &actions)
    }
    now = end
    exchange.wake(now: now, into: &actions)
  }

  mutating func passMinutes(_ count: Int64) { pass(count * Bench.minute) }

  /// Sends a request; its answer, where one came at once.
  @discardableResult
  mutating func request(
    _ method: HTTPRequest.Method, _ target: String, headers: [HTTPHeader] = [], body: String = ""
  ) -> HTTPResponse? {
    let number = send(method, target, headers: headers, body: body)
    return answer(to: number)
  }

  mutating func send(
    _ method: HTTPRequest.Method, _ target: String, headers: [HTTPHeader] = [], body: String = ""
  ) -> RequestNumber {
    requestNumber += 1
    let number = RequestNumber(rawValue: requestNumber)
    let request = ServerRequest(method, target: target, headers: headers, body: Array(body.utf8))
    exchange.receive(.request(number, request), now: now, into: &actions)
    return number
  }

  func answer(to number: RequestNumber) -> HTTPResponse? {
    for case .respond(number, let response) in actions { return response }
    return nil
  }

  static let key = HTTPHeader("X-MBX-APIKEY", ExchangeKeys.test.hmacKey)

  static func hmac(_ payload: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array(payload.utf8), using: SymmetricKey(data: Array(ExchangeKeys.test.hmacSecret.utf8)))
    return Hex.text(Array(code))
  }

  /// Query with time and signature.
  func signed(_ query: String) -> String {
    let payload = (query.isEmpty ? "" : query + "&") + "timestamp=\(now.milliseconds)"
    return payload + "&signature=" + Bench.hmac(payload)
  }

  /// A signed call; parameters in the query.
  @discardableResult
  mutating func call(_ method: HTTPRequest.Method, _ path: String, _ query: String = "") -> JSONValue? {
    let response = request(method, "/api/v3/\(path)?\(signed(query))", headers: [Bench.key])
    guard let response else { return nil }
    // Faults answer with HTML, and with what is no JSON.
    do throws(JSONError) { return try JSONDocument(response.body).root } catch { return nil }
  }

  @discardableResult
  mutating func order(_ query: String) -> JSONValue? { call(.post, "order", "symbol=BTCUSDT&\(query)") }

  func query(_ id: String) -> JSONValue {
    var copy = self
    return copy.call(.get, "order", "symbol=BTCUSDT&origClientOrderId=\(id)")!
  }

  static func json(_ bytes: [UInt8]) -> JSONValue { made { try JSONDocument(bytes) }.root }

  // WebSockets.

  mutating func open(_ number: UInt64, _ target: String) {
    exchange.receive(.socketOpened(SocketNumber(rawValue: number), target: target), now: now, into: &actions)
  }

  mutating func text(_ number: UInt64, _ text: String) {
    exchange.receive(.socketText(SocketNumber(rawValue: number), text: Array(text.utf8)), now: now, into: &actions)
  }

  /// Opens the WebSocket API and subscribes to user data.
  mutating func followUser(_ number: UInt64 = 9) {
    open(number, "/ws-api/v3")
    let payload = "apiKey=\(ExchangeKeys.test.hmacKey)&timestamp=\(now.milliseconds)"
    text(
      number,
      #"{"id":1,"method":"userDataStream.subscribe.signature","params":{"apiKey":"\#(ExchangeKeys.test.hmacKey)","timestamp":\#(now.milliseconds),"signature":"\#(Bench.hmac(payload))"}}"#
    )
  }

  func texts(_ number: UInt64) -> [JSONValue] {
    actions.compactMap { action in
      guard case .sendText(SocketNumber(rawValue: number), let text) = action else { return nil }
      return Bench.json(text)
    }
  }

  /// Of the user stream: execution type and status of each report, such as `TRADE FILLED`.
  func reports(_ number: UInt64 = 9) -> [String] {
    texts(number).compactMap { $0["event"] }.filter { $0["e"]?.string == "executionReport" }
      .map { "\($0["x"]!.string!) \($0["X"]!.string!)" }
  }
}
