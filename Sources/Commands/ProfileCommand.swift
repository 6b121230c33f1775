import ArgumentParser
import Market
import Projections
import Runtime

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Check profiles.",
    subcommands: [Check.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Read a profile, list everything that is wrong with it, or print what it comes to.",
      discussion: """
          engine profile check config/profiles/risk_full.yaml --for live

        Prints the canonical form and its SHA-256, how large positions are, the limits in force in words, and warnings of limits that are \
        missing. Two files with the same meaning have the same canonical form, so the digest names what a run is to do. Exit code 1 where \
        something is wrong; for live also where daily loss limit, price guard or collar, or maximum position is missing: `unlimited` in \
        place of the value says that there is none on purpose.
        """)

    @Argument(help: "A profile in YAML.", completion: .file(extensions: ["yaml", "yml"]))
    var profile: String
    @Option(
      name: .customLong("for"),
      help: ArgumentHelp(
        "What the profile is to be used for: live refuses what the others warn of.", valueName: "mode"))
    var purpose: ProfilePurpose = .backtest
    @OptionGroup var options: OutputOptions

    func run() throws {
      let loaded: Profile
      do {
        loaded = try ProfileFile.load(profile)
      } catch let failure as Failure where failure.isAboutContent {
        Failure.report(failure.text)
        throw ExitCode(1)
      }
      let report = ProfileReport(profile: loaded, purpose: purpose)
      switch options.format {
      case .text: StandardOutput.write(report.text)
      case .json: StandardOutput.write(report.json.text + "\n")
      }
      for refusal in report.refusals { Failure.report("\(profile) can't go live: \(refusal)") }
      for gap in report.gaps { Failure.report("\(profile) can't go live: \(gap)") }
      if !report.refusals.isEmpty || !report.gaps.isEmpty { throw ExitCode(1) }
    }
  }
}
