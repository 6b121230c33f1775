import Testing

/// Goal: each order type, hour and time in force beyond the plain ones, hand-checked. A decision falls on the close of the bar that carries the target;
/// offsets count ticks of 0.01 from that close of 100; numbers are those of `FillCondition`.
@Suite("Order types")
struct OrderTypeTests {
  static let tables: [(name: String, table: String)] = [
    (
      "6 a market-if-touched buy: untouched rests, touched fills at its trigger with slippage, a gap at the open",
      """
      profile type=marketiftouched stop=100 slip=ticks:2
      100/101/99/100 1000 long | intent=buy:marketIfTouched:100:99
      100/101/99.01/100 1000 |
      100/101/98/100.5 1000 flat | buy 100@99.02 ; rule=ifTouched side=taker
      100/101/99/100 1000 short | sell 100@99.98
      102/103/101.5/102 1000 | sell 100@101.98 ; rule=ifTouchedAtOpen
      """
    ),
    (
      "7 a limit-if-touched buy fills at its trigger where the limit allows it",
      """
      profile type=limitiftouched stop=100 limit=-50 slip=ticks:80
      100/101/99/100 1000 long | intent=buy:limitIfTouched:100:99.5:99
      100/101/98/100 1000 | buy 100@99.5 ; rule=ifTouched
      """
    ),
    (
      "7 a limit beyond the trigger: touched, it rests as a limit order",
      """
      profile type=limitiftouched stop=100 limit=100
      100/101/99/100 1000 long | intent=buy:limitIfTouched:100:98:99
      100/101/98.5/100 1000 | orders=1
      99.5/101/99/100 1000 |
      100/101/97/100 1000 | buy 100@98 ; rule=limitTouched side=maker
      """
    ),
    (
      "8 a trailing sell follows the highs, is tested with the level of the bars before, and fills at it",
      """
      profile tsl=5
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      105/110/104/106 1000 |
      106/107/104/105 1000 | sell 100@105 ; rule=trailTouched side=taker pos=0
      """
    ),
    (
      "8 a bar that closes beyond the level that its own high set has crossed it: at the bar's worst price",
      """
      profile tsl=5
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      105/112/103/106 1000 | sell 100@103 ; rule=trailProved
      """
    ),
    (
      "8 a bar that might have crossed it only does not fill it, and moves it",
      """
      profile tsl=5
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      105/112/103/108 1000 |
      106/107/105/106 1000 | sell 100@106 ; rule=trailGapAtOpen
      """
    ),
    (
      "8 a share of the price, on the tick that is further away; the open moves the level before the bar is looked at",
      """
      profile tsl=3.333%
      100/101/99/100 1000 long |
      100/100.5/99/100 1000 | buy 100@100 ; intent=sell:trailingStop:100:96.66
      200/200/193/199 1000 | alert priceJump ; sell 100@193.33 ; rule=trailTouched
      """
    ),
    (
      "8 the level never goes back",
      """
      profile tsl=5
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      104/104/103/103.5 1000 |
      101/101/99.5/100 1000 |
      100/100/98.5/99 1000 | sell 100@99
      """
    ),
    (
      "8 a trailing entry buys what turns, at its limit at most",
      """
      profile type=trailingstoplimit trail=2 limit=-10
      100/101/99/100 1000 long | intent=buy:trailingStopLimit:100:102.1:102
      99/99/95/96 1000 |
      96/96.5/95.5/96 1000 |
      96/97.5/96/97 1000 | buy 100@97 ; rule=stopLimitTouched
      """
    ),
    (
      "8 a trailing entry that gaps over its limit rests triggered",
      """
      profile type=trailingstoplimit trail=2 limit=-10
      100/101/99/100 1000 long |
      99/99/95/96 1000 |
      98/99/97.5/98 1000 | orders=1
      98/98/97/97.5 1000 | buy 100@97.1 ; rule=stopLimitTouched side=maker
      """
    ),
    (
      "9 an order for the opening waits for it, through bars before it, and fills at its price",
      """
      profile tif=day type=marketonopen
      instrument A calendar=xnys
      step 1800s from 2024-01-02T20:30:00Z
      100/101/99/100 1000 long | intent=buy:marketOnOpen:100 expires=2024-01-03T21:00:00Z
      90/91/89/90 1000 @2024-01-03T13:30:00Z |
      91/92/90/91 1000 @2024-01-03T14:00:00Z |
      103/104/102/103 1000 @2024-01-03T14:30:00Z | buy 100@103 ; rule=sessionOpen
      """
    ),
    (
      "9 a limit that the opening doesn't allow is over with it",
      """
      profile tif=day type=limitonopen limit=100 volume=10%
      instrument A calendar=xnys
      step 1800s from 2024-01-02T20:30:00Z
      100/101/99/100 1000 long |
      100/101/98/100 1000 @2024-01-03T14:30:00Z short | cancel auctionOver 100
      100/101/98/100 1000 @2024-01-04T14:30:00Z | cancel auctionOver 100
      """
    ),
    (
      "9 what the opening's volume left of an order is over with it",
      """
      profile tif=day type=marketonopen volume=5%
      instrument A calendar=xnys
      step 1800s from 2024-01-02T20:30:00Z
      100/101/99/100 1000 long |
      100/101/98/100 1000 @2024-01-03T14:30:00Z | buy 50@100 ; cancel auctionOver 50
      """
    ),
    (
      "9 an opening that no bar begins with can't be filled at, and is over at the close",
      """
      profile tif=day type=marketonopen
      instrument A calendar=xnys
      step 3600s from 2024-01-02T20:00:00Z
      100/101/99/100 1000 long |
      100/101/98/100 1000 @2024-01-03T14:00:00Z |
      100/101/98/100 1000 @2024-01-03T15:00:00Z |
      100/101/98/100 1000 @2024-01-03T21:00:00Z | expire 100
      """
    ),
    (
      "10 an order for the close fills at the last price of an early closing",
      """
      profile tif=day type=marketonclose
      instrument A calendar=xnys
      step 1800s from 2024-07-03T16:00:00Z
      100/101/99/100 1000 long | expires=2024-07-03T17:00:00Z
      100/105/99/104 1000 | buy 100@104 ; rule=sessionClose
      """
    ),
    (
      "10 a daily bar holds the whole session: its close is the session's",
      """
      profile tif=day type=limitonclose limit=-200 slip=ticks:500
      instrument A calendar=xnys
      step 23400s from 2024-01-02T14:30:00Z
      100/101/99/100 1000 long | intent=buy:limitOnClose:100:102
      103/105/101/101.5 1000 @2024-01-03T14:30:00Z | buy 100@102 ; rule=sessionClose
      """
    ),
    (
      "10 what follows from a close begins behind it: the stop of an entry there is not touched by the bar that is over",
      """
      profile tif=day type=marketonclose sl=1%
      100/101/99/100 1000 long |
      100/101/90/100 1000 @2024-01-02T23:59:00Z | buy 100@100 ; orders=1
      100/101/98/99 1000 | sell 100@99
      """
    ),
    (
      "a post-only order that would take is cancelled, one that can rest makes",
      """
      profile type=limit limit=100 post=yes
      100/101/99/100 1000 long |
      98/99/97/98 1000 flat | cancel wouldTake 100
      100/101/99/100 1000 long |
      100/101/98/99 1000 | buy 100@99 ; side=maker
      """
    ),
    (
      "an exit in the profile's words, reduce-only: it fills no more than is held and ends with the position",
      """
      profile exit=limit:100:reduce sl=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 100@100 ; intent=sell:stop:100:95,sell:limit:100:101
      100/100.5/94/95 1000 | sell 100@95 ; cancel siblingDone 100 ; pos=0
      """
    ),
    (
      "good till a date: alive on the bar before it, dead at it",
      """
      profile type=limit limit=500 tif=gtd life=120
      100/101/99/100 1000 long | expires=2024-01-02T00:03:00Z
      100/101/96/100 1000 |
      100/101/96/100 1000 |
      100/101/94/100 1000 | expire 100
      """
    ),
    (
      "an order for regular hours waits through the others",
      """
      profile hours=regular
      instrument A calendar=xnys
      step 1800s from 2024-01-02T20:30:00Z
      100/101/99/100 1000 long |
      90/91/89/90 1000 |
      91/92/90/91 1000 @2024-01-03T14:00:00Z |
      103/104/102/103 1000 @2024-01-03T14:30:00Z | buy 100@103
      """
    ),
    (
      "a day order for extended hours lives until post-market trading ends",
      """
      profile type=limit limit=500 hours=extended tif=day
      instrument A calendar=xnys
      step 1800s from 2024-01-02T20:30:00Z
      100/101/99/100 1000 long | expires=2024-01-03T01:00:00Z
      100/101/94/100 1000 | buy 100@95
      """
    ),
    (
      "a market-on-close exit: what only closes goes at the close",
      """
      profile exit=marketonclose
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 100@100 ; expires=2024-01-03T00:00:00Z
      100/101/99/100 1000 |
      100/102/99/101 1000 @2024-01-02T23:59:00Z | sell 100@101 ; pos=0
      """
    ),
    (
      "a split divides what a trailing stop stays behind",
      """
      profile tsl=5
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      split 2:1 | reduce split 200 ; reprice 48
      50/52/49/51 1000 |
      51/51/49/50 1000 | sell 200@49.5
      """
    ),
    (
      "a kill takes what waits for a close, and closes at market",
      """
      profile exit=marketonclose
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 100@100
      kill | kill flattening 1 1 ; cancel kill 100
      100/101/98/99 1000 | sell 100@100 ; kill flatAndHalted 0 0
      """
    ),
  ]

  @Test("behave as their rule says", arguments: tables)
  func table(_ table: (name: String, table: String)) throws { try check(table.table) }
}
