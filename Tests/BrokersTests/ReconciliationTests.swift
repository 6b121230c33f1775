import Events
import Market
import Testing

@testable import Brokers

/// Run and venue are compared: what is found is told, what is in doubt is asked, and nothing is concluded from a list alone.
@Suite struct ReconciliationTests {
  static let second: Int64 = 1_000_000_000
  static let prefix = "e000000000000-"

  struct Bench {
    var desk: OrderDesk
    var now = Timestamp(nanos: 1_700_000_000_000_000_000)
    var out = DeskOutbox()
    var holdings = RunHoldings(
      positions: [
        HeldPosition(
          instrument: InstrumentIndex(0), symbol: "BTCUSDT", asset: "BTC", quantity: .zero,
          mark: Price(nanos: 25_000 * second))
      ], cashAsset: "USDT", cash: 1000 * Int128(second))

    init(_ positions: ForeignPolicy = .halt, orders: ForeignPolicy = .halt, cash: ForeignPolicy? = nil) {
      desk = OrderDesk(policy: DeskPolicy(foreignOrders: orders, foreignPositions: positions, foreignCash: cash))
    }

    mutating func begin() {
      desk.beginReconciling(from: SnapshotRequest(lastTrades: [:], since: now), now: now, into: &out)
    }

    /// Answers the snapshot that is asked for, lets the run book what it tells, and compares.
    mutating func round(_ snapshot: VenueSnapshot) throws -> ReconciliationTable {
      if !out.asks.contains(where: { if case .snapshot = $0.request { true } else { false } }) {
        out.removeAll()
        while !out.asks.contains(where: { if case .snapshot = $0.request { true } else { false } }) {
          now = max(now, try #require(desk.wakeAt))
          desk.wake(now: now, into: &out)
        }
      }
      let ask = try #require(out.asks.last { if case .snapshot = $0.request { true } else { false } })
      out.removeAll()
      desk.hear(.answered(ask.call, .snapshot(snapshot)), now: now, into: &out)
      #expect(desk.isAwaitingHoldings)
      desk.compare(holdings, ownPrefix: ReconciliationTests.prefix, now: now, into: &out)
      let table = out.facts.compactMap { if case .reconciled(let table) = $0 { table } else { nil } }.last
      return try #require(table)
    }

    var notices: [String] {
      out.facts.compactMap { if case .notice(let notice) = $0 { notice.text } else { nil } }
    }
    var halts: [String] { out.facts.compactMap { if case .halt(let why) = $0 { why } else { nil } } }
    var adoptions: [AccountAdopted] { out.facts.compactMap { if case .adopt(let event) = $0 { event } else { nil } } }
  }

  static func snapshot(
    open: [VenueOrder] = [], fills: [OrderReport] = [], btc: Int64 = 0, usdt: Int64 = 1000, isComplete: Bool = true
  ) -> VenueSnapshot {
    VenueSnapshot(
      openOrders: open, fills: fills,
      balances: [
        VenueBalance(asset: "BTC", free: btc * second, locked: 0),
        VenueBalance(asset: "USDT", free: usdt * second, locked: 0),
      ], isComplete: isComplete, serverTime: Timestamp(nanos: 5))
  }

  static func open(_ clientOrderID: String) -> VenueOrder {
    VenueOrder(
      clientOrderID: clientOrderID, venueOrderID: "v-\(clientOrderID)", symbol: "BTCUSDT", side: .buy, status: .working,
      quantity: Quantity(nanos: 2 * second), cumulative: .zero, venueTime: Timestamp(nanos: 1))
  }

  @Test("agrees where everything does, and looks again after a minute")
  func agrees() throws {
    var bench = Bench()
    bench.begin()
    let table = try bench.round(Self.snapshot())
    #expect(table.agrees && bench.desk.isReconciled && bench.halts.isEmpty)
    #expect(bench.desk.wakeAt == bench.now.advanced(byNanos: 60 * Self.second))
    #expect(table.rows.map(\.verdict) == [.agrees, .agrees])
  }

  @Test(
    "leaves money that isn't the run's alone where it may, tells it once however the run trades, and again where it changes"
  )
  func moneyOfOthers() throws {
    var bench = Bench(.halt, cash: .ignore)
    bench.begin()
    var told: [[String]] = []
    // Ours, and what the venue has: 4000 are somebody else's, the run spends 100, somebody takes 50.
    for (ours, theirs) in [(1000, 5000), (900, 4900), (900, 4850)] {
      bench.holdings.cash = Int128(ours) * Int128(Self.second)
      _ = try bench.round(Self.snapshot(usdt: Int64(theirs)))
      let table = try bench.round(Self.snapshot(usdt: Int64(theirs)))
      #expect(table.rows.map(\.verdict) == [.agrees, .ignored])
      #expect(bench.halts.isEmpty)
      told.append(bench.notices.filter { $0.hasPrefix("USDT") })
    }
    #expect(told == [["USDT: here 1000, at the venue 5000"], [], ["USDT: here 900, at the venue 4850"]])
    var strict = Bench(.ignore, cash: .halt)
    strict.begin()
    _ = try strict.round(Self.snapshot(usdt: 5000))
    _ = try strict.round(Self.snapshot(usdt: 5000))
    #expect(strict.halts.first?.contains("unknown_cash: ignore") == true)
  }

  @Test("declares a break only when two snapshots in a row show the same difference, and then once")
  func twoSnapshots() throws {
    var bench = Bench()
    bench.begin()
    #expect(try bench.round(Self.snapshot(btc: 1)).rows[0].verdict == .asked)
    #expect(bench.halts.isEmpty && !bench.desk.isReconciled)
    // It was a fill on its way: gone.
    #expect(try bench.round(Self.snapshot()).agrees)
    #expect(try bench.round(Self.snapshot(btc: 1)).rows[0].verdict == .asked)
    // Another difference is not the same one.
    #expect(try bench.round(Self.snapshot(btc: 2)).rows[0].verdict == .asked)
    #expect(try bench.round(Self.snapshot(btc: 2)).rows[0].verdict == .broken)
    #expect(bench.halts.count == 1)
    #expect(
      bench.out.facts.contains(
        .positionBreak(InstrumentIndex(0), ours: .zero, theirs: Quantity(nanos: 2 * Self.second))))
    #expect(try bench.round(Self.snapshot(btc: 2)).rows[0].verdict == .broken)
    #expect(bench.halts.isEmpty, "it was told already")
  }

  @Test("adopts a foreign position once: the next reconciliations change nothing")
  func adoptsOnce() throws {
    var bench = Bench(.adopt)
    bench.begin()
    _ = try bench.round(Self.snapshot(btc: 3, usdt: 900))
    let table = try bench.round(Self.snapshot(btc: 3, usdt: 900))
    #expect(table.rows.map(\.verdict) == [.adopted, .adopted])
    #expect(
      bench.adoptions == [
        AccountAdopted(
          instrument: InstrumentIndex(0), quantity: Quantity(nanos: 3 * Self.second),
          price: Price(nanos: 25_000 * Self.second)), AccountAdopted(cash: -100 * Int128(Self.second)),
      ])
    bench.holdings.positions[0].quantity = Quantity(nanos: 3 * Self.second)
    bench.holdings.cash = 900 * Int128(Self.second)
    for _ in 0..<3 {
      #expect(try bench.round(Self.snapshot(btc: 3, usdt: 900)).agrees)
      #expect(bench.adoptions.isEmpty)
    }
  }

  @Test("counts fees that left another asset: the venue's cash has not paid them, and a traded asset has")
  func assetFees() throws {
    var bench = Bench()
    bench.begin()
    bench.holdings.assetFees = [
      HeldAssetFees(asset: "BNB", amount: 2 * Int128(Self.second), booked: 40 * Int128(Self.second)),
      HeldAssetFees(asset: "BTC", amount: Int128(Self.second), booked: 60 * Int128(Self.second)),
    ]
    bench.holdings.positions[0].quantity = Quantity(nanos: 3 * Self.second)
    bench.holdings.cash = 900 * Int128(Self.second)
    let table = try bench.round(Self.snapshot(btc: 2))
    #expect(table.agrees && table.rows.map(\.verdict) == [.agrees, .agrees, .ignored], "\(table.rows)")
    #expect(table.rows[2].name == "BNB" && table.rows[2].ours == "-2" && table.rows[2].theirs == "0")
    // Without them run and venue would differ.
    bench.holdings.assetFees = []
    #expect(try !bench.round(Self.snapshot(btc: 2)).agrees)
  }

  @Test("ignores a foreign position where it is told to: noted once, and nothing stops")
  func ignores() throws {
    var bench = Bench(.ignore)
    bench.begin()
    _ = try bench.round(Self.snapshot(btc: 3))
    #expect(try bench.round(Self.snapshot(btc: 3)).agrees)
    #expect(bench.halts.isEmpty && bench.desk.isReconciled)
    #expect(try bench.round(Self.snapshot(btc: 3)).agrees)
    #expect(!bench.out.facts.contains { if case .positionBreak = $0 { true } else { false } })
  }

  @Test("compares no balances while an order is on its way")
  func unsettled() throws {
    var bench = Bench()
    bench.desk.place(DeskTests.ticket(), intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.begin()
    for _ in 0..<3 {
      #expect(try bench.round(Self.snapshot(btc: 1)).rows.last { $0.name == "BTC" }?.verdict == .asked)
    }
    #expect(bench.halts.isEmpty)
  }

  @Test("tells fills that were missed, under their order, once")
  func missedFills() throws {
    var bench = Bench()
    let ticket = DeskTests.ticket()
    bench.desk.place(ticket, intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.desk.hear(.report(DeskTests.report(.accepted, ticket)), now: bench.now, into: &bench.out)
    bench.begin()
    var fill = DeskTests.report(.filled, ticket, quantity: 2, trade: "9")
    fill.source = .reconciliation
    let table = try bench.round(Self.snapshot(fills: [fill]))
    #expect(table.fillsFound == 1)
    #expect(bench.out.facts.first == .report(fill, ticket))
    #expect(try bench.round(Self.snapshot(fills: [fill])).fillsFound == 0)
  }

  @Test(
    "asks for trades from the last snapshot on, not from the last report: a report may come while an earlier one was lost"
  )
  func lastTrades() throws {
    var bench = Bench()
    bench.begin()
    var snapshot = Self.snapshot()
    snapshot.lastTrades = [InstrumentIndex(0): "41"]
    _ = try bench.round(snapshot)
    let ticket = DeskTests.ticket()
    bench.desk.place(ticket, intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.desk.hear(
      .report(DeskTests.report(.filled, ticket, quantity: 2, cumulative: 2, trade: "50")), now: bench.now,
      into: &bench.out)
    bench.out.removeAll()
    bench.desk.reconcile(now: bench.now, into: &bench.out)
    guard case .snapshot(let request) = bench.out.asks.last?.request else {
      Issue.record("\(bench.out.asks)")
      return
    }
    #expect(request.lastTrades == [InstrumentIndex(0): "41"])
  }

  @Test(
    "stops at an open order of somebody else, or lets it be, as it is told; an order of its own that it doesn't remember stops it always"
  )
  func foreignOrders() throws {
    var bench = Bench()
    bench.begin()
    let row = try bench.round(Self.snapshot(open: [Self.open("web_1")])).rows[0]
    #expect(row.verdict == .broken && bench.halts.count == 1)
    // Whoever looks for it at the venue's page finds it by either.
    #expect(row.subject == .foreignOrder(client: "web_1", venue: Self.open("web_1").venueOrderID))
    #expect(try bench.round(Self.snapshot(open: [Self.open("web_1")])).rows[0].verdict == .broken)
    #expect(bench.halts.isEmpty, "it was told already")
    bench = Bench(orders: .ignore)
    bench.begin()
    #expect(try bench.round(Self.snapshot(open: [Self.open("web_1")])).agrees)
    #expect(try !bench.round(Self.snapshot(open: [Self.open(Self.prefix + "zz")])).agrees)
    #expect(bench.halts.count == 1)
  }

  @Test("asks for and cancels an order that is over here and open at the venue")
  func openButOver() throws {
    var bench = Bench()
    let ticket = DeskTests.ticket()
    bench.desk.place(ticket, intendedAt: bench.now, now: bench.now, into: &bench.out)
    bench.desk.hear(.report(DeskTests.report(.rejected, ticket)), now: bench.now, into: &bench.out)
    bench.begin()
    let table = try bench.round(Self.snapshot(open: [Self.open(ticket.clientOrderID)]))
    #expect(table.rows[0].verdict == .asked)
    let query = try #require(bench.out.asks.last { $0.request == .query(ticket) })
    bench.out.removeAll()
    bench.desk.hear(.answered(query.call, DeskTests.found(ticket, .working)), now: bench.now, into: &bench.out)
    bench.now = bench.now.advanced(byNanos: 3 * Self.second)
    bench.desk.wake(now: bench.now, into: &bench.out)
    #expect(bench.out.asks.contains { $0.request == .cancel(ticket) })
  }
}
