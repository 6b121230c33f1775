import ArgumentParser
import Journal
import Market
import Projections

/// `verify J --key PUB`: every byte of the journal, then that it is what the key signed.
struct SealVerification {
  let journal: JournalArgument
  let key: String
  let format: OutputFormat

  func run() throws {
    let path = try journal.namedPath()
    let file = try journal.file(watchedAs: "verify")
    let verifier: VerifierKey
    let report: VerifyReport
    var seal: JournalSeal?
    var problem: String?
    do throws(ProofError) {
      verifier = try KeyFile.verifierKey(at: key)
      do throws(JournalError) { report = try verifyJournal(file: file, withRoot: true) } catch { throw .journal(error) }
      if let damage = report.damage {
        problem = "\(damage)"
      } else {
        let found = try JournalSeal.beside(path)
        seal = found
        problem = try found.refusal(verifier, file, report).map { "\(ProofError.refused($0, path: path))" }
      }
    } catch {
      guard case .refused = error else { throw Failure(error) }
      return try refuse("\(error)")
    }
    if let problem { return try refuse(problem) }
    if let seal { show(path, report.summary, seal.checkpoint, by: verifier.name) }
  }

  private func refuse(_ problem: String) throws {
    switch format {
    case .text: Failure.report(problem)
    case .json:
      StandardOutput.write(JSONText.object([("signed", .flag(false)), ("problem", .string(problem))]).text + "\n")
    }
    throw ExitCode(1)
  }

  private func show(_ path: String, _ summary: JournalSummary, _ checkpoint: Checkpoint, by name: String) {
    switch format {
    case .text:
      StandardOutput.write(
        """
        intact    \(path)
        events    \(summary.events)
        head      \(Hex.text(summary.head))
        signed    by \(name)
        run       \(Hex.text(checkpoint.runID))
        root      \(Hex.text(checkpoint.root))

        """)
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("signed", .flag(true)), ("events", .integer(Int64(summary.events))),
          ("head", .string(Hex.text(summary.head))), ("signed_by", .string(name)),
          ("run_id", .string(Hex.text(checkpoint.runID))), ("root", .string(Hex.text(checkpoint.root))),
        ]).text + "\n")
    }
  }
}
