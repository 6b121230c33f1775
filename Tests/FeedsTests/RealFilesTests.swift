import Events
import Feeds
import Foundation
import Market
import Testing

/// Every specification that comes along, on the real files it is made for: no row is lost, and the bars that a reader can
/// check by hand (first, last, daylight saving, early closes) are what the file says.
@Suite struct RealFilesTests {
  @Test(
    "imports every LEAN daily file without losing a row",
    arguments: ["aapl", "bac", "eem", "fb", "goog", "ibm", "iwm", "qqq", "spy", "uso"])
  func leanDaily(symbol: String) throws {
    let scenario = try ImportScenario()
    let name = "us-equity/daily/\(symbol).csv"
    let report = try scenario.importing([try SharedFiles.path(name)], try .named("lean-daily"))
    #expect(report.rows == (try SharedFiles.lineCount(name)))
    #expect(report.bars == report.rows)
    #expect(report.symbols.map(\.symbol) == [symbol.uppercased()])
    #expect(report.irregularDates.count == 0, "\(report.irregularDates)")
    #expect(try scenario.bars().allSatisfy(\.closesSlot))
  }

  @Test("places daily bars in the exchange's session: winter, summer, early close, the days around each")
  func dailySessions() throws {
    let scenario = try ImportScenario()
    _ = try scenario.importing([try SharedFiles.path("us-equity/daily/aapl.csv")], try .named("lean-daily"))
    let lines = try scenario.bars().map(\.line)
    #expect(lines.first == "1998-01-02T14:30:00Z 390m 13.63 16.25 13.5 16.25 6315000")
    #expect(lines.last == "2021-03-31T13:30:00Z 390m 121.65 123.54 121.15 122.15 109019052")
    // The day after Thanksgiving ends at 13:00.
    #expect(lines.contains("1998-11-27T14:30:00Z 210m 35.06 35.13 34.75 35 1320100"))
    #expect(lines.contains("2013-11-29T14:30:00Z 210m 549.7 558.33 547.81 556.07 9824672"))
    // The first session after the attacks; daylight saving ended on the last Sunday of October then.
    #expect(lines.contains("2001-09-17T13:30:00Z 390m 16 17.07 15.73 17 7867200"))
    // Clocks go forward on 8 March 2020 and back on 1 November 2020.
    let opens = lines.map { $0.prefix(17) }
    for open in ["2020-03-06T14:30", "2020-03-09T13:30", "2020-10-30T13:30", "2020-11-02T14:30"] {
      #expect(opens.contains { $0.hasPrefix(open) }, "\(open)")
    }
  }

  @Test("imports LEAN minute files as one symbol a folder, days in order whatever the order of the arguments")
  func leanMinute() throws {
    let scenario = try ImportScenario()
    let days = ["20131007", "20131004", "20131011", "20131008", "20131010", "20131009"]
    let paths = try days.map { try SharedFiles.path("us-equity/minute/spy/\($0).csv") }
    let report = try scenario.importing(paths, try .named("lean-minute"))
    #expect(report.rows == (try days.reduce(0) { $0 + (try SharedFiles.lineCount("us-equity/minute/spy/\($1).csv")) }))
    #expect(report.symbols.map(\.symbol) == ["SPY"])
    let bars = try scenario.bars()
    // 14,760,000 ms is 04:06 in New York, on daylight time; 71,940,000 ms is 19:59.
    #expect(bars.first?.line == "2013-10-04T08:06:00Z 1m 167.65 167.65 167.65 167.65 20000")
    #expect(bars.last?.line.hasPrefix("2013-10-11T23:") == true)
    #expect(zip(bars, bars.dropFirst()).allSatisfy { $0.openTime < $1.openTime })
    try scenario.write("sorted.txt", "")
    _ = try scenario.importing(paths.sorted(), try .named("lean-minute"), output: "sorted.zst")
    #expect(try scenario.bars("sorted.zst") == bars)
  }

  @Test("merges several symbols by the instant at which bars become known, and marks each slot's last")
  func severalSymbols() throws {
    let scenario = try ImportScenario()
    let symbols = ["spy", "bac", "ibm"]
    let paths = try symbols.flatMap { symbol in
      try ["20131004", "20131007"].map { try SharedFiles.path("us-equity/minute/\(symbol)/\($0).csv") }
    }
    let report = try scenario.importing(paths, try .named("lean-minute"))
    #expect(report.symbols.map(\.symbol) == ["SPY", "BAC", "IBM"])
    #expect(try scenario.start().instruments.map(\.symbol) == ["SPY", "BAC", "IBM"])
    let bars = try scenario.bars()
    #expect(bars.count == report.rows)
    for (bar, following) in zip(bars, bars.dropFirst()) {
      #expect(bar.knownAt <= following.knownAt)
      if bar.knownAt == following.knownAt { #expect(bar.instrument < following.instrument) }
      #expect(bar.closesSlot == (bar.knownAt != following.knownAt))
    }
    #expect(bars.last?.closesSlot == true)
    // Each symbol alone gives the same bars.
    for (index, symbol) in symbols.enumerated() {
      let own = paths.filter { $0.contains("/\(symbol)/") }
      _ = try scenario.importing(own, try .named("lean-minute"), output: "\(symbol).zst")
      let alone = try scenario.bars("\(symbol).zst").map(\.line)
      #expect(alone == bars.filter { $0.instrument.position == index }.map(\.line))
    }
  }

  @Test("imports LEAN crypto minutes in UTC, plain decimals kept to the last digit")
  func leanCrypto() throws {
    let scenario = try ImportScenario()
    let days = [
      "20161007", "20161008", "20161009", "20170903", "20170904", "20171217", "20180404", "20180405", "20180406",
    ]
    let paths = try days.map { try SharedFiles.path("crypto/coinbase/minute/btcusd/\($0).csv") }
    let report = try scenario.importing(paths, try .named("lean-crypto-minute"))
    #expect(report.rows == 1419 + 1400 + 1397 + 1440 + 1440 + 1440 + 1007 + 1440 + 1440)
    #expect(report.bars == report.rows)
    let bars = try scenario.bars()
    #expect(bars.first?.line == "2016-10-07T00:00:00Z 1m 611.78 611.91 611.78 611.9 1.13872")
    #expect(bars.contains { $0.line == "2017-09-03T00:00:00Z 1m 4642.39 4652.71 4642.39 4652.69 6.63487803" })
    #expect(report.symbols.map(\.symbol) == ["BTCUSD"])
    #expect(try scenario.start().instruments[0].assetClass == .crypto)
  }

  @Test("imports bokeh's stocks: five symbols in one packed file, one after the other, merged by day")
  func bokehStocks() throws {
    let scenario = try ImportScenario()
    let report = try scenario.importing(
      [try SharedFiles.path("pypi/bokeh_sampledata/stocks.csv.gz")], try .named("bokeh-stocks"))
    #expect(report.symbols.map(\.symbol) == ["AAPL", "FB", "GOOG", "IBM", "MSFT"])
    #expect(report.symbols.map(\.bars) == [3270, 196, 2148, 3270, 3270])
    #expect(report.rows == 12_154)
    #expect(report.irregularDates.count == 0)
    let bars = try scenario.bars()
    #expect(bars[0].line == "2000-03-01T14:30:00Z 390m 118.56 132.06 118.5 130.31 9616100")
    #expect(bars.last?.line == "2013-03-01T14:30:00Z 390m 27.72 27.98 27.52 27.95 34849700")
    #expect(zip(bars, bars.dropFirst()).allSatisfy { ($0.knownAt, $0.instrument) < ($1.knownAt, $1.instrument) })
  }

  @Test("takes only the symbols asked for from a file with a symbol column, in the order asked")
  func wantedSymbols() throws {
    let scenario = try ImportScenario()
    let path = try SharedFiles.path("pypi/bokeh_sampledata/stocks.csv.gz")
    let report = try scenario.importing([path], try .named("bokeh-stocks"), symbols: ["MSFT", "FB"])
    #expect(report.symbols.map(\.symbol) == ["MSFT", "FB"])
    #expect(report.symbols.map(\.bars) == [3270, 196])
    #expect(report.notWantedRows == 12_154 - 3270 - 196)
    let refusal = try scenario.refusal([path], try .named("bokeh-stocks"), symbols: ["MSFT", "TSLA"], output: "b.zst")
    #expect(refusal == "\(path) has no rows of TSLA: check the spelling, or leave out --symbol to take all")
  }

  @Test("imports Yahoo's columns, adjusted close left out")
  func yahoo() throws {
    let scenario = try ImportScenario()
    // This copy has Yahoo's columns with American dates.
    let specification = try ImportSpecification.named("yahoo", settings: [("time_format", "M/d/yyyy")])
    let report = try scenario.importing([try SharedFiles.path("pypi/arch/nasdaq.csv.gz")], specification)
    #expect(report.bars == 5031)
    #expect(
      try scenario.bars().first?.line
        == "1999-01-04T14:30:00Z 390m 2207.540039 2233.570068 2192.679932 2208.050049 936660000")
    #expect(report.symbols.map(\.symbol) == ["NASDAQ"])
  }

  @Test("names the eight days on which the S&P 500 traded more shares than a quantity can hold, and can leave them out")
  func volumesOutOfRange() throws {
    let scenario = try ImportScenario()
    let path = try SharedFiles.path("pypi/arch/sp500.csv.gz")
    let settings = [(key: "time_format", value: "M/d/yyyy")]
    let refusal = try #require(try scenario.refusal([path], try .named("yahoo", settings: settings)))
    #expect(refusal.contains("line 2442: volume \"9459830000\" is beyond 9223372036.854775807"))
    let lenient = try ImportSpecification.named("yahoo", settings: settings + [("bad_rows", "quarantine")])
    let report = try scenario.importing([path], lenient)
    #expect(report.quarantined.count == 8)
    #expect(report.bars == 5031 - 8)
    #expect(
      try scenario.bars().first?.line
        == "1999-01-04T14:30:00Z 390m 1229.22998 1248.810059 1219.099976 1228.099976 877000000")
  }

  @Test(
    "imports the plain form of other tools: headers of any case, fractions, offsets, no volume",
    arguments: [
      (
        "crypto/perp/btc-perp-20211231-20220201_1m.csv", "1m", 45_031,
        "2021-12-31T23:01:00Z 1m 46319 46385 46319 46377 2300413.7295"
      ),
      ("forex/usdjpy-m1-bid-2013.csv", "1m", 28_761, "2013-02-01T00:00:00Z 1m 91.715 91.715 91.653 91.653 0"),
      (
        "futures/6EH4.XCME_1min_bars_20240101_20240131.csv.gz", "1m", 29_996,
        "2024-01-01T23:01:00Z 1m 1.1076 1.10785 1.1076 1.1078 205"
      ),
      ("pypi/backtesting/EURUSD.csv", "1h", 5_000, "2017-04-19T09:00:00Z 60m 1.0716 1.0722 1.07083 1.07219 1413"),
      ("pypi/backtesting/GOOG.csv", "1d", 2_148, "2004-08-19T00:00:00Z 1440m 100 104.06 95.96 100.34 22351900"),
    ])
  func plainForm(name: String, length: String, rows: Int, first: String) throws {
    let scenario = try ImportScenario()
    // Six volumes of the perpetual were printed from binary floating point.
    let specification = try ImportSpecification.named(
      "ohlcv", settings: [("bar_length", length), ("excess_decimals", "round")])
    let report = try scenario.importing([try SharedFiles.path(name)], specification, symbols: ["X"])
    #expect(report.bars == rows)
    #expect(report.rows == rows)
    #expect(try scenario.bars().first?.line == first)
  }

  @Test("refuses a bar length that doesn't fit the file instead of making overlapping bars")
  func wrongLength() throws {
    let scenario = try ImportScenario()
    let path = try SharedFiles.path("crypto/perp/btc-perp-20211231-20220201_1m.csv")
    let specification = try ImportSpecification.named("ohlcv", settings: [("bar_length", "1h")])
    let refusal = try #require(try scenario.refusal([path], specification, symbols: ["X"]))
    #expect(
      refusal.contains("opens before that of \(path) line 2 closes at 2022-01-01T00:01:00Z: is bar_length right?"))
    #expect(try scenario.names.isEmpty)
  }
}
