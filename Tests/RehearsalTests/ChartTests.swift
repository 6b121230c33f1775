import Market
import Testing
import Wire

@testable import Rehearsal

/// Yahoo's chart endpoint. What yfinance itself makes of it is tools/rehearsal.sh's.
@Suite struct ChartTests {
  private func chart(_ bench: inout Bench, _ query: String) -> JSONValue? {
    bench.request(.get, "/v8/finance/chart/BTCUSDT?\(query)").map { Bench.json($0.body)["chart"]! }
  }

  @Test("gives closed rows, the unfinished row, and a flat row off the grid behind them")
  func rows() {
    var bench = Bench()
    bench.pass(2 * Bench.minute + 40_000_000_000)
    let result = chart(&bench, "range=1d&interval=1m")?["result"]?[0]
    let start = Bench.start.milliseconds / 1_000
    #expect(result?["timestamp"]?.items.map { $0.integer! - start } == [0, 60, 120, 160])
    let quote = result?["indicators"]?["quote"]?[0]
    #expect(quote?["close"]?.items.map { $0.nanos! / FixedPoint.unit } == [105, 110, 95, 95])
    #expect(quote?["volume"]?.items.map { $0.integer! } == [1_000, 1_000, 500, 0])
    let meta = result?["meta"]
    #expect(meta?["regularMarketTime"]?.integer == start + 160)
    #expect(meta?["dataGranularity"]?.string == "1m")
    for field in ["validRanges", "tradingPeriods"] as [StaticString] { #expect(meta?[field]?.kind == .array) }
    for field in ["currency", "instrumentType", "exchangeTimezoneName"] as [StaticString] {
      #expect(meta?[field]?.string?.isEmpty == false)
    }
  }

  @Test("takes a start inclusive and an end exclusive, and answers an empty window without an error")
  func window() {
    var bench = Bench()
    bench.passMinutes(5)
    let start = Bench.start.milliseconds / 1_000
    let some = chart(&bench, "period1=\(start + 60)&period2=\(start + 180)&interval=1m")?["result"]?[0]
    #expect(some?["timestamp"]?.items.map { $0.integer! - start } == [60, 120])
    let none = chart(&bench, "period1=\(start - 600)&period2=\(start - 60)&interval=1m")
    #expect(none?["error"]?.isNull == true)
    #expect(none?["result"]?[0]?["timestamp"] == nil)
  }

  @Test("refuses unknown symbols, intervals and periods as Yahoo does")
  func refusals() {
    var bench = Bench()
    #expect(bench.request(.get, "/v8/finance/chart/NOPE?interval=1m")?.status == 404)
    #expect(bench.request(.get, "/v8/finance/chart/BTCUSDT?interval=3m")?.status == 422)
    #expect(bench.request(.get, "/v8/finance/chart/BTCUSDT?interval=1m&period1=5&period2=5")?.status == 400)
    #expect(bench.request(.get, "/")?.header("set-cookie") != nil)
    #expect(bench.request(.get, "/v1/test/getcrumb")?.body.count == 11)
  }

  @Test("widens prices from 32 bits, as Yahoo does")
  func floats() {
    var bench = Bench(tape: Bench.tape([(332, 333, 332, 332, 10)]))
    bench.passMinutes(1)
    bench.exchange.distortion.factorMillis = 1_000
    var json = JSONOutput()
    bench.exchange.writePrice(nil, Price(nanos: 332_795_000_000), to: &json)
    #expect(String(decoding: json.bytes, as: UTF8.self) == "332.7950134277344")
  }
}
