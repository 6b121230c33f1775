import Events
import Feeds
import Market
import Testing
import Wire

@testable import Rehearsal

/// Goal: whatever happens on the way, the bars that leave a feed are the bars that the exchange played, each once, in order, and those that were missed are history or told.
/// Method: the feeds read the rehearsal exchange, joined by `FeedLink` without a network; faults come from the exchange's own plan and from the test.
@Suite("Live feeds at the exchange")
struct FeedTests {
  static let minute: Int64 = 60_000_000_000
  static let start = Bench.start
  static let history = 30
  static let symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]

  private static func tape(_ count: Int, above: Int64 = 0) -> MarketTape {
    var rows: [(Int64, Int64, Int64, Int64, Int64)] = []
    var last: Int64 = 1_000 + above
    for place in 0..<count {
      let next = last + Int64(place * 7 % 11) - 5
      rows.append((last, max(last, next) + 2, min(last, next) - 2, next, 100 + Int64(place)))
      last = next
    }
    return Bench.tape(rows, history: history, instruments: symbols.map { Bench.instrument($0) })
  }

  private static func exchange(
    _ count: Int, _ faults: [FaultRule] = [], seed: UInt64 = 1, above: Int64 = 0
  ) -> (Exchange, [Bar]) {
    let tape = tape(count, above: above)
    // The tape stands so that history is past when the exchange opens.
    let open = start.advanced(byNanos: Int64(history) * minute)
    let exchange = Exchange(
      tape: tape, settings: Bench.settings, faults: FaultPlan(seed: seed, rules: faults), startedAt: open, origin: open)
    return (exchange, tape.bars.flatMap { $0 })
  }

  private static func settings(_ warmup: Int = 20) -> WebFeedSettings {
    WebFeedSettings(
      instruments: symbols.enumerated().map { place, symbol in
        FeedInstrument(
          instrument: InstrumentIndex(place), symbol: symbol, tickSize: Price(nanos: 10_000_000), calendar: .always)
      }, intervalNanos: minute, warmupBars: warmup, url: "http://x", stream: "ws://x")
  }

  /// The same exchange behind another name.
  private static var second: WebFeedSettings {
    var settings = settings()
    settings.stream = "ws://x:1"
    return settings
  }

  /// What every feed promises: order, no bar twice, each as it was played.
  ///
  /// - Parameter isOrdered: over all instruments, too; one that lacked a bar has it behind the others' later ones.
  private func check(_ bars: [Bar], _ played: [Bar], _ comment: Comment, isOrdered: Bool = true) {
    var last: [InstrumentIndex: Timestamp] = [:]
    var lastKnown = Timestamp(nanos: .min)
    for bar in bars {
      #expect(last[bar.instrument].map { $0 < bar.openTime } ?? true, comment)
      if isOrdered { #expect(bar.knownAt >= lastKnown, comment) }
      lastKnown = bar.knownAt
      last[bar.instrument] = bar.openTime
      let original = played.first { $0.instrument == bar.instrument && $0.openTime == bar.openTime }
      #expect(
        original?.close == bar.close && original?.open == bar.open && original?.high == bar.high
          && original?.low == bar.low, comment)
    }
  }

  @Test("Binance: history first, then each closed bar once as it closes, never the running one")
  func binance() {
    let (exchange, played) = Self.exchange(60)
    var link = FeedLink(exchange, BinanceFeed(Self.settings()), at: exchange.clock.startedAt)
    link.pass(25 * Self.minute + 30_000_000_000)
    check(link.bars, played, "undisturbed")
    let historical = link.bars.filter(\.isHistorical)
    #expect(historical.count == 20 * 3 && link.warmedUpAfter == 60)
    let fresh = link.bars.filter { !$0.isHistorical }
    #expect(fresh.count == 25 * 3)
    #expect(fresh.allSatisfy { $0.knownAt > exchange.clock.startedAt })
  }

  @Test("Binance: cuts, lost closing messages, refusals and garbage leave no hole that isn't filled", arguments: 0..<12)
  func disturbedBinance(_ run: Int) {
    let seed = UInt64(0xb17a + run)
    let (exchange, played) = Self.exchange(
      90,
      [
        FaultRule(.skip, on: .klineClose, .rate(micros: 60_000, most: 8)),
        FaultRule(.duplicateMessage, on: .klineClose, .rate(micros: 60_000, most: 8)),
        FaultRule(.reorder, on: .klineClose, .rate(micros: 60_000, most: 8)),
        FaultRule(.late, on: .klineClose, .rate(micros: 60_000, most: 8)),
        FaultRule(.cutSockets, on: .klineClose, .rate(micros: 20_000, most: 4)),
        FaultRule(.mute, on: .socket, .rate(micros: 200_000, most: 2)),
        FaultRule(.html, on: .klines, .rate(micros: 200_000, most: 5)),
        FaultRule(.rateLimit, on: .klines, .rate(micros: 100_000, most: 2), nanos: 3_000_000_000),
        FaultRule(.garbage, on: .klines, .rate(micros: 100_000, most: 3)),
        FaultRule(.drop, on: .time, .rate(micros: 300_000, most: 3)),
      ], seed: seed)
    var link = FeedLink(exchange, BinanceFeed(Self.settings()), at: exchange.clock.startedAt)
    for step in 0..<50 {
      link.pass(Self.minute)
      if (step * 7 + run) % 13 == 0 { link.cutSockets() }
      if step == 30 { link.isNetworkDown = true }
      if step == 33 { link.isNetworkDown = false }
    }
    // Quiet at the end: whatever was missed can be fetched.
    link.pass(6 * Self.minute + 30_000_000_000)
    check(link.bars, played, "seed \(seed)", isOrdered: false)
    for index in Self.symbols.indices {
      let opens = link.bars.filter { $0.instrument.position == index }.map(\.openTime)
      let wanted = played.filter { $0.instrument.position == index && $0.knownAt <= link.now }.map(\.openTime)
      let isTold = link.notices.contains { $0.code == .gapLeft && $0.instrument?.position == index }
      #expect(isTold || opens == Array(wanted.suffix(opens.count)), "seed \(seed): a hole that nobody told")
      #expect(opens.last == wanted.last, "seed \(seed): the newest bar")
    }
    // What was missed while the network was down is history when it comes.
    #expect(link.bars.contains { $0.isHistorical && $0.knownAt > exchange.clock.startedAt }, "seed \(seed)")
  }

  /// Found by kills at 200 times real time: a row was judged by the clock when its answer came, and the running bar, three quarters of it, stood in a journal as a
  /// closed one. Here the stream is of no help: it never says that a bar is over.
  @Test("Binance: an answer that is under way while a bar ends doesn't pass the running bar for a closed one")
  func slowAnswer() {
    for second in Int64(50)..<60 {
      let (exchange, played) = Self.exchange(
        60,
        [
          FaultRule(.delayAnswer, on: .klines, .rate(micros: 1_000_000, most: 1_000), nanos: 5_000_000_000),
          FaultRule(.skip, on: .klineClose, .rate(micros: 1_000_000, most: 1_000)),
        ])
      var link = FeedLink(exchange, BinanceFeed(Self.settings()), at: exchange.clock.startedAt)
      for _ in 0..<3 {
        link.pass(Self.minute + second * 1_000_000_000)
        link.cutSockets()
        link.pass(2 * Self.minute - second * 1_000_000_000)
      }
      check(link.bars, played, "cut at second \(second)")
      #expect(link.bars.count > 20 * 3, "what was fetched behind a cut")
      // A bar that ran when it was told lacks volume, whatever its close came to.
      for bar in link.bars {
        let original = played.first { $0.instrument == bar.instrument && $0.openTime == bar.openTime }
        #expect(original?.volume == bar.volume, "cut at second \(second)")
      }
    }
  }

  /// Found by the simulation: what the stream brought while REST had banned the client was given as fresh two minutes later, and ordered on.
  @Test("Binance: a bar that had to wait until another one ended behind it is history")
  func waitedBar() {
    let ban = FaultRule(.ban, on: .klines, .steps([4, 5, 6]), nanos: 150_000_000_000)
    let (exchange, played) = Self.exchange(60, [ban])
    var link = FeedLink(exchange, BinanceFeed(Self.settings()), at: exchange.clock.startedAt)
    link.pass(4 * Self.minute + 20_000_000_000)
    link.cutSockets()
    var given = link.bars.count
    var waited = 0
    for _ in 0..<600 {
      link.pass(1_000_000_000)
      for bar in link.bars[given...] {
        let age = link.now.nanos - bar.knownAt.nanos
        if age > Self.minute { waited += 1 }
        if age > Self.minute + 1_000_000_000 { #expect(bar.isHistorical, "\(bar.openTime), \(age) ns old") }
      }
      given = link.bars.count
    }
    #expect(waited >= 3, "bars that waited")
    check(link.bars, played, "after a ban", isOrdered: false)
  }

  @Test(
    "Binance: a stream that says nothing is given up and replaced, and one that is a day old is replaced before it ends"
  )
  func silence() {
    let (exchange, played) = Self.exchange(1_600)
    var link = FeedLink(exchange, BinanceFeed(Self.settings()), at: exchange.clock.startedAt)
    link.pass(24 * 60 * Self.minute)
    check(link.bars, played, "a day")
    #expect(link.bars.filter { !$0.isHistorical }.count == 24 * 60 * 3)
    #expect(link.notices.contains { $0.code == .connected && $0.text.contains("old") })
    link.isNetworkDown = true
    link.pass(2 * Self.minute)
    #expect(link.notices.contains { $0.code == .disconnected && $0.text.contains("nothing was heard") })
  }

  @Test("Yahoo: unfinished rows and the row of the last price are no bars; each bar comes once, when two polls agree")
  func yahoo() {
    let (exchange, played) = Self.exchange(60)
    var link = FeedLink(exchange, YahooFeed(Self.settings()), at: exchange.clock.startedAt)
    link.pass(20 * Self.minute + 30_000_000_000)
    check(link.bars, played, "yahoo", isOrdered: false)
    let fresh = link.bars.filter { !$0.isHistorical }
    #expect(fresh.count >= 19 * 3)
    #expect(link.bars.filter(\.isHistorical).count >= 19 * 3)
  }

  @Test("Yahoo: pages, refusals and wrong prices on the way neither invent nor double a bar", arguments: 0..<8)
  func disturbedYahoo(_ run: Int) {
    let seed = UInt64(0x9a400 + run)
    let (exchange, played) = Self.exchange(
      90,
      [
        FaultRule(.html, on: .chart, .rate(micros: 60_000, most: 20)),
        FaultRule(.garbage, on: .chart, .rate(micros: 60_000, most: 20)),
        FaultRule(.drop, on: .chart, .rate(micros: 60_000, most: 20)),
        FaultRule(.wrongPrice, on: .chart, .rate(micros: 60_000, most: 20), number: 100_000),
        FaultRule(.stale, on: .chart, .rate(micros: 60_000, most: 20), nanos: 3 * Self.minute),
      ], seed: seed)
    var link = FeedLink(exchange, YahooFeed(Self.settings()), at: exchange.clock.startedAt)
    link.pass(50 * Self.minute)
    check(link.bars, played, "seed \(seed)", isOrdered: false)
    #expect(link.bars.filter { !$0.isHistorical }.count > 40 * 2, "seed \(seed)")
  }

  // Story: Yahoo's refused connections were told as answers that could not be read.
  @Test("a request that could not be sent is told as a lost connection, not as an invalid answer")
  func refused() throws {
    for feed in [WebFeed.yahoo(YahooFeed(Self.settings())), .binance(BinanceFeed(Self.settings()))] {
      var feed = feed
      var out = WireOutbox<FeedMessage>()
      let now = Timestamp(nanos: 1_700_000_000_000_000_000)
      feed.wake(now: now, into: &out)
      if case .binance = feed {
        let socket = out.requests.compactMap { if case .open(let number, _) = $0 { number } else { nil } }.first
        feed.receive(.opened(try #require(socket)), now: now, into: &out)
        feed.wake(now: now, into: &out)
      }
      let call = out.requests.compactMap { if case .http(let number, _) = $0 { number } else { nil } }.first
      out.removeAll()
      feed.receive(.failed(try #require(call), .notSent("Connection refused")), now: now, into: &out)
      let notices = out.messages.compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
      #expect(notices.map(\.code) == [.disconnected])
      #expect(notices.first?.text == "could not connect: Connection refused")
    }
  }

  @Test("a chain gives each bar once, whoever is active, and goes back to the preferred feed when it is itself again")
  func chain() {
    let (exchange, played) = Self.exchange(120)
    let settings = Self.settings()
    let chain = FeedChain(
      [.binance(BinanceFeed(settings)), .yahoo(YahooFeed(settings))], settings.instruments,
      intervalNanos: Self.minute, warmupBars: 20)
    var link = FeedLink(exchange, chain, at: exchange.clock.startedAt)
    link.pass(10 * Self.minute)
    #expect(link.machine.activeName == "binance")
    link.deadPath = "stream"
    link.cutSockets()
    link.pass(10 * Self.minute)
    #expect(link.machine.activeName == "yahoo")
    #expect(link.notices.contains { $0.code == .feedSwitched })
    link.deadPath = nil
    link.pass(12 * Self.minute)
    #expect(link.machine.activeName == "binance")
    #expect(link.notices.contains { $0.code == .feedReturned })
    check(link.bars, played, "chain", isOrdered: false)
    for index in Self.symbols.indices {
      let opens = link.bars.filter { $0.instrument.position == index }.map(\.openTime)
      let steps = zip(opens, opens.dropFirst()).map { $1.nanos - $0.nanos }
      #expect(steps.allSatisfy { $0 == Self.minute }, "a hole in \(Self.symbols[index])")
    }
  }

  /// Told by a rehearsal: the chain said that two feeds were 6 % apart, and a few bars later traded on the other one.
  @Test(
    "a chain changes to a feed whose prices are others only where nothing else gives bars for three intervals, and says so as an error"
  )
  func disputedChain() throws {
    let (exchange, _) = Self.exchange(120)
    let (dear, _) = Self.exchange(120, above: 60)
    let settings = Self.settings()
    var dearSettings = settings
    dearSettings.url = "http://y"
    let chain = FeedChain(
      [.binance(BinanceFeed(settings)), .yahoo(YahooFeed(dearSettings))], settings.instruments,
      intervalNanos: Self.minute, warmupBars: 20)
    var link = FeedLink(exchange, other: dear, chain, at: exchange.clock.startedAt)
    link.pass(10 * Self.minute)
    let apart = try #require(link.notices.first { $0.code == .priceDisagreement })
    let percent = Double(apart.second - apart.first) / Double(apart.first) * 100
    #expect(percent > 5 && percent < 7 && apart.second - apart.first == 60 * FixedPoint.unit)
    let words =
      "\((percent * 100).rounded() / 100) % apart: binance \(Price(nanos: apart.first)), yahoo \(Price(nanos: apart.second))"
    #expect(apart.text.contains(words), "\(apart.text), not \(words)")
    link.deadPath = "stream"
    link.cutSockets()
    var switchedAfter = 0
    for minute in 1...12 where link.machine.activeName == "binance" {
      link.pass(Self.minute)
      switchedAfter = minute
    }
    #expect(link.machine.activeName == "yahoo" && switchedAfter >= 3)
    let told = try #require(link.notices.last { $0.code == .feedSwitched })
    #expect(told.severity == .error && told.text.contains("nothing else gives bars but yahoo"), "\(told.text)")
    link.deadPath = nil
    link.pass(12 * Self.minute)
    #expect(link.machine.activeName == "binance")
    // Where another one agrees, the first that does takes over, and at once; of two of one provider the place says which.
    let many = FeedChain(
      [.binance(BinanceFeed(settings)), .yahoo(YahooFeed(dearSettings)), .binance(BinanceFeed(Self.second))],
      settings.instruments, intervalNanos: Self.minute, warmupBars: 20)
    link = FeedLink(exchange, other: dear, many, at: exchange.clock.startedAt)
    link.pass(10 * Self.minute)
    #expect(link.machine.activeName == "binance (feed 1)")
    link.deadPath = "ws://x/stream"
    link.cutSockets()
    link.pass(4 * Self.minute)
    #expect(link.machine.activeName == "binance (feed 3)", "\(link.notices.suffix(4).map(\.text))")
    #expect(link.notices.last { $0.code == .feedSwitched }?.severity == .warning)
  }

  @Test("twenty symbols: Yahoo's polls keep up with one-minute bars")
  func twenty() {
    let instruments = (0..<20).map { Bench.instrument("S\($0)USDT") }
    var rows: [(Int64, Int64, Int64, Int64, Int64)] = []
    for place in 0..<60 { rows.append((100, 102, 98, 100 + Int64(place % 2), 10)) }
    let tape = Bench.tape(rows, history: Self.history, instruments: instruments)
    let open = Self.start.advanced(byNanos: Int64(Self.history) * Self.minute)
    let exchange = Exchange(tape: tape, settings: Bench.settings, startedAt: open, origin: open)
    var settings = Self.settings(5)
    settings.instruments = instruments.enumerated().map { place, instrument in
      FeedInstrument(
        instrument: InstrumentIndex(place), symbol: instrument.symbol, tickSize: instrument.tickSize, calendar: .always)
    }
    var link = FeedLink(exchange, YahooFeed(settings), at: open)
    link.pass(10 * Self.minute + 50_000_000_000)
    check(link.bars, tape.bars.flatMap { $0 }, "twenty", isOrdered: false)
    #expect(link.bars.filter { !$0.isHistorical }.count >= 9 * 20)
  }
}
