import Feeds
import Market
import Testing

/// What would be imported without a word and ruin a backtest: prices of another scale, absent volumes, a tick size that is none.
@Suite struct SilentTrapTests {
  @Test(
    "refuses a price with a decimal point where the specification implies decimals",
    arguments: [
      ("611.78", 4), ("611.", 4), (".5", 4), ("1676500.0", 4), (" 611.78 ", 4), ("0.1234567", 4), ("-1.5", 1),
    ])
  func decimalPoint(price: String, decimals: Int) throws {
    let scenario = try ImportScenario()
    let path = try scenario.write("x.csv", "time,open,high,low,close,volume\n2024-01-02,\(price),9,-9,1,2.5\n")
    let specification = try ImportSpecification.named("ohlcv", settings: [("price_decimals", "\(decimals)")])
    let implied = decimals == 1 ? "1 decimal" : "\(decimals) decimals"
    #expect(
      try scenario.refusal([path], specification) == """
        1 bad row; nothing was written.
          x.csv line 2: open "\(price)" has a decimal point, but the specification says prices are whole numbers with \
        \(implied) implied; choose another spec or set price_decimals=0
        Correct the file, or leave bad rows out and have them counted with --on-bad-row quarantine.
        """)
  }

  @Test("refuses real crypto files under the specifications of equities, and names each column that is wrong")
  func cryptoAsEquity() throws {
    let scenario = try ImportScenario()
    let path = try SharedFiles.path("crypto/coinbase/minute/btcusd/20161007.csv")
    let refusal = try #require(try scenario.refusal([path], try .named("lean-minute")))
    // 21 of the 1419 rows have four whole prices; the others refuse the file.
    #expect(refusal.hasPrefix("1398 bad rows; nothing was written.\n"))
    #expect(
      refusal.contains(
        "line 1: open \"611.78\" has a decimal point, but the specification says prices are whole numbers with "
          + "4 decimals implied; choose another spec or set price_decimals=0\n"))
    #expect(try scenario.names.isEmpty)
    let high = try scenario.write("h.csv", "20240102 00:00,10000,10000.5,9000,10000,5\n")
    #expect(
      try #require(try scenario.refusal([high], try .named("lean-daily"))).contains("line 1: high \"10000.5\" has"))
    // No decimal number at all is told as that, and a volume may have a point.
    let wrong = try scenario.write("w.csv", "20240102 00:00,1.2.3,10000,9000,10000,5\n")
    #expect(
      try #require(try scenario.refusal([wrong], try .named("lean-daily"))).contains("\"1.2.3\" is no decimal number"))
    let fraction = try scenario.write("f.csv", "20240102 00:00,10000,10000,9000,10000,5.5\n")
    #expect(try scenario.importing([fraction], try .named("lean-daily")).bars == 1)
  }

  @Test("counts bars whose volume is zero because none was given, not those that say zero")
  func withoutVolume() throws {
    let scenario = try ImportScenario()
    let columnless = try scenario.write("a.csv", "time,open,high,low,close\n2024-01-02,1,1,1,1\n2024-01-03,1,1,1,1\n")
    #expect(try scenario.importing([columnless], try .named("ohlcv"), output: "a.zst").barsWithoutVolume == 2)
    let text = """
      time,open,high,low,close,volume
      2024-01-02,1,1,1,1,0
      2024-01-03,1,1,1,1,
      2024-01-04,1,1,1,1
      2024-01-05,1,0,1,1,
      2024-01-06,1,1,1,1,7

      """
    let path = try scenario.write("b.csv", text)
    let lenient = try ImportSpecification.named("ohlcv", settings: [("bad_rows", "quarantine")])
    let report = try scenario.importing([columnless, path], lenient)
    #expect(report.bars == 6)
    // Two of each file; the quarantined row is no bar.
    #expect(report.barsWithoutVolume == 4)
  }

  @Test(
    "says how many bars are off the tick size, and which power of ten fits",
    arguments: [
      ("0.01", ["1.25", "2", "0"], 0, nil),
      ("0.01", ["1.25", "1.07083", "1.5", "1.071"], 2, "0.00001"),
      ("0.01", ["-0.005"], 1, "0.001"),
      ("0.01", ["0.000000001"], 1, "0.000000001"),
      ("0.25", ["1.25", "2.5", "-0.75"], 0, nil),
      // 0.25 fits none of the rest, and the quarter itself no tenth.
      ("0.25", ["1.25", "1.3"], 1, "0.01"),
      ("0.25", ["1.5", "1.3"], 1, "0.1"),
      ("3", ["10", "20"], 2, "1"),
      ("0.03", ["0.09", "0.3"], 0, nil),
      ("0.000000001", ["9223372036.854775807", "-9223372036.854775807"], 0, nil),
      ("9223372036", ["9223372036"], 0, nil),
    ] as [(String, [String], Int, String?)])
  func ticks(tickSize: String, prices: [String], offTick: Int, fitting: String?) throws {
    let scenario = try ImportScenario()
    var text = "time,open,high,low,close,volume\n"
    for (day, price) in prices.enumerated() { text += "2024-01-1\(day),\(price),\(price),\(price),\(price),1\n" }
    let path = try scenario.write("x.csv", text)
    let report = try scenario.importing([path], try .named("ohlcv", settings: [("tick_size", tickSize)]))
    #expect(report.tickChecked == prices.count)
    #expect(report.offTickBars == offTick)
    #expect(report.fittingTick?.description == fitting)
    #expect(report.tickSize.description == tickSize)
  }

  @Test("agrees with division about which prices are off the tick size, whatever the tick size")
  func ticksAgainstDivision() throws {
    let scenario = try ImportScenario()
    var random = SeededRandom(seed: 11)
    for round in 0..<60 {
      let tick = Int64(random.next() >> (1 + random.next() % 60)) % 1_000_000_000_000 + 1
      var text = "time,open,high,low,close,volume\n"
      var expected = 0
      for minute in 10..<50 {
        // Half of them multiples of the tick, so that both answers come up.
        var nanos = Int64(random.next() >> 8) % 1_000_000_000_000_000
        if random.next() % 2 == 0 { nanos -= nanos % tick }
        expected += nanos % tick == 0 ? 0 : 1
        let price = Price(nanos: nanos)
        text += "2024-01-02 00:\(minute):00,\(price),\(price),\(price),\(price),1\n"
      }
      let path = try scenario.write("r\(round).csv", text)
      let specification = try ImportSpecification.named("ohlcv", settings: [("tick_size", "\(Price(nanos: tick))")])
      let report = try scenario.importing([path], specification, symbols: ["X"], replacing: true)
      #expect(report.offTickBars == expected, "tick size \(report.tickSize)")
    }
  }

  @Test("looks at each column, and at the first 4096 bars of each symbol only")
  func tickColumns() throws {
    let scenario = try ImportScenario()
    let rows = [
      "2024-01-02,1.001,2,1,1,1", "2024-01-03,1,2.001,1,1,1", "2024-01-04,1,2,0.999,1,1", "2024-01-05,1,2,1,1.001,1",
    ]
    let path = try scenario.write(
      "x.csv", "time,open,high,low,close,volume\n" + rows.joined(separator: "\n") + "\n2024-01-06,1,2,1,1,1\n")
    let report = try scenario.importing([path], try .named("ohlcv"))
    #expect(report.offTickBars == 4)
    #expect(report.fittingTick?.description == "0.001")

    var long = ""
    for minute in 0..<4096 { long += "\(minute * 60),1,1,1,1,1\n" }
    let settings = [(key: "time_format", value: "epoch-seconds")]
    let header = "time,open,high,low,close,volume\n"
    let one = try scenario.write("one.csv", header + long)
    // The bars behind the limit are off the tick; nobody looks at them.
    let late = try scenario.write("two.csv", header + long + "246000,1.001,2,1,1,1\n")
    let single = try scenario.importing([late], try .named("ohlcv", settings: settings), output: "single.zst")
    #expect((single.tickChecked, single.offTickBars) == (4096, 0))
    let short = try scenario.write("three.csv", header + "60,1.001,2,1,1,1\n")
    let several = try scenario.importing(
      [one, late, short], try .named("ohlcv", settings: settings), output: "several.zst")
    #expect((several.tickChecked, several.offTickBars) == (2 * 4096 + 1, 1))
    #expect(several.fittingTick?.description == "0.001")
  }

  @Test("finds the tick size of real exchange rates, and none to correct on real coins")
  func realTicks() throws {
    let scenario = try ImportScenario()
    let rates = try scenario.importing(
      [try SharedFiles.path("pypi/backtesting/EURUSD.csv")],
      try .named("ohlcv", settings: [("bar_length", "1h")]), output: "rates.zst")
    #expect(rates.tickChecked == 4096)
    #expect(rates.fittingTick?.description == "0.00001")
    #expect(rates.barsWithoutVolume == 0)
    let yen = try scenario.importing(
      [try SharedFiles.path("forex/usdjpy-m1-bid-2013.csv")], try .named("ohlcv"), output: "yen.zst")
    #expect(yen.fittingTick?.description == "0.001")
    #expect(yen.barsWithoutVolume == yen.bars)
    let coins = try scenario.importing(
      [try SharedFiles.path("crypto/coinbase/minute/btcusd/20161007.csv")], try .named("lean-crypto-minute"))
    #expect((coins.tickChecked, coins.offTickBars) == (1419, 0))
    #expect(coins.fittingTick == nil)
  }
}
