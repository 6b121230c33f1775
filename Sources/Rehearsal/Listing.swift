package import Market

/// An instrument as it is listed: under its own symbol at Yahoo, and at Binance under a symbol of letters and digits, with base and quote asset.
package struct Listing: Hashable, Sendable {
  package let instrument: Instrument
  /// Letters and digits of the instrument's symbol, in capitals.
  package let symbol: String
  package let baseAsset: String
  package let quoteAsset: String
  /// Of its bars, in nanoseconds.
  package let barNanos: Int64

  init(_ instrument: Instrument, barNanos: Int64) {
    self.instrument = instrument
    self.barNanos = barNanos
    symbol = instrument.symbol.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    quoteAsset = instrument.currency.description
    // BTCUSDT and BTC-USDT are pairs of BTC and USDT; SPY in USD is SPY against USD.
    let isPair = symbol.hasSuffix(quoteAsset) && symbol.count > quoteAsset.count
    baseAsset = isPair ? String(symbol.dropLast(quoteAsset.count)) : symbol
  }
}
