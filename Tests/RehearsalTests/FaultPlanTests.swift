import Testing

@testable import Rehearsal

@Suite struct FaultPlanTests {
  @Test("reads a plan, with each kind's usual values where none is given")
  func reads() throws {
    let plan = try FaultPlan(
      yaml: """
        seed: 7
        faults:
          - {fault: drop_after, on: order, at: 3}
          - {fault: html, on: klines, at: [2, 5], number: 503}
          - {fault: late, on: user_event, rate: 5 %, most: 10, for: 1.5s}
          - {fault: clock_skew, on: time, at: 1, for: -3s}
        """)
    #expect(plan.seed == 7)
    #expect(
      plan.rules == [
        FaultRule(.dropAfter, on: .order, .steps([3])), FaultRule(.html, on: .klines, .steps([2, 5]), number: 503),
        FaultRule(.late, on: .userEvent, .rate(micros: 50_000, most: 10), nanos: 1_500_000_000),
        FaultRule(.clockSkew, on: .time, .steps([1]), nanos: -3_000_000_000),
      ])
  }

  @Test(
    "says where a plan is wrong and what may stand there",
    arguments: [
      ("faults: [{fault: explode, on: order, at: 1}]", 1, "fault is one of refuse"),
      ("faults:\n  - {fault: hide, on: klines, at: 1}", 2, "hide means nothing on klines"),
      ("faults:\n  - {fault: drop, on: order}", 2, "say when"),
      ("faults:\n  - {fault: drop, on: order, at: 0}", 2, "counted from 1"),
      ("faults:\n  - {fault: drop, on: order, rate: 5}", 2, "a share such as 5 %"),
      ("faults:\n  - {fault: late, on: user_event, at: 1, for: soon}", 2, "for is a duration"),
      ("fault: 1", 1, "unknown key"), ("faults: [", 0, "no YAML"),
    ])
  func refuses(_ yaml: String, line: Int, problem: String) {
    do throws(FaultPlanError) {
      _ = try FaultPlan(yaml: yaml)
      Issue.record("was taken")
    } catch {
      #expect(error.faults.contains { $0.line == line && $0.problem.contains(problem) }, "\(error)")
    }
  }
}
