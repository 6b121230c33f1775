import ArgumentParser
import Runtime

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Ask a running engine how it stands; prints one line of JSON.",
    discussion: """
        engine status f57c

      Run id, process, time and sequence of the next event, what is durable, what may leave, a kill's phase and event, the drawdown's scale of sizes, and its account. Asking changes nothing \
      and leaves no event.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @OptionGroup var options: OutputOptions

  func run() throws { try RunningEngine.named(journal).tell(.status, options) }
}
