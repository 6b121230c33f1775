import Testing

/// Goal: how orders end other than by one whole fill: time in force, volume, replacement, the run's end. Hand-checked.
@Suite("Life of an order")
struct LifeOfOrderTests {
  static let tables: [(name: String, table: String)] = [
    (
      "DAY expires when New York closes",
      """
      profile type=limit limit=500 tif=day
      instrument A calendar=xnys
      step 30m from 2024-03-05T19:30:00Z
      100/101/99/100 1000 long | expires=2024-03-05T21:00:00Z
      100/101/99/100 1000 |
      100/101/99/100 1000 |
      90/91/89/90 1000 @2024-03-06T14:30:00Z | expire 100 ; pos=0
      """
    ),
    (
      "DAY expires at the early close before Independence Day",
      """
      profile type=limit limit=500 tif=day
      instrument A calendar=xnys
      step 30m from 2024-07-03T16:00:00Z
      100/101/99/100 1000 long | expires=2024-07-03T17:00:00Z
      100/101/99/100 1000 |
      90/91/89/90 1000 @2024-07-03T17:00:00Z | expire 100
      """
    ),
    (
      "DAY given at the close lives through the next session",
      """
      profile type=limit limit=500 tif=day
      instrument A calendar=xnys
      step 30m from 2024-07-03T16:30:00Z
      100/101/99/100 1000 long | expires=2024-07-05T20:00:00Z
      90/91/89/90 1000 @2024-07-05T13:30:00Z | buy 100@90
      """
    ),
    (
      "DAY ends at midnight UTC where trading never stops; GTC doesn't",
      """
      profile type=limit limit=500 tif=day
      step 1h from 2024-01-05T22:00:00Z
      100/101/99/100 1000 long | expires=2024-01-06T00:00:00Z
      100/101/99/100 1000 |
      90/91/89/90 1000 | expire 100
      """
    ),
    (
      "DAY expires when CME's currency futures break at 16:00 in Chicago, not at midnight",
      """
      profile type=limit limit=500 tif=day
      instrument A calendar=cme_fx
      step 30m from 2024-03-05T21:00:00Z
      100/101/99/100 1000 long | expires=2024-03-05T22:00:00Z
      100/101/99/100 1000 |
      90/91/89/90 1000 @2024-03-05T23:00:00Z | expire 100
      """
    ),
    (
      "DAY given on Sunday evening lives to the end of Monday's spot currencies, over a change of the clock",
      """
      profile type=limit limit=500 tif=day
      instrument A calendar=fx
      step 30m from 2024-03-10T21:30:00Z
      100/101/99/100 1000 long | expires=2024-03-11T21:00:00Z
      90/91/89/90 1000 @2024-03-11T20:30:00Z | buy 100@90
      """
    ),
    (
      "GTC rests over days",
      """
      profile type=limit limit=500 tif=gtc
      step 1d from 2024-01-05T00:00:00Z
      100/101/99/100 1000 long |
      100/101/99/100 1000 |
      100/101/99/100 1000 |
      90/91/89/90 1000 | buy 100@90
      """
    ),
    (
      "IOC: what the first bar doesn't fill lapses; filled whole it is done",
      """
      profile tif=ioc volume=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 50@100 ; cancel immediateRemainder 50
      100/101/99/100 1000 long |
      100/101/99/100 2000 | buy 50@100 ; pos=100 orders=0
      """
    ),
    (
      "IOC limit that isn't touched lapses whole",
      """
      profile type=limit limit=100 tif=ioc
      100/101/99/100 1000 long |
      100/101/99.5/100 1000 | cancel immediateRemainder 100
      90/91/89/90 1000 |
      """
    ),
    (
      "IOC stop waits for its trigger and has one bar from then",
      """
      profile type=stop stop=500 tif=ioc volume=5%
      100/101/99/100 1000 long |
      100/101/99/100 1000 |
      103/106/102/104 1000 | buy 50@105 ; cancel immediateRemainder 50
      """
    ),
    (
      "FOK fills whole or not at all",
      """
      profile tif=fok volume=5%
      100/101/99/100 1000 long |
      100/101/99/100 1999 | cancel notFillableWhole 100 ; pos=0
      100/101/99/100 1000 long |
      100/101/99/100 2000 | buy 100@100
      """
    ),
    (
      "FOK limit that isn't touched is killed",
      """
      profile type=limit limit=100 tif=fok
      100/101/99/100 1000 long |
      100/101/99.5/100 1000 | cancel notFillableWhole 100
      """
    ),
    (
      "a large order fills bar by bar within its share of the volume",
      """
      profile volume=10%
      100/101/99/100 1000 long |
      101/102/100/101 305 | buy 30@101 ; orders=1
      102/103/101/102 500 | buy 50@102
      103/104/102/103 1000 | buy 20@103 ; pos=100 orders=0 basis=10190
      """
    ),
    (
      "two orders of one bar share its volume, the older one first",
      """
      profile volume=10% tp=5%
      100/101/99/100 1000 long |
      100/101/99/100 500 | buy 50@100
      100/101/99/100 500 | buy 50@100 ; orders=2
      104/106/103/105 600 | sell 50@105 ; sell 10@105 ; pos=40
      106/107/105/106 1000 | sell 40@106 ; pos=0 orders=0
      """
    ),
    (
      "a bar without volume fills nothing, unless volume is ignored",
      """
      profile volume=100%
      100/101/99/100 1000 long |
      102/102/102/102 0 |
      103/104/102/103 1000 | buy 100@103
      """
    ),
    (
      "where volume is ignored any bar fills everything",
      """
      profile volume=0
      100/101/99/100 1000 long |
      102/102/102/102 0 | buy 100@102
      """
    ),
    (
      "a share of the volume that makes no lot fills nothing",
      """
      profile volume=10%
      100/101/99/100 1000 long |
      100/101/99/100 9 |
      100/101/99/100 10 | buy 1@100
      """
    ),
    (
      "an order working when the run ends is cancelled, a decision on the last bar too",
      """
      profile type=limit limit=500
      100/101/99/100 1000 |
      100/101/99/100 1000 long | orders=1
      end | cancel runEnded 100 ; orders=0
      """
    ),
    (
      "a newer signal replaces what an older one left working, and what the gate refuses only cancels",
      """
      profile type=limit limit=500 short=no
      100/101/99/100 1000 long |
      101/102/100/101 1000 long | cancel replaced 100 ; intent=buy:limit:100:96
      101/102/100/101 1000 short | cancel replaced 100 ; risk=qtyCappedToZero:shortNotAllowed:0
      90/91/89/90 1000 | pos=0
      """
    ),
    (
      "what only closes goes at market until it is done, whatever the profile's type and time in force",
      """
      profile type=limit limit=-100 tif=ioc volume=10%
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 100@100 ; intent=sell:market:100
      95/96/94/95 500 | sell 50@95 ; orders=1
      95/96/94/95 0 |
      94/95/93/94 500 | sell 50@94 ; pos=0
      """
    ),
    (
      "a flip goes through zero in one order",
      """
      100/101/99/100 1000 long |
      100/101/99/100 1000 short | buy 100@100 ; intent=sell:market:200
      110/111/109/110 1000 long | sell 200@110 ; pos=-100 basis=-11000 realised=1000
      105/106/104/105 1000 | buy 200@105 ; pos=100 basis=10500 realised=1500 cash=991000
      """
    ),
    (
      "no order fills on a bar that opened before its decision was known",
      """
      instrument A
      instrument B
      step 60s from 2024-01-02T00:00:00Z
      A 100/101/99/100 1000 & |
      B 50/51/49/50 1000 |
      A 100/101/99/100 1000 long & |
      B 50/51/49/50 1000 long |
      B 40/41/39/40 1000 @2024-01-02T00:01:30Z for=60s | pos=0,0
      A 102/103/101/102 1000 @2024-01-02T00:02:00Z for=60s & | A buy 100@102
      B 51/52/50/51 1000 @2024-01-02T00:02:00Z for=60s | B buy 100@51
      """
    ),
    (
      "instruments of one instant decide when all of them are known",
      """
      instrument A
      instrument B
      A 100/101/99/100 1000 long & | orders=0,0
      B 50/51/49/50 1000 | orders=1,0
      A 100/101/99/100 1000 & | A buy 100@100
      B 50/51/49/50 1000 |
      """
    ),
    (
      "a slot that its feed never closed decides before time goes on",
      """
      instrument A
      instrument B
      step 60s from 2024-01-02T00:00:00Z
      A 100/101/99/100 1000 long & | orders=0,0
      B 50/51/49/50 1000 @2024-01-02T00:01:00Z & | orders=1,0
      A 101/102/100/101 1000 @2024-01-02T00:01:00Z | A buy 100@101
      """
    ),
  ]

  @Test("orders live and end as their time in force, the volume and the signals say", arguments: tables)
  func life(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }
}
