import ArgumentParser
import Events
import Runtime

struct CancelAllCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel-all",
    abstract: "Take back a running engine's working orders, protective ones too.",
    discussion: """
        engine cancel-all f57c --reason "feed is late"

      Orders that flatten a position after a breaker or a kill work on. Positions stay, now without stop-loss and take-profit, and the next signal may \
      send orders again: to keep it from that, `engine halt` first; to close everything, `engine kill`.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @Option(help: "Why; the journal keeps it.")
  var reason: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let reason = try OperatorReason.required(reason, of: "cancel-all")
    try RunningEngine.named(journal).tell(.command(OperatorCommand(command: .cancelAll, reason: reason)), options)
  }
}
