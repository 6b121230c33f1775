import Testing

/// Goal: groups of orders and amendments, hand-checked.
@Suite("Groups and amendments")
struct OrderGroupTests {
  static let tables: [(name: String, table: String)] = [
    (
      "one cancels the other: a limit below and a stop above, whichever comes first",
      """
      profile type=limit limit=200 or=stop:0:200
      100/101/99/100 1000 long | intent=buy:limit:100:98,buy:stop:100:102 orders=2
      100/103/99/102 1000 | buy 100@102 ; cancel siblingDone 100 ; orders=0 pos=100
      100/101/97/98 1000 |
      """
    ),
    (
      "what one fills in part is taken off the other",
      """
      profile type=limit limit=100 or=stop:0:200 volume=3%
      100/101/99/100 1000 long |
      100/101/98.5/100 1000 | buy 30@99 ; reduce siblingFilled 70
      102/103/101/102 1000 | buy 30@102 ; reduce siblingFilled 40 ; pos=60
      """
    ),
    (
      "a bar that touches both fills one alone: the stop, which is worse",
      """
      profile type=limit limit=200 or=stop:0:200
      100/101/99/100 1000 long |
      100/103/97/100 1000 | buy 100@102 ; cancel siblingDone 100
      """
    ),
    (
      "the worst case counts a group once",
      """
      profile type=limit limit=200 or=stop:0:200 gross=10000
      instrument A
      instrument B
      A 100/101/99/100 1000 long & |
      B 10/10.1/9.9/10 1000 @= long | risk=passed:withinLimits:100,qtyCappedToZero:grossCap:0 orders=2,0
      """
    ),
    (
      "a bracket: the entry's fill places stop and target, and what one of them fills is taken off the other",
      """
      profile type=limit limit=100 sl=2% tp=3% volume=5%
      100/101/99/100 1000 long |
      100/101/98.5/100 2000 | buy 100@99 ; orders=2
      102/103/101.5/102 1000 | sell 50@102 ; reduce siblingFilled 50
      97/98/96/97 1000 | sell 50@97 ; cancel siblingDone 50 ; pos=0
      """
    ),
    (
      "a newer signal amends the order that works: the chain of ids, what it filled and what it paid go on",
      """
      profile type=limit limit=100 replace=amend volume=3% fees=share:0,5,0
      100/101/99/100 1000 long |
      100/101/98.5/100 1000 long*0.5 | buy 30@99 ; cancel replaced 70 ; amend 30 20 ; fee=5 intent=buy:limit:20:99
      100/101/98.5/100 1000 | buy 20@99 ; fee=0 pos=50
      """
    ),
    (
      "where sizes follow every bar, the order that works is changed to what is wanted by now",
      """
      profile type=limit limit=500 replace=amend rebalance=yes notional=10000 volume=3%
      100/101/99/100 1000 long | intent=buy:limit:100:95
      96/97/94.5/96 1000 | buy 30@95 ; cancel replaced 70 ; amend 30 74 ; intent=buy:limit:74:91
      96/97/95/96 1000 |
      92/93/91.5/92 1000 | cancel replaced 74 ; amend 30 78 ; intent=buy:limit:78:87
      """
    ),
    (
      "not for less than the band",
      """
      profile type=limit limit=1000 replace=amend rebalance=yes notional=10000 band=5%
      100/101/99/100 1000 long | intent=buy:limit:100:90
      99/99/97/98 1000 |
      95/96/93/94 1000 | cancel replaced 100 ; amend 0 106 ; intent=buy:limit:106:84
      """
    ),
    (
      "and without sizes that follow, or without amending, an order works on as it was sent",
      """
      profile type=limit limit=500 rebalance=yes notional=10000
      100/101/99/100 1000 long | intent=buy:limit:100:95
      96/97/95.5/96 1000 | orders=1
      """
    ),
    (
      "an order of which nothing more is wanted is taken back",
      """
      profile type=limit limit=100 replace=amend rebalance=yes notional=10000 volume=3%
      100/101/99/100 1000 long | intent=buy:limit:100:99
      100/101/98.5/100 3000 | buy 90@99
      100/112/99.5/111 1000 | cancel replaced 10 ; orders=0 pos=90
      """
    ),
    (
      "an order of the other side is no amendment",
      """
      profile type=limit limit=100 replace=amend
      100/101/99/100 1000 long |
      100/101/99.5/100 1000 short | cancel replaced 100 ; intent=sell:limit:100:101
      """
    ),
    (
      "an amended order keeps its place where it asks for no other price and no more: it makes",
      """
      profile type=limit limit=100 replace=amend
      100/101/99/100 1000 long |
      100/101/99.5/100 1000 long*0.5 | cancel replaced 100 ; amend 0 50
      98/99/97/98 1000 | buy 50@98 ; side=maker
      """
    ),
  ]

  @Test("do what they say", arguments: tables)
  func table(_ table: (name: String, table: String)) throws { try check(table.table) }
}
