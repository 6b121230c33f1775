import Events
import Feeds
import Foundation
import Journal
import Market
import Testing

/// Random bars printed as text and imported are the same bars, whatever the form; and the same input gives the same bytes.
@Suite struct RoundTripTests {
  @Test("imports what was printed, in every form of time that holds a whole instant", arguments: 0..<8)
  func forms(form: Int) throws {
    let scenario = try ImportScenario()
    let bars = RandomBars.make(count: 3_000, seed: UInt64(form) + 10)
    let (format, print): (String, (Bar) -> String) =
      [
        ("iso", { "\($0.openTime)" }),
        (
          "iso",
          { "\($0.openTime)".replacingOccurrences(of: "T", with: " ").replacingOccurrences(of: "Z", with: "+00:00") }
        ),
        (
          "yyyy-MM-dd HH:mm:ss",
          { "\($0.openTime)".replacingOccurrences(of: "T", with: " ").replacingOccurrences(of: "Z", with: "") }
        ),
        ("epoch-seconds", { "\($0.openTime.nanos / 1_000_000_000)" }),
        ("epoch-milliseconds", { "\($0.openTime.nanos / 1_000_000)" }),
        ("epoch-microseconds", { "\($0.openTime.nanos / 1_000)" }),
        ("epoch-nanoseconds", { "\($0.openTime.nanos)" }),
        ("M/d/yyyy HH:mm", { american($0.openTime) }),
      ][form]
    var text = "Volume;Close;Low;High;Open;Ignored;Time\r\n"
    for bar in bars {
      text += "\(bar.volume);\(bar.close);\(bar.low);\(bar.high);\(bar.open);\"a;b\";\(print(bar))\r\n"
    }
    let path = try scenario.write("x.csv", "\u{feff}" + text)
    let specification = try ImportSpecification.named(
      "ohlcv", settings: [("time_format", format), ("delimiter", ";")])
    let report = try scenario.importing([path], specification)
    #expect(report.bars == bars.count)
    #expect(try scenario.bars() == bars)
  }

  @Test("shifts implied decimals and reads a bar's close time")
  func impliedDecimalsAndCloseTime() throws {
    let scenario = try ImportScenario()
    let text = "t,open,high,low,close\n2024-01-02 00:01:00,1234567,1234568,-5,1\n"
    let path = try scenario.write("x.csv", text.replacingOccurrences(of: "t,", with: "time,"))
    let specification = try ImportSpecification.named(
      "ohlcv", settings: [("price_decimals", "4"), ("time_is", "close")])
    _ = try scenario.importing([path], specification)
    #expect(try scenario.bars().map(\.line) == ["2024-01-02T00:00:00Z 1m 123.4567 123.4568 -0.0005 0.0001 0"])
  }

  @Test("rounds binary floating point half to even where the specification says so")
  func rounds() throws {
    let scenario = try ImportScenario()
    let path = try scenario.write(
      "x.csv", "time,open,high,low,close\n2024-01-02,0.30000001192092896,0.9999999995,0.0000000005,0.0000000015\n")
    let specification = try ImportSpecification.named("ohlcv", settings: [("excess_decimals", "round")])
    _ = try scenario.importing([path], specification)
    #expect(try scenario.bars().map(\.line) == ["2024-01-02T00:00:00Z 1m 0.300000012 1 0 0.000000002 0"])
  }

  @Test("reads local times on both days on which New York's clocks move")
  func daylightSaving() throws {
    let scenario = try ImportScenario()
    var text = "time,open,high,low,close\n"
    for time in ["2024-03-10 01:59", "2024-03-10 03:00", "2024-11-03 00:59", "2024-11-03 02:00", "2024-11-04 09:30"] {
      text += "\(time),1,1,1,1\n"
    }
    let path = try scenario.write("x.csv", text)
    _ = try scenario.importing([path], try .named("ohlcv", settings: [("zone", "America/New_York")]))
    #expect(
      try scenario.bars().map { "\($0.openTime)" } == [
        "2024-03-10T06:59:00Z", "2024-03-10T07:00:00Z", "2024-11-03T04:59:00Z", "2024-11-03T07:00:00Z",
        "2024-11-04T14:30:00Z",
      ])
  }

  @Test("keeps bars of dates that the calendar has no session for, with regular hours, and reports them")
  func irregularDates() throws {
    let scenario = try ImportScenario()
    // A Friday, the Saturday after it, Monday 4 July.
    let path = try scenario.write(
      "x.csv", "20220701 00:00,1,1,1,1,5\n20220702 00:00,1,1,1,1,5\n20220704 00:00,1,1,1,1,5\n")
    let report = try scenario.importing([path], try .named("lean-daily"))
    #expect(report.irregularDates.first.map(\.description) == ["2022-07-02", "2022-07-04"])
    #expect(report.irregularDates.count == 2)
    #expect(try scenario.bars().map(\.line).last == "2022-07-04T13:30:00Z 390m 0.0001 0.0001 0.0001 0.0001 5")
  }

  @Test("gives the same bytes from the same input, with one thread or two, and names the run by what determines it")
  func deterministic() throws {
    let scenario = try ImportScenario()
    let path = try scenario.write("x.csv", RandomBars.text(count: 30_000, seed: 3))
    let one = try scenario.importing([path], try .named("ohlcv"), output: "one.zst", threads: 1)
    let two = try scenario.importing([path], try .named("ohlcv"), output: "two.zst", threads: 2)
    #expect(try scenario.bytes("one.zst") == (try scenario.bytes("two.zst")))
    #expect(one.runID == two.runID)
    let other = try scenario.importing([path], try .named("ohlcv"), symbols: ["Y"], output: "other.zst")
    #expect(other.runID != one.runID)
    let started = try scenario.start("one.zst")
    #expect(started.mode == .import)
    #expect(started.profile.hasPrefix("{\"specification\":{\"asset_class\":\"crypto\","))
    #expect(started.profile.hasSuffix(",\"symbols\":[\"X\"]}"))
    let verified = try verifyJournal(file: try PosixFile.open(path: scenario.path("one.zst")))
    #expect(verified.summary.bars == 30_000)
  }

  @Test("spools more bars of a file with a symbol column than its buffers hold")
  func spooled() throws {
    let scenario = try ImportScenario()
    var text = "Ticker,Date,Open,High,Low,Close,Volume,Adj Close\n"
    var random = SeededRandom(seed: 5)
    var expected: [String: Int] = [:]
    for day in 1..<2_000 {
      let date = Timestamp(nanos: Int64(day) * Timestamp.nanosPerDay).utcDate
      for symbol in ["C", "A", "B"] where random.next() % 3 > 0 {
        text += "\(symbol),\(date),1,2,1,2,\(day),9\n"
        expected[symbol, default: 0] += 1
      }
    }
    let path = try scenario.write("x.csv", text)
    let report = try scenario.importing([path], try .named("bokeh-stocks"))
    #expect(Dictionary(uniqueKeysWithValues: report.symbols.map { ($0.symbol, $0.bars) }) == expected)
    let bars = try scenario.bars()
    #expect(zip(bars, bars.dropFirst()).allSatisfy { ($0.knownAt, $0.instrument) < ($1.knownAt, $1.instrument) })
    #expect(try scenario.names == ["bars.zst", "x.csv"])
  }
}

/// A random walk in cents, a minute a bar.
enum RandomBars {
  static func make(count: Int, seed: UInt64) -> [Bar] {
    var random = SeededRandom(seed: seed)
    var bars: [Bar] = []
    var price: Int64 = 10_000
    var minute: Int64 = 26_000_000
    for _ in 0..<count {
      let open = price
      let close = max(1, open + Int64(random.next() % 11) - 5)
      let high = max(open, close) + Int64(random.next() % 4)
      let low = min(open, close) - Int64(random.next() % 4)
      price = close
      minute += 1 + Int64(random.next() % 40 == 0 ? random.next() % 3_000 : 0)
      let cent: Int64 = 10_000_000
      do {
        bars.append(
          try Bar(
            instrument: InstrumentIndex(0), openTime: Timestamp(nanos: minute * 60_000_000_000),
            durationNanos: 60_000_000_000, open: Price(nanos: open * cent), high: Price(nanos: high * cent),
            low: Price(nanos: low * cent), close: Price(nanos: close * cent),
            volume: Quantity(nanos: Int64(random.next() % 1_000_000) * 1_000), source: .file))
      } catch {
        Issue.record("the walk made an impossible bar: \(error)")
      }
    }
    return bars
  }

  static func text(count: Int, seed: UInt64) -> Data {
    var text = "timestamp,open,high,low,close,volume\n"
    for bar in make(count: count, seed: seed) {
      text += "\(bar.openTime),\(bar.open),\(bar.high),\(bar.low),\(bar.close),\(bar.volume)\n"
    }
    return Data(text.utf8)
  }
}

private func american(_ instant: Timestamp) -> String {
  let date = instant.utcDate
  let minute = instant.utcNanosOfDay / 60_000_000_000
  let rest = minute % 60
  return "\(date.month)/\(date.day)/\(date.year) \(minute / 60):\(rest < 10 ? "0" : "")\(rest)"
}
