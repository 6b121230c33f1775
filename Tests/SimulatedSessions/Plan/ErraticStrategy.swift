public import Events
import Journal
public import Market
public import Strategies

/// Wants something else every few bars, for no reason but the bar's own numbers: the same bars give the same wishes in every process, whatever was
/// missed in between. Most faults only show where orders are under way, so it asks for many.
public struct ErraticStrategy: Strategy {
  public static let name = "erratic"
  public static let parameters = [
    ParameterDescription("seed", .integer(0...Int64.max), help: "tells sessions apart"),
    ParameterDescription("calm", .integer(1...1_000), help: "bars between two wishes, on average"),
    ParameterDescription("short", .flag, default: .flag(false), help: "whether it sells what it hasn't"),
  ]

  private let seed: UInt64
  private let calm: Int64
  private let mayBeShort: Bool

  public init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    seed = UInt64(parameters.integer("seed"))
    calm = parameters.integer("calm")
    mayBeShort = parameters.flag("short")
  }

  public var featureNames: (first: String, second: String) { ("draw", "none") }

  public mutating func update(_ bar: Bar) -> Decision {
    var random = SplitMix64(
      seed: seed ^ UInt64(bitPattern: bar.openTime.nanos) ^ UInt64(bar.instrument.rawValue) &* 0x9E37_79B9_7F4A_7C15)
    let draw = random.next(below: calm)
    if draw != 0 { return .hold }
    let direction: Direction = [.long, .flat, .long, mayBeShort ? .short : .flat][Int(random.next(below: 4))]
    let strength = direction == .flat ? 0 : (1 + random.next(below: 4)) * 250_000
    return .target(
      Target(
        direction, strengthMicros: direction == .flat ? 1_000_000 : strength,
        confidenceMicros: 500_000 + random.next(below: 500_001), reason: .custom, firstFeature: draw))
  }

  public func encodeState(into buffer: inout ByteBuffer) {}
  public mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {}
}
