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
      "engine verify sma_cross.zst rules.zst --same-prefix bars.zst")
    try stage.expectGolden("same_prefix")
  }
}
