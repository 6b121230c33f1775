import Brokers
import Core
import Events
import Feeds
import Foundation
import Journal
import Market
import Runtime
import Strategies
import Wire

/// A live journal at a path, as a process leaves it and the next one finds it.
struct LivePathOutput: RunOutput {
  let path: String

  mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter {
    do throws(JournalError) {
      return try waitingForLock { () throws(JournalError) in
        try JournalWriter.create(path: path, options: options, replacing: true)
      }
    } catch {
      throw .journal(error)
    }
  }

  mutating func resume(
    _ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog
  ) throws(RunError) -> ResumedJournal? {
    let held: HeldJournal
    do throws(JournalError) {
      held = try waitingForLock { () throws(JournalError) in try HeldJournal(path: path, options: options) }
    } catch {
      throw .journal(error)
    }
    return try ResumedJournal(held, start: start, catalog: catalog)
  }

  mutating func roll(
    to file: RunFile, snapshot: [UInt8], _ options: JournalOptions
  ) throws(RunError) -> JournalWriter { preconditionFailure("nothing rolls here") }

  mutating func write(snapshot: [UInt8], sequence: UInt64) {}
}

/// What a venue knows, which outlives every process that talks to it.
final class ModelBook {
  struct Order {
    var ticket: OrderTicket
    /// How often this id was taken: more than once is two orders.
    var timesAccepted = 1
    var fill: OrderReport
  }

  private(set) var orders: [Order] = []
  var cash: Int128
  var held: [String: Int64] = [:]
  /// What an order that comes at some instant fills at.
  var price: (OrderTicket, Timestamp) -> Price = { _, _ in Price(nanos: 100 * FixedPoint.unit) }
  /// Called with each order the moment it is taken.
  var onSubmit: (OrderTicket) -> Void = { _ in }

  init(cash: Int128) { self.cash = cash }

  func submit(_ ticket: OrderTicket, _ now: Timestamp) {
    onSubmit(ticket)
    if let place = place(ticket) {
      orders[place].timesAccepted += 1
      return
    }
    let fill = OrderReport(
      type: .filled, source: .stream, clientOrderID: ticket.clientOrderID, venueOrderID: "v\(orders.count)",
      symbol: ticket.symbol, side: ticket.side, quantity: ticket.quantity, price: price(ticket, now),
      cumulative: ticket.quantity,
      liquidity: .taker, tradeID: "\(orders.count + 1)", venueTime: now)
    orders.append(Order(ticket: ticket, fill: fill))
    held[ticket.symbol, default: 0] += ticket.side.sign * ticket.quantity.nanos
    cash -= Int128(ticket.side.sign) * price(ticket, now).notional(ticket.quantity, multiplier: FixedPoint.unit)
  }

  func place(_ ticket: OrderTicket) -> Int? { orders.firstIndex { $0.ticket.clientOrderID == ticket.clientOrderID } }
}

/// A venue that fills everything at once, and tells it in the answer's stead: what a crash loses is what was told and not yet journaled.
struct ModelVenue: VenueMachine {
  let book: ModelBook
  private var isConnected = false

  init(_ book: ModelBook) { self.book = book }

  var wakeAt: Timestamp? { isConnected ? nil : Timestamp(nanos: .min) }

  mutating func wake(now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    if isConnected { return }
    isConnected = true
    out.messages.append(.connected)
  }

  mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<VenueMessage>) {}

  mutating func ask(
    _ request: VenueRequest, as call: VenueCall, now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    switch request {
    case .submit(let ticket):
      out.requests.append(.http(CallNumber(rawValue: call.rawValue), HTTPRequest(.post, url: ticket.clientOrderID)))
      book.submit(ticket, now)
      out.messages.append(.answered(call, .done))
      if let place = book.place(ticket) { out.messages.append(.report(book.orders[place].fill)) }
    case .query(let ticket), .search(let ticket, _):
      guard let place = book.place(ticket) else {
        out.messages.append(.answered(call, .notFound(serverTime: now)))
        return
      }
      let fill = book.orders[place].fill
      out.messages.append(.report(fill))
      out.messages.append(
        .answered(
          call,
          .found(
            VenueOrder(
              clientOrderID: ticket.clientOrderID, venueOrderID: fill.venueOrderID, symbol: ticket.symbol,
              side: ticket.side, status: .filled, quantity: ticket.quantity, cumulative: ticket.quantity,
              venueTime: now))))
    case .snapshot(let request):
      let fills = book.orders.map(\.fill).filter { fill in
        let last = request.lastTrades.values.compactMap { Int($0) }.max() ?? 0
        return Int(fill.tradeID).map { $0 > last } ?? false
      }
      var balances = [VenueBalance(asset: "USD", free: Int64(book.cash), locked: 0)]
      balances += book.held.map { VenueBalance(asset: $0.key, free: $0.value, locked: 0) }
      out.messages.append(
        .answered(
          call,
          .snapshot(
            VenueSnapshot(openOrders: [], fills: fills, balances: balances, isComplete: true, serverTime: now))))
    case .submitPair, .replace: preconditionFailure("this venue fills at once: nothing is left to pair or replace")
    case .cancel, .reduce: out.messages.append(.answered(call, .unknown("it is over")))
    }
  }
}

/// Bars as `BarPlayback` gives them, of a feed that doesn't say that it plays a journal.
struct ClockedPlayback: LiveFeed {
  private var feed: BarPlayback

  init(_ feed: BarPlayback) { self.feed = feed }

  var wakeAt: Timestamp? { feed.wakeAt }
  mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) { feed.wake(now: now, into: &out) }
  mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
    feed.receive(event, now: now, into: &out)
  }
}

/// Runs a live engine over bars in processes that can be ended behind any step.
struct LiveStage {
  let profile: Profile
  let bars: MemoryFile
  let path: String
  var mode = RunMode.paper
  var book: ModelBook?
  var history = 0
  var unknownPositions = VenueSettings.Unknown.halt
  /// Whether a process is given all bars anew, and not only those behind what the journal has.
  var repeatsBars = false
  var isAllowed = true
  /// Whether bars come as a feed of the network brings them, and not as a journal that is played.
  var isClocked = false
  var actions: ActionSchedule?
  /// Left on the control desk before the step of that number, counted over all processes.
  var said: [Int: ControlRequest] = [:]
  /// Hears the answers.
  var reply: @Sendable (ControlAnswer) -> Void = { _ in }

  init(_ yaml: String = StageProfile.cross, bars: MemoryFile, path: String) throws {
    profile = try Profile.parse(yaml: yaml, file: "profile.yaml", catalog: .builtIn)
    self.bars = bars
    self.path = path
  }

  /// How a process ended: by itself, or after so many steps.
  enum Outcome: Equatable {
    case ended(LiveEnd)
    case crashed(phase: LivePhase)
  }

  private var instruments: [Instrument] { get throws { try JournalChain(bars).started.instruments } }

  /// One process: takes up what is there, steps until the end or for `steps` steps.
  func process(steps: Int = 2_000, see: (LiveOutbox) throws -> Void = { _ in }) throws -> Outcome {
    let desk = ControlDesk()
    let isResumed = FileManager.default.fileExists(atPath: path)
    let files = isResumed ? [UnheldFile(path: path)] : []
    let options = JournalOptions(threads: 1, limits: RunStage.smallBlocks, durability: .commit)
    var output = LivePathOutput(path: path)
    var resumed: ResumedJournal?
    if isResumed, try JournalReader(path: path).summary.events > 0 {
      resumed = try output.resume(try JournalChain(files).started, options, catalog: .builtIn)
    }
    let history = resumed?.history
    let instruments = try instruments
    let feed = try BarPlayback(
      try ChainReader(file: bars), places: instruments.indices.map { InstrumentIndex($0) }, historySlots: self.history,
      behind: repeatsBars ? nil : history?.lastKnownAt)
    var settings = LiveSettings(instance: "stage")
    settings.venue.unknownPositions = unknownPositions
    settings.venue.stopWaitNanos = 1_000_000_000
    var request = LiveRequest(
      profile: profile, settings: settings, mode: mode, catalog: .builtIn, instruments: instruments,
      feed: isClocked ? ClockedPlayback(feed) : feed,
      venue: book.map { ModelVenue($0) }, submission: Submission(isAllowed: isAllowed, reason: "the test says so"),
      journal: options, desk: desk,
      timerNanos: nil, graceNanos: nil)
    request.actions = actions
    if let journal = resumed.take() {
      var run = try LiveRun.resumed(journal, request, into: output)
      return try drive(&run, desk, steps, see)
    }
    let begun = output
    var run = try LiveRun<LivePathOutput>(request) { _ throws(RunError) in begun }
    return try drive(&run, desk, steps, see)
  }

  private func drive(
    _ run: inout LiveRun<LivePathOutput>, _ desk: ControlDesk, _ steps: Int, _ see: (LiveOutbox) throws -> Void
  ) throws -> Outcome {
    var now = Timestamp(nanos: 0)
    var out = LiveOutbox()
    for step in 0..<steps {
      if let request = said[step] { desk.leave(request, reply: reply) }
      if let wake = run.wakeAt { now = max(now, wake) }
      try run.step([], now: now, into: &out)
      try run.performed(&out)
      try see(out)
      if let end = out.end {
        _ = try run.finish()
        return .ended(end)
      }
    }
    return .crashed(phase: run.phase)
  }

  /// What was decided and what it came to, in words that are the same whatever stands between.
  static func story(_ path: String) throws -> [String] {
    var reader = try JournalReader(path: path)
    return try story(&reader)
  }

  static func story(_ file: MemoryFile) throws -> [String] {
    var reader = try JournalReader(file: file)
    return try story(&reader)
  }

  private static func story(_ reader: inout JournalReader) throws -> [String] {
    var lines: [String] = []
    while let event = try reader.next() {
      switch event.kind {
      case Signal.kind, RiskDecision.kind, OrderIntent.kind, PositionChanged.kind:
        var fields = FieldList()
        try event.body().list(into: &fields)
        lines.append("\(event.time) \(event.kind.rawValue) \(fields.fields.map { "\($0.value)" })")
      default: break
      }
    }
    return lines
  }
}
