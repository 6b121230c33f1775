import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: each breaker trips at its threshold and not before, does what it is to do, and is armed again as it says and not otherwise. Hand-checked.
@Suite("Breakers")
struct BreakerTests {
  static let tables: [(name: String, table: String)] = [
    (
      "daily loss, realised: halts, and the next day arms it",
      """
      profile breaker=dailyLoss:account:500:halt:0:next
      step 1h from 2024-01-02T20:00:00Z
      100/101/99/100 1000 long |
      100/101/94/95 1000 flat | buy 100@100
      95/96/94/95 1000 long | sell 100@95 ; trip dailyLoss halt account ; state=account:halted risk=refused:halted:0
      95/96/94/95 1000 long | risk=refused:halted:0
      95/96/94/95 1000 long | rearm dailyLoss nextSession ; state=account:active risk=passed:withinLimits:100
      """
    ),
    (
      "daily loss is not tripped by what is open",
      """
      profile breaker=dailyLoss:account:500:halt
      100/101/99/100 1000 long |
      100/101/50/90 1000 | buy 100@100
      """
    ),
    (
      "daily loss with open positions, as a share of the day's opening equity",
      """
      profile cash=100000 breaker=dailyLossOpen:account:1%:reduceOnly
      100/101/99/100 1000 long |
      100/101/90/90.01 1000 | buy 100@100
      90/91/89/90 1000 | trip dailyLossOpen reduceOnly account ; state=account:reduceOnly
      90/91/89/90 1000 short | risk=cut:reduceOnly:-100
      """
    ),
    (
      "a breaker that flattens is a kill",
      """
      profile breaker=dailyLossOpen:account:1000:flatten:0:next
      step 1h from 2024-01-02T20:00:00Z
      100/101/99/100 1000 long |
      100/101/89/89 1000 | buy 100@100 ; trip dailyLossOpen flatten account ; kill flattening 1 0 ; state=account:halted
      88/89/87/88 1000 | sell 100@88 ; kill flatAndHalted 0 0
      88/89/87/88 1000 |
      88/89/87/88 1000 long | risk=refused:killed:0
      88/89/87/88 1000 long | risk=refused:killed:0
      resume | kill none 0 0 ; rearm dailyLossOpen operatorCommand ; state=account:active
      88/89/87/88 1000 long | risk=passed:withinLimits:100
      """
    ),
    (
      "loss of one symbol halts that one alone",
      """
      profile breaker=dailyLossOpen:symbol:500:halt
      instrument A
      instrument B
      A 100/101/99/100 1000 long & |
      B 100/101/99/100 1000 long |
      A 100/101/94/95 1000 & | A buy 100@100
      B 100/101/99/100 1000 | B buy 100@100 ; trip dailyLossOpen halt A ; state=A:halted
      A 95/96/94/95 1000 flat & |
      B 100/101/99/100 1000 flat | risk=refused:halted:0,passed:withinLimits:-100 scope=symbol,account
      rearm | rearm dailyLossOpen operatorCommand ; state=A:active
      """
    ),
    (
      "a symbol's breaker can close its position; the others go on",
      """
      profile breaker=dailyLossOpen:symbol:500:flatten
      instrument A
      instrument B
      A 100/101/99/100 1000 long & |
      B 100/101/99/100 1000 long |
      A 100/101/94/95 1000 & | A buy 100@100
      B 100/101/99/100 1000 | B buy 100@100 ; trip dailyLossOpen flatten A ; intent=sell:market:100
      A 95/96/94/95 1000 & | A sell 100@95
      B 100/101/99/100 1000 flat | pos=0,100 risk=passed:withinLimits:-100
      """
    ),
    (
      "loss of a strategy halts that one and closes its part",
      """
      profile breaker=dailyLossOpen:strategy:400:flatten
      100/101/99/100 1000 0:long 1:long*0.5 | cancel replaced 100
      100/101/94/95 1000 | buy 150@100 ; trip dailyLossOpen flatten strategy 0 ; intent=sell:market:100
      95/96/94/95 1000 0:long | sell 100@95 ; pos=50 risk=refused:halted:0
      """
    ),
    (
      "what closes a symbol works on whatever signals say, until it is closed; then it is armed",
      """
      profile breaker=reconciliation:symbol:1000000000:flatten volume=10%
      100/101/99/100 1000 long |
      100/101/94/95 1000 | buy 100@100
      differs 0 1 | trip reconciliation flatten A ; intent=sell:market:100
      95/96/94/95 400 long | sell 40@95 ; risk=refused:halted:0 orders=1
      rearm | rearm reconciliation operatorCommand ; orders=1
      95/96/94/95 0 long | risk=refused:halted:0 orders=1
      95/96/94/95 1000 long | sell 60@95 ; pos=0 state=A:active risk=passed:withinLimits:100
      95/96/94/95 1000 | buy 100@95 ; pos=100
      """
    ),
    (
      "what closes a strategy's part works on, and the others' orders count it as done",
      """
      profile breaker=dailyLossOpen:strategy:400:flatten volume=10%
      100/101/99/100 1000 0:long 1:long*0.5 | cancel replaced 100
      100/101/99/100 2000 | buy 150@100
      94/101/94/95 0 | trip dailyLossOpen flatten strategy 0 ; intent=sell:market:100
      95/96/94/95 0 1:long*0.5 0:long | risk=refused:halted:0,refused:alreadyThere:0 orders=1
      95/96/94/95 0 1:flat | risk=passed:withinLimits:-50 intent=sell:market:50 orders=2
      95/96/94/95 2000 | sell 100@95 ; sell 50@95 ; pos=0
      """
    ),
    (
      "a breaker's halt takes working orders back with its own reason",
      """
      profile breaker=predictionBounds:strategy:1:halt type=limit limit=500
      100/101/99/100 1000 long |
      100/101/99/100 1000 long?1.5 | alert predictionBounds ; trip predictionBounds halt strategy 0 ; cancel breaker 100
      """
    ),
    (
      "a halt of the account takes every instrument's entries back",
      """
      profile breaker=clockJump:account:60000000000:halt type=limit limit=500
      instrument A
      instrument B
      step 60s from 2024-01-05T00:00:00Z
      A 100/101/99/100 1000 long & |
      B 100/101/99/100 1000 long |
      clock @2024-01-05T00:01:30Z | orders=1,1
      clock @2024-01-05T00:03:00Z | alert clockJump ; trip clockJump halt account ; cancel breaker 100 ; cancel breaker 100 ; orders=0,0
      A 90/91/89/90 1000 & |
      B 90/91/89/90 1000 | pos=0,0
      """
    ),
    (
      "so does one that only lets reduce",
      """
      profile breaker=clockJump:account:60000000000:reduceOnly type=limit limit=500
      step 60s from 2024-01-05T00:00:00Z
      100/101/99/100 1000 long |
      clock @2024-01-05T00:01:30Z | orders=1
      clock @2024-01-05T00:03:00Z | alert clockJump ; trip clockJump reduceOnly account ; cancel breaker 100 ; orders=0
      90/91/89/90 1000 | pos=0
      """
    ),
    (
      "a halt leaves what protects and what only closes",
      """
      profile breaker=reconciliation:symbol:1000000000:halt volume=10% sl=20%
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100 ; orders=1
      100/101/99/100 1000 flat | orders=2
      differs 0 1 | trip reconciliation halt A ; state=A:halted orders=2
      100/101/99/100 400 | sell 40@100 ; pos=60
      100/101/99/100 1000 | sell 60@100 ; cancel siblingDone 100 ; pos=0
      """
    ),
    (
      "but not what would turn the position",
      """
      profile breaker=clockJump:account:60000000000:halt short=yes type=limit limit=500
      step 60s from 2024-01-05T00:00:00Z
      100/101/99/100 1000 long |
      95/101/94/100 1000 short | buy 100@95 ; orders=1
      clock @2024-01-05T00:02:30Z | orders=1
      clock @2024-01-05T00:04:00Z | alert clockJump ; trip clockJump halt account ; cancel breaker 200 ; orders=0
      """
    ),
    (
      "nobody's order carries what a halted strategy was granted and didn't get",
      """
      profile breaker=predictionBounds:strategy:1:halt type=limit limit=500
      100/101/99/100 1000 0:long |
      100/101/99/100 1000 0:long?1.5 1:long*0.5 | alert predictionBounds ; trip predictionBounds halt strategy 0 ; cancel breaker 100 ; intent=buy:limit:50:95
      """
    ),
    (
      "an entry that fills while its cancel is on the way is closed too",
      """
      profile breaker=feedGap:symbol:180000000000:flatten late=yes sl=5%
      100/101/99/100 1000 long |
      clock @2024-01-02T00:04:00Z | alert feedGap ; trip feedGap flatten A ; request breaker ; orders=1
      100/101/99/100 1000 | buy 100@100 ; alert flattenRetried ; intent=sell:market:100 orders=1
      100/101/99/100 1000 | sell 100@100 ; pos=0
      """
    ),
    (
      "drawdown from the peak",
      """
      profile cash=10000 breaker=drawdown:account:10%:halt
      100/101/99/100 1000 long*0.5 |
      100/121/99/120 1000 | buy 50@100
      120/121/98/98.01 1000 |
      98/99/97/98 1000 | trip drawdown halt account
      """
    ),
    (
      "losses in a row; a win begins anew",
      """
      profile breaker=consecutiveLosses:account:2:halt
      100/101/99/100 1000 long |
      100/101/99/99 1000 flat | buy 100@100
      99/101/99/100 1000 long | sell 100@99
      100/101/99/101 1000 flat | buy 100@100
      101/102/100/100 1000 long | sell 100@101
      100/101/99/99 1000 flat | buy 100@100
      99/100/98/99 1000 long | sell 100@99
      99/100/98/98 1000 flat | buy 100@99
      98/99/97/98 1000 long | sell 100@98 ; trip consecutiveLosses halt account ; risk=refused:halted:0
      """
    ),
    (
      "order rate",
      """
      profile breaker=orderRate:account:2:halt:1000000000000
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 100@100
      100/101/99/100 1000 long | sell 100@100 ; trip orderRate halt account ; cancel breaker 100 ; orders=0
      """
    ),
    (
      "reject rate",
      """
      profile reject=100% breaker=rejectRate:symbol:1:halt:1000000000000
      100/101/99/100 1000 long | reject venueReason
      100/101/99/100 1000 long | reject venueReason ; trip rejectRate halt A
      100/101/99/100 1000 long | risk=refused:halted:0
      """
    ),
    (
      "slippage beyond expectation: the mean of the last fills",
      """
      profile slip=price:1% breaker=slippage:account:5000:alert:2
      100/103/97/100 1000 long |
      100/103/97/100 1000 flat | buy 100@101
      100/103/97/100 1000 | sell 100@99 ; trip slippage alert account
      """
    ),
    (
      "feed gap inside a session; a night is none",
      """
      profile breaker=feedGap:symbol:180000000000:alert
      instrument A calendar=xnys
      step 60s from 2024-01-05T20:59:00Z
      100/101/99/100 1000 |
      100/101/99/100 1000 @2024-01-08T14:30:00Z |
      100/101/99/100 1000 @2024-01-08T14:33:59Z |
      100/101/99/100 1000 @2024-01-08T14:37:59Z | alert feedGap ; trip feedGap alert A
      """
    ),
    (
      "feed gap that only the clock sees",
      """
      profile breaker=feedGap:symbol:180000000000:halt
      step 60s from 2024-01-05T00:00:00Z
      100/101/99/100 1000 |
      clock @2024-01-05T00:03:59Z |
      clock @2024-01-05T00:04:00Z | alert feedGap ; trip feedGap halt A
      """
    ),
    (
      "clock jump, forwards or back",
      """
      profile breaker=clockJump:account:60000000000:halt
      step 60s from 2024-01-05T00:00:00Z
      100/101/99/100 1000 |
      clock @2024-01-05T00:01:30Z |
      clock @2024-01-05T00:02:00Z |
      clock @2024-01-05T00:01:59Z | alert clockJump ; trip clockJump halt account
      """
    ),
    (
      "a position that the venue sees otherwise",
      """
      profile breaker=reconciliation:symbol:1000000000:halt
      100/101/99/100 1000 |
      differs 0 0.5 |
      differs 0 -1 | trip reconciliation halt A
      """
    ),
    (
      "the same confidence again and again; exits don't count",
      """
      profile breaker=confidenceStuck:strategy:3:alert
      100/101/99/100 1000 long?0.7 |
      100/101/99/100 1000 flat | buy 100@100
      100/101/99/100 1000 long?0.7 | sell 100@100
      100/101/99/100 1000 long?0.8 | buy 100@100
      100/101/99/100 1000 long?0.8 |
      100/101/99/100 1000 long?0.8 | alert confidenceStuck ; trip confidenceStuck alert strategy 0
      """
    ),
    (
      "predictions out of bounds",
      """
      profile breaker=predictionBounds:strategy:1:halt
      100/101/99/100 1000 long?1 |
      100/101/99/100 1000 long?1.5 | buy 100@100 ; alert predictionBounds ; trip predictionBounds halt strategy 0
      """
    ),
    (
      "too many signals an hour",
      """
      profile breaker=signalRate:strategy:2:reduceOnly:3600000000000
      100/101/99/100 1000 long |
      100/101/99/100 1000 long | buy 100@100
      100/101/99/100 1000 long | alert signalRate ; trip signalRate reduceOnly strategy 0
      """
    ),
    (
      "too few signals",
      """
      profile breaker=signalSilence:strategy:1:alert:300000000000
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      100/101/99/100 1000 |
      100/101/99/100 1000 |
      100/101/99/100 1000 |
      100/101/99/100 1000 | alert signalSilence ; trip signalSilence alert strategy 0
      """
    ),
    (
      "a position that is not what was intended",
      """
      profile volume=1% tif=ioc breaker=positionDrift:symbol:500000:alert
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 10@100 ; cancel immediateRemainder 90 ; alert positionDrift ; trip positionDrift alert A
      """
    ),
  ]

  @Test("trips at its threshold and does what it says", arguments: tables)
  func breaker(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }

  @Test("of a position where none was intended no share is told, and the breaker trips whatever its threshold")
  func nothingIntended() throws {
    let parsed = try Scenario(
      """
      profile volume=10% breaker=positionDrift:symbol:5000000:alert
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      100/101/99/100 1000 flat |
      cancelAll |
      100/101/99/100 0 |
      """)
    var stage = try Stage(parsed.configuration, parsed.instruments)
    var trips: [BreakerTripped] = []
    for step in parsed.steps {
      try stage.take(step.input)
      trips += try stage.happenings().compactMap { $0.body as? BreakerTripped }
    }
    #expect(trips.map(\.observed) == [BreakerTripped.beyondShares])
  }
}
