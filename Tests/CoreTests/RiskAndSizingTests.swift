import Testing

/// Goal: every reason of the risk gate, every way of sizing, several strategies, the operator's commands. Hand-checked.
@Suite("Risk gate and sizing")
struct RiskAndSizingTests {
  static let tables: [(name: String, table: String)] = [
    ("within limits", "100/101/99/100 1000 long | risk=passed:withinLimits:100"),
    (
      "already there",
      """
      100/101/99/100 1000 long |
      100/101/99/100 1000 long | buy 100@100 ; risk=refused:alreadyThere:0
      """
    ),
    (
      "confidence below the minimum leaves working orders and what was wanted alone",
      """
      profile minconf=0.5 type=limit limit=500
      100/101/99/100 1000 long?0.5 | risk=passed:withinLimits:100
      100/101/99/100 1000 flat?0.499999 | risk=refused:confidenceBelowMinimum:0 orders=1
      """
    ),
    (
      "order quantity cap",
      """
      profile maxorder=30
      100/101/99/100 1000 long | risk=cut:orderQuantityCap:30
      """
    ),
    (
      "an order cap never keeps anyone in a position",
      """
      profile maxorder=60 maxvalue=5000
      100/101/99/100 1000 long | risk=cut:orderNotionalCap:50
      100/101/99/100 1000 long | buy 50@100 ; risk=passed:withinLimits:50
      120/121/119/120 1000 short | buy 50@120 ; risk=cut:orderQuantityCap:-100
      """
    ),
    (
      "position cap",
      """
      profile maxpos=70
      100/101/99/100 1000 long | risk=cut:positionCap:70
      100/101/99/100 1000 long | buy 70@100 ; risk=qtyCappedToZero:positionCap:0
      100/101/99/100 1000 short | risk=cut:positionCap:-140
      """
    ),
    (
      "order notional cap",
      """
      profile maxvalue=2550
      100/101/99/100 1000 long | risk=cut:orderNotionalCap:25
      """
    ),
    (
      "short not allowed: the closing part passes",
      """
      profile short=no
      100/101/99/100 1000 short | risk=qtyCappedToZero:shortNotAllowed:0
      100/101/99/100 1000 long |
      100/101/99/100 1000 short | buy 100@100 ; risk=cut:shortNotAllowed:-100
      100/101/99/100 1000 | sell 100@100 ; pos=0
      """
    ),
    (
      "insufficient cash, whole lots of what there is",
      """
      profile cash=2550 pay=yes
      instrument A lot=10
      100/101/99/100 1000 long | risk=cut:insufficientCash:20
      100/101/99/100 1000 long | buy 20@100 ; risk=qtyCappedToZero:insufficientCash:0
      """
    ),
    (
      "what other instruments' working buys may spend isn't there twice",
      """
      profile cash=15000 pay=yes
      instrument A
      instrument B
      A 100/101/99/100 1000 long & |
      B 100/101/99/100 1000 long | risk=passed:withinLimits:100,cut:insufficientCash:50
      """
    ),
    (
      "buying back a short comes first out of the same cash",
      """
      profile cash=10000 pay=yes shares=200
      100/101/99/100 1000 short*0.5 |
      100/101/99/100 1000 long | sell 100@100 ; cash=20000 risk=cut:insufficientCash:200
      100/101/99/100 1000 | buy 200@100 ; cash=0 pos=100
      """
    ),
    (
      "below one lot",
      """
      profile maxorder=9
      instrument A lot=10
      100/101/99/100 1000 long | risk=qtyCappedToZero:orderQuantityCap:0
      """
    ),
    (
      "a size below one lot asks for nothing",
      """
      profile notional=99
      100/101/99/100 1000 long | risk=refused:alreadyThere:0
      """
    ),
    (
      "halted: no new order, what works stays; resumed: orders again; cancelAll: all of them end",
      """
      profile type=limit limit=500
      100/101/99/100 1000 long |
      halt | orders=1
      100/101/99/100 1000 long | risk=refused:halted:0 orders=1
      resume |
      100/101/99/100 1000 long | cancel replaced 100 ; risk=passed:withinLimits:100 orders=1
      cancelAll | cancel operatorCommand 100 ; orders=0
      90/91/89/90 1000 | pos=0
      """
    ),
    (
      "a halt lets working orders fill",
      """
      100/101/99/100 1000 long |
      halt |
      100/101/99/100 1000 | buy 100@100
      """
    ),
    (
      "historical bars never order and never fill",
      """
      profile type=limit limit=500
      100/101/99/100 1000 long hist | risk=refused:historicalBar:0 orders=0
      100/101/99/100 1000 long |
      90/91/89/90 1000 hist | orders=1
      92/93/91/92 1000 | buy 100@92
      """
    ),
    (
      "size in shares, by strength, in whole lots towards zero",
      """
      instrument A lot=10
      100/101/99/100 1000 long*0.55 | risk=passed:withinLimits:50
      100/101/99/100 1000 short*0.19 | buy 50@100 ; risk=passed:withinLimits:-60
      """
    ),
    (
      "size by notional at the last close, with its multiplier",
      """
      profile notional=10050
      instrument A mult=10
      100/101/99/100 1000 long | risk=passed:withinLimits:10
      """
    ),
    (
      "size by share of equity at the last close",
      """
      profile cash=10000 equity=50%
      100/101/99/100 1000 long | risk=passed:withinLimits:50
      110/121/109/120 1000 long | buy 50@110 ; equity=10500 risk=passed:withinLimits:-7
      """
    ),
    (
      "no equity is left to take a share of: a long target closes",
      """
      profile cash=1000 equity=1000%
      100/101/99/100 1000 long | risk=passed:withinLimits:100
      100/101/80/85 1000 long | buy 100@100 ; equity=-500 risk=passed:withinLimits:-100
      80/81/79/80 1000 | sell 100@80 ; cash=-1000
      """
    ),
    (
      "money buys no finite size at a price of zero or below",
      """
      profile notional=1000
      1/1/0/0 1000 long | risk=refused:alreadyThere:0
      -1/0/-2/-1 1000 long | risk=refused:alreadyThere:0
      """
    ),
    (
      "shares can be bought at negative prices, and cost no cash",
      """
      profile pay=yes cash=10
      -1/0/-2/-1 1000 long | risk=passed:withinLimits:100
      -2/-1/-3/-2 1000 | buy 100@-2 ; cash=210 basis=-200 equity=10
      """
    ),
    (
      "several strategies add up, flat cancels out, in the profile's order",
      """
      100/101/99/100 1000 0:long 1:long*0.5 | cancel replaced 100 ; risk=passed:withinLimits:100,passed:withinLimits:150
      100/101/99/100 1000 0:flat | buy 150@100 ; risk=passed:withinLimits:-100
      100/101/99/100 1000 1:short*0.5 | sell 100@100 ; risk=passed:withinLimits:-100
      100/101/99/100 1000 0:long*0.5 | sell 100@100 ; pos=-50 risk=passed:withinLimits:50
      100/101/99/100 1000 | buy 50@100 ; pos=0
      """
    ),
    (
      "the largest position is a limit with a name",
      """
      profile shares=9000000000
      instrument A mult=1000000
      100/101/99/100 1000 long | risk=passed:withinLimits:4000
      """
    ),
  ]

  @Test("the gate decides by its checks and says which", arguments: tables)
  func gate(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }
}
