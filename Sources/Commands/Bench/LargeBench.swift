import Foundation
import Glibc
import Journal
import Market
import Runtime
import Strategies

/// What a journal of a hundred million events costs to open, to search and to look into.
///
/// The journal is a backtest's, bars and derived events, with a snapshot behind every million events. It is measured in a process of its own, so
/// that the memory is that of the search alone.
struct LargeBench {
  let folder: String
  private let clock = ContinuousClock()

  static let symbolCount = 20
  static let snapshotEvents: UInt64 = 1_000_000

  var journal: String { folder + "/large.zst" }

  /// Writes a journal of at least that many events, and returns the figures of doing so.
  func write(events: Int) throws -> [BenchFigure] {
    let bars = folder + "/bars.zst"
    let pilotBars = min(events, 200_000) / LargeBench.symbolCount * LargeBench.symbolCount
    try BenchWork.writeBars(count: pilotBars, symbols: LargeBench.symbolCount, path: bars)
    let pilot = try backtest(bars: bars, output: folder + "/pilot.zst")
    let share = Double(pilotBars) / Double(pilot.summary.events)
    // Two in a hundred more: the share of derived events is that of the pilot but for chance.
    let barCount = Int(Double(events) * share * 1.02) / LargeBench.symbolCount * LargeBench.symbolCount
    try BenchWork.writeBars(count: barCount, symbols: LargeBench.symbolCount, path: bars)
    let started = clock.now
    let result = try backtest(bars: bars, output: journal)
    let seconds = (clock.now - started) / .seconds(1)
    unlink(bars)
    unlink(folder + "/pilot.zst")
    guard result.summary.events >= UInt64(events) else {
      throw Failure("only \(result.summary.events) of \(events) events came of \(barCount) bars; ask for some more.")
    }
    return [
      BenchFigure(name: "large_events", value: Double(result.summary.events), unit: "events", target: ">= \(events)"),
      BenchFigure(name: "large_bars", value: Double(result.summary.bars), unit: "bars", target: ""),
      BenchFigure(name: "large_blocks", value: Double(result.summary.blocks), unit: "blocks", target: ""),
      BenchFigure(
        name: "large_file", value: Double(result.summary.fileBytes) / 1_048_576, unit: "MiB", target: ""),
      BenchFigure(
        name: "large_backtest", value: Double(result.summary.events) / seconds, unit: "events/s", target: ""),
    ]
  }

  /// The figures of a process that does nothing but search the journal.
  func measureApart() throws -> [BenchFigure] {
    let lines = try BenchWork.shell("/proc/\(getpid())/exe bench --measure-large '\(journal)'")
    return try lines.split(separator: "\n").map { line in
      let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard words.count == 4, let value = Double(words[1]) else { throw Failure("\(line) is no figure.") }
      return BenchFigure(name: words[0], value: value, unit: words[2], target: words[3])
    }
  }

  private func backtest(bars: String, output: String) throws -> BacktestResult {
    let profile = try BenchWork.profile(BenchWork.builtInProfile)
    var destination = try RunDestination(output, name: "large", runID: [], inputs: [bars], replace: true)
    let result: BacktestResult
    do throws(RunError) {
      let reader: ChainReader
      let chain = try BenchWork.chain(bars)
      do throws(JournalError) { reader = try ChainReader(chain) } catch { throw .journal(error) }
      result = try runBacktest(
        BacktestRequest(
          profile: profile, catalog: .builtIn, snapshotEvents: LargeBench.snapshotEvents, threads: profile.threads),
        bars: reader, into: &destination)
    } catch {
      destination.abandon()
      throw Failure(error)
    }
    _ = try destination.publish()
    return result
  }
}

/// Searching one journal at random places.
struct LargeSearch {
  let path: String
  private let clock = ContinuousClock()
  private var random = SplitMix64(seed: 1)
  private var figures: [BenchFigure] = []

  static let seekCount = 1_000
  static let coldCount = 100
  static let stateCount = 50

  init(path: String) { self.path = path }

  mutating func run() throws -> [BenchFigure] {
    do throws(JournalError) { try search() } catch { throw Failure(error) }
    add("large_memory", Double(try BenchWork.peakMemoryBytes()) / 1_048_576, "MiB", "< 200")
    try states()
    add("large_memory_inspect", Double(try BenchWork.peakMemoryBytes()) / 1_048_576, "MiB", "< 200")
    return figures
  }

  private mutating func search() throws(JournalError) {
    var opening: [Double] = []
    for _ in 0..<20 {
      let started = clock.now
      _ = try JournalReader(path: path)
      opening.append(milliseconds(since: started))
    }
    add("large_open", opening)
    var reader = try JournalReader(path: path)
    var bySequence: [Double] = []
    for _ in 0..<LargeSearch.seekCount { bySequence.append(try seek(&reader, sequence: place(in: reader.summary))) }
    add("large_seek_sequence", bySequence, "<= 20")
    var byTime: [Double] = []
    for _ in 0..<LargeSearch.seekCount { byTime.append(try seek(&reader, time: instant(in: reader.summary))) }
    add("large_seek_time", byTime, "<= 20")
    var cold: [Double] = []
    for count in 0..<LargeSearch.coldCount {
      forgetPages()
      let started = clock.now
      var reader = try JournalReader(path: path)
      let target = (place(in: reader.summary), instant(in: reader.summary))
      if count % 2 == 0 {
        _ = try seek(&reader, sequence: target.0)
      } else {
        _ = try seek(&reader, time: target.1)
      }
      cold.append(milliseconds(since: started))
    }
    add("large_open_and_seek_cold", cold, "<= 20")
  }

  private mutating func states() throws {
    let chain: JournalChain
    do throws(ChainError) { chain = try JournalChain(UnheldFile(path: path)) } catch { throw Failure(error) }
    var times: [Double] = []
    for _ in 0..<LargeSearch.stateCount {
      let sequence = place(in: chain.summary)
      let started = clock.now
      _ = try InspectCommand.state(at: sequence, in: chain)
      times.append(milliseconds(since: started))
    }
    add("large_inspect_at", times)
  }

  private mutating func place(in summary: JournalSummary) -> UInt64 {
    UInt64(random.next(below: Int64(summary.events)))
  }

  private mutating func instant(in summary: JournalSummary) -> Timestamp {
    let first = summary.firstTime?.nanos ?? 0
    let last = summary.lastTime?.nanos ?? 0
    return Timestamp(nanos: first + random.next(below: last - first + 1))
  }

  private func seek(_ reader: inout JournalReader, sequence: UInt64) throws(JournalError) -> Double {
    let started = clock.now
    try reader.seek(toSequence: sequence)
    let event = try reader.next()
    let time = milliseconds(since: started)
    guard event?.sequence == sequence else { throw JournalError(path: path, fault: .stopped) }
    return time
  }

  private func seek(_ reader: inout JournalReader, time: Timestamp) throws(JournalError) -> Double {
    let started = clock.now
    try reader.seek(toTime: time)
    let event = try reader.next()
    let elapsed = milliseconds(since: started)
    guard let event, event.time >= time else { throw JournalError(path: path, fault: .stopped) }
    return elapsed
  }

  /// Asks the kernel to drop the file's pages, so that the disk is asked again.
  private func forgetPages() {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return }
    _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    close(descriptor)
  }

  private func milliseconds(since start: ContinuousClock.Instant) -> Double {
    (clock.now - start) / .milliseconds(1)
  }

  private mutating func add(_ name: String, _ value: Double, _ unit: String, _ target: String = "") {
    figures.append(BenchFigure(name: name, value: value, unit: unit, target: target))
  }

  private mutating func add(_ name: String, _ times: [Double], _ target: String = "") {
    let sorted = times.sorted()
    add(name + "_median", sorted[sorted.count / 2], "ms")
    add(name + "_worst", sorted[sorted.count - 1], "ms", target)
  }
}
