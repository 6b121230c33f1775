import Market

/// What one run can hold; reaching one is a refusal with a name, never a crash.
///
/// The bounds make every product of the ledger fit 128 bits: |price| < 2⁶³ nanos, and quantity × multiplier of a position is at
/// most `quantityNanosMax`, of one fill twice that (a flip), so price × quantity × multiplier < 7.4 · 10³⁷ < 2¹²⁶, and one fill moves
/// less than 7.4 · 10²⁸ nanos of currency: two thousand million such fills fit a sum. What a profile can make larger (sizing, caps, rates) saturates.
package enum Limits {
  /// Working orders of one instrument.
  package static let workingOrdersMax = 64
  /// Units of an instrument in one position, times its multiplier: half of what `Quantity` holds, so that sums never overflow.
  package static let quantityNanosMax: Int64 = 4_000_000_000_000_000_000
  package static let instrumentsMax = 65_535
  package static let strategiesMax = 1_024
  /// A fee or price share in millionths beyond this (a thousand times the whole) counts as this.
  package static let shareMicrosMax: Int64 = 1_000_000_000
  /// Nanos of currency that any number of a stored state may have.
  package static let amountMax: Int128 = 10_000_000_000_000_000_000 * 1_000_000_000_000_000_000

  /// The largest position in an instrument of this multiplier, in nanos of a unit.
  package static func positionNanosMax(multiplier: Int64) -> Int64 { quantityNanosMax / (multiplier / FixedPoint.unit) }
}

/// Counts up whenever the reducer derives other events from the same inputs; part of every run's identity.
package let reducerVersion: UInt64 = 4
