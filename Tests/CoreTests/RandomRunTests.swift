import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: the engine's venue and ledger equal a naive venue and ledger on random profiles and bars, event by event.
/// Method: profile, universe, bars and targets come from a printed seed. Decisions (signal orders, replacements) are taken from the
/// engine's events; all that the venue answers is predicted by `NaiveVenue` and compared in words. Runs with corporate actions are
/// held to the invariants alone.
@Suite("Random runs")
struct RandomRunTests {
  @Test("the venue and the ledger equal their naive versions", arguments: 0..<240)
  func equalsNaive(_ run: Int) throws {
    let seed = 0x5eed_0000 + UInt64(run)
    let profile = try RandomProfile(seed: seed, barCount: 300)
    var stage = try Stage(profile.configuration, profile.instruments)
    var observer = RunObserver(profile)
    for (position, input) in profile.inputs.enumerated() {
      try stage.take(input)
      let problems = observer.observe(input, try stage.happenings())
      let balances = stage.engine.ledgerBalances
      if !problems.isEmpty || !balances {
        Issue.record("seed \(seed), input \(position), balances \(balances):\n\(problems.joined(separator: "\n"))")
        return
      }
    }
  }

  @Test("the random runs reach every way of filling and ending")
  func coverage() throws {
    var seen: Set<String> = []
    for run in 0..<120 {
      let profile = try RandomProfile(seed: 0x5eed_0000 + UInt64(run), barCount: 300)
      var stage = try Stage(profile.configuration, profile.instruments)
      for input in profile.inputs {
        try stage.take(input)
        for happening in try stage.happenings() {
          switch happening.body {
          case let fill as Fill:
            seen.insert("\(fill.rule) \(fill.liquidity)")
            if profile.configuration.feePayment == .received, fill.side == .buy, fill.fee > 0 { seen.insert("kept") }
          case let end as OrderCancelled: seen.insert("\(end.reason)")
          case let reduced as OrderReduced: seen.insert("\(reduced.reason)")
          case is OrderExpired: seen.insert("expired")
          case is OrderReplaced:
            seen.insert(profile.configuration.sizingRule.isRebalanced ? "followed" : "amended")
          case let terms as OrderTerms: if terms.group != nil { seen.insert("group") }
          case let decision as RiskDecision: seen.insert("\(decision.reason)")
          default: break
          }
        }
      }
    }
    for wanted in [
      "marketAtOpen taker", "limitTouched maker", "limitGapAtOpen taker", "limitGapAtOpen maker", "stopTouched taker",
      "stopGapAtOpen taker", "stopLimitTouched maker", "stopLimitTouched taker", "stopLimitAtOpen maker",
      "stopLimitAtOpen taker", "immediateRemainder", "notFillableWhole", "siblingDone", "replaced", "runEnded",
      "expired", "withinLimits", "orderQuantityCap", "positionCap", "orderNotionalCap", "shortNotAllowed",
      "insufficientCash", "historicalBar", "siblingFilled", "positionClosed", "split", "ifTouched taker",
      "ifTouchedAtOpen taker", "trailTouched taker", "trailGapAtOpen taker", "trailProved taker", "sessionOpen taker",
      "sessionClose taker", "auctionOver", "amended", "followed", "kept", "group", "wouldTake",
    ] { #expect(seen.contains(wanted), "no run shows \(wanted)") }
  }
}
