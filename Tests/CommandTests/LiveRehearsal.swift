import Foundation
import Testing

/// A rehearsal exchange of the built program, and live engines that trade there: processes as users start them.
///
/// Nothing here waits for a time to pass, but for what a run says of itself, and gives up after a minute.
final class LiveRehearsal {
  let stage: CommandStage
  private let exchange = Process()
  private(set) var port = 0
  /// What the exchange takes.
  private(set) var hmac = Keys()
  private(set) var ed25519 = Keys()

  struct Keys {
    var key = ""
    var secret = ""
  }

  /// Prices that turn every third minute, so that a short average crosses a shorter one often.
  private static func bars() -> String {
    var text = "time,open,high,low,close,volume\n"
    let turns: [Int] = [60_000, 60_060, 60_120, 60_180, 60_120, 60_060]
    for minute in 0..<2_000 {
      let (open, close) = (turns[minute % 6], turns[(minute + 1) % 6])
      let hour = String(
        format: "%04d-%02d-%02dT%02d:%02d:00+00:00", 2026, 1, 5 + minute / 1_440, minute / 60 % 24, minute % 60)
      text += "\(hour),\(open),\(max(open, close) + 5),\(min(open, close) - 5),\(close),500\n"
    }
    return text
  }

  static let specification = """
    columns: {time: time, open: open, high: high, low: low, close: close, volume: volume}
    time_format: iso
    zone: UTC
    bar_length: 1m
    calendar: always
    asset_class: crypto
    currency: USDT
    tick_size: 0.01
    lot_size: 0.00001

    """

  /// The same of BNB, at a hundredth of the price, in one journal with BTC's.
  private func importBoth() throws {
    let btc = Self.bars().split(separator: "\n").dropFirst()
    let turns = [600, 601, 602, 603, 602, 601]
    var text = "time,open,high,low,close,volume,symbol\n"
    for (minute, line) in btc.enumerated() {
      let (open, close) = (turns[minute % 6], turns[(minute + 1) % 6])
      let time = line.prefix { $0 != "," }
      text += "\(line),BTCUSDT\n"
      text += "\(time),\(open),\(max(open, close) + 1),\(min(open, close) - 1),\(close).37,500,BNBUSDT\n"
    }
    try text.write(toFile: stage.path("both.csv"), atomically: true, encoding: .utf8)
    try Self.specification.replacing("columns: {", with: "columns: {symbol: symbol, ")
      .write(toFile: stage.path("both.yaml"), atomically: true, encoding: .utf8)
    let outcome = try stage.outcome("engine import both.csv --spec both.yaml --output btc.zst")
    try #require(outcome.code == 0, "\(outcome.errors)")
  }

  /// - Parameters:
  ///   - faults: a plan, in YAML.
  ///   - bnb: how much BNB the account pays fees with; nil where it pays them as they come, and BNB has no bars.
  init(faults: String? = nil, bnb: String? = nil) throws {
    stage = try CommandStage()
    try Self.bars().write(toFile: stage.path("btc.csv"), atomically: true, encoding: .utf8)
    try Self.specification.write(toFile: stage.path("minutes.yaml"), atomically: true, encoding: .utf8)
    if bnb != nil {
      try importBoth()
    } else {
      let outcome = try stage.outcome("engine import btc.csv --spec minutes.yaml --symbol BTCUSDT --output btc.zst")
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
    var arguments = [
      "rehearse", "--bars", "btc.zst", "--speed", "\(Self.speed)", "--history", "30", "--balance", "USDT=1000000",
    ]
    if let bnb { arguments += ["--fees-in", "BNB", "--balance", "BNB=\(bnb)"] }
    if let faults {
      try faults.write(toFile: stage.path("faults.yaml"), atomically: true, encoding: .utf8)
      arguments += ["--faults", "faults.yaml"]
    }
    let pipe = Pipe()
    try prepare(exchange, arguments, [:], output: pipe, errors: "exchange.err")
    try exchange.run()
    struct Line: Decodable {
      struct Pairs: Decodable { var hmac: [String: String], ed25519: [String: String] }
      var port: Int
      var keys: Pairs
    }
    // One write, one line: nothing more comes on this pipe.
    let line = try JSONDecoder().decode(Line.self, from: pipe.fileHandleForReading.availableData)
    port = line.port
    hmac = Keys(key: line.keys.hmac["api_key"] ?? "", secret: line.keys.hmac["secret"] ?? "")
    ed25519 = Keys(key: line.keys.ed25519["api_key"] ?? "", secret: line.keys.ed25519["private_key"] ?? "")
    try #require(!hmac.secret.isEmpty && !ed25519.secret.isEmpty)
  }

  deinit {
    if exchange.isRunning { exchange.terminate() }
    exchange.waitUntilExit()
  }

  private static let speed = 120

  /// The exchange is gone.
  func endExchange() {
    exchange.terminate()
    exchange.waitUntilExit()
  }

  /// - Parameters:
  ///   - keys: as the profile has them, such as `{env: REHEARSAL}`.
  ///   - extra: lines of the venue.
  func profile(keys: String?, submit: Bool? = true, unknownPositions: String = "halt") -> String {
    """
    name: rehearsal
    universe: [BTCUSDT]
    currency: USDT
    cash: 1_000_000
    strategies:
      - sma_cross: {fast: 1, slow: 2}
    sizing: {notional: 600}
    execution: {order: market, time_in_force: gtc}
    fills: {volume_share: 100 %, slippage: none, fees: {basis_points: 10}}
    lots: average
    risk:
      allow_short: false
      require_cash: true
      max_position: 10
      price_guard: {min: 1, max: 10_000_000}
      breakers:
        - daily_loss: {threshold: 90 %, action: halt}
    instance: rehearsal
    interval: 1 min
    instruments:
      - {symbol: BTCUSDT, market: BINANCE, class: crypto, currency: USDT, tick: 0.01, lot: 0.00001, calendar: always}
    feeds: [{binance: {url: "http://127.0.0.1:\(port)", stream: "ws://127.0.0.1:\(port)"}}]
    warmup: {bars: 5}
    \(submit.map { "submit: \($0)" } ?? "")
    venue:
      name: binance
      \(keys.map { "keys: \($0)" } ?? "")
      url: "http://127.0.0.1:\(port)"
      stream: "ws://127.0.0.1:\(port)/ws-api/v3"
      recv_window: 60 s
      resend_within: 10 min
      unknown_positions: \(unknownPositions)
      stop_wait: 30 min
    clock: {speed: \(Self.speed)}

    """
  }

  /// A live engine that runs, writing to NAME.out and NAME.err; its journal is NAME.zst.
  func begin(
    _ name: String, _ command: String = "live", profile: String, environment: [String: String],
    arguments: [String] = ["--i-accept-live-orders"]
  ) throws -> Process {
    try profile.write(toFile: stage.path(name + ".yaml"), atomically: true, encoding: .utf8)
    let process = Process()
    let all = [command, "--profile", name + ".yaml", "--output", name + ".zst"] + arguments
    try Foundation.Data().write(to: URL(filePath: stage.path(name + ".out")))
    try prepare(
      process, all, environment, output: try FileHandle(forWritingTo: URL(filePath: stage.path(name + ".out"))),
      errors: name + ".err")
    try process.run()
    return process
  }

  private func prepare(
    _ process: Process, _ arguments: [String], _ environment: [String: String], output: Any, errors: String
  ) throws {
    process.executableURL = try CommandStage.programFolder().appending(path: "engine")
    process.arguments = arguments
    process.currentDirectoryURL = stage.folder
    process.environment = ["HOME": stage.folder.path, "TZ": "UTC", "SWIFT_BACKTRACE": "enable=no"]
      .merging(environment) { $1 }
    try Foundation.Data().write(to: URL(filePath: stage.path(errors)))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: URL(filePath: stage.path(errors)))
  }

  /// Asks until a number that a run says of itself is as large.
  func await(_ name: String, _ process: Process, _ key: String, atLeast count: Int) throws {
    let number = "engine status \(name).zst --format json 2> /dev/null | grep -o '\"\(key)\":[0-9]*' | cut -d: -f2"
    try awaitLine("count=$(\(number)); test ${count:-0} -ge \(count)", name, process)
  }

  /// Waits for a word in a run's log.
  func await(_ name: String, _ process: Process, logs word: String) throws {
    try awaitLine("grep -q '\(word)' \(name).err", name, process)
  }

  /// Tries a line of the shell until it is true; gives up after a minute, or when the process has ended.
  func awaitLine(_ line: String, _ name: String, _ process: Process) throws {
    let outcome = try stage.outcome(
      "for try in $(seq 600); do if \(line); then exit 0; fi; kill -0 \(process.processIdentifier) || exit 1; sleep 0.1; done; exit 1"
    )
    let log = try text(name + ".err")
    try #require(outcome.code == 0, "\(name) never got so far: \(log.suffix(2_000))")
  }

  func text(_ file: String) throws -> String { try String(contentsOfFile: stage.path(file), encoding: .utf8) }
}
