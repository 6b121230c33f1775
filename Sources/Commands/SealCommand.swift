import ArgumentParser
import Journal
import Market
import Projections

struct SealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Close a journal that was left open, and sign it with a key.",
    discussion: """
        engine seal run.zst
        engine seal run.zst --key ~/engine.key

      A journal that a crash left open keeps everything that was acknowledged; what a write left torn is cut off and named. With --key every byte \
      is verified, and what the journal holds is signed: the note goes beside it, into run.zst.seal, in place of an older one. The journal's own bytes \
      don't change by signing.
      """)

  @Argument(help: "A journal's path, or the first digits of a run id.")
  var journal: JournalArgument
  @Option(help: "The private key, as `engine key new` wrote it.", completion: .file())
  var key: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let path = try journal.namedPath()
    if let key { try InputGuard([key]).check([JournalSeal.path(of: path), JournalSeal.path(of: path) + ".partial"]) }
    do throws(ProofError) {
      // Before anything is changed.
      let signer: SigningKey? = if let key { try KeyFile.signingKey(at: key) } else { nil }
      if signer != nil { try JournalSeal.checkMayWrite(beside: path) }
      let closing = try ClosedJournal(closing: path)
      guard let signer else { return show(path, closing, nil) }
      let file: any JournalFile
      do throws(FileError) { file = try PosixFile.open(path: path) } catch { throw .file(error) }
      let report: VerifyReport
      do throws(JournalError) { report = try verifyJournal(file: file, withRoot: true) } catch { throw .journal(error) }
      if let damage = report.damage { throw .journal(damage) }
      let seal = try JournalSeal(file, report, key: signer)
      try seal.write(beside: path)
      show(path, closing, seal, by: signer.verifier.name)
    } catch {
      throw Failure(error)
    }
  }

  private func show(_ path: String, _ closing: ClosedJournal, _ seal: JournalSeal?, by name: String = "") {
    let summary = closing.summary
    switch options.format {
    case .text:
      var text = closing.cuts.map { "cut       \($0.text)\n" }.joined()
      text += "sealed    \(path)\(closing.wasSealed ? ", before" : "")\n"
      text += "events    \(summary.events)\nhead      \(Hex.text(summary.head))\n"
      if let seal {
        text += "signed    by \(name), in \(JournalSeal.path(of: path))\nroot      \(Hex.text(seal.checkpoint.root))\n"
      }
      StandardOutput.write(text)
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("path", .string(path)), ("was_sealed", .flag(closing.wasSealed)),
          ("events", .integer(Int64(summary.events))), ("head", .string(Hex.text(summary.head))),
          ("cut", .array(closing.cuts.map(\.json))),
          ("signed_by", seal == nil ? .null : .string(name)),
          ("seal", seal == nil ? .null : .string(JournalSeal.path(of: path))),
          ("root", seal.map { .string(Hex.text($0.checkpoint.root)) } ?? .null),
        ]).text + "\n")
    }
  }
}

/// A journal that is sealed now, and what had to be cut off it for that.
private struct ClosedJournal {
  let summary: JournalSummary
  let wasSealed: Bool
  let cuts: [CutTail]

  /// - Throws: also for a journal without an event: there is nothing to seal, and it may be a wrong name.
  init(closing path: String) throws(ProofError) {
    let file: any JournalFile
    do throws(FileError) { file = try PosixFile.open(path: path) } catch { throw .file(error) }
    do throws(JournalError) { self = try ClosedJournal(closing: file) } catch { throw .journal(error) }
    if summary.events == 0 { throw .noRun(path: path) }
  }

  private init(closing file: any JournalFile) throws(JournalError) {
    if try JournalReader.isSealed(file) {
      self.init(summary: try JournalReader(file: file).summary, wasSealed: true, cuts: [])
      return
    }
    // Locked before it is looked at: what a writer is just writing looks torn.
    let held = try HeldJournal(path: file.path, options: JournalOptions(durability: .commit, owner: "engine seal"))
    let before = try JournalReader(file: held.file).summary
    if before.isSealed || before.events == 0 {
      self.init(summary: before, wasSealed: before.isSealed, cuts: [])
      return
    }
    let writer = try JournalWriter.resume(held)
    let cuts = [writer.cutTail, writer.cutLiveTail].compactMap(\.self)
    self.init(summary: try writer.seal(), wasSealed: false, cuts: cuts)
  }

  private init(summary: JournalSummary, wasSealed: Bool, cuts: [CutTail]) {
    self.summary = summary
    self.wasSealed = wasSealed
    self.cuts = cuts
  }
}
