import Events
import Market

/// Deliberate bugs, for the simulation that must find them: none is ever set but by it.
///
/// They stand on slow paths alone, so that production pays nothing for them.
package struct EngineDefects: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Orders that the venue hasn't acknowledged don't count against caps.
  package static let inFlightNotCounted = EngineDefects(rawValue: 1 << 0)
  /// A fill is booked as often as it is reported.
  package static let fillsBookedTwice = EngineDefects(rawValue: 1 << 1)
  /// A fill of an order that is over is not booked.
  package static let lateFillDropped = EngineDefects(rawValue: 1 << 2)
}

extension Engine {
  /// As a restart would leave the state that didn't keep what was killed and tripped.
  package mutating func forgetStops() {
    risk.kill = KillState()
    for place in risk.breakers.indices { risk.breakers[place].isTripped = false }
    risk.operatorState = .active
    risk.account = .active
  }
}
