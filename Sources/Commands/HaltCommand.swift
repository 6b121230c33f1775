import ArgumentParser
import Events
import Runtime

struct HaltCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "halt",
    abstract: "Let a running engine send no new orders, or none that make a position larger.",
    discussion: """
        engine halt f57c --reason "venue is slow"
        engine halt f57c --reduce-only --reason "end of day"

      What is open stays open, and working orders keep working: to close everything, `engine kill`. `engine resume` ends it.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @Option(help: "Why; the journal keeps it.")
  var reason: String?
  @Flag(help: "Let through what makes a position smaller.")
  var reduceOnly = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    let reason = try OperatorReason.required(reason, of: "halt")
    let command = OperatorCommand(command: reduceOnly ? .reduceOnly : .halt, reason: reason)
    try RunningEngine.named(journal).tell(.command(command), options)
  }
}
