import Events
import Market

/// Order rates and repeated orders of the limit sets.
extension Engine {
  func cutByRate(_ walk: inout GateWalk, _ set: Int, _ scope: RiskScope, _ index: Int, _ strategy: Int) {
    let rate = limits.rateOfSet[set]
    if rate >= 0 {
      let count = risk.orderRates[rate].held(at: now)
      let most = limits.rateSets[rate].count
      // What opens may go as two orders.
      let sent = alternativeStyle != nil && walk.opening > 0 ? 2 : 1
      if count + sent > most {
        cutPart(
          &walk, to: ownClosing(walk, scope, index, strategy), .orderRate, scope, Int64(count + sent) * FixedPoint.unit,
          Int64(most) * FixedPoint.unit)
      }
    }
  }

  /// Comes last: what is compared is the order as it would leave.
  func cutByRepeats(_ walk: inout GateWalk, _ set: Int, _ scope: RiskScope, _ index: Int, _ strategy: Int) {
    let repeated = limits.repeatOfSet[set]
    if repeated < 0 { return }
    let quantity = Quantity(nanos: walk.total).roundedDown(toLot: instruments[index].lotSize)
    let held = books[index].position.quantity
    let closesOnly = held != .zero && (held.nanos > 0) != (walk.side == .buy) && quantity <= held.magnitude
    let style = style(strategy: strategy, index: index, isOnlyClosing: closesOnly)
    var count = repeats(repeated, of: style, quantity, index, walk.side)
    if let alternativeStyle, !closesOnly {
      count = max(count, repeats(repeated, of: alternativeStyle, quantity, index, walk.side))
    }
    let most = limits.repeatSets[repeated].count
    if count >= most {
      cutPart(
        &walk, to: ownClosing(walk, scope, index, strategy), .repeatedOrder, scope, Int64(count + 1) * FixedPoint.unit,
        Int64(most) * FixedPoint.unit)
    }
  }

  /// How many orders like the one of this style have left within the window.
  private func repeats(_ window: Int, of style: OrderStyle, _ quantity: Quantity, _ index: Int, _ side: Side) -> Int {
    let (limit, stop) = orderPrices(style, index, side)
    let key = RepeatWindow.OrderKey(
      instrument: UInt16(index), side: side, type: style.type, quantity: quantity, limit: limit, stop: stop)
    return risk.repeats[window].count(key, at: now)
  }

  /// Counts an order for the sets that it falls under; what flattens or protects counts too, but is never held back.
  mutating func noteRates(_ intent: OrderIntent, strategy: Int) {
    if limits.rateSets.isEmpty, limits.repeatSets.isEmpty { return }
    let scopes = limits.scopes(strategy: strategy, instrument: intent.instrument.position)
    noteRates(LimitTable.accountSet, intent)
    if scopes.strategy >= 0 { noteRates(scopes.strategy, intent) }
    if scopes.sector >= 0 { noteRates(scopes.sector, intent) }
    if scopes.symbol >= 0 { noteRates(scopes.symbol, intent) }
  }

  private mutating func noteRates(_ set: Int, _ intent: OrderIntent) {
    let rate = limits.rateOfSet[set]
    if rate >= 0 { risk.orderRates[rate].record(at: now) }
    let repeated = limits.repeatOfSet[set]
    if repeated >= 0 { risk.repeats[repeated].record(RepeatWindow.OrderKey(intent), at: now) }
  }
}
