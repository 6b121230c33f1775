import Events
import Market

/// Whose turn it is inside a bar, where a convention knows no path of its prices.
///
/// One kind has its turn before the other: stops where the worse comes first, the others where the better does. Of one kind and side the price comes to the nearer order first, so
/// that one fills first; between the sides, and among equals, age decides. By age alone goes what peers do.
extension Engine {
  /// Stops before limits or the other way round, and once more those of the first kind that the second's fills have placed.
  mutating func fillInside(
    _ index: Int, _ bar: Bar, _ volume: inout VolumeBudget, first stops: Bool, sequence: UInt64,
    into out: inout EventBuffer
  ) {
    fillInside(index, bar, &volume, stops: stops, sequence: sequence, into: &out)
    let firstOfOthers = out.nextSequence
    fillInside(index, bar, &volume, stops: !stops, sequence: sequence, into: &out)
    if out.nextSequence == firstOfOthers { return }
    fillInside(index, bar, &volume, stops: stops, from: firstOfOthers, sequence: sequence, into: &out)
  }

  /// Gives every order of a kind that the bar touches its turn, the one first that the price comes to first.
  private mutating func fillInside(
    _ index: Int, _ bar: Bar, _ volume: inout VolumeBudget, stops: Bool, from first: UInt64 = 1, sequence: UInt64,
    into out: inout EventBuffer
  ) {
    var isDone = true
    while let turn = nearest(index, bar, stops: stops, from: first) {
      isDone = false
      books[index].orders[turn.position].hasHadTurn = true
      fill(index, turn.position, turn.quote, bar, &volume, sequence: sequence, into: &out)
    }
    if isDone { return }
    for position in books[index].orders.indices { books[index].orders[position].hasHadTurn = false }
  }

  /// The order whose turn it is inside a bar: of the side of the oldest that the bar fills, the one whose price is nearest; of several at one price the oldest.
  private func nearest(
    _ index: Int, _ bar: Bar, stops: Bool, from first: UInt64
  ) -> (position: Int, quote: FillQuote)? {
    var found: (position: Int, quote: FillQuote, price: Price)?
    for position in books[index].orders.indices {
      let order = books[index].orders[position]
      if order.hasHadTurn || order.id.sequence < first || isStopInside(order) != stops { continue }
      if let found, books[index].orders[found.position].side != order.side { continue }
      guard let quote = quoteInside(order, bar, index) else { continue }
      let price = FillCondition.turnPrice(order, quote)
      if let found, !FillCondition.isNearer(order.side, price, than: found.price, areStops: stops) { continue }
      found = (position, quote, price)
    }
    return found.map { ($0.position, $0.quote) }
  }

  /// Gives all that the bar touches their turn by age, whatever their prices.
  mutating func fillByAge(
    _ index: Int, _ bar: Bar, _ volume: inout VolumeBudget, sequence: UInt64, into out: inout EventBuffer
  ) {
    var last: UInt64 = 0
    while let position = position(index, after: last) {
      let order = books[index].orders[position]
      last = order.id.sequence
      if let quote = quoteInside(order, bar, index) {
        fill(index, position, quote, bar, &volume, sequence: sequence, into: &out)
      }
    }
  }

  /// Whether an order waits as a stop; one with a limit that has been triggered is a limit order.
  private func isStopInside(_ order: WorkingOrder) -> Bool {
    order.type.isStop && !(order.type.hasLimit && order.isTriggered)
  }

  /// What a bar gives an order inside, behind its open.
  private func quoteInside(_ order: WorkingOrder, _ bar: Bar, _ index: Int) -> FillQuote? {
    guard !order.type.isOnClose, isEligible(order, bar, index), !isPassedOver(order, bar),
      case .fills(var quote) = FillCondition.verdict(order, on: bar, fillTerms(index))
    else { return nil }
    guard quote.isAtOpen else { return quote }
    // What fills at the open had its turn: no volume was left then.
    guard order.isProtective, order.eligibleFrom == bar.openTime else { return nil }
    // The entry came first: the open is gone, and what is left of the bar may hold the order's own price.
    quote.price = clamped(order.type.isStop ? order.stopPrice : order.limitPrice, bar)
    let rule: FillRule =
      order.type.isTrailing ? .trailTouched : isStopInside(order) ? .stopTouched : .limitTouched
    quote.rule = rule.rawValue
    quote.takesLiquidity = order.type.isStop
    quote.isAtOpen = false
    return quote
  }

  /// Of a bar inside which an entry filled, one of stop and target counts: the worse one, or in the best case the better.
  func isPassedOver(_ order: WorkingOrder, _ bar: Bar) -> Bool {
    guard order.placedInsideBarOpenedAt == bar.openTime else { return false }
    let passedOver: OrderPurpose = convention.path == .bestCase ? .stopLoss : .takeProfit
    return order.purpose == passedOver.rawValue
  }

  private func clamped(_ price: Price, _ bar: Bar) -> Price { min(max(price, bar.low), bar.high) }

  /// The place of the oldest order younger than `sequence`: loops survive orders that vanish or arrive while they run.
  func position(_ index: Int, after sequence: UInt64) -> Int? {
    var position = 0
    while position < books[index].orders.count {
      if books[index].orders[position].id.sequence > sequence { return position }
      position += 1
    }
    return nil
  }
}
