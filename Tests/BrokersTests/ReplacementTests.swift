import Events
import Market
import Testing
import Wire

@testable import Brokers

/// Orders in whose favour others end, in one request: every outcome of its two halves, and what the desk does where one isn't known.
///
/// Method: at the desk messages by hand; at Binance's adapter the exchange's own words (binance.md §8) of which half was done.
@Suite("A replacement")
struct ReplacementTests {
  static func pair() -> (old: OrderTicket, new: OrderTicket) {
    let old = DeskTests.ticket(7)
    var new = DeskTests.ticket(9, quantity: 5)
    new.replaces = old.order
    return (old, new)
  }

  /// A desk whose old order works and whose new one was just placed.
  static func bench() throws -> (bench: DeskTests.Bench, old: OrderTicket, new: OrderTicket) {
    var bench = DeskTests.Bench()
    let (old, new) = pair()
    bench.place(old)
    bench.note()
    bench.hear(.report(DeskTests.report(.accepted, old)))
    try bench.answer(.done)
    bench.pass(seconds: 3)
    try bench.answer(DeskTests.found(old, .working))
    bench.place(new)
    bench.note()
    return (bench, old, new)
  }

  @Test("leaves as one request, and ends the old order where both halves are done, in whatever order that is told")
  func bothDone() throws {
    for isNewFirst in [true, false] {
      var (bench, old, new) = try Self.bench()
      #expect(bench.asked == [.replace(old, with: new)])
      let (accepted, cancelled) = (DeskTests.report(.accepted, new), DeskTests.report(.cancelled, old))
      for report in isNewFirst ? [accepted, cancelled] : [cancelled, accepted] {
        bench.hear(.report(report))
        #expect(bench.told == [report.type])
      }
      // What is told again is told once.
      for report in [cancelled, accepted, cancelled] {
        bench.hear(.report(report))
        #expect(bench.told == [])
      }
      try bench.answer(.done)
      bench.pass(seconds: 30)
      #expect(bench.asked == [] && bench.desk.isSettled)
    }
  }

  @Test("whose old order has filled never arrives, and what is left of the old is cancelled by itself")
  func cancelRefused() throws {
    var (bench, old, new) = try Self.bench()
    try bench.answer(.halves(cancel: .unknown("-2011"), order: nil))
    #expect(bench.told == [.neverArrived])
    #expect(bench.asked.contains(.cancel(old)) && bench.asked.contains(.query(old)))
    bench.hear(.report(DeskTests.report(.filled, old, quantity: 1, cumulative: 1, trade: "1")))
    bench.hear(.report(DeskTests.report(.cancelled, old, cumulative: 1)))
    #expect(bench.told == [.cancelled] && bench.desk.isSettled)
    bench.pass(seconds: 60)
    #expect(!bench.asked.contains(.submit(new)))
  }

  @Test("whose second half is refused is rejected, and the old order is over")
  func orderRefused() throws {
    var (bench, old, _) = try Self.bench()
    bench.hear(.report(DeskTests.report(.cancelled, old)))
    try bench.answer(.halves(cancel: .done, order: .refused(code: -2010, "no")))
    #expect(bench.told == [.rejected] && bench.desk.isSettled)
  }

  @Test("that is refused whole leaves the old order working, and says so")
  func wholeRefused() throws {
    var (bench, old, _) = try Self.bench()
    try bench.answer(.refused(code: -1013, "Filter failure: NOTIONAL"))
    #expect(Set(bench.told) == [.cancelRejected, .rejected])
    // It may be refused because the old one is over, so that one is asked for.
    #expect(bench.desk.orders.contains { $0.ticket == old && !$0.isOver } && bench.asked.contains(.query(old)))
  }

  @Test("that had to wait is made again whole, and not once the old order has begun to fill")
  func waits() throws {
    for hasFilled in [false, true] {
      var (bench, old, new) = try Self.bench()
      try bench.answer(.wait(until: bench.now.advanced(byNanos: 2 * DeskTests.second), "busy"))
      if hasFilled { bench.hear(.report(DeskTests.report(.filled, old, quantity: 1, cumulative: 1, trade: "1"))) }
      bench.pass(seconds: 3)
      #expect(bench.asked == (hasFilled ? [.cancel(old)] : [.replace(old, with: new)]))
      #expect(bench.told == (hasFilled ? [.neverArrived] : []))
    }
  }

  @Test("that isn't wanted any more before it leaves is dropped, and the old order is cancelled")
  func recalled() throws {
    var (bench, old, new) = try Self.bench()
    try bench.answer(.wait(until: bench.now.advanced(byNanos: 2 * DeskTests.second), "busy"))
    bench.out.removeAll()
    bench.desk.cancel(new.order, now: bench.now, into: &bench.out)
    #expect(bench.told == [.neverArrived] && bench.asked == [.cancel(old)])
  }

  /// The outcome isn't known: both are asked for. What is found settles each by itself.
  @Test(
    "of unknown outcome is never repeated: both orders are asked for",
    arguments: ["both done", "neither done", "cancel alone"])
  func unknown(_ outcome: String) throws {
    var (bench, old, new) = try Self.bench()
    try bench.answer(.unknown("-1007"))
    #expect(bench.desk.unknownCount == 1 && bench.asked == [.query(old)])
    var asked = bench.asked
    var calls = bench.out.asks
    var told: [ExecutionType] = []
    for _ in 0..<400 where !bench.desk.isSettled {
      if calls.isEmpty {
        bench.pass(seconds: 1)
        (calls, asked, told) = (calls + bench.out.asks, asked + bench.asked, told + bench.told)
        continue
      }
      let ask = calls.removeFirst()
      var answer = VenueAnswer.notFound(serverTime: bench.now)
      switch (ask.request, outcome) {
      case (.query(old), "neither done"):
        answer = DeskTests.found(old, asked.contains(.cancel(old)) ? .cancelled : .working)
      case (.query(old), _): answer = DeskTests.found(old, .cancelled)
      case (.query(new), "both done"): answer = DeskTests.found(new, .working)
      case (.cancel, _): answer = .done
      default: break
      }
      bench.hear(.answered(ask.call, answer))
      (calls, asked, told) = (calls + bench.out.asks, asked + bench.asked, told + bench.told)
    }
    #expect(bench.desk.isSettled)
    #expect(
      told.sorted { $0.rawValue < $1.rawValue }
        == (outcome == "both done" ? [.accepted, .cancelled] : [.cancelled, .neverArrived]))
    #expect(asked.contains(.query(new)) && !asked.contains(.submit(new)) && !asked.contains(.replace(old, with: new)))
    if outcome == "both done" { #expect(!asked.contains(.cancel(new))) }
  }

  @Test("that no answer comes to in time is of unknown outcome")
  func noAnswer() throws {
    var (bench, old, new) = try Self.bench()
    bench.pass(seconds: 17)
    #expect(bench.asked.contains(.query(old)) && bench.asked.contains(.query(new)))
    #expect(!bench.asked.contains(.submit(new)) && !bench.asked.contains(.replace(old, with: new)))
  }

  @Test("of an earlier process is asked for; where it is absent it isn't sent again, and the old order is cancelled")
  func restart() throws {
    var bench = DeskTests.Bench()
    let (old, new) = Self.pair()
    bench.desk.adopt(
      old, intendedAt: bench.now, isKnown: true, isCancelRequested: true, now: bench.now, into: &bench.out)
    bench.desk.adopt(
      new, intendedAt: bench.now, isKnown: false, isCancelRequested: false, now: bench.now, into: &bench.out)
    #expect(bench.asked == [.query(old), .query(new)])
    let calls = bench.out.asks.map(\.call)
    bench.hear(.answered(calls[0], DeskTests.found(old, .working)))
    #expect(bench.asked == [.cancel(old)])
    bench.hear(.report(DeskTests.report(.cancelled, old)))
    bench.lastCall = calls[1]
    let (told, asked) = try bench.denyUntilTold(rounds: 80)
    #expect(told == [.neverArrived] && !asked.contains(.submit(new)))
    #expect(bench.desk.isSettled)
  }

  // MARK: Binance

  static func tickets() throws -> (old: OrderTicket, new: OrderTicket) {
    let old = try BinanceVenueTests.limit()
    var new = try BinanceVenueTests.limit("0.02", price: "24000")
    (new.order, new.clientOrderID, new.replaces) = (OrderID(sequence: 2), "e0-2", old.order)
    return (old, new)
  }

  static let cancelled =
    #"{"symbol":"BTCUSDT","origClientOrderId":"e0-1","orderId":28,"orderListId":-1,"clientOrderId":"x","transactTime":1700000001000,"price":"25000","origQty":"0.01","executedQty":"0.00000000","status":"CANCELED","timeInForce":"GTC","type":"LIMIT","side":"BUY"}"#
  static let accepted =
    #"{"symbol":"BTCUSDT","orderId":29,"orderListId":-1,"clientOrderId":"e0-2","transactTime":1700000001000,"price":"24000","origQty":"0.02","executedQty":"0","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY","fills":[]}"#

  static func halves(_ cancel: String, _ order: String, _ cancelled: String, _ accepted: String) -> String {
    #"{"cancelResult":"\#(cancel)","newOrderResult":"\#(order)","cancelResponse":\#(cancelled),"newOrderResponse":\#(accepted)}"#
  }

  @Test("says that the old order is to end only while it is unfilled, and the new one to be placed only then")
  func request() throws {
    var (bench, socket) = try BinanceBench.connected()
    let (old, new) = try Self.tickets()
    bench.ask(.replace(old, with: new))
    #expect(bench.method == "order.cancelReplace")
    let parameters = try #require(try bench.sent["params"])
    for (name, value) in [
      ("cancelReplaceMode", "STOP_ON_FAILURE"), ("cancelRestrictions", "ONLY_NEW"), ("cancelOrigClientOrderId", "e0-1"),
      ("newClientOrderId", "e0-2"), ("quantity", "0.02"), ("price", "24000"), ("timeInForce", "GTC"),
    ] as [(StaticString, String)] {
      #expect(parameters[name]?.string == value, "\(name)")
    }
    try bench.answer(Self.halves("SUCCESS", "SUCCESS", Self.cancelled, Self.accepted), on: socket)
    #expect(bench.reports.map(\.type) == [.cancelled, .accepted])
    #expect(bench.reports.map(\.clientOrderID) == ["e0-1", "e0-2"])
    #expect(bench.answers == [.done])
    bench.expectNoSecret()
  }

  @Test("over REST is one POST of the same parameters")
  func rest() throws {
    var (bench, _) = try BinanceBench.connected(.rest)
    let (old, new) = try Self.tickets()
    bench.ask(.replace(old, with: new))
    let (number, request) = try #require(bench.http)
    #expect(request.method == .post && request.url.contains("/api/v3/order/cancelReplace?"))
    #expect(request.url.contains("cancelRestrictions=ONLY_NEW"))
    let body =
      #"{"code":-2022,"msg":"Order cancel-replace failed.","data":\#(Self.halves("FAILURE", "NOT_ATTEMPTED", #"{"code":-2011,"msg":"Unknown order sent."}"#, "null"))}"#
    bench.event(.answered(number, HTTPResponse(status: 400, headers: [], body: Array(body.utf8))))
    #expect(bench.answers == [.halves(cancel: .unknown("-2011 Unknown order sent."), order: nil)])
  }

  @Test(
    "tells of each half what became of it",
    arguments: [
      (409, -2021, "SUCCESS", "FAILURE", #"{"code":-2010,"msg":"no"}"#, VenueAnswer?.some(.refused(code: -2010, "no"))),
      (
        409, -2021, "SUCCESS", "FAILURE", #"{"code":-2010,"msg":"Duplicate order sent."}"#,
        .some(.unknown("-2010 Duplicate order sent."))
      ),
      (400, -2022, "FAILURE", "NOT_ATTEMPTED", "null", nil),
    ] as [(Int, Int, String, String, String, VenueAnswer?)])
  func outcomes(status: Int, code: Int, cancel: String, order: String, half: String, answer: VenueAnswer?) throws {
    var (bench, socket) = try BinanceBench.connected()
    let (old, new) = try Self.tickets()
    bench.ask(.replace(old, with: new))
    let refused = #"{"code":-2011,"msg":"Order was not canceled due to cancel restrictions."}"#
    let isCancelled = cancel == "SUCCESS"
    let data = Self.halves(cancel, order, isCancelled ? Self.cancelled : refused, half)
    try bench.answer(#"{"code":\#(code),"msg":"x","data":\#(data)}"#, on: socket, status: status)
    let first = VenueAnswer.unknown("-2011 Order was not canceled due to cancel restrictions.")
    #expect(bench.answers == [.halves(cancel: isCancelled ? .done : first, order: answer)])
    #expect(bench.reports.map(\.type) == (isCancelled ? [.cancelled] : []))
  }

  @Test(
    "whose answer can't be read, or says nothing of its halves, is of unknown outcome",
    arguments: [
      #"{"code":-2021,"msg":"x"}"#, #"{"code":-2021,"msg":"x","data":{}}"#, #"{"code":-1007,"msg":"timeout"}"#,
      #"{"code":-2021,"msg":"x","data":{"cancelResult":"PERHAPS","newOrderResult":"FAILURE","cancelResponse":{},"newOrderResponse":{}}}"#,
    ])
  func unreadable(_ error: String) throws {
    var (bench, socket) = try BinanceBench.connected()
    let (old, new) = try Self.tickets()
    bench.ask(.replace(old, with: new))
    try bench.answer(error, on: socket, status: 409)
    guard case .unknown = bench.answers.first, bench.answers.count == 1 else {
      Issue.record("\(bench.answers)")
      return
    }
  }
}
