import ArgumentParser
package import Feeds
import Foundation
import Journal

/// `engine import FILES` reads bars; `engine import actions FILES` corporate actions, `engine import points FILE` data points.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read bars from CSV into a journal, or corporate actions or data points into one of their own.",
    discussion: ImportBarsCommand.text,
    subcommands: [ImportBarsCommand.self, ImportActionsCommand.self, ImportPointsCommand.self],
    defaultSubcommand: ImportBarsCommand.self)
}

struct ImportBarsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bars",
    abstract: "Read bars from CSV (plain, gzip, zstd) into a journal; a bad row stops before anything is written.",
    discussion: text.replacing("engine import ", with: "engine import bars "))

  static let text = """
      engine import googl.csv --spec lean-daily --symbol GOOGL --output googl.zst
      engine import spy/2013*.csv --spec lean-minute --output spy.zst
      engine import btc.csv --spec ohlcv --set bar_length=1h --output btc.zst
      engine import - --spec ohlcv --symbol BTC --output btc.zst < btc.csv

    A spec says what the columns are: lean-daily, lean-minute, lean-crypto-minute, yahoo, ohlcv, bokeh-stocks, or a YAML file of your own.
    """

  @Argument(help: "CSV files; `-` is stdin.", completion: .file())
  var files: [String]
  @Option(
    help: "A spec's name, or a spec file in YAML.", completion: .list(ImportSpecification.builtInNames))
  var spec: String
  @Option(
    help:
      "The symbol of all files, or one a file in their order. Default: from the file or folder name, or the symbol column."
  )
  var symbol: [String] = []
  @Option(help: "Where the journal goes; `-` writes it to stdout.", completion: .file(extensions: ["zst"]))
  var output: String
  @Flag(help: "Replace an existing output file.")
  var replace = false
  @Option(help: "refuse: a bad row stops the import. quarantine: bad rows are left out, counted, and the first listed.")
  var onBadRow: BadRows?
  @Option(
    help: """
      For bars while the spec's calendar has no trading. flag (the default): kept, counted, and the first listed. quarantine: left out, \
      counted, and the first listed. refuse: one stops the import.
      """)
  var outsideSession: OutsideSession?
  @Option(help: "Replace one value of the spec, such as bar_length=1h or asset_class=forex; can be given again.")
  var set: [String] = []
  @OptionGroup var options: OutputOptions

  func run() throws {
    let settings = try set.map { text in
      guard let equals = text.firstIndex(of: "=") else { throw Failure("--set \(text): write it as KEY=VALUE.") }
      return (key: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
    }
    if output != "-" { try InputGuard(files + [spec]).check(InputGuard.names(of: output)) }
    let bar = ProgressBar("import", unit: "bytes")
    let report: ImportReport
    do throws(ImportError) {
      var specification = try ImportSpecification.named(spec, settings: settings)
      if let onBadRow { specification.badRows = onBadRow }
      if let outsideSession { specification.outsideSession = outsideSession }
      let request = ImportRequest(
        inputs: files, specification: specification, symbols: symbol,
        output: output == "-" ? .standardOutput : .file(path: output), replacesOutput: replace)
      report = try importBars(request) { bar.update($0.bytesRead, of: $0.bytesTotal ?? $0.bytesRead) }
    } catch {
      bar.finish()
      throw Failure(error)
    }
    bar.finish()
    let outcome = ImportOutcome(report: report, path: output)
    let text = options.format == .text ? outcome.text : outcome.json.text + "\n"
    // Where the journal itself goes to stdout, what there is to say about it goes to stderr.
    if output == "-" { StandardError.write(text) } else { StandardOutput.write(text) }
  }
}

extension BadRows: ExpressibleByArgument {}
extension OutsideSession: ExpressibleByArgument {}
