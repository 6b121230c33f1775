public import Market

/// What a run believes the venue's account to hold, at one moment of its journal.
public struct RunHoldings: Hashable, Sendable {
  public var positions: [HeldPosition]
  /// Asset that cash is kept in, such as `USDT`.
  public var cashAsset: String
  /// In units of 10⁻⁹.
  public var cash: Int128
  /// What the venue took in other assets and the run booked as money: the venue's cash has not paid it.
  public var assetFees: [HeldAssetFees]

  public init(positions: [HeldPosition], cashAsset: String, cash: Int128, assetFees: [HeldAssetFees] = []) {
    self.positions = positions
    self.cashAsset = cashAsset
    self.cash = cash
    self.assetFees = assetFees
  }

  /// What the venue's balance of the cash asset is, where run and venue agree.
  var cashAtVenue: Int128 { assetFees.reduce(cash) { $0 + $1.booked } }

  /// What the venue's balance of a position's asset is: fees in that asset have left it, too.
  func quantityAtVenue(_ held: HeldPosition) -> Int128 {
    assetFees.reduce(Int128(held.quantity.nanos)) { $1.asset == held.asset ? $0 - $1.amount : $0 }
  }
}

/// Fees in one asset.
public struct HeldAssetFees: Hashable, Sendable {
  public var asset: String
  /// In units of 10⁻⁹ of the asset.
  public var amount: Int128
  /// In units of 10⁻⁹ of the cash asset.
  public var booked: Int128

  public init(asset: String, amount: Int128, booked: Int128) {
    self.asset = asset
    self.amount = amount
    self.booked = booked
  }
}

/// One instrument's position.
public struct HeldPosition: Hashable, Sendable {
  public var instrument: InstrumentIndex
  public var symbol: String
  /// What the venue keeps its balance in, such as `BTC`.
  public var asset: String
  public var quantity: Quantity
  /// What a unit is booked at where a position is adopted: the last close; zero where none is known.
  public var mark: Price

  public init(instrument: InstrumentIndex, symbol: String, asset: String, quantity: Quantity, mark: Price) {
    self.instrument = instrument
    self.symbol = symbol
    self.asset = asset
    self.quantity = quantity
    self.mark = mark
  }
}
