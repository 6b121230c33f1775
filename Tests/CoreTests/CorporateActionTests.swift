import Testing

/// Goal: what corporate actions do to positions, lots, cash and resting orders. Hand-checked; numbers with names are those of
/// facts/corporate-actions.md §6 and §11. That the ledger balances is checked behind every line.
@Suite("Corporate actions")
struct CorporateActionTests {
  static let orders: [(name: String, table: String)] = [
    (
      "a 7:1 split makes 10 at 600.00 to 70 at 85.71: the value taken off is rounded up",
      """
      profile type=limit limit=4557 shares=10
      645/650/640/645.57 1000 long |
      split 7:1 | reduce split 70 ; reprice 85.71
      """
    ),
    (
      "a 3:2 split makes a buy limit of 100.00 to 66.66",
      """
      profile type=limit limit=100
      101/102/100/101 1000 long |
      split 3:2 | reduce split 150 ; reprice 66.66
      """
    ),
    (
      "a 2:1 split makes a buy limit of 50.01 to 25.00",
      """
      profile type=limit limit=100
      51/52/50.5/51.01 1000 long |
      split 2:1 | reduce split 200 ; reprice 25
      """
    ),
    (
      "a sale above the market is rounded up at a split, a sale's stop below it down",
      """
      profile sl=10% tp=10%
      100/101/99/100.01 1000 long |
      100.01/101/99/100 1000 | buy 100@100.01 ; orders=2
      split 3:2 | reduce split 150 ; reprice 60 ; reduce split 150 ; reprice 73.35
      """
    ),
    (
      "a short's stop above the market is rounded up, its target below down",
      """
      profile sl=10% tp=10%
      100/101/99/100.01 1000 short |
      100.01/101/99/100 1000 | sell 100@100.01
      split 3:2 | reduce split 150 ; reprice 73.34 ; reduce split 150 ; reprice 60
      """
    ),
    (
      "a dividend lowers a sell stop by its amount and leaves the target above the market",
      """
      profile sl=10% tp=10%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      dividend 0.47 | dividend 47 ; reprice 89.53 ; orders=2
      """
    ),
    (
      "a dividend lowers a buy limit, rounded down to the tick, and one below a cent changes nothing",
      """
      profile type=limit limit=100
      51/52/50/51 1000 long |
      dividend 0.005 |
      dividend 0.145 | reprice 49.85
      """
    ),
    (
      "a dividend leaves a short's stop where it is",
      """
      profile sl=10%
      100/101/99/100 1000 short |
      100/101/99/100 1000 | sell 100@100
      dividend 0.47 | dividend -47
      """
    ),
    (
      "an order that a dividend leaves no price is ended",
      """
      profile type=limit limit=4900
      50/51/49/50 1000 long |
      dividend 1 | cancel corporateAction 100
      """
    ),
    (
      "a reverse split ends priced orders of signals and keeps what protects",
      """
      profile sl=5%
      instrument A
      instrument B
      100/101/99/100 1000 long & |
      B 100/101/99/100 1000 |
      100/101/99/100 1000 & | A buy 100@100
      B 100/101/99/100 1000 |
      A split 1:10 | reduce split 10 ; reprice 950 ; pos=10,0 orders=1,0
      """
    ),
    (
      "a reverse split ends a limit entry, which is then to be asked for anew",
      """
      profile type=limit limit=0 shares=101
      100/101/99/100.01 1000 long |
      split 1:2 | cancel corporateAction 101 ; orders=0
      """
    ),
    (
      "a market order goes over a reverse split in new units",
      """
      100/101/99/100 1000 long |
      split 1:10 | reduce split 10
      1000/1010/990/1000 1000 | buy 10@1000
      """
    ),
    (
      "a dividend is charged after a day order's day without touching it",
      """
      profile type=limit limit=100 tif=day
      step 1d from 2024-01-02T00:00:00Z
      51/52/50.5/51 1000 long |
      timer @2024-01-04T12:00:00Z |
      dividend 1 |
      51/52/50.5/51 1000 @2024-01-05T00:00:00Z | expire 100
      """
    ),
  ]

  @Test("resting orders follow FINRA 5330", arguments: orders)
  func restingOrders(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }

  static let positions: [(name: String, table: String)] = [
    (
      "100 shares of Apple at 645.57 become 700 that cost the same",
      """
      645.57/646/645/645.57 1000 long |
      645.57/646/645/645.57 1000 | buy 100@645.57
      split 7:1 | pos=700 basis=64557 realised=0
      """
    ),
    (
      "a short of 55 at 30 becomes 82 at 3:2 and pays half a share",
      """
      profile shares=55
      30/31/29/30 1000 short |
      30/31/29/30 1000 | sell 55@30
      split 3:2 | cashInLieu -10 ; pos=-82 basis=-1640 realised=0 equity=1000000
      """
    ),
    (
      "USO's 1:8 leaves seven shares as cash",
      """
      profile shares=7
      2.5/3/2/2.5 1000 long |
      2.5/3/2/2.5 1000 | buy 7@2.5
      split 1:8 | cashInLieu 17.5 ; pos=0 basis=0 realised=0 equity=1000000
      """
    ),
    (
      "a special dividend pays and takes its amount off the price, so that equity stays",
      """
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      special 30 | dividend 3000 ; equity=1000000 cash=993000
      """
    ),
    (
      "a spin-off gives units by the ratio, cost by value, and a fraction in cash",
      """
      profile shares=110 sl=10%
      instrument A
      instrument B
      100/101/99/100 1000 long |
      100/101/99/100 1000 | A buy 110@100
      A spinoff 1:4 B 20 | cashInLieu 10 ; reprice 85 ; pos=110,27 basis=10450,540 realised=0 cash=989010 equity=1000000
      A 95/96/94/95 1000 & |
      B 20/21/19/20 1000 | equity=1000000
      """
    ),
    (
      "a short delivers the child and owes its fraction",
      """
      profile shares=110
      instrument A
      instrument B
      100/101/99/100 1000 short |
      100/101/99/100 1000 | A sell 110@100
      A spinoff 1:4 B 20 | cashInLieu -10 ; pos=-110,-27 basis=-10450,-540 equity=1000000
      """
    ),
    (
      "a child that the run doesn't know is sold at once",
      """
      instrument A
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      A spinoff 1:4 - 20 | cashInLieu 500 ; pos=100 basis=9500 realised=0 equity=1000000
      """
    ),
    (
      "a spin-off splits the cost of every lot",
      """
      profile lots=fifo shares=100
      instrument A
      instrument B
      100/101/99/100 1000 long*0.5 |
      100/101/99/100 1000 long | A buy 50@100
      120/121/119/120 1000 | A buy 50@120
      A spinoff 1:2 B 24 | pos=100,50 basis=9900,1100 lots=2,2
      """
    ),
    (
      "a merger for cash pays out and ends orders and instrument",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      A merger 0:1 - 110 0 | cancel corporateAction 100 ; proceeds 11000 ; pos=0 basis=0 realised=1000 orders=0 cash=1001000
      5/6/4/5 1000 | alert barAfterEnd
      """
    ),
    (
      "the short pays in a merger for cash",
      """
      100/101/99/100 1000 short |
      100/101/99/100 1000 | sell 100@100
      A merger 0:1 - 110 0 | proceeds -11000 ; pos=0 realised=-1000 cash=999000
      """
    ),
    (
      "a merger for stock carries cost into the acquirer and pays the fraction",
      """
      profile shares=25
      instrument A
      instrument B
      100/101/99/100 1000 long & |
      B 60/61/59/60 1000 |
      100/101/99/100 1000 & | A buy 25@100
      B 60/61/59/60 1000 |
      A merger 3:2 B 0 0 | cashInLieu 30 ; pos=0,37 basis=0,2466.666666667 realised=-3.333333333
      """
    ),
    (
      "a merger for cash and stock divides the cost by value",
      """
      instrument A
      instrument B
      100/101/99/100 1000 long & |
      B 50/51/49/50 1000 |
      100/101/99/100 1000 & | A buy 100@100
      B 50/51/49/50 1000 |
      A merger 1:1 B 50 0 | proceeds 5000 ; pos=0,100 basis=0,5000 realised=0 equity=1000000
      """
    ),
    (
      "long the target and short the acquirer close against each other",
      """
      instrument A
      instrument B
      100/101/99/100 1000 long & |
      B 110/111/109/110 1000 short |
      100/101/99/100 1000 & | A buy 100@100
      B 110/111/109/110 1000 | B sell 100@110
      A merger 1:1 B 0 0 | pos=0,0 basis=0,0 realised=1000 equity=1001000 cash=1001000
      """
    ),
    (
      "a delisting at nothing loses the cost, and what comes later is another company",
      """
      profile sl=50%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      delist 0 | cancel corporateAction 100 ; pos=0 realised=-10000 cash=990000 equity=990000
      5/6/4/5 1000 | alert barAfterEnd ; equity=990000
      """
    ),
    (
      "a delisting at the last price closes there",
      """
      100/101/99/100 1000 long |
      100/101/89/90 1000 | buy 100@100
      delist last | proceeds 9000 ; pos=0 realised=-1000
      """
    ),
    (
      "a change of symbol changes nothing else",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      rename META | pos=100 orders=1
      100/101/99/100 1000 |
      """
    ),
    (
      "a kill ends where a delisting takes the last position",
      """
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      kill | kill flattening 1 0
      delist 50 | cancel corporateAction 100 ; proceeds 5000 ; kill flatAndHalted 0 0
      """
    ),
  ]

  @Test("positions, lots and cash follow the terms", arguments: positions)
  func holdings(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }

  static let missing: [(name: String, table: String)] = [
    (
      "an overnight half asks whether a split is missing, and counts",
      """
      profile missing=alert
      step 1d from 2024-01-02T00:00:00Z
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      51/52/50/51 1000 | alert missingSplit ; equity=995100
      """
    ),
    (
      "a third less at night is 3:2, within the session it is a fall",
      """
      profile missing=alert
      step 6h from 2024-01-02T06:00:00Z
      100/101/99/100 1000 |
      66/67/65/66 1000 |
      66/67/65/66 1000 |
      44/45/43/44 1000 | alert missingSplit
      """
    ),
    (
      "bars of a missing split are set aside until the split comes, so that no day of -50 % trips a breaker",
      """
      profile missing=quarantine breaker=dailyLossOpen:account:1000:halt:0:next sl=20%
      step 1d from 2024-01-02T00:00:00Z
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      51/52/50/51 1000 | alert missingSplit ; equity=1000000 orders=1
      54/55/53/54 1000 | alert missingSplit ; equity=1000000
      split 2:1 | reduce split 200 ; reprice 40 ; pos=200 equity=1000000
      55/56/54/55 1000 | equity=1001000
      """
    ),
    (
      "a person says that the price is what it is",
      """
      profile missing=quarantine
      step 1d from 2024-01-02T00:00:00Z
      100/101/99/100 1000 |
      51/52/50/51 1000 | alert missingSplit
      resume |
      51/52/50/51 1000 | alert priceJump
      """
    ),
    (
      "one wrong open is set aside, and bars count again when the price is back",
      """
      profile missing=quarantine
      step 1d from 2024-01-02T00:00:00Z
      80/81/79/80 1000 long |
      80/81/79/80 1000 | buy 100@80
      160/160/79/80 1000 | alert missingSplit ; equity=1000000
      81/82/80/81 1000 | alert pricesAreBack ; equity=1000100
      82/83/81/82 1000 | equity=1000200
      """
    ),
    (
      "a dividend explains no price at a split's ratio, and one that does needs no more",
      """
      profile missing=quarantine
      step 1d from 2024-01-02T00:00:00Z
      80/81/79/80 1000 long |
      80/81/79/80 1000 | buy 100@80
      40/41/39/40 1000 | alert missingSplit ; equity=1000000
      dividend 0.1 | dividend 10
      41/42/40/41 1000 | alert missingSplit ; equity=1000000
      split 2:1 |
      41/42/40/41 1000 | equity=1000210
      """
    ),
    (
      "over more than two weeks without a bar a price goes anywhere: it is asked about, and counts",
      """
      profile missing=quarantine
      step 15d from 2024-01-02T00:00:00Z
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      50/51/49/50 1000 | alert missingSplit ; equity=995000
      """
    ),
    (
      "without a word in the profile it is asked, and counts; what stands at no split's ratio is a jump",
      """
      step 1d from 2024-01-02T00:00:00Z
      100/101/99/100 1000 |
      66/67/65/66 1000 | alert missingSplit
      66/67/65/66 1000 |
      33/34/32/33 1000 | alert missingSplit
      19/20/18/18 1000 | alert priceJump
      """
    ),
    (
      "what has ended and has bars again is told once, and an expired future is traded no more",
      """
      instrument ES class=future
      100/101/99/100 1000 |
      delist last |
      101/102/100/101 1000 long | alert barAfterEnd ; risk=refused:marketClosed:0
      101/102/100/101 1000 |
      """
    ),
    (
      "a journaled split is none that is missing",
      """
      profile missing=quarantine
      step 1d from 2024-01-02T00:00:00Z
      100/101/99/100 1000 |
      split 2:1 |
      51/52/50/51 1000 |
      """
    ),
    (
      "an explained split or payout trips no breaker, neither of the drawdown nor of the drift of a position",
      """
      profile breaker=drawdown:account:1%:halt breaker=positionDrift:symbol:10%:halt shares=105
      step 1d from 2024-01-02T00:00:00Z
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 105@100
      split 1:10 | cashInLieu 500 ; pos=10
      1000/1010/990/1000 1000 |
      special 300 | dividend 3000
      700/710/690/700 1000 | equity=1000000
      """
    ),
  ]

  @Test("an unexplained ratio is asked about, an explained one trips nothing", arguments: missing)
  func missingSplits(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }
}
