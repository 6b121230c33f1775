import Events
import Market
import Testing
import Wire

@testable import Brokers

/// A venue, its clock, and what it asked the network for: the tests play the exchange by hand.
struct BinanceBench {
  static let keyText = "engine-test-key"
  static let secretText = "engine-test-secret"
  /// The exchange's clock is two seconds ahead.
  static let skewMilliseconds: Int64 = 2000

  var venue: BinanceVenue
  var now = Timestamp(nanos: 1_700_000_000_000_000_000)
  var out = WireOutbox<VenueMessage>()
  /// Everything that was told since the beginning.
  var told: [VenueMessage] = []

  init(_ transport: BinanceConfiguration.Transport = .webSocket) throws {
    venue = BinanceVenue(
      BinanceConfiguration(
        restBase: "https://rest", webSocketURL: "wss://ws", transport: transport,
        instruments: [.init(instrument: InstrumentIndex(0), symbol: "BTCUSDT")]),
      key: try BinanceKey(apiKey: Secret(Self.keyText), secret: Secret(Self.secretText)), seed: 1)
  }

  mutating func step(_ body: (inout BinanceVenue, Timestamp, inout WireOutbox<VenueMessage>) -> Void) {
    out.removeAll()
    body(&venue, now, &out)
    told += out.messages
  }

  mutating func wake() { step { $0.wake(now: $1, into: &$2) } }
  mutating func event(_ event: WireEvent) { step { $0.receive(event, now: $1, into: &$2) } }
  mutating func ask(_ request: VenueRequest, _ call: UInt64 = 100) {
    step { $0.ask(request, as: VenueCall(rawValue: call), now: $1, into: &$2) }
  }
  mutating func pass(seconds: Int64) {
    let end = now.advanced(byNanos: seconds * Timestamp.nanosPerSecond)
    var requests: [WireRequest] = []
    while let time = venue.wakeAt, time <= end {
      now = max(now, time)
      wake()
      requests += out.requests
      guard venue.wakeAt.map({ $0 > now }) ?? true else {
        Issue.record("woken at \(now), it wants to be woken at once again")
        return
      }
    }
    now = end
    out.requests = requests
  }

  /// The socket that was asked for last.
  var socket: SocketNumber {
    get throws {
      try #require(out.requests.compactMap { if case .open(let socket, _) = $0 { socket } else { nil } }.last)
    }
  }

  /// The frame that was sent last, read.
  var sent: JSONValue {
    get throws {
      let text = try #require(out.requests.compactMap { if case .send(_, let text) = $0 { text } else { nil } }.last)
      return try JSONDocument(text).root
    }
  }
  /// Of the frame that was sent last; nil where none was.
  var method: String? {
    guard let text = out.requests.compactMap({ if case .send(_, let text) = $0 { text } else { nil } }).last else {
      return nil
    }
    return (try? JSONDocument(text))?.root["method"]?.string
  }
  var http: (CallNumber, HTTPRequest)? {
    out.requests.compactMap { if case .http(let number, let request) = $0 { (number, request) } else { nil } }.last
  }

  var serverMilliseconds: Int64 { now.milliseconds + Self.skewMilliseconds }

  /// Answers the last frame.
  mutating func answer(_ result: String, on socket: SocketNumber, status: Int = 200) throws {
    let id = try #require(try sent["id"]?.integer)
    let key = status == 200 ? "result" : "error"
    event(.received(socket, text: Array(#"{"id":\#(id),"status":\#(status),"\#(key)":\#(result)}"#.utf8)))
  }

  mutating func answerTime(on socket: SocketNumber) throws {
    try answer(#"{"serverTime":\#(serverMilliseconds)}"#, on: socket)
  }

  static let exchangeInfo =
    #"{"timezone":"UTC","serverTime":1,"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000},{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50},{"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":300000}],"exchangeFilters":[],"symbols":[\#(SymbolRulesTests.json)]}"#

  /// Brings a connection up: clocks, rules, subscription.
  @discardableResult
  mutating func bringUp() throws -> SocketNumber {
    let socket = try socket
    event(.opened(socket))
    #expect(method == "time")
    try answerTime(on: socket)
    #expect(method == "exchangeInfo")
    try answer(Self.exchangeInfo, on: socket)
    #expect(method == "userDataStream.subscribe.signature")
    #expect(try sent["params"]?["timestamp"]?.integer == serverMilliseconds)
    try answer(#"{"subscriptionId":0}"#, on: socket)
    return socket
  }

  static func connected(_ transport: BinanceConfiguration.Transport = .webSocket) throws -> (BinanceBench, SocketNumber)
  {
    var bench = try BinanceBench(transport)
    bench.wake()
    let socket = try bench.bringUp()
    #expect(bench.told.last == .connected)
    return (bench, socket)
  }

  var answers: [VenueAnswer] {
    out.messages.compactMap { if case .answered(_, let answer) = $0 { answer } else { nil } }
  }
  var reports: [OrderReport] {
    out.messages.compactMap { if case .report(let report) = $0 { report } else { nil } }
  }
  var notices: [NoticeCode] {
    out.messages.compactMap { if case .notice(let code, _, _) = $0 { code } else { nil } }
  }

  /// No message may show a key.
  func expectNoSecret() {
    let all = told.map { "\($0)" }.joined()
    #expect(!all.contains(Self.keyText) && !all.contains(Self.secretText))
  }
}
