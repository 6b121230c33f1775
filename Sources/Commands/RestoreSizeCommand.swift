import ArgumentParser
import Events
import Runtime

struct RestoreSizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore-size",
    abstract: "Let a running engine trade the full size again after a drawdown.",
    discussion: """
        engine restore-size f57c --reason "strategy reviewed"

      The drawdown schedule begins anew at today's equity. It is the way out of a step of 0 %, which holds for ever otherwise: without positions nothing \
      recovers. `engine status` shows the step that holds.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @Option(help: "Why; the journal keeps it.")
  var reason: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let reason = try OperatorReason.required(reason, of: "restore-size")
    try RunningEngine.named(journal).tell(.command(OperatorCommand(command: .restoreSize, reason: reason)), options)
  }
}
