import Events
import Market
import Testing
import Wire

@testable import Brokers

/// Patterns in which other engines lost or doubled orders (peers.md D4), a test each: what the desk and the venue's adapter answer for. The others are in
/// `CoreTests` and `RuntimeTests` under the same name: `swift test --filter PatternTests` runs all fourteen.
@Suite("Patterns of lost and doubled orders, at the desk") struct PatternTests {
  @Test("(a) sent, and the process died before the record: the order is found by asking, and not sent again")
  func patternA() throws {
    var bench = DeskTests.Bench()
    let ticket = DeskTests.ticket()
    bench.desk.adopt(
      ticket, intendedAt: bench.now, isKnown: false, isCancelRequested: false, now: bench.now, into: &bench.out)
    #expect(bench.asked == [.query(ticket)])
    bench.note()
    try bench.answer(DeskTests.found(ticket, .working))
    #expect(bench.told == [.accepted] && bench.asked.isEmpty)
    #expect(bench.desk.isSettled)
  }

  @Test("(b) recorded, and never sent: the intent is sent once its absence is proved, under the same id, once")
  func patternB() throws {
    var bench = DeskTests.Bench()
    let ticket = DeskTests.ticket()
    bench.desk.adopt(
      ticket, intendedAt: bench.now, isKnown: false, isCancelRequested: false, now: bench.now, into: &bench.out)
    bench.note()
    var seconds: Int64 = 0
    var requests: [VenueRequest] = []
    while seconds < 60, !requests.contains(.submit(ticket)) {
      if bench.lastCall != nil {
        try bench.answer(.notFound(serverTime: bench.now))
        requests += bench.asked
        bench.lastCall = nil
        bench.note()
        if bench.lastCall != nil { continue }
      }
      bench.pass(seconds: 1)
      requests += bench.asked
      seconds += 1
    }
    // 0.5, 1, 2, 5, 10, 10 s: the first question behind 20 s is at 28.5 s, and the search follows at once.
    #expect(seconds == 29)
    #expect(requests.last == .submit(ticket))
    #expect(
      requests.dropLast().last
        == .search(ticket, since: bench.desk.orders[0].intendedAt.shifted(-600 * DeskTests.second)))
    #expect(requests.count { $0 == .submit(ticket) } == 1)
    #expect(bench.notices == [.orderResent])
  }

  @Test("(d) a partial fill while an order is made smaller: told once, and no second order comes of it")
  func patternD() throws {
    var bench = DeskTests.Bench()
    let ticket = DeskTests.ticket(quantity: 4)
    bench.place(ticket)
    bench.hear(.report(DeskTests.report(.accepted, ticket)))
    bench.out.removeAll()
    bench.desk.reduce(ticket.order, to: Quantity(nanos: 3 * DeskTests.second), now: bench.now, into: &bench.out)
    #expect(bench.asked == [.reduce(ticket, to: Quantity(nanos: 3 * DeskTests.second))])
    bench.note()
    // The connection is lost on the way; the fill came before it, the change was made behind it.
    let fill = DeskTests.report(.filled, ticket, quantity: 1, cumulative: 1, trade: "5")
    bench.hear(.report(fill))
    #expect(bench.told == [.filled])
    try bench.answer(.unknown("the connection was lost"))
    #expect(bench.asked == [.query(ticket)])
    bench.note()
    bench.hear(.report(fill))
    #expect(bench.told.isEmpty)
    var smaller = ticket
    smaller.quantity = Quantity(nanos: 3 * DeskTests.second)
    try bench.answer(DeskTests.found(smaller, .working, cumulative: 1))
    #expect(bench.told == [.reduced])
    // What the stream says of the same change is no news, and the rest fills.
    var reduced = DeskTests.report(.reduced, smaller, cumulative: 1)
    reduced.quantity = smaller.quantity
    bench.hear(.report(reduced))
    #expect(bench.told.isEmpty)
    bench.hear(.report(DeskTests.report(.filled, smaller, quantity: 2, cumulative: 3, trade: "6")))
    #expect(bench.told == [.filled] && bench.desk.isSettled)
    var asked: [VenueRequest] = []
    for _ in 0..<5 {
      bench.pass(seconds: 10)
      asked += bench.asked
    }
    #expect(asked.isEmpty)
  }

  @Test("(g) a list without a working order: it is asked for, and nothing is closed by its absence")
  func patternG() throws {
    var bench = ReconciliationTests.Bench()
    let ticket = DeskTests.ticket()
    bench.desk.place(ticket, intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.desk.hear(.report(DeskTests.report(.accepted, ticket)), now: bench.now, into: &bench.out)
    bench.begin()
    let table = try bench.round(ReconciliationTests.snapshot())
    #expect(
      table.rows.first
        == ReconciliationRow(
          subject: .order(ticket.clientOrderID), name: "BTCUSDT", ours: "working", theirs: "", verdict: .asked))
    #expect(bench.out.asks.map(\.request).contains(.query(ticket)))
    #expect(!bench.out.facts.contains { if case .report = $0 { true } else { false } })
  }

  @Test("(h) a snapshot that failed or was cut: nothing is concluded, and no position is taken for flat")
  func patternH() throws {
    var bench = ReconciliationTests.Bench(.adopt)
    bench.holdings.positions[0].quantity = Quantity(nanos: ReconciliationTests.second)
    bench.begin()
    for _ in 0..<3 {
      let table = try bench.round(ReconciliationTests.snapshot(btc: 0, isComplete: false))
      #expect(!table.agrees && bench.adoptions.isEmpty && !bench.desk.isReconciled)
    }
    bench.out.removeAll()
    while bench.out.asks.isEmpty {
      bench.now = max(bench.now, try #require(bench.desk.wakeAt))
      bench.desk.wake(now: bench.now, into: &bench.out)
    }
    let call = try #require(bench.out.asks.last?.call)
    bench.out.removeAll()
    bench.desk.hear(.answered(call, .unknown("timeout")), now: bench.now, into: &bench.out)
    #expect(!bench.desk.isAwaitingHoldings && bench.out.facts.isEmpty)
    #expect(bench.desk.wakeAt == bench.now.advanced(byNanos: 2 * ReconciliationTests.second))
  }

  @Test(
    "(n) a clock that is set back: requests keep numbers of their own, each answer finds its call, and questions go on",
    arguments: [Int64(0), -1, -3_600])
  func patternN(seconds: Int64) throws {
    var (bench, socket) = try BinanceBench.connected()
    bench.ask(.submit(try BinanceVenueTests.limit()), 100)
    let first = try #require(try bench.sent["id"]?.integer)
    bench.now = bench.now.advanced(byNanos: seconds * Timestamp.nanosPerSecond)
    bench.ask(.cancel(try BinanceVenueTests.limit()), 101)
    let second = try #require(try bench.sent["id"]?.integer)
    #expect(second != first)
    // The cancel is answered first: it is not taken for the order's answer.
    bench.event(.received(socket, text: Self.refusal(id: second, code: -2011)))
    #expect(bench.answers.count == 1)
    guard case .unknown = bench.answers.first else {
      Issue.record("\(bench.answers)")
      return
    }
    bench.event(.received(socket, text: Self.refusal(id: first, code: -2010)))
    guard case .refused(code: -2010, _) = bench.answers.first else {
      Issue.record("\(bench.answers)")
      return
    }
    // The desk's appointments move with the clock.
    var desk = DeskTests.Bench()
    let ticket = DeskTests.ticket()
    desk.place(ticket)
    desk.note()
    try desk.answer(.unknown("timeout"))
    desk.now = desk.now.advanced(byNanos: seconds * DeskTests.second)
    desk.hear(.notice(.clockSkew, .warning, text: ""))
    desk.pass(seconds: 1)
    #expect(desk.asked == [.query(ticket)])
    #expect(desk.desk.orders[0].intendedAt <= desk.now)
  }

  private static func refusal(id: Int64, code: Int) -> [UInt8] {
    Array(#"{"id":\#(id),"status":400,"error":{"code":\#(code),"msg":"no"},"rateLimits":[]}"#.utf8)
  }
}
