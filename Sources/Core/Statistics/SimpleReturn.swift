package import Market

/// The simple return of a bar: how much of its price an instrument gained since the last, as a share (0.01 is one per cent).
///
/// Simple and not logarithmic, because a portfolio's simple return is the weighted sum of its parts' (RiskMetrics Technical Document, 4th ed. 1996,
/// section 4.1).
package enum SimpleReturn {
  /// A return beyond this (a million times the price) counts as this, so that no data fault ever makes a variance infinite.
  package static let most = 1e6

  /// `price / last − 1`, at most `most`; nil where one of the two is not positive, which has no return.
  ///
  /// The difference is exact; it and the quotient are rounded once each.
  package static func of(_ price: Price, since last: Price) -> Double? {
    guard price.nanos > 0, last.nanos > 0 else { return nil }
    return min(Double(price.nanos - last.nanos) / Double(last.nanos), most)
  }

  @inline(__always)
  static func require(_ value: Double) {
    invariant(value.magnitude <= most, "a return is a number within ± a million")
  }
}
