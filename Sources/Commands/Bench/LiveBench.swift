import Events
import Foundation
import Glibc
import Journal
import Market
import Runtime

/// A live run at the rehearsal exchange, as people run them, and the disk beside it.
struct LiveBench {
  let folder: String
  let symbolCount: Int
  let slotCount: Int
  let speed: Int
  /// With `--busy`.
  var isBusy = false
  /// What figures' names begin with.
  var prefix = "live"

  /// Instants that the exchange has behind it when it starts, and those that it plays behind the run's end.
  private static let historyCount = 20
  private static let spareCount = 60
  private static let warmUpCount = 5
  private var engine: String { "/proc/\(getpid())/exe" }

  func run() throws -> [BenchFigure] {
    try writeBars()
    _ = try BenchWork.shell(
      "cd '\(folder)' && \(engine) import bars.csv --spec spec.yaml --output bars.zst 2>&1 > /dev/null")
    let exchange = try start(
      [
        "rehearse", "--bars", "bars.zst", "--speed", "\(speed)", "--history", "\(Self.historyCount)", "--balance",
        "USDT=1000000000",
      ],
      environment: [:], output: "exchange.json")
    defer { stop(exchange) }
    let port = try port()
    try write(profile(port), to: "profile.yaml")
    let run = try start(
      [
        "live", "--profile", "profile.yaml", "--i-accept-live-orders", "--output", "run.zst", "--minutes",
        "\(slotCount)",
      ] + (isBusy ? ["--busy"] : []),
      environment: [
        "BENCH_KEY": "engine-test-key", "BENCH_SECRET": "engine-test-secret", "ALLOW_SUBMIT": "1",
      ], output: "run.txt")
    defer { stop(run) }
    let bare = try measureDisk(while: run)
    guard run.terminationStatus == 0 else {
      throw Failure("the live run ended with \(run.terminationStatus): \(text("run.txt").suffix(600))")
    }
    return try figures(bare)
  }

  // MARK: What is run

  /// Closes go up or down by five cents at random: at about half of the bars the average over one bar crosses the one over two.
  private func writeBars() throws {
    var csv = "symbol,time,open,high,low,close,volume\n"
    var chance = SplitMix64(seed: 5)
    var last = [Int64](repeating: 10_000, count: symbolCount)
    let start: Int64 = 1_767_571_200
    for minute in 0..<Int64(Self.historyCount + slotCount + Self.spareCount) {
      let time = Timestamp(nanos: (start + 60 * minute) * Timestamp.nanosPerSecond)
      for place in 0..<symbolCount {
        let open = last[place]
        let close = max(open + (chance.next(below: 2) == 0 ? -5 : 5), 5_000)
        last[place] = close
        csv +=
          "\(symbol(place)),\(time),\(cents(open)),\(cents(max(open, close))),\(cents(min(open, close))),\(cents(close)),5000\n"
      }
    }
    try write(csv, to: "bars.csv")
    try write(Self.specification, to: "spec.yaml")
  }

  private func symbol(_ place: Int) -> String { "S\(place)USDT" }
  private func cents(_ value: Int64) -> String { String(format: "%d.%02d", Int(value / 100), Int(value % 100)) }

  private func profile(_ port: Int) -> String {
    let names = (0..<symbolCount).map(symbol)
    let base = "127.0.0.1:\(port)"
    return """
      name: bench_live
      universe: [\(names.joined(separator: ", "))]
      currency: USDT
      cash: 100_000_000
      strategies: [{sma_cross: {fast: 1, slow: 2}}]
      sizing: {shares: 1}
      execution: {order: market, time_in_force: gtc}
      fills: {volume_share: 100 %, slippage: none, fees: none}
      lots: average
      risk:
        allow_short: false
        require_cash: false
        max_position: 10
        price_guard: {min: 1, max: 10_000_000}
        breakers: [{daily_loss: {threshold: 90 %, action: halt}}]
      instance: bench
      interval: 1 min
      feeds: [{binance: {url: "http://\(base)", stream: "ws://\(base)"}}]
      warmup: {bars: \(Self.warmUpCount)}
      submit: true
      venue: {name: binance, keys: {env: BENCH}, url: "http://\(base)", stream: "ws://\(base)/ws-api/v3", unknown_positions: ignore, unknown_orders: ignore}
      clock: {speed: \(speed)}
      instruments:

      """
        + names.map {
          "  - {symbol: \($0), market: BINANCE, class: crypto, currency: USDT, tick: 0.01, lot: 0.00001, calendar: always}\n"
        }.joined()
  }

  private func start(_ arguments: [String], environment: [String: String], output: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: engine)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
    guard FileManager.default.createFile(atPath: "\(folder)/\(output)", contents: nil),
      let handle = FileHandle(forWritingAtPath: "\(folder)/\(output)")
    else { throw Failure("\(folder)/\(output) can't be written.") }
    process.standardOutput = handle
    process.standardError = handle
    do { try process.run() } catch {
      throw Failure("this program can't be started again: \(error.localizedDescription)")
    }
    return process
  }

  private func stop(_ process: Process) {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }

  /// Of the exchange's first line.
  private func port() throws -> Int {
    for _ in 0..<1_000 {
      let said = text("exchange.json")
      let behind = said.components(separatedBy: "\"port\":").dropFirst().first?.drop { $0 == " " }
      if said.contains("\n"), let port = behind.flatMap({ Int($0.prefix { $0.isNumber }) }) { return port }
      usleep(10_000)
    }
    throw Failure("the rehearsal exchange said nothing within 10 s: \(text("exchange.json").suffix(600))")
  }

  private func text(_ name: String) -> String {
    FileManager.default.contents(atPath: "\(folder)/\(name)").map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private func write(_ text: String, to name: String) throws {
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) } catch {
      throw Failure("\(folder)/\(name) can't be written: \(error.localizedDescription)")
    }
  }

  // MARK: What is measured

  /// One write and sync of a page a slot, each at the end of a file as the journal's are, until the run is over. In nanoseconds.
  private func measureDisk(while run: Process) throws -> [Int64] {
    let descriptor = open("\(folder)/bare", O_CREAT | O_WRONLY, 0o600)
    guard descriptor >= 0 else { throw Failure("\(folder)/bare can't be written.") }
    defer { close(descriptor) }
    let page = [UInt8](repeating: 0x78, count: 4_096)
    var place = 0
    var times: [Int64] = []
    let clock = ContinuousClock()
    let pause = UInt32(max(60_000_000 / speed, 5_000))
    while run.isRunning {
      usleep(min(pause, 200_000))
      let began = clock.now
      guard pwrite(descriptor, page, page.count, place) == page.count, fdatasync(descriptor) == 0 else {
        throw Failure("\(folder)/bare can't be written: errno \(errno)")
      }
      let took = clock.now - began
      times.append(Int64(took / .nanoseconds(1)))
      place += page.count
    }
    run.waitUntilExit()
    return times
  }

  private func figures(_ bare: [Int64]) throws -> [BenchFigure] {
    var latencies: [Events.Measurement] = []
    var writes: [Int64] = []
    var orders = 0
    var bars = 0
    // What each order of a slot costs from the durable decision on: the slot's time over its orders.
    var perOrder: [Int64] = []
    var ordersBefore = 0
    do {
      let chain = try BenchWork.chain("\(folder)/run.zst")
      var reader = try ChainReader(chain)
      while let event = try reader.next() {
        switch event.kind {
        case Events.Measurement.kind:
          let measurement = try event.decode(Events.Measurement.self)
          if measurement.subject == .socketWrite { writes.append(measurement.first) }
          if measurement.subject == .decisionLatency {
            latencies.append(measurement)
            let count = orders - ordersBefore
            ordersBefore = orders
            if count > 0, measurement.third > 0 {
              perOrder.append((measurement.third - measurement.second) / Int64(count))
            }
          }
        case OrderIntent.kind: orders += 1
        case BarObserved.kind: bars += 1
        default: break
        }
      }
    } catch {
      throw Failure("\(folder)/run.zst: \(error)")
    }
    let sent = latencies.filter { $0.third > 0 }
    guard !sent.isEmpty else {
      throw Failure("no order was sent, so nothing could be measured: \(text("run.txt").suffix(600))")
    }
    var figures = [
      BenchFigure(name: "\(prefix)_slots", value: Double(latencies.count), unit: "slots", target: ""),
      BenchFigure(name: "\(prefix)_bars", value: Double(bars), unit: "bars", target: ""),
      BenchFigure(name: "\(prefix)_orders", value: Double(orders), unit: "orders", target: ""),
    ]
    func add(_ name: String, _ nanos: [Int64], _ targets: [String: String] = [:]) {
      for (label, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)] {
        figures.append(
          BenchFigure(
            name: "\(name)_\(label)", value: Double(Self.percentile(nanos, share)) / 1_000, unit: "us",
            target: targets[label] ?? ""))
      }
    }
    add("\(prefix)_decided", latencies.map(\.first))
    add("\(prefix)_durable", latencies.map(\.second))
    add("\(prefix)_per_order", perOrder)
    add("\(prefix)_handed_over", sent.map(\.third), ["p50": "<= 1000", "p99": "<= 5000"])
    add("\(prefix)_without_disk", sent.map { $0.first + $0.third - $0.second }, ["p99": "<= 50"])
    add("\(prefix)_socket_write", writes)
    add("\(prefix)_bare_sync", bare)
    figures.append(
      BenchFigure(
        name: "\(prefix)_to_bare_sync",
        value: Double(Self.percentile(sent.map(\.third), 0.5)) / Double(max(Self.percentile(bare, 0.5), 1)),
        unit: "times", target: "<= 3"))
    return figures
  }

  /// The smallest value that at least that share of all values doesn't exceed.
  static func percentile(_ values: [Int64], _ share: Double) -> Int64 {
    if values.isEmpty { return 0 }
    let place = Int((Double(values.count) * share).rounded(.up)) - 1
    return values.sorted()[min(max(place, 0), values.count - 1)]
  }

  private static let specification = """
    columns: {symbol: symbol, time: time, open: open, high: high, low: low, close: close, volume: volume}
    time_format: iso
    zone: UTC
    bar_length: 1m
    calendar: always
    asset_class: crypto
    currency: USDT
    tick_size: 0.01
    lot_size: 0.00001
    """
}
