import Events
import Market
import Strategies

/// A strategy for profile tests that has a parameter of every form and decides nothing.
struct ProfileProbe: Strategy {
  static let name = "probe"
  static let parameters = [
    ParameterDescription("count", .integer(1...100), help: "a whole number that must be given"),
    ParameterDescription(
      "level", .decimal(0...(2 * FixedPoint.unit)), default: .decimal(FixedPoint.unit / 2), help: "a decimal"),
    ParameterDescription("side", .word(["long", "short", "both"]), default: .text("both"), help: "a word"),
    ParameterDescription("eager", .flag, default: .flag(false), help: "a flag"),
    ParameterDescription("when", .expression, default: .absent, help: "an expression that may be left out"),
  ]

  /// An expression with a `?` in it is wrong there; a count above 50 needs `eager`.
  init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    if parameters.integer("count") > 50, !parameters.flag("eager") {
      throw .relation(parameter: "count", requirement: "count must be at most 50 unless eager")
    }
    var line = 1
    var column = 1
    for character in parameters.text("when") ?? "" {
      if character == "?" {
        throw .expression(parameter: "when", line: line, column: column, problem: "unexpected `?`")
      }
      (line, column) = character.isNewline ? (line + 1, 1) : (line, column + 1)
    }
  }

  var featureNames: (first: String, second: String) { ("none", "none") }
  mutating func update(_ bar: Bar) -> Decision { .hold }
  func encodeState(into buffer: inout ByteBuffer) {}
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {}
}

enum ProfileSample {
  static func catalog() throws(CatalogError) -> StrategyCatalog { try StrategyCatalog(adding: [ProfileProbe.self]) }

  /// A right profile whose lines the tests replace one by one.
  static let lines = [
    "name: sample",
    "universe: [AAPL, MSFT]",
    "start: 2004-01-01",
    "end: 2013-01-01",
    "currency: USD",
    "cash: 100_000",
    "strategies:",
    "  - probe: {count: 10}",
    "sizing: {shares: 100}",
    "execution: {order: market}",
    "exits: {stop_loss: 2 %}",
    "fills:",
    "  volume_share: 10 %",
    "  slippage: none",
    "  fees: none",
    "lots: average",
    "risk:",
    "  allow_short: false",
    "  require_cash: true",
    "journal: {threads: 1}",
  ]

  static let text = lines.joined(separator: "\n") + "\n"
}
