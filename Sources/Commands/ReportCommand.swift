import ArgumentParser
import Core
import Events
import Journal
import Projections
import Runtime

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Sum a run up: return, risk, trades, costs, by symbol. A run without trades says why.",
    discussion: """
        engine report run.zst
        engine report run.zst --format json
        engine report runs/live-2026-*.zst              (a run of several files)
        engine report run.zst --fills all               (the same inputs under other rules for fills)

      --fills runs the journal's inputs again under each convention (docs/fill-conventions.md) and shows how far the results lie apart.
      """)

  @Argument(
    help: "A journal's path, `-` for stdin, or the first digits of a run id; several paths are the files of one run.")
  var journals: [JournalArgument]
  @Option(
    name: .customLong("fills"), help: "Compare conventions for fills: all, or names with commas between them.",
    completion: .list(["all"] + FillConventionName.allCases.map(\.rawValue)))
  var conventions: String?
  @OptionGroup var options: OutputOptions

  func run() throws {
    if let conventions { return try compare(conventions) }
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

  private func compare(_ words: String) throws {
    var wanted: [FillConvention]?
    if words != "all" {
      wanted = try words.split(separator: ",").map { word in
        guard let name = FillConventionName(rawValue: String(word)) else {
          let names = FillConventionName.allCases.map(\.rawValue).joined(separator: ", ")
          throw Failure("there is no convention \(word); write all, or some of \(names).")
        }
        return FillConvention(name)
      }
    }
    let chain = try journals.chain()
    do throws(ChainError) { try chain.requireStart() } catch { throw Failure(error) }
    let bar = ProgressBar("report", unit: "conventions")
    let spread: FillSpread
    do throws(RunError) {
      spread = try FillSpread(of: chain, catalog: Registration.catalog, wanted) {
        bar.update(UInt64($0), of: UInt64($1))
      }
    } catch {
      bar.finish()
      throw Failure(error)
    }
    bar.finish()
    let view = FillSpreadView(spread, runID: chain.started.runID)
    switch options.format {
    case .text: StandardOutput.write(view.text)
    case .json: StandardOutput.write(view.json.text + "\n")
    }
  }
}
