import Core
import Events
import Market
import Scenarios
import Strategies
import Testing

/// Goal: the seventeen traps of `peers.md` A6, by which two engines come to other results on the same bars, are shut here, each by a rule that a
/// user can read. Method: for each the smallest table in which the trap would show; docs/fills.md says what the peers do there.
@Suite("Traps")
struct TrapTests {
  @Test("1. Same-close fill against next-open fill: what a close decides fills at the next open")
  func sameClose() throws {
    try check(
      """
      100/101/99/100 1000 long | pos=0
      102/104/101/103 1000 | buy 100@102 ; rule=marketAtOpen
      """)
  }

  @Test("2. Touch against penetration: a limit at the low fills, one a tick below it doesn't")
  func touch() throws {
    try check(
      """
      profile type=limit limit=100
      100/101/99/100 1000 long |
      100/101/99.01/100 1000 | pos=0
      100/101/99/100 1000 | buy 100@99
      """)
  }

  @Test("3. Limit in a gap: the better open is the price, on both sides")
  func limitInGap() throws {
    try check(
      """
      profile type=limit limit=100
      100/101/99/100 1000 long |
      97/98/96/97.5 1000 flat | buy 100@97
      97/98/96/97 1000 short | sell 100@97
      99/100/98.5/99 1000 | sell 100@99
      """)
  }

  @Test("4. A long's stop-loss in a gap with open < stop ≤ high pays the open, not the stop")
  func stopInGap() throws {
    try check(
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      93/97/92/96 1000 | sell 100@93 ; rule=stopGapAtOpen pos=0
      """)
  }

  @Test("5. A stop level is never computed from the bar that triggers it: the entry bar's high moves no stop")
  func stopOfSameBar() throws {
    // Five per cent below the entry bar's high is 114, which its low is under; below the entry's price it is 95.
    try check(
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/120/96/100 1000 | buy 100@100 ; pos=100
      100/130/95.01/100 1000 | pos=100
      100/101/95/96 1000 | sell 100@95 ; pos=0
      """)
  }

  @Test(
    "6. Children of a bracket live in the entry bar after an entry at its open; after one inside it only the stop does")
  func bracketInEntryBar() throws {
    try check(
      """
      profile sl=5% tp=10%
      100/101/99/100 1000 long |
      100/111/94/100 1000 | buy 100@100 ; sell 100@95 ; cancel siblingDone 100 ; pos=0
      """)
    try check(
      """
      profile type=limit limit=100 sl=5% tp=10%
      100/101/99/100 1000 long |
      100/110/98/100 1000 | buy 100@99 ; pos=100
      """)
    try check(
      """
      profile type=limit limit=100 sl=5% tp=10%
      100/101/99/100 1000 long |
      100/110/94/100 1000 | buy 100@99 ; sell 100@94.05 ; cancel siblingDone 100 ; pos=0
      """)
  }

  @Test("7. Volume is used once, however many orders share one bar")
  func volumeOnce() throws {
    try check(
      """
      profile volume=10% shares=150 sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100 ; orders=2
      100/101/99/100 1000 | buy 50@100 ; orders=2 pos=150
      94/94.5/93/94 1000 | sell 100@94 ; orders=1 pos=50
      94/94.5/93/94 1000 | sell 50@94 ; pos=0
      """)
  }

  @Test("8. A fee on notional is taken after slippage, of what was paid")
  func feeAfterSlippage() throws {
    try check(
      """
      profile fees=notional:1% slip=ticks:100
      100/101/99/100 1000 long |
      100/103/99/100 1000 | buy 100@101 ; slippage=1 fee=101
      """)
  }

  @Test(
    "9. Size by percent of equity is counted at the decision's close; a gap behind it changes the money, not the size")
  func sizeAtDecision() throws {
    for open in ["80", "100", "120"] {
      try check(
        """
        profile equity=50% cash=10000
        100/101/99/100 1000 long | intent=buy:market:50
        \(open)/130/70/100 1000 | buy 50@\(open) ; pos=50
        """)
    }
  }

  @Test("10. A bar with volume 0 fills nothing, unless the profile says that volume isn't looked at")
  func noVolume() throws {
    try check(
      """
      profile volume=10%
      100/101/99/100 1000 long |
      102/102/102/102 0 | pos=0
      103/104/102/103 1000 | buy 100@103
      """)
    try check(
      """
      100/101/99/100 1000 long |
      102/102/102/102 0 | buy 100@102
      """)
  }

  @Test("11. Quantities are cut down to the instrument's own lot, never up")
  func lots() throws {
    for (lot, quantity) in [("1", "19"), ("10", "10"), ("0.001", "19.999")] {
      try check(
        """
        profile notional=1999.99
        instrument A lot=\(lot)
        100/101/99/100 1000 long | intent=buy:market:\(quantity)
        100/101/99/100 1000 | buy \(quantity)@100
        """)
    }
  }

  @Test(
    "12. Split-adjusted prices with a per-share fee: bars are as traded, so the fee counts the shares that changed hands"
  )
  func feeOverSplit() throws {
    try check(
      """
      profile fees=share:0.01,0,0
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100 ; fee=1
      split 2:1 | pos=200
      50/51/49/50 2000 flat | pos=200
      50/51/49/50 2000 | sell 200@50 ; fee=2 pos=0
      """)
  }

  @Test("13. Final open position: it stays open at the last mark and pays for no exit that never was")
  func finalPosition() throws {
    try check(
      """
      profile fees=notional:1%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      104/105/103/104 1000 |
      end | pos=100 realised=0 unrealised=400 feesPaid=100
      """)
  }

  @Test("14. A bar is stamped by its open and known at its close: no bar that opened before that fills what it decided")
  func stampedAtOpen() throws {
    // The second bar opens while the first isn't over, and is known after it.
    try check(
      """
      step 1d from 2024-01-02T00:00:00Z
      100/101/99/100 1000 long |
      90/91/89/90 1000 @2024-01-02T12:00:00Z for=13h | pos=0
      102/104/101/103 1000 @2024-01-03T12:00:00Z for=1h | buy 100@102
      """)
  }

  @Test("15. A daily market order takes the next session's open, and no price of that day behind it moves its slippage")
  func dailyOrder() throws {
    for rest in ["103/101/102", "200/50/60", "102.1/102/102.1"] {
      let parts = rest.split(separator: "/")
      try check(
        """
        profile slip=price:0.01%
        instrument A calendar=xnys
        step 390m from 2024-01-05T14:30:00Z
        100/101/99/100 1000 long |
        102/\(parts[0])/\(parts[1])/\(parts[2]) 1000 @2024-01-08T14:30:00Z | buy 100@102.02 ; slippage=0.02
        """)
    }
  }

  @Test("16. First bar: it has no previous close, so no gap is seen; the second has")
  func firstBar() throws {
    try check(
      """
      100/101/99/100 1000 |
      50/51/49/50 1000 | alert priceJump
      """)
    try check("50/51/49/50 1000 |")
  }

  @Test(
    "17. Warm-up: history makes the indicators what they would be, orders nothing, and the first fresh bars decide the same"
  )
  func warmUp() throws {
    let cold = try warmedRun(historyCount: 0)
    let warm = try warmedRun(historyCount: 40)
    #expect(cold.signals.filter { $0.bar < 40 }.count >= 2, "the history would have traded")
    #expect(warm.signals.allSatisfy { $0.bar >= 40 } && warm.orders == warm.signals.count)
    #expect(warm.signals.count >= 4)
    #expect(warm.signals == cold.signals.filter { $0.bar >= 40 })
  }

  private struct Noted: Equatable {
    var bar: Int
    var direction: Direction
    var first: Int64
    var second: Int64
  }

  /// A triangle of closes under an SMA cross; the first bars are history.
  private func warmedRun(historyCount: Int) throws -> (signals: [Noted], orders: Int) {
    var configuration = ScenarioProfile().configuration
    configuration.strategies = [
      StrategySpecification(
        name: "sma_cross",
        parameters: ParameterValues(["fast": .integer(3), "slow": .integer(7), "allow_short": .flag(true)]))
    ]
    let instrument = try Instrument(
      symbol: "A", assetClass: .equity, currency: .usd, tickSize: Price(nanos: FixedPoint.unit / 100),
      lotSize: Quantity(nanos: FixedPoint.unit), calendar: .always)
    var stage = try Stage(configuration, [instrument])
    var signals: [Noted] = []
    var orders = 0
    for bar in 0..<100 {
      let height = Int64(bar % 20 < 10 ? bar % 20 : 20 - bar % 20)
      let price = Price(nanos: (100 + height) * FixedPoint.unit)
      try stage.take(
        .bar(
          Bar(
            instrument: InstrumentIndex(0), openTime: Timestamp(nanos: Int64(bar) * 60 * Timestamp.nanosPerSecond),
            durationNanos: 60 * Timestamp.nanosPerSecond, open: price, high: price, low: price, close: price,
            volume: Quantity(nanos: 1_000 * FixedPoint.unit), source: .synthetic, isHistorical: bar < historyCount,
            closesSlot: true)))
      for happening in try stage.happenings() {
        if let signal = happening.body as? Signal {
          signals.append(
            Noted(
              bar: bar, direction: signal.direction, first: signal.firstFeature, second: signal.secondFeature))
        }
        if happening.body is OrderIntent { orders += 1 }
      }
    }
    return (signals, orders)
  }
}
