package import Core
package import Events
package import Market
package import Strategies

/// A strategy for tests that asks for what its script says, bar by bar.
///
/// It keeps no state: what it asks for depends on the bar's instrument and open time alone. The script is a text parameter of lines
/// `instrument,open nanos,direction,strength micros,confidence micros`.
package struct ScriptedStrategy: Strategy {
  package static let name = "scripted"
  package static let parameters = [ParameterDescription("script", .word([]), help: "targets by bar")]
  package var featureNames: (first: String, second: String) { ("one", "two") }

  struct Place: Hashable {
    var instrument: Int
    var openNanos: Int64
  }
  private var targets: [Place: Target] = [:]

  package init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    for line in (parameters.text("script") ?? "").split(separator: "\n") {
      let fields = line.split(separator: ",")
      guard fields.count == 5, let instrument = Int(fields[0]), let nanos = Int64(fields[1]),
        let strength = Int64(fields[3]), let confidence = Int64(fields[4])
      else { throw .relation(parameter: "script", requirement: "five fields a line, not \(line)") }
      let direction: Direction = fields[2] == "long" ? .long : fields[2] == "short" ? .short : .flat
      targets[Place(instrument: instrument, openNanos: nanos)] = Target(
        direction, strengthMicros: strength, confidenceMicros: confidence, reason: .custom)
    }
  }

  package mutating func update(_ bar: Bar) -> Decision {
    let place = Place(instrument: bar.instrument.position, openNanos: bar.openTime.nanos)
    return targets[place].map { .target($0) } ?? .hold
  }

  /// It remembers no price.
  package mutating func rescale(_ instrument: InstrumentIndex, by scale: HistoryScale) -> Bool { true }
  package mutating func forget(_ instrument: InstrumentIndex) -> Bool { true }

  package func encodeState(into buffer: inout ByteBuffer) {}
  package mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {}
}

/// One line of a script.
package struct ScriptLine: Sendable {
  package var strategy: Int
  package var instrument: Int
  package var openNanos: Int64
  package var direction: Direction
  package var strengthMicros: Int64
  package var confidenceMicros: Int64

  package init(
    strategy: Int = 0, instrument: Int, openNanos: Int64, direction: Direction, strengthMicros: Int64 = 1_000_000,
    confidenceMicros: Int64 = 1_000_000
  ) {
    self.strategy = strategy
    self.instrument = instrument
    self.openNanos = openNanos
    self.direction = direction
    self.strengthMicros = strengthMicros
    self.confidenceMicros = confidenceMicros
  }

  var text: String { "\(instrument),\(openNanos),\(direction),\(strengthMicros),\(confidenceMicros)" }

  /// The scripted strategies, as many as the lines name, at least one.
  package static func specifications(_ lines: [ScriptLine]) -> [StrategySpecification] {
    let count = (lines.map(\.strategy).max() ?? 0) + 1
    return (0..<count).map { strategy in
      let script = lines.filter { $0.strategy == strategy }.map(\.text).joined(separator: "\n")
      return StrategySpecification(
        name: ScriptedStrategy.name, parameters: ParameterValues(["script": .text(script)]))
    }
  }
}
