import Events
import Market

/// Breakers: thresholds that take something out of trade when they are crossed.
extension Engine {
  /// Trips a breaker, once until it is armed again.
  mutating func trip(
    _ rule: Int, _ state: Int, observed: Int128, limit: Int128, cause: UInt64, into out: inout EventBuffer
  ) {
    if risk.breakers[state].isTripped { return }
    risk.breakers[state].isTripped = true
    let subject = breakers.subject(rule, state)
    let action = breakers.rules[rule].action
    let tripped = out.append(
      BreakerTripped(
        breaker: UInt16(rule), watches: breakers.rules[rule].watches, action: action, subject: subject,
        observed: narrow(observed), limit: narrow(limit), window: UInt64(max(breakers.rules[rule].window, 0))),
      cause: cause)
    switch subject.scope {
    case .account, .sector:
      if action == .flatten {
        kill(.breaker, cause: tripped, into: &out)
      } else {
        refreshAccountState(cause: tripped, into: &out)
        if action >= .reduceOnly {
          for index in books.indices { cancelEntries(index, cause: tripped, into: &out) }
        }
      }
    case .strategy:
      refreshStrategyState(Int(subject.index), cause: tripped, into: &out)
      if action >= .reduceOnly {
        for index in books.indices {
          cancelEntries(index, ofStrategy: Int(subject.index), cause: tripped, into: &out)
        }
      }
      if action == .flatten { flattenStrategy(Int(subject.index), cause: tripped, into: &out) }
    case .symbol:
      let index = Int(subject.index)
      refreshSymbolState(index, cause: tripped, into: &out)
      if action >= .reduceOnly { cancelEntries(index, cause: tripped, into: &out) }
      if action == .flatten {
        for strategy in 0..<strategyCount { dropTarget(strategy, index) }
        cancelAllButFlattening(index, cause: tripped, reason: .breaker, into: &out)
        flatten(index, cause: tripped, into: &out)
        // What is being cancelled may fill yet: it is closed then.
        if !books[index].orders.isEmpty { beginFlattening(index) }
      }
    }
  }

  /// Alerts with a statistic, and trips for it: the alert is the trip's cause.
  mutating func warnAndTrip(
    _ rule: Int, _ state: Int, _ code: AlertCode, index: Int = 0, first: Int64, second: Int64, observed: Int128,
    limit: Int128, cause: UInt64, into out: inout EventBuffer
  ) {
    let alert = out.append(
      Alert(
        code: code, severity: .warning, instrument: InstrumentIndex(index), first: first, second: second), cause: cause)
    trip(rule, state, observed: observed, limit: limit, cause: alert, into: &out)
  }

  /// Takes back what could make a position larger; what protects, flattens or only closes works on, so that no breaker keeps anyone in a position.
  ///
  /// - Parameter strategy: only this one's orders, and what makes its own part larger too; nil for all.
  private mutating func cancelEntries(
    _ index: Int, ofStrategy strategy: Int? = nil, cause: UInt64, into out: inout EventBuffer
  ) {
    if books[index].orders.isEmpty { return }
    let held = books[index].position.quantity.nanos
    // What older orders may still close is not there for younger ones to close: those would turn the position.
    var closable = Int128(held.magnitude)
    if let strategy, strategyCount > 1 {
      let share = risk.shares[strategy * books.count + index]
      let isHolding = share.quantity != 0 && (share.quantity > 0) == (held > 0)
      if !isHolding || (share.granted != 0 && (share.granted > 0) != (held > 0)) { closable = 0 }
    }
    let closingSide: Side = held > 0 ? .sell : .buy
    withdraw(index, cause: cause, reason: .breaker, into: &out) { order in
      if let strategy, Int(order.strategy) != strategy { return false }
      if order.isProtective { return false }
      if order.side == closingSide, Int128(order.leaves.nanos) <= closable {
        closable -= Int128(order.leaves.nanos)
        return false
      }
      return !order.isBoundToPosition
    }
  }

  /// Begins to close what a strategy holds.
  private mutating func flattenStrategy(_ strategy: Int, cause: UInt64, into out: inout EventBuffer) {
    for index in books.indices { dropTarget(strategy, index) }
    risk.flattening[strategy] = true
    risk.isDisturbed = true
    for index in books.indices {
      cancelProtection(index, ofStrategy: strategy, cause: cause, into: &out)
      closeShare(index, ofStrategy: strategy, cause: cause, into: &out)
    }
  }

  /// Closes a strategy's part of a position where that makes the position smaller and nothing else is closing it.
  mutating func closeShare(_ index: Int, ofStrategy strategy: Int, cause: UInt64, into out: inout EventBuffer) {
    if risk.kill.phase != .none || risk.books[index].flattenAttempt > 0 { return }
    let share = risk.shares[strategy * books.count + index].quantity
    let held = books[index].position.quantity.nanos
    // A part that others hedge is not closed alone: that would make the account's position larger.
    if share == 0 || held == 0 || (share > 0) != (held > 0) { return }
    let side: Side = share > 0 ? .sell : .buy
    var open = Int128(share.magnitude)
    for place in books[index].orders.indices {
      let order = books[index].orders[place]
      if order.purpose == OrderPurpose.flatten.rawValue, Int(order.strategy) == strategy {
        open -= Int128(order.leaves.nanos)
      }
    }
    open = min(open, unclosed(index, side))
    if open <= 0 { return }
    let quantity = Quantity(nanos: Int64(open)).roundedDown(toLot: instruments[index].lotSize)
    if quantity == .zero || isDust(Int128(quantity.nanos), index) { return }
    close(quantity, index, side, limit: nil, strategy: strategy, cause: cause, into: &out)
  }

  /// Goes on with closing strategies' parts, behind a bar of the instrument.
  mutating func followShares(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    for strategy in 0..<strategyCount where risk.flattening[strategy] {
      closeShare(index, ofStrategy: strategy, cause: cause, into: &out)
      guard isClosed(strategy) else { continue }
      risk.flattening[strategy] = false
      for place in books.indices {
        let rest = risk.shares[strategy * books.count + place].quantity
        if isDust(rest, place) { tellDust(rest, place, cause: cause, into: &out) }
      }
      risk.refreshDisturbed()
      refreshStrategyState(strategy, cause: cause, into: &out)
    }
  }

  /// Whether nothing of a strategy's is left to be closed. What others hedge can't be closed alone: it waits for as long as the breaker is tripped,
  /// and is the strategy's to trade again when an operator has armed it.
  private func isClosed(_ strategy: Int) -> Bool {
    let isArmed = breakerState(.strategy(strategy)) < .halted
    for index in books.indices {
      if books[index].orders.contains(where: { Int($0.strategy) == strategy }) { return false }
      let share = risk.shares[strategy * books.count + index].quantity
      let held = books[index].position.quantity.nanos
      if share == 0 || isDust(share, index) || (isArmed && (held == 0 || (share > 0) != (held > 0))) { continue }
      return false
    }
    return true
  }

  // MARK: Arming

  /// Arms what the next trading day arms.
  mutating func rearmForSession(cause: UInt64, into out: inout EventBuffer) {
    for rule in breakers.rules.indices where breakers.rules[rule].rearm == .nextSession {
      rearm(rule, by: .nextSession, cause: cause, into: &out)
    }
  }

  /// Arms every breaker: an operator's command.
  mutating func rearmAll(cause: UInt64, into out: inout EventBuffer) {
    for rule in breakers.rules.indices { rearm(rule, by: .operatorCommand, cause: cause, into: &out) }
  }

  private mutating func rearm(_ rule: Int, by: RearmCause, cause: UInt64, into out: inout EventBuffer) {
    for state in breakers.states(rule) where risk.breakers[state].isTripped {
      risk.breakers[state] = BreakerState()
      let subject = breakers.subject(rule, state)
      let armed = out.append(
        BreakerRearmed(breaker: UInt16(rule), watches: breakers.rules[rule].watches, subject: subject, by: by),
        cause: cause)
      // A loss that was looked at is not looked at again: the peak, too, begins anew.
      if breakers.rules[rule].watches == .drawdown { risk.peakEquity = equity }
      resetWindows(rule, state)
      switch subject.scope {
      case .account, .sector: refreshAccountState(cause: armed, into: &out)
      case .strategy: refreshStrategyState(Int(subject.index), cause: armed, into: &out)
      case .symbol: refreshSymbolState(Int(subject.index), cause: armed, into: &out)
      }
    }
  }

  // MARK: Trading states

  /// The strictest state that tripped breakers ask for a subject.
  private func breakerState(_ subject: RiskSubject) -> TradingState {
    var strictest = TradingState.active
    for rule in breakers.rules.indices {
      for state in breakers.states(rule)
      where risk.breakers[state].isTripped && breakers.subject(rule, state) == subject {
        strictest = max(strictest, breakers.rules[rule].action.state)
      }
    }
    return strictest
  }

  mutating func refreshAccountState(cause: UInt64, into out: inout EventBuffer) {
    let killed: TradingState = risk.kill.phase == .none ? .active : .halted
    let state = max(risk.operatorState, killed, breakerState(.account))
    if state == risk.account { return }
    risk.account = state
    out.append(TradingStateChanged(subject: .account, state: state), cause: cause)
  }

  private mutating func refreshStrategyState(_ strategy: Int, cause: UInt64, into out: inout EventBuffer) {
    // Armed again or not: nothing else leaves until what is being closed is closed.
    let state = risk.flattening[strategy] ? .halted : breakerState(.strategy(strategy))
    if state == risk.strategies[strategy] { return }
    risk.strategies[strategy] = state
    out.append(TradingStateChanged(subject: .strategy(strategy), state: state), cause: cause)
  }

  mutating func refreshSymbolState(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    let isClosing = risk.kill.phase == .none && risk.books[index].flattenAttempt > 0
    let state = isClosing ? .halted : breakerState(.symbol(index))
    if state == risk.symbols[index] { return }
    risk.symbols[index] = state
    out.append(TradingStateChanged(subject: .symbol(index), state: state), cause: cause)
  }
}

extension BreakerAction {
  var state: TradingState {
    switch self {
    case .alert: .active
    case .reduceOnly: .reduceOnly
    case .halt, .flatten: .halted
    }
  }
}
