import ArgumentParser
import Projections

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Sum a run up: return, risk, trades, costs, by symbol. A run without trades says why.",
    discussion: """
        engine report run.zst
        engine report run.zst --format json
      """)

  @Argument(help: "A journal's path, `-` for stdin, or the first digits of a run id.")
  var journal: JournalArgument
  @OptionGroup var options: OutputOptions

  func run() throws {
    let file = try journal.file(watchedAs: "report")
    let report: RunReport
    do throws(ProjectionError) {
      report = try Projections.report(file)
    } catch {
      throw Failure(error)
    }
    switch options.format {
    case .text: StandardOutput.write(report.text())
    case .json: StandardOutput.write(report.json())
    }
  }
}
