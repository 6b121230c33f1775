import ArgumentParser
import Projections

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two runs by meaning: the first divergence with its causes on both sides, and counts by kind.",
    discussion: """
        engine diff run-a.zst run-b.zst

      An event that one run lacks doesn't make the rest differ. Ids, sequences, profile and the bars' source are ignored unless --strict. \
      Exit codes: 0 same, 1 different, 2 trouble.
      """)

  @Argument(help: "A journal's path, or the first digits of a run id.")
  var left: JournalArgument
  @Argument(help: "Another.")
  var right: JournalArgument
  @Flag(help: "Compare the envelope too: sequences, run id, profile, source of bars.")
  var strict = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    let leftFile = try left.file(watchedAs: "diff")
    let rightFile = try right.file(watchedAs: "diff")
    let names = (left: try FeatureNames.of(left), right: try FeatureNames.of(right))
    let difference: RunDifference
    do throws(ProjectionError) {
      difference = try diff(leftFile, rightFile, isStrict: strict, featureNames: names)
    } catch {
      throw Failure(error)
    }
    switch options.format {
    case .text: StandardOutput.write(difference.text())
    case .json: StandardOutput.write(difference.json())
    }
    if !difference.isSame { throw ExitCode(1) }
  }
}
