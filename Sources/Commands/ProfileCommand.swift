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
      abstract: "Read a profile, list everything that is wrong with it, or print its canonical form and SHA-256.",
      discussion: """
          engine profile check config/profiles/sma_cross.yaml

        Two files with the same meaning have the same canonical form, so the digest names what a run is to do. Exit code 1 where something \
        is wrong.
        """)

    @Argument(help: "A profile in YAML.", completion: .file(extensions: ["yaml", "yml"]))
    var profile: String
    @OptionGroup var options: OutputOptions

    func run() throws {
      let loaded: Profile
      do {
        loaded = try ProfileFile.load(profile)
      } catch let failure as Failure where failure.isAboutContent {
        Failure.report(failure.text)
        throw ExitCode(1)
      }
      let digest = Hex.text(loaded.digest)
      switch options.format {
      case .text:
        StandardOutput.write(
          """
          profile   \(loaded.name)
          sha256    \(digest)
          canonical \(loaded.canonicalText)

          """)
      case .json:
        StandardOutput.write(
          JSONText.object([
            ("name", .string(loaded.name)), ("sha256", .string(digest)), ("canonical", .string(loaded.canonicalText)),
          ]).text + "\n")
      }
    }
  }
}
