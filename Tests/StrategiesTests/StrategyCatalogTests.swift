import Events
import Market
import Strategies
import Testing

/// A user's strategy: long on every even bar, flat on every odd one.
private struct EveryOther: Strategy {
  static let name = "every_other"
  static let parameters = [
    ParameterDescription("first", .integer(0...1), default: .integer(0), help: "the first long bar")
  ]
  private var counts: [Int64]

  init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    counts = Array(repeating: parameters.integer("first"), count: instrumentCount)
  }
  var featureNames: (first: String, second: String) { ("count", "none") }
  mutating func update(_ bar: Bar) -> Decision {
    let count = counts[bar.instrument.position]
    counts[bar.instrument.position] += 1
    return .target(Target(count % 2 == 0 ? .long : .flat, reason: .custom, firstFeature: count))
  }
  func encodeState(into buffer: inout ByteBuffer) {
    for count in counts { buffer.appendZigzag(count) }
  }
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    for index in counts.indices { counts[index] = try reader.readZigzag() }
  }
}

@Suite struct StrategyCatalogTests {
  @Test("lists the built-in strategies in a fixed order, a user's own behind them")
  func order() throws {
    let names = [
      "sma_cross", "ema_cross", "momentum", "cross_sectional_momentum", "mean_reversion_zscore", "rsi_reversion",
      "bollinger_reversion", "donchian_breakout", "buy_and_hold", "rules",
    ]
    #expect(StrategyCatalog.builtIn.names == names)
    #expect(try StrategyCatalog(adding: [EveryOther.self]).names == names + ["every_other"])
  }

  @Test("refuses a name that is taken")
  func duplicates() {
    #expect(throws: CatalogError.nameTaken("every_other")) {
      try StrategyCatalog(adding: [EveryOther.self, EveryOther.self])
    }
  }

  @Test("every default fits its own description, and every parameter is explained")
  func defaults() {
    for entry in StrategyCatalog.builtIn.entries {
      for parameter in entry.parameters {
        #expect(!parameter.help.isEmpty)
        switch (parameter.form, parameter.defaultValue) {
        case (.integer(let range), .integer(let value)?): #expect(range.contains(value))
        case (.decimal(let range), .decimal(let value)?): #expect(range.contains(value))
        case (.flag, .flag?), (.expression, .absent?), (.expression, nil): break
        default: Issue.record("\(entry.name).\(parameter.name) has no default of its form")
        }
      }
    }
  }

  @Test("a user's strategy runs beside built-in ones, with its state")
  func userStrategy() throws {
    let catalog = try StrategyCatalog(adding: [EveryOther.self])
    let specifications = [
      (name: "buy_and_hold", parameters: ParameterValues([:])),
      (name: "every_other", parameters: ParameterValues(["first": .integer(1)])),
    ]
    var strategies = try StrategySet(specifications, catalog: catalog, instrumentCount: 1)
    let bars = BarScript.closes([1, 2, 3])
    #expect(bars[...1].map { BuiltInScenarioTests.letter(strategies.update(1, $0)) } == ["F", "L"])
    var buffer = ByteBuffer()
    strategies.encodeState(into: &buffer)
    var restored = try StrategySet(specifications, catalog: catalog, instrumentCount: 1)
    var reader = ByteReader(buffer.bytes)
    try restored.decodeState(&reader)
    #expect(restored.update(1, bars[2]) == strategies.update(1, bars[2]))
    #expect(restored.featureNames(1).first == "count")
  }

  @Test("an unknown strategy is named with its place in the profile")
  func unknown() {
    #expect(throws: StrategySetError.unknown(name: "magic", position: 0)) {
      try StrategySet([(name: "magic", parameters: ParameterValues([:]))], catalog: .builtIn, instrumentCount: 1)
    }
  }
}
