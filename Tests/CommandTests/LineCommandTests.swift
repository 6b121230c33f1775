// Goal: bars of a program on standard input reach the run whole, and what is wrong with them is told with its line.
// Method: the built program fed by shell functions; of each run the journal's counts and the notices in its log.
import Foundation
import Testing

@Suite("Bars on standard input")
struct LineCommandTests {
  // Story: `{"historical": 1}` was taken for false and ordered on, and "100" for a number.
  @Test("that are not as they are described are left out, each told with its line and what is wrong with it")
  func refusedLines() throws {
    let lines = try LineStage()
    let good = #""symbol":"A","open":100,"high":100,"low":100,"close":100,"volume":1"#
    let bad: [(line: String, words: String)] = [
      (#"{"time":"2026-01-05T15:00:00Z","historical":1,\#(good)}"#, "historical is no true or false"),
      (#"{"time":"2026-01-05T15:01:00Z","historical":"true",\#(good)}"#, "historical is no true or false"),
      (
        #"{"time":"2026-01-05T15:02:00Z",\#(good.replacing("\"open\":100", with: "\"open\":\"100\""))}"#,
        "open is no number"
      ),
      (
        #"{"time":"2026-01-05T15:03:00Z",\#(good.replacing("\"volume\":1", with: "\"volume\":\"1\""))}"#,
        "volume is no number"
      ),
      (#"{"time":"2026-01-05T15:04:00Z","interval_s":"60",\#(good)}"#, "interval_s is no whole number of seconds"),
      (
        #"{"time":"2026-01-05T15:05:00Z",\#(good.replacing("\"high\":100", with: "\"high\":99.5"))}"#,
        "no bar has such prices: high 99.5 is below 100"
      ),
      (#"{"time":"2026-01-05T15:06:00Z",\#(good.replacing(",\"low\":100", with: ""))}"#, "low is missing"),
      (#"{"time":true,\#(good)}"#, "time is no instant"),
    ]
    try (bad.map(\.line).joined(separator: "\n") + "\n").write(
      toFile: lines.stage.path("bad.jsonl"), atomically: true, encoding: .utf8)
    let outcome = try lines.outcome(
      "{ cat bad.jsonl; lines A 10 14; } | engine paper --profile lines.yaml --output run.zst 2> run.log | grep -E '^bars'"
    )
    #expect(outcome.output == "bars      5\n")
    let log = try lines.text("run.log")
    for (place, bad) in bad.enumerated() {
      #expect(log.contains("line \(place + 1): \(bad.words)"), "\(bad.words): \(log)")
    }
  }

  // Story: a program whose clock, or whose idea of a bar's time, was ahead was held without a word, and its run never ended.
  @Test("dated ahead of the clock are told with their line, and the run ends with the input")
  func ahead() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      { lines A 0 4; line A 5 100 | sed s/2026-01-05/2099-01-05/; line A 6 100 | sed s/2026-01-05/2099-01-05/; } |
        timeout 60 engine paper --profile lines.yaml --output run.zst > run.out 2> run.log; echo $?
      grep -c clock_skew run.log
      """)
    #expect(outcome.output == "0\n1\n", "\(outcome.output)")
    let log = try lines.text("run.log")
    #expect(log.contains("line 6: the bar ends at 2099-01-05T15:06:00Z, which is ahead of the run's clock"), "\(log)")
    #expect(log.contains("2 bars from line 6 on left out"), "\(log)")
    let said = try lines.text("run.out")
    #expect(said.contains("bars      5\n") && said.contains("ended     its feed has ended"), "\(said)")
  }

  @Test("are never ahead of a clock that jumps from bar to bar")
  func jumping() throws {
    let lines = try LineStage(edit: { $0 + "clock: {speed: max}\n" })
    let outcome = try lines.outcome(
      "lines A 0 9 | sed s/2026-01-05/2099-01-05/ | engine paper --profile lines.yaml --output run.zst 2> run.log | grep -E '^bars'; grep -c clock_skew run.log"
    )
    #expect(outcome.output == "bars      10\n0\n", "\(outcome.output)")
  }
}
