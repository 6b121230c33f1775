/// The catalogue's lists that come along, compiled in so that a profile can pick from them in any working folder.
///
/// The same texts lie in `config/instruments` for people to read and change; a test holds both equal.
enum BuiltInInstruments {
  /// Name and YAML, in the order of the catalogue.
  static let all: [(name: String, yaml: String)] = [
    (
      "us_stocks",
      #"""
      # US stocks: large companies of all eleven sectors, and two smaller ones that data sets of twenty have (BBY, RRC).
      list: us_stocks
      each: {class: equity, currency: USD, tick: 0.01, lot: 1, calendar: xnys}
      instruments:
        - {symbol: AAPL, market: XNAS, sector: technology}
        - {symbol: AMD, market: XNAS, sector: technology}
        - {symbol: AVGO, market: XNAS, sector: technology}
        - {symbol: IBM, market: XNYS, sector: technology}
        - {symbol: MSFT, market: XNAS, sector: technology}
        - {symbol: NVDA, market: XNAS, sector: technology}
        - {symbol: ORCL, market: XNYS, sector: technology}
        - {symbol: GOOG, market: XNAS, sector: communication_services}
        - {symbol: GOOGL, market: XNAS, sector: communication_services}
        - {symbol: META, market: XNAS, sector: communication_services}
        - {symbol: AMZN, market: XNAS, sector: consumer_discretionary}
        - {symbol: BBY, market: XNYS, sector: consumer_discretionary}
        - {symbol: HD, market: XNYS, sector: consumer_discretionary}
        - {symbol: TSLA, market: XNAS, sector: consumer_discretionary}
        - {symbol: KO, market: XNYS, sector: consumer_staples}
        - {symbol: PEP, market: XNAS, sector: consumer_staples}
        - {symbol: PG, market: XNYS, sector: consumer_staples}
        - {symbol: WMT, market: XNAS, sector: consumer_staples}
        - {symbol: CVX, market: XNYS, sector: energy}
        - {symbol: RRC, market: XNYS, sector: energy}
        - {symbol: XOM, market: XNYS, sector: energy}
        - {symbol: BAC, market: XNYS, sector: financials}
        - {symbol: BRK.B, market: XNYS, sector: financials, names: {yahoo: BRK-B}}
        - {symbol: JPM, market: XNYS, sector: financials}
        - {symbol: V, market: XNYS, sector: financials}
        - {symbol: JNJ, market: XNYS, sector: health_care}
        - {symbol: LLY, market: XNYS, sector: health_care}
        - {symbol: MRK, market: XNYS, sector: health_care}
        - {symbol: PFE, market: XNYS, sector: health_care}
        - {symbol: UNH, market: XNYS, sector: health_care}
        - {symbol: CAT, market: XNYS, sector: industrials}
        - {symbol: GE, market: XNYS, sector: industrials}
        - {symbol: LIN, market: XNAS, sector: materials}
        - {symbol: PLD, market: XNYS, sector: real_estate}
        - {symbol: NEE, market: XNYS, sector: utilities}
      """#
    ),
    (
      "etfs",
      #"""
      # Funds on indices and on what moves otherwise.
      list: etfs
      each: {market: ARCX, class: etf, currency: USD, tick: 0.01, lot: 1, calendar: xnys}
      instruments:
        - {symbol: SPY, sector: broad}
        - {symbol: QQQ, market: XNAS, sector: broad}
        - {symbol: DIA, sector: broad}
        - {symbol: IWM, sector: small}
        - {symbol: EEM, sector: emerging}
        - {symbol: TLT, market: XNAS, sector: bonds}
        - {symbol: GLD, sector: gold}
      """#
    ),
    (
      "spdr",
      #"""
      # The eleven Select Sector SPDR funds, which divide the S&P 500.
      list: spdr
      each: {market: ARCX, class: etf, currency: USD, tick: 0.01, lot: 1, calendar: xnys}
      instruments:
        - {symbol: XLC, sector: communication_services}
        - {symbol: XLY, sector: consumer_discretionary}
        - {symbol: XLP, sector: consumer_staples}
        - {symbol: XLE, sector: energy}
        - {symbol: XLF, sector: financials}
        - {symbol: XLV, sector: health_care}
        - {symbol: XLI, sector: industrials}
        - {symbol: XLB, sector: materials}
        - {symbol: XLRE, sector: real_estate}
        - {symbol: XLK, sector: technology}
        - {symbol: XLU, sector: utilities}
      """#
    ),
    (
      "crypto",
      #"""
      # Bitcoin and ether: against dollars as Coinbase trades them, against USDT as Binance does.
      list: crypto
      each: {class: crypto, sector: crypto, tick: 0.01, calendar: always}
      instruments:
        - {symbol: BTCUSD, market: COINBASE, currency: USD, lot: 0.00000001, names: {yahoo: BTC-USD}}
        - {symbol: ETHUSD, market: COINBASE, currency: USD, lot: 0.00000001, names: {yahoo: ETH-USD}}
        - {symbol: BTCUSDT, market: BINANCE, currency: USDT, lot: 0.00001, names: {yahoo: BTC-USD}}
        - {symbol: ETHUSDT, market: BINANCE, currency: USDT, lot: 0.0001, names: {yahoo: ETH-USD}}
      """#
    ),
    (
      "futures",
      #"""
      # CME's euro future: 125,000 euros a contract.
      list: futures
      each: {market: XCME, class: future, sector: currencies, currency: USD, lot: 1, calendar: cme_fx}
      instruments:
        - {symbol: 6E, tick: 0.00005, multiplier: 125_000, names: {yahoo: 6E=F}}
      """#
    ),
    (
      "forex",
      #"""
      # Pairs of currencies; the price is what one unit of the first costs in the second.
      list: forex
      each: {class: forex, sector: currencies, lot: 1, calendar: fx}
      instruments:
        - {symbol: EURUSD, currency: USD, tick: 0.00001, names: {yahoo: EURUSD=X}}
        - {symbol: USDJPY, currency: JPY, tick: 0.001, names: {yahoo: USDJPY=X}}
      """#
    ),
  ]
}

extension InstrumentCatalogue {
  package static var builtInNames: [String] { BuiltInInstruments.all.map(\.name) }

  /// The YAML of a list that comes along; nil for other names.
  package static func builtInText(_ name: String) -> String? {
    BuiltInInstruments.all.first { $0.name == name }.map { $0.yaml + "\n" }
  }
}
