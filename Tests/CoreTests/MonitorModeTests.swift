// Goal: in monitor mode nothing leaves for a venue outside, cancels as little as orders, and what that leaves there is told.
// Story: a live run with a resting stop and target was started again in monitor mode. `engine kill` cancelled both for real, and withheld the sale that was to follow:
// the position stood without a stop by our own doing. A stop of the run did the same without a word.
// Method: the engine with a venue's answers as inputs, as in VenueProtectionTests; each CancelRequested is a request that leaves.
import Core
import Events
import Market
import Scenarios
import Testing

@Suite("Monitor mode at a venue outside")
struct MonitorModeTests {
  typealias Run = VenueProtectionTests.Run
  private static let unit = FixedPoint.unit
  private static let both = ProtectiveExits(stopLossMicros: 100_000, takeProfitMicros: 50_000)

  /// One unit is held, stop and target rest, and nothing may leave any more.
  private func watched() throws -> Run {
    var run = try Run(Self.both)
    _ = try run.bar(100)
    _ = try run.tell(.filled, of: 0, 10, cumulative: 10)
    for place in run.working.indices { _ = try run.tell(.accepted, of: place) }
    _ = try run.command(.withhold)
    return run
  }

  private func kill(_ run: inout Run) throws -> [String] {
    try run.stage.take(.kill(.command, Timestamp(nanos: run.minute * 60 * Self.unit)))
    return try run.described()
  }

  private func count(_ run: borrowing Run, _ code: AlertCode) throws -> Int { try run.alerts.count { $0.code == code } }

  @Test("a kill cancels and closes nothing, says what stands at the venue, and goes on when orders may leave again")
  func killed() throws {
    var run = try watched()
    #expect(try kill(&run) == [])
    let told = try run.alerts.filter { $0.code == .killWithheld }
    #expect(told.count == 1 && told[0].first == Self.unit && told[0].second == 2 && told[0].severity == .error)
    #expect(try count(run, .cancelWithheld) == 2)
    #expect(run.working.count == 2 && run.working.allSatisfy { !$0.isCancelRequested })
    try run.restart(Self.both, [0: .long])
    for _ in 0..<3 {
      #expect(try run.clock() == [])
      #expect(try run.bar(99) == [])
      #expect(try run.alerts.isEmpty)
    }
    #expect(run.held == 10 && run.killPhase == .flattening)
    // The process ends, and takes all back that the profile lets it: the kill goes on all the same.
    #expect(try run.command(.cancelAll) == [])
    #expect(try run.command(.submit) == [])
    let asked = try run.clock()
    #expect(asked.count == 2 && asked.allSatisfy { $0.hasPrefix("cancel ") && $0.hasSuffix("kill") })
    #expect(try run.tell(.cancelled, of: 0) == [])
    let closing = try run.tell(.cancelled, of: 0)
    #expect(closing.count == 1 && closing[0].hasSuffix("flatten sell 1 market"))
    #expect(try run.tell(.filled, of: 0, 10, cumulative: 10, price: 99) == [])
    #expect(run.killPhase == .flatAndHalted)
  }

  @Test("who cancels all is told that nothing is cancelled, once; it isn't done behind his back later")
  func cancelAll() throws {
    var run = try watched()
    #expect(try run.command(.cancelAll) == [])
    #expect(try count(run, .cancelWithheld) == 2)
    #expect(try run.command(.cancelAll) == [])
    #expect(try count(run, .cancelWithheld) == 0)
    #expect(try run.command(.submit) == [])
    #expect(try run.clock() == [] && run.bar(100) == [])
    #expect(run.working.count == 2)
  }

  @Test("a cancel that the venue refused before isn't asked for again, until orders may leave")
  func refusedBefore() throws {
    var run = try Run(Self.both)
    _ = try run.bar(100)
    _ = try run.tell(.filled, of: 0, 10, cumulative: 10)
    for place in run.working.indices { _ = try run.tell(.accepted, of: place) }
    #expect(try kill(&run).count == 2)
    for place in 0..<2 { _ = try run.tell(.cancelRejected, of: place) }
    _ = try run.command(.withhold)
    for _ in 0..<3 { #expect(try run.clock() == [] && run.bar(100) == []) }
    _ = try run.command(.submit)
    #expect(try run.clock().count == 2)
  }

  @Test("a stop that is lost at the venue is told, and none is placed")
  func lost() throws {
    var run = try watched()
    _ = try run.tell(.cancelled, of: 1)
    #expect(try run.tell(.cancelled, of: 0) == [])
    #expect(try count(run, .unprotected) == 1)
    #expect(try run.bar(80) == [])
  }
}
