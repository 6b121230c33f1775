import ArgumentParser
import Feeds
import Foundation
import Market
import Projections

struct ImportActionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "actions",
    abstract:
      "Read splits, dividends and other corporate actions into a journal that `backtest --actions` takes beside the bars.",
    discussion: """
        engine import actions factors/{aapl,spy}.csv --output actions.zst
        engine import actions chart-MSFT.json --output msft.zst
        engine import actions mergers.csv --output mergers.zst

      Sources: LEAN's factor files and map files (the file's name is the symbol), Yahoo's chart with its events as JSON, and CSV with a header:
        symbol,ex_date,type,ratio,cash,price,other,new_symbol
        AAPL,2014-06-09,split,7:1,,,,
        AAPL,2014-08-07,cash_dividend,,0.47,,,
        MO,2008-03-31,spin_off,1:1,,51.25,PM,
        TWX,2018-06-15,merger,1437:1000,53.75,,T,
        FB,2022-06-09,symbol_change,,,,,META
      Types are split, cash_dividend, special_dividend, spin_off, symbol_change, merger, delisting and delisting_at_last. \
      Bars have to be as traded: prices that are adjusted already would be adjusted twice.
      """)

  @Argument(help: "Files; `-` is stdin.", completion: .file())
  var files: [String]
  @Option(
    help: "What all files are. Default: by what each begins with.",
    completion: .list(ActionForm.allCases.map(\.rawValue)))
  var form: ActionForm?
  @Option(help: "The symbol of files that name none, or one a file in their order. Default: from the file name.")
  var symbol: [String] = []
  @Option(
    help:
      "For a step of split factors that is the ratio of no small numbers: refuse (the default), stock-dividend, leave-out."
  )
  var unusualRatio = UnusualRatio.refuse
  @Option(help: "The currency of dividends.")
  var currency = "USD"
  @Option(help: "Whose midnight begins an ex-date: xnys (the default), cme_fx and fx New York's, always UTC's.")
  var calendar = "xnys"
  @Option(help: "Where the journal goes; `-` writes it to stdout.", completion: .file(extensions: ["zst"]))
  var output: String
  @Flag(help: "Replace an existing output file.")
  var replace = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    guard let money = Currency(currency) else { throw Failure("--currency \(currency): a code such as USD.") }
    guard let name = CalendarName.allCases.first(where: { $0.word == calendar }) else {
      let known = CalendarName.allCases.map(\.word).joined(separator: ", ")
      throw Failure("--calendar \(calendar): one of \(known).")
    }
    if output != "-" { try InputGuard(files).check(InputGuard.names(of: output)) }
    let report: ActionReport
    do throws(ActionError) {
      report = try importActions(
        ActionRequest(
          inputs: files, form: form, symbols: symbol, unusual: unusualRatio, currency: money, calendar: name,
          output: output == "-" ? .standardOutput : .file(path: output), replacesOutput: replace))
    } catch {
      throw Failure("\(error)")
    }
    let outcome = ImportActionsOutcome(report: report, path: output)
    let text = options.format == .text ? outcome.text : outcome.json.text + "\n"
    if output == "-" { StandardError.write(text) } else { StandardOutput.write(text) }
  }
}

extension ActionForm: ExpressibleByArgument {}
extension UnusualRatio: ExpressibleByArgument {}
