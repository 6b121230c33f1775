package import Market

/// An asset that a real venue may take its fees in though the run pays with another (Binance's BNB), and whose price makes money of them.
public struct FeeRate: Hashable, Sendable {
  /// As the venue names it.
  public var asset: String
  /// The symbol of the instrument whose last close is the rate: what is bought there is the asset, and it is quoted in the run's currency.
  public var rateSymbol: String
  /// Whether strategies see the rate's instrument and trade it, too.
  public var isRateTraded: Bool
  public init(asset: String, rateSymbol: String, isRateTraded: Bool = false) {
    self.asset = asset
    self.rateSymbol = rateSymbol
    self.isRateTraded = isRateTraded
  }
}

/// Why a run's instruments and its rates for fees don't fit together.
package enum FeeRateProblem: Error, Hashable, Sendable {
  /// No instrument has the symbol.
  case unknown(symbol: String, asset: String)
  /// The instrument is another one than the asset's in the run's currency.
  case unfit(symbol: String, asset: String, bought: String, quoted: Currency, run: Currency)
}

/// Which instrument's price turns which asset into money; part of the configuration.
struct FeeRateTable: Hashable, Sendable {
  private(set) var rates: [Rate] = []

  struct Rate: Hashable, Sendable {
    var asset: String
    /// The instrument.
    var index: Int
    var isTraded: Bool
  }

  init(_ rates: [FeeRate], currency: Currency, instruments: [Instrument]) throws(FeeRateProblem) {
    for rate in rates {
      guard let index = instruments.firstIndex(where: { $0.symbol == rate.rateSymbol }) else {
        throw .unknown(symbol: rate.rateSymbol, asset: rate.asset)
      }
      let instrument = instruments[index]
      guard instrument.baseAsset == rate.asset, instrument.currency == currency,
        instrument.multiplierNanos == FixedPoint.unit
      else {
        throw .unfit(
          symbol: rate.rateSymbol, asset: rate.asset, bought: instrument.baseAsset, quoted: instrument.currency,
          run: currency)
      }
      self.rates.append(Rate(asset: rate.asset, index: index, isTraded: rate.isRateTraded))
    }
  }

  func place(of asset: String) -> Int? { rates.firstIndex { $0.asset == asset } }
}
