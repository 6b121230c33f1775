import Events
import Feeds
import Foundation
import Journal
import Market
import Runtime
import Strategies

/// The single steps of the benchmark.
extension BenchWork {
  static let builtInProfile = """
    name: bench
    universe: all
    currency: USD
    cash: 1_000_000
    strategies:
      - sma_cross: {fast: 10, slow: 30}
    sizing: {shares: 100}
    fills: {volume_share: 100 %, slippage: none, fees: none}
    lots: average
    risk: {allow_short: false, require_cash: true}
    """

  static let bracketsProfile = """
    name: bench_brackets
    universe: all
    currency: USD
    cash: 10_000_000
    strategies:
      - sma_cross: {fast: 10, slow: 30}
    sizing: {shares: 100}
    exits: {trailing_stop: 0.5 %, take_profit: 1 %}
    fills: {volume_share: 100 %, slippage: none, fees: none}
    lots: average
    risk: {allow_short: false, require_cash: true}
    """

  static let rulesProfile = """
    name: bench_rules
    universe: all
    currency: USD
    cash: 1_000_000
    strategies:
      - rules:
          enter: cross_above(sma(close, 10), sma(close, 30))
          exit: cross_below(sma(close, 10), sma(close, 30))
    sizing: {shares: 100}
    fills: {volume_share: 100 %, slippage: none, fees: none}
    lots: average
    risk: {allow_short: false, require_cash: true}
    """

  static func profile(_ yaml: String) throws -> Profile {
    do throws(ProfileError) {
      return try Profile.parse(yaml: yaml, file: "bench", catalog: .builtIn)
    } catch {
      throw Failure(error)
    }
  }

  static func backtest(_ profile: Profile, bars: String, output: String) throws -> BacktestResult {
    do throws(RunError) {
      let reader: ChainReader
      let file: PosixFile
      let chain = try BenchWork.chain(bars)
      do throws(JournalError) { reader = try ChainReader(chain) } catch { throw .journal(error) }
      do throws(FileError) { file = try PosixFile.create(path: output, replacing: true) } catch { throw .file(error) }
      return try runBacktest(
        BacktestRequest(profile: profile, catalog: .builtIn, threads: profile.threads), bars: reader, output: file)
    } catch {
      throw Failure(error)
    }
  }

  static func chain(_ path: String) throws(RunError) -> JournalChain {
    do throws(ChainError) { return try JournalChain(UnheldFile(path: path)) } catch { throw .chain(error) }
  }

  static func writeBars(count: Int, symbols: Int, path: String) throws {
    _ = try write(RandomWalk(barCount: count, symbolCount: symbols), symbols: symbols, path: path)
  }

  /// Writes bars as an import writes them.
  static func write(_ bars: some Sequence<Bar>, symbols: Int, path: String) throws -> JournalSummary {
    do throws(JournalError) {
      var writer = try JournalWriter(file: try PosixFile.createForBench(path), options: JournalOptions())
      var rows = EventBuffer()
      rows.clear(nextSequence: 0)
      rows.append(try start(symbols: symbols), time: Timestamp(nanos: 0))
      try writer.append(rows)
      var last = Timestamp(nanos: 0)
      for bar in bars {
        try writer.append(bar)
        last = bar.knownAt
      }
      rows.clear(nextSequence: writer.nextSequence)
      rows.append(FeedEnded(reason: .exhausted), time: last)
      try writer.append(rows)
      return try writer.seal()
    } catch {
      throw Failure(error)
    }
  }

  private static func start(symbols: Int) throws(JournalError) -> RunStarted {
    var instruments: [Instrument] = []
    for index in 0..<symbols {
      do throws(InstrumentError) {
        instruments.append(
          try Instrument(
            symbol: "S\(index)", assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
            lotSize: Quantity(nanos: FixedPoint.unit), calendar: .always))
      } catch {
        preconditionFailure("the benchmark's instruments are valid")
      }
    }
    let profile = "{\"made\":\"random walk\"}"
    let digest = RunIdentity.digest(profile)
    return RunStarted(
      mode: .import, reducerVersion: 0,
      runID: RunIdentity.runID(profileDigest: digest, inputsDigest: digest, roll: nil),
      profileDigest: digest, inputsDigest: digest, profile: profile, currency: .usd, strategies: [],
      instruments: instruments)
  }

  static func writeCSV(_ bars: RandomWalk, path: String) throws {
    var text = "timestamp,open,high,low,close,volume\n"
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else { throw Failure("\(path) can't be written.") }
    for bar in bars {
      text += "\(bar.openTime),\(bar.open),\(bar.high),\(bar.low),\(bar.close),\(bar.volume)\n"
      if text.utf8.count > 1 << 20 {
        handle.write(Data(text.utf8))
        text = ""
      }
    }
    handle.write(Data(text.utf8))
    handle.closeFile()
  }

  /// Removes a folder that the benchmark made; where it can't, says so.
  static func remove(_ folder: String) {
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      StandardError.write("warning: \(folder) could not be removed: \(error.localizedDescription)\n")
    }
  }

  /// Runs a shell command and returns what it prints.
  static func shell(_ command: String) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.standardOutput = pipe
    let output: Data
    do {
      try process.run()
      output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    } catch {
      throw Failure("`\(command)` can't be run: \(error.localizedDescription)")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure("`\(command)` failed; is zstd installed?") }
    return String(decoding: output, as: UTF8.self)
  }

  /// The most memory that this process has held, from the kernel's VmHWM.
  static func peakMemoryBytes() throws -> Int {
    guard let data = FileManager.default.contents(atPath: "/proc/self/status") else {
      throw Failure("/proc/self/status can't be read, so memory can't be measured.")
    }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmHWM:") {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      if words.count > 1, let kibibytes = Int(words[1]) { return kibibytes * 1024 }
    }
    throw Failure("/proc/self/status has no VmHWM, so memory can't be measured.")
  }
}

extension PosixFile {
  static func createForBench(_ path: String) throws(JournalError) -> PosixFile {
    do throws(FileError) {
      return try PosixFile.create(path: path, replacing: true)
    } catch {
      throw JournalError(path: path, fault: .file(error))
    }
  }

  static func openForBench(_ path: String) throws(JournalError) -> PosixFile {
    do throws(FileError) {
      return try PosixFile.open(path: path, writable: false)
    } catch {
      throw JournalError(path: path, fault: .file(error))
    }
  }
}

extension BenchWork {
  static func importCSV(_ path: String, output: String) throws {
    do throws(ImportError) {
      let request = ImportRequest(
        inputs: [path], specification: try ImportSpecification.named("ohlcv"), symbols: ["S0"],
        output: .file(path: output), replacesOutput: true)
      _ = try importBars(request)
    } catch {
      throw Failure(error)
    }
  }
}
