import Market
import Testing
import Wire

@testable import Rehearsal

/// Goal: `ticker/24hr` says of the last 24 hours what the tape has. Method: two days of hand-made minutes, recounted here bar by bar.
@Suite struct DayTickerTests {
  /// Every tenth minute of two days, so that the window drops the first ones.
  private static let minutes = (0..<288).map { Int64($0) * 10 }
  private static let rows: [(Int64, Int64, Int64, Int64, Int64)] = minutes.indices.map { place in
    let open = 100 + Int64(place * 37 % 53)
    return (open, open + 5, open - 4, open + Int64(place % 7) - 3, Int64(1 + place % 9))
  }

  private static func whole(_ text: String?) -> Double? { text.flatMap { Double($0) } }

  @Test("counts the bars that opened within 24 hours, and the price's change since the first of them")
  func day() throws {
    var bench = Bench(tape: Bench.tape(Self.rows, minutes: Self.minutes))
    bench.passMinutes(2_000)
    let said = bench.call(.get, "ticker/24hr", "symbol=BTCUSDT")
    let answer = try #require(said)
    let inside = Self.minutes.indices.filter { Self.minutes[$0] >= 2_000 - 1_440 && Self.minutes[$0] + 1 <= 2_000 }
    let bars = inside.map { Self.rows[$0] }
    let first = try #require(bars.first)
    // At minute 2,000 the next bar has just opened: it counts with its open and no volume.
    let running = Self.rows[200]
    func number(_ name: StaticString) -> Double? { Self.whole(answer[name]?.string) }
    #expect(bars.count == 144)
    #expect(number("openPrice") == Double(first.0) && number("lastPrice") == Double(running.0))
    #expect(number("highPrice") == Double(max(bars.map(\.1).max() ?? 0, running.0)))
    #expect(number("lowPrice") == Double(min(bars.map(\.2).min() ?? 0, running.0)))
    #expect(number("volume") == Double(bars.reduce(0) { $0 + $1.4 }))
    let worth = bars.reduce(0.0) { $0 + Double($1.0 + $1.1 + $1.2 + $1.3) / 4 * Double($1.4) }
    #expect(abs((number("quoteVolume") ?? 0) - worth) < 1e-6)
    #expect(number("priceChange") == Double(running.0 - first.0))
    #expect(number("prevClosePrice") == Double(Self.rows[55].3))
    let percent = Double(running.0 - first.0) / Double(first.0) * 100
    #expect(abs((number("priceChangePercent") ?? 0) - percent) <= 0.0005)
    #expect(answer["closeTime"]?.integer == answer["openTime"]?.integer.map { $0 + 86_400_000 })
    #expect(number("bidPrice") == Double(running.0))
  }

  @Test("answers one symbol with an object, all with a list, and its short form with less")
  func forms() throws {
    var bench = Bench()
    let all = bench.call(.get, "ticker/24hr")
    #expect(all.map { Array($0.items).count } == 1)
    let answer = bench.call(.get, "ticker/24hr", "symbol=BTCUSDT&type=MINI")
    let short = try #require(answer)
    #expect(short["openPrice"]?.string == "100.00000000" && short["bidPrice"] == nil)
    #expect(bench.call(.get, "ticker/24hr", "symbol=BTCUSDT&type=TINY")?["code"]?.integer == -1130)
    #expect(bench.call(.get, "ticker/24hr", "symbol=NOPE")?["code"]?.integer == -1121)
  }
}
