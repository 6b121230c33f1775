import Events
import Market

/// What a fill costs: cash, or units of what was bought.
struct FillCost: BitwiseCopyable {
  var cash: Int128
  var units = Quantity.zero
  /// Of the units, in nanos of the instrument's currency at the fill's price.
  var worth: Int128 = 0
}

/// A simulated spot venue that takes its fee of what is received, as Binance does: of a purchase in units, of a sale in cash.
///
/// The units are sold at the fill's price and what they are worth is the fee, as where a real venue reports it so (`Engine+External`). What is left may hold a part of a
/// lot, which nothing can trade: it stays, counts as flat, and is sold with the units that a later purchase makes whole.
extension Engine {
  /// The cost of a fill; a fee that is no share of what is received, and a rebate, is cash.
  func costInKind(
    _ order: WorkingOrder, _ quantity: Quantity, _ notional: Int128, _ price: Price, isMaker: Bool, _ index: Int
  ) -> FillCost {
    let received = order.side == .buy ? Int128(quantity.nanos) : notional
    // Below zero nothing is received for a sale.
    guard price.nanos > 0,
      let fee = configuration.fees.fee(ofReceived: received, isMaker: isMaker, traded: ledger.traded)
    else {
      return FillCost(
        cash: configuration.fees.fee(
          quantity: quantity, notional: notional, isMaker: isMaker, orderFilledBefore: order.filled,
          orderFeeBefore: order.feePaid, traded: ledger.traded))
    }
    if order.side == .sell { return FillCost(cash: fee) }
    let units = Quantity(nanos: Int64(fee))
    return FillCost(
      cash: 0, units: units, worth: price.notional(units, multiplier: instruments[index].multiplierNanos))
  }

  /// Takes the units off the position, off the part of the strategy that bought, and off what was intended: nobody lacks them.
  mutating func payInKind(
    _ cost: FillCost, _ index: Int, _ order: WorkingOrder, price: Price, cause: UInt64, into out: inout EventBuffer
  ) {
    payInUnits(cost.units, index, order, price: price, worth: cost.worth, cause: cause, into: &out)
    intend(Int128(risk.books[index].intended) - Int128(cost.units.nanos), index)
    if strategyCount > 1, order.strategy != WorkingOrder.noStrategy {
      let place = Int(order.strategy) * books.count + index
      risk.shares[place].granted -= Int128(cost.units.nanos)
    }
  }

  /// Whole lots of a quantity.
  func closable(_ quantity: Quantity, _ index: Int) -> Quantity {
    quantity.roundedDown(toLot: instruments[index].lotSize)
  }
}
