import Core
import Events
import Market
import Scenarios
import Strategies
import Testing

/// Goal: what a strategy computes over a chain is what it computes over one series that was adjusted backwards by the ratios of the rolls: an indicator doesn't jump.
/// Method: a random chain's bars, and the same bars put together by hand; signals are compared by instant, direction and features.
@Suite("Indicators over a roll")
struct RollHistoryTests {
  private struct Seen: Equatable {
    var time: Timestamp
    var direction: Direction
    var features: [Int64]
  }

  private static let expires = ["2024-01-20", "2024-02-10", "2024-03-02"]
  private static let rolls = ["2024-01-17", "2024-02-07"]

  /// Daily bars of three contracts whose prices stand in the ratios given.
  private static func chain(seed: UInt64, ratios: [Int64]) throws -> RollStage {
    var random = SeededRandom(seed: seed)
    var stage = try RollStage(
      expires: expires, rule: .dates(try rolls.map { try RollStage.date($0) }), adjust: .ratio)
    var level: Int64 = 10_000
    let first = try AccountStage.midnight("2024-01-01").nanos / RollStage.day
    for day in first..<first + 60 {
      level = max(4_000, level + Int64(random.next() % 401) - 200)
      try stage.day("\(CivilDate(daysSinceEpoch: day))", ratios.map { level * $0 / ratios[0] })
    }
    return stage
  }

  private static func signals(_ happenings: [Happening], _ times: [UInt64: Timestamp]) -> [Seen] {
    happenings.compactMap { happening in
      guard let signal = happening.body as? Signal else { return nil }
      return Seen(
        time: times[happening.cause] ?? Timestamp(nanos: 0), direction: signal.direction,
        features: [signal.firstFeature, signal.secondFeature])
    }
  }

  private static func run(
    _ configuration: RunConfiguration, _ instruments: [Instrument], _ inputs: [StageInput]
  ) throws -> (signals: [Seen], alerts: [AlertCode]) {
    var stage = try Stage(configuration, instruments)
    var (happenings, times): ([Happening], [UInt64: Timestamp]) = ([], [:])
    for input in inputs {
      times[stage.nextSequence] = input.time
      try stage.take(input)
      happenings += try stage.happenings()
    }
    return (signals(happenings, times), happenings.compactMap { ($0.body as? Alert)?.code })
  }

  /// A strategy, and which of its features are prices.
  static let strategies: [(name: String, parameters: [String: ParameterValue], prices: [Bool])] = [
    ("sma_cross", ["fast": .integer(3), "slow": .integer(8), "allow_short": .flag(true)], [true, true]),
    ("ema_cross", ["fast": .integer(3), "slow": .integer(8), "allow_short": .flag(true)], [true, true]),
    ("donchian_breakout", ["entry": .integer(6), "exit": .integer(3), "allow_short": .flag(true)], [true, true]),
    (
      "rsi_reversion",
      [
        "period": .integer(5), "oversold": .decimal(40 * FixedPoint.unit), "overbought": .decimal(60 * FixedPoint.unit),
        "exit": .decimal(50 * FixedPoint.unit), "allow_short": .flag(true),
      ], [false, true]
    ),
  ]

  @Test(
    "equal those over the back-adjusted series, to the bit where prices stand at powers of two", arguments: 0..<4,
    [3, 9])
  func continuity(_ place: Int, _ seed: Int) throws {
    let (name, parameters, prices) = Self.strategies[place]
    let ratios: [Int64] = [4, 8, 16]
    let stage = try Self.chain(seed: UInt64(seed), ratios: ratios)
    var configuration = stage.configuration
    configuration.strategies = [StrategySpecification(name: name, parameters: ParameterValues(parameters))]
    let rolled = try Self.run(configuration, stage.instruments, stage.inputs)
    #expect(rolled.alerts == [])

    // The front contract's bars in the terms of the last one, under one number: what a vendor's series adjusted by ratio has.
    let rollTimes = try Self.rolls.map { Timestamp(nanos: try AccountStage.midnight($0).nanos + RollStage.day) }
    func front(_ time: Timestamp) -> Int { rollTimes.count { $0 < time } }
    var adjusted: [StageInput] = []
    for case .bar(let bar) in stage.inputs where bar.instrument.position == front(bar.knownAt) {
      let factor = ratios[2] / ratios[bar.instrument.position]
      func scaled(_ price: Price) -> Price { Price(nanos: price.nanos * factor) }
      adjusted.append(
        .bar(
          try Bar(
            instrument: InstrumentIndex(0), openTime: bar.openTime, durationNanos: bar.durationNanos,
            open: scaled(bar.open), high: scaled(bar.high), low: scaled(bar.low), close: scaled(bar.close),
            volume: bar.volume, source: .synthetic)))
    }
    configuration.rolls = []
    let whole = try Self.run(configuration, stage.instruments, adjusted)
    #expect(rolled.signals.count == whole.signals.count)
    #expect(rolled.signals.count > 2)
    for (found, wanted) in zip(rolled.signals, whole.signals) {
      #expect((found.time, found.direction) == (wanted.time, wanted.direction))
      // Features of before are in the terms of their own contract.
      let factor = ratios[2] / ratios[front(found.time)]
      for feature in 0..<2 {
        let scale = prices[feature] ? factor : 1
        #expect((found.features[feature] * scale - wanted.features[feature]).magnitude <= UInt64(scale))
      }
    }
  }

  @Test("jump with `adjust: none`, as the prices do")
  func unadjusted() throws {
    var stage = try Self.chain(seed: 5, ratios: [4, 8, 16])
    stage.configuration.strategies = [
      StrategySpecification(name: Self.strategies[2].name, parameters: ParameterValues(Self.strategies[2].parameters))
    ]
    let followed = try Self.run(stage.configuration, stage.instruments, stage.inputs)
    stage.configuration.rolls[0].adjust = .none
    let raw = try Self.run(stage.configuration, stage.instruments, stage.inputs)
    #expect(raw.alerts == [])
    #expect(raw.signals != followed.signals)
    // The first bar of a contract at twice the price breaks out of any channel.
    let behind = Timestamp(nanos: try AccountStage.midnight(Self.rolls[0]).nanos + 2 * RollStage.day)
    #expect(
      raw.signals.contains { $0.time == behind && $0.direction == .long }
        || raw.signals.last { $0.time < behind }?.direction == .long)
  }
}
