import ArgumentParser
import Events
import Runtime

struct PaperCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paper",
    abstract: "Run a profile on live bars against the simulated venue.",
    discussion: """
        engine paper --profile config/profiles/yfinance_live_1m.yaml --minutes 30
        engine paper --profile config/profiles/sma_cross.yaml --bars bars.zst --speed max
        my-bars | engine paper --profile stdin.yaml

      The loop of `backtest` at a live feed: each event is durable before anything follows from it. Killed at any instant, the same command goes on \
      where it was. `engine status`, `stop`, `kill`, `halt` and `resume` talk to it. A backtest over its journal makes the same decisions.

      Exit codes: 0 ended as it was asked to, 2 could not begin, 3 the journal could not be written, 4 no fresh bar came, 6 ended while killed.
      """)

  @OptionGroup var live: LiveOptions
  @Option(help: "The journal whose bars are played. Default: the profile's feeds.")
  var bars: JournalArgument?
  @Option(
    help:
      "A journal of corporate actions, from `engine import actions`: each is taken before the first bars behind its instant. A renewed one is read by the next start."
  )
  var actions: JournalArgument?
  @Option(help: "How many times as fast as real time a journal plays, or max. Default: the profile's clock.")
  var speed: SpeedArgument?
  @OptionGroup var options: OutputOptions

  func run() throws {
    let plan = try LivePlan(live.profile, bars: bars, speed: speed)
    try LiveSession(plan, mode: .paper, options: live, output: options, venue: nil, actions: actions).run()
  }
}
