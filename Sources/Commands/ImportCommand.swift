import ArgumentParser
import Feeds
import Journal

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read bars from CSV (plain, gzip, zstd) into a journal; a bad row stops before anything is written.",
    discussion: """
        engine import googl.csv --spec lean-daily --symbol GOOGL --output googl.zst
        engine import 2013*.csv --spec lean-minute --symbol SPY --output spy.zst
        engine import - --spec ohlcv --symbol BTC --output btc.zst < btc.csv

      A spec says what the columns are: lean-daily, lean-minute, lean-crypto-minute, yahoo, ohlcv, bokeh-stocks, or a YAML file of your own.
      """)

  @Argument(help: "CSV files; `-` is stdin.", completion: .file())
  var files: [String]
  @Option(help: "A spec's name, or a spec file in YAML.")
  var spec: String
  @Option(help: "The symbol of all files, or one a file in their order. Default: from the file or folder name, or the symbol column.")
  var symbol: [String] = []
  @Option(help: "Where the journal goes; `-` writes it to stdout.", completion: .file(extensions: ["zst"]))
  var output: String
  @Flag(help: "Replace an existing output file.")
  var replace = false
  @Flag(help: "Leave bad rows out, count them and list the first, instead of stopping.")
  var quarantine = false
  @OptionGroup var options: OutputOptions
}
