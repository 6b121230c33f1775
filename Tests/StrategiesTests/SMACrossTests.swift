import Events
import Market
import Strategies
import Testing

/// Closes by hand; each line of the table is close → what the strategy says.
@Suite struct SMACrossTests {
  @Test("enters when the fast average rises above the slow one and leaves when it falls below")
  func entersAndLeaves() throws {
    var strategies = try StrategySet("sma_cross", ["fast": .integer(2), "slow": .integer(3)])
    // fast:    –  10  9.5  8.5  10.5  13.5  11.5   8
    // slow:    –   –  9.67  9   9.67  11.67 11.67 10
    let decisions = strategies.decisions(BarScript.closes([10, 10, 9, 8, 13, 14, 9, 7]))
    let kinds = decisions.map { decision -> String in
      switch decision {
      case .warmingUp: "warming"
      case .hold: "hold"
      case .target(let target): "\(target.direction) \(target.reason)"
      }
    }
    #expect(
      kinds == [
        "warming", "warming", "warming", "hold", "long crossedAbove", "hold", "flat crossedBelow", "hold",
      ])
    guard case .target(let entry) = decisions[4] else {
      Issue.record("no entry")
      return
    }
    #expect(entry.firstFeature == 10_500_000_000)
    #expect(entry.secondFeature == 10_000_000_000)
  }
}
