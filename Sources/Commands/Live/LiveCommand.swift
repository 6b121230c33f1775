import ArgumentParser
import Events
import Foundation
import Runtime

struct LiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live",
    abstract: "Run a profile on live bars against a real venue.",
    discussion: """
        engine live --profile config/profiles/binance_btc_eth_1m.yaml --minutes 15
        ALLOW_SUBMIT=1 engine live --profile p.yaml --i-accept-live-orders

      Orders leave only where the profile says `submit: true` and the environment ALLOW_SUBMIT=1; else the run is in monitor mode: it decides the \
      same, and its orders are marked as withheld. Before orders leave, the profile has to pass `engine profile check --for live`, and \
      --i-accept-live-orders or a typed answer on the terminal has to say so, too. No order leaves before its intent is on the disk, none is sent \
      twice, and a restart first replays, then reconciles, then decides.

      Exit codes: 0 ended as it was asked to, 2 could not begin, 3 the journal could not be written, 4 the feed was lost, 5 the venue was lost or the \
      outcome of an order is not known, 6 ended while killed.
      """)

  @OptionGroup var live: LiveOptions
  @Option(help: "The journal whose bars are played, for rehearsals. Default: the profile's feeds.")
  var bars: JournalArgument?
  @Option(help: "How many times as fast as real time a journal plays. Default: the profile's clock.")
  var speed: SpeedArgument?
  @Flag(name: .customLong("i-accept-live-orders"), help: "Orders may leave without a question on the terminal.")
  var acceptsLiveOrders = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    let plan = try LivePlan(live.profile, bars: bars, speed: speed)
    let refusals = LiveReadiness.refusals(of: plan.profile).map { "\($0)" } + plan.profile.venueGaps.map { "\($0)" }
    guard refusals.isEmpty else {
      throw Failure(
        refusals.map { "\(live.profile) can't go live: \($0)" }.joined(separator: "\n")
          + "\nRun `engine profile check \(live.profile) --for live`.")
    }
    guard plan.speed != .max else {
      throw Failure("a venue outside has a clock of its own; --speed max can't be kept with it.")
    }
    if plan.settings.submits == true, try SubmitAllowance.ofEnvironment() == .allowed, !acceptsLiveOrders {
      try confirm(plan)
    }
    try LiveSession(
      plan, mode: .live, options: live, output: options, venue: try VenueOfProfile.make(plan)
    ).run()
  }

  private func confirm(_ plan: LivePlan) throws {
    guard isatty(0) == 1 else {
      throw Failure(
        "orders would leave, and nobody is at a terminal to say so; pass --i-accept-live-orders, or set ALLOW_SUBMIT=0 for monitor mode."
      )
    }
    StandardError.write(
      "Orders of \(plan.profile.name) will leave for \(plan.settings.venue.kind.rawValue). Type the profile's name to go on: "
    )
    guard readLine() == plan.profile.name else { throw Failure("not confirmed; nothing was sent.") }
  }
}
