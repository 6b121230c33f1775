import Events
import Journal
import Market
import Projections
import Testing

/// Leaves single events out of a long run with many orders, one after the other, and compares with the whole run: the
/// difference must stay as small as the cause, wherever it is.
struct DiffPropertyTests {
  /// A year of bars of two shares; every third day buys or sells, protective orders rest for months, some orders expire.
  private func longRun() throws -> Scenario {
    var run = Scenario()
    run.input("start", try SampleRun.started(), at: SampleRun.time(day: 1, hour: 0))
    for day in Int64(1)...250 {
      run.bar("a\(day)", try SampleRun.bar(SampleRun.aapl, day: day, "100", "101", "99", "100"))
      if day % 3 == 2, day > 3 {
        let order = "o\(day - 1)"
        run.derived("f\(day)", cause: order) { at in
          try SampleRun.fill(at(order), bar: at("a\(day)"), day % 2 == 0 ? .buy : .sell, "100")
        }
        run.derived("p\(day)", cause: "f\(day)") { _ in
          PositionChanged(instrument: SampleRun.aapl, quantity: try Quantity("100"), costBasis: 0, realised: 0)
        }
        run.derived("c\(day)", cause: "f\(day)") { _ in
          CashChanged(reason: .fill, amount: SampleRun.money(day), balance: SampleRun.money(day))
        }
        run.derived("stop\(day)", cause: "f\(day)") { _ in
          OrderIntent(
            instrument: SampleRun.aapl, side: .sell, type: .stop, timeInForce: .goodTillCancelled, purpose: .stopLoss,
            quantity: try Quantity("100"), limitPrice: nil, stopPrice: try Price("90"))
        }
      }
      if day > 105, day % 3 == 2 {
        run.derived("x\(day)", cause: "a\(day)") { at in
          OrderExpired(order: OrderID(sequence: at("stop\(day - 99)")), leaves: try Quantity("100"))
        }
      }
      run.bar("m\(day)", try SampleRun.bar(SampleRun.msft, day: day, "200", "201", "199", "200", closes: true))
      if day % 3 == 1 {
        run.derived("s\(day)", cause: "a\(day)") { _ in SampleRun.signal(SampleRun.aapl, .long, .crossedAbove) }
        run.derived("r\(day)", cause: "s\(day)") { _ in
          try SampleRun.decision(SampleRun.aapl, .passed, .withinLimits, "100", "100")
        }
        run.derived("o\(day)", cause: "r\(day)") { _ in try SampleRun.intent(day % 2 == 1 ? .buy : .sell, "100") }
      }
    }
    run.input("feed", FeedEnded(reason: .exhausted), at: SampleRun.close(250))
    return run
  }

  @Test("finds exactly the event that is missing when nothing refers to it")
  func leaves() throws {
    let run = try longRun()
    let whole = try run.journal()
    for label in ["c5", "c128", "p8", "m17", "m249", "x110", "x248", "feed", "p248"] {
      let shorter = try run.journal(missing: [label])
      for (left, right) in [(whole, shorter), (shorter, whole)] {
        let difference = try diff(left, right)
        #expect(difference.kinds.reduce(0) { $0 + $1.leftOnly + $1.rightOnly } == 1, "\(label)")
        #expect(difference.kinds.reduce(0) { $0 + $1.changed } == 0, "\(label)")
      }
    }
  }

  @Test("keeps to the events around a missing link: what names it as its cause changes, no more")
  func links() throws {
    let run = try longRun()
    let whole = try run.journal()
    for (label, changed) in [("r4", 1), ("r127", 1), ("s4", 1), ("r250", 1)] {
      let difference = try diff(whole, run.journal(missing: [label]))
      #expect(difference.kinds.reduce(0) { $0 + $1.leftOnly } == 1, "\(label)")
      #expect(difference.kinds.reduce(0) { $0 + $1.rightOnly } == 0, "\(label)")
      #expect(difference.kinds.reduce(0) { $0 + $1.changed } == UInt64(changed), "\(label)")
    }
  }

  @Test("compares what an order that rested for months refers to")
  func oldReferences() throws {
    let run = try longRun()
    // The expiry names another stop than it should.
    let other = run.replacing("x110") { at in
      .derived(OrderExpired(order: OrderID(sequence: at("stop14")), leaves: try Quantity("100")))
    }
    let difference = try diff(run.journal(), other.journal(missing: ["m2"]))
    let expiries = try #require(difference.kinds.first { $0.kind == OrderExpired.kind })
    #expect(expiries.changed == 1)
    #expect(expiries.leftOnly + expiries.rightOnly == 0)
  }
}
