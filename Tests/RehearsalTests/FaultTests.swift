import Market
import Testing
import Wire

@testable import Rehearsal

/// What each kind of fault does: what the client sees, and what happened all the same. Orders of faults are from `FaultPlan`; the book is the truth.
@Suite struct FaultTests {
  static let order = "side=BUY&type=MARKET&quantity=1&newClientOrderId=a"

  enum Seen: Equatable, Sendable {
    case nothing
    case dropped
    case halfClosed
    case cutShort
    case status(Int, code: Int64?)
  }

  @Test(
    "makes of an order what its kind says",
    arguments: [
      (FaultKind.refuse, Seen.status(400, code: -2010), 0), (.drop, .dropped, 0), (.halfClose, .halfClosed, 0),
      (.timeout, .status(504, code: -1007), 0), (.html, .status(502, code: nil), 0),
      (.rateLimit, .status(429, code: -1003), 0), (.ban, .status(418, code: -1003), 0), (.dropAfter, .dropped, 1),
      (.halfCloseAfter, .halfClosed, 1), (.timeoutAfter, .status(504, code: -1007), 1),
      (.htmlAfter, .status(502, code: nil), 1), (.cut, .cutShort, 1), (.garbage, .status(200, code: nil), 1),
      (.duplicate, .status(200, code: nil), 2), (.delay, .nothing, 0), (.delayAnswer, .nothing, 1),
    ])
  func onOrder(_ kind: FaultKind, seen: Seen, accepted: Int) {
    var bench = Bench(faults: [FaultRule(kind, on: .order, .steps([1]))])
    let number = bench.send(
      .post, "/api/v3/order?\(bench.signed("symbol=BTCUSDT&\(Self.order)"))", headers: [Bench.key])
    #expect(Self.seen(bench, number) == seen)
    #expect(bench.exchange.orders.count == accepted)
    // Only the first order is hit.
    if kind != .ban {
      #expect(bench.order("side=BUY&type=MARKET&quantity=1&newClientOrderId=b")?["status"]?.string == "FILLED")
    }
    bench.pass(2_000_000_000)
    #expect(bench.exchange.orders.count { $0.clientOrderID == "a" } == (kind == .delay ? 1 : accepted))
    #expect(bench.exchange.firedFaults.map { $0.step } == [1])
  }

  static func seen(_ bench: Bench, _ number: RequestNumber) -> Seen {
    for action in bench.actions {
      switch action {
      case .respond(number, let response):
        var code: Int64?
        do throws(JSONError) { code = try JSONDocument(response.body).root["code"]?.integer } catch { code = nil }
        return .status(response.status, code: code)
      case .respondCut(number, let response, let bytes): return bytes < response.body.count ? .cutShort : .nothing
      case .drop(number): return .dropped
      case .halfClose(number): return .halfClosed
      default: continue
      }
    }
    return .nothing
  }

  @Test("hides an order from queries for a while, though it filled")
  func hide() {
    var bench = Bench(faults: [FaultRule(.hide, on: .order, .steps([1]))])
    #expect(bench.order(Self.order)?["status"]?.string == "FILLED")
    #expect(bench.query("a")["code"]?.integer == -2013)
    bench.pass(3_000_000_000)
    #expect(bench.query("a")["status"]?.string == "FILLED")
  }

  @Test("fills an order just before its cancel")
  func fillBeforeCancel() {
    var bench = Bench(faults: [FaultRule(.fillBeforeCancel, on: .cancel, .steps([1]))])
    bench.order("side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50&newClientOrderId=a")
    #expect(bench.call(.delete, "order", "symbol=BTCUSDT&origClientOrderId=a")?["code"]?.integer == -2011)
    #expect(bench.query("a")["status"]?.string == "FILLED")
    #expect(bench.exchange.balances["USDT"].locked == 0)
  }

  @Test("shows old klines, wrong prices and a wrong clock where it is told to, and the truth again at the next call")
  func lies() {
    var bench = Bench(faults: [
      FaultRule(.stale, on: .klines, .steps([1]), nanos: 2 * Bench.minute),
      FaultRule(.wrongPrice, on: .klines, .steps([2])),
      FaultRule(.clockSkew, on: .time, .steps([2]), nanos: -7_000_000_000),
    ])
    bench.passMinutes(3)
    let klines = "/api/v3/klines?symbol=BTCUSDT&interval=1m"
    func closes(_ response: HTTPResponse?) -> [String] {
      response.map { Bench.json($0.body).items.map { $0[4]!.string! } } ?? []
    }
    #expect(closes(bench.request(.get, klines)) == ["105.00000000", "110.00000000"])
    #expect(closes(bench.request(.get, klines)).last == "9600.00000000")
    #expect(closes(bench.request(.get, klines)) == ["105.00000000", "110.00000000", "96.00000000", "96.00000000"])
    func time() -> Int64 {
      bench.request(.get, "/api/v3/time").map { Bench.json($0.body)["serverTime"]!.integer! } ?? 0
    }
    #expect(time() == bench.now.milliseconds)
    #expect(time() == bench.now.milliseconds - 7_000)
    #expect(bench.order(Self.order)?["code"]?.integer == -1021)
  }

  @Test(
    "loses, repeats, delays and swaps messages of the user stream",
    arguments: [
      (FaultKind.skip, ["TRADE FILLED"]), (.duplicateMessage, ["NEW NEW", "NEW NEW", "TRADE FILLED"]),
      (.late, ["TRADE FILLED", "NEW NEW"]),
    ])
  func userStream(_ kind: FaultKind, reports: [String]) {
    var bench = Bench(faults: [FaultRule(kind, on: .userEvent, .steps([1]))])
    bench.followUser()
    bench.order(Self.order)
    bench.pass(3_000_000_000)
    #expect(bench.reports() == reports)
  }

  @Test("swaps a message with the next one")
  func reorder() {
    var bench = Bench(faults: [FaultRule(.reorder, on: .userEvent, .steps([2]))])
    bench.followUser()
    bench.order(Self.order)
    let kinds = bench.texts(9).compactMap { $0["event"] }.map { $0["x"]?.string ?? "balances" }
    #expect(kinds == ["NEW", "TRADE", "balances", "balances"])
  }

  @Test("cuts, mutes and shuts down sockets")
  func sockets() {
    var bench = Bench(faults: [FaultRule(.cutSockets, on: .userEvent, .steps([1]))])
    bench.followUser()
    bench.order(Self.order)
    #expect(bench.actions.contains(.dropSocket(SocketNumber(rawValue: 9))))
    #expect(bench.reports().isEmpty)

    bench = Bench(faults: [FaultRule(.mute, on: .socket, .steps([1]))])
    bench.followUser()
    bench.order(Self.order)
    #expect(bench.actions.contains(.muteSocket(SocketNumber(rawValue: 9))))
    #expect(bench.texts(9).isEmpty)

    bench = Bench(faults: [FaultRule(.serverShutdown, on: .klineClose, .steps([1]))])
    bench.open(1, "/stream?streams=btcusdt@kline_1m")
    bench.passMinutes(1)
    #expect(bench.texts(1).contains { $0["stream"]?.string == "!serverShutdown" })
    bench.open(2, "/ws/btcusdt@kline_1m")
    bench.passMinutes(1)
    #expect(bench.actions.contains(.closeSocket(SocketNumber(rawValue: 1), code: 1001, reason: "server shutdown")))
    #expect(bench.texts(2).contains { $0["k"]?["x"]?.bool == true })
  }

  @Test("draws the same faults from the same seed, and gives the same faults from their list")
  func seeds() {
    let rules = [
      FaultRule(.timeoutAfter, on: .order, .rate(micros: 300_000, most: 5)),
      FaultRule(.drop, on: .order, .rate(micros: 200_000, most: .max)),
    ]
    func run(_ plan: FaultPlan) -> (fired: [FiredFault], actions: [ServerAction]) {
      var bench = Bench(faults: plan.rules, seed: plan.seed)
      for place in 0..<40 { bench.order("side=BUY&type=MARKET&quantity=1&newClientOrderId=o\(place)") }
      return (bench.exchange.firedFaults, bench.actions)
    }
    let first = run(FaultPlan(seed: 3, rules: rules))
    let again = run(FaultPlan(seed: 3, rules: rules))
    #expect(first.fired == again.fired)
    #expect(first.actions == again.actions)
    #expect(first.fired.count { $0.rule.fault == .timeoutAfter } == 5)
    #expect(run(FaultPlan(seed: 4, rules: rules)).fired != first.fired)
    // Where two fired at one step, the list keeps the order of the rules.
    #expect(run(.explicit(first.fired)).actions == first.actions)
  }
}
