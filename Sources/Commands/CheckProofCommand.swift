import ArgumentParser
import Foundation
import Journal
import Market
import Projections

struct CheckProofCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-proof",
    abstract: "Check the proof that an event is in a journal, without the journal.",
    discussion: """
        engine check-proof fill.tlog-proof --key engine.key.pub

      Prints the event, and the run and journal that it is proved to be in. Instruments and strategies are printed as numbers: their names are in the \
      journal's first event. Exit code 1 where the proof does not hold or the file is no proof, byte for byte, 2 where a file can't \
      be read at all.
      """)

  @Argument(help: "A file that `engine prove` wrote, or `-` for stdin.", completion: .file(extensions: ["tlog-proof"]))
  var proof: String
  @Option(help: "The public key of whoever signed the journal, as `engine key new` wrote it.", completion: .file())
  var key: String
  @OptionGroup var options: OutputOptions

  func run() throws {
    let verifier: VerifierKey
    let bytes: [UInt8]
    do throws(ProofError) {
      verifier = try KeyFile.verifierKey(at: key)
      bytes = try EventProof.read(proof)
    } catch {
      throw Failure(error)
    }
    do throws(ProofRefusal) {
      let proved = try EventProof(bytes)
      let event = try proved.check(verifier)
      show(try ProvedEvent(event, in: proved.checkpoint), proved.checkpoint, verifier)
    } catch {
      switch options.format {
      case .text: Failure.report("\(proof): \(error)")
      case .json:
        StandardOutput.write(
          JSONText.object([("proved", .flag(false)), ("problem", .string("\(proof): \(error)"))]).text + "\n")
      }
      throw ExitCode(1)
    }
  }

  private func show(_ event: ProvedEvent, _ checkpoint: Checkpoint, _ key: VerifierKey) {
    switch options.format {
    case .text:
      StandardOutput.write(
        """
        proved    \(event.line)
        run       \(Hex.text(checkpoint.runID))
        journal   \(checkpoint.events) events from \(checkpoint.firstSequence), head \(Hex.text(checkpoint.head))
        signed    by \(key.name)

        """)
    case .json:
      StandardOutput.write(
        JSONText.object([
          ("proved", .flag(true)), ("event", .raw(event.json)), ("run_id", .string(Hex.text(checkpoint.runID))),
          ("events", .integer(Int64(checkpoint.events))),
          ("first_sequence", .integer(Int64(checkpoint.firstSequence))),
          ("head", .string(Hex.text(checkpoint.head))), ("signed_by", .string(key.name)),
        ]).text + "\n")
    }
  }
}

/// An event as `inspect` and `export` print it, without the journal that knows the names.
private struct ProvedEvent {
  let line: String
  let json: String

  init(_ event: JournalEvent, in checkpoint: Checkpoint) throws(ProofRefusal) {
    let context = RunContext(runID: checkpoint.runID)
    do throws(ProjectionError) {
      let text = try EventText(event, context: context)
      line = text.line(context)
      json = text.json(context)
    } catch {
      throw .place(sequence: event.sequence, expected: event.sequence)
    }
  }
}
