import Events
import Market
import Testing

@testable import Strategies

/// Goal: an indicator over unadjusted bars that follows a split by `rescale` has the values that it has over bars adjusted for the split.
/// Method: random walks; the raw series jumps at the split, the adjusted one doesn't. A split by a power of two must give the same bits.
@Suite("Indicators over a split")
struct HistoryScaleTests {
  static let ratios: [(up: Int64, down: Int64)] = [(2, 1), (4, 1), (1, 8), (7, 1), (3, 2), (1, 10)]

  /// Bars of which the first `before` are in old terms, and the same in the terms of the last.
  private static func series(
    seed: UInt64, up: Int64, down: Int64, before: Int
  ) throws -> (raw: [Bar], adjusted: [Bar], scale: HistoryScale) {
    var random = SplitRandom(state: seed)
    let scale = HistoryScale.split(numerator: up, denominator: down)
    var (raw, adjusted): ([Bar], [Bar]) = ([], [])
    var last: Int64 = 8_400 * 10_000_000
    for position in 0..<(2 * before) {
      let open = max(840 * 10_000_000, last + Int64(random.next() % 401) * 10_000_000 - 200 * 10_000_000)
      let close = max(840 * 10_000_000, open + Int64(random.next() % 401) * 10_000_000 - 200 * 10_000_000)
      last = close
      let volume = Int64(1 + random.next() % 10_000) * 840 * FixedPoint.unit
      func bar(_ price: ScaleRatio, _ units: ScaleRatio) throws -> Bar {
        try Bar(
          instrument: InstrumentIndex(0), openTime: Timestamp(nanos: Int64(position) * 60_000_000_000),
          durationNanos: 60_000_000_000, open: Price(nanos: price.nanos(open)),
          high: Price(nanos: price.nanos(max(open, close) + 50_000_000)),
          low: Price(nanos: price.nanos(min(open, close) - 50_000_000)), close: Price(nanos: price.nanos(close)),
          volume: Quantity(nanos: units.nanos(volume)), source: .synthetic)
      }
      raw.append(position < before ? try bar(.one, .one) : try bar(scale.price, scale.volume))
      adjusted.append(try bar(scale.price, scale.volume))
    }
    return (raw, adjusted, scale)
  }

  private func compare<Formula: Indicator>(
    _ formula: Formula, fed dimension: SeriesDimension = .price, input: (Bar) -> Formula.Input,
    output: (Formula.Output) -> Double
  ) throws {
    for (place, ratio) in Self.ratios.enumerated() {
      for before in [3, 40, 57] {
        let (raw, adjusted, scale) = try Self.series(
          seed: UInt64(place * 100 + before), up: ratio.up, down: ratio.down, before: before)
        var followed = IndicatorSeries(formula, instrumentCount: 1, fed: dimension)
        var whole = IndicatorSeries(formula, instrumentCount: 1, fed: dimension)
        for position in raw.indices {
          if position == before { followed.rescale(InstrumentIndex(0), by: scale) }
          let found = followed.update(InstrumentIndex(0), input(raw[position])).map(output)
          let wanted = whole.update(InstrumentIndex(0), input(adjusted[position])).map(output)
          guard position >= before else { continue }
          let isSame: Bool
          switch (found, wanted) {
          case (let found?, let wanted?):
            isSame =
              ratio.up * ratio.down & (ratio.up * ratio.down - 1) == 0
              ? found == wanted : (found - wanted).magnitude <= 1e-7 * max(1, wanted.magnitude)
          default: isSame = found == nil && wanted == nil
          }
          if !isSame {
            Issue.record("\(formula) \(ratio), bar \(position): \(found ?? .nan), not \(wanted ?? .nan)")
            return
          }
        }
      }
    }
  }

  @Test("means, extremes, lags and deviations of prices follow")
  func pricesFollow() throws {
    try compare(MovingMean(period: 20), input: { $0.close.units }, output: { $0 })
    try compare(ExactMean(period: 20), input: { $0.close.nanos }, output: { $0 })
    try compare(ExponentialMean(period: 12), input: { $0.close.units }, output: { $0 })
    try compare(WeightedMean(period: 9), input: { $0.close.units }, output: { $0 })
    try compare(Extreme(.highest, period: 15), input: { $0.high.units }, output: { $0 })
    try compare(Extreme(.lowest, period: 15), input: { $0.low.units }, output: { $0 })
    try compare(Lag(period: 10), input: { $0.close.units }, output: { $0 })
    try compare(StandardDeviation(period: 20), input: { $0.close.units }, output: { $0 })
    try compare(MACDLine(fast: 6, slow: 13), input: { $0.close.units }, output: { $0 })
    try compare(MACD(fast: 6, slow: 13, signal: 5), input: { $0.close.units }, output: { $0.signal })
    try compare(BollingerBands(period: 20, multiple: 2), input: { $0.close.nanos }, output: { $0.upper })
    try compare(AverageTrueRange(period: 14), input: { $0 }, output: { $0 })
  }

  @Test("what is a share doesn't notice")
  func sharesStay() throws {
    try compare(RelativeStrength(period: 14), input: { $0.close.units }, output: { $0 })
    try compare(Stochastic(period: 14, smoothing: 3, signal: 3), input: { $0 }, output: { $0.signal })
    try compare(
      BollingerBands(period: 20, multiple: 2), input: { $0.close.nanos },
      output: { ($0.upper - $0.mean) / max($0.deviation, 1e-9) })
  }

  @Test("volumes follow the other way")
  func volumesFollow() throws {
    try compare(ExactMean(period: 20), fed: .volume, input: { $0.volume.nanos }, output: { $0 })
    try compare(OnBalanceVolume(), input: { $0 }, output: { $0 })
  }

  static let rules: [String] = [
    "cross_above(sma(close, 5), sma(close, 20))", "close > sma(close, 10) + 2 * stddev(close, 10)",
    "rsi(close, 14) < 50",
    "sma(close * volume, 10) > sma(close * volume, 30)", "volume > 2 * sma(volume, 10)",
    "sma(rsi(close, 7), 5) > 50", "close - lag(close, 5) > atr(10)",
    "ema(max(close - lag(close, 1), 0), 10) > ema(max(lag(close, 1) - close, 0), 10)",
    "close > highest(high, 20) * 0.98", "obv > sma(obv, 20)", "macd(close, 6, 13) > 0",
    "zscore(close, 20) < 0 - 1",
  ]

  @Test("a rule decides over a split as it does over adjusted bars", arguments: rules)
  func rulesFollow(_ rule: String) throws {
    for before in [45, 60] {
      let (raw, adjusted, scale) = try Self.series(seed: 77, up: 4, down: 1, before: before)
      func strategy() throws -> StrategySet {
        try StrategySet(
          [("rules", ParameterValues(["enter": .text(rule), "exit": .text("not (\(rule))")]))], catalog: .builtIn,
          instrumentCount: 1)
      }
      var (followed, whole) = (try strategy(), try strategy())
      var changes = 0
      for position in raw.indices {
        if position == before {
          let knows = followed.rescale(0, InstrumentIndex(0), by: scale)
          #expect(knows)
        }
        let (found, wanted) = (followed.update(0, raw[position]), whole.update(0, adjusted[position]))
        func direction(_ decision: Decision) -> String {
          switch decision {
          case .warmingUp: "warming up"
          case .hold: "hold"
          case .target(let target): "\(target.direction)"
          }
        }
        #expect(direction(found) == direction(wanted), "\(rule), bar \(position)")
        if case .target = wanted, position > before { changes += 1 }
      }
      #expect(changes > 0, "\(rule) never changes its mind behind the split")
    }
  }

  @Test("an indicator of numbers that no ratio fits begins anew, and the strategy says so")
  func mixedBeginsAnew() throws {
    var set = try StrategySet(
      [("rules", ParameterValues(["enter": .text("sma(close + volume, 3) > 0")]))], catalog: .builtIn,
      instrumentCount: 1)
    let (raw, _, scale) = try Self.series(seed: 5, up: 2, down: 1, before: 10)
    for bar in raw[..<10] { _ = set.update(0, bar) }
    let knows = set.rescale(0, InstrumentIndex(0), by: scale)
    let decisions = raw[10..<13].map { set.update(0, $0) == .warmingUp }
    #expect(!knows)
    #expect(decisions == [true, true, false])
  }

  @Test("a strategy that doesn't know the call says so")
  func unknownIsSaid() throws {
    struct Forgetful: Strategy {
      static let name = "forgetful"
      static let parameters: [ParameterDescription] = []
      init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {}
      var featureNames: (first: String, second: String) { ("one", "two") }
      mutating func update(_ bar: Bar) -> Decision { .hold }
      func encodeState(into buffer: inout ByteBuffer) {}
      mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {}
    }
    var set = try StrategySet(
      [("forgetful", ParameterValues([:]))], catalog: StrategyCatalog(adding: [Forgetful.self]), instrumentCount: 1)
    let knowsSplit = set.rescale(0, InstrumentIndex(0), by: .split(numerator: 2, denominator: 1))
    let knowsEnd = set.forget(0, InstrumentIndex(0))
    #expect(!knowsSplit && !knowsEnd)
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct SplitRandom {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
