/// What one run can hold; reaching one is a refusal with a name, never a crash.
package enum Limits {
  /// Working orders of one instrument.
  package static let workingOrdersMax = 64
  /// Units of an instrument in one position or order: half of what `Quantity` holds, so that sums never overflow.
  package static let quantityNanosMax: Int64 = 4_000_000_000_000_000_000
  package static let instrumentsMax = 65_535
  package static let strategiesMax = 1_024
}

/// Counts up whenever the reducer derives other events from the same inputs; part of every run's identity.
package let reducerVersion: UInt64 = 1
