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

        engine replay journals/live-2026-*.zst

      The files of one run, as one stream: in any order, and none missing. A file that continues another is replayed alone from the snapshot \
      beside it. Exit code 0 where all are equal, 1 where one differs: it is shown with what the journal holds and what was recomputed.

        engine replay run.zst --with other.yaml --output what-if.zst

      runs the inputs that the journal saw under another profile, writes that run, and shows where the two part.
      """)

  @Argument(
    help: "A journal's path, `-` for stdin, or the first digits of a run id; several paths are the files of one run.")
  var journals: [JournalArgument]
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
    let chain = try journals.chain()
    do throws(RunError) {
      let replay = try Replay(
        chain, catalog: Registration.catalog, snapshot: chain.first.isFirst ? nil : SnapshotFiles(chain.first).start())
      report = try replay.run { bar.update($0, of: $1) }
    } catch {
      bar.finish()
      throw Failure(error)
    }
    bar.finish()
    let outcome = ReplayOutcome(report: report)
    switch options.format {
    case .text: StandardOutput.write(outcome.text)
    case .json: StandardOutput.write(outcome.json.text + "\n")
    }
    if !report.isEqual { throw ExitCode(1) }
  }

  /// Runs the journal's inputs under another profile and compares the two runs.
  private func whatIf(_ path: String) throws {
    let profile = try ProfileFile.load(path)
    let before = try journals.chain()
    do throws(ChainError) { try before.requireStart() } catch { throw Failure(error) }
    let reader: ChainReader
    do throws(JournalError) { reader = try ChainReader(before) } catch { throw Failure(error) }
    var destination = try RunDestination(
      output, name: profile.name,
      runID: RunIdentity.runID(profileDigest: profile.digest, inputsDigest: reader.summary.head, roll: nil),
      inputs: [path] + before.links.map(\.path), replace: replace)
    let bar = ProgressBar("replay", unit: "bars")
    let result: BacktestResult
    do throws(RunError) {
      result = try runBacktest(
        BacktestRequest(
          profile: profile, catalog: Registration.catalog, threads: profile.threads), bars: reader, into: &destination,
        progress: { bar.update($0, of: $1) })
    } catch {
      bar.finish()
      destination.abandon()
      throw Failure(error)
    }
    bar.finish()
    let written = try destination.publish()
    let difference: RunDifference
    let after = try written.map(JournalArgument.init(text:)).chain()
    do throws(ProjectionError) {
      difference = try diff(before, after)
    } catch {
      throw Failure(error)
    }
    switch options.format {
    case .text:
      StandardOutput.write(try BacktestOutcome(result: result, paths: written).text + "\n" + difference.text())
    case .json: StandardOutput.write(difference.json())
    }
    if !difference.isSame { throw ExitCode(1) }
  }
}
