import Core
import Market

/// Refuses bars that are longer than those which a profile decides on: none of those can be made of them.
struct ShortestDecision {
  private let nanos: Int64
  private let instruments: [Instrument]
  private let path: String

  /// - Parameter path: of the bars.
  init(_ bars: DecisionBars, instruments: [Instrument], path: String) {
    switch bars {
    case .each, .session: nanos = .max
    case .every(let length): nanos = length
    }
    self.instruments = instruments
    self.path = path
  }

  @inline(__always)
  func check(_ bar: Bar) throws(RunError) {
    if bar.durationNanos > nanos { throw refusal(bar) }
  }

  private func refusal(_ bar: Bar) -> RunError {
    let index = bar.instrument.position
    return .decisionBarsShorter(
      decision: nanos, bar: bar.durationNanos, symbol: index < instruments.count ? instruments[index].symbol : "",
      path: path)
  }
}
