public import Market

/// Other currencies that a run holds beside its own, and what becomes of money in them.
public struct CurrencyRule: Hashable, Sendable {
  /// In the order of their codes.
  public var foreign: [ForeignCurrency] = []
  /// True where every change of another currency's cash is turned into the run's at once, by the rate of the moment; false where each currency pays for
  /// its own and may be owed.
  public var convertsAtOnce = true
  /// Charged on what is turned into the run's currency, in millionths of it.
  public var costMicros: Int64 = 0
  public init() {}
}

/// One currency beside the run's own.
public struct ForeignCurrency: Hashable, Sendable {
  public var currency: Currency
  /// The symbol of the instrument whose last price is the rate: quoted in the run's currency, it is what a unit of this one costs; quoted in this one,
  /// what a unit of the run's does.
  public var rateSymbol: String
  /// In nanos of the currency.
  public var initialCash: Int128
  /// The rate until the instrument's first bar, quoted as its prices are; nil where nothing is converted before that.
  public var startRate: Price?
  /// Whether strategies see the rate's instrument and trade it, too.
  public var isRateTraded: Bool
  public init(
    currency: Currency, rateSymbol: String, initialCash: Int128 = 0, startRate: Price? = nil, isRateTraded: Bool = false
  ) {
    self.isRateTraded = isRateTraded
    self.currency = currency
    self.rateSymbol = rateSymbol
    self.initialCash = initialCash
    self.startRate = startRate
  }
}
