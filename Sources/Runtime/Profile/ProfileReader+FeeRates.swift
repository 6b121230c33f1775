import Core
import Market

/// By which prices a profile has fees booked that a real venue takes in other assets (`venue.fees_in`).
extension ProfileReader {
  /// - Parameter universe: as it is written; what it lists is traded where the profile doesn't say otherwise.
  mutating func feeRates(_ venue: ProfileValue?, universe: Universe?) -> [FeeRate] {
    // The rest of the section is read with what live runs alone need.
    guard let written = venue?.pairs(source)?.first(where: { $0.key == "fees_in" })?.value,
      let mapping = entries(written, .limitSets(example: "{BNB: BNBUSDT}"))
    else { return [] }
    // In the order of the assets' names, as in the canonical text that a replay reads.
    return mapping.entries.compactMap { feeRate($0.key, $0.value, universe, path: written.path) }
      .sorted { $0.asset < $1.asset }
  }

  private mutating func feeRate(
    _ asset: String, _ value: ProfileValue, _ universe: Universe?, path: String
  ) -> FeeRate? {
    guard !asset.isEmpty, asset.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      note(.unfit(found: .text(asset, isQuoted: false), expected: .symbol), at: value.keyPlace, path: path)
      return nil
    }
    var rate = value
    var trade: ProfileValue?
    if value.text == nil {
      guard let mapping = mapping(value, keys: ["rate", "trade"]),
        let written = required("rate", in: mapping, .symbol)
      else { return nil }
      rate = written
      trade = mapping["trade"]
    }
    guard let symbol = symbol(rate) else { return nil }
    let isListed =
      switch universe {
      case .symbols(let symbols): symbols.contains(symbol)
      case .all: true
      case nil: false
      }
    return FeeRate(asset: asset, rateSymbol: symbol, isRateTraded: trade.flatMap { flag($0) } ?? isListed)
  }
}

extension [FeeRate] {
  var canonical: CanonicalText {
    .object(
      map { rate in
        (
          key: rate.asset,
          value: CanonicalText.object([("rate", .text(rate.rateSymbol)), ("trade", .flag(rate.isRateTraded))])
        )
      })
  }
}
