import ArgumentParser
import Foundation

/// Options of a command that has subcommands would be taken from theirs of the same name: so the command itself has none.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Print this machine's figures.",
    discussion: """
        engine bench
        engine bench live --busy
      """,
    subcommands: [RunBenchCommand.self, LiveBenchCommand.self], defaultSubcommand: RunBenchCommand.self)
}

struct RunBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Print the size and speed of the journal, backtests, replay, import, rules; what `engine bench` does.",
    discussion: """
        engine bench
        engine bench --format json
        engine bench live

      Everything runs on made bars (a random walk in whole cents) and in a temporary folder; each figure is the best of some runs.
      """)

  @Option(help: "Bars of the single-symbol work; the 20-symbol work has as many a symbol as makes about twice that.")
  var bars = 1_000_000
  @Option(help: "Runs of each measurement, of which the best counts.")
  var rounds = 3
  @Option(
    help: "Only write --bars random-walk bars as a journal to this path, for other programs to measure.",
    completion: .file())
  var writeBars: String?
  @Option(help: "With --write-bars: how many symbols share the bars.")
  var symbols = 1
  /// What the benchmark asks of a process of its own: a backtest over these bars, then the memory it took, in bytes.
  @Option(help: .hidden)
  var memoryOf: String?
  @Option(
    help: "Instead: write a backtest's journal of so many events, 100000000 for instance, and measure searching it.")
  var large: Int?
  @Option(
    help: "With --large: the folder for the journal, which then stays there. Default: a temporary one.",
    completion: .directory)
  var folder: String?
  /// What `--large` asks of a process of its own: the figures of searching this journal.
  @Option(help: .hidden)
  var measureLarge: String?
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if bars < 1_000 { throw ValidationError("--bars is at least 1000.") }
    if symbols < 1 || symbols > 65_535 { throw ValidationError("--symbols is 1 … 65535.") }
    if let large, large < 10_000 { throw ValidationError("--large is at least 10000.") }
    if large == nil, folder != nil { throw ValidationError("--folder belongs to --large.") }
    if rounds < 1 { throw ValidationError("--rounds is at least 1.") }
  }

  func run() throws {
    if let writeBars {
      try BenchWork.writeBars(count: bars, symbols: symbols, path: writeBars)
      return
    }
    if let memoryOf {
      _ = try BenchWork.backtest(
        try BenchWork.profile(BenchWork.builtInProfile), bars: memoryOf, output: memoryOf + ".run")
      StandardOutput.write("\(try BenchWork.peakMemoryBytes())\n")
      return
    }
    if let measureLarge {
      var search = LargeSearch(path: measureLarge)
      for figure in try search.run() {
        StandardOutput.write("\(figure.name)\t\(figure.value)\t\(figure.unit)\t\(figure.target)\n")
      }
      return
    }
    if let large, let folder {
      let bench = LargeBench(folder: folder)
      return BenchFigure.show(try bench.write(events: large) + bench.measureApart(), options)
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("engine-bench-\(getpid())").path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure("the folder \(folder) can't be made: \(error.localizedDescription)")
    }
    defer { BenchWork.remove(folder) }
    if let large {
      let bench = LargeBench(folder: folder)
      return BenchFigure.show(try bench.write(events: large) + bench.measureApart(), options)
    }
    var bench = BenchWork(folder: folder, barCount: bars, rounds: rounds)
    BenchFigure.show(try bench.run(), options)
  }
}

/// One measured number.
struct BenchFigure {
  var name: String
  var value: Double
  var unit: String
  /// What the project promises: the figure is to be at least (or at most) this.
  var target: String

  /// Prints figures as they are asked for.
  static func show(_ figures: [BenchFigure], _ options: OutputOptions) {
    switch options.format {
    case .text: StandardOutput.write(table(figures))
    case .json: StandardOutput.write(json(figures).text + "\n")
    }
  }

  static func table(_ figures: [BenchFigure]) -> String {
    let width = figures.map(\.name.count).max() ?? 0
    return figures.map { figure in
      let name = figure.name + String(repeating: " ", count: width - figure.name.count)
      let value = figure.text
      return "\(name)  \(String(repeating: " ", count: max(0, 12 - value.count)))\(value) \(figure.unit)"
        + (figure.target.isEmpty ? "" : "   (target \(figure.target))")
    }.joined(separator: "\n") + "\n"
  }

  static func json(_ figures: [BenchFigure]) -> JSONText {
    .object(
      figures.map {
        ($0.name, .object([("value", .number($0.text)), ("unit", .string($0.unit)), ("target", .string($0.target))]))
      })
  }

  var text: String {
    if value >= 1_000 { return String(Int(value.rounded())) }
    return String(format: "%.2f", value)
  }
}
