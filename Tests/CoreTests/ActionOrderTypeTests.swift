import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: corporate actions leave orders that wait for a touch, and stops that follow, where they were in what a share is worth. Hand-checked; a decision falls on the
/// close of the bar that carries the target, offsets count ticks of 0.01.
@Suite("Order types over corporate actions")
struct ActionOrderTypeTests {
  static let tables: [(name: String, table: String)] = [
    (
      "a trail that is an amount is divided by a split with its level: 10 behind 101 is 5 behind 50.50",
      """
      profile tsl=10
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      split 2:1 | reduce split 200 ; reprice 45.5
      50/52/50/51 1000 |
      48/48/46/47 1000 | sell 200@47 ; rule=trailTouched pos=0
      """
    ),
    (
      "a trail that is a share stays that share",
      """
      profile tsl=10%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      split 2:1 | reduce split 200 ; reprice 45.45
      50/52/50/51 1000 |
      48/48/46/47 1000 | sell 200@46.8 ; rule=trailTouched pos=0
      """
    ),
    (
      "a trailing stop that protects goes over a reverse split: its amount grows with the price",
      """
      profile tsl=1
      10/10.1/9.9/10 1000 long |
      10/10.1/9.9/10 1000 | buy 100@10
      split 1:10 | reduce split 10 ; reprice 91
      100/104/100/103 1000 |
      100/100/93/95 1000 | sell 10@94 ; pos=0
      """
    ),
    (
      "a buy that waits for a touch below is divided and rounded down to the tick",
      """
      profile type=marketiftouched stop=100
      100/101/99.5/100.01 1000 long | intent=buy:marketIfTouched:100:99.01
      split 3:2 | reduce split 150 ; reprice 66
      67/68/66/67 1000 | buy 150@66 ; rule=ifTouched
      """
    ),
    (
      "a sell that waits for a touch above is rounded up",
      """
      profile type=marketiftouched stop=100
      100/101/99.5/100 1000 short | intent=sell:marketIfTouched:100:101
      split 3:2 | reduce split 150 ; reprice 67.34
      67/67.33/66/67 1000 |
      67/67.34/66/67 1000 | sell 150@67.34
      """
    ),
    (
      "a reverse split ends an entry that waits for a touch",
      """
      profile type=limitiftouched stop=100 limit=100
      100/101/99.5/100 1000 long |
      split 1:2 | cancel corporateAction 100 ; orders=0
      """
    ),
    (
      "a dividend lowers what waits below, and a trailing sell stop, by its amount",
      """
      profile tsl=10
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      dividend 2 | dividend 200 ; reprice 89
      """
    ),
    (
      "a dividend lowers a buy if touched, and leaves a sell if touched",
      """
      profile type=marketiftouched stop=100
      100/101/99.5/100 1000 long |
      dividend 2 | reprice 97
      100/100.5/98/100 1000 |
      98/98.5/97/98 1000 short | buy 100@97 ; intent=sell:marketIfTouched:200:99
      dividend 2 | dividend 200
      """
    ),
    (
      "an order for a session's opening has no price that could change",
      """
      profile type=marketonopen tif=day
      100/101/99/100 1000 long |
      split 2:1 | reduce split 200
      """
    ),
  ]

  @Test("leaves each where it was in what a share is worth", arguments: tables)
  func table(_ table: (name: String, table: String)) throws { try check(table.table) }

  @Test("the journal tells the new distance of a trail behind a split, and tells nothing where it stays")
  func terms() throws {
    for (trail, expected) in [("10", [Trail(.amount, 5_000_000_000)]), ("10%", [])] {
      let scenario = try Scenario(
        """
        profile tsl=\(trail)
        100/101/99/100 1000 long |
        100/101/99/100 1000 |
        split 2:1 |
        """)
      var stage = try Stage(scenario.configuration, scenario.instruments)
      var told: [Trail?] = []
      for (place, step) in scenario.steps.enumerated() {
        try stage.take(step.input)
        let terms = try stage.happenings().compactMap { $0.body as? OrderTerms }
        if place == scenario.steps.count - 1 { told = terms.map(\.trail) }
      }
      #expect(told == expected)
    }
  }
}
