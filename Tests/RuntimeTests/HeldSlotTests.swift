// A run at 3000 times real time ended by itself: a fresh slot waited for the venue's first answer, the stream was cut, and what was fetched of the gap was taken
// before it. Bars of history that come behind a slot that waits have to wait, too.
import Brokers
import Core
import Events
import Feeds
import Foundation
import Journal
import Market
import Runtime
import Strategies
import Testing
import Wire

@Suite("A slot that waits for the venue")
struct HeldSlotTests {
  private static let minute = 60 * FixedPoint.unit

  /// Gives each message at its time.
  struct TimedFeed: LiveFeed {
    typealias Message = FeedMessage
    var plan: [(at: Timestamp, message: FeedMessage)]

    var wakeAt: Timestamp? { plan.first?.at }
    mutating func wake(now: Timestamp, into out: inout WireOutbox<FeedMessage>) {
      while let next = plan.first, next.at <= now {
        out.messages.append(next.message)
        plan.removeFirst()
      }
    }
    mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<FeedMessage>) {}
  }

  /// Has nothing to say of the account until an instant.
  struct SlowVenue: VenueMachine {
    let readyAt: Timestamp
    private var isConnected = false

    init(readyAt: Timestamp) { self.readyAt = readyAt }

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
      guard now >= readyAt else {
        out.messages.append(.answered(call, .wait(until: readyAt, "not yet")))
        return
      }
      let cash = VenueBalance(asset: "USD", free: 100_000 * FixedPoint.unit, locked: 0)
      out.messages.append(
        .answered(
          call,
          .snapshot(
            VenueSnapshot(openOrders: [], fills: [], balances: [cash], isComplete: true, serverTime: now))))
    }
  }

  @Test("is taken before the history that comes behind it, and as history itself by then")
  func order() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "engine-held-\(UUID().uuidString).zst").path
    defer {
      for name in [path, path + ".tail"] where FileManager.default.fileExists(atPath: name) {
        try? FileManager.default.removeItem(atPath: name)
      }
    }
    let bars = RunStage.walk(9, symbols: 1, seed: 3)
    let instruments = try JournalChain(try RunStage.journal(bars, symbols: RunStage.symbols(1))).started.instruments
    func known(_ place: Int) -> Timestamp { bars[place].knownAt }
    var plan: [(at: Timestamp, message: FeedMessage)] = []
    for place in 0..<4 { plan.append((known(3), .bar(bars[place].marked(isHistorical: true)))) }
    plan.append((known(3), .warmedUp))
    plan.append((known(4).advanced(byNanos: FixedPoint.unit), .bar(bars[4])))
    // The stream was cut, and this is what was fetched.
    for place in 5...6 {
      plan.append((known(6).advanced(byNanos: FixedPoint.unit), .bar(bars[place].marked(isHistorical: true))))
    }
    plan.append((known(7).advanced(byNanos: FixedPoint.unit), .bar(bars[7])))
    let desk = ControlDesk()
    let request = LiveRequest(
      profile: try Profile.parse(yaml: StageProfile.cross, file: "stage.yaml", catalog: .builtIn),
      settings: LiveSettings(instance: "held"), mode: .live,
      catalog: .builtIn, instruments: instruments, feed: TimedFeed(plan: plan),
      venue: SlowVenue(readyAt: known(6).advanced(byNanos: 30 * FixedPoint.unit)),
      submission: Submission(isAllowed: true, reason: "the test says so"),
      journal: JournalOptions(threads: 1, durability: .commit), desk: desk, timerNanos: nil, graceNanos: nil)
    var run = try LiveRun<LivePathOutput>(request) { _ throws(RunError) in LivePathOutput(path: path) }
    var out = LiveOutbox()
    var now = known(3)
    while run.phase != .ended {
      if let wake = run.wakeAt { now = max(now, wake) }
      if now >= known(8) { desk.leave(.stop("enough")) }
      try run.step([], now: now, into: &out)
      try run.performed(&out)
      if now < known(8), run.wakeAt.map({ $0 > known(8) }) ?? true { now = known(8) }
    }
    _ = try run.finish()
    var reader = try JournalReader(path: path)
    var taken: [(open: Timestamp, isHistorical: Bool)] = []
    while let event = try reader.next() {
      if case .bar(let bar) = event.content { taken.append((bar.openTime, bar.isHistorical)) }
    }
    #expect(taken.map(\.open) == bars[0...7].map(\.openTime))
    #expect(taken.map(\.isHistorical) == [true, true, true, true, true, true, true, false])
  }
}
