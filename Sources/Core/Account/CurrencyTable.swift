package import Market

/// Why a run's instruments and its currencies don't fit together.
package enum CurrencyProblem: Error, Hashable, Sendable {
  /// An instrument is quoted in a currency that the profile doesn't name.
  case undeclared(symbol: String, currency: Currency, run: Currency)
  /// No instrument has the symbol of a rate.
  case rateUnknown(symbol: String, currency: Currency)
  /// A rate's instrument is quoted neither in the run's currency nor in the one that it is the rate of.
  case rateUnfit(symbol: String, currency: Currency, quoted: Currency, run: Currency)
}

/// Which purse an instrument's money is in, and whose price turns it into the run's currency; part of the configuration.
struct CurrencyTable: Hashable, Sendable {
  /// By instrument; 0 is the run's own currency.
  private(set) var purses: [Int] = []
  /// By purse less one.
  private(set) var rates: [Rate] = []
  /// By instrument: true where it is there for its price alone, and no strategy sees it.
  private(set) var isRateOnly: [Bool] = []

  struct Rate: BitwiseCopyable, Hashable, Sendable {
    /// The instrument.
    var index: Int
    /// True where its price is how much of the other currency a unit of the run's costs.
    var isInverse: Bool
    /// Zero for none.
    var start: Price
  }

  init(
    _ rule: CurrencyRule, fees: FeeRateTable, currency: Currency, instruments: [Instrument]
  ) throws(CurrencyProblem) {
    var places: [Currency: Int] = [currency: 0]
    for (place, foreign) in rule.foreign.enumerated() { places[foreign.currency] = place + 1 }
    isRateOnly = [Bool](repeating: false, count: instruments.count)
    let traded = Set(rule.foreign.filter(\.isRateTraded).map(\.rateSymbol))
    for foreign in rule.foreign {
      guard let index = instruments.firstIndex(where: { $0.symbol == foreign.rateSymbol }) else {
        throw .rateUnknown(symbol: foreign.rateSymbol, currency: foreign.currency)
      }
      let quoted = instruments[index].currency
      guard quoted == currency || quoted == foreign.currency else {
        throw .rateUnfit(symbol: foreign.rateSymbol, currency: foreign.currency, quoted: quoted, run: currency)
      }
      rates.append(Rate(index: index, isInverse: quoted != currency, start: foreign.startRate ?? .zero))
      isRateOnly[index] = !traded.contains(foreign.rateSymbol)
    }
    for rate in fees.rates where !rate.isTraded { isRateOnly[rate.index] = true }
    for instrument in instruments {
      guard let place = places[instrument.currency] else {
        throw .undeclared(symbol: instrument.symbol, currency: instrument.currency, run: currency)
      }
      purses.append(place)
    }
  }
}
