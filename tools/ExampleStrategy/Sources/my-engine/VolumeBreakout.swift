import Events
import Market
import Strategies

/// Long after a rising bar on at least `factor` times the average volume, flat after a falling one.
struct VolumeBreakout: Strategy {
  static let name = "volume_breakout"
  static let parameters = [
    ParameterDescription("period", .integer(2...10_000), default: .integer(20), help: "bars of the average volume"),
    ParameterDescription("factor", .integer(1...100), default: .integer(2), help: "times the average that counts"),
  ]
  let featureNames = (first: "volume", second: "none")
  private let factor: Int64
  private var averages: IndicatorSeries<ExactMean>
  private var isLong: [Bool]

  init(parameters: ParameterValues, instrumentCount: Int) throws(ParameterError) {
    let average = ExactMean(period: Int(parameters.integer("period")))
    averages = IndicatorSeries(average, instrumentCount: instrumentCount)
    factor = parameters.integer("factor")
    isLong = Array(repeating: false, count: instrumentCount)
  }
  mutating func update(_ bar: Bar) -> Decision {
    guard let average = averages.update(bar.instrument, bar.volume.nanos) else { return .warmingUp }
    let wantsLong = bar.close > bar.open
    let isLoud = bar.volume.units >= Double(factor) * average
    if !isLoud || bar.isHistorical || wantsLong == isLong[bar.instrument.position] { return .hold }
    isLong[bar.instrument.position] = wantsLong
    return .target(Target(wantsLong ? .long : .flat, reason: .custom, firstFeature: bar.volume.nanos))
  }
  func encodeState(into buffer: inout ByteBuffer) {
    averages.encodeState(into: &buffer)
    for flag in isLong { buffer.append(flag ? 1 : 0) }
  }
  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    try averages.decodeState(&reader)
    for index in isLong.indices { isLong[index] = try reader.readBool("is long") }
  }
}
