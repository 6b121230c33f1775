package import Core
import Events
package import Journal
package import Market
package import Strategies

/// How a run would have ended under other rules for fills: the same inputs, profile and decisions' code, and nothing else changed.
///
/// One number from a backtest is one opinion about what a bar hides; the spread over conventions is how much of the result hangs on it.
package struct FillSpread: Hashable, Sendable {
  package struct Row: Hashable, Sendable {
    package var convention: FillConvention
    /// True for the rules that the run itself has.
    package var isOwn: Bool
    /// Nanos of the run's currency.
    package var finalEquity: Int128
    package var fees: Int128
    /// Largest fall of the daily marks from their peak, in nanos of currency, not negative.
    package var drawdown: Int128
    package var fills: UInt64
    package var orders: UInt64
  }

  package var currency: Currency
  package var startEquity: Int128
  package var rows: [Row]
}

extension FillSpread {
  /// Every convention by its name, and the own rules' other paths of a bar.
  package static func conventions(besides own: FillConvention) -> [FillConvention] {
    var all = FillConventionName.allCases.map { FillConvention($0) }
    for path in BarPath.allCases where path != FillConvention(.pessimistic).path {
      all.append(FillConvention(.pessimistic, path: path))
    }
    return all.contains(own) ? all : [own] + all
  }

  /// Runs a journal's inputs under its own profile with each convention.
  package init(
    of chain: JournalChain, catalog: StrategyCatalog, _ conventions: [FillConvention]? = nil,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(RunError) {
    let start = chain.started
    guard start.mode != .import else { throw .nothingToReplay(path: chain.path) }
    let profile = try makeProfile(start, path: chain.path, catalog: catalog)
    let own = profile.configuration.convention
    let wanted = conventions ?? FillSpread.conventions(besides: own)
    currency = profile.configuration.currency
    startEquity = profile.configuration.initialCash
    rows = []
    for (place, convention) in wanted.enumerated() {
      progress(place, wanted.count)
      var configuration = profile.configuration
      configuration.convention = convention
      rows.append(
        try FillSpread.row(
          chain, configuration, instruments: start.instruments, catalog: catalog, isOwn: convention == own))
    }
    progress(wanted.count, wanted.count)
  }

  private static func row(
    _ chain: JournalChain, _ configuration: RunConfiguration, instruments: [Instrument], catalog: StrategyCatalog,
    isOwn: Bool
  ) throws(RunError) -> Row {
    let reader = try ChainReader.opened(chain)
    var engine: Engine
    do throws(EngineError) {
      engine = try Engine(configuration: configuration, instruments: instruments, catalog: catalog)
    } catch {
      throw RunError(error)
    }
    var feed = InputFeed(reader: reader, path: chain.path, places: nil, start: nil, end: nil)
    var marks = EquityMarks(peak: configuration.initialCash)
    var derived = EventBuffer()
    var sequence: UInt64 = 1
    var time = Timestamp(nanos: 0)
    while let input = try feed.next() {
      time = input.time
      derived.clear(nextSequence: sequence + 1)
      do throws(ReduceError) {
        try input.reduce(in: &engine, sequence: sequence, into: &derived)
      } catch {
        throw .reduce(error, path: chain.path)
      }
      marks.take(derived)
      sequence = derived.nextSequence
    }
    derived.clear(nextSequence: sequence + 1)
    do throws(ReduceError) {
      try engine.reduce(FeedEnded(reason: .exhausted), time: time, sequence: sequence, into: &derived)
    } catch {
      throw .reduce(error, path: chain.path)
    }
    marks.take(derived)
    let state = engine.describe()
    return Row(
      convention: configuration.convention, isOwn: isOwn, finalEquity: state.equity, fees: state.fees,
      drawdown: marks.drawdown, fills: engine.counts.fills, orders: engine.counts.orders)
  }
}

/// The largest fall of the daily marks, watched as they are written.
private struct EquityMarks {
  private(set) var drawdown: Int128 = 0
  private var peak: Int128

  init(peak: Int128) { self.peak = peak }

  mutating func take(_ derived: borrowing EventBuffer) {
    if derived.count == 0 { return }
    var rows = ByteReader(derived.rows.bytes)
    var sequence = derived.nextSequence - UInt64(derived.count)
    do throws(DecodeError) {
      while !rows.isAtEnd {
        let row = try EventRow(&rows, sequence: sequence)
        if row.kind == EquityMarked.kind {
          let equity = try row.decode(EquityMarked.self, sequence: sequence).equity
          peak = max(peak, equity)
          drawdown = max(drawdown, peak - equity)
        }
        sequence += 1
      }
    } catch {
      preconditionFailure("the reducer writes rows that can be read")
    }
  }
}

extension Input {
  /// Gives the input to an engine that writes no journal.
  func reduce(
    in engine: inout Engine, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    switch self {
    case .bar(let bar): try engine.reduce(bar, sequence: sequence, into: &out)
    case .corporateAction(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .dataPoint(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .timer(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .command(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .kill(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .halt(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .reconciliation(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .report(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .notice(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .measurement(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    case .adopted(let body, let time): try body.reduce(in: &engine, time: time, sequence: sequence, into: &out)
    }
  }
}
