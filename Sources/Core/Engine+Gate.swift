import Events
package import Market

/// What an order has to pass: facts of account and market, collected and compared in a fixed order, cheap and certain checks first.
extension Engine {
  /// Judges a change of position.
  ///
  /// - Parameters:
  ///   - strategy: whose order it would be; −1 for none.
  ///   - knownAt: when the bar that is decided on became known.
  ///   - isSizeUnknown: the estimates behind the size are warming up, so nothing is asked for.
  ///   - band: the least change that is traded, where this one is smaller.
  ///   - isRoll: what is held of another contract is carried over: no position becomes larger by it, and its orders wait for the next session.
  mutating func judge(
    _ requested: Quantity, index: Int, strategy: Int, confidenceMicros: Int64, isHistorical: Bool, knownAt: Timestamp,
    isSizeUnknown: Bool = false, band: Int64? = nil, isRoll: Bool = false
  ) -> RiskVerdict {
    let scopes = limits.scopes(strategy: strategy, instrument: index)
    func refused(
      _ reason: RiskReason, _ scope: RiskScope = .account, _ observed: Int64 = 0, _ limit: Int64 = 0
    ) -> RiskVerdict {
      RiskVerdict(
        outcome: .refused, reason: reason, allowed: .zero, observed: observed, limit: limit, scope: scope,
        checks: reason.bit)
    }
    if isHistorical { return refused(.historicalBar) }
    if risk.kill.phase != .none { return refused(.killed) }
    let state = tradingState(strategy: strategy, index: index)
    if state.state == .halted { return refused(.halted, state.scope) }
    if let (scope, least) = confidenceMin(scopes), confidenceMicros < least {
      return refused(.confidenceBelowMinimum, scope, confidenceMicros * 1_000, least * 1_000)
    }
    if !hasRate(index), books[index].position.quantity == .zero { return refused(.rateUnknown, .symbol) }
    if requested == .zero {
      if isSizeUnknown { return refused(.sizingUnknown) }
      if strategy >= 0, let step = zeroStep, targetMicros[strategy * books.count + index] != 0 {
        return refused(.sizeScaledToZero, .account, step.drawdownMicros * 1_000, step.depthMicros * 1_000)
      }
      let held = books[index].position.quantity.nanos
      return refused(.alreadyThere, .account, held, held)
    }
    if let band { return refused(.withinBand, .account, requested.magnitude.nanos, band) }
    let side: Side = requested.nanos > 0 ? .buy : .sell
    let pending = pendingQuantity(index, side: side) + flatteningQuantity(index, side: side)
    var walk = GateWalk(
      requested: requested,
      effective: Int64(clamping: Int128(books[index].position.quantity.nanos) + Int128(pending)),
      own: strategyCount == 1
        ? Int128(requested.nanos)
        : isRoll
          ? lack(strategy, index)
          : desired(strategy, index) - strategyEffective(strategy, index, requested.nanos > 0 ? .buy : .sell))
    refuseWhole(&walk, scopes, index, strategy, knownAt, isRoll: isRoll)
    cutByState(&walk, isRoll ? (.active, .account) : state, index)
    cutByOrderCounts(&walk, index)
    cutByPosition(&walk, index)
    each(scopes) { set, scope in
      cutByPrice(&walk, set, scope, index, strategy)
      cutByRate(&walk, set, scope, index, strategy)
      cutByOrderSize(&walk, set, scope, index, strategy)
    }
    if limits.needsExposure { cutByExposure(&walk, scopes, index, strategy) }
    if configuration.risk.correlation != nil { cutByCorrelation(&walk, index) }
    cutByCash(&walk, index)
    if watch.contains(.margin) { cutByMargin(&walk, index) }
    if !limits.repeatSets.isEmpty { each(scopes) { set, scope in cutByRepeats(&walk, set, scope, index, strategy) } }
    return walk.verdict(lot: instruments[index].lotSize)
  }

  /// What the gate would let pass of a change of position now; changes nothing.
  package mutating func allowed(_ requested: Quantity, index: Int, strategy: Int) -> Quantity {
    judge(
      requested, index: index, strategy: strategy, confidenceMicros: 1_000_000, isHistorical: false, knownAt: now
    ).allowed
  }

  /// Calls `body` with the place of each set that applies: account, strategy, sector, symbol.
  @inline(__always)
  private func each(_ scopes: ScopeSets, _ body: (Int, RiskScope) -> Void) {
    body(LimitTable.accountSet, .account)
    if scopes.strategy >= 0 { body(scopes.strategy, .strategy) }
    if scopes.sector >= 0 { body(scopes.sector, .sector) }
    if scopes.symbol >= 0 { body(scopes.symbol, .symbol) }
  }

  /// The strictest trading state that an order falls under, and whose it is.
  func tradingState(strategy: Int, index: Int) -> (state: TradingState, scope: RiskScope) {
    var found = (state: risk.account, scope: RiskScope.account)
    if strategy >= 0, risk.strategies[strategy] > found.state { found = (risk.strategies[strategy], .strategy) }
    if risk.symbols[index] > found.state { found = (risk.symbols[index], .symbol) }
    return found
  }

  private func confidenceMin(_ scopes: ScopeSets) -> (RiskScope, Int64)? {
    var found: (RiskScope, Int64)?
    each(scopes) { set, scope in
      if let least = limits.sets[set].confidenceMinMicros, least > found?.1 ?? -1 { found = (scope, least) }
    }
    return found
  }

  /// Units of orders of one side that a new order doesn't replace at once, because a cancel takes its time, signed.
  func pendingQuantity(_ index: Int, side: Side) -> Int64 {
    if !ordersLinger || (books[index].orders.isEmpty && protections.isEmpty) { return 0 }
    // Nothing is sold again that may be sold already.
    var sum = Int128(reducible(index, side) == .zero ? 0 : untold(index, side))
    for position in books[index].orders.indices {
      let order = books[index].orders[position]
      if defects.contains(.inFlightNotCounted), order.isUnacknowledged { continue }
      if order.side == side, !order.isReduceOnly, index != amendedIndex {
        sum += Int128(order.leaves.nanos)
      }
    }
    return Int64(clamping: sum * Int128(side.sign))
  }

  /// Units of orders that flatten, signed: no signal replaces them.
  ///
  /// - Parameter side: only this one's; nil for both, of which one alone has any.
  func flatteningQuantity(_ index: Int, side: Side? = nil) -> Int64 {
    // Nothing flattens where nothing is disturbed.
    if (!risk.isDisturbed && !account.isReducing) || books[index].orders.isEmpty { return 0 }
    var sum: Int128 = 0
    for position in books[index].orders.indices {
      let order = books[index].orders[position]
      if order.purpose == OrderPurpose.flatten.rawValue, side == nil || order.side == side {
        sum += Int128(order.leaves.nanos) * Int128(order.side.sign)
      }
    }
    return Int64(clamping: sum)
  }

  // MARK: Checks that refuse whatever the order does

  private func refuseWhole(
    _ walk: inout GateWalk, _ scopes: ScopeSets, _ index: Int, _ strategy: Int, _ knownAt: Timestamp,
    isRoll: Bool
  ) {
    if risk.isTradingHalted(index), configuration.sessions.halted == .refuse {
      walk.refuse(.tradingHalt, .symbol, 0, 0)
    }
    // A contract that has expired doesn't come again; a stock's ticker may, with another company behind it.
    if risk.books[index].hasEnded, instruments[index].assetClass == .future {
      walk.refuse(.marketClosed, .symbol, 0, 0)
    }
    // A roll is decided when the session is over.
    if !isRoll, configuration.sessions.closed == .refuse, !isMarketOpen(index, at: now) {
      walk.refuse(.marketClosed, .symbol, 0, 0)
    }
    each(scopes) { set, scope in
      if !isRoll, let hours = limits.sets[set].hours {
        let minute = TradingCalendar(instruments[index].calendar).localMinute(of: now)
        if minute < hours.fromMinute || minute >= hours.toMinute {
          walk.refuse(.outsideHours, scope, Int64(minute) * FixedPoint.unit, Int64(hours.toMinute) * FixedPoint.unit)
        }
      }
      if let most = limits.sets[set].staleNanos, risk.clock > knownAt {
        let age = Int128(risk.clock.nanos) - Int128(knownAt.nanos)
        if age > Int128(most) { walk.refuse(.staleBar, scope, narrow(age), most) }
      }
      if !limits.sets[set].isAllowed {
        cutPart(&walk, to: ownClosing(walk, scope, index, strategy), .notAllowed, scope, 0, 0)
      }
    }
  }

  // MARK: Checks that make what opens smaller

  private func cutByState(_ walk: inout GateWalk, _ state: (state: TradingState, scope: RiskScope), _ index: Int) {
    if state.state == .reduceOnly { walk.cut(to: 0, .reduceOnly, state.scope, walk.total, walk.closing) }
    guard walk.side == .sell else { return }
    if !configuration.risk.isShortAllowed {
      walk.cut(to: 0, .shortNotAllowed, .account, books[index].position.quantity.nanos - walk.total, 0)
    }
    let scopes = limits.scopes(strategy: -1, instrument: index)
    each(scopes) { set, scope in
      if let located = limits.sets[set].locatedQuantity {
        walk.cut(to: located.nanos - walk.held, .shortWithoutLocate, scope, walk.held + walk.opening, located.nanos)
      }
    }
    if limits.needsLocates, !isLocated(scopes) {
      walk.cut(to: 0, .shortWithoutLocate, .symbol, walk.held + walk.opening, 0)
    }
  }

  /// Where any symbol is located, the others are not.
  private func isLocated(_ scopes: ScopeSets) -> Bool {
    var isLocated = false
    each(scopes) { set, _ in if limits.sets[set].locatedQuantity != nil { isLocated = true } }
    return isLocated
  }

  private func cutByOrderCounts(_ walk: inout GateWalk, _ index: Int) {
    // A fill may need two protective orders more.
    let count = Int64(protectiveOrderCount(index) + lingeringCount(index)) + 2
    if count > Limits.workingOrdersMax {
      walk.cut(
        to: 0, .workingOrderCap, .account, count * FixedPoint.unit, Int64(Limits.workingOrdersMax) * FixedPoint.unit)
    }
    if configuration.risk.forbidsSelfCrossing, crosses(index, walk.side) {
      walk.cut(to: 0, .selfCrossing, .symbol, walk.total, 0)
    }
  }

  private func lingeringCount(_ index: Int) -> Int {
    ordersLinger ? books[index].orders.count - protectiveOrderCount(index) : 0
  }

  /// Whether an order of the other side could meet one at the market or at the profile's limit.
  private func crosses(_ index: Int, _ side: Side) -> Bool {
    for position in books[index].orders.indices {
      let order = books[index].orders[position]
      // What a newer signal replaces is gone before the new order goes out, but where its cancel is still on the way.
      if order.side == side || (!order.isReduceOnly && !ordersLinger) { continue }
      if !order.type.hasLimit { continue }
      if (order.limitPrice.nanos - books[index].mark.nanos) * side.sign <= 0 { return true }
    }
    return false
  }

  private func cutByPosition(_ walk: inout GateWalk, _ index: Int) {
    let most = Limits.positionNanosMax(multiplier: instruments[index].multiplierNanos)
    walk.cut(to: most - walk.held, .positionCap, .account, walk.held + walk.opening, most)
  }

  private func cutByPrice(_ walk: inout GateWalk, _ set: Int, _ scope: RiskScope, _ index: Int, _ strategy: Int) {
    if !hasPriceChecks(set) { return }
    let mark = books[index].mark
    let own = ownClosing(walk, scope, index, strategy)
    let isOnlyClosing = configuration.exitExecution != nil && walk.opening == 0
    let price = orderPrice(index, walk.side, strategy: strategy, isOnlyClosing: isOnlyClosing)
    cutByPrice(&walk, set, scope, index, to: own, at: price)
    if let alternativeStyle, !isOnlyClosing {
      // Either of the two may fill, so both have to be within.
      let (limit, stop) = orderPrices(alternativeStyle, index, walk.side)
      cutByPrice(&walk, set, scope, index, to: own, at: limit ?? stop ?? mark)
    }
  }

  private func cutByPrice(
    _ walk: inout GateWalk, _ set: Int, _ scope: RiskScope, _ index: Int, to own: Int128, at price: Price
  ) {
    let mark = books[index].mark
    if let least = limits.sets[set].priceMin, price < least {
      cutPart(&walk, to: own, .priceGuard, scope, price.nanos, least.nanos)
    }
    if let most = limits.sets[set].priceMax, price > most {
      cutPart(&walk, to: own, .priceGuard, scope, price.nanos, most.nanos)
    }
    if let most = limits.sets[set].collarMicros, let distance = distance(price, from: mark), distance > most {
      cutPart(&walk, to: own, .priceCollar, scope, narrow(Int128(distance) * 1_000), narrow(Int128(most) * 1_000))
    }
    if let most = limits.sets[set].closeCollarMicros,
      let distance = distance(price, from: risk.books[index].previousClose), distance > most
    {
      cutPart(&walk, to: own, .closeCollar, scope, narrow(Int128(distance) * 1_000), narrow(Int128(most) * 1_000))
    }
  }

  private func hasPriceChecks(_ set: Int) -> Bool {
    limits.sets[set].priceMin != nil || limits.sets[set].priceMax != nil || limits.sets[set].collarMicros != nil
      || limits.sets[set].closeCollarMicros != nil
  }

  /// Units of an order that close what a scope itself holds: they pass whatever its checks say.
  func ownClosing(_ walk: GateWalk, _ scope: RiskScope, _ index: Int, _ strategy: Int) -> Int128 {
    if scope != .strategy || strategyCount == 1 { return Int128(walk.closing) }
    let own = strategyEffective(strategy, index, walk.side) * Int128(walk.side.sign)
    return min(max(-own, 0), Int128(walk.total - others(walk, scope)))
  }

  /// Distance of two prices in millionths of the second, rounded up; nil where the second is zero.
  private func distance(_ price: Price, from reference: Price) -> Int64? {
    if reference.nanos == 0 { return nil }
    let gap = (Int128(price.nanos) - Int128(reference.nanos)).magnitude
    let base = Int128(reference.nanos).magnitude
    return Int64(clamping: (gap * 1_000_000 + base - 1) / base)
  }

  private func cutByOrderSize(
    _ walk: inout GateWalk, _ set: Int, _ scope: RiskScope, _ index: Int, _ strategy: Int
  ) {
    // A strategy's limits count its own part: of what is held, and of the order.
    let others = self.others(walk, scope)
    let own = scope == .strategy ? strategyEffective(strategy, index, walk.side) * Int128(walk.side.sign) : 0
    let held = scope == .strategy && strategyCount > 1 ? Int64(clamping: max(own, 0)) : walk.held
    let closing = Int64(ownClosing(walk, scope, index, strategy))
    let total = walk.total - others
    let after = Int128(held) + Int128(total - closing)
    func cut(_ units: Int128, _ reason: RiskReason, _ observed: Int128, _ limit: Int128) {
      cutPart(&walk, to: units, reason, scope, narrow(observed), narrow(limit))
    }
    if let cap = limits.sets[set].positionQuantityMax {
      cut(Int128(cap.nanos) - Int128(held) + Int128(closing), .positionCap, after, Int128(cap.nanos))
    }
    if let cap = limits.sets[set].orderQuantityMax {
      cut(Int128(cap.nanos), .orderQuantityCap, Int128(total), Int128(cap.nanos))
    }
    if let micros = limits.sets[set].volumeShareMicros {
      let cap = Int128(risk.books[index].volume.nanos) * Int128(micros) / 1_000_000
      cut(cap, .volumeShareCap, Int128(total), cap)
    }
    let unit = unitValue(index)
    guard unit > 0 else { return }
    if let cap = limits.sets[set].orderNotionalMax {
      cut(units(of: cap, unit), .orderNotionalCap, value(total, unit), cap)
    }
    if let cap = limits.sets[set].positionNotionalMax {
      cut(
        units(of: cap, unit) - Int128(held) + Int128(closing), .positionNotionalCap,
        perUnit(after * unit), cap)
    }
  }

  /// How many units an amount pays for; none where there is none, and never more than a quantity holds.
  func units(of money: Int128, _ unit: Int128) -> Int128 {
    min(Limits.units(of: max(money, 0), unitValue: unit), Int128(Int64.max))
  }

  /// Cuts a scope's part of an order to `units`: of the account's part only what opens, of a strategy's all but what closes its own.
  func cutPart(
    _ walk: inout GateWalk, to units: Int128, _ reason: RiskReason, _ scope: RiskScope, _ observed: Int64,
    _ limit: Int64
  ) {
    if scope == .strategy, strategyCount > 1 {
      walk.cutWhole(to: Int64(clamping: max(units, 0) + Int128(others(walk, scope))), reason, scope, observed, limit)
    } else {
      walk.cut(to: Int64(clamping: units - Int128(walk.closing)), reason, scope, observed, limit)
    }
  }

  /// Units of an order that a scope doesn't count.
  func others(_ walk: GateWalk, _ scope: RiskScope) -> Int64 { scope == .strategy ? min(walk.others, walk.total) : 0 }

  private func cutByCash(_ walk: inout GateWalk, _ index: Int) {
    guard configuration.risk.isCashRequired, walk.side == .buy, books[index].mark.nanos > 0, !isMargined(index) else {
      return
    }
    let unit = hasForeign && !configuration.currencies.convertsAtOnce ? ownUnitValue(index) : unitValue(index)
    let free = freeCash(except: index)
    // Buying back a short comes first out of the same cash.
    let units = Limits.units(of: max(free, 0), unitValue: unit) - Int128(walk.closing)
    walk.cut(
      to: Int64(clamping: units), .insufficientCash, .account, narrow(value(walk.total, unit)), narrow(free))
    if watch.contains(.settlement) { cutByUnsettled(&walk, unit: unit, free: free) }
  }

  /// The price an order would carry: its limit or trigger by its style's offsets, the last trade for a market order.
  func orderPrice(_ index: Int, _ side: Side, strategy: Int, isOnlyClosing: Bool) -> Price {
    let (limit, stop) = orderPrices(style(strategy: strategy, index: index, isOnlyClosing: isOnlyClosing), index, side)
    return limit ?? stop ?? books[index].mark
  }

  /// Nanos of the run's currency that a unit is worth at its mark, whatever the price's sign.
  @inline(__always)
  func unitValue(_ index: Int) -> Int128 { home(ownUnitValue(index), index) }

  /// The same in the instrument's currency.
  func ownUnitValue(_ index: Int) -> Int128 {
    Int128((Int128(books[index].mark.nanos) * Int128(instruments[index].multiplierNanos / FixedPoint.unit)).magnitude)
  }

  /// Nanos of currency of so many nanos of units, rounded towards zero.
  func value(_ nanos: Int64, _ unit: Int128) -> Int128 { perUnit(unit * Int128(nanos)) }
}
