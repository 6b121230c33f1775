import Events
import Market
import Strategies

/// From a closed slot to intents: strategy → signal → sizing → risk gate → order.
extension Engine {
  /// Shows a bar to every strategy, in the profile's order.
  mutating func decide(on bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    var isReady = false
    for strategy in 0..<strategyCount {
      switch strategies.update(strategy, bar) {
      case .warmingUp:
        break
      case .hold:
        isReady = true
      case .target(let target):
        isReady = true
        take(
          target, strategy: strategy, instrument: bar.instrument, isHistorical: bar.isHistorical, cause: sequence,
          into: &out)
      }
    }
    if !isReady { counts.warmingUp += 1 }
  }

  /// Lets the strategies that compare instruments decide, once all bars of the instant were shown to them.
  mutating func closeRanking(sequence: UInt64, isHistorical: Bool, into out: inout EventBuffer) {
    for place in rankingStrategies.indices {
      let strategy = rankingStrategies[place]
      rankedTargets.removeAll(keepingCapacity: true)
      strategies.closeSlot(strategy, &rankedTargets)
      for position in rankedTargets.indices {
        let ranked = rankedTargets[position]
        take(
          ranked.target, strategy: strategy, instrument: ranked.instrument, isHistorical: isHistorical, cause: sequence,
          into: &out)
      }
    }
  }

  /// Turns one target into a signal, a risk decision and, where something passes, an order.
  private mutating func take(
    _ wanted: Target, strategy: Int, instrument: InstrumentIndex, isHistorical: Bool, cause: UInt64,
    into out: inout EventBuffer
  ) {
    let index = instrument.position
    invariant(index < books.count, "a strategy targets instruments of its run", Int64(index), Int64(books.count))
    var target = wanted
    target.strengthMicros = min(max(wanted.strengthMicros, 0), 1_000_000)
    target.confidenceMicros = min(max(wanted.confidenceMicros, 0), 1_000_000)
    target.firstFeature = max(wanted.firstFeature, -Int64.max)
    target.secondFeature = max(wanted.secondFeature, -Int64.max)
    counts.signals += 1
    let signal = out.append(
      Signal(
        strategy: UInt16(strategy), instrument: instrument, direction: target.direction,
        strength: target.strengthMicros, confidence: target.confidenceMicros, reason: target.reason,
        firstFeature: target.firstFeature, secondFeature: target.secondFeature), cause: cause)

    let passesConfidence = target.confidenceMicros >= (configuration.risk.account.confidenceMinMicros ?? 0)
    if !isHistorical, !isHalted, passesConfidence {
      targetMicros[strategy * books.count + index] = target.direction.sign * target.strengthMicros
    }
    let position = books[index].position.quantity
    let requested = change(index)
    let verdict = configuration.risk.verdict(
      RiskFacts(
        requested: requested, position: position, mark: books[index].mark,
        multiplier: instruments[index].multiplierNanos, lot: instruments[index].lotSize,
        freeCash: freeCash(except: index), confidenceMicros: target.confidenceMicros, isHalted: isHalted,
        isHistorical: isHistorical, workingOrderCount: protectiveOrderCount(index)))
    let decision = out.append(
      RiskDecision(
        instrument: instrument, outcome: verdict.outcome, reason: verdict.reason, requested: requested,
        allowed: verdict.allowed, observed: verdict.observed, limit: verdict.limit), cause: signal)
    if verdict.outcome == .cut { counts.cut += 1 }
    // An older signal's order is stale whatever passes now, unless the gate didn't look at this one at all.
    if verdict.reason != .historicalBar, verdict.reason != .confidenceBelowMinimum {
      cancelSignalOrders(index, cause: decision, into: &out)
    }
    guard verdict.allowed != .zero else {
      counts.refused += 1
      return
    }
    let isOnlyClosing =
      position.nanos != 0 && (position.nanos > 0) != (verdict.allowed.nanos > 0)
      && verdict.allowed.magnitude <= position.magnitude
    intend(verdict.allowed, instrument: instrument, isOnlyClosing: isOnlyClosing, cause: decision, into: &out)
  }

  /// The signed change that brings the position of an instrument to what the strategies together want.
  private func change(_ index: Int) -> Quantity {
    var micros: Int64 = 0
    for strategy in 0..<strategyCount { micros += targetMicros[strategy * books.count + index] }
    if micros == 0 { return Quantity(nanos: -books[index].position.quantity.nanos) }
    let full = configuration.sizing.fullPosition(
      mark: books[index].mark, multiplier: instruments[index].multiplierNanos, lot: instruments[index].lotSize,
      equity: ledger.equity)
    let exact = (Int128(full.nanos) * Int128(micros)) / 1_000_000
    let most = Int128(Limits.positionNanosMax(multiplier: instruments[index].multiplierNanos))
    let wanted = Quantity(nanos: Int64(min(max(exact, -most), most))).roundedDown(toLot: instruments[index].lotSize)
    return wanted - books[index].position.quantity
  }

  /// Cash less what working buy orders of other instruments may still spend at their limit or mark.
  private func freeCash(except instrument: Int) -> Int128 {
    guard configuration.risk.isCashRequired else { return ledger.cash }
    var free = ledger.cash
    for index in books.indices where index != instrument && !books[index].orders.isEmpty {
      for order in books[index].orders where order.side == .buy && !order.isProtective && order.expiresAt > now {
        let price = order.type == .limit || order.type == .stopLimit ? order.limitPrice : books[index].mark
        free -= price.notional(order.leaves, multiplier: instruments[index].multiplierNanos)
      }
    }
    return free
  }

  /// Writes the intent and lets the venue answer.
  private mutating func intend(
    _ change: Quantity, instrument: InstrumentIndex, isOnlyClosing: Bool, cause: UInt64, into out: inout EventBuffer
  ) {
    let index = instrument.position
    let side: Side = change.nanos > 0 ? .buy : .sell
    let execution = configuration.execution
    // What only closes goes at market, until it is done: neither a limit that is never touched nor a bar with too little volume
    // must keep anyone in a position.
    let type = isOnlyClosing ? OrderType.market : execution.type
    let timeInForce = isOnlyClosing ? TimeInForce.goodTillCancelled : execution.timeInForce
    let tick = instruments[index].tickSize
    let mark = books[index].mark
    let limitTicks = Int128(execution.limitOffsetTicks) * Int128(side.sign)
    let stopTicks = Int128(execution.stopOffsetTicks) * Int128(side.sign)
    var limitPrice: Price?
    var stopPrice: Price?
    switch type {
    case .market: break
    case .limit:
      limitPrice = stepped(mark, ticks: -limitTicks, tick: tick, side: side)
    case .stop:
      stopPrice = stepped(mark, ticks: stopTicks, tick: tick, side: side.opposite)
    case .stopLimit:
      stopPrice = stepped(mark, ticks: stopTicks, tick: tick, side: side.opposite)
      limitPrice = stepped(mark, ticks: stopTicks - limitTicks, tick: tick, side: side)
    }
    place(
      OrderIntent(
        instrument: instrument, side: side, type: type, timeInForce: timeInForce, purpose: .signal,
        quantity: change.magnitude, limitPrice: limitPrice, stopPrice: stopPrice), eligibleFrom: now,
      placedInsideBarOpenedAt: Timestamp(nanos: .min), cause: cause, into: &out)
  }

  /// A price `ticks` away, on a tick: down for a buy, up for a sell, so that rounding is never to the account's harm.
  private func stepped(_ price: Price, ticks: Int128, tick: Price, side: Side) -> Price {
    // Offsets beyond any price stay beyond, and their product with a tick within 128 bits.
    let bounded = min(max(ticks, -Int128(Int64.max)), Int128(Int64.max))
    return rounded(Int128(price.nanos) + bounded * Int128(tick.nanos), tick: tick, side: side)
  }

  /// An exact price rounded to a tick: down for a buy, up for a sell.
  func rounded(_ nanos: Int128, tick: Price, side: Side) -> Price {
    let (whole, rest) = nanos.quotientAndRemainder(dividingBy: Int128(tick.nanos))
    var ticks = whole
    if rest < 0, side == .buy { ticks -= 1 }
    if rest > 0, side == .sell { ticks += 1 }
    // Beyond what a price holds the result is on no tick, and the venue rejects the order for it.
    return Price(nanos: max(Int64(clamping: ticks * Int128(tick.nanos)), -Int64.max))
  }
}
