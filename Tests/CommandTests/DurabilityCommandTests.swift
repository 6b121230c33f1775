// Goal: a run that is stopped by the system says why, ends with its own code, and goes on with `--resume` to the same bytes; what can't be gone on with
// is refused by name. Method: whole output against golden text, in a folder of its own; a file size limit stands for a full disk.
import Foundation
import Testing

@Suite("Durable runs on the command line")
struct DurabilityCommandTests {
  private static let run = "engine backtest --profile sma_cross.yaml --bars bars.zst"

  @Test("end in the bytes of a run that was never stopped, whatever is safe when")
  func sameBytes() throws {
    let stage = try CommandStage()
    let run = Self.run
    try stage.run(
      "for d in commit block close; do \(run) --output $d.zst --durability $d | tail -n 1; cmp sma_cross.zst $d.zst && echo same; done",
      "ls *.tail *.partial",
      "cp sma_cross.zst whole.zst.partial; \(run) --output whole.zst --resume | tail -n 1; cmp sma_cross.zst whole.zst && echo same",
      "head -c 5000 sma_cross.zst > torn.zst.partial; \(run) --output torn.zst --resume | tail -n 1; cmp sma_cross.zst torn.zst && echo same"
    )
    try stage.expectGolden("durable")
  }

  @Test("stopped where nothing more can be written, say which file and why, end with 3, keep what was safe and go on")
  func fullDisk() throws {
    let stage = try CommandStage()
    let run = Self.run + " --output full.zst --durability commit --resume"
    for limit in [33, 40, 64, 90] {
      let outcome = try stage.outcome("(trap '' XFSZ; ulimit -f \(limit); \(run))")
      #expect(outcome.code == 3, "\(limit) KiB: \(outcome.errors)")
      #expect(outcome.errors.contains("full.zst.partial"), "\(outcome.errors)")
      #expect(outcome.errors.contains("File too large"), "\(outcome.errors)")
    }
    let kept = try stage.outcome("engine inspect full.zst.partial --format json")
    #expect(kept.code == 0, "\(kept.errors)")
    let done = try stage.outcome("\(run) > /dev/null && cmp sma_cross.zst full.zst && ls full*")
    #expect(done.code == 0 && done.output == "full.zst\n", "\(done.errors)")
  }

  @Test("finish a sealed journal that has only its other name, and leave another run's as it is, whatever is safe when")
  func close() throws {
    let stage = try CommandStage()
    let run = Self.run + " --resume --durability close"
    let made = try stage.outcome(
      "\(Self.run) --output whole.zst && cp whole.zst run.zst.partial && \(run) --output run.zst && cmp whole.zst run.zst && ls run.zst*"
    )
    #expect(made.code == 0 && made.output.hasSuffix("\nrun.zst\n"), "\(made.errors)")
    let other = try stage.outcome(
      "engine backtest --profile rules.yaml --bars bars.zst --output o.zst > /dev/null; head -c 7000 o.zst > p.zst.partial;"
        + " cp p.zst.partial kept; cp bars.zst q.zst.partial; \(run) --output p.zst; \(run) --output q.zst;"
        + " cmp kept p.zst.partial && cmp bars.zst q.zst.partial && ls [pq].zst*")
    #expect(other.code == 0 && other.output == "p.zst.partial\nq.zst.partial\n", "\(other.errors)")
  }

  @Test("don't go on with another run's journal, with a stream, or with what rolls")
  func refusals() throws {
    let stage = try CommandStage()
    let run = Self.run
    try stage.run(
      "cp momentum.zst other.zst.partial; \(run) --output other.zst --resume",
      "engine export other.zst.partial > a; engine export momentum.zst | cmp - a && echo nothing lost",
      "\(run) --output - --durability commit > /dev/null", "\(run) --output r.zst --roll 100 --resume",
      "\(run) --output r.zst --durability often")
    try stage.expectGolden("durable_refusals")
  }
}
