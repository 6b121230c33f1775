import Events
import Market
import Testing

/// The one list of kinds: numbers and names are each one kind's, without gaps, and what stored enums' numbers are.
@Suite struct EventRegistryTests {
  @Test("numbers inputs from 1 and derived kinds from 32, without gap or duplicate")
  func numbers() {
    let numbers = EventRegistry.bodies.map { Int($0.kind.rawValue) }
    let inputs = numbers.filter { $0 < 32 }
    let derived = numbers.filter { $0 >= 32 }
    #expect(inputs.sorted() == Array(1..<1 + inputs.count))
    #expect(derived.sorted() == Array(32..<32 + derived.count))
    for body in EventRegistry.bodies {
      #expect((body.role == .input) == (body.kind.rawValue < 32), "\(body.name)")
      #expect((1...127).contains(body.version), "\(body.name)")
    }
  }

  @Test("names every kind once, in snake case, and finds it by name and by number")
  func names() {
    let names = EventRegistry.bodies.map { "\($0.name)" }
    #expect(Set(names).count == names.count)
    for body in EventRegistry.bodies {
      let name = "\(body.name)"
      #expect(name.allSatisfy { $0 == "_" || ("a"..."z").contains($0) })
      #expect(EventRegistry.kind(named: name) == body.kind)
      #expect(EventRegistry.name(of: body.kind) == name)
      #expect(EventRegistry.body(of: body.kind) == body)
    }
    #expect(EventRegistry.name(of: EventKind(rawValue: 200)) == "kind-200")
    #expect(EventRegistry.kind(named: "kind-200") == nil)
    #expect(EventRegistry.body(of: EventKind(rawValue: 0)) == nil)
  }

  /// A stored number that moved would give old journals another meaning; a new case goes behind the last.
  @Test("keeps the numbers of every stored enum")
  func storedNumbers() {
    func numbers<Value: CaseIterable & RawRepresentable>(_: Value.Type) -> String where Value.RawValue == UInt8 {
      Value.allCases.map { "\($0)=\($0.rawValue)" }.joined(separator: " ")
    }
    #expect(numbers(Side.self) == "buy=1 sell=2")
    #expect(
      numbers(OrderType.self)
        == "market=1 limit=2 stop=3 stopLimit=4 marketIfTouched=5 limitIfTouched=6 trailingStop=7 trailingStopLimit=8 marketOnOpen=9 limitOnOpen=10 marketOnClose=11 limitOnClose=12"
    )
    #expect(numbers(TimeInForce.self) == "day=1 goodTillCancelled=2 immediateOrCancel=3 fillOrKill=4 goodTillDate=5")
    #expect(numbers(LiquiditySide.self) == "taker=1 maker=2")
    #expect(
      numbers(BarSource.self)
        == "file=1 journal=2 synthetic=3 yahoo=4 binance=5 interactiveBrokers=6 stdin=7")
    #expect(numbers(AssetClass.self) == "equity=1 etf=2 crypto=3 future=4 perpetual=5 forex=6 index=7")
    #expect(numbers(CalendarName.self) == "always=0 xnys=1 cmeFx=2 fx=3")
    #expect(numbers(Direction.self) == "flat=0 long=1 short=2")
    #expect(numbers(RunMode.self) == "backtest=1 paper=2 live=3 import=4")
    #expect(numbers(FeedEndReason.self) == "exhausted=1 rangeEnd=2 stopped=3")
    #expect(
      numbers(OperatorCommandType.self)
        == "halt=1 resume=2 cancelAll=3 reduceOnly=4 rearm=5 restoreSize=6 withhold=7 submit=8")
    #expect(
      numbers(ExecutionType.self)
        == "accepted=1 filled=2 cancelled=3 rejected=4 expired=5 reduced=6 cancelRejected=7 neverArrived=8 wouldTrigger=9"
    )
    #expect(numbers(ReportSource.self) == "stream=1 answer=2 query=3 reconciliation=4 runtime=5")
    #expect(numbers(MeasurementSubject.self) == "decisionLatency=1 process=2 venueLatency=3 socketWrite=4")
    #expect(numbers(KillSource.self) == "file=1 environment=2 signal=3 command=4 breaker=5")
    #expect(numbers(KillPhase.self) == "none=0 flattening=1 armed=2 flatAndHalted=3")
    #expect(numbers(TradingState.self) == "active=0 reduceOnly=1 halted=2")
    #expect(numbers(BreakerAction.self) == "alert=1 reduceOnly=2 halt=3 flatten=4")
    #expect(numbers(RearmCause.self) == "nextSession=1 operatorCommand=2")
    #expect(numbers(RiskScope.self) == "account=1 strategy=2 sector=3 symbol=4")
    #expect(
      numbers(CorporateActionType.self)
        == "split=1 cashDividend=2 specialDividend=3 spinOff=4 symbolChange=5 merger=6 delisting=7 delistingAtLast=8")
    #expect(
      numbers(CashReason.self)
        == "fill=1 dividend=2 cashInLieu=3 adopted=4 proceeds=5 interest=6 borrowFee=7 funding=8 variation=9"
        + " conversion=10 feeCorrection=11 priceCorrection=12")
    #expect(numbers(OrderPurpose.self) == "signal=1 stopLoss=2 takeProfit=3 flatten=4 rollOut=5 rollIn=6")
    #expect(numbers(FrontReason.self) == "begin=1 date=2 volume=3 expiry=4")
    #expect(numbers(RiskOutcome.self) == "passed=1 cut=2 refused=3 qtyCappedToZero=4")
    #expect(numbers(AlertSeverity.self) == "information=1 warning=2 error=3")
    #expect(
      numbers(BreakerKind.self).hasPrefix(
        "dailyLoss=1 dailyLossOpen=2 drawdown=3 consecutiveLosses=4 orderRate=5 rejectRate=6 slippage=7 feedGap=8"
          + " reconciliation=9 clockJump=10 confidenceDrift=11 confidenceShift=12 confidenceStuck=13 predictionBounds=14"
          + " signalRate=15 positionDrift=16 signalSilence=17"))
    // Where new cases are to be expected, those there are today are pinned.
    #expect(numbers(AlertCode.self).hasPrefix("duplicateBar=1 outOfOrderBar=2 priceJump=3"))
    #expect(
      numbers(CancelReason.self).hasPrefix(
        "immediateRemainder=1 notFillableWhole=2 siblingDone=3 replaced=4 operatorCommand=5 runEnded=6"))
    #expect(numbers(ReduceReason.self).hasPrefix("siblingFilled=1 positionClosed=2 split=3"))
    #expect(
      numbers(RejectReason.self).hasPrefix(
        "quantityNotPositive=1 quantityNotInLots=2 priceNotInTicks=3 priceMissing=4 notSupported=5"))
    #expect(
      numbers(FillRule.self).hasPrefix(
        "marketAtOpen=1 limitTouched=2 limitGapAtOpen=3 stopTouched=4 stopGapAtOpen=5 stopLimitTouched=6 stopLimitAtOpen=7"
          + " external=8"))
    #expect(
      numbers(RiskReason.self).hasPrefix(
        "withinLimits=1 alreadyThere=2 confidenceBelowMinimum=3 orderQuantityCap=4 positionCap=5 orderNotionalCap=6"
          + " shortNotAllowed=7 insufficientCash=8 belowOneLot=9 halted=10 historicalBar=11 workingOrderCap=12"))
    #expect(
      numbers(SignalReason.self).hasPrefix(
        "crossedAbove=1 crossedBelow=2 momentumUp=3 momentumDown=4 oversold=5 overbought=6 revertedToMean=7 brokeOutUp=8"
          + " brokeOutDown=9 firstBar=10 enterRule=11 exitRule=12 enterShortRule=13 exitShortRule=14 rankedIn=15"
          + " rankedOut=16 custom=17"))
  }
}
