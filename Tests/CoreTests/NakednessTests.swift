// Goal: what is held beyond its stop is closed at the bar that says so, and what is held without a stop is told, once.
// Story: a venue refused protective orders; retries came at 1, 2, 4 and 8 bars, the market closed beyond the stop, and the run sat through two closes without a word.
// Method: the engine with a venue's answers as inputs, as in VenueProtectionTests.
import Core
import Events
import Market
import Scenarios
import Testing

@Suite("What is held without a stop")
struct NakednessTests {
  typealias Run = VenueProtectionTests.Run
  private static let unit = FixedPoint.unit
  private static let stop = ProtectiveExits(stopLossMicros: 100_000)
  private static let both = ProtectiveExits(stopLossMicros: 100_000, takeProfitMicros: 50_000)

  /// One unit is held, bought at 100; its stop at 90 is on its way.
  private func held(_ exits: ProtectiveExits) throws -> Run {
    var run = try Run(exits)
    _ = try run.bar(100)
    _ = try run.tell(.filled, of: 0, 10, cumulative: 10)
    return run
  }

  /// Codes, quantities in tenths and severities of what the last input told of it.
  private func told(_ run: borrowing Run) throws -> [String] {
    try run.alerts.compactMap { alert in
      [.unprotected, .protectionRestored].contains(alert.code)
        ? "\(alert.code.word) \(alert.first * 10 / Self.unit) \(alert.severity.word)" : nil
    }
  }

  private func unprotected(_ run: borrowing Run) -> Int64 {
    run.stage.engine.describe().books[0].unprotected.nanos * 10 / Self.unit
  }

  @Test(
    "is closed at the bar that closes beyond the stop, and at every one after it, however long the wait for the next stop is"
  )
  func breach() throws {
    var run = try held(Self.stop)
    for _ in 0..<4 {
      _ = try run.tell(.rejected, of: 0)
      var placed: [String] = []
      for _ in 0..<9 where placed.isEmpty { placed = try run.bar(95) }
      #expect(placed.count == 1 && placed[0].hasSuffix("stop_loss sell 1 stop behind 90"))
    }
    // The next stop is due in sixteen bars.
    #expect(try run.tell(.rejected, of: 0) == [])
    #expect(try run.bar(91) == [])
    for price in [Int64(90), 88, 95, 70] {
      let placed = try run.bar(price)
      // Between two closes beyond it there is one that isn't.
      #expect(placed.count == (price == 95 ? 0 : 1))
      guard let order = placed.first else { continue }
      #expect(order.hasSuffix("stop_loss sell 1 market"))
      #expect(try run.tell(.rejected, of: 0) == [])
    }
    #expect(try run.bar(69).count == 1)
    #expect(try run.tell(.filled, of: 0, 10, cumulative: 10, price: 69) == [])
    #expect(run.held == 0)
    #expect(try told(run) == ["protection_restored 0 information"])
  }

  @Test("is told as an error when the venue refuses the stop, once, and again when it rests; over a restart")
  func refused() throws {
    var run = try held(Self.stop)
    #expect(try told(run) == [])
    _ = try run.tell(.rejected, of: 0)
    #expect(try told(run) == ["unprotected 10 error"])
    #expect(unprotected(run) == 10)
    try run.restart(Self.stop, [0: .long])
    #expect(try run.bar(95).count == 1)
    #expect(try told(run) == [])
    _ = try run.tell(.rejected, of: 0)
    #expect(try told(run) == [])
    _ = try run.bar(95)
    #expect(try run.bar(95).count == 1)
    _ = try run.tell(.accepted, of: 0)
    #expect(try told(run) == ["protection_restored 10 information"])
    #expect(unprotected(run) == 0)
    _ = try run.clock()
    #expect(try told(run) == [])
    // What is lost again is told again.
    _ = try run.tell(.cancelled, of: 0)
    #expect(try told(run) == ["unprotected 10 error"])
  }

  @Test("is told once for a group of stop and target")
  func group() throws {
    var run = try held(Self.both)
    _ = try run.tell(.rejected, of: 0)
    #expect(try told(run) == [])
    _ = try run.tell(.rejected, of: 0)
    #expect(try told(run) == ["unprotected 10 error"])
    // A target alone is no stop.
    #expect(try run.bar(106).count == 1)
    _ = try run.tell(.accepted, of: 0)
    #expect(try told(run) == [])
    #expect(unprotected(run) == 10)
    _ = try run.tell(.filled, of: 0, 10, cumulative: 10, price: 106)
    #expect(try told(run) == ["protection_restored 0 information"])
  }

  @Test("is seen in the state where a person took the stop back, who needs no alert for it")
  func takenBack() throws {
    var run = try held(Self.stop)
    _ = try run.tell(.accepted, of: 0)
    #expect(unprotected(run) == 0)
    _ = try run.command(.cancelAll)
    _ = try run.tell(.cancelled, of: 0)
    #expect(unprotected(run) == 10)
    #expect(try told(run) == [])
  }

  @Test("is nothing where the profile wants no stop")
  func targetAlone() throws {
    var run = try held(ProtectiveExits(takeProfitMicros: 50_000))
    _ = try run.tell(.rejected, of: 0)
    #expect(try told(run) == [])
    #expect(unprotected(run) == 0)
  }
}
