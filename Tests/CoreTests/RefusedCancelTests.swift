// Goal: who wants an order gone at a venue outside asks until it is over, however often the venue refuses.
// Story: a kill's cancels were refused once, and never sent again. Stop and target rested on, the position stayed, `flatten_retried` was written with every bar though
// nothing was sent, and an entry filled ten minutes after the kill.
// Method: the engine with a venue's answers as inputs, as in VenueProtectionTests; each CancelRequested is a request that leaves.
import Core
import Events
import Market
import Scenarios
import Testing

@Suite("A cancel that the venue refuses")
struct RefusedCancelTests {
  typealias Run = VenueProtectionTests.Run
  private static let unit = FixedPoint.unit
  private static let both = ProtectiveExits(stopLossMicros: 100_000, takeProfitMicros: 50_000)
  private static let stop = ProtectiveExits(stopLossMicros: 100_000)

  /// One unit is held, and what protects it rests.
  private func held(
    _ exits: ProtectiveExits, _ script: [Int64: Direction] = [0: .long], breakers: [BreakerRule] = []
  ) throws -> Run {
    var run = try Run(exits, script, breakers: breakers)
    _ = try run.bar(100)
    _ = try run.tell(.filled, of: 0, 10, cumulative: 10)
    for place in run.working.indices { _ = try run.tell(.accepted, of: place) }
    return run
  }

  /// A limit entry of one unit rests.
  private func resting(breakers: [BreakerRule] = []) throws -> Run {
    var run = try Run(ProtectiveExits(), [0: .long], order: .limit, breakers: breakers)
    _ = try run.bar(100)
    _ = try run.tell(.accepted, of: 0)
    return run
  }

  private func kill(_ run: inout Run) throws -> [String] {
    try run.stage.take(.kill(.command, Timestamp(nanos: run.minute * 60 * Self.unit)))
    return try run.described()
  }

  private func count(_ texts: [String], _ reason: String) -> Int {
    texts.count { $0.hasPrefix("cancel ") && $0.hasSuffix(reason) }
  }

  @Test("of a kill is asked for again at 1, 2, 4 … readings, over a restart too, and the position is closed then")
  func killed() throws {
    var run = try held(Self.both)
    #expect(count(try kill(&run), "kill") == 2)
    var pauses: [Int] = []
    for round in 0..<4 {
      for place in run.working.indices { #expect(try run.tell(.cancelRejected, of: place) == []) }
      if round == 1 { try run.restart(Self.both, [0: .long]) }
      var readings = 0
      var asked: [String] = []
      while asked.isEmpty, readings < 20 {
        asked = try run.clock()
        readings += 1
        #expect(try run.alerts.allSatisfy { $0.code != .flattenRetried })
      }
      #expect(asked.count == 2 && count(asked, "kill") == 2)
      pauses.append(readings)
    }
    #expect(pauses == [1, 2, 4, 8])
    #expect(try run.tell(.cancelled, of: 0) == [])
    let closing = try run.tell(.cancelled, of: 0)
    #expect(closing.count == 1 && closing[0].hasSuffix("flatten sell 1 market"))
    #expect(try run.tell(.filled, of: 0, 10, cumulative: 10, price: 99) == [])
    #expect(run.held == 0 && run.working.isEmpty)
    #expect(run.killPhase == .flatAndHalted)
    #expect(try run.clock() == [] && run.bar(99) == [])
  }

  @Test("leaves no attempt at flattening behind while nothing can be sent: bars ask again, and nothing else happens")
  func attempts() throws {
    var run = try held(Self.stop)
    _ = try kill(&run)
    for _ in 0..<3 {
      _ = try run.tell(.cancelRejected, of: 0)
      var asked: [String] = []
      for _ in 0..<8 where asked.isEmpty {
        asked = try run.bar(101)
        #expect(try run.alerts.allSatisfy { $0.code != .flattenRetried })
      }
      #expect(asked.count == 1 && count(asked, "kill") == 1)
    }
  }

  @Test("of an entry is asked for with the next bar; what it fills meanwhile is closed as soon as it is over")
  func entry() throws {
    var run = try resting()
    #expect(count(try kill(&run), "kill") == 1)
    #expect(try run.tell(.cancelRejected, of: 0) == [])
    #expect(run.killPhase == .flattening)
    #expect(count(try run.bar(101), "kill") == 1)
    // It had filled.
    #expect(try run.tell(.cancelRejected, of: 0) == [])
    let closing = try run.tell(.filled, of: 0, 10, cumulative: 10)
    #expect(closing.count == 1 && closing[0].hasSuffix("flatten sell 1 market"))
    #expect(try run.tell(.filled, of: 0, 10, cumulative: 10, price: 99) == [])
    #expect(run.killPhase == .flatAndHalted)
  }

  @Test("is asked for by a kill that came while another, that nobody insists on, was on its way")
  func overtaken() throws {
    var run = try held(Self.stop, [0: .long, 1: .flat])
    #expect(count(try run.bar(101), "replaced") == 1)
    // Asked for once already.
    #expect(try kill(&run) == [])
    #expect(try run.tell(.cancelRejected, of: 0) == [])
    #expect(count(try run.clock(), "kill") == 1)
  }

  @Test("of a person who cancels all is asked for again, and anew at once when he says so")
  func cancelAll() throws {
    var run = try held(Self.both)
    #expect(count(try run.command(.cancelAll), "operator_command") == 2)
    for place in 0..<2 { #expect(try run.tell(.cancelRejected, of: place) == []) }
    #expect(count(try run.clock(), "operator_command") == 2)
    for place in 0..<2 { #expect(try run.tell(.cancelRejected, of: place) == []) }
    let isRefused = run.isCancelRefused
    #expect(isRefused)
    #expect(try run.clock() == [])
    #expect(count(try run.command(.cancelAll), "operator_command") == 2)
    #expect(try run.tell(.cancelled, of: 0) == [] && run.tell(.cancelled, of: 0) == [])
    #expect(try run.clock() == [] && run.bar(100) == [])
  }

  @Test("of a breaker that flattens an instrument is asked for again, and what is held is closed then")
  func breaker() throws {
    let rule = BreakerRule(watches: .reconciliation, scope: .symbol, threshold: Self.unit, action: .flatten)
    var run = try held(Self.stop, breakers: [rule])
    #expect(count(try run.differ(), "breaker") == 1)
    #expect(try run.tell(.cancelRejected, of: 0) == [])
    #expect(count(try run.clock(), "breaker") == 1)
    let closing = try run.tell(.cancelled, of: 0)
    #expect(closing.count == 1 && closing[0].hasSuffix("flatten sell 1 market"))
  }

  @Test("of a breaker that halts is asked for again for entries")
  func halt() throws {
    let rule = BreakerRule(watches: .reconciliation, scope: .symbol, threshold: Self.unit, action: .halt)
    var run = try resting(breakers: [rule])
    #expect(count(try run.differ(), "breaker") == 1)
    #expect(try run.tell(.cancelRejected, of: 0) == [])
    #expect(count(try run.bar(101), "breaker") == 1)
    #expect(try run.tell(.cancelled, of: 0) == [])
    #expect(try run.bar(101) == [])
  }

  @Test("of what protects more than is held is not asked for by its own refusal, but with the next reading")
  func excess() throws {
    var run = try held(Self.stop)
    try run.lose(at: Timestamp(nanos: run.minute * 60 * Self.unit))
    #expect(count(try run.clock(), "sibling_done") == 1)
    #expect(try run.tell(.cancelRejected, of: 0) == [])
    #expect(count(try run.clock(), "sibling_done") == 1)
  }
}
