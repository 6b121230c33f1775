import Core
import Events
import Market
import Scenarios
import Testing

/// What protects a position at a venue outside, answer by answer; the numbers are the rules of `Engine+VenueProtection`.
@Suite("Protection at a venue outside")
struct VenueProtectionTests {
  static let unit = FixedPoint.unit

  /// Without the number in front.
  private func words(_ texts: [String]) -> [String] {
    texts.map { text in
      text.hasPrefix("cancel")
        ? text.split(separator: " ").enumerated().filter { $0.offset != 1 }.map { $0.element }.joined(separator: " ")
        : String(text.drop { $0 != " " }.dropFirst())
    }
  }

  private func entered(
    _ exits: ProtectiveExits = ProtectiveExits(stopLossMicros: 100_000), _ script: [Int64: Direction] = [0: .long]
  ) throws -> Run {
    var run = try Run(exits, script)
    #expect(words(try run.bar(100)) == ["signal buy 1 market"])
    #expect(try run.tell(.accepted, of: 0) == [])
    #expect(words(try run.tell(.filled, of: 0, 10, cumulative: 10)) != [])
    return run
  }

  @Test("1: an entry's fill is protected at once, from the fill's price")
  func stop() throws {
    var run = try Run()
    _ = try run.bar(90)
    #expect(words(try run.tell(.filled, of: 0, 10, cumulative: 10)) == ["stop_loss sell 1 stop behind 90"])
    #expect(words(try run.tell(.accepted, of: 0)) == [])
    #expect(words(try run.bar(91)) == [])
  }

  @Test("1: a target alone rests as a limit order")
  func target() throws {
    let run = try entered(ProtectiveExits(takeProfitMicros: 50_000))
    #expect(run.working.count == 1 && run.working[0].type == .limit)
    #expect(run.working[0].limitPrice == Price(nanos: 105 * Self.unit))
  }

  @Test("1: fills that come together make one order; an entry that goes on working is protected by the clock")
  func burst() throws {
    var run = try Run()
    _ = try run.bar(100)
    #expect(try run.tell(.filled, of: 0, 2, cumulative: 2) == [])
    #expect(try run.tell(.filled, of: 0, 2, cumulative: 4, price: 102) == [])
    #expect(words(try run.clock()) == ["stop_loss sell 0.4 stop behind 90.9"])
    #expect(try run.clock() == [])
    #expect(words(try run.tell(.filled, of: 0, 6, cumulative: 10, price: 110)) == ["stop_loss sell 0.6 stop behind 99"])
  }

  @Test("2: the fourth order would be one for everything")
  func consolidates() throws {
    var run = try Run()
    _ = try run.bar(100)
    for fill in Int64(1)...3 {
      _ = try run.tell(.filled, of: 0, 1, cumulative: fill)
      #expect(try run.clock().count == 1)
    }
    _ = try run.tell(.filled, of: 0, 1, cumulative: 4)
    #expect(words(try run.clock()) == ["cancel replaced", "cancel replaced", "cancel replaced"])
    #expect(try run.tell(.cancelled, of: 1) == [])
    #expect(try run.tell(.cancelled, of: 1) == [])
    #expect(try run.tell(.cancelled, of: 1) == [])
    #expect(words(try run.clock()) == ["stop_loss sell 0.4 stop behind 90"])
  }

  @Test(
    "3: closing takes back what protects, waits for the venue's word, and closes then; a restart in between changes nothing"
  )
  func makesWay() throws {
    let script: [Int64: Direction] = [0: .long, 1: .flat]
    var run = try entered(ProtectiveExits(stopLossMicros: 100_000), script)
    _ = try run.tell(.accepted, of: 0)
    #expect(words(try run.bar(101)) == ["cancel replaced"])
    try run.restart(ProtectiveExits(stopLossMicros: 100_000), script)
    #expect(try run.clock() == [])
    #expect(words(try run.tell(.cancelled, of: 0)) == ["signal sell 1 market"])
    #expect(words(try run.tell(.filled, of: 0, 10, cumulative: 10)) == [])
    #expect(run.held == 0 && run.working.isEmpty)
  }

  @Test("3: a stop that fills while it is taken back has closed the position, and nothing is sold again")
  func race() throws {
    var run = try entered(ProtectiveExits(stopLossMicros: 100_000), [0: .long, 1: .flat])
    _ = try run.bar(101)
    #expect(try run.tell(.filled, of: 0, 4, cumulative: 4, price: 90) == [])
    // The venue has filled seven tenths, and tells three of them later.
    #expect(words(try run.tell(.cancelled, of: 0, cumulative: 7)) == ["signal sell 0.3 market"])
  }

  @Test("3: a decision on a bar that is too old isn't made again; what is held is protected anew")
  func stale() throws {
    var run = try entered(ProtectiveExits(stopLossMicros: 100_000), [0: .long, 1: .flat])
    _ = try run.bar(101)
    try run.stage.take(.clock(Timestamp(nanos: 600 * Self.unit), Timestamp(nanos: 120 * Self.unit)))
    #expect(words(try run.tell(.cancelled, of: 0)) == ["stop_loss sell 1 stop behind 90"])
    // The next bar decides again: it makes way anew.
    #expect(words(try run.bar(102)) == ["cancel replaced"])
  }

  @Test("3: a refused cancel is asked for again with the next bar, not at once")
  func cancelRefused() throws {
    var run = try entered(ProtectiveExits(stopLossMicros: 100_000), [0: .long, 1: .flat])
    _ = try run.tell(.accepted, of: 0)
    _ = try run.bar(101)
    #expect(try run.tell(.cancelRejected, of: 0) == [])
    #expect(words(try run.bar(102)) == ["cancel replaced"])
  }

  @Test("3: an exit that the venue refuses leaves the position protected")
  func exitRefused() throws {
    var run = try entered(ProtectiveExits(stopLossMicros: 100_000), [0: .long, 1: .flat])
    _ = try run.bar(101)
    _ = try run.tell(.cancelled, of: 0)
    #expect(words(try run.tell(.rejected, of: 0)) == ["stop_loss sell 1 stop behind 90"])
  }

  @Test("4: what was adopted smaller takes back what would sell more than is held")
  func excess() throws {
    var run = try entered()
    try run.lose(at: Timestamp(nanos: 60 * Self.unit))
    #expect(words(try run.clock()) == ["cancel sibling_done"])
    #expect(words(try run.tell(.cancelled, of: 0)) == ["stop_loss sell 0.6 stop behind 90"])
  }

  @Test(
    "5: a refused stop is placed again with the next bar, and at ever longer waits; behind its price it is a market order"
  )
  func refused() throws {
    var run = try entered()
    #expect(try run.tell(.rejected, of: 0) == [])
    #expect(try run.clock() == [])
    #expect(words(try run.bar(95)) == ["stop_loss sell 1 stop behind 90"])
    #expect(try run.tell(.rejected, of: 0) == [])
    #expect(try run.bar(91) == [])
    #expect(words(try run.bar(90)) == ["stop_loss sell 1 market"])
    #expect(try run.tell(.filled, of: 0, 10, cumulative: 10, price: 89) == [])
    #expect(run.held == 0 && run.target == nil)
  }

  @Test("5: what somebody cancels at the venue is placed again; what never arrived at once")
  func endedThere() throws {
    var run = try entered()
    _ = try run.tell(.accepted, of: 0)
    #expect(try run.tell(.cancelled, of: 0) == [])
    #expect(words(try run.bar(100)) == ["stop_loss sell 1 stop behind 90"])
    #expect(words(try run.tell(.neverArrived, of: 0)) == ["stop_loss sell 1 stop behind 90"])
  }

  @Test("a stop that closes the position takes entries back and ends what was asked for")
  func flat() throws {
    var run = try entered()
    #expect(run.target == 1_000_000)
    #expect(try run.tell(.filled, of: 0, 6, cumulative: 6, price: 90) == [])
    #expect(run.target == 1_000_000)
    #expect(try run.tell(.filled, of: 0, 4, cumulative: 10, price: 90) == [])
    #expect(run.held == 0 && run.target == nil)
    #expect(try run.bar(95) == [])
  }

  @Test("6: a kill takes back what protects, and closes when the venue has confirmed it")
  func kill() throws {
    var run = try entered()
    try run.stage.take(.kill(.command, Timestamp(nanos: 60 * Self.unit)))
    let asked = try run.stage.happenings().filter { $0.body is CancelRequested }
    #expect(asked.count == 1 && run.working.count == 1)
    #expect(words(try run.tell(.cancelled, of: 0)).count == 1)
    #expect(run.working.count == 1 && run.working[0].purpose == OrderPurpose.flatten.rawValue)
    #expect(try run.clock() == [])
  }

  @Test("7: who cancels all takes it back for good, until the next entry")
  func cancelAll() throws {
    var run = try entered()
    #expect(words(try run.command(.cancelAll)) == ["cancel operator_command"])
    #expect(try run.tell(.cancelled, of: 0) == [])
    try run.restart(ProtectiveExits(stopLossMicros: 100_000), [0: .long])
    #expect(try run.bar(100) == [])
    #expect(try run.clock() == [])
  }

  @Test("7: nor is an exit decided again that waited for way to be made: the next bar decides")
  func cancelAllBeforeExit() throws {
    var run = try entered(ProtectiveExits(stopLossMicros: 100_000), [0: .long, 1: .flat])
    #expect(words(try run.bar(101)) == ["cancel replaced"])
    #expect(try run.command(.cancelAll) == [])
    #expect(try run.tell(.cancelled, of: 0) == [])
    #expect(words(try run.bar(101)) == ["signal sell 1 market"])
  }

  private static let both = ProtectiveExits(stopLossMicros: 100_000, takeProfitMicros: 50_000)

  @Test("8: stop and target are placed together, as a group, and sell once")
  func pair() throws {
    var run = try Run(Self.both)
    _ = try run.bar(100)
    let placed = words(try run.tell(.filled, of: 0, 10, cumulative: 10))
    #expect(placed == ["stop_loss sell 1 stop behind 90", "take_profit sell 1 limit at 105"])
    #expect(run.working[0].groupSequence == run.working[1].groupSequence && run.working[0].groupSequence != 0)
    #expect(try run.clock() == [] && run.bar(101) == [])
  }

  @Test("8: what the stop closes ends the target, in either order of their reports", arguments: [true, false])
  func pairStops(endsFirst: Bool) throws {
    var run = try entered(Self.both)
    if endsFirst { #expect(try run.tell(.expired, of: 1) == []) }
    let asked = try run.tell(.filled, of: 0, 10, cumulative: 10, price: 90)
    // The other's end may be told later: it is asked for, once.
    #expect(asked.count == (endsFirst ? 0 : 1))
    if !endsFirst { #expect(try run.tell(.expired, of: 0) == []) }
    #expect(run.held == 0 && run.working.isEmpty && run.target == nil)
    #expect(try run.bar(90) == [])
  }

  @Test("8: a target that filled a part is taken back, and both are placed anew for the rest")
  func pairPart() throws {
    var run = try entered(Self.both)
    #expect(try run.tell(.filled, of: 1, 4, cumulative: 4, price: 105) == [])
    #expect(try run.tell(.expired, of: 0) == [])
    #expect(words(try run.clock()) == ["cancel replaced"])
    let placed = words(try run.tell(.cancelled, of: 0, cumulative: 4))
    #expect(placed == ["stop_loss sell 0.6 stop behind 90", "take_profit sell 0.6 limit at 105"])
  }

  @Test("8: an exit takes both back, and waits for both")
  func pairMakesWay() throws {
    var run = try entered(Self.both, [0: .long, 1: .flat])
    #expect(words(try run.bar(101)) == ["cancel replaced", "cancel replaced"])
    #expect(try run.tell(.cancelled, of: 1) == [])
    #expect(words(try run.tell(.cancelled, of: 0)) == ["signal sell 1 market"])
  }

  @Test(
    "8: a pair that is refused comes again with the next bar; beyond the stop the position is closed, beyond the target it is sold there"
  )
  func pairRefused() throws {
    var run = try entered(Self.both)
    #expect(try run.tell(.rejected, of: 0) == [] && run.tell(.rejected, of: 0) == [])
    #expect(words(try run.bar(100)) == ["stop_loss sell 1 stop behind 90", "take_profit sell 1 limit at 105"])
    #expect(try run.tell(.rejected, of: 0) == [] && run.tell(.rejected, of: 0) == [])
    #expect(try run.bar(95) == [])
    #expect(words(try run.bar(106)) == ["take_profit sell 1 limit at 105"])
    #expect(try run.tell(.rejected, of: 0) == [])
    for _ in 0..<3 { #expect(try run.bar(95) == []) }
    #expect(words(try run.bar(89)) == ["stop_loss sell 1 market"])
  }

  @Test("8: of a group too many both are taken back")
  func pairExcess() throws {
    var run = try entered(Self.both)
    try run.lose(at: Timestamp(nanos: 60 * Self.unit))
    #expect(words(try run.clock()) == ["cancel sibling_done", "cancel sibling_done"])
    #expect(try run.tell(.cancelled, of: 0) == [])
    #expect(try run.tell(.cancelled, of: 0).count == 2)
  }

  // Story: the venue refused a stop because the market was beyond it, and the position had none until the next bar closed.
  @Test("9: a stop that the venue refuses because the market is beyond it is closed at market at once, and told")
  func passedStop() throws {
    var run = try entered()
    #expect(words(try run.tell(.wouldTrigger, of: 0)) == ["stop_loss sell 1 market"])
    let bodies = try run.stage.happenings().map { $0.body }
    #expect(bodies.contains { ($0 as? OrderRejected)?.reason == .stopPassed })
    #expect(bodies.contains { ($0 as? Alert)?.code == .stopPassed && ($0 as? Alert)?.first == 90 * Self.unit })
    // Once, whatever comes before it fills.
    #expect(try run.clock() == [] && run.bar(80) == [])
    #expect(try run.tell(.filled, of: 0, 10, cumulative: 10, price: 79) == [])
    #expect(run.held == 0 && run.working.isEmpty && run.target == nil)
  }

  @Test("9: of a group it waits until both are told over, over a restart too, and sells once")
  func passedGroup() throws {
    var run = try entered(Self.both)
    #expect(run.working.count == 2)
    #expect(try run.tell(.wouldTrigger, of: 0) == [])
    try run.restart(Self.both, [0: .long])
    #expect(try run.clock() == [])
    #expect(words(try run.tell(.wouldTrigger, of: 0)) == ["stop_loss sell 1 market"])
    try run.restart(Self.both, [0: .long])
    #expect(try run.clock() == [] && run.bar(80) == [])
    #expect(try run.tell(.filled, of: 0, 10, cumulative: 10, price: 79) == [])
    #expect(run.held == 0 && run.working.isEmpty)
  }

  @Test("9: what the target has filled is not sold again", arguments: [4, 10])
  func passedAndFilled(_ tenths: Int64) throws {
    var run = try entered(Self.both)
    #expect(try run.tell(.wouldTrigger, of: 0) == [])
    // It works on at the venue after all.
    _ = try run.tell(.filled, of: 0, tenths, cumulative: tenths, price: 105)
    #expect(run.held == 10 - tenths && !run.working.contains { $0.type == .market })
    if tenths == 10 {
      #expect(run.working.isEmpty)
      #expect(try run.bar(80) == [])
    } else {
      let rest = words(try run.tell(.cancelled, of: 0, cumulative: tenths))
      #expect(rest == ["stop_loss sell 0.6 market"])
    }
  }

  @Test("9: a position that is entered later is protected by a stop again")
  func passedBefore() throws {
    var run = try entered(Self.both, [0: .long, 1: .flat, 3: .long])
    #expect(try run.tell(.wouldTrigger, of: 0) == [])
    #expect(try run.tell(.filled, of: 0, 10, cumulative: 10, price: 105) == [])
    for _ in 1..<3 { _ = try run.bar(100) }
    #expect(words(try run.bar(100)) == ["signal buy 1 market"])
    let placed = words(try run.tell(.filled, of: 0, 10, cumulative: 10))
    #expect(placed == ["stop_loss sell 1 stop behind 90", "take_profit sell 1 limit at 105"])
  }

  @Test("9: where the market order is refused, too, the next bar decides; a kill closes as it does")
  func passedAndRefused() throws {
    var run = try entered()
    _ = try run.tell(.wouldTrigger, of: 0)
    #expect(try run.tell(.rejected, of: 0) == [])
    #expect(words(try run.bar(95)) == ["stop_loss sell 1 stop behind 90"])
    var killed = try entered()
    try killed.stage.take(.kill(.command, Timestamp(nanos: killed.minute * 60 * Self.unit)))
    #expect(words(try killed.tell(.wouldTrigger, of: 0)) == ["flatten sell 1 market"])
  }

  @Test("in monitor mode nothing is placed")
  func withheld() throws {
    var run = try Run()
    _ = try run.command(.withhold)
    try run.stage.take(
      .adopted(
        AccountAdopted(
          instrument: InstrumentIndex(0), quantity: Quantity(nanos: Self.unit), price: Price(nanos: 100 * Self.unit)),
        Timestamp(nanos: 0)))
    #expect(words(try run.bar(100)).allSatisfy { !$0.hasPrefix("stop_loss") })
    #expect(run.working.isEmpty)
  }
}
