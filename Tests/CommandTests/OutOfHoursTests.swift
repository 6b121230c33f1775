// Goal: bars that come while markets are closed reach the run whole, of every instrument.
// Method: the built program fed by shell functions with bars behind the close of New York.
import Foundation
import Testing

@Suite("Bars out of regular hours")
struct OutOfHoursTests {
  // Story: outside regular hours no market trades by its calendar, so a slot waited for nobody: it closed at its first bar, and every other instrument's came too late.
  @Test("out of regular hours come from every instrument, and none is late", arguments: [2, 25])
  func outOfHours(_ count: Int) throws {
    let symbols = (0..<count).map { "S\($0)" }
    let lines = try LineStage(symbols: symbols, calendar: "xnys")
    // 22:00 UTC is behind the close of New York.
    let outcome = try lines.outcome(
      """
      for minute in $(seq 420 427); do for symbol in \(symbols.joined(separator: " ")); do line $symbol $minute 100; done; done |
        engine paper --profile lines.yaml --output run.zst 2> run.log | grep -E '^bars'
      grep -c late_bar run.log
      """)
    let log = try lines.text("run.log")
    #expect(outcome.output == "bars      \(count * 8)\n0\n", "\(outcome.output)\(log.suffix(2_000))")
  }

  @Test(
    "out of regular hours of some instruments alone close their slots with later bars, and those that stay silent cost no bar"
  )
  func silent() throws {
    let lines = try LineStage(symbols: ["A", "B", "C"], calendar: "xnys")
    let outcome = try lines.outcome(
      """
      for minute in $(seq 420 427); do line B $minute 100; line A $minute 100; done |
        engine paper --profile lines.yaml --output run.zst 2> run.log | grep -E '^bars'
      grep -c late_bar run.log
      """)
    // Behind three slots nobody waits for C any more, and B's bar closes the slot only together with A's.
    #expect(outcome.output == "bars      16\n0\n", "\(outcome.output)")
  }
}
