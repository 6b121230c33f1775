import Testing

/// Goal: orders that take what is there (IOC, FOK) never wait for a price, and orders good until a date never fill behind it.
/// The story: an IOC order to buy at 99 filled at 99 in a bar that opened at 100, as a maker; and an order good until 10:00 filled in a daily bar whose low nobody knows the hour of.
@Suite("Immediate and dated orders")
struct ImmediateOrderTests {
  static let immediateTables: [(name: String, table: String)] = [
    (
      "a limit that the open doesn't allow lapses, however low the bar goes",
      """
      profile type=limit limit=100 tif=TIF
      100/101/99/100 1000 long |
      100/101/98/100 1000 | cancel REASON 100 ; pos=0
      98/99/97/98 1000 |
      """
    ),
    (
      "a limit that the open allows takes",
      """
      profile type=limit limit=100 tif=TIF
      100/101/99/100 1000 long |
      98/99/97/98 1000 | buy 100@98 ; rule=limitGapAtOpen side=taker
      """
    ),
    (
      "a stop waits for its trigger, and fills there",
      """
      profile type=stop stop=500 tif=TIF
      100/101/99/100 1000 long |
      100/101/99/100 1000 |
      103/106/102/104 1000 | buy 100@105 ; rule=stopTouched side=taker
      """
    ),
    (
      "a stop-limit whose limit allows its stop fills there",
      """
      profile type=stoplimit stop=500 limit=-100 tif=TIF
      100/101/99/100 1000 long |
      103/107/102/104 1000 | buy 100@105 ; rule=stopLimitTouched side=taker
      """
    ),
    (
      "a stop-limit whose limit doesn't lapses when it is triggered, although the close comes back",
      """
      profile type=stoplimit stop=500 limit=100 tif=TIF
      100/101/99/100 1000 long |
      103/106/102/103 1000 | cancel REASON 100 ; pos=0
      100/101/99/100 1000 |
      """
    ),
    (
      "a stop-limit that is triggered by an open beyond its limit lapses",
      """
      profile type=stoplimit stop=500 limit=-100 tif=TIF
      100/101/99/100 1000 long |
      108/110/105.5/109 1000 | cancel REASON 100 ; pos=0
      """
    ),
    (
      "a limit-if-touched with the limit beyond its trigger lapses there",
      """
      profile type=limit_if_touched stop=100 limit=50 tif=TIF
      100/101/99/100 1000 long |
      100/101/98/100 1000 | cancel REASON 100 ; pos=0
      """
    ),
  ]

  @Test(
    "immediate orders do what they say, whatever the path",
    arguments: immediateTables,
    ["worst_case", "best_case", "by_age", "high_first", "by_body", "nearest_extreme"])
  func immediate(_ table: (name: String, table: String), path: String) throws {
    for (tif, reason) in [("ioc", "immediateRemainder"), ("fok", "notFillableWhole")] {
      let filled = table.table.replacing("TIF", with: "\(tif) path=\(path)").replacing("REASON", with: reason)
      try check(filled)
    }
  }

  @Test("under NautilusTrader's convention an immediate limit meets the close that it was decided on, and nothing else")
  func atDecision() throws {
    try check(
      """
      profile type=limit limit=100 tif=ioc convention=nautilus
      100/101/99/100 1000 long | cancel immediateRemainder 100 ; pos=0
      98/99/97/98 1000 |
      """)
    try check(
      """
      profile type=limit limit=0 tif=fok convention=nautilus
      100/101/99/100 1000 long | buy 100@100 ; side=taker
      """)
  }

  @Test(
    "an order good until an instant inside a bar fills at its open or expires",
    arguments: ["worst_case", "best_case", "by_age", "high_first", "by_body", "nearest_extreme"])
  func datedInside(_ path: String) throws {
    try check(
      """
      profile type=limit limit=100 tif=gtd life=90 path=\(path)
      100/101/99/100 1000 long | expires=2024-01-02T00:02:30Z
      100/101/99.5/100 1000 |
      100/101/98/100 1000 | expire 100
      98/99/97/98 1000 | pos=0
      """)
    try check(
      """
      profile type=limit limit=100 tif=gtd life=90 volume=5% path=\(path)
      100/101/99/100 1000 long |
      100/101/99.5/100 1000 |
      98.5/101/98/100 1000 | buy 50@98.5 ; expire 50 ; pos=50
      """)
  }

  @Test("one that is good until the bar's end has all of the bar")
  func datedAtEnd() throws {
    try check(
      """
      profile type=limit limit=100 tif=gtd life=60
      100/101/99/100 1000 long | expires=2024-01-02T00:02:00Z
      100/101/98/100 1000 | buy 100@99
      """)
  }

  @Test("under peers' conventions a date counts as there: NautilusTrader's first price, backtrader's bar")
  func datedElsewhere() throws {
    try check(
      """
      profile type=limit limit=100 tif=gtd life=60 convention=nautilus
      100/101/99/100 1000 long |
      100/101/98/100 1000 | expire 100
      """)
    try check(
      """
      profile type=limit limit=100 tif=gtd life=30 convention=nautilus
      100/101/99/100 1000 long |
      98/101/97/100 1000 | buy 100@99
      """)
    try check(
      """
      profile type=limit limit=100 tif=gtd life=30 convention=backtrader
      100/101/99/100 1000 long |
      100/101/98/100 1000 | buy 100@99
      """)
  }
}
