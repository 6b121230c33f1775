import ArgumentParser
import Events
import Runtime

struct RearmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rearm",
    abstract: "Arm a running engine's tripped breakers again, but for a kill.",
    discussion: """
        engine rearm f57c --reason "loss was a bad print"

      A kill, and what a breaker flattened, is ended by `engine resume --confirm` alone.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @Option(help: "Why; the journal keeps it.")
  var reason: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let reason = try OperatorReason.required(reason, of: "rearm")
    try RunningEngine.named(journal).tell(.command(OperatorCommand(command: .rearm, reason: reason)), options)
  }
}
