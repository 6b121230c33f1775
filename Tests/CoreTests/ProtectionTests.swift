import Testing

/// Goal: protective orders: when they come to be, what they do inside the entry bar, how they end each other. Hand-checked.
@Suite("Protective orders")
struct ProtectionTests {
  static let tables: [(name: String, table: String)] = [
    (
      "stop and target are placed at their distances from the fill",
      """
      profile sl=5% tp=10%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100 ; orders=2 intent=sell:stop:100:95,sell:limit:100:110
      """
    ),
    (
      "for a short they mirror",
      """
      profile sl=5% tp=10%
      100/101/99/100 1000 short |
      100/101/99/100 1000 | sell 100@100 ; intent=buy:stop:100:105,buy:limit:100:90
      100/106/89/100 1000 | buy 100@105 ; cancel siblingDone 100 ; pos=0 orders=0
      """
    ),
    (
      "an entry at the open can win inside its bar",
      """
      profile sl=5% tp=10%
      100/101/99/100 1000 long |
      100/111/99/110 1000 | buy 100@100 ; sell 100@110 ; cancel siblingDone 100 ; pos=0
      """
    ),
    (
      "an entry inside the bar can't win in it",
      """
      profile type=limit limit=100 sl=5% tp=1%
      100/101/99/100 1000 long |
      100/101/98/100 1000 | buy 100@99 ; orders=2 pos=100
      100/101/99.5/100 1000 | sell 100@100 ; cancel siblingDone 100 ; rule=limitGapAtOpen
      """
    ),
    (
      "a limit entry inside the bar is stopped out in it where the range holds the stop",
      """
      profile type=limit limit=100 sl=1% tp=10%
      100/101/99/100 1000 long |
      100/101/98/100 1000 | buy 100@99 ; sell 100@98.01 ; cancel siblingDone 100 ; pos=0
      """
    ),
    (
      "a stop entry inside the bar is stopped out in it, at the stop although the bar opened below it",
      """
      profile type=stop stop=500 sl=1%
      100/101/99/100 1000 long |
      103/107/102/106 1000 | buy 100@105 ; sell 100@103.95 ; pos=0 rule=stopTouched,stopTouched
      """
    ),
    (
      "a signal exit cancels what protected the position",
      """
      profile sl=5% tp=10%
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 100@100
      101/102/100/101 1000 | sell 100@101 ; cancel siblingDone 100 ; cancel siblingDone 100 ; orders=0
      """
    ),
    (
      "a stop-out at the open comes before a younger exit and cancels it",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 100@100
      90/91/89/90 1000 | sell 100@90 ; cancel siblingDone 100 ; pos=0 orders=0
      """
    ),
    (
      "a stop-out takes its part off a resting flip, which still arrives where the strategy wanted",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 short | buy 100@100
      90/91/89/90 1000 | sell 100@90 ; reduce positionClosed 100 ; sell 100@90 ; pos=-100 orders=1
      """
    ),
    (
      "the stop of one part takes its units off a resting exit of all",
      """
      profile sl=5% volume=10%
      100/101/99/100 1000 long |
      100/101/99/100 500 | buy 50@100
      104/105/103/104 500 flat | buy 50@104 ; orders=3
      98/98.5/97/98 3000 | sell 50@98 ; reduce positionClosed 50 ; sell 50@98 ; cancel siblingDone 50 ; pos=0 orders=0
      """
    ),
    (
      "a stop-out ends the rest of an entry that is still being filled",
      """
      profile type=limit limit=100 sl=5% volume=10%
      100/101/99/100 1000 long |
      99/100/98/99 500 | buy 50@99 ; orders=2
      99.5/99.8/94/95 2000 | sell 50@94.05 ; cancel siblingDone 50 ; pos=0 orders=0
      99/100/98/99 1000 |
      """
    ),
    (
      "each part of an entry is protected for itself; the target of a half-filled pair lowers its stop",
      """
      profile sl=5% tp=10% volume=10%
      100/101/99/100 1000 long |
      100/101/99/100 500 | buy 50@100 ; orders=3
      100/101/99/100 500 | buy 50@100 ; orders=4
      109/111/108/110 200 | sell 20@110 ; reduce siblingFilled 30 ; orders=4 pos=80
      95/96/94/95 1000 | sell 30@95 ; cancel siblingDone 30 ; sell 50@95 ; cancel siblingDone 50 ; pos=0 orders=0
      """
    ),
    (
      "a stop without volume on its bar goes at the next open",
      """
      profile sl=5% volume=10%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      96/97/94/96 0 |
      98/99/97/98 1000 | sell 100@98 ; rule=marketAtOpen
      """
    ),
    (
      "a flip replaces the protection",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 short | buy 100@100
      100/101/99/100 1000 | sell 200@100 ; cancel siblingDone 100 ; pos=-100 orders=1 intent=buy:stop:100:105
      """
    ),
    (
      "protection never closes more than is held",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 long*0.4 | buy 100@100
      100/101/99/100 1000 | sell 60@100 ; pos=40 orders=1
      96/97/94/95 1000 | sell 40@95 ; cancel siblingDone 60 ; pos=0 orders=0
      """
    ),
    (
      "after a stop-out nothing enters again before a strategy asks",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      96/97/94/95 1000 | sell 100@95
      100/101/99/100 1000 2:flat | risk=refused:alreadyThere:0
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      """
    ),
    (
      "a protective order works through a halt",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      halt |
      96/97/94/95 1000 | sell 100@95
      """
    ),
  ]

  @Test("protective orders close what they protect and nothing else", arguments: tables)
  func protection(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }

  /// An entry filled in hundreds of parts would place hundreds of pairs; the limit on working orders is `Limits.workingOrdersMax`.
  @Test("an entry whose parts need more protective orders than fit gives up the rest, and its exit passes the gate")
  func manyParts() throws {
    var lines = ["profile sl=50% tp=50% volume=10%", "100/101/99/100 1000 long |"]
    for part in 1...32 { lines.append("100/101/99/100 10 | buy 1@100 ; pos=\(part)") }
    lines.append("100/101/99/100 10 | cancel workingOrderCap 68 ; pos=32 orders=64")
    lines.append("100/101/99/100 10 long | risk=qtyCappedToZero:workingOrderCap:0")
    lines.append("100/101/99/100 10 flat | risk=passed:withinLimits:-32")
    try check(lines.joined(separator: "\n"))
  }
}
