import Testing

/// Goal: each numbered fill condition of `FillCondition`, hand-checked, both sides. A decision falls on the close of the bar that
/// carries the target; offsets count ticks of 0.01 from that close of 100.
@Suite("Fill conditions")
struct FillRuleTests {
  static let tables: [(name: String, table: String)] = [
    (
      "1 a market order fills at the next open, on both sides",
      """
      100/101/99/100 1000 long | orders=1 risk=passed:withinLimits:100 intent=buy:market:100
      102/104/101/103 1000 flat | buy 100@102 ; rule=marketAtOpen side=taker pos=100 cash=989800
      99/100/98/99 1000 short | sell 100@99 ; pos=0 realised=-300
      98/99/97/98 1000 | sell 100@98 ; pos=-100 cash=1009500
      """
    ),
    (
      "2 a limit buy: untouched rests, touched fills at its price, a gap improves it",
      """
      profile type=limit limit=100
      100/101/99/100 1000 long | intent=buy:limit:100:99
      100/101/99.01/100 1000 |
      100/101/99/100.5 1000 | buy 100@99 ; rule=limitTouched side=maker
      """
    ),
    (
      "2 a limit buy in a gap fills at the better open, taking where it never rested and making where it did",
      """
      profile type=limit limit=100
      100/101/99/100 1000 long |
      97/101/96/100 1000 flat | buy 100@97 ; rule=limitGapAtOpen side=taker
      100/101/99/100 1000 long | sell 100@100
      100/101/99.5/100 1000 |
      98/98.5/97/98 1000 | buy 100@98 ; side=maker
      """
    ),
    (
      "2 a limit sell mirrors it",
      """
      profile type=limit limit=100
      100/101/99/100 1000 short | intent=sell:limit:100:101
      100/100.99/99/100 1000 |
      100/101/99/100 1000 | sell 100@101 ; rule=limitTouched pos=-100
      """
    ),
    (
      "2 a limit sell in a gap fills at the better open",
      """
      profile type=limit limit=100
      100/101/99/100 1000 short |
      103/104/102/103 1000 | sell 100@103 ; rule=limitGapAtOpen
      """
    ),
    (
      "3 a stop buy: untouched rests, touched fills at its price",
      """
      profile type=stop stop=500
      100/101/99/100 1000 long | intent=buy:stop:100:105
      100/104.99/99/104 1000 |
      103/105/102/104 1000 | buy 100@105 ; rule=stopTouched side=taker
      """
    ),
    (
      "3 a stop in a gap fills at the worse open, on both sides",
      """
      profile type=stop stop=500
      100/101/99/100 1000 long |
      108/110/107/108 1000 flat | buy 100@108 ; rule=stopGapAtOpen
      100/101/99/100 1000 short | sell 100@100 ; intent=sell:stop:100:95
      92/93/91/92 1000 | sell 100@92 ; rule=stopGapAtOpen
      """
    ),
    (
      "3 a stop sell touched inside fills at its price",
      """
      profile type=stop stop=500
      100/101/99/100 1000 short |
      97/98/95/96 1000 | sell 100@95 ; rule=stopTouched
      """
    ),
    (
      "3 what the trigger bar's volume left of a stop is a market order from the next bar on",
      """
      profile type=stop stop=500 volume=5%
      100/101/99/100 1000 long |
      103/105/102/103 1000 | buy 50@105
      100/101/99/100 1000 | buy 50@100 ; rule=marketAtOpen pos=100
      """
    ),
    (
      "4 a stop-limit whose limit allows the stop fills at the stop",
      """
      profile type=stoplimit stop=500 limit=-100
      100/101/99/100 1000 long | intent=buy:stopLimit:100:106:105
      100/104/99/100 1000 |
      103/107/102/104 1000 | buy 100@105 ; rule=stopLimitTouched side=taker
      """
    ),
    (
      "4 a stop-limit triggered at the open fills there where the limit allows it",
      """
      profile type=stoplimit stop=500 limit=-100
      100/101/99/100 1000 long |
      105.5/107/105/106 1000 | buy 100@105.5 ; rule=stopLimitAtOpen
      """
    ),
    (
      "4 a stop-limit triggered beyond its limit at the open fills at the limit when the bar comes back",
      """
      profile type=stoplimit stop=500 limit=-100
      100/101/99/100 1000 long |
      108/110/105.5/109 1000 | buy 100@106 ; rule=stopLimitTouched side=maker
      """
    ),
    (
      "4 a stop-limit triggered beyond its limit rests as a limit order",
      """
      profile type=stoplimit stop=500 limit=-100
      100/101/99/100 1000 long |
      108/110/107/109 1000 |
      107/108/106.01/107 1000 |
      106.5/107/105/106 1000 | buy 100@106 ; rule=stopLimitTouched side=maker
      """
    ),
    (
      "4 a triggered stop-limit is improved by a gap in its favour",
      """
      profile type=stoplimit stop=500 limit=-100
      100/101/99/100 1000 long |
      108/110/107/109 1000 |
      103/104/102/103 1000 | buy 100@103 ; rule=stopLimitAtOpen side=maker
      """
    ),
    (
      "4 a stop-limit with its limit short of the stop fills only where the close proves that the price came back",
      """
      profile type=stoplimit stop=500 limit=100
      100/101/99/100 1000 long | intent=buy:stopLimit:100:104:105
      104.5/106/103/103.5 1000 | buy 100@104 ; side=maker
      """
    ),
    (
      "4 without that proof it rests, although the bar's low was below the limit",
      """
      profile type=stoplimit stop=500 limit=100
      100/101/99/100 1000 long |
      104.5/106/103/105 1000 |
      104.5/105/104/105 1000 | buy 100@104
      """
    ),
    (
      "4 a stop-limit sell mirrors it",
      """
      profile type=stoplimit stop=500 limit=-100
      100/101/99/100 1000 short | intent=sell:stopLimit:100:94:95
      92/94/91/93 1000 | sell 100@94 ; pos=-100
      """
    ),
    (
      "5 slippage never leaves the bar and never passes a limit",
      """
      profile slip=ticks:300
      100/101/99/100 1000 long |
      100/102/99/100 1000 flat | buy 100@102 ; slippage=2
      100/101/99/100 1000 | sell 100@99 ; slippage=1
      """
    ),
    (
      "5 a marketable limit order slips to its limit at most",
      """
      profile type=limit limit=-10 slip=ticks:30
      100/101/99/100 1000 long | intent=buy:limit:100:100.1
      100/101/99/100 1000 | buy 100@100.1 ; slippage=0.1 side=taker
      """
    ),
    (
      "5 a stop-limit slips to its limit at most",
      """
      profile type=stoplimit stop=500 limit=-10 slip=ticks:30
      100/101/99/100 1000 long |
      103/107/102/104 1000 | buy 100@105.1 ; slippage=0.1
      """
    ),
    (
      "slippage in ticks, as a share of the price and of the range, in whole ticks to the worse",
      """
      profile slip=ticks:3
      100/101/99/100 1000 long |
      100/102/98/100 1000 | buy 100@100.03 ; slippage=0.03
      """
    ),
    (
      "slippage as a share of the price is rounded up to ticks",
      """
      profile slip=price:0.011%
      100/101/99/100 1000 long |
      100/102/98/100 1000 flat | buy 100@100.02
      100/102/98/100 1000 | sell 100@99.98
      """
    ),
    (
      "slippage as a share of the range",
      """
      profile slip=range:10%
      100/101/99/100 1000 long |
      100/102/98/100 1000 | buy 100@100.4
      """
    ),
    (
      "a resting limit doesn't slip",
      """
      profile type=limit limit=100 slip=ticks:5
      100/101/99/100 1000 long |
      100/101/98/100 1000 | buy 100@99 ; slippage=0
      """
    ),
    (
      "offsets are rounded to ticks: a buy limit down, a sell limit up, stops towards the price",
      """
      profile type=limit limit=1
      instrument A tick=0.25
      100/101/99/100.1 1000 long | intent=buy:limit:100:99.75
      100/101/99.8/100.1 1000 short | cancel replaced 100 ; intent=sell:limit:100:100.5
      """
    ),
  ]

  @Test("the venue fills by its numbered conditions", arguments: tables)
  func condition(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }
}
