import Core
import Events
import Journal
import Market
import Runtime
import Strategies

/// A run in memory with everything that it left.
struct StagedRun {
  var file: MemoryFile
  var result: BacktestResult
  var snapshots: [(sequence: UInt64, bytes: [UInt8])] = []

  func reader() throws -> ChainReader { try ChainReader(file: file) }

  func replay() throws -> ReplayReport { try RunStage.replay(file) }
}

/// The files of a run, and the snapshots that it took, in memory.
struct MemoryOutput: RunOutput {
  private(set) var files: [MemoryFile] = []
  /// The states in which further files begin, by place of the file.
  private(set) var starts: [[UInt8]?] = []
  private(set) var snapshots: [(sequence: UInt64, bytes: [UInt8])] = []
  /// Whether each file was whole and sealed when the next was asked for.
  private(set) var areSealedInOrder = true

  mutating func begin(_ file: RunFile, _ options: JournalOptions) throws(RunError) -> JournalWriter {
    do throws(JournalError) {
      return try JournalWriter(
        file: add(file, start: nil), options: options, firstSequence: file.firstSequence)
    } catch {
      throw .journal(error)
    }
  }

  mutating func resume(_ start: RunStarted, _ options: JournalOptions, catalog: StrategyCatalog) -> ResumedJournal? {
    nil
  }

  mutating func roll(
    to file: RunFile, snapshot: [UInt8], _ options: JournalOptions
  ) throws(RunError) -> JournalWriter {
    do throws(JournalError) {
      let before = try JournalReader(file: files[files.count - 1]).summary
      areSealedInOrder = areSealedInOrder && before.isSealed && before.nextSequence == file.firstSequence
      return try JournalWriter(
        file: add(file, start: snapshot), options: options, firstSequence: file.firstSequence)
    } catch {
      throw .journal(error)
    }
  }

  mutating func write(snapshot: [UInt8], sequence: UInt64) {
    snapshots.append((sequence, snapshot))
  }

  private mutating func add(_ file: RunFile, start: [UInt8]?) -> MemoryFile {
    let memory = MemoryFile(path: file.number == 1 ? "run.zst" : "run-\(file.number).zst")
    files.append(memory)
    starts.append(start)
    return memory
  }
}

/// Makes bars' journals and runs over them, all in memory.
enum RunStage {
  /// Small blocks, so that slots and derived events lie across their borders.
  static let smallBlocks = BlockLimits(events: 61, rowBytes: 4_000)

  static func instrument(_ symbol: String) throws -> Instrument {
    try Instrument(
      symbol: symbol, assetClass: .equity, currency: .usd, tickSize: Price(nanos: FixedPoint.unit / 100),
      lotSize: Quantity(nanos: FixedPoint.unit), calendar: .always)
  }

  static func symbols(_ count: Int) -> [String] { (0..<count).map { "S\($0)" } }

  /// Bars of a random walk of which about one in `gap` is missing; the last one left of each slot closes it.
  static func walk(_ barCount: Int, symbols: Int = 1, seed: UInt64, gap: Int64? = nil) -> [Bar] {
    var random = SplitMix64(seed: seed &+ 77)
    var bars: [Bar] = []
    for bar in RandomWalk(barCount: barCount, symbolCount: symbols, seed: seed) {
      if let gap, random.next(below: gap) == 0 { continue }
      if let last = bars.last, last.knownAt == bar.knownAt {
        bars[bars.count - 1] = last.with(instrument: last.instrument, closesSlot: false)
      }
      bars.append(bar.with(instrument: bar.instrument, closesSlot: true))
    }
    return bars
  }

  /// What an import writes.
  static func journal(
    _ bars: [Bar], symbols: [String], limits: BlockLimits = smallBlocks
  ) throws -> MemoryFile {
    let file = MemoryFile(path: "bars.zst")
    var writer = try JournalWriter(file: file, options: JournalOptions(limits: limits))
    let digest = RunIdentity.digest("made bars")
    var rows = EventBuffer()
    rows.append(
      RunStarted(
        mode: .import, reducerVersion: 0, runID: Array(digest.prefix(16)), profileDigest: digest, inputsDigest: digest,
        profile: "{}", currency: .usd, strategies: [], instruments: try symbols.map(instrument)),
      time: bars.first?.openTime ?? Timestamp(nanos: 0))
    try writer.append(rows)
    for bar in bars { try writer.append(bar) }
    rows.clear(nextSequence: writer.nextSequence)
    rows.append(FeedEnded(reason: .exhausted), time: bars.last?.knownAt ?? Timestamp(nanos: 0))
    try writer.append(rows)
    _ = try writer.seal()
    return file
  }

  static func run(
    _ yaml: String, over bars: MemoryFile, threads: Int = 1, snapshotEvents: UInt64? = nil, actions: JournalChain? = nil
  ) throws -> StagedRun {
    let profile = try Profile.parse(yaml: yaml, file: "profile.yaml", catalog: .builtIn)
    var output = MemoryOutput()
    let result = try runBacktest(
      BacktestRequest(
        profile: profile, catalog: .builtIn, snapshotEvents: snapshotEvents, threads: threads, actions: actions),
      bars: try ChainReader(file: bars), into: &output)
    return StagedRun(file: output.files[0], result: result, snapshots: output.snapshots)
  }

  static func replay(_ file: MemoryFile) throws -> ReplayReport {
    try Replay(try JournalChain(file), catalog: .builtIn).run { _, _ in }
  }

  static func events(_ file: MemoryFile) throws -> [JournalEvent] {
    var reader = try JournalReader(file: file)
    var events: [JournalEvent] = []
    while let event = try reader.next() { events.append(event) }
    return events
  }
}

/// Profiles as users write them, with what a test changes put in.
enum StageProfile {
  static func text(
    universe: String = "all", range: String = "", strategies: [String], sizing: String = "{shares: 100}",
    execution: String = "{order: market, time_in_force: day}", exits: String = "", volume: String = "10 %",
    slippage: String = "none", fees: String = "none", lots: String = "average",
    risk: String = "{allow_short: true, require_cash: false}"
  ) -> String {
    """
    name: stage
    universe: \(universe)
    \(range)
    currency: USD
    cash: 100_000
    strategies:
    \(strategies.map { "  - \($0)" }.joined(separator: "\n"))
    sizing: \(sizing)
    execution: \(execution)
    \(exits)
    fills:
      volume_share: \(volume)
      slippage: \(slippage)
      fees: \(fees)
    lots: \(lots)
    risk: \(risk)

    """
  }

  /// A quick strategy that trades often.
  static let cross = text(strategies: ["sma_cross: {fast: 2, slow: 5, allow_short: true}"])

  /// A profile that a seed picks: every kind of order, time in force, exit, slippage, fee and lot.
  static func random(_ seed: UInt64, symbols: [String]) -> String {
    var random = SplitMix64(seed: seed)
    func pick(_ choices: [String]) -> String { choices[Int(random.next(below: Int64(choices.count)))] }
    var doors = [
      "sma_cross: {fast: 3, slow: 8, allow_short: true}",
      "donchian_breakout: {entry: 6, exit: 3, allow_short: true}",
      "rsi_reversion: {period: 4, oversold: 40, exit: 50, overbought: 60, allow_short: true}",
      "bollinger_reversion: {period: 5, deviations: 1, allow_short: true}",
      "buy_and_hold",
      "rules: {enter: \"close > sma(close, 4)\", exit: \"cross_below(close, sma(close, 4))\"}",
    ]
    if symbols.count >= 3 { doors.append("cross_sectional_momentum: {lookback: 5, top: 1, bottom: 1, rebalance: 4}") }
    var strategies: [String] = []
    for _ in 0...random.next(below: 2) {
      strategies.append(doors.remove(at: Int(random.next(below: Int64(doors.count)))))
    }
    let universe =
      symbols.count > 1 && random.next(below: 2) == 0 ? "[" + symbols.reversed().joined(separator: ", ") + "]" : "all"
    let order = pick(["market", "limit", "stop", "stop_limit"])
    let offsets = [
      "market": "", "limit": ", limit_offset_ticks: 3", "stop": ", stop_offset_ticks: 2",
      "stop_limit": ", limit_offset_ticks: -4, stop_offset_ticks: 2",
    ]
    let life = pick(order == "market" || order == "limit" ? ["day", "gtc", "ioc", "fok"] : ["day", "gtc"])
    return text(
      universe: universe, strategies: strategies,
      sizing: pick(["{shares: 60}", "{notional: 20_000}", "{equity_share: 30 %}"]),
      execution: "{order: \(order), time_in_force: \(life)\(offsets[order] ?? "")}",
      exits: pick(["", "exits: {stop_loss: 1 %}", "exits: {stop_loss: 0.5 %, take_profit: 0.5 %}"]),
      volume: pick(["5 %", "30 %", "100 %"]),
      slippage: pick(["none", "{ticks: 1}", "{basis_points: 5}", "{share_of_range: 10 %}"]),
      fees: pick([
        "none", "{per_share: 0.005, minimum: 1, maximum: 1 %}", "{basis_points: 2}",
        "{maker_taker: [{from: 0, maker: 1 bp, taker: 5 bp}, {from: 50_000, maker: -0.5 bp, taker: 3 bp}]}",
      ]), lots: pick(["average", "fifo"]),
      risk: pick([
        "{allow_short: true, require_cash: false}", "{allow_short: false, require_cash: true}",
        "{max_order_quantity: 50, max_position: 80, allow_short: true, require_cash: false}",
      ]))
  }
}
