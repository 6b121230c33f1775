import Events
import Market

/// Conventions that take the prices of a bar to have come in one order: from the open over both extremes to the close, without turning between two of them.
///
/// Along each way orders have their turn where it comes to their price, the older first where it comes to two at once; what a fill places takes part from
/// there on. Stops that are reached stay triggered, trailing stops follow the way.
extension Engine {
  mutating func walk(
    _ index: Int, _ bar: Bar, _ path: BarPath, _ volume: inout VolumeBudget, sequence: UInt64,
    into out: inout EventBuffer
  ) {
    let isHighFirst: Bool
    switch path {
    case .byBody: isHighFirst = bar.close <= bar.open
    case .nearestExtreme:
      isHighFirst =
        Int128(bar.high.nanos) - Int128(bar.open.nanos) <= Int128(bar.open.nanos) - Int128(bar.low.nanos)
    case .highFirst, .worstCase, .bestCase, .byAge: isHighFirst = true
    }
    let (first, second) = isHighFirst ? (bar.high, bar.low) : (bar.low, bar.high)
    walk(index, bar, from: bar.open, to: first, &volume, sequence: sequence, into: &out)
    walk(index, bar, from: first, to: second, &volume, sequence: sequence, into: &out)
    walk(index, bar, from: second, to: bar.close, &volume, sequence: sequence, into: &out)
  }

  private mutating func walk(
    _ index: Int, _ bar: Bar, from start: Price, to end: Price, _ volume: inout VolumeBudget, sequence: UInt64,
    into out: inout EventBuffer
  ) {
    let way = PriceStretch(from: start, to: end, of: bar)
    var last = Turn(distance: 0, order: 0)
    while let (position, turn) = next(index, bar, way, after: last) {
      last = turn
      let order = books[index].orders[position]
      let verdict = FillCondition.verdict(order, in: way, fillTerms(index))
      if order.type.hasTrigger { books[index].orders[position].isTriggered = true }
      guard case .fills(var quote) = verdict else { continue }
      // What is there when the way begins is no opening.
      quote.isAtOpen = false
      quote.rule = insideRule(quote.fillRule).rawValue
      fill(index, position, quote, bar, &volume, sequence: sequence, into: &out)
    }
    for position in books[index].orders.indices where books[index].orders[position].type.isTrailing {
      let order = books[index].orders[position]
      if order.isTriggered || convention.trailsOnCloses || !isEligible(order, bar, index) { continue }
      books[index].orders[position].follow(end, tick: instruments[index].tickSize)
    }
  }

  /// A moment on a way: how far it has gone, and whose turn it is there.
  private struct Turn: BitwiseCopyable, Comparable {
    var distance: UInt64
    var order: UInt64

    static func < (left: Turn, right: Turn) -> Bool {
      left.distance == right.distance ? left.order < right.order : left.distance < right.distance
    }
  }

  /// The order whose turn comes next on a way, behind `last`.
  private func next(_ index: Int, _ bar: Bar, _ way: PriceStretch, after last: Turn) -> (Int, Turn)? {
    var found: (position: Int, turn: Turn)?
    for position in books[index].orders.indices {
      let order = books[index].orders[position]
      // An order for an opening had its turn there, one for a close will have it; a market order too.
      if order.type.isOnOpen || order.type.isOnClose || !isEligible(order, bar, index) { continue }
      // An immediate order takes what is there when it arrives or is set off, and waits for nothing on the way.
      if order.timeInForce.isImmediate, !order.type.hasTrigger || order.isTriggered { continue }
      let price: Price
      switch FillCondition.verdict(order, in: way, fillTerms(index)) {
      case .none: continue
      case .triggered:
        if order.isTriggered { continue }
        price = order.stopPrice
      case .fills(let quote): price = quote.isAtOpen ? way.open : quote.price
      }
      let within = min(max(price, way.low), way.high)
      let turn = Turn(distance: distance(within, way.open), order: order.id.sequence)
      if turn <= last { continue }
      if let nearest = found, nearest.turn < turn { continue }
      found = (position, turn)
    }
    return found
  }

  private func distance(_ price: Price, _ other: Price) -> UInt64 {
    UInt64(clamping: (Int128(price.nanos) - Int128(other.nanos)).magnitude)
  }

  private func insideRule(_ rule: FillRule) -> FillRule {
    switch rule {
    case .limitGapAtOpen: .limitTouched
    case .stopGapAtOpen: .stopTouched
    case .stopLimitAtOpen: .stopLimitTouched
    case .ifTouchedAtOpen: .ifTouched
    case .trailGapAtOpen: .trailTouched
    case .marketAtOpen, .limitTouched, .stopTouched, .stopLimitTouched, .external, .ifTouched, .trailTouched,
      .trailProved, .sessionOpen, .sessionClose, .marketAtClose:
      rule
    }
  }

  // MARK: The close that was decided on

  /// Fills an order at the close that it was decided on, where the convention has it and the price allows it.
  mutating func fillAtDecision(_ index: Int, into out: inout EventBuffer) {
    let position = books[index].orders.count - 1
    guard let last = closes[index], position >= 0, !risk.isTradingHalted(index) else { return }
    let order = books[index].orders[position]
    let (bar, close) = (last.bar, last.bar.close)
    switch order.type {
    case .market: break
    case .limit:
      // What rests fills at its own price; what could trade at once does.
      guard convention.gap == .own else { return }
      if order.side == .buy ? close > order.limitPrice : close < order.limitPrice {
        if let reason = order.timeInForce.remainderReason { endAtDecision(index, position, reason, into: &out) }
        return
      }
    case .stop, .stopLimit, .marketIfTouched, .limitIfTouched, .trailingStop, .trailingStopLimit, .marketOnOpen,
      .limitOnOpen, .marketOnClose, .limitOnClose:
      return
    }
    var volume = VolumeBudget(
      bar, shareMicros: convention.ignoresVolume ? 0 : configuration.volumeShareMicros,
      lot: instruments[index].lotSize)
    let quote = FillQuote(
      price: close, rule: FillRule.marketAtClose.rawValue, isAtOpen: false, takesLiquidity: true)
    fill(index, position, quote, bar, &volume, isAtClose: true, sequence: last.sequence, into: &out)
  }

  /// An immediate order that finds nothing when it arrives is over.
  private mutating func endAtDecision(
    _ index: Int, _ position: Int, _ reason: CancelReason, into out: inout EventBuffer
  ) {
    let order = end(index, position, by: .confirmCancel)
    out.append(OrderCancelled(order: order.id, reason: reason, leaves: order.leaves), cause: order.id.sequence)
  }
}

extension TimeInForce {
  /// Why what is left of an immediate order is cancelled; nil for one that rests.
  var remainderReason: CancelReason? {
    switch self {
    case .immediateOrCancel: .immediateRemainder
    case .fillOrKill: .notFillableWhole
    case .day, .goodTillCancelled, .goodTillDate: nil
    }
  }
}
