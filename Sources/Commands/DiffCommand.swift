import ArgumentParser
import Events
import Journal
import Projections

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two runs by meaning: the first divergence with its causes on both sides, and counts by kind.",
    discussion: """
        engine diff run-a.zst run-b.zst
        engine diff run.zst live-2026-*.zst            (a run of several files)

      An event that one run lacks doesn't make the rest differ. Ids, sequences, profile and the bars' source are ignored unless --strict. \
      Exit codes: 0 same, 1 different, 2 trouble.
      """)

  @Argument(
    help:
      "Two journals' paths or first digits of run ids; more than two are put together by the runs that they are files of."
  )
  var journals: [JournalArgument]
  @Flag(help: "Compare the envelope too: sequences, run id, profile, source of bars.")
  var strict = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    let (left, right) = try runs()
    let names = (left: try FeatureNames.of(left), right: try FeatureNames.of(right))
    let difference: RunDifference
    do throws(ProjectionError) {
      difference = try diff(left, right, isStrict: strict, featureNames: names)
    } catch {
      throw Failure(error)
    }
    switch options.format {
    case .text: StandardOutput.write(difference.text())
    case .json: StandardOutput.write(difference.json())
    }
    if !difference.isSame { throw ExitCode(1) }
  }

  /// The two runs that the arguments name; the left one is that of the first.
  private func runs() throws -> (left: JournalChain, right: JournalChain) {
    if journals.count == 2 {
      return (try journals[0].chain(watchedAs: "diff"), try journals[1].chain(watchedAs: "diff"))
    }
    let runIDs = try journals.map { try $0.chain().started.runID }
    let others = runIDs.filter { $0 != runIDs.first }
    guard let first = runIDs.first, let second = others.first, others.allSatisfy({ $0 == second }) else {
      throw Failure("diff compares two runs, and these are files of \(Set(runIDs).count); name the files of two.")
    }
    func files(of runID: [UInt8]) -> [JournalArgument] {
      zip(journals, runIDs).filter { $0.1 == runID }.map(\.0)
    }
    return (try files(of: first).chain(watchedAs: "diff"), try files(of: second).chain(watchedAs: "diff"))
  }
}
