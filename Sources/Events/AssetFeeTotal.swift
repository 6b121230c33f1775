/// What a run paid as fees in one asset that it doesn't pay with, and what that was booked as.
public struct AssetFeeTotal: Hashable, Sendable {
  public let asset: String
  /// How often one was booked or corrected.
  public var count: UInt64 = 0
  /// In nanos of the asset.
  public var amount: Int128 = 0
  /// In nanos of the run's currency, at journaled closes.
  public var booked: Int128 = 0
}

extension [AssetFeeTotal] {
  /// Counts one more; assets stand in the order in which they first came.
  public mutating func add(_ converted: FeeConverted) {
    let place = firstIndex { $0.asset == converted.asset } ?? endIndex
    if place == endIndex { append(AssetFeeTotal(asset: converted.asset)) }
    self[place].count += 1
    self[place].amount += converted.amount - converted.replaced
    self[place].booked += converted.booked - converted.replacedBooked
  }
}
