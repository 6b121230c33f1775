package import Events

/// Why a statistic can't be made with these settings; nothing was made then.
package enum StatisticsError: Error, Hashable, Sendable {
  /// A setting is outside its range, both ends of which are allowed.
  case outOfRange(setting: StaticName, value: Int64, lowest: Int64, highest: Int64)
  /// A covariance matrix is kept whole, and so for few instruments alone.
  case tooManyInstruments(count: Int, most: Int)
  /// Steps of a drawdown schedule deepen and their scales fall; this one, counted from 0, does not.
  case stepsNotOrdered(step: Int)
}

/// Checks of settings that several statistics share.
enum Setting {
  static func require(
    _ value: Int64, in range: ClosedRange<Int64>, _ setting: StaticName
  ) throws(StatisticsError) {
    guard range.contains(value) else {
      throw .outOfRange(setting: setting, value: value, lowest: range.lowerBound, highest: range.upperBound)
    }
  }
}

/// Millionths: how a share, a weight or a statistic leaves `Double` for a decision.
package enum Millionths {
  package static let one: Int64 = 1_000_000

  /// `value` in millionths, half to even, held at the ends of ±(2⁶³ − 1); 0 for what is no number.
  package static func nearest(to value: Double) -> Int64 { whole(value * 1e6) }

  /// `value`, which is in millionths already, as an integer by the same rule.
  static func whole(_ value: Double) -> Int64 {
    let rounded = value.rounded(.toNearestOrEven)
    if rounded <= -0x1p63 { return -.max }
    if rounded >= 0x1p63 { return .max }
    return rounded == rounded ? Int64(rounded) : 0
  }

  /// The `Double` nearest to `micros` millionths: one division, so 940,000 is exactly the literal 0.94.
  ///
  /// - Precondition: |`micros`| ≤ 2⁵³, else it is rounded twice.
  @inline(__always)
  package static func share(_ micros: Int64) -> Double { Double(micros) / 1e6 }
}
