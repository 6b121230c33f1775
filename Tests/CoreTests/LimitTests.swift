import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: every check of the gate by itself, each scope, what is in flight, and what a halt or a closed market does. Hand-checked.
@Suite("Limits")
struct LimitTests {
  static let tables: [(name: String, table: String)] = [
    (
      "gross exposure counts what others hold and what others may still fill",
      """
      profile gross=25000
      instrument A
      instrument B
      instrument C
      A 100/101/99/100 1000 long & |
      B 100/101/99/100 1000 & |
      C 100/101/99/100 1000 | risk=passed:withinLimits:100
      A 100/101/99/100 1000 & | A buy 100@100
      B 100/101/99/100 1000 short & |
      C 100/101/99/100 1000 long | risk=passed:withinLimits:-100,cut:grossCap:50 numbers=100>100,30000>25000 checks=,gross_cap
      """
    ),
    (
      "gross exposure over its cap by the market alone lets nothing open, and everything close",
      """
      profile gross=11000 shares=100
      100/101/99/100 1000 long |
      100/201/99/200 1000 long*0.5 | buy 100@100 ; risk=passed:withinLimits:-50
      200/201/199/200 1000 long | sell 50@200 ; risk=cut:grossCap:5
      """
    ),
    (
      "net exposure: a short makes room for longs",
      """
      profile net=5000
      instrument A
      instrument B
      A 100/101/99/100 1000 short & |
      B 100/101/99/100 1000 | risk=cut:netCap:-50
      A 100/101/99/100 1000 & | A sell 50@100
      B 100/101/99/100 1000 long | risk=passed:withinLimits:100
      """
    ),
    (
      "daily net counts what the day has bought, whatever was sold before, and begins anew at the day's end",
      """
      profile dailynet=15000
      step 1h from 2024-01-02T20:00:00Z
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 100@100
      100/101/99/100 1000 short | sell 100@100 ; risk=passed:withinLimits:-100
      100/101/99/100 1000 long*2 | sell 100@100 ; risk=passed:withinLimits:200
      100/101/99/100 1000 | buy 200@100
      100/101/99/100 1000 short | risk=passed:withinLimits:-200
      """
    ),
    (
      "leverage is gross exposure over equity",
      """
      profile cash=10000 leverage=50%
      100/101/99/100 1000 long | risk=cut:leverageCap:50 numbers=10000>5000
      """
    ),
    (
      "a sector's cap is over its instruments",
      """
      profile sector=tech:15000
      instrument A sector=tech
      instrument B sector=energy
      instrument C sector=tech
      A 100/101/99/100 1000 long & |
      B 100/101/99/100 1000 long & |
      C 100/101/99/100 1000 long | risk=passed:withinLimits:100,passed:withinLimits:100,cut:grossCap:50 scope=account,account,sector
      """
    ),
    (
      "a strategy's cap is over its own part",
      """
      profile strategy=1:3000
      100/101/99/100 1000 0:long 1:long | cancel replaced 100 ; risk=passed:withinLimits:100,cut:positionNotionalCap:130 scope=account,strategy
      """
    ),
    (
      "share of the bar's volume",
      """
      profile share=5%
      100/101/99/100 1000 long | risk=cut:volumeShareCap:50
      """
    ),
    (
      "value of a position",
      """
      profile posvalue=7050
      100/101/99/100 1000 long | risk=cut:positionNotionalCap:70
      """
    ),
    (
      "price guard: outside its bounds nothing opens, everything closes",
      """
      profile pricemin=50 pricemax=120
      100/101/99/100 1000 long |
      100/131/99/130 1000 short | buy 100@100 ; risk=cut:priceGuard:-100 numbers=130>120
      """
    ),
    (
      "price collar: an order far from the last trade",
      """
      profile type=limit limit=-600 pricecollar=5%
      100/101/99/100 1000 long | risk=qtyCappedToZero:priceCollar:0 numbers=0.06>0.05
      """
    ),
    (
      "close collar: far from the last close of the day before",
      """
      profile closecollar=10%
      step 1h from 2024-01-02T22:00:00Z
      100/101/99/100 1000 long | risk=passed:withinLimits:100
      100/101/99/100 1000 flat | buy 100@100
      100/112/99/111 1000 long | sell 100@100 ; risk=qtyCappedToZero:closeCollar:0
      """
    ),
    (
      "a stale bar orders nothing",
      """
      profile stale=90
      step 60s from 2024-01-02T00:00:00Z
      100/101/99/100 1000 |
      clock @2024-01-02T00:03:31Z |
      100/101/99/100 1000 long | risk=refused:staleBar:0 numbers=91>90
      clock @2024-01-02T00:04:30Z |
      100/101/99/100 1000 long | risk=passed:withinLimits:100
      """
    ),
    (
      "order rate: within the window no more open, and what closes is never held back",
      """
      profile rate=2/150
      100/101/99/100 1000 long | risk=passed:withinLimits:100
      100/101/99/100 1000 short | buy 100@100 ; risk=passed:withinLimits:-200
      100/101/99/100 1000 long | sell 200@100 ; risk=cut:orderRate:100 numbers=3>2
      100/101/99/100 1000 | buy 100@100
      100/101/99/100 1000 |
      100/101/99/100 1000 long | risk=passed:withinLimits:100
      """
    ),
    (
      "equal orders within the window",
      """
      profile repeats=1/150 type=limit limit=500 tif=ioc
      100/101/99/100 1000 long |
      100/101/99/100 1000 long | cancel immediateRemainder 100 ; risk=qtyCappedToZero:repeatedOrder:0
      101/102/100/101 1000 long | risk=passed:withinLimits:100
      """
    ),
    (
      "closing one leg of a hedge passes the cap of net exposure, and says so once",
      """
      profile net=5000 volume=10%
      instrument A
      instrument B
      A 100/101/99/100 1000 long*0.5 & |
      B 100/101/99/100 1000 short*0.5 | risk=passed:withinLimits:50,passed:withinLimits:-50
      A 100/101/99/100 1000 long & | A buy 50@100
      B 100/101/99/100 1000 | B sell 50@100 ; risk=passed:withinLimits:50
      A 100/101/99/100 1000 & | A buy 50@100
      B 100/101/99/100 1000 short | risk=passed:withinLimits:-50
      A 100/101/99/100 1000 flat & |
      B 100/101/99/100 1000 | B sell 50@100 ; risk=passed:withinLimits:-100
      A 100/101/99/100 600 & | A sell 60@100 ; alert netOverCap
      B 100/101/99/100 1000 |
      A 100/101/99/100 600 & | A sell 40@100
      B 100/101/99/100 1000 flat |
      A 100/101/99/100 600 & |
      B 100/101/99/100 1000 | B buy 100@100
      """
    ),
    (
      "own resting orders on the other side",
      """
      profile tp=5% crossing=no shares=100 volume=100%
      100/101/99/100 1000 long*0.5 |
      100/104/99/104 1000 long | buy 50@100 ; risk=passed:protectsPosition:-50,passed:withinLimits:50
      105/106/104/105 0 long | risk=qtyCappedToZero:selfCrossing:0
      """
    ),
    (
      "short without a locate",
      """
      profile locate=30
      100/101/99/100 1000 short | risk=cut:shortWithoutLocate:-30
      100/101/99/100 1000 | sell 30@100
      """
    ),
    (
      "not allowed: only closing",
      """
      profile allowed=no
      100/101/99/100 1000 long | risk=qtyCappedToZero:notAllowed:0
      """
    ),
    (
      "hours of the market's day",
      """
      profile hours=600-900
      step 1h from 2024-01-02T08:00:00Z
      100/101/99/100 1000 long | risk=refused:outsideHours:0 numbers=540>900
      100/101/99/100 1000 long | risk=passed:withinLimits:100
      """
    ),
    (
      "a closed market, where the profile refuses",
      """
      profile closed=refuse
      instrument A calendar=xnys
      step 1h from 2024-01-05T19:00:00Z
      100/101/99/100 1000 long | risk=passed:withinLimits:100
      100/101/99/100 1000 flat | buy 100@100 ; risk=refused:marketClosed:0
      """
    ),
    (
      "a halt: orders wait, and fill at the reopening",
      """
      100/101/99/100 1000 long |
      stopped A |
      100/101/99/100 1000 | pos=0 orders=1
      trading A |
      110/111/109/110 1000 | buy 100@110
      """
    ),
    (
      "a halt: orders are refused where the profile says so",
      """
      profile halts=refuse
      stopped |
      100/101/99/100 1000 long | risk=refused:tradingHalt:0
      trading |
      100/101/99/100 1000 long | risk=passed:withinLimits:100
      """
    ),
    (
      "reduce only: what closes passes, what opens does not",
      """
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 100@100
      reduceOnly | state=account:reduceOnly
      100/101/99/100 1000 short | risk=cut:reduceOnly:-100
      100/101/99/100 1000 long | sell 100@100 ; risk=qtyCappedToZero:reduceOnly:0
      """
    ),
    (
      "a bar outside its session is dropped, and said so",
      """
      profile outside=quarantine
      instrument A calendar=xnys
      step 30m from 2024-01-05T20:30:00Z
      100/101/99/100 1000 long |
      50/51/49/50 1000 long | alert barOutsideSession ; pos=0 orders=1
      100/101/99/100 1000 @2024-01-08T14:30:00Z for=30m | buy 100@100
      """
    ),
    (
      "a bar outside its session counts where it is only flagged",
      """
      profile outside=flag
      instrument A calendar=xnys
      step 30m from 2024-01-05T20:30:00Z
      100/101/99/100 1000 |
      50/51/49/50 1000 long | alert barOutsideSession ; alert missingSplit
      """
    ),
    (
      "late cancels: an order that may still fill counts against the position cap",
      """
      profile late=yes maxpos=150 type=limit limit=100
      instrument A
      A 100/101/99.5/100 1000 0:short | risk=passed:withinLimits:-100
      A 100/100.5/99.5/100 1000 0:short 1:short | request replaced ; risk=refused:alreadyThere:0,cut:positionCap:-50
      A 100/101/99.5/100 1000 | sell 100@101 ; sell 50@101 ; pos=-150
      """
    ),
  ]

  @Test("the gate counts, compares and says which", arguments: tables)
  func gate(_ scenario: (name: String, table: String)) throws { try check(scenario.table) }

  @Test("the use of a strategy's limit counts its own part of an order that carries others' too")
  func ownPart() throws {
    let parsed = try Scenario(
      """
      profile volume=10%
      instrument A
      100/101/99/100 1000 1:long |
      100/101/99/100 0 0:long |
      """)
    var limits = LimitSet()
    limits.positionQuantityMax = Quantity(nanos: 10 * FixedPoint.unit)
    limits.grossMax = 5_000 * Int128(FixedPoint.unit)
    var configuration = parsed.configuration
    configuration.risk.strategies = [StrategyLimits(strategy: 0, limits: limits)]
    var stage = try Stage(configuration, parsed.instruments)
    for step in parsed.steps { try stage.take(step.input) }
    let order = try #require(stage.engine.describe().books[0].orders.first)
    #expect(order.leaves.nanos == 110 * FixedPoint.unit && order.strategy == 0)
    let uses = stage.engine.usedLimits.map { stage.engine.use(of: $0).used }
    #expect(uses == [10 * Int128(FixedPoint.unit), 1_000 * Int128(FixedPoint.unit)])
  }
}
