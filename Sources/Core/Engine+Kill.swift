import Events
import Market

/// The kill switch: cancel everything, close everything, and let nothing else leave until a person says so.
///
/// Each step follows from events alone, so that a kill replays like all else and a crash between two steps goes on where it was. A position is closed
/// by one reduce-only order at a time: its quantity is what is held less what orders on the same side may still fill, so that nothing is closed
/// twice. What a bar leaves of it is followed up at the next step of the collar until the position is zero.
extension Engine {
  /// Begins a kill; one that is on already, or done, stays as it is.
  mutating func kill(_ source: KillSource, cause: UInt64, into out: inout EventBuffer) {
    if risk.kill.phase != .none { return }
    risk.kill = KillState(phase: .flattening, source: source, begunBy: cause)
    risk.isDisturbed = true
    for strategy in 0..<strategyCount { for index in books.indices { dropTarget(strategy, index) } }
    let begun = out.append(killAdvanced(opensAt: nil), cause: cause)
    refreshAccountState(cause: begun, into: &out)
    tellOfWithheldKill(cause: begun, into: &out)
    for index in books.indices { cancelAllButFlattening(index, cause: begun, reason: .kill, into: &out) }
    for index in books.indices { flatten(index, cause: begun, into: &out) }
    settleKill(cause: begun, into: &out)
  }

  /// Begins to close the position of one instrument, where it has one.
  mutating func flatten(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    if risk.books[index].flattenAttempt > 0 || sellable(index) == .zero { return }
    beginFlattening(index)
    sendFlattening(index, cause: cause, into: &out)
  }

  /// Looks after an instrument from now on until nothing of it is held or may still fill.
  mutating func beginFlattening(_ index: Int) {
    risk.books[index].flattenAttempt = max(risk.books[index].flattenAttempt, 1)
    risk.isDisturbed = true
  }

  /// Sends the order that closes what is held and nothing else closes already.
  private mutating func sendFlattening(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    let held = sellable(index)
    if held == .zero { return }
    let side: Side = held.nanos > 0 ? .sell : .buy
    let open = unclosed(index, side)
    if open <= 0 { return }
    close(
      Quantity(nanos: Int64(open)), index, side, limit: flatteningLimit(index, side), strategy: -1, cause: cause,
      into: &out)
  }

  /// Sends a reduce-only order.
  ///
  /// - Parameters:
  ///   - limit: nil for a market order.
  ///   - strategy: whose part it closes; −1 where it closes for all.
  mutating func close(
    _ quantity: Quantity, _ index: Int, _ side: Side, limit: Price?, strategy: Int, reason: RiskReason = .flattens,
    cause: UInt64, into out: inout EventBuffer
  ) {
    let decision = passed(index, side, quantity, reason, cause: cause, into: &out)
    place(
      OrderIntent(
        instrument: InstrumentIndex(index), side: side, type: limit == nil ? .market : .limit,
        timeInForce: .goodTillCancelled, purpose: .flatten, quantity: quantity, limitPrice: limit, stopPrice: nil),
      strategy: strategy, eligibleFrom: now, placedInsideBarOpenedAt: Timestamp(nanos: .min), cause: decision,
      into: &out)
  }

  /// What is held, in whole lots: less than one can't be sold, and is what a venue that takes its fee in units may leave.
  func closable(_ index: Int) -> Quantity {
    let held = books[index].position.quantity
    return isAnsweredOutside || paysInKind ? held.roundedDown(toLot: instruments[index].lotSize) : held
  }

  /// Goes on with closing once an order that stood in the way has ended at the venue. Where the closing order itself ended, the next bar goes on: a venue
  /// that refuses it would be asked without an end.
  mutating func closeRest(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    if books[index].orders.contains(where: { $0.isCancelRequested }) { return }
    sendFlattening(index, cause: cause, into: &out)
  }

  /// What is held less what orders on the closing side may still fill: what another one may close.
  func unclosed(_ index: Int, _ side: Side) -> Int128 {
    var pending: Int128 = 0
    for place in books[index].orders.indices where books[index].orders[place].side == side {
      pending += Int128(books[index].orders[place].leaves.nanos)
    }
    return Int128(closable(index).magnitude.nanos) - pending - Int128(untold(index, side))
  }

  /// The limit of this attempt: through the market by its step of the collar; nil for a market order.
  private func flatteningLimit(_ index: Int, _ side: Side) -> Price? {
    let rule = configuration.risk.kill
    let step = Int(risk.books[index].flattenAttempt) - 1
    if rule.collarMicros.isEmpty || (step >= rule.collarMicros.count && rule.endsAtMarket) { return nil }
    let micros = rule.collarMicros[min(step, rule.collarMicros.count - 1)]
    let mark = books[index].mark
    let distance = (Int128(mark.nanos.magnitude) * Int128(micros)).dividedRoundingHalfEven(by: 1_000_000)
    // Rounded to the tick that reaches further through the market.
    return rounded(
      Int128(mark.nanos) + distance * Int128(side.sign), tick: instruments[index].tickSize, side: side.opposite)
  }

  /// Looks after an instrument that is being closed, behind one of its bars.
  mutating func followFlattening(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    guard risk.books[index].flattenAttempt > 0 else { return }
    if sellable(index) == .zero {
      if books[index].orders.isEmpty {
        risk.books[index].flattenAttempt = 0
        risk.refreshDisturbed()
        refreshSymbolState(index, cause: cause, into: &out)
      }
      return
    }
    let working = books[index].orders.indices.first {
      books[index].orders[$0].purpose == OrderPurpose.flatten.rawValue && !books[index].orders[$0].isCancelRequested
    }
    if let working {
      let order = books[index].orders[working]
      // A market order works until volume suffices; a limit has had its chance once a bar has passed over it.
      if order.type == .market || !order.hasRested { return }
      withdraw(index, cause: cause, reason: .collarStep, into: &out) { $0.id == order.id }
    }
    if books[index].orders.contains(where: { $0.isCancelRequested }) { return }
    // What rests for as long as its cancel is refused or withheld may close everything itself: nothing can be sent beside it.
    if isAnsweredOutside, risk.isWithheld || unclosed(index, closable(index).nanos > 0 ? .sell : .buy) <= 0 { return }
    risk.books[index].flattenAttempt = min(risk.books[index].flattenAttempt + 1, 1_000_000)
    let alert = out.append(
      Alert(
        code: .flattenRetried, severity: .warning, instrument: InstrumentIndex(index),
        first: Int64(risk.books[index].flattenAttempt), second: books[index].position.quantity.nanos), cause: cause)
    sendFlattening(index, cause: alert, into: &out)
  }

  /// Says where a kill stands, where that has changed.
  mutating func settleKill(cause: UInt64, into out: inout EventBuffer) {
    if risk.kill.isDone { return }
    var isOpen = false
    var isReachable = false
    var opensAt: Timestamp?
    for index in books.indices {
      if !books[index].orders.isEmpty { isOpen = true }
      if sellable(index) == .zero { continue }
      isOpen = true
      if !risk.isTradingHalted(index), isMarketOpen(index, at: now) {
        isReachable = true
      } else if let next = nextOpen(index, after: now) {
        opensAt = min(opensAt ?? next, next)
      }
    }
    let phase: KillPhase = !isOpen ? .flatAndHalted : isReachable || !hasPositions ? .flattening : .armed
    if phase == risk.kill.phase { return }
    risk.kill.phase = phase
    let advanced = out.append(killAdvanced(opensAt: phase == .armed ? opensAt : nil), cause: cause)
    if phase != .flatAndHalted { return }
    for index in books.indices where holdsDust(index) {
      tellDust(Int128(books[index].position.quantity.nanos), index, cause: advanced, into: &out)
    }
  }

  private var hasPositions: Bool { books.indices.contains { sellable($0) != .zero } }

  private func killAdvanced(opensAt: Timestamp?) -> KillAdvanced {
    var positions: UInt64 = 0
    var orders: UInt64 = 0
    for index in books.indices {
      if sellable(index) != .zero { positions += 1 }
      orders += UInt64(books[index].orders.count)
    }
    return KillAdvanced(
      phase: risk.kill.phase, source: risk.kill.source, openPositions: positions, workingOrders: orders,
      opensAt: opensAt)
  }

  /// Ends a halt and a kill that is done; a kill that isn't is not ended by anyone.
  mutating func resume(_ reason: String, cause: UInt64, into out: inout EventBuffer) {
    if risk.kill.phase != .none {
      guard risk.kill.phase == .flatAndHalted, !reason.isEmpty else {
        let state = killAdvanced(opensAt: nil)
        out.append(
          Alert(
            code: .resumeRefused, severity: .error, instrument: InstrumentIndex(0),
            first: Int64(clamping: state.openPositions), second: Int64(clamping: state.workingOrders)), cause: cause)
        return
      }
      risk.kill.phase = .none
      risk.kill.begunBy = 0
      risk.refreshDisturbed()
      out.append(killAdvanced(opensAt: nil), cause: cause)
    }
    risk.operatorState = .active
    rearmAll(cause: cause, into: &out)
    refreshAccountState(cause: cause, into: &out)
  }

  /// Whether an instrument's market is in a session at `instant`, by its calendar.
  func isMarketOpen(_ index: Int, at instant: Timestamp) -> Bool {
    let calendar = TradingCalendar(instruments[index].calendar)
    return isTrading(calendar.phase(at: instant))
  }

  private func nextOpen(_ index: Int, after instant: Timestamp) -> Timestamp? {
    let calendar = TradingCalendar(instruments[index].calendar)
    var span = calendar.span(at: instant)
    // In a halt the session goes on: when it ends nobody knows.
    if isTrading(span.phase) { return nil }
    while !isTrading(span.phase) {
      if span.end.nanos == .max { return nil }
      span = calendar.span(at: span.end)
    }
    return span.start
  }
}
