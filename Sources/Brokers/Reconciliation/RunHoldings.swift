public import Market

/// What a run believes the venue's account to hold, at one moment of its journal.
public struct RunHoldings: Hashable, Sendable {
  public var positions: [HeldPosition]
  /// Asset that cash is kept in, such as `USDT`.
  public var cashAsset: String
  /// In units of 10⁻⁹.
  public var cash: Int128

  public init(positions: [HeldPosition], cashAsset: String, cash: Int128) {
    self.positions = positions
    self.cashAsset = cashAsset
    self.cash = cash
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
