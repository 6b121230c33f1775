// Goal: keys, seals and proofs work from the command line, and every way in which something is not what was signed ends with 1 and says what.
// Method: whole output against golden text, with the key of Go's example so that signatures don't change from run to run.
import Foundation
import Testing

@Suite("Commands that prove")
struct ProofCommandTests {
  /// From the documentation of golang.org/x/mod/sumdb/note.
  static let key =
    "printf 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\\n' > k; chmod 600 k;"
    + " printf 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\\n' > k.pub"

  @Test("key new makes a pair for its owner alone and replaces nothing; a key that others can read is refused")
  func keys() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine key new mine > out; sed -E 's/[0-9a-f]{8}[+].*/HASH+KEY/' out", "stat -c '%a %n' mine mine.pub",
      "engine key new mine", "engine key new no/where", "engine key new other --name 'two words'", "touch taken.pub",
      "engine key new taken; ls taken", "engine seal sma_cross.zst --key mine --format json | grep -c signed_by",
      "engine verify sma_cross.zst --key mine.pub | head -n 1", "chmod 640 mine",
      "engine seal sma_cross.zst --key mine",
      "engine seal sma_cross.zst --key mine.pub", "engine seal sma_cross.zst --key nowhere")
    try stage.expectGolden("keys")
  }

  @Test("seal signs without a change to the journal, verify --key checks and names every mismatch with exit code 1")
  func seal() throws {
    let stage = try CommandStage()
    try stage.run(
      Self.key, "cp sma_cross.zst before.zst", "engine verify sma_cross.zst --key k.pub", "engine seal sma_cross.zst",
      "engine seal sma_cross.zst --key k", "cmp sma_cross.zst before.zst", "cat sma_cross.zst.seal",
      "engine verify sma_cross.zst --key k.pub", "engine verify sma_cross.zst --key k.pub --format json",
      "engine verify sma_cross.zst --key k", "engine key new o --name PeterNeumann > /dev/null",
      "engine verify sma_cross.zst --key o.pub", "cp sma_cross.zst.seal rules.zst.seal",
      "engine verify rules.zst --key k.pub", "sed 's/^934$/935/' sma_cross.zst.seal > before.zst.seal",
      "engine verify before.zst --key k.pub", "sed 's/$/\\r/' sma_cross.zst.seal > before.zst.seal",
      "engine verify before.zst --key k.pub --format json", "engine verify - --key k.pub < sma_cross.zst",
      "head -c 4000 sma_cross.zst > before.zst; engine seal before.zst --key k", "engine seal alfa.csv")
    try stage.expectGolden("seal")
  }

  @Test("seal and recover make a torn journal whole and say what was cut; recover leaves a sealed one alone")
  func recover() throws {
    let stage = try CommandStage()
    try stage.run(
      Self.key,
      "head -c $(($(stat -c %s sma_cross.zst) - 33)) sma_cross.zst > open.zst; printf 'torn' >> open.zst; cp open.zst again.zst",
      "engine verify open.zst", "engine recover open.zst; ls open.zst*", "engine recover open.zst --format json",
      "engine recover open.zst --take-over", "engine verify open.zst", "engine seal open.zst; ls open.zst*",
      "cmp open.zst sma_cross.zst", "engine seal again.zst --key k --format json", "engine recover open.zst")
    try stage.expectGolden("recover")
  }

  @Test("a proof is exported, checked without the journal, and refused where any byte is another")
  func proof() throws {
    let stage = try CommandStage()
    try stage.run(
      Self.key, "engine prove sma_cross.zst 76", "engine seal sma_cross.zst --key k > /dev/null",
      "engine prove sma_cross.zst 76 --output fill.tlog-proof; cat fill.tlog-proof",
      "engine prove sma_cross.zst 76 --output fill.tlog-proof", "engine prove sma_cross.zst 934",
      "mkdir away; cp fill.tlog-proof k.pub away; cd away; engine check-proof fill.tlog-proof --key k.pub",
      "engine check-proof fill.tlog-proof --key k.pub --format json",
      "engine prove sma_cross.zst 1 | engine check-proof - --key k.pub",
      "sed 's/^index 76/index 75/' fill.tlog-proof | engine check-proof - --key k.pub",
      "engine check-proof alfa.csv --key k.pub --format json", "engine check-proof nowhere --key k.pub",
      "engine check-proof fill.tlog-proof --key k")
    try stage.expectGolden("proof")
  }

  @Test("verify --same-prefix says how much of a copy is the beginning of the other, and where they part")
  func prefix() throws {
    let stage = try CommandStage()
    try stage.run(
      "head -c $(($(stat -c %s sma_cross.zst) - 33)) sma_cross.zst > open.zst",
      "engine verify sma_cross.zst --same-prefix open.zst",
      "engine verify sma_cross.zst --same-prefix open.zst --format json",
      "engine verify sma_cross.zst --same-prefix rules.zst",
      "engine verify bars.zst --same-prefix sma_cross.zst --format json",
      "head -c 4000 sma_cross.zst > torn.zst; engine verify sma_cross.zst --same-prefix torn.zst",
      "engine verify sma_cross.zst rules.zst --same-prefix bars.zst",
      ": > e.zst; engine verify sma_cross.zst --same-prefix e.zst",
      "engine verify e.zst --same-prefix sma_cross.zst")
    try stage.expectGolden("same_prefix")
  }

  @Test("seal writes its note over no key and no other file, and leaves nothing behind where it can't write it")
  func noteInTheWay() throws {
    let stage = try CommandStage()
    try #require(
      try stage.outcome(Self.key + "; cp k s.zst.seal; chmod 600 s.zst.seal; cp sma_cross.zst s.zst; cp s.zst t.zst")
        .code == 0)
    for (line, kept) in [
      ("engine seal s.zst --key s.zst.seal", "cmp k s.zst.seal"), ("engine seal s.zst --key k", "cmp k s.zst.seal"),
      (
        "cp k t.zst.seal.partial; chmod 600 t.zst.seal.partial; engine seal t.zst --key t.zst.seal.partial",
        "cmp k t.zst.seal.partial"
      ),
    ] {
      let refused = try stage.outcome(line)
      #expect(refused.code == 2 && !refused.errors.isEmpty, "\(line): \(refused.errors)")
      #expect(try stage.outcome("\(kept) && cmp sma_cross.zst s.zst").code == 0, "\(line)")
    }
    let full = try stage.outcome("cp sma_cross.zst u.zst; (trap '' XFSZ; ulimit -f 0; engine seal u.zst --key k)")
    #expect(full.code == 3)
    #expect(try stage.outcome("ls u.zst*").output == "u.zst\n")
  }

  @Test(
    "recover has nothing to do with a sealed journal but to remove its old tail, and takes nothing for a journal that holds no event"
  )
  func nothingToRecover() throws {
    let stage = try CommandStage()
    try #require(
      try stage.outcome(
        "(trap '' XFSZ; ulimit -f 64; engine backtest --profile sma_cross.yaml --bars bars.zst --output w.zst --durability commit);"
          + " cp w.zst.partial.tail keep; engine seal w.zst.partial && cp keep w.zst.partial.tail"
      ).code == 0)
    let sealed = try stage.outcome(
      "cp w.zst.partial w2; engine recover w.zst.partial && cmp w.zst.partial w2 && ls w.zst*")
    #expect(sealed.code == 0 && sealed.output.hasSuffix("\nw.zst.partial\n"), "\(sealed.errors)")
    #expect(try stage.outcome("engine recover w.zst.partial").code == 0)
    for source in [": > e.zst", "printf EVBK-and-more | zstd -q > e.zst", "mkfifo e.zst", "ln -s /dev/null e.zst"] {
      let refused = try stage.outcome("rm -f e.zst*; \(source); cksum < /dev/null; timeout 5 engine recover e.zst")
      #expect(refused.code == 2, "\(source): \(refused.errors)")
      #expect(try stage.outcome("ls e.zst*").output == "e.zst\n", "\(source)")
    }
    for command in ["seal e.zst", "recover e.zst", "salvage e.zst -o f.zst", "verify e.zst"] {
      #expect(try stage.outcome("rm -f e.zst; mkfifo e.zst; timeout 5 engine \(command)").code == 2, "\(command)")
    }
  }
}
