import Events
import Market

/// Resting orders over a corporate action, as FINRA Rule 5330 and the exchanges treat them (facts/corporate-actions.md §6).
///
/// | order | forward split | reverse split | dividend, spin-off |
/// |---|---|---|---|
/// | below the market: buy limit, buy if touched, sell stop, sell stop-limit, sell trailing | price down to the tick, quantity down to the lot | ends | price less the amount, down to the tick |
/// | above the market: sell limit, sell if touched, buy stop, buy stop-limit, buy trailing | price up to the tick, quantity down to the lot | ends | stays |
/// | at market; what protects or closes a position | as above | quantity down to the lot, prices as above | as above |
///
/// The rule ends every order at a reverse split. What protects or only closes works on here: the run would have to send it again at once, and
/// until it did nothing would stand between a position and the market. The value of a split is rounded up to the tick and taken off, which
/// comes to the same as rounding the rest down. A trail that is an amount is divided as prices are, to the nanounit; one that is a share stays what it is. Where the venue is outside, it looks after its orders and says so in reports.
extension Engine {
  mutating func splitOrders(
    _ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer
  ) {
    if isAnsweredOutside { return }
    let isReverse = action.numerator < action.denominator
    let lot = instruments[index].lotSize
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      let exact = Int128(order.leaves.nanos) * Int128(action.numerator) / Int128(action.denominator)
      let leaves = Quantity(nanos: Int64(exact)).roundedDown(toLot: lot)
      let ends = isReverse && !order.isBoundToPosition && order.type.hasPrice
      if ends || leaves == .zero {
        books[index].orders.remove(at: position)
        let reason: CancelReason = ends ? .corporateAction : .replaced
        out.append(OrderCancelled(order: order.id, reason: reason, leaves: order.leaves), cause: sequence)
        risk.books[index].needsFollowUp = risk.books[index].needsFollowUp || ends
        continue
      }
      books[index].orders[position].leaves = leaves
      if leaves != order.leaves {
        out.append(OrderReduced(order: order.id, reason: .split, leaves: leaves), cause: sequence)
      }
      let isBelow = order.isBelowMarket
      reprice(
        index, position, limit: ratioPrice(order.limitPrice, action, index, isDown: isBelow),
        stop: ratioPrice(order.stopPrice, action, index, isDown: isBelow), sequence: sequence, into: &out)
      if order.trail?.unit == .amount {
        books[index].orders[position].splitTrail(numerator: action.numerator, denominator: action.denominator)
        out.append(books[index].orders[position].termsEvent, cause: sequence)
      }
      position += 1
    }
  }

  /// Takes what a unit hands out off the orders below the market; less than a cent of currency changes nothing.
  mutating func lowerOrders(_ index: Int, by nanos: Int64, sequence: UInt64, into out: inout EventBuffer) {
    if isAnsweredOutside || nanos < FixedPoint.unit / 100 { return }
    var position = 0
    while position < books[index].orders.count {
      let order = books[index].orders[position]
      position += 1
      // What is dead when the ex-date begins is not adjusted any more.
      if !order.type.hasPrice || !order.isBelowMarket || order.expiresAt <= now { continue }
      let limit = lowered(order.limitPrice, by: nanos, index)
      let stop = lowered(order.stopPrice, by: nanos, index)
      let hasLimit = order.type.hasLimit
      let hasStop = order.type.hasTrigger
      if (hasLimit && limit.nanos <= 0) || (hasStop && stop.nanos <= 0) {
        // A price of nothing is no order: it would have to be confirmed anew.
        position -= 1
        books[index].orders.remove(at: position)
        out.append(OrderCancelled(order: order.id, reason: .corporateAction, leaves: order.leaves), cause: sequence)
        continue
      }
      reprice(
        index, position - 1, limit: hasLimit ? limit : order.limitPrice, stop: hasStop ? stop : order.stopPrice,
        sequence: sequence, into: &out)
    }
  }

  /// Ends all orders of an instrument that itself has ended.
  mutating func endOrders(_ index: Int, sequence: UInt64, into out: inout EventBuffer) {
    if isAnsweredOutside { return }
    for order in books[index].orders {
      out.append(OrderCancelled(order: order.id, reason: .corporateAction, leaves: order.leaves), cause: sequence)
    }
    books[index].orders.removeAll(keepingCapacity: true)
  }

  private mutating func reprice(
    _ index: Int, _ position: Int, limit: Price, stop: Price, sequence: UInt64, into out: inout EventBuffer
  ) {
    let order = books[index].orders[position]
    if limit == order.limitPrice, stop == order.stopPrice { return }
    books[index].orders[position].limitPrice = limit
    books[index].orders[position].stopPrice = stop
    out.append(
      OrderRepriced(
        order: order.id, limitPrice: order.type.hasLimit ? limit : nil, stopPrice: order.type.hasTrigger ? stop : nil),
      cause: sequence)
  }

  /// An order's price after a split, rounded once from the exact quotient to a tick.
  private func ratioPrice(_ price: Price, _ action: CorporateAction, _ index: Int, isDown: Bool) -> Price {
    let tick = Int128(instruments[index].tickSize.nanos)
    let (whole, rest) = (Int128(price.nanos) * Int128(action.denominator))
      .quotientAndRemainder(dividingBy: Int128(action.numerator) * tick)
    let ticks = isDown ? (rest < 0 ? whole - 1 : whole) : (rest > 0 ? whole + 1 : whole)
    return Price(nanos: Int64(ticks * tick))
  }

  /// Rounded down to the tick; zero where nothing is left.
  private func lowered(_ price: Price, by nanos: Int64, _ index: Int) -> Price {
    let tick = instruments[index].tickSize.nanos
    let left = price.nanos.subtractingReportingOverflow(nanos)
    if left.overflow || left.partialValue <= 0 { return .zero }
    return Price(nanos: left.partialValue - left.partialValue % tick)
  }
}

extension OrderType {
  fileprivate var hasPrice: Bool { hasLimit || hasTrigger }
}

extension WorkingOrder {
  /// Buys that wait for a lower price, sales that are set off by one.
  fileprivate var isBelowMarket: Bool { type.isStop ? side == .sell : side == .buy }
}
