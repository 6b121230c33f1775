import Market

/// What is held back for orders, and what fills move.
extension Exchange {
  private func asset(_ place: Int) -> String {
    let listing = tape.listings[orders[place].listing]
    return orders[place].side == .buy ? listing.quoteAsset : listing.baseAsset
  }

  /// What an order of this size holds back, in nanos of what it gives.
  func lockNeeded(_ order: ExchangeOrder, quantity: Quantity) -> Int128 {
    if order.side == .sell { return Int128(quantity.nanos) }
    let multiplier = tape.listings[order.listing].instrument.multiplierNanos
    if order.type.hasPrice { return order.price.notional(quantity, multiplier: multiplier) }
    if order.quoteOrderQuantity > 0 { return order.quoteOrderQuantity }
    let price = order.type.hasStop ? order.stopPrice : tape.lastPrice(order.listing) ?? .zero
    return price.notional(quantity, multiplier: multiplier)
  }

  /// Whether the account can give what an order needs.
  func canLock(_ order: ExchangeOrder) -> Bool {
    if !settings.checksBalances { return true }
    let listing = tape.listings[order.listing]
    let asset = order.side == .buy ? listing.quoteAsset : listing.baseAsset
    return balances[asset].free >= lockNeeded(order, quantity: order.quantity)
  }

  mutating func lock(_ place: Int) {
    let asset = asset(place)
    let amount = lockNeeded(orders[place], quantity: orders[place].leaves)
    orders[place].locked = amount
    balances[asset].free -= amount
    balances[asset].locked += amount
  }

  /// Gives back what an order that ended, or became smaller, no longer needs.
  mutating func release(_ place: Int, downTo amount: Int128 = 0) {
    let excess = orders[place].locked - amount
    if excess <= 0 { return }
    let asset = asset(place)
    orders[place].locked -= excess
    balances[asset].locked -= excess
    balances[asset].free += excess
  }

  /// How much of an order its own lock and the free balance pay for at a price.
  func affordable(_ place: Int, at price: Price) -> Quantity {
    let order = orders[place]
    let held = order.locked + max(0, balances[asset(place)].free)
    if order.side == .sell { return Quantity(nanos: Int64(clamping: held)) }
    let listing = tape.listings[order.listing]
    let unit = price.notional(Quantity(nanos: FixedPoint.unit), multiplier: listing.instrument.multiplierNanos)
    guard unit > 0 else { return order.leaves }
    return Quantity(nanos: Int64(clamping: held * Int128(FixedPoint.unit) / unit))
      .roundedDown(toLot: listing.instrument.lotSize)
  }

  /// Moves what a fill moves. Its part of the lock is released first, so a better price than the lock's leaves the difference free.
  mutating func settle(
    _ place: Int, _ quantity: Quantity, at price: Price, notional: Int128, commission: Int128,
    asset commissionAsset: String
  ) {
    let order = orders[place]
    let listing = tape.listings[order.listing]
    let left = order.leaves - quantity
    // In proportion, so that several fills use up exactly what was held back; less where this fill costs more than its part.
    let share = order.leaves.nanos > 0 ? order.locked * Int128(left.nanos) / Int128(order.leaves.nanos) : 0
    let cost = order.side == .buy ? notional : Int128(quantity.nanos)
    let kept = max(0, min(share, order.locked + balances[asset(place)].free - cost))
    release(place, downTo: kept)
    if order.side == .buy {
      balances[listing.quoteAsset].free -= notional
      balances[listing.baseAsset].free += Int128(quantity.nanos)
    } else {
      balances[listing.baseAsset].free -= Int128(quantity.nanos)
      balances[listing.quoteAsset].free += notional
    }
    balances[commissionAsset].free -= commission
  }

  /// Takes an order off the book.
  mutating func close(_ place: Int) {
    release(place)
    open[orders[place].listing].removeAll { $0 == place }
  }
}
