import ArgumentParser
import Foundation
import Journal
import Projections
import Runtime

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Recompute every derived event of a run from its inputs and compare each byte; or ask what if.",
    discussion: """
        engine replay run.zst

      Exit code 0 where all are equal, 1 where one differs: it is shown with what the journal holds and what was recomputed.

        engine replay run.zst --with other.yaml --output what-if.zst

      runs the inputs that the journal saw under another profile, writes that run, and shows where the two part.
      """)

  @Argument(help: "A journal's path, `-` for stdin, or the first digits of a run id.")
  var journal: JournalArgument
  @Option(
    name: .customLong("with"), help: "A profile to run the same inputs under.",
    completion: .file(extensions: ["yaml", "yml"]))
  var profile: String?
  @Option(help: "With --with: where the new run's journal goes. Default: runs/NAME-RUNID.zst.", completion: .file())
  var output: String?
  @Flag(help: "With --with: replace an existing output file.")
  var replace = false
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if profile == nil, output != nil || replace {
      throw ValidationError("--output and --replace belong to --with PROFILE.")
    }
    if output == "-" { throw ValidationError("--with compares two journals, so --output must be a file.") }
  }

  func run() throws {
    if let profile { return try whatIf(profile) }
    let bar = ProgressBar("replay", unit: "events")
    let report: ReplayReport
    let reader = try journal.open()
    do throws(RunError) {
      let replay = try Replay(reader: reader, path: journal.text, catalog: Registration.catalog)
      report = try replay.run { bar.update($0, of: $1) }
    } catch {
      bar.finish()
      throw Failure(error)
    }
    bar.finish()
    let outcome = ReplayOutcome(report: report, path: journal.text)
    switch options.format {
    case .text: StandardOutput.write(outcome.text)
    case .json: StandardOutput.write(outcome.json.text + "\n")
    }
    if !report.isEqual { throw ExitCode(1) }
  }

  /// Runs the journal's inputs under another profile and compares the two runs.
  private func whatIf(_ path: String) throws {
    let profile = try ProfileFile.load(path)
    let reader = try journal.open()
    let destination = try RunDestination(
      output, name: profile.name,
      runID: RunIdentity.runID(profileDigest: profile.digest, inputsDigest: reader.summary.head), replace: replace,
      writesSnapshots: false)
    let bar = ProgressBar("replay", unit: "bars")
    let result: BacktestResult
    do throws(RunError) {
      result = try runBacktest(
        BacktestRequest(
          profile: profile, catalog: Registration.catalog, snapshotEvents: nil, threads: profile.threads), bars: reader,
        path: journal.text, output: destination.file, progress: { bar.update($0, of: $1) })
    } catch {
      bar.finish()
      destination.abandon()
      throw Failure(error)
    }
    bar.finish()
    let written = try destination.publish()
    let difference: RunDifference
    let before = try journal.file()
    let after = try JournalArgument(text: written).file()
    do throws(ProjectionError) {
      difference = try diff(before, after)
    } catch {
      throw Failure(error)
    }
    switch options.format {
    case .text: StandardOutput.write(try BacktestOutcome(result: result, path: written).text + "\n" + difference.text())
    case .json: StandardOutput.write(difference.json())
    }
    if !difference.isSame { throw ExitCode(1) }
  }
}
