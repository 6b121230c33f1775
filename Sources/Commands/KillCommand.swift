import ArgumentParser
import Events
import Runtime

struct KillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kill",
    abstract: "Stop a running engine's trading: no new orders, cancel everything, close every position.",
    discussion: """
        engine kill runs/sma_cross-f57cfdd21d74.zst --reason "wrong symbol"
        engine kill f57c

      The kill is an event of the run's journal, with your name and your host's, and replays like all else. Only `engine resume --confirm` ends it, \
      a restart doesn't. A backtest listens where it was started with --control. Any run is killed, too, by the kill file that its profile names, by \
      SIGUSR1, and by KILL_SWITCH=1 in the environment at its start.
      """)

  @Argument(
    help: ArgumentHelp("The run: its journal's path, or the first digits of its id.", valueName: "run"),
    completion: .file(extensions: ["zst"]))
  var journal: String
  @Option(help: "Why; the journal keeps it.")
  var reason: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let kill = KillSwitch(source: .command, reason: OperatorReason.text(reason))
    try RunningEngine.named(journal).tell(.kill(kill), options)
  }
}
