import ArgumentParser
import Core
import Events
import Journal
import Market
import Runtime

struct RiskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "risk",
    abstract: "Show limits and how much of each was used, what was cut and refused and why, breakers and kills.",
    discussion: """
        engine risk run.zst
        engine risk 1f3a --format json                  (a run in ./runs by the first digits of its id)

      Recomputes the run: positions and exposures count every order that may still fill, as the risk gate does.
      """)

  @Argument(
    help: "A journal's path, `-` for stdin, or the first digits of a run id; several paths are the files of one run.")
  var journals: [JournalArgument]
  @OptionGroup var options: OutputOptions

  func run() throws {
    let chain = try journals.chain()
    let progress = ProgressBar("risk", unit: "events")
    let review: RiskReview
    do throws(RunError) {
      review = try RiskReview.review(
        chain, catalog: Registration.catalog,
        snapshot: chain.first.isFirst ? nil : SnapshotFiles(chain.first).start()
      ) { progress.update($0, of: $1) }
    } catch {
      progress.finish()
      throw Failure(error)
    }
    progress.finish()
    let view = RiskView(review)
    StandardOutput.write(options.format == .text ? view.text : view.json.text + "\n")
  }
}
