// Goal: a paper run outlives whoever reads its log or view, ends in good order when its terminal closes, and says in its own words what stands in its way.
// Method: the built program with its readers gone, with signals, and with files that a crash or a person left.
import Foundation
import Testing

@Suite("The process of a paper run")
struct LiveProcessTests {
  // Story: `engine paper … --watch | head -2` ended by SIGPIPE and left its journal unfinished.
  @Test("goes on when nobody reads its view or its log any more")
  func readersGone() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      lines A 0 30 > bars.jsonl
      { engine paper --profile lines.yaml --output view.zst --watch < bars.jsonl 2> /dev/null; echo $? > view.code; } | head -n 1 > /dev/null
      { engine paper --profile lines.yaml --output log.zst < bars.jsonl 2>&1 > /dev/null; echo $? > log.code; } | head -n 1 > /dev/null
      cat view.code log.code; ls view.zst log.zst
      """)
    #expect(outcome.output == "0\n0\nlog.zst\nview.zst\n", "\(outcome.output)\(outcome.errors)")
  }

  @Test("ends in good order on SIGHUP, but not under nohup", arguments: [true, false])
  func hangUp(_ isTold: Bool) throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      mkfifo pipe; \(isTold ? "" : "nohup ")engine paper --profile lines.yaml --output run.zst < pipe > run.out 2> run.log & run=$!
      exec 3> pipe
      lines A 0 4 >&3; await '"bars":5'
      kill -HUP $run; \(isTold ? "" : "lines A 5 5 >&3; await '\"bars\":6'; exec 3>&-;") wait $run; echo $?; ls run.zst
      """)
    #expect(outcome.output == "0\nrun.zst\n", "\(outcome.output)\(outcome.errors)")
    #expect(try lines.text("run.out").contains(isTold ? "SIGHUP" : "its feed has ended"))
  }

  @Test(
    "refuses an ALLOW_SUBMIT that is neither 0 nor 1, by name; on paper the simulated venue gets orders unless somebody says no"
  )
  func allowSubmit() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      lines A 0 20 > bars.jsonl
      for value in false yes 2; do ALLOW_SUBMIT=$value engine paper --profile lines.yaml --output x.zst < bars.jsonl; echo $?; done
      for value in '' 1 0; do ALLOW_SUBMIT=$value engine paper --profile lines.yaml --output y$value.zst < bars.jsonl 2> /dev/null | grep -E '^fills'; done
      ls x.zst*
      """)
    #expect(outcome.output == "2\n2\n2\nfills     5\nfills     5\nfills     0\n", "\(outcome.output)")
    #expect(outcome.errors.contains(#"ALLOW_SUBMIT is "false" in the environment; set it to 1 or to 0, or unset it."#))
  }

  @Test(
    "names the file and the way on where another profile's run is unfinished, and never options that it doesn't have")
  func otherProfile() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      mkfifo pipe; engine paper --profile lines.yaml --output run.zst < pipe > /dev/null 2>&1 & run=$!
      exec 3> pipe
      lines A 0 4 >&3; await '"bars":5'; kill -KILL $run; wait $run 2> /dev/null; exec 3>&-
      sed 's/shares: 10/shares: 11/' lines.yaml > other.yaml
      engine paper --profile other.yaml --output run.zst < /dev/null; echo $?
      """)
    #expect(outcome.output == "2\n")
    #expect(outcome.errors.contains("run.zst.partial is the unfinished journal of another run"), "\(outcome.errors)")
    #expect(outcome.errors.contains("Give the profile that it was begun with") && !outcome.errors.contains("--resume"))
  }

  @Test(
    "refuses to go on, or to begin beside it, where half of an unfinished run's journal is gone, and no file that isn't one"
  )
  func tornApart() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      mkfifo pipe; engine paper --profile lines.yaml < pipe > /dev/null 2>&1 & run=$!
      exec 3> pipe
      lines A 0 4 >&3
      for try in $(seq 600); do ls runs/lines-*.zst.control > control 2> /dev/null && break; sleep 0.1; done
      name=$(sed 's/.control//' control)
      for try in $(seq 600); do engine status $name 2> /dev/null | grep -q '"bars":5' && break; sleep 0.1; done
      kill -KILL $run; wait $run 2> /dev/null; exec 3>&-
      ls runs | wc -l > before
      mv $name.partial.tail kept; engine paper --profile lines.yaml < /dev/null; echo $?
      head -c 3000 bars.zst > half.zst.partial; engine paper --profile lines.yaml --output half.zst < /dev/null; echo $?
      mv kept $name.partial.tail; mv $name.partial kept; engine paper --profile lines.yaml < /dev/null; echo $?
      mv kept $name.partial; lines A 5 8 | engine paper --profile lines.yaml 2> /dev/null | grep -E '^bars'
      engine paper --profile lines.yaml --output /dev/null < /dev/null; echo $?
      """)
    #expect(outcome.output == "0\n2\n2\nbars      9\n2\n", "\(outcome.output)\(outcome.errors)")
    #expect(
      outcome.errors.contains(".zst.partial is empty and has no live tail; where it had one"), "\(outcome.errors)")
    #expect(outcome.errors.contains("half.zst.partial is an unfinished run whose live tail, "), "\(outcome.errors)")
    #expect(outcome.errors.contains("is the live tail of a journal, "), "\(outcome.errors)")
    #expect(outcome.errors.contains("/dev/null is no regular file"), "\(outcome.errors)")
  }

  @Test("says who stopped it in one pair of parentheses")
  func whoStopped() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      mkfifo pipe; engine paper --profile lines.yaml --output run.zst < pipe 2> run.log > run.out & run=$!
      exec 3> pipe
      lines A 0 4 >&3; await '"bars":5'; engine stop run.zst > /dev/null; wait $run; exec 3>&-
      grep -E '^ended' run.out
      """)
    #expect(
      outcome.output.hasPrefix("ended     stopped by a person (by ") && !outcome.output.contains("(("), "\(outcome)")
  }
}
