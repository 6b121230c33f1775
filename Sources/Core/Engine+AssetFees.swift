import Events
package import Market

/// A fee that a real venue took in another asset than the run pays with.
struct AssetFee: BitwiseCopyable, Hashable, Sendable {
  /// Place in the profile's rates.
  var place: Int
  /// In nanos of the asset; negative is a rebate.
  var amount: Int128
  /// What it was booked as, in nanos of the run's currency.
  var booked: Int128
}

/// What became of an asset's fees in all, and the bar whose close they are booked at.
struct AssetFees: BitwiseCopyable, Hashable, Sendable {
  /// Sequence of the last bar of the rate; 0 where there was none.
  var bar: UInt64 = 0
  var amount: Int128 = 0
  var booked: Int128 = 0
}

/// Fees in an asset that the run doesn't pay with, as Binance takes them in BNB.
///
/// They leave a balance that the run doesn't keep, so they are booked as what they are worth in the run's currency: amount × the last journaled close of the pair that
/// the profile names, rounded half to even, once. It is decided when the report is reduced, from what the journal holds before it, so a replay and a restart come to the same. The run's
/// cash is then less than the venue's by what was booked, and a comparison with the venue counts that (`StateDescription.assetFees`).
///
/// Where no rate is named, or has had no bar, the fee is in no figure and told as an alert.
extension Engine {
  mutating func noteFeeRate(_ index: Int, sequence: UInt64) {
    for place in feeRates.rates.indices where feeRates.rates[place].index == index { assetFees[place].bar = sequence }
  }

  /// What a fee in an asset is worth; nil where that isn't known.
  func converted(_ fee: Int128, in asset: String) -> AssetFee? {
    guard !assetFees.isEmpty, let place = feeRates.place(of: asset), assetFees[place].bar > 0 else { return nil }
    let rate = books[feeRates.rates[place].index].mark
    // A report's fee fits 64 bits, as does a price: their product fits 128.
    let booked = (fee * Int128(rate.nanos)).dividedRoundingHalfEven(by: Int128(FixedPoint.unit))
    guard rate.nanos > 0, booked.magnitude <= Int128(Int64.max).magnitude else { return nil }
    return AssetFee(place: place, amount: fee, booked: booked)
  }

  /// Tells at which rate a fee was booked, and counts it.
  mutating func tellFee(
    _ paid: AssetFee, replacing old: AssetFee? = nil, _ index: Int, _ order: OrderID, cause: UInt64,
    into out: inout EventBuffer
  ) {
    let rate = feeRates.rates[paid.place]
    assetFees[paid.place].amount += paid.amount - (old?.amount ?? 0)
    assetFees[paid.place].booked += paid.booked - (old?.booked ?? 0)
    out.append(
      FeeConverted(
        order: order, bar: assetFees[paid.place].bar, instrument: InstrumentIndex(index),
        rateInstrument: InstrumentIndex(rate.index), rate: books[rate.index].mark, amount: paid.amount,
        booked: paid.booked, replaced: old?.amount ?? 0, replacedBooked: old?.booked ?? 0, asset: rate.asset),
      cause: cause)
  }

  /// The same where one report takes the place of what was booked before; in an asset that it names no more, nothing is left of it.
  mutating func replaceFee(
    _ old: AssetFee?, by new: AssetFee?, _ index: Int, _ order: OrderID, cause: UInt64, into out: inout EventBuffer
  ) {
    if let old, old.place != new?.place {
      let nothing = AssetFee(place: old.place, amount: 0, booked: 0)
      tellFee(nothing, replacing: old, index, order, cause: cause, into: &out)
    }
    if let new {
      tellFee(new, replacing: old?.place == new.place ? old : nil, index, order, cause: cause, into: &out)
    }
  }
}

extension Engine.Charge {
  /// Nil where it was paid in no other asset, or in one that has no price here.
  var paid: AssetFee? {
    switch self {
    case .converted(let paid): paid
    case .cash, .units, .elsewhere: nil
    }
  }
}

extension StateDescription {
  /// What a real venue took as fees in an asset that the run doesn't pay with.
  package struct AssetFeeDescription: Hashable, Sendable {
    package var asset: String
    /// The pair whose price is the rate.
    package var rateInstrument: InstrumentIndex
    /// Whether the run trades it.
    package var isRateTraded: Bool
    /// In nanos of the asset.
    package var amount: Int128
    /// In nanos of the run's currency: by so much the venue's cash is more than the run's.
    package var booked: Int128
  }
}

extension Engine {
  func describeAssetFees() -> [StateDescription.AssetFeeDescription] {
    assetFees.indices.map { place in
      let rate = feeRates.rates[place]
      return StateDescription.AssetFeeDescription(
        asset: rate.asset, rateInstrument: InstrumentIndex(rate.index), isRateTraded: rate.isTraded,
        amount: assetFees[place].amount, booked: assetFees[place].booked)
    }
  }
}

extension AssetFees {
  func encode(into buffer: inout ByteBuffer) {
    buffer.appendVarint(bar)
    buffer.appendWideZigzag(amount)
    buffer.appendWideZigzag(booked)
  }

  static func decode(_ reader: inout ByteReader, before sequence: UInt64) throws(DecodeError) -> AssetFees {
    let bar = try reader.readSequence()
    guard bar == 0 || bar < sequence else { throw .inconsistent("fee rate") }
    return AssetFees(bar: bar, amount: try reader.readAmount(), booked: try reader.readAmount())
  }
}

extension InferredFill {
  func encodePaid(into buffer: inout ByteBuffer) {
    buffer.appendVarint(paid.map { UInt64($0.place) + 1 } ?? 0)
    if let paid { buffer.appendWideZigzag(paid.amount) }
  }
}

extension AssetFee {
  /// - Parameter booked: the fee that was booked in cash, which is this one's.
  static func decodePaid(
    _ reader: inout ByteReader, assetCount: Int, booked: Int128
  ) throws(DecodeError) -> AssetFee? {
    let place = try reader.readVarint()
    guard place <= UInt64(assetCount) else { throw .inconsistent("fee asset") }
    return place == 0 ? nil : AssetFee(place: Int(place) - 1, amount: try reader.readAmount(), booked: booked)
  }
}
