import Events
import Feeds
import Foundation
import Journal
import Market
import Runtime
import Strategies

/// The work that `engine bench` measures, each part as a user would run it.
struct BenchWork {
  let folder: String
  let barCount: Int
  let rounds: Int
  private var figures: [BenchFigure] = []
  private let clock = ContinuousClock()

  static let symbolCount = 20
  /// 20 symbols × 98,280 one-minute bars: a year of regular sessions.
  private var barsPerSymbol: Int { barCount * 9_828 / 100_000 }

  init(folder: String, barCount: Int, rounds: Int) {
    self.folder = folder
    self.barCount = barCount
    self.rounds = rounds
  }

  mutating func run() throws -> [BenchFigure] {
    try codec()
    try backtests(symbols: 1, bars: barCount, label: "1_symbol")
    try backtests(symbols: BenchWork.symbolCount, bars: barsPerSymbol * BenchWork.symbolCount, label: "20_symbols")
    try brackets()
    try rules()
    var decision = Double.infinity
    for _ in 0..<rounds { decision = min(decision, try RiskBench.decisionNanos()) }
    add("risk_decision_20_symbols", decision, "ns", "<= 2000")
    try importing()
    try memory()
    return figures
  }

  private mutating func add(_ name: String, _ value: Double, _ unit: String, _ target: String = "") {
    figures.append(BenchFigure(name: name, value: value, unit: unit, target: target))
  }

  /// Seconds of the fastest of some rounds.
  func best(_ work: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<rounds {
      let started = clock.now
      try work()
      best = min(best, (clock.now - started) / .seconds(1))
    }
    return best
  }

  private mutating func codec() throws {
    let bars = Array(RandomWalk(barCount: barCount))
    let path = folder + "/codec.zst"
    var bytes: UInt64 = 0
    let encoding = try best { bytes = try BenchWork.write(bars, symbols: 1, path: path).fileBytes }
    add("bar_bytes", Double(bytes) / Double(barCount), "bytes/bar", "<= 4.5")
    add("encode", Double(barCount) / encoding, "bars/s", ">= 6000000")
    var seen = 0
    let decoding = try best {
      seen = 0
      do throws(JournalError) {
        var reader = try JournalReader(path: path)
        var block = DecodedBlock()
        while try reader.nextBlock(&block) { seen += block.bars.count }
      } catch {
        throw Failure(error)
      }
    }
    guard seen == barCount else { throw Failure("the journal gave back \(seen) of \(barCount) bars.") }
    add("decode", Double(barCount) / decoding, "bars/s", ">= 20000000")
  }

  private mutating func backtests(symbols: Int, bars: Int, label: String) throws {
    let input = folder + "/bars-\(symbols).zst"
    let output = folder + "/run-\(symbols).zst"
    try BenchWork.writeBars(count: bars, symbols: symbols, path: input)
    let profile = try BenchWork.profile(BenchWork.builtInProfile)
    var result: BacktestResult?
    let seconds = try best { result = try BenchWork.backtest(profile, bars: input, output: output) }
    guard let result else { return }
    add("backtest_\(label)", Double(bars) / seconds, "bars/s", ">= 4000000")
    add("journal_bytes_\(label)", Double(result.summary.fileBytes) / Double(bars), "bytes/bar", "<= 9")
    let events = result.summary.events
    let replay = try best {
      do throws(RunError) {
        let report = try Replay(try BenchWork.chain(output), catalog: .builtIn).run { _, _ in }
        guard report.isEqual, report.isComplete else { throw RunError.nothingToReplay(path: output) }
      } catch {
        throw Failure(error)
      }
    }
    add("replay_\(label)", Double(events) / replay, "events/s", ">= 6000000")
    let zstd = try best { _ = try BenchWork.shell("zstd -dcq '\(output)' > /dev/null") }
    add("replay_to_zstd_\(label)", replay / zstd, "times zstd -dc")
    let verifying = try best {
      do throws(JournalError) {
        let report = try verifyJournal(file: try PosixFile.openForBench(output))
        guard report.isIntact else { throw JournalError(path: output, fault: .stopped) }
      } catch {
        throw Failure(error)
      }
    }
    add("verify_\(label)", Double(events) / verifying, "events/s")
    add("verify_to_replay_\(label)", verifying / replay, "times replay", "<= 2")
  }

  /// 20 symbols of which each position has a stop that trails and a target.
  private mutating func brackets() throws {
    let symbols = BenchWork.symbolCount
    let bars = barsPerSymbol * symbols
    let profile = try BenchWork.profile(BenchWork.bracketsProfile)
    let (input, output) = (folder + "/bars-\(symbols).zst", folder + "/brackets.zst")
    let seconds = try best { _ = try BenchWork.backtest(profile, bars: input, output: output) }
    add("backtest_\(symbols)_symbols_brackets", Double(bars) / seconds, "bars/s", ">= 1500000")
  }

  private mutating func rules() throws {
    let input = folder + "/bars-1.zst"
    let builtIn = try BenchWork.profile(BenchWork.builtInProfile)
    let rules = try BenchWork.profile(BenchWork.rulesProfile)
    let output = folder + "/rules.zst"
    let first = try best { _ = try BenchWork.backtest(builtIn, bars: input, output: output) }
    let second = try best { _ = try BenchWork.backtest(rules, bars: input, output: output) }
    add("backtest_rules", Double(barCount) / second, "bars/s")
    add("rules_to_built_in", first / second, "times", ">= 0.5")
  }

  /// The most memory that backtests of one and of four times the bars held, each in a process of its own.
  private mutating func memory() throws {
    for (times, label) in [(1, "peak_memory"), (4, "peak_memory_4_times_the_bars")] {
      let input = folder + "/memory.zst"
      try BenchWork.writeBars(count: barCount * times, symbols: 1, path: input)
      let output = try BenchWork.shell("/proc/\(getpid())/exe bench --memory-of '\(input)'")
      guard let bytes = Double(output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw Failure("the memory of a backtest could not be read from \(output).")
      }
      add(label, bytes / 1_048_576, "MiB", "< 200")
    }
  }

  private mutating func importing() throws {
    let path = folder + "/bars.csv"
    try BenchWork.writeCSV(RandomWalk(barCount: barCount), path: path)
    let output = folder + "/imported.zst"
    let seconds = try best { try BenchWork.importCSV(path, output: output) }
    add("import", Double(barCount) / seconds, "rows/s", ">= 3000000")
  }
}
