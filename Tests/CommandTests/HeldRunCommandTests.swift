// Story: `engine kill`, `engine stop`, and the same command begun again by a supervisor bought at once.
// Goal: a killed run that ends in good order is killed when the same command goes on with it; only `engine resume` lets it trade again.
// Method: the built program with bars on standard input; of each process its exit code, what it says, and how many orders its journal has.
import Testing

@Suite("engine kill and stop")
struct HeldRunCommandTests {
  @Test("keep a run killed over its orderly end, until engine resume has a reason")
  func killed() throws {
    let lines = try LineStage()
    let outcome = try lines.outcome(
      """
      orders() { engine inspect run.zst --kind order_intent | wc -l; }
      mkfifo pipe; engine paper --profile lines.yaml --output run.zst < pipe > first.out 2> first.log & run=$!
      exec 3> pipe
      lines A 0 8 >&3; await '"bars":9'
      engine kill run.zst --reason crisis > /dev/null; lines A 9 10 >&3; await '"kill":"flat_and_halted"'
      engine stop run.zst > /dev/null; wait $run; echo "first $?"; exec 3>&-
      ls run.zst 2> /dev/null; before=$(orders)
      lines A 11 20 | engine paper --profile lines.yaml --output run.zst > second.out 2> second.log; echo "second $?"
      test $(orders) -eq $before && echo "nothing was ordered"
      engine resume run.zst --confirm --reason looked > resume.out; echo "resume $?"
      lines A 21 30 | engine paper --profile lines.yaml --output run.zst --format json > third.out 2> third.log; echo "third $?"
      test $(orders) -gt $before && echo "it trades again"
      engine verify run.zst | grep -c -i sealed
      """)
    let log = try lines.text("third.log")
    #expect(
      outcome.output
        == "first 6\nsecond 6\nnothing was ordered\nresume 0\nthird 0\nit trades again\n1\n",
      "\(outcome.output)\(outcome.errors)\(log.suffix(2_000))")
    let first = try lines.text("first.out")
    #expect(first.contains("journal   run.zst.partial") && first.contains("it is killed"), "\(first)")
    #expect(first.contains("`engine resume run.zst --confirm --reason WHY` lets it trade again"), "\(first)")
    #expect(try lines.text("third.out").contains(#""ended": "feedEnded""#))
  }

  @Test("whose kill has not closed its positions says that the run isn't flat")
  func notFlat() throws {
    let lines = try LineStage(edit: { $0 + "venue: {name: paper, stop_wait: 1 s}\n" })
    let outcome = try lines.outcome(
      """
      mkfifo pipe; engine paper --profile lines.yaml --output run.zst < pipe > first.out 2> first.log & run=$!
      exec 3> pipe
      lines A 0 8 >&3; await '"bars":9'; await '"open_positions":1'
      engine kill run.zst --reason crisis > /dev/null
      engine stop run.zst > /dev/null; wait $run; echo "first $?"; exec 3>&-
      lines A 9 12 | engine paper --profile lines.yaml --output run.zst --format json > second.out 2> second.log; echo "second $?"
      """)
    #expect(outcome.output == "first 6\nsecond 6\n", "\(outcome.output)\(outcome.errors)")
    #expect(try lines.text("first.out").contains("NOT FLAT: 1 position is still open"))
    #expect(try lines.text("first.log").contains("NOT FLAT"))
    let second = try lines.text("second.out")
    #expect(second.contains(#""held_by": "a kill""#) && !second.contains("NOT FLAT"), "\(second)")
  }

  @Test("a breaker that tripped holds a run over the end of its input, too, until somebody arms it again")
  func tripped() throws {
    let breaker = "breakers: [{order_rate: {threshold: 1, within: 1 d, action: halt}}]"
    let lines = try LineStage(edit: { $0.replacing("max_position: 20}", with: "max_position: 20, \(breaker)}") })
    let outcome = try lines.outcome(
      """
      run() { lines A $1 $2 | engine paper --profile lines.yaml --output run.zst 2>> run.log | grep -E '^ended' | grep -o 'held by [a-z ]*' || echo over; }
      orders() { engine inspect run.zst --kind order_intent | wc -l; }
      run 0 18; first=$(orders); run 19 30; test $(orders) -eq $first && echo "nothing was ordered"
      engine resume run.zst --confirm --reason looked > /dev/null; echo "resume $?"
      run 31 38; test $(orders) -gt $first && echo "it trades again"
      """)
    #expect(
      outcome.output
        == "held by account halted\nheld by account halted\nnothing was ordered\nresume 0\nover\nit trades again\n",
      "\(outcome.output)\(outcome.errors)")
  }
}
