import Events
import Market
import Testing

@testable import Brokers

/// Stories of orders of unknown outcome, one desk each, messages by hand. `PatternTests` has those that programs of others lost or doubled.
@Suite struct DeskTests {
  static let second: Int64 = 1_000_000_000

  /// A desk, its clock, and what it said in the last step.
  struct Bench {
    var desk: OrderDesk
    var now = Timestamp(nanos: 1_700_000_000_000_000_000)
    var out = DeskOutbox()

    init(_ policy: DeskPolicy = DeskPolicy()) { desk = OrderDesk(policy: policy) }

    /// With an order that works, and whose cancel has just been asked for.
    init(cancelling ticket: OrderTicket) {
      self.init()
      place(ticket)
      hear(.report(DeskTests.report(.accepted, ticket)))
      out.removeAll()
      desk.cancel(ticket.order, now: now, into: &out)
      note()
    }

    mutating func place(_ ticket: OrderTicket) {
      out.removeAll()
      desk.place(ticket, intendedAt: now, now: now, into: &out)
    }
    mutating func hear(_ message: VenueMessage) {
      out.removeAll()
      desk.hear(message, now: now, into: &out)
    }
    mutating func answer(_ answer: VenueAnswer) throws {
      hear(.answered(try #require(lastCall), answer))
    }
    /// Time passes; what is due is done at its moment. Collects what was asked.
    mutating func pass(seconds: Int64) {
      let end = now.advanced(byNanos: seconds * DeskTests.second)
      out.removeAll()
      while let time = desk.wakeAt, time <= end {
        now = max(now, time)
        desk.wake(now: now, into: &out)
        guard desk.wakeAt.map({ $0 > now }) ?? true else {
          Issue.record("woken at \(now), it wants to be woken at once again")
          return
        }
      }
      now = end
      if let ask = out.asks.last { lastCall = ask.call }
    }
    /// Says "not found" to whatever is asked while time passes, until something is told, and what was asked.
    mutating func denyUntilTold(rounds: Int) throws -> (told: [ExecutionType], asked: [VenueRequest]) {
      var told: [ExecutionType] = []
      var asked: [VenueRequest] = []
      for _ in 0..<rounds where told.isEmpty {
        if lastCall != nil {
          try answer(.notFound(serverTime: now))
          asked += self.asked
          told += self.told
          lastCall = nil
          note()
          if lastCall != nil { continue }
        }
        pass(seconds: 1)
        asked += self.asked
      }
      return (told, asked)
    }
    var lastCall: VenueCall?
    var asked: [VenueRequest] { out.asks.map(\.request) }
    var told: [ExecutionType] {
      out.facts.compactMap { if case .report(let report, _) = $0 { report.type } else { nil } }
    }
    var notices: [NoticeCode] {
      out.facts.compactMap { if case .notice(let notice) = $0 { notice.code } else { nil } }
    }
    mutating func note() { if let ask = out.asks.last { lastCall = ask.call } }
  }

  static func ticket(_ sequence: UInt64 = 7, quantity: Int64 = 2) -> OrderTicket {
    OrderTicket(
      order: OrderID(sequence: sequence), clientOrderID: "e000000000000-\(sequence)", instrument: InstrumentIndex(0),
      symbol: "BTCUSDT", side: .buy, type: .limit, timeInForce: .goodTillCancelled,
      quantity: Quantity(nanos: quantity * second), limitPrice: Price(nanos: 100 * second), stopPrice: nil)
  }

  static func report(
    _ type: ExecutionType, _ ticket: OrderTicket, quantity: Int64 = 0, cumulative: Int64 = 0, trade: String = ""
  ) -> OrderReport {
    OrderReport(
      type: type, source: .stream, clientOrderID: ticket.clientOrderID, venueOrderID: "1", symbol: ticket.symbol,
      side: ticket.side, quantity: type == .filled ? Quantity(nanos: quantity * second) : ticket.quantity,
      price: type == .filled ? Price(nanos: second) : nil, cumulative: Quantity(nanos: cumulative * second),
      tradeID: trade, venueTime: Timestamp(nanos: 0))
  }

  static func found(
    _ ticket: OrderTicket, _ status: VenueOrderStatus, cumulative: Int64 = 0
  ) -> VenueAnswer {
    .found(
      VenueOrder(
        clientOrderID: ticket.clientOrderID, venueOrderID: "1", symbol: ticket.symbol, side: ticket.side,
        status: status,
        quantity: ticket.quantity, cumulative: Quantity(nanos: cumulative * second), venueTime: Timestamp(nanos: 0)))
  }

  @Test("reports an intent that never arrived and is too old by then")
  func tooOld() throws {
    var bench = Bench(DeskPolicy(resendWithinNanos: 10 * Self.second))
    let ticket = Self.ticket()
    bench.desk.adopt(
      ticket, intendedAt: bench.now, isKnown: false, isCancelRequested: false, now: bench.now, into: &bench.out)
    bench.note()
    #expect(try bench.denyUntilTold(rounds: 60).told == [.neverArrived])
    #expect(bench.desk.isSettled)
  }

  @Test("while orders are withheld asks for what an earlier process left, and hands over neither an order nor a cancel")
  func silent() throws {
    func changes(_ asked: [VenueRequest]) -> Int {
      asked.count {
        switch $0 {
        case .submit, .submitPair, .replace, .cancel, .reduce: true
        case .query, .search, .snapshot: false
        }
      }
    }
    var bench = Bench(DeskPolicy(isSilent: true))
    let (resting, lost) = (Self.ticket(7), Self.ticket(9))
    bench.desk.adopt(
      resting, intendedAt: bench.now, isKnown: true, isCancelRequested: true, now: bench.now, into: &bench.out)
    bench.note()
    try bench.answer(Self.found(resting, .working))
    #expect(changes(bench.asked) == 0)
    bench.out.removeAll()
    bench.desk.cancel(resting.order, now: bench.now, into: &bench.out)
    #expect(bench.asked.isEmpty)
    bench.pass(seconds: 100)
    #expect(bench.asked.isEmpty && bench.desk.isSettled)
    bench.out.removeAll()
    bench.desk.adopt(
      lost, intendedAt: bench.now, isKnown: false, isCancelRequested: false, now: bench.now, into: &bench.out)
    bench.note()
    let outcome = try bench.denyUntilTold(rounds: 60)
    #expect(outcome.told == [.neverArrived] && changes(outcome.asked) == 0)
  }

  // Story: a cancel was refused because the order had filled, and the stream that should have told the fill was down.
  @Test("asks what became of an order whose cancel is refused")
  func refusedCancel() throws {
    let ticket = Self.ticket()
    var bench = Bench(cancelling: ticket)
    #expect(bench.asked == [.cancel(ticket)])
    try bench.answer(.refused(code: -1, "no"))
    #expect(bench.told == [.cancelRejected])
    if bench.asked.isEmpty { bench.pass(seconds: 0) }
    #expect(bench.asked == [.query(ticket)])
  }

  @Test("doesn't take \"not found\" for proof while the venue's clock is within the window, however far ours has gone")
  func ownClockProvesNothing() throws {
    var bench = Bench()
    let ticket = Self.ticket()
    let server = bench.now
    bench.place(ticket)
    bench.note()
    try bench.answer(.unknown("-1007"))
    for round in 0..<50 {
      bench.pass(seconds: 10)
      guard bench.asked.last == .query(ticket) else {
        Issue.record("round \(round) asked \(bench.asked)")
        return
      }
      try bench.answer(.notFound(serverTime: server.advanced(byNanos: Int64(round) * 100_000_000)))
    }
    #expect(bench.desk.unknownCount == 1)
  }

  @Test("never sends an order again that the venue has told of, even where it is forgotten there")
  func knownIsNeverResent() throws {
    var bench = Bench()
    let ticket = Self.ticket()
    bench.place(ticket)
    bench.hear(.report(Self.report(.accepted, ticket)))
    bench.hear(.connected)
    bench.note()
    let (told, requests) = try bench.denyUntilTold(rounds: 80)
    #expect(told == [.cancelled])
    #expect(!requests.contains(.submit(ticket)))
  }

  @Test("passes on a fill that was on its way when the order was cancelled, and each fill once")
  func fillAfterCancel() {
    var bench = Bench()
    let ticket = Self.ticket()
    bench.place(ticket)
    bench.hear(.report(Self.report(.filled, ticket, quantity: 1, cumulative: 1, trade: "5")))
    #expect(bench.told == [.filled])
    bench.hear(.report(Self.report(.cancelled, ticket, cumulative: 1)))
    #expect(bench.told == [.cancelled])
    bench.hear(.report(Self.report(.filled, ticket, quantity: 1, cumulative: 2, trade: "6")))
    #expect(bench.told == [.filled])
    bench.hear(.report(Self.report(.filled, ticket, quantity: 1, cumulative: 2, trade: "6")))
    bench.hear(.report(Self.report(.cancelled, ticket, cumulative: 2)))
    #expect(bench.told.isEmpty)
  }

  @Test("holds a cancel's report back until the fills that the venue counts have come")
  func holdsBack() throws {
    var bench = Bench()
    let ticket = Self.ticket()
    bench.place(ticket)
    bench.hear(.report(Self.report(.cancelled, ticket, cumulative: 1)))
    #expect(bench.told.isEmpty && bench.asked == [.query(ticket)])
    bench.note()
    bench.hear(.report(Self.report(.filled, ticket, quantity: 1, cumulative: 1, trade: "5")))
    #expect(bench.told == [.filled, .cancelled])
    #expect(bench.desk.isSettled)
  }

  @Test("lets a cancel wait until the order is known to work, and repairs its lost answer by asking")
  func cancelWaits() throws {
    var bench = Bench()
    let ticket = Self.ticket()
    bench.place(ticket)
    let placing = try #require(bench.out.asks.last?.call)
    bench.out.removeAll()
    bench.desk.cancel(ticket.order, now: bench.now, into: &bench.out)
    #expect(bench.asked.isEmpty)
    bench.hear(.answered(placing, .unknown("-1006")))
    #expect(bench.asked.isEmpty && bench.notices == [.outcomeUnknown])
    bench.pass(seconds: 1)
    #expect(bench.asked == [.query(ticket)])
    try bench.answer(Self.found(ticket, .working))
    #expect(bench.asked == [.cancel(ticket)])
    bench.note()
    // −2011 means look.
    try bench.answer(.unknown("-2011 Unknown order sent."))
    #expect(bench.asked == [.query(ticket)] && bench.told.isEmpty)
    bench.note()
    bench.hear(.report(Self.report(.filled, ticket, quantity: 2, cumulative: 2, trade: "9")))
    #expect(bench.told == [.filled])
    #expect(bench.desk.isSettled)
  }

  @Test("cancels again what works on after its cancel was taken")
  func cancelsAgain() throws {
    let ticket = Self.ticket()
    var bench = Bench(cancelling: ticket)
    try bench.answer(.done)
    #expect(bench.asked == [.query(ticket)])
    bench.note()
    try bench.answer(Self.found(ticket, .working))
    bench.pass(seconds: 3)
    #expect(bench.asked == [.cancel(ticket)])
  }

  @Test("refuses nothing and repeats nothing when a second desk begins its calls where the first ended")
  func callNumbers() {
    var first = Bench()
    first.place(Self.ticket(1))
    var second = OrderDesk(policy: DeskPolicy(), firstCall: first.desk.nextCall)
    var out = DeskOutbox()
    second.place(Self.ticket(2), intendedAt: first.now, now: first.now, into: &out)
    #expect(out.asks[0].call != first.out.asks[0].call)
    // A late answer to the first desk's call changes nothing in the second.
    let before = second
    second.hear(.answered(first.out.asks[0].call, .refused(code: -2010, "x")), now: first.now, into: &out)
    #expect(second.orders == before.orders)
  }

  @Test("goes on asking when the clock is set back by an hour")
  func clockBack() throws {
    var bench = Bench()
    let ticket = Self.ticket()
    bench.place(ticket)
    bench.note()
    try bench.answer(.unknown("timeout"))
    bench.now = bench.now.advanced(byNanos: -3_600 * Self.second)
    bench.hear(.notice(.clockSkew, .warning, text: ""))
    bench.pass(seconds: 1)
    #expect(bench.asked == [.query(ticket)])
    #expect(bench.desk.orders[0].intendedAt <= bench.now)
  }

  @Test(
    "knows an order that has long been over when something comes of it: passes a late fill on, cancels what the venue has open"
  )
  func longOver() throws {
    var bench = Bench()
    for sequence in 1...100 as ClosedRange<UInt64> {
      let ticket = Self.ticket(sequence)
      bench.place(ticket)
      bench.note()
      try bench.answer(.done)
      bench.hear(.report(Self.report(.filled, ticket, quantity: 2, cumulative: 2, trade: "\(sequence)")))
    }
    #expect(bench.desk.orders.count < 20 && bench.desk.isSettled && bench.desk.unknownCount == 0)
    let first = Self.ticket(1)
    // What was told is told no second time; what is new is passed on with its ticket.
    bench.hear(.report(Self.report(.filled, first, quantity: 2, cumulative: 2, trade: "1")))
    #expect(bench.out.facts.isEmpty)
    bench.hear(.report(Self.report(.filled, first, quantity: 1, cumulative: 3, trade: "late")))
    guard case .report(let report, let ticket?) = bench.out.facts.first else {
      Issue.record("\(bench.out)")
      return
    }
    #expect(report.tradeID == "late" && ticket.order == first.order)
    // A cancel of what is over asks for nothing.
    bench.out.removeAll()
    bench.desk.cancel(Self.ticket(2).order, now: bench.now, into: &bench.out)
    #expect(bench.out.asks.isEmpty && bench.desk.isSettled)
  }

  @Test("tries again from then on what certainly was not executed, and only then")
  func waits() throws {
    var bench = Bench()
    let ticket = Self.ticket()
    bench.place(ticket)
    bench.note()
    try bench.answer(.wait(until: bench.now.advanced(byNanos: 5 * Self.second), "-1015"))
    #expect(bench.notices == [.rateLimited])
    bench.pass(seconds: 4)
    #expect(bench.asked.isEmpty)
    for _ in 0..<3 {
      bench.pass(seconds: 1)
      #expect(bench.asked == [.submit(ticket)])
      // It never left, so it isn't sent again; and that it waits is told once.
      #expect(bench.notices.isEmpty)
      try bench.answer(.wait(until: bench.now.advanced(byNanos: Self.second), "a rate limit is reached"))
      #expect(bench.notices.isEmpty)
    }
  }

  @Test("reports a refusal with the venue's code, and ends the order")
  func refusal() throws {
    var bench = Bench()
    bench.place(Self.ticket())
    bench.note()
    try bench.answer(.refused(code: -1013, "Filter failure: LOT_SIZE"))
    guard case .report(let report, _) = bench.out.facts.first else {
      Issue.record("nothing was told")
      return
    }
    #expect(report.type == .rejected && report.text == "-1013 Filter failure: LOT_SIZE")
    #expect(bench.desk.isSettled)
  }

  /// A stop and a target of which one alone is to fill.
  static func pair() -> (OrderTicket, OrderTicket) {
    var (first, second) = (ticket(7), ticket(8))
    (first.type, first.side, first.limitPrice, first.stopPrice) = (.stop, .sell, nil, Price(nanos: 90 * Self.second))
    (second.side, second.limitPrice) = (.sell, Price(nanos: 110 * Self.second))
    (first.pairedWith, second.pairedWith) = (second.order, first.order)
    return (first, second)
  }

  @Test(
    "sends a pair in one request, and what is said of it is said of both",
    arguments: ["done", "refused", "passed", "unknown"])
  func pairs(_ outcome: String) throws {
    var bench = Bench()
    let (first, second) = Self.pair()
    bench.desk.placePair(first, second, intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.note()
    #expect(bench.asked == [.submitPair(first, second)])
    switch outcome {
    case "done":
      try bench.answer(.done)
      bench.pass(seconds: 3)
      // Each is asked for by itself where no report came.
      #expect(Set(bench.asked) == [.query(first), .query(second)])
    case "passed":
      try bench.answer(.wouldTrigger(code: -2010, "beyond"))
      #expect(bench.told == [.wouldTrigger, .wouldTrigger])
      #expect(bench.desk.isSettled)
    case "refused":
      try bench.answer(.refused(code: -2010, "no"))
      #expect(bench.told == [.rejected, .rejected])
      #expect(bench.desk.isSettled)
    default:
      try bench.answer(.unknown("-1007"))
      #expect(bench.told == [] && bench.desk.unknownCount == 2)
      bench.pass(seconds: 1)
      #expect(Set(bench.asked) == [.query(first), .query(second)])
    }
  }

  @Test("a pair that had to wait is sent whole")
  func pairWaits() throws {
    var bench = Bench()
    let (first, second) = Self.pair()
    bench.desk.placePair(first, second, intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.note()
    try bench.answer(.wait(until: bench.now.advanced(byNanos: 2 * Self.second), "busy"))
    #expect(bench.asked == [])
    bench.pass(seconds: 3)
    #expect(bench.asked == [.submitPair(first, second)])
  }

  @Test("a pair of which one is no longer wanted before it left isn't sent")
  func pairRecalled() throws {
    var bench = Bench()
    let (first, second) = Self.pair()
    bench.desk.placePair(first, second, intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.note()
    try bench.answer(.wait(until: bench.now.advanced(byNanos: 2 * Self.second), "busy"))
    bench.desk.cancel(second.order, now: bench.now, into: &bench.out)
    bench.pass(seconds: 3)
    #expect(bench.told == [.neverArrived, .neverArrived] || bench.desk.isSettled)
    #expect(!bench.asked.contains(.submitPair(first, second)))
    #expect(bench.desk.isSettled)
  }

  @Test("a pair whose absence is proved isn't sent again, and each of its orders is reported")
  func pairAbsent() throws {
    var bench = Bench()
    let (first, _) = Self.pair()
    bench.desk.adopt(
      first, intendedAt: bench.now, isKnown: false, isCancelRequested: false, now: bench.now, into: &bench.out)
    bench.note()
    #expect(try bench.denyUntilTold(rounds: 60).told == [.neverArrived])
  }

  @Test("a cancel of one is a cancel of both: the other waits for what comes of it")
  func pairCancelled() throws {
    var bench = Bench()
    let (first, second) = Self.pair()
    bench.desk.placePair(first, second, intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.note()
    try bench.answer(.done)
    for ticket in [first, second] { bench.hear(.report(Self.report(.accepted, ticket))) }
    bench.out.removeAll()
    bench.desk.cancel(first.order, now: bench.now, into: &bench.out)
    bench.desk.cancel(second.order, now: bench.now, into: &bench.out)
    #expect(bench.asked == [.cancel(first)])
    for ticket in [first, second] { bench.hear(.report(Self.report(.cancelled, ticket))) }
    #expect(bench.desk.isSettled)
  }
}
