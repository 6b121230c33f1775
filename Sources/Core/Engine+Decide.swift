import Events
import Market
import Strategies

/// From a closed slot to intents: strategy → signal → sizing → risk gate → order.
extension Engine {
  /// Shows a bar to every strategy, in the profile's order.
  mutating func decide(on bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    if hasRateAlone, currencies.isRateOnly[bar.instrument.position] { return }
    var isReady = false
    for strategy in 0..<strategyCount {
      switch watch.contains(.rolls) ? updateChain(strategy, bar) : strategies.update(strategy, bar) {
      case .warmingUp:
        break
      case .hold:
        isReady = true
      case .target(let target):
        isReady = true
        take(
          target, strategy: strategy, instrument: bar.instrument, isHistorical: bar.isHistorical, knownAt: bar.knownAt,
          cause: sequence, into: &out)
      }
    }
    if !isReady { counts.warmingUp += 1 }
    if hasFollowUps,
      risk.books[bar.instrument.position].needsFollowUp || configuration.sizingRule.isRebalanced
    {
      followUp(bar, cause: sequence, into: &out)
    }
  }

  /// Lets the strategies that compare instruments decide, once all bars of the instant were shown to them.
  mutating func closeRanking(sequence: UInt64, isHistorical: Bool, into out: inout EventBuffer) {
    for place in rankingStrategies.indices {
      let strategy = rankingStrategies[place]
      rankedTargets.removeAll(keepingCapacity: true)
      strategies.closeSlot(strategy, &rankedTargets)
      for position in rankedTargets.indices {
        let ranked = rankedTargets[position]
        guard let index = meant(ranked.instrument.position) else { continue }
        take(
          ranked.target, strategy: strategy, instrument: InstrumentIndex(index), isHistorical: isHistorical,
          knownAt: now, cause: sequence, into: &out)
      }
    }
  }

  /// Turns one target into a signal, a risk decision and, where something passes, an order.
  private mutating func take(
    _ wanted: Target, strategy: Int, instrument: InstrumentIndex, isHistorical: Bool, knownAt: Timestamp, cause: UInt64,
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
    noteSignal(wanted, strategy: strategy, index: index, cause: signal, into: &out)

    let passesConfidence = target.confidenceMicros >= (configuration.risk.account.confidenceMinMicros ?? 0)
    let state = tradingState(strategy: strategy, index: index).state
    if !isHistorical, state != .halted, risk.kill.phase == .none, passesConfidence {
      targetMicros[strategy * books.count + index] = target.direction.sign * target.strengthMicros
    }
    let amendment = isHistorical ? nil : amendment(index, strategy: strategy)
    let outcome = settle(
      amendment ?? change(index, speaking: strategy), index: index, strategy: strategy,
      confidenceMicros: target.confidenceMicros, isHistorical: isHistorical, knownAt: knownAt, cause: signal, into: &out
    )
    amendedIndex = -1
    switch outcome {
    case .passed: break
    case .cut: counts.cut += 1
    case .refused, .qtyCappedToZero: counts.refused += 1
    }
  }

  /// Lets the gate judge a change of position, and orders what passes.
  @discardableResult
  mutating func settle(
    _ requested: Quantity, index: Int, strategy: Int, confidenceMicros: Int64, isHistorical: Bool, knownAt: Timestamp,
    cause: UInt64, into out: inout EventBuffer
  ) -> RiskOutcome {
    let band = isWithinBand(requested, index: index, strategy: strategy)
    let isSizeUnknown =
      isSizedByEstimates && targetMicros[strategy * books.count + index] != 0
      && fullPosition(index, strategy: strategy) == nil
    let verdict = judge(
      requested, index: index, strategy: strategy, confidenceMicros: confidenceMicros, isHistorical: isHistorical,
      knownAt: knownAt, isSizeUnknown: isSizeUnknown, band: band.isWithin ? band.limit : nil)
    let instrument = InstrumentIndex(index)
    let decision = out.append(
      RiskDecision(
        instrument: instrument, outcome: verdict.outcome, reason: verdict.reason, requested: requested,
        allowed: verdict.allowed, observed: verdict.observed, limit: verdict.limit, scope: verdict.scope,
        checks: verdict.checks), cause: cause)
    let amended = amendable(verdict, index, strategy)
    if amended == nil {
      withdrawStale(verdict, requested, index: index, strategy: strategy, cause: decision, into: &out)
    }
    grant(verdict, requested, strategy, index)
    if verdict.allowed == .zero { return verdict.outcome }
    if amended == nil, index == amendedIndex {
      // It was judged as if the order that works were gone, which it is when its cancel is confirmed.
      risk.books[index].needsFollowUp = true
      return verdict.outcome
    }
    if !protections.isEmpty, !risk.isWithheld, makeWay(for: verdict.allowed, index, cause: decision, into: &out) {
      return verdict.outcome
    }
    risk.books[index].intended =
      books[index].position.quantity.nanos + flatteningQuantity(index) + verdict.allowed.nanos
    intend(
      verdict.allowed, instrument: instrument, strategy: strategy,
      isOnlyClosing: isOnlyClosing(verdict.allowed, index), amending: amended, cause: decision, into: &out)
    return verdict.outcome
  }

  /// Whether a change makes what is held smaller and nothing more, once what flattens has filled.
  func isOnlyClosing(_ change: Quantity, _ index: Int) -> Bool {
    let position = Quantity(nanos: books[index].position.quantity.nanos + flatteningQuantity(index))
    return position.nanos != 0 && (position.nanos > 0) != (change.nanos > 0) && change.magnitude <= position.magnitude
  }

  /// Takes back what a decision makes stale of older signals' orders.
  ///
  /// What passes replaces them, and where what is held is what is wanted, nothing more is to fill. A refused signal touches no order; one that is cut
  /// to zero was judged, so that orders of the other side are no longer wanted.
  private mutating func withdrawStale(
    _ verdict: RiskVerdict, _ requested: Quantity, index: Int, strategy: Int, cause: UInt64,
    into out: inout EventBuffer
  ) {
    if books[index].orders.isEmpty { return }
    switch verdict.outcome {
    case .passed, .cut: cancelSignalOrders(index, cause: cause, into: &out)
    case .refused:
      guard verdict.reason == .alreadyThere || verdict.reason == .sizeScaledToZero else { return }
      // Where cancels are late, what works may be what is wanted.
      if ordersLinger, missing(index, speaking: strategy) != 0, !isTooMuch(index, strategy) { return }
      cancelSignalOrders(index, cause: cause, into: &out)
    case .qtyCappedToZero:
      cancelUnwanted(
        index, ofStrategy: strategy, requested.nanos > 0 ? .sell : .buy, cause: cause, into: &out)
    }
  }

  /// The position that the strategies together are to have: what the one that speaks wants, and what the others were granted.
  private mutating func wanted(_ index: Int, speaking strategy: Int) -> Quantity {
    var exact = desired(strategy, index)
    for other in 0..<strategyCount where other != strategy { exact += standing(other, index) }
    let most = Int128(Limits.positionNanosMax(multiplier: instruments[index].multiplierNanos))
    return Quantity(nanos: Int64(min(max(exact, -most), most))).roundedDown(toLot: instruments[index].lotSize)
  }

  /// What a strategy that doesn't speak is to have: what it was granted, but no more than it holds where a breaker or a person lets it open nothing.
  private func standing(_ strategy: Int, _ index: Int) -> Int128 {
    let share = risk.shares[strategy * books.count + index]
    if tradingState(strategy: strategy, index: index).state == .active { return share.granted }
    let isClosing = share.granted == 0 || (share.granted > 0) == (share.quantity > 0)
    return isClosing && share.granted.magnitude <= share.quantity.magnitude ? share.granted : share.quantity
  }

  /// Signed units that a strategy wants for itself, within the position caps that are its own.
  mutating func desired(_ strategy: Int, _ index: Int) -> Int128 {
    let micros = targetMicros[strategy * books.count + index]
    if micros == 0 { return 0 }
    guard let full = fullPosition(index, strategy: strategy) else {
      // Not known how large: what is held stays.
      return risk.shares[strategy * books.count + index].quantity
    }
    let exact = Int128(full.nanos) * Int128(micros) / 1_000_000
    let most = Int128(Limits.positionNanosMax(multiplier: instruments[index].multiplierNanos))
    return strategyCount == 1 ? exact : min(max(exact, -most), most)
  }

  /// What a strategy wants, within its own position caps: where the order of another brings it, the gate doesn't see it again.
  private func withinOwnCaps(_ wanted: Int128, _ strategy: Int, _ index: Int) -> Int128 {
    let set = limits.scopes(strategy: strategy, instrument: index).strategy
    if set < 0 { return wanted }
    var most = Int128.max
    if let cap = limits.sets[set].positionQuantityMax { most = Int128(cap.nanos) }
    let unit = unitValue(index)
    if let cap = limits.sets[set].positionNotionalMax, unit > 0 {
      most = min(most, Limits.units(of: cap, unitValue: unit))
    }
    if !limits.sets[set].isAllowed {
      let held = risk.shares[strategy * books.count + index].quantity
      return held > 0 ? min(max(wanted, 0), held) : max(min(wanted, 0), held)
    }
    return min(max(wanted, -most), most)
  }

  /// Notes what the gate let a strategy have.
  private mutating func grant(_ verdict: RiskVerdict, _ requested: Quantity, _ strategy: Int, _ index: Int) {
    if strategyCount == 1 { return }
    let place = strategy * books.count + index
    switch verdict.outcome {
    case .passed, .cut:
      risk.shares[place].granted =
        risk.shares[place].quantity + Int128(verdict.own) * (verdict.allowed.nanos < 0 ? -1 : 1)
    case .refused:
      guard verdict.reason == .alreadyThere || verdict.reason == .sizeScaledToZero else { return }
      let wanted = desired(strategy, index)
      risk.shares[place].granted = withinOwnCaps(wanted, strategy, index)
    case .qtyCappedToZero:
      // What an older signal was granted on the same side works on.
      let lack = lack(strategy, index)
      if lack != 0, (lack > 0) != (requested.nanos > 0) { risk.shares[place].granted = risk.shares[place].quantity }
    }
  }

  /// Signed nanos between what is wanted, and what is held once what flattens has filled.
  mutating func missing(_ index: Int, speaking strategy: Int) -> Int64 {
    let missing =
      wanted(index, speaking: strategy).nanos - books[index].position.quantity.nanos - flatteningQuantity(index)
    // A venue that takes fees in units leaves parts of lots, which nothing can trade.
    return isAnsweredOutside || paysInKind
      ? Quantity(nanos: missing).roundedDown(toLot: instruments[index].lotSize).nanos : missing
  }

  /// The change that brings a position to what is wanted, where everything that is on the way arrives: asking twice never doubles it. None while a rest of it
  /// is still to be carried over from an older contract.
  mutating func change(_ index: Int, speaking strategy: Int) -> Quantity {
    if watch.contains(.rolls), waitsForRest(index) {
      risk.books[index].needsFollowUp = true
      return .zero
    }
    let missing = missing(index, speaking: strategy)
    if missing == 0 { return .zero }
    let pending = pendingQuantity(index, side: missing > 0 ? .buy : .sell)
    if pending == 0 { return Quantity(nanos: missing) }
    let rest = Int128(missing) - Int128(pending)
    return (rest > 0) == (missing > 0) ? Quantity(nanos: Int64(rest)) : .zero
  }

  /// Cash less what working buy orders of other instruments may still spend at their limit or mark, in the currency that an instrument is paid in.
  func freeCash(except instrument: Int) -> Int128 {
    let purse = cashPurse(instrument)
    guard configuration.risk.isCashRequired else { return ledger.purses[purse].cash }
    var free = ledger.purses[purse].cash
    for index in books.indices where !books[index].orders.isEmpty && cashPurse(index) == purse && !isMargined(index) {
      for (place, order) in books[index].orders.enumerated()
      where order.side == .buy && !order.isReduceOnly && order.expiresAt > now {
        if order.isAlternative, isShadowed(index, place) { continue }
        // The instrument's own orders are replaced, but for those whose cancel is on the way.
        if index == instrument, !lingers(index) { continue }
        let price = dearest(index, order)
        free -= asPaid(price.notional(order.leaves, multiplier: instruments[index].multiplierNanos), index)
      }
    }
    return free
  }

  /// Writes the intent and lets the venue answer.
  private mutating func intend(
    _ change: Quantity, instrument: InstrumentIndex, strategy: Int, isOnlyClosing: Bool, amending: OrderID? = nil,
    cause: UInt64, into out: inout EventBuffer
  ) {
    let side: Side = change.nanos > 0 ? .buy : .sell
    let index = instrument.position
    let style = style(strategy: strategy, index: index, isOnlyClosing: isOnlyClosing)
    let alternative = isOnlyClosing ? nil : alternativeStyle
    let first = intend(
      change.magnitude, side, instrument, style, strategy: strategy,
      group: alternative == nil ? .none : .first, amending: amending, cause: cause, into: &out)
    // What the first has filled at once is no longer wanted of the second; and a breaker that the first has tripped has taken it back.
    guard let alternative, let first, let order = books[index].orders.first(where: { $0.id == first }),
      !order.isCancelRequested
    else { return }
    intend(
      order.leaves, side, instrument, alternative, strategy: strategy, group: .behind(first), amending: nil,
      cause: cause, into: &out)
  }

  /// Writes one intent and lets the venue answer; nil where it was rejected or withheld.
  @discardableResult
  private mutating func intend(
    _ quantity: Quantity, _ side: Side, _ instrument: InstrumentIndex, _ style: OrderStyle, strategy: Int,
    group: GroupPlace, amending: OrderID?, cause: UInt64, into out: inout EventBuffer
  ) -> OrderID? {
    let (limitPrice, stopPrice) = orderPrices(style, instrument.position, side)
    return place(
      OrderIntent(
        instrument: instrument, side: side, type: style.type, timeInForce: style.timeInForce, purpose: .signal,
        quantity: quantity, limitPrice: limitPrice, stopPrice: stopPrice), strategy: strategy, style: style,
      group: group, amending: amending, eligibleFrom: now, placedInsideBarOpenedAt: Timestamp(nanos: .min),
      cause: cause, into: &out)
  }
}
