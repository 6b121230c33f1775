import Testing

/// Goal: what the account does without an order: corporate actions, marks, fees, lots, faulty bars. Hand-checked.
@Suite("Account")
struct AccountTests {
  static let tables: [(name: String, table: String)] = [
    (
      "a split multiplies the position and its orders and divides prices, without an alert or a gain",
      """
      profile sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      split 4:1 | reduce split 400 ; reprice 23.75 ; pos=400 basis=10000 realised=0 equity=1000000 orders=1
      25/25.25/23.7/24 1000 | sell 400@23.75 ; realised=-500
      """
    ),
    (
      "a split rounds a buy limit's price down to the tick, its quantity down to lots",
      """
      profile type=limit limit=0 shares=101
      100/101/99/100.01 1000 long |
      split 3:2 | reduce split 151 ; reprice 66.67
      68/69/66.68/68 1000 | orders=1
      67/69/66.67/68 1000 | buy 151@66.67
      """
    ),
    (
      "a reverse split pays the fraction in cash at the new mark",
      """
      profile shares=105
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 105@100
      split 1:10 | cashInLieu 500 ; pos=10 basis=10000 realised=0 cash=990000 equity=1000000
      """
    ),
    (
      "a reverse split of a short charges the fraction",
      """
      profile shares=105
      100/101/99/100 1000 short |
      100/101/99/100 1000 | sell 105@100
      split 1:10 | cashInLieu -500 ; pos=-10 basis=-10000 realised=0
      """
    ),
    (
      "a reverse split that leaves less than a lot closes the position and what protected it",
      """
      profile shares=5 sl=5%
      100/101/99/100 1000 long |
      100/101/99/100.5 1000 | buy 5@100
      split 1:10 | cancel replaced 5 ; cashInLieu 502.5 ; pos=0 basis=0 realised=2.5 orders=0
      """
    ),
    (
      "FIFO lots keep their basis through splits; the fraction comes off the newest",
      """
      profile lots=fifo shares=100
      100/101/99/100 1000 long*0.5 |
      100/101/99/100 1000 long*0.55 | buy 50@100
      110/111/109/110 1000 long*0.58 | buy 5@110
      120/121/119/120 1000 | buy 3@120 ; lots=3 basis=5910
      split 1:10 | cashInLieu 960 ; pos=5 lots=1 basis=5000 realised=50
      """
    ),
    (
      "a dividend pays the long and charges the short",
      """
      100/101/99/100 1000 long |
      100/101/99/100 1000 short | buy 100@100
      dividend 0.5 | dividend 50 ; cash=990050 equity=1000000
      100/101/99/100 1000 | sell 200@100
      dividend 0.5 | dividend -50 ; equity=1000050
      """
    ),
    (
      "a dividend of nothing held is nothing",
      """
      100/101/99/100 1000 |
      dividend 0.5 | cash=1000000
      """
    ),
    (
      "equity is marked when a UTC day has ended, midnight belonging to the day before, and at the end",
      """
      step 12h from 2024-01-05T00:00:00Z
      100/101/99/100 1000 long |
      100/101/99/101 1000 | buy 100@100
      100/121/99/120 1000 | marks=1000100 markedAt=2024-01-06T00:00:00Z
      end | marks=1002000 markedAt=2024-01-06T12:00:00Z
      """
    ),
    (
      "a timer ends a day as well",
      """
      step 12h from 2024-01-05T00:00:00Z
      100/101/99/100 1000 |
      timer @2024-01-06T12:00:00Z | marks=1000000 markedAt=2024-01-05T12:00:00Z
      """
    ),
    (
      "fees by share: the minimum is an order's, over all its fills, and the cap a fill's",
      """
      profile volume=10% fees=share:0.01,1,0
      100/101/99/100 1000 long |
      100/101/99/100 500 | buy 50@100 ; fee=1
      100/101/99/100 400 | buy 40@100 ; fee=0
      100/101/99/100 400 | buy 10@100 ; fee=0 feesPaid=1
      """
    ),
    (
      "fees by share above the minimum count each unit once",
      """
      profile volume=10% fees=share:0.015,1,0
      100/101/99/100 1000 long |
      100/101/99/100 500 | buy 50@100 ; fee=1
      100/101/99/100 500 | buy 50@100 ; fee=0.5 cash=989998.5
      """
    ),
    (
      "fees by share never exceed their share of the notional; what the cap left is charged later",
      """
      profile volume=10% fees=share:0.005,1,1%
      1/1.1/0.9/1 1000 long |
      1/1.1/0.9/1 500 | buy 50@1 ; fee=0.5
      1/1.1/0.9/1 500 | buy 50@1 ; fee=0.5
      """
    ),
    (
      "fees by share of the notional",
      """
      profile fees=notional:0.1%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100 ; fee=10
      """
    ),
    (
      "tiers go by what was traded before, and by the liquidity side",
      """
      profile type=limit limit=100 fees=tiers:0,-0.01%,0.1%;9900,-0.02%,0.05%
      100/101/99/100 1000 long |
      100/101/98/100 1000 flat | buy 100@99 ; fee=-0.99
      100/101/99/100 1000 | sell 100@100 ; fee=5
      """
    ),
    (
      "average cost: a part takes its share of the basis",
      """
      100/101/99/100 1000 long*0.5 |
      100/101/99/100 1000 long | buy 50@100
      110/111/109/110 1000 long*0.4 | buy 50@110 ; basis=10500
      120/121/119/120 1000 | sell 60@120 ; basis=4200 realised=900 unrealised=600
      """
    ),
    (
      "FIFO: the oldest units go first",
      """
      profile lots=fifo
      100/101/99/100 1000 long*0.5 |
      100/101/99/100 1000 long | buy 50@100
      110/111/109/110 1000 long*0.4 | buy 50@110 ; lots=2
      120/121/119/120 1000 | sell 60@120 ; basis=4400 realised=1100 lots=1
      """
    ),
    (
      "a duplicate and a late bar are dropped with an alert and nothing else",
      """
      profile type=limit limit=500
      step 60s from 2024-01-02T00:00:00Z
      100/101/99/100 1000 |
      100/101/99/100 1000 long |
      90/91/89/90 1000 @= long | alert duplicateBar ; pos=0 orders=1 equity=1000000
      90/91/89/90 1000 @2024-01-02T00:00:30Z for=90s | alert outOfOrderBar ; pos=0 orders=1
      90/91/89/90 1000 @2024-01-02T00:02:00Z | buy 100@90
      """
    ),
    (
      "a jump of the price is told, a journaled split is none",
      """
      100/101/99/100 1000 |
      59/60/58/59 1000 | alert priceJump
      60/61/59/60 1000 |
      103/104/102/103 1000 | alert priceJump
      split 2:1 |
      51/52/50/51 1000 |
      """
    ),
  ]

  @Test("the account moves by its rules alone", arguments: tables)
  func account(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }
}
