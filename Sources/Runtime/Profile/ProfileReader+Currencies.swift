import Core
import Market

/// What a profile says about money of other currencies than its own.
extension ProfileReader {
  private static let rate = NumberRule.positive(1_000_000_000)
  private static let conversionWords: [(word: String, meaning: Bool)] = [("at_once", true), ("never", false)]

  /// `convert` and `cost` beside a mapping for each currency by its code.
  mutating func currencies(_ value: ProfileValue?, own: Currency?) -> CurrencyRule {
    var rule = CurrencyRule()
    guard let value, let mapping = entries(value, .limitSets(example: "{EUR: {rate: EURUSD}}")) else { return rule }
    for entry in mapping.entries {
      switch entry.key {
      case "convert":
        if let read = word(entry.value, ProfileReader.conversionWords) { rule.convertsAtOnce = read }
      case "cost":
        let limits = ShareRule(low: 0, high: 100_000, example: "2 bp")
        if let read = share(entry.value, limits) { rule.costMicros = read }
      default:
        if let foreign = foreign(entry.key, entry.value, own: own, path: value.path) { rule.foreign.append(foreign) }
      }
    }
    if rule.convertsAtOnce, rule.foreign.contains(where: \.isRateTraded) {
      note(
        .relation(
          requirement:
            "a rate that is traded owes its currency, and `convert` is `at_once`: what it brings would be turned back at its own price and nothing won or lost; write `convert: never`"
        ), at: value)
    }
    // Purses stand in the order of their codes, as in the canonical text that a replay reads.
    rule.foreign.sort { $0.currency.description < $1.currency.description }
    return rule
  }

  private mutating func foreign(
    _ code: String, _ value: ProfileValue, own: Currency?, path: String
  ) -> ForeignCurrency? {
    guard let currency = Currency(code), currency != own else {
      note(.unfit(found: .text(code, isQuoted: false), expected: .currencyEntry), at: value.keyPlace, path: path)
      return nil
    }
    guard let mapping = mapping(value, keys: ["rate", "trade", "cash", "start"]) else { return nil }
    let symbol = required("rate", in: mapping, .symbol).flatMap { self.symbol($0) }
    let cash = mapping["cash"].flatMap { number($0, ProfileReader.amount) }
    // What is held from the beginning is worth something from the beginning.
    let written =
      mapping["cash"] == nil ? mapping["start"] : required("start", in: mapping, .number(ProfileReader.rate))
    let start = written.flatMap { number($0, ProfileReader.rate) }
    let isTraded = mapping["trade"].flatMap { flag($0) } ?? false
    guard let symbol else { return nil }
    return ForeignCurrency(
      currency: currency, rateSymbol: symbol, initialCash: cash ?? 0,
      startRate: start.map { Price(nanos: Int64($0)) }, isRateTraded: isTraded)
  }
}

extension Universe {
  /// The first of its symbols where all are there for their prices alone; nil where something is traded.
  func rateAlone(_ rule: CurrencyRule, _ fees: [FeeRate]) -> String? {
    guard case .symbols(let symbols) = self else { return nil }
    let rates = Set(
      rule.foreign.filter { !$0.isRateTraded }.map(\.rateSymbol) + fees.filter { !$0.isRateTraded }.map(\.rateSymbol))
    return symbols.allSatisfy(rates.contains) ? symbols.first : nil
  }

  /// With the instruments that are there for their prices alone.
  func with(_ rule: CurrencyRule, _ fees: [FeeRate]) -> Universe {
    guard case .symbols(var symbols) = self else { return self }
    for rate in rule.foreign.map(\.rateSymbol) + fees.map(\.rateSymbol) where !symbols.contains(rate) {
      symbols.append(rate)
    }
    return .symbols(symbols)
  }
}

extension CurrencyRule {
  var canonical: CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [
      ("convert", .text(convertsAtOnce ? "at_once" : "never")), ("cost", .share(costMicros)),
    ]
    for currency in foreign {
      var own: [(key: String, value: CanonicalText)] = [("rate", .text(currency.rateSymbol))]
      if currency.isRateTraded { own.append(("trade", .flag(true))) }
      if currency.initialCash != 0 { own.append(("cash", .amount(currency.initialCash))) }
      if let start = currency.startRate { own.append(("start", .amount(Int128(start.nanos)))) }
      entries.append((currency.currency.description, .object(own)))
    }
    return .object(entries)
  }
}
