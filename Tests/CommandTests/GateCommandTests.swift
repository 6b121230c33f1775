// Story: gates passed a run of which half of the instruments had no bar, and a journal whose end was torn off.
// Goal: gates always ask whether the run ended in good order, and can ask for bars of every instrument and for late ones; a certificate names a journal without its end.
// Method: paper runs of the built program over lines of one of two instruments, whole, killed and with their last bytes cut off.
import Foundation
import Testing

@Suite("engine gates")
struct GateCommandTests {
  @Test("fails a run in which an instrument was silent, and says which")
  func silentInstrument() throws {
    let lines = try LineStage(symbols: ["A", "B"])
    let outcome = try lines.outcome(
      """
      printf 'bars_of_every_instrument: true\nlate_bars_max: 0\n' > gates.yaml
      lines A 0 9 | engine paper --profile lines.yaml --output one.zst > /dev/null 2>&1
      for minute in $(seq 0 9); do line A $minute 100; line B $minute 100; done | engine paper --profile lines.yaml --output both.zst > /dev/null 2>&1
      { lines A 0 5; line B 1 100; line A 6 100; } | engine paper --profile lines.yaml --output late.zst > /dev/null 2>&1
      for run in one both late; do engine gates $run.zst --gates gates.yaml; echo $?; done
      """)
    #expect(
      outcome.output == """
        pass  ended_in_good_order       ended, sealed (wanted: ended, sealed)
        pass  late_bars_max             0 (wanted: at most 0)
        FAIL  bars_of_every_instrument  no fresh bar of B (wanted: fresh bars of each)
        not passed
        1
        pass  ended_in_good_order       ended, sealed (wanted: ended, sealed)
        pass  late_bars_max             0 (wanted: at most 0)
        pass  bars_of_every_instrument  at least 9 fresh bars of each (wanted: fresh bars of each)
        all 3 gates passed
        0
        pass  ended_in_good_order       ended, sealed (wanted: ended, sealed)
        FAIL  late_bars_max             1 (wanted: at most 0)
        FAIL  bars_of_every_instrument  no fresh bar of B (wanted: fresh bars of each)
        not passed
        1

        """, "\(outcome.output)")
  }

  @Test("fails a journal that is held, broken off or torn, which its certificate names too")
  func withoutEnd() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      echo 'errors_max: 0' > gates.yaml; : > none.yaml
      mkfifo pipe; engine paper --profile lines.yaml --output run.zst < pipe > /dev/null 2>&1 & run=$!
      exec 3> pipe
      lines A 0 9 >&3; await '"bars":10'
      engine gates run.zst --gates gates.yaml | grep ended; engine certify run.zst | grep -c '^unfinished'
      engine halt run.zst --reason slow > /dev/null; engine stop run.zst > /dev/null; wait $run; exec 3>&-
      engine gates run.zst --gates gates.yaml | grep ended
      engine resume run.zst --confirm --reason looked > /dev/null
      lines A 10 12 | engine paper --profile lines.yaml --output run.zst > /dev/null 2>&1
      engine gates run.zst --gates gates.yaml | grep ended; engine certify run.zst | grep -c '^unfinished'
      head -c $(($(wc -c < run.zst) - 40)) run.zst > torn.zst
      engine gates torn.zst --gates gates.yaml > /dev/null 2>&1; echo $?; engine gates run.zst --gates none.yaml
      """)
    let rows = outcome.output.split(separator: "\n").map(String.init)
    try #require(rows.count == 6, "\(outcome.output)\(outcome.errors)")
    #expect(rows[0].hasPrefix("FAIL  ended_in_good_order  not ended: it runs, was broken off"))
    #expect(rows[1] == "1")
    #expect(
      rows[2].contains("not ended: stopped by a person") && rows[2].contains("held by account halted"), "\(rows[2])")
    #expect(rows[3] == "pass  ended_in_good_order  ended, sealed (wanted: ended, sealed)")
    #expect(rows[4] == "0")
    #expect(rows[5] == "2", "what is left of one torn block is no journal")
    #expect(outcome.errors.contains("the file names no gates; start from config/gates/live-15m.yaml"))
  }
}
