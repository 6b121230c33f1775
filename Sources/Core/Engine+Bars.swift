import Events
import Market

/// What the risk rules take from a bar: only where a run's rules need it.
extension Engine {
  /// Notes volume, session, day's close and gap before the bar counts.
  mutating func observe(_ bar: Bar, _ index: Int, sequence: UInt64, into out: inout EventBuffer) {
    if watch.contains(.previousClose), bar.knownAt > risk.books[index].dayEnd {
      if risk.books[index].dayEnd.nanos != .min { risk.books[index].previousClose = books[index].mark }
      risk.books[index].dayEnd = TradingCalendar(instruments[index].calendar).sessionEnd(after: bar.openTime)
    }
    if watch.contains(.account), !bar.isHistorical { account.hasBegun = true }
    if watch.contains(.rolls) { observeChain(bar, index, sequence: sequence, into: &out) }
    if watch.contains(.feeRates) { noteFeeRate(index, sequence: sequence) }
    if watch.contains(.volume) { risk.books[index].volume = bar.volume }
    if watch.contains(.gap) {
      for place in breakers.atGaps.indices {
        watchGap(breakers.atGaps[place], index, until: bar.openTime, cause: sequence, into: &out)
      }
      risk.books[index].knownAt = bar.knownAt
    }
  }

  /// Whether a bar tells of no trading hours of its market.
  mutating func isOutsideSession(_ bar: Bar, _ index: Int) -> Bool {
    let phase = TradingCalendar(instruments[index].calendar)
      .phase(from: bar.openTime, to: bar.knownAt, cached: &risk.books[index].span)
    return !isTrading(phase)
  }

  /// Whether orders trade in a phase: in regular hours, and before and after them where the profile says so.
  func isTrading(_ phase: MarketPhase) -> Bool {
    switch phase {
    case .regular: true
    case .pre, .post: configuration.sessions.isExtended
    case .closed, .break: false
    }
  }

  /// Says that a bar lies outside its session; true where it is to be dropped.
  @inline(never)
  mutating func quarantines(_ bar: Bar, _ index: Int, sequence: UInt64, into out: inout EventBuffer) -> Bool {
    if configuration.sessions.outside == .accept { return false }
    let next = TradingCalendar(instruments[index].calendar).session(atOrAfter: bar.openTime)?.open
    out.append(
      Alert(
        code: .barOutsideSession, severity: .warning, instrument: bar.instrument, first: bar.openTime.nanos,
        second: next?.nanos ?? .max), cause: sequence)
    return configuration.sessions.outside == .quarantine
  }

  /// Goes on with closing a position behind one of its bars.
  @inline(never)
  mutating func follow(_ bar: Bar, _ index: Int, cause: UInt64, into out: inout EventBuffer) {
    // Historical bars fill nothing, and so nothing is to be followed up.
    if bar.isHistorical { return }
    if risk.kill.phase != .none { flatten(index, cause: cause, into: &out) }
    followFlattening(index, cause: cause, into: &out)
    followShares(index, cause: cause, into: &out)
    settleKill(cause: cause, into: &out)
  }

  /// Decides again on what is wanted where late fills, what was on its way, or another size left another position.
  @inline(never)
  mutating func followUp(_ bar: Bar, cause: UInt64, into out: inout EventBuffer) {
    let index = bar.instrument.position
    if bar.isHistorical { return }
    if amendsOrders, risk.kill.phase == .none, books[index].orders.contains(where: { !$0.isProtective }) {
      return followOrder(bar, cause: cause, into: &out)
    }
    followUp(index, knownAt: bar.knownAt, cause: cause, into: &out)
  }

  /// The same of an instrument, on what became known last.
  @inline(never)
  mutating func followUp(_ index: Int, knownAt: Timestamp, cause: UInt64, into out: inout EventBuffer) {
    if risk.kill.phase != .none { return }
    if books[index].orders.contains(where: { !$0.isProtective }) { return }
    risk.books[index].needsFollowUp = false
    let owner = owner(index)
    let missing = change(index, speaking: owner)
    if missing == .zero || isWithinBand(missing, index: index, strategy: owner).isWithin { return }
    settle(
      missing, index: index, strategy: owner, confidenceMicros: 1_000_000, isHistorical: false, knownAt: knownAt,
      cause: cause, into: &out)
  }

  /// Decides again on what an order that works is for, where sizes follow every bar and another size is wanted by now: the decision changes the order, or takes
  /// it back where nothing more is wanted.
  private mutating func followOrder(_ bar: Bar, cause: UInt64, into out: inout EventBuffer) {
    let index = bar.instrument.position
    if ordersLinger, !isAnsweredOutside { return }
    guard configuration.sizingRule.isRebalanced, let working = onlySignalOrder(index),
      !working.isAlternative, working.strategy != WorkingOrder.noStrategy,
      books[index].orders.allSatisfy({ $0.isProtective || $0.id == working.id })
    else { return }
    if isAnsweredOutside { return followOrderOutside(bar, working, cause: cause, into: &out) }
    guard let missing = otherSize(than: working, index) else { return }
    settle(
      missing, index: index, strategy: Int(working.strategy), confidenceMicros: 1_000_000, isHistorical: false,
      knownAt: bar.knownAt, cause: cause, into: &out)
  }

  /// The change of position that is wanted by now in the place of an order that works; nil where that order is near enough to it.
  mutating func otherSize(than working: WorkingOrder, _ index: Int) -> Quantity? {
    let strategy = Int(working.strategy)
    let missing = change(index, speaking: strategy)
    let difference = Int128(missing.nanos) - Int128(working.leaves.nanos) * Int128(working.side.sign)
    let step = Quantity(nanos: Int64(clamping: max(difference, -Int128(Int64.max))))
    return step == .zero || isWithinBand(step, index: index, strategy: strategy).isWithin ? nil : missing
  }

  /// Whose an order is that no signal made: the first strategy that wants something of the instrument, or the first that holds some.
  func owner(_ index: Int) -> Int {
    var holder = 0
    for strategy in (0..<strategyCount).reversed() {
      if risk.shares[strategy * books.count + index].quantity != 0 { holder = strategy }
    }
    for strategy in 0..<strategyCount where targetMicros[strategy * books.count + index] != 0 { return strategy }
    return holder
  }
}
