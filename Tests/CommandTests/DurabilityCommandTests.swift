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

  @Test("that were cut off within their first block are said to be torn by whoever reads them")
  func firstBlock() throws {
    let stage = try CommandStage()
    let outcome = try stage.outcome(
      "\(Self.run) --output whole.zst > /dev/null; head -c 300 whole.zst > torn.zst; for check in certify verify; do engine $check torn.zst; echo $?; done"
    )
    let words = "are no whole block: a write was cut short"
    #expect(
      (outcome.output + outcome.errors).components(separatedBy: words).count == 3, "\(outcome.output)\(outcome.errors)")
    #expect(!outcome.errors.contains("no journal of a run"))
  }

  @Test("write over no unfinished run that was acknowledged unless told to, and say both ways")
  func unfinished() throws {
    let stage = try CommandStage()
    let run = Self.run + " --output full.zst"
    let stop = "(trap '' XFSZ; ulimit -f 40; \(run) --durability commit) 2> /dev/null; md5sum full.zst.partial* > sums"
    _ = try stage.outcome(stop)
    for line in [run, "\(run) --durability commit", "rm full.zst.partial; \(run)", "\(run) --resume"] {
      let refused = try stage.outcome(line)
      #expect(refused.code == 2 && refused.errors.contains("full.zst.partial"), "\(refused.errors)")
      #expect(refused.errors.contains("--resume") && refused.errors.contains("--replace"), "\(refused.errors)")
      #expect(try stage.outcome("ls full.zst.partial.tail && ! ls full.zst").code == 0)
      if line.hasPrefix(run) { #expect(try stage.outcome("md5sum -c sums").code == (line.hasSuffix("resume") ? 1 : 0)) }
    }
    #expect(try stage.outcome("\(run) --replace && ls full.zst*").output.hasSuffix("\nfull.zst\n"))
    // A whole one that only lacks its name, and a file that is no journal.
    for source in ["full.zst", "sma_cross.yaml"] {
      let refused = try stage.outcome("cp \(source) n.zst.partial; \(Self.run) --output n.zst")
      #expect(refused.code == 2 && refused.errors.contains("n.zst.partial"), "\(refused.errors)")
      #expect(try stage.outcome("cmp \(source) n.zst.partial").code == 0)
    }
    // Nothing was acknowledged of this one.
    let begun = try stage.outcome(
      "head -c 3000 full.zst > n.zst.partial; \(Self.run) --output n.zst && cmp full.zst n.zst")
    #expect(begun.code == 0, "\(begun.errors)")
  }

  @Test("asked for with --resume when it is finished, are said to be; another run in that place is refused")
  func finished() throws {
    let stage = try CommandStage()
    let run = Self.run + " --output done.zst"
    let done = try stage.outcome("\(run) > a && \(run) --resume > b && cmp a b")
    #expect(done.code == 0 && done.errors.contains("done.zst was whole already"), "\(done.errors)")
    for line in ["engine backtest --profile rules.yaml --bars bars.zst --output done.zst --resume", run] {
      let refused = try stage.outcome(line)
      #expect(refused.code == 2 && refused.errors.contains("exists already"), "\(refused.errors)")
    }
  }

  @Test("and no other command write over what they read, by whatever name")
  func inputs() throws {
    let stage = try CommandStage()
    try #require(
      try stage.outcome(
        "cp bars.zst b.zst.partial; cp bars.zst b2-0001.zst; cp sma_cross.yaml p.zst; ln alfa.csv alfa.zst; md5sum b* p.zst alfa.csv > sums"
      ).code == 0)
    let test = "engine backtest --profile sma_cross.yaml --replace"
    for line in [
      "\(test) --bars bars.zst --output bars.zst", "\(test) --bars bars.zst --output sma_cross.yaml",
      "ln -s bars.zst link.zst; \(test) --bars bars.zst --output link.zst",
      "\(test) --bars b.zst.partial --output b.zst", "\(test) --bars b2-0001.zst --output b2.zst --roll 100",
      "engine replay bars.zst --with sma_cross.yaml --output bars.zst --replace",
      "engine replay bars.zst --with p.zst --output p.zst --replace",
      "engine import alfa.csv --spec ohlcv --output alfa.zst --replace",
      "engine import alfa.csv --spec ohlcv --output alfa.csv --replace",
    ] {
      let refused = try stage.outcome(line)
      #expect(refused.code == 2 && refused.errors.contains("choose other names"), "\(line): \(refused.errors)")
      #expect(try stage.outcome("md5sum -c sums").code == 0, "\(line)")
    }
  }

  @Test("end as they would where nothing can be said on stderr")
  func silent() throws {
    let stage = try CommandStage()
    for silence in ["2> /dev/full", "2>&-", "2>&- 0>&-"] {
      #expect(try stage.outcome("\(Self.run) --output bars.zst \(silence)").code == 2)
      let made = try stage.outcome("\(Self.run) --output s.zst --replace \(silence) && engine verify s.zst \(silence)")
      #expect(made.code == 0, "\(silence)")
      #expect(try stage.outcome("engine backtest --no-such-option \(silence)").code == 2)
      #expect(try stage.outcome("cp s.zst t.zst; engine seal t.zst --key none \(silence); cmp s.zst t.zst").code == 0)
    }
    #expect(try stage.outcome("engine verify s.zst >&-").code == 2)
  }

  @Test("don't go on with another run's journal, with a stream, or with what rolls")
  func refusals() throws {
    let stage = try CommandStage()
    let run = Self.run
    try stage.run(
      "cp momentum.zst other.zst.partial; \(run) --output other.zst --resume",
      "engine export other.zst.partial > a; engine export momentum.zst | cmp - a && echo nothing lost",
      "\(run) --output - --durability commit > /dev/null",
      "\(run) --output r.zst --durability often")
    try stage.expectGolden("durable_refusals")
  }
}
