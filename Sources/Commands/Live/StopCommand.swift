import ArgumentParser
import Runtime

struct StopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "End a running paper or live engine in good order.",
    discussion: """
        engine stop f57c --reason "end of day"

      No new orders; working orders are cancelled or left, as the profile says (venue: on_stop); answers are awaited for a set time; then the run \
      is ended and sealed. Positions stay: to close them, `engine kill`. SIGTERM and SIGINT do the same.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @Option(help: "Why; the journal keeps it.")
  var reason: String?
  @OptionGroup var options: OutputOptions

  func run() throws { try RunningEngine.named(journal).tell(.stop(OperatorReason.text(reason)), options) }
}
