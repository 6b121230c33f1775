import Market
import Rehearsal
// The whole live runtime in one process: the run, Binance's adapter, the desk, the journal and the rehearsal exchange are the real ones; clock, network, disk
// and people are simulated from a seed. A few sessions here, thousands in tools/simulate.sh.
import Runtime
import SimulatedSessions
import Simulation
import Testing

@Suite struct SessionTests {
  @Test(
    "lives to the last order where nothing goes wrong",
    arguments: [SessionPlan.VenueKind.paper, .exchange], [UInt64(1), 2, 3])
  func calm(_ venue: SessionPlan.VenueKind, _ seed: UInt64) {
    let run = SessionRun(SessionPlan(seed: seed, barCount: 24, venue: venue, trouble: SessionPlan.Trouble.none))
    #expect(run.finding == nil, "\(run.plan.line)")
    #expect(run.fired.isEmpty)
    #expect(run.figures.restarts == 0)
    #expect(run.figures.intents > 0)
    #expect(run.end?.code == 0)
  }

  @Test("keeps every invariant whatever goes wrong", arguments: UInt64(100)..<112)
  func swarm(_ seed: UInt64) {
    let run = SessionRun(SessionPlan(seed: seed, barCount: 30))
    #expect(run.finding == nil, "\(run.plan.line); went wrong: \(Mishap.text(run.fired))")
  }

  /// 4941: bars were taken behind the last word of a run that had ended and wasn't sealed.
  @Test("takes nothing behind the end of a run that an earlier process could not seal")
  func endedUnsealed() {
    let run = SessionRun(SessionPlan(seed: 4941, venue: .exchange))
    #expect(run.finding == nil, "\(run.plan.line)")
    #expect(run.figures.restarts > 0 && run.end?.text == "it had ended before it was sealed")
  }

  /// 4940: what history found open was ordered on. 7176: a restart forgot to ask for an order that was over and whose last fill had not been told.
  @Test("keeps every invariant in the sessions that once broke one", arguments: [UInt64(4940), 7176])
  func mended(_ seed: UInt64) {
    let run = SessionRun(SessionPlan(seed: seed).withoutAmendments)
    #expect(run.finding == nil, "\(run.plan.line)")
  }

  @Test("gives the same journal for a seed, and for the list of what went wrong", arguments: [UInt64(201), 203])
  func repeats(_ seed: UInt64) {
    let plan = SessionPlan(seed: seed, barCount: 20, venue: .exchange, trouble: .swarm)
    let first = SessionRun(plan)
    #expect(!first.fired.isEmpty)
    #expect(SessionRun(plan).journal == first.journal)
    #expect(SessionRun(plan, replaying: first.fired).journal == first.journal)
  }

  /// Bugs that a session shows at once; tools/simulate.sh has the table of all.
  @Test(
    "finds planted bugs",
    arguments: [
      (Defect.sendBeforeCommit, SessionFinding.Invariant.sentBeforeDurable), (.idsByProcess, .sentBeforeDurable),
      (.fillBookedTwice, .overfilled), (.unfinishedBarTaken, .orderedOnHistory),
    ])
  func defects(_ defect: Defect, _ invariant: SessionFinding.Invariant) {
    let plan = SessionPlan(seed: 1, barCount: 24, venue: .exchange, trouble: SessionPlan.Trouble.none).withoutAmendments
    #expect(SessionRun(plan, defect: defect).finding?.invariant == invariant)
    #expect(SessionRun(plan).finding == nil)
  }

  @Test("shrinks a failing session, and says how to repeat it")
  func shrinking() throws {
    let plan = SessionPlan(seed: 5, barCount: 40, venue: .exchange, trouble: .swarm)
    let run = SessionRun(plan, defect: .sendBeforeCommit)
    #expect(run.finding != nil)
    let small = try #require(ShrunkSession(run, defect: .sendBeforeCommit, triesMax: 40))
    #expect(small.mishaps.isEmpty, "this bug needs nothing to go wrong")
    #expect(small.barCount < 40)
    #expect(small.command.contains("--seed 5 --venue exchange"))
    let again = SessionRun(
      SessionPlan(seed: 5, barCount: small.barCount, venue: .exchange), replaying: small.mishaps,
      defect: .sendBeforeCommit)
    #expect(again.finding == small.finding)
  }

  @Test("reads back every mishap that it writes, and nothing else")
  func mishaps() throws {
    let fault = Fault(.powerCut, chance: 7, detail: 0xfeed)
    let rule = FaultRule(Rehearsal.FaultKind.dropAfter, on: .order, .steps([3]), nanos: 5, number: -2)
    let all = [Mishap.world(fault), .venue(FiredFault(rule: rule, step: 3))]
    #expect(try #require(Mishap.list(Mishap.text(all))) == all)
    #expect(Mishap.list("none") == [])
    for wrong in [
      "venue/", "venue/drop_after/order@1:2", "venue/drop/nobody@1:2:3", "power_cut", "venue/drop/order@x:1:1",
    ] {
      #expect(Mishap.list(wrong) == nil, "\(wrong)")
    }
  }
}
