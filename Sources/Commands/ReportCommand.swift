import ArgumentParser
import Projections

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Sum a run up: return, risk, trades, costs, by symbol. A run without trades says why.",
    discussion: """
        engine report run.zst
        engine report run.zst --format json
        engine report runs/live-2026-*.zst              (a run of several files)
      """)

  @Argument(
    help: "A journal's path, `-` for stdin, or the first digits of a run id; several paths are the files of one run.")
  var journals: [JournalArgument]
  @OptionGroup var options: OutputOptions

  func run() throws {
    let chain = try journals.chain(watchedAs: "report")
    let report: RunReport
    do throws(ProjectionError) {
      report = try Projections.report(chain)
    } catch {
      throw Failure(error)
    }
    switch options.format {
    case .text: StandardOutput.write(report.text())
    case .json: StandardOutput.write(report.json())
    }
  }
}
