import ArgumentParser
import Feeds
import Foundation
import Journal
import Market
import Projections

struct ImportPointsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "points",
    abstract: "Read data points, such as funding rates, into a journal that `backtest --points` takes beside the bars.",
    discussion: """
        engine import points funding.csv --output funding.zst

      CSV with a header, a point a row, in the order of their times:
        time,series,value
        2024-03-12T16:00:00Z,funding:BTCUSDT,0.0001
      A point comes before the first bar that is known after it. The series funding:SYMBOL is the rate that longs of a perpetual pay to shorts at that \
      instant, in a profile with an account; others are kept and change nothing.
      """)

  @Argument(help: "A CSV file; `-` is stdin.", completion: .file())
  var file: String
  @Option(help: "Where the journal goes; `-` writes it to stdout.", completion: .file(extensions: ["zst"]))
  var output: String
  @Flag(help: "Replace an existing output file.")
  var replace = false
  @OptionGroup var options: OutputOptions

  func run() throws {
    if output != "-" { try InputGuard([file]).check(InputGuard.names(of: output)) }
    let report: PointReport
    do throws(PointError) {
      report = try importPoints(
        PointRequest(
          input: file, output: output == "-" ? .standardOutput : .file(path: output), replacesOutput: replace))
    } catch {
      throw Failure("\(error)")
    }
    let lines: [(String, String)] = [
      ("journal", output), ("points", "\(report.points)"), ("series", report.series.joined(separator: ", ")),
      ("from", "\(report.first) to \(report.last)"), ("head", Hex.text(report.journal.head)),
    ]
    let text: String
    switch options.format {
    case .text:
      text = lines.map { name, value in "\(name.padding(toLength: 10, withPad: " ", startingAt: 0))\(value)\n" }
        .joined()
    case .json:
      text =
        JSONText.object([
          ("journal", .string(output)), ("points", .integer(Int64(report.points))),
          ("series", .array(report.series.map { .string($0) })), ("first_time", .string("\(report.first)")),
          ("last_time", .string("\(report.last)")), ("head", .string(Hex.text(report.journal.head))),
        ]).text + "\n"
    }
    if output == "-" { StandardError.write(text) } else { StandardOutput.write(text) }
  }
}
