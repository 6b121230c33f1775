import Core
import Events
import Market
import Scenarios
import Strategies
import Testing

/// Goal: strategies see longer bars than those that fill, and see exactly what a feed of the longer ones would show them. In tables bars last a minute; a target stands at the
/// first bar of the span that the strategy sees.
@Suite("Decision bars")
struct DecisionBarTests {
  static let tables: [(name: String, table: String)] = [
    (
      "a decision falls with the bar that ends its span, on the span's close, and fills on the feed's next bar",
      """
      profile decide=180 type=limit limit=100
      100/101/99/100 1000 long |
      100/102/98/101 1000 |
      101/103/100/102 1000 | intent=buy:limit:100:101
      102/103/100.5/102 1000 | buy 100@101
      """
    ),
    (
      "what protects fills on the feed's bars, within a span that nobody has decided on",
      """
      profile decide=180 sl=2%
      100/101/99/100 1000 long |
      100/102/98/101 1000 |
      101/103/100/102 1000 | intent=buy:market:100
      102.5/104/102/103 1000 | buy 100@102.5
      103/103/100/100.5 1000 | sell 100@100.45 ; pos=0
      """
    ),
    (
      "a span whose last bar is missing is decided on with the first bar behind it, and fills behind that one",
      """
      profile decide=180
      100/101/99/100 1000 long |
      100/102/98/101 1000 |
      105/106/104/105 1000 @2024-01-02T00:03:00Z | intent=buy:market:100
      106/107/105/106 1000 | buy 100@106
      """
    ),
    (
      "what the feed leaves unfinished is decided on by nobody",
      """
      profile decide=180
      100/101/99/100 1000 long |
      100/102/98/101 1000 | orders=0
      """
    ),
    (
      "a session is one bar, whatever it was made of",
      """
      profile decide=session type=limit limit=100
      instrument A calendar=xnys
      step 11700s from 2024-01-02T14:30:00Z
      100/101/99/100 1000 long |
      101/103/100/102 1000 | intent=buy:limit:100:101
      102/103/101/102 1000 @2024-01-03T14:30:00Z | buy 100@101
      """
    ),
    (
      "a bar that is longer than the span is seen as it is",
      """
      profile decide=60
      100/101/99/100 1000 long for=300s | intent=buy:market:100
      101/102/100/101 1000 @2024-01-02T00:05:00Z | buy 100@101
      """
    ),
  ]

  @Test("fill under decisions", arguments: tables)
  func table(_ table: (name: String, table: String)) throws { try check(table.table) }

  private struct Said: Equatable {
    var signals: [Signal] = []
    var intents: [OrderIntent] = []
    var fills: [String] = []
    var times: [Int64] = []
  }

  private func run(_ bars: [Bar], _ decisions: DecisionBars, _ instruments: [Instrument]) throws -> (Said, Int128) {
    var configuration = ScenarioProfile().configuration
    configuration.decisionBars = decisions
    configuration.strategies = [
      StrategySpecification(
        name: "sma_cross",
        parameters: ParameterValues(["fast": .integer(3), "slow": .integer(8), "allow_short": .flag(true)])),
      StrategySpecification(
        name: "cross_sectional_momentum",
        parameters: ParameterValues([
          "lookback": .integer(4), "top": .integer(1), "bottom": .integer(0), "rebalance": .integer(3),
        ])),
    ]
    configuration.volumeShareMicros = 0
    configuration.risk.isShortAllowed = true
    var stage = try Stage(configuration, instruments)
    var said = Said()
    for bar in bars {
      try stage.take(.bar(bar))
      for happening in try stage.happenings() {
        switch happening.body {
        case let signal as Signal:
          said.signals.append(signal)
          said.times.append(bar.knownAt.nanos)
        case let intent as OrderIntent: said.intents.append(intent)
        case let fill as Fill: said.fills.append("\(fill.instrument) \(fill.side) \(fill.quantity) \(fill.price)")
        default: break
        }
      }
    }
    return (said, stage.engine.describe().equity)
  }

  @Test(
    "strategies say the same as on a feed of the longer bars, at the same times, and market orders fill at the same opens",
    arguments: 0..<12)
  func sameAsCoarse(_ run: Int) throws {
    var random = SeededRandom(seed: 0xdec1_0000 + UInt64(run))
    let span = [2, 5, 15, 60].picked(by: &random)
    let instruments = try (0..<3).map {
      try Instrument(
        symbol: "I\($0)", assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: FixedPoint.unit), calendar: .always)
    }
    let minute = 60 * Timestamp.nanosPerSecond
    let start = 1_704_153_600_000_000_000
    var (fine, coarse): ([Bar], [Bar]) = ([], [])
    var prices: [Int64] = [10_000, 5_000, 20_000]
    for group in 0..<120 {
      var made: [[Bar]] = [[], [], []]
      for step in 0..<span {
        for index in instruments.indices {
          let open = prices[index] + Int64(random.next() % 21) - 10
          let close = open + Int64(random.next() % 81) - 40
          prices[index] = max(close, 100)
          let (high, low) = (
            max(open, prices[index]) + Int64(random.next() % 9), min(open, prices[index]) - Int64(random.next() % 9)
          )
          func price(_ ticks: Int64) -> Price { Price(nanos: ticks * 10_000_000) }
          let bar = try Bar(
            instrument: InstrumentIndex(index),
            openTime: Timestamp(nanos: Int64(start) + Int64(group * span + step) * minute),
            durationNanos: minute, open: price(open), high: price(high), low: price(low), close: price(prices[index]),
            volume: Quantity(nanos: Int64(random.next() % 1000) * FixedPoint.unit), source: .synthetic,
            closesSlot: index == instruments.count - 1)
          made[index].append(bar)
          fine.append(bar)
        }
      }
      for index in instruments.indices {
        let bars = made[index]
        coarse.append(
          try Bar(
            instrument: InstrumentIndex(index), openTime: bars[0].openTime, durationNanos: Int64(span) * minute,
            open: bars[0].open, high: bars.map(\.high).max()!, low: bars.map(\.low).min()!, close: bars[span - 1].close,
            volume: Quantity(nanos: bars.map(\.volume.nanos).reduce(0, +)), source: .synthetic,
            closesSlot: index == instruments.count - 1))
      }
    }
    let (onFine, equity) = try self.run(fine, .every(nanos: Int64(span) * minute), instruments)
    let (onCoarse, other) = try self.run(coarse, .each, instruments)
    #expect(onFine == onCoarse)
    #expect(equity == other)
    #expect(onFine.signals.count > 5 && onFine.fills.count > 5)
  }

  @Test("a split within a span divides what was gathered of it")
  func split() throws {
    // The strategy of the second run sees prices of after the split from the start: 50, as half of 100, crosses nothing.
    try check(
      """
      profile decide=180 type=limit limit=0
      100/101/99/100 1000 long |
      100/102/98/101 1000 |
      split 2:1 |
      50.5/52/50/51 1000 | intent=buy:limit:100:51
      """)
  }
}
