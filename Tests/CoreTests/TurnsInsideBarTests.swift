import Testing

/// Goal: of several orders of one kind and side inside one bar the one fills first that the price comes to first.
/// The story: a position with a target at 103 and a signal's limit at 102 was sold at 103, because the target was the older order; price had to pass 102 on its way, and there
/// the position was gone. Stops below a position the same way: the farther one filled, at a loss that nobody would have taken.
@Suite("Turns inside a bar")
struct TurnsInsideBarTests {
  static let tables: [(name: String, table: String)] =
    ["worst_case", "best_case", "high_first", "by_body"].flatMap {
      path in
      [
        (
          "of two sell limits the lower one, \(path)",
          """
          profile exit=limit:200:reduce tp=3% sl=5% path=\(path)
          100/101/99/100 1000 long |
          100/100.5/99.5/100 1000 flat | buy 100@100 ; intent=sell:stop:100:95,sell:limit:100:103,sell:limit:100:102
          100/106/99/105 1000 | sell 100@102 ; cancel siblingDone 100 ; cancel siblingDone 100 ; pos=0 orders=0
          """
        ),
        (
          "of two buy limits the higher one, \(path)",
          """
          profile exit=limit:200:reduce tp=3% sl=5% path=\(path)
          100/101/99/100 1000 short |
          100/100.5/99.5/100 1000 flat | sell 100@100
          100/101/94/95 1000 | buy 100@98 ; cancel siblingDone 100 ; cancel siblingDone 100 ; pos=0 orders=0
          """
        ),
        (
          "of two sell stops the higher one, \(path)",
          """
          profile exit=stop:0:100:reduce sl=5% path=\(path)
          100/101/99/100 1000 long |
          100/100.5/99.5/100 1000 flat | buy 100@100 ; intent=sell:stop:100:95,sell:stop:100:99
          100/100.5/90/91 1000 | sell 100@99 ; cancel siblingDone 100 ; pos=0 orders=0
          """
        ),
        (
          "of two buy stops the lower one, \(path)",
          """
          profile exit=stop:0:100:reduce sl=5% path=\(path)
          100/101/99/100 1000 short |
          100/100.5/99.5/100 1000 flat | sell 100@100
          100/110/99.5/109 1000 | buy 100@101 ; cancel siblingDone 100 ; pos=0 orders=0
          """
        ),
      ]
    } + [
      (
        "of equals the older one: the target that has waited, not the exit",
        """
        profile exit=limit:200:reduce tp=2% sl=5% volume=5%
        100/101/99/100 1000 long |
        100/100.5/99.5/100 1000 | buy 50@100
        100/100.5/99.5/100 1000 flat | buy 50@100 ; intent=sell:stop:50:95,sell:limit:50:102,sell:limit:100:102
        101/103/100/102.5 1000 | sell 50@102 ; cancel siblingDone 50 ; reduce positionClosed 50 ; pos=50
        """
      ),
      (
        "a stop that a fill of the bar has placed has its turn before a farther one that was there",
        """
        profile type=stop stop=500 sl=1% or=stop:0:700
        100/101/99/100 1000 long |
        103/108/102/106 1000 | buy 100@105 ; cancel siblingDone 100 ; sell 100@103.95 ; pos=0
        """
      ),
      (
        "by age the older one, whatever its price: as backtrader and backtesting.py go through their lists",
        """
        profile exit=limit:200:reduce tp=3% sl=5% path=by_age
        100/101/99/100 1000 long |
        100/100.5/99.5/100 1000 flat | buy 100@100
        100/106/99/105 1000 | sell 100@103 ; cancel siblingDone 100 ; cancel siblingDone 100 ; pos=0
        """
      ),
      (
        "between kinds the convention decides: the stop first, although the limit is nearer",
        """
        profile exit=limit:100:reduce sl=5%
        100/101/99/100 1000 long |
        100/100.5/99.5/100 1000 flat | buy 100@100
        100/102/94/95 1000 | sell 100@95 ; cancel siblingDone 100 ; pos=0
        """
      ),
    ]

  @Test("do what they say", arguments: tables)
  func table(_ table: (name: String, table: String)) throws { try check(table.table) }
}
