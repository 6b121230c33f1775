import ArgumentParser
import Foundation
import Journal

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Export the proof that one event is in a sealed and signed journal.",
    discussion: """
        engine prove run.zst 1206 --output fill.tlog-proof

      The proof is a small text (C2SP tlog-proof): the event, its path in the Merkle tree (RFC 6962), and the signed note. `engine check-proof` \
      checks it with the public key alone, without the journal; nothing else of the journal is in it but hashes.
      """)

  @Argument(help: "A journal's path, or the first digits of a run id.")
  var journal: JournalArgument
  @Argument(help: "The event's sequence.")
  var sequence: UInt64
  @Option(
    name: .shortAndLong, help: "The file to write, which must not be there yet; stdout if not given.",
    completion: .file())
  var output: String?

  func run() throws {
    let path = try journal.namedPath()
    let file = try journal.file(watchedAs: "prove")
    do throws(ProofError) {
      let proof = try JournalSeal.beside(path).proof(of: sequence, in: file)
      guard let output else { return StandardOutput.write(proof.text) }
      try proof.write(to: output)
    } catch {
      throw Failure(error)
    }
  }
}
