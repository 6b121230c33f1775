import Brokers
import Core
import Events
import Feeds
import Journal
import Market
import Strategies
import Testing
import Wire

@testable import Runtime

@Suite("What keeps a run warm")
struct DryRunTests {
  /// Sends every order on the spot.
  private struct ReadyVenue: VenueMachine {
    var wakeAt: Timestamp? { nil }
    mutating func wake(now: Timestamp, into out: inout WireOutbox<VenueMessage>) {}
    mutating func receive(_ event: WireEvent, now: Timestamp, into out: inout WireOutbox<VenueMessage>) {}
    mutating func ask(
      _ request: VenueRequest, as call: VenueCall, now: Timestamp, into out: inout WireOutbox<VenueMessage>
    ) {
      if case .submit = request { out.requests.append(.send(SocketNumber(rawValue: 1), text: [])) }
    }
  }

  // Story: made bars go on a bar's length a millisecond, and after some minutes of bars of a day time was at its end: the second engine was left alone for good.
  @Test("goes on making orders however long the run waits and however long its bars are")
  func endless() throws {
    let instruments = try JournalChain(
      try RunStage.journal(RunStage.walk(9, symbols: 1, seed: 3), symbols: RunStage.symbols(1))
    ).started.instruments
    let profile = try Profile.parse(yaml: StageProfile.cross, file: "stage.yaml", catalog: .builtIn)
    let request = LiveRequest(
      profile: profile, settings: LiveSettings(instance: "dry"), mode: .live, catalog: .builtIn,
      instruments: instruments, feed: HeldSlotTests.TimedFeed(plan: []), venue: ReadyVenue(),
      submission: Submission(isAllowed: true, reason: "the test says so"))
    var orders = LiveOrders(ReadyVenue(), request)
    orders.begin(runID: [UInt8](repeating: 7, count: 32))
    var dryRun = try DryRun(from: Timestamp(nanos: 1_700_000_000 * FixedPoint.unit)) { () throws(RunError) in
      do throws(EngineError) {
        return try Engine(
          configuration: profile.configuration(for: .live), instruments: instruments, catalog: .builtIn)
      } catch {
        throw RunError(error)
      }
    }
    let price = Price(nanos: 100 * FixedPoint.unit)
    let bar = try Bar(
      instrument: InstrumentIndex(0), openTime: Timestamp(nanos: 0), durationNanos: 30 * Timestamp.nanosPerDay,
      open: price, high: price, low: price, close: price, volume: Quantity(nanos: 1_000 * FixedPoint.unit),
      source: .synthetic)
    var counts: [Int] = []
    for _ in 0..<4 {
      var count = 0
      for _ in 0..<1_000 {
        count += dryRun.pass([bar], nil, feed: request.feed, orders: orders, now: Timestamp(nanos: 0)).count
      }
      counts.append(count)
    }
    #expect(counts.allSatisfy { $0 > 10 }, "\(counts)")
  }
}
