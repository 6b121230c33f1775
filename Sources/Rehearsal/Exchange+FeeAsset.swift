import Market

/// Fees in an asset of their own, as Binance takes them in BNB.
extension Exchange {
  /// What a fee comes to in the asset that fees are paid with, in the eight decimals of balances; nil where it is paid otherwise: the account doesn't use one or hasn't enough, the
  /// asset has no price here, or the fee is a rebate.
  ///
  /// - Parameter fee: without discount, in nanos of the quote asset.
  func inFeeAsset(_ fee: Int128, quotedIn quote: String) -> (amount: Int128, asset: String)? {
    guard let asset = settings.feeAsset, fee > 0,
      let pair = tape.listings.firstIndex(where: { $0.baseAsset == asset && $0.quoteAsset == quote }),
      let price = tape.lastPrice(pair), price.nanos > 0
    else { return nil }
    // fee × (1 − discount) ÷ price, in units of 10⁻⁸: a share in millionths, a price in units of 10⁻⁹.
    let value = fee * Int128(1_000_000 - settings.feeAssetDiscountMicros) * 1_000
    let amount = value.dividedRoundingHalfEven(by: Int128(price.nanos) * 10) * 10
    return balances[asset].free >= amount ? (amount, asset) : nil
  }
}
