import ArgumentParser
import Feeds
import Journal
import Market

struct JoinCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join",
    abstract: "Write the bars and corporate actions of several journals into one, in the order of their times.",
    discussion: """
        engine join stocks.zst usdjpy.zst --output both.zst

      For bars that come from several sources: stocks and the rates of their currencies, daily and minute bars. What decisions a run's journal holds is left out. An \
      instrument that is in two of them is refused.

        engine join stocks.zst actions.zst --output whole.zst

      Actions from `import actions` go to the instruments of their symbols. Where one says that FB is called META from a day on, bars of META are FB's from then on: one \
      instrument, whose position, orders and indicators go on.
      """)

  @Argument(help: "Journals, two or more.", completion: .file(extensions: ["zst"]))
  var journals: [JournalArgument]
  @Option(help: "Where the journal goes; `-` writes it to stdout.", completion: .file(extensions: ["zst"]))
  var output: String
  @Flag(help: "Replace an existing output file.")
  var replace = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    guard journals.count > 1 else { throw Failure("one journal is joined to nothing: name two or more.") }
    if output != "-" { try InputGuard(journals.map(\.text)).check(InputGuard.names(of: output)) }
    let chains = try journals.map { try $0.chain() }
    let report: JoinReport
    do throws(JoinError) {
      report = try joinJournals(
        chains, output: output == "-" ? .standardOutput : .file(path: output), replaces: replace)
    } catch {
      throw Failure("\(error)")
    }
    let text: String
    switch options.format {
    case .text:
      text = """
        journal   \(output)
        bars      \(report.bars)
        actions   \(report.actions)
        symbols   \(report.symbols.joined(separator: ", "))
        head      \(Hex.text(report.journal.head))

        """
        + report.renamed.map { "renamed   from \($0.at) on bars of \($0.to) are \($0.from)'s\n" }.joined()
        + (report.actionsOfOthers > 0
          ? "note      \(report.actionsOfOthers) corporate actions left out: no journal has bars of their symbols\n"
          : "")
    case .json:
      text =
        JSONText.object([
          ("journal", .string(output)), ("bars", .integer(Int64(clamping: report.bars))),
          ("actions", .integer(Int64(clamping: report.actions))),
          ("actions_left_out", .integer(Int64(clamping: report.actionsOfOthers))),
          (
            "renamed",
            .array(
              report.renamed.map {
                .object([("from", .string($0.from)), ("to", .string($0.to)), ("at", .string("\($0.at)"))])
              })
          ),
          ("symbols", .array(report.symbols.map { .string($0) })), ("head", .string(Hex.text(report.journal.head))),
        ]).text + "\n"
    }
    if output == "-" { StandardError.write(text) } else { StandardOutput.write(text) }
  }
}
