import ArgumentParser
import Projections

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Say why an order or fill exists: bar, signal, risk decision, intent, fills, with the numbers and formulas that decided.",
    discussion: """
        engine explain run.zst e3f9c2a1b4d5-1a7    (a client order id)
        engine explain run.zst 1206                (any event's sequence)
      """)

  @Argument(help: "A journal's path, or the first digits of a run id.")
  var journal: JournalArgument
  @Argument(help: "A client order id, or the sequence of an order, fill or any other event.")
  var id: String
  @Option(
    name: .customLong("and"), parsing: .upToNextOption,
    help: "Further files of the run, where it has several and the causes lie in them.",
    completion: .file(extensions: ["zst"]))
  var others: [JournalArgument] = []
  @OptionGroup var options: OutputOptions

  func run() throws {
    let chain = try ([journal] + others).chain(watchedAs: "explain")
    let names = try FeatureNames.of(chain)
    let formulas = try FillFormulas.of(chain)
    let explanation: Explanation
    do throws(ProjectionError) {
      explanation = try explain(chain, id: id, featureNames: names, formulas: formulas)
    } catch {
      throw Failure(error)
    }
    switch options.format {
    case .text: StandardOutput.write(explanation.text())
    case .json: StandardOutput.write(explanation.json())
    }
  }
}
