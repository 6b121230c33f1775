import Events
import Market
import Strategies

/// Chains of futures contracts: which one is in front, and what strategies see of it.
///
/// A session of the chain is counted by the bars of its front contract and of the next one. It is over with the bar that is known at its close; where that one is missing,
/// with the first bar behind it. Then, when the slot's strategies have decided:
/// 1. The rule is asked, of sessions that are over alone: a volume that belongs to the session that goes on has no part in it.
/// 2. Where it says roll and the next contract had a bar in that session, the next one is in front (`front_contract`), and strategies' memories follow by the ratio of the last closes.
/// 3. What is held is carried over by orders (`Engine+Rolls`), which fill in the session that comes.
///
/// To strategies the chain is one instrument, that of its first contract: they see the front contract's bars under its number, and what they want is of the front contract.
extension Engine {
  // MARK: What strategies see

  /// Whether strategies see the bars of an instrument: it belongs to no chain, or is in front of it.
  func isDecidedOn(_ index: Int) -> Bool {
    let chain = chainTable.chainOf[index]
    return chain < 0 || chainTable.placeOf[index] == chainStates[chain].front
  }

  /// Shows a strategy a bar of a front contract, under the number by which strategies know its chain.
  @inline(never)
  mutating func updateChain(_ strategy: Int, _ bar: Bar) -> Decision {
    strategies.update(
      strategy, bar.with(instrument: InstrumentIndex(known(bar.instrument.position)), closesSlot: bar.closesSlot))
  }

  /// The number under which strategies know an instrument.
  @inline(__always)
  func known(_ index: Int) -> Int {
    if !watch.contains(.rolls) { return index }
    let chain = chainTable.chainOf[index]
    return chain < 0 ? index : chainTable.chains[chain].anchor
  }

  /// The instrument that a target of strategies is of; nil where none is meant: a contract that isn't its chain's first is nobody's to them.
  @inline(__always)
  func meant(_ index: Int) -> Int? {
    if !watch.contains(.rolls) { return index }
    let chain = chainTable.chainOf[index]
    if chain < 0 { return index }
    let front = chainStates[chain].front
    return index == chainTable.chains[chain].anchor && front >= 0 ? chainTable.chains[chain].contracts[front] : nil
  }

  /// The front contracts of chains that have begun.
  var frontContracts: [InstrumentIndex] {
    chainStates.indices.compactMap { chain in
      let front = chainStates[chain].front
      return front < 0 ? nil : InstrumentIndex(chainTable.chains[chain].contracts[front])
    }
  }

  // MARK: Sessions

  /// Counts a bar of a chain's contract, before it counts for anything else.
  @inline(never)
  mutating func observeChain(_ bar: Bar, _ index: Int, sequence: UInt64, into out: inout EventBuffer) {
    let chain = chainTable.chainOf[index]
    if chain < 0 { return }
    if chainStates[chain].front < 0 { beginChain(chain, bar, sequence: sequence, into: &out) }
    if chainStates[chain].sessionEnd.nanos != .min, bar.openTime >= chainStates[chain].sessionEnd {
      endChainSession(chain, cause: sequence, into: &out)
    }
    if chainStates[chain].sessionEnd.nanos == .min {
      chainStates[chain].sessionEnd = TradingCalendar(instruments[index].calendar).sessionEnd(after: bar.openTime)
    }
    switch chainTable.placeOf[index] - chainStates[chain].front {
    case 0: chainStates[chain].frontVolume += Int128(bar.volume.nanos)
    case 1:
      chainStates[chain].nextVolume += Int128(bar.volume.nanos)
      chainStates[chain].isNextSeen = true
    default: break
    }
  }

  /// Puts the contract in front that the rule has there on the first bar's day.
  private mutating func beginChain(_ chain: Int, _ bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    let contracts = chainTable.chains[chain].contracts
    let calendar = TradingCalendar(instruments[contracts[0]].calendar)
    let day = calendar.tradeDate(of: bar.openTime).daysSinceEpoch
    let front = contracts.indices.first {
      chainTable.chains[chain].rollDays[$0] >= day && chainTable.chains[chain].expiryDays[$0] >= day
    }
    chainStates[chain].front = front ?? contracts.count - 1
    out.append(
      FrontContract(
        instrument: InstrumentIndex(contracts[chainStates[chain].front]), previous: nil, reason: .begin, price: .zero,
        previousPrice: .zero, quantity: .zero), cause: sequence)
  }

  /// Asks the rule about the session that is over; what it says is done at the end of the slot.
  private mutating func endChainSession(_ chain: Int, cause: UInt64, into out: inout EventBuffer) {
    var state = chainStates[chain]
    let contracts = chainTable.chains[chain].contracts
    let end = state.sessionEnd
    let (isMoreNext, isNextSeen) = (state.nextVolume > state.frontVolume, state.isNextSeen)
    state.sessionEnd = Timestamp(nanos: .min)
    (state.frontVolume, state.nextVolume, state.isNextSeen) = (0, 0, false)
    state.isSessionOver = true
    defer { chainStates[chain] = state }
    guard state.front + 1 < contracts.count else { return }
    let calendar = TradingCalendar(instruments[contracts[0]].calendar)
    let day = calendar.tradeDate(of: end.nanos == .min ? end : end.advanced(byNanos: -1)).daysSinceEpoch
    if !state.isDue {
      if chainTable.chains[chain].isByVolume {
        (state.isDue, state.dueBy) = (isMoreNext, .volume)
      } else {
        (state.isDue, state.dueBy) = (day >= chainTable.chains[chain].rollDays[state.front], .date)
      }
    }
    if !state.isDue { return }
    let (front, next) = (contracts[state.front], contracts[state.front + 1])
    guard isNextSeen, books[next].hasBar else {
      putOff(next, until: end, why: 1, cause: cause, into: &out)
      return
    }
    state.isReady = true
    state.frontClose = books[front].mark
    state.nextClose = books[next].mark
  }

  func putOff(_ next: Int, until end: Timestamp, why: Int64, cause: UInt64, into out: inout EventBuffer) {
    out.append(
      Alert(
        code: .rollPutOff, severity: .warning, instrument: InstrumentIndex(next), first: end.nanos, second: why),
      cause: cause)
  }

  /// Does at the end of a slot what the sessions that are over ask for.
  @inline(never)
  mutating func closeChains(cause: UInt64, isHistorical: Bool, into out: inout EventBuffer) {
    for chain in chainStates.indices {
      if chainStates[chain].sessionEnd.nanos != .min, now >= chainStates[chain].sessionEnd {
        endChainSession(chain, cause: cause, into: &out)
      }
      let isSessionOver = chainStates[chain].isSessionOver
      chainStates[chain].isSessionOver = false
      if chainStates[chain].isReady {
        roll(chain, cause: cause, isHistorical: isHistorical, into: &out)
      } else if !isHistorical {
        carryRest(chain, isSessionOver: isSessionOver, cause: cause, into: &out)
      }
    }
  }

  // MARK: Another contract in front

  /// Puts the next contract in front and lets what strategies remember follow.
  ///
  /// - Returns: the event that says so.
  mutating func advanceChain(
    _ chain: Int, _ reason: FrontReason, from: Price, to: Price, cause: UInt64, into out: inout EventBuffer
  ) -> UInt64 {
    let table = chainTable.chains[chain]
    let (old, new) = (table.contracts[chainStates[chain].front], table.contracts[chainStates[chain].front + 1])
    var state = ChainState()
    state.front = chainStates[chain].front + 1
    // The session that goes on is counted from here on for the new pair.
    state.sessionEnd = chainStates[chain].sessionEnd
    chainStates[chain] = state
    let event = out.append(
      FrontContract(
        instrument: InstrumentIndex(new), previous: InstrumentIndex(old), reason: reason, price: to,
        previousPrice: from, quantity: books[old].position.quantity), cause: cause)
    if !gathered.isEmpty { (gathered[new], gathered[old]) = (gathered[old], nil) }
    if table.isRescaled { rescaleChain(chain, new, from: from, to: to, cause: event, into: &out) }
    return event
  }

  private mutating func rescaleChain(
    _ chain: Int, _ new: Int, from: Price, to: Price, cause: UInt64, into out: inout EventBuffer
  ) {
    // A contract that had no bar left no memory; between prices of zero or below there is no ratio.
    if from == .zero { return }
    let scale =
      from.nanos > 0 && to.nanos > 0
      ? HistoryScale.payout(nanosBefore: from.nanos, nanosAfter: to.nanos) : nil
    if let scale {
      rescaleGathered(new, price: { Price(nanos: scale.price.nanos($0.nanos)) }, volume: { $0 })
    }
    for strategy in 0..<strategyCount {
      if let scale, strategies.rescale(strategy, InstrumentIndex(chainTable.chains[chain].anchor), by: scale) {
        continue
      }
      tellNotRescaled(new, strategy, cause: cause, into: &out)
    }
  }

  private func tellNotRescaled(_ index: Int, _ strategy: Int, cause: UInt64, into out: inout EventBuffer) {
    out.append(
      Alert(
        code: .historyNotRescaled, severity: .warning, instrument: InstrumentIndex(index), first: Int64(strategy),
        second: 0), cause: cause)
  }

  /// A contract has ended and is settled. Where it was in front, the next one is, and strategies begin anew where nobody says how the two compare.
  mutating func endContract(_ index: Int, at price: Price, cause: UInt64, into out: inout EventBuffer) {
    let chain = chainTable.chainOf[index]
    guard chain >= 0, chainStates[chain].front == chainTable.placeOf[index] else { return }
    let contracts = chainTable.chains[chain].contracts
    let place = chainStates[chain].front + 1
    let next = place < contracts.count ? contracts[place] : nil
    let isKnown = next.map { books[$0].hasBar } ?? false
    if !isKnown || price.nanos == 0 {
      for strategy in 0..<strategyCount
      where !strategies.forget(strategy, InstrumentIndex(chainTable.chains[chain].anchor)) {
        tellNotRescaled(index, strategy, cause: cause, into: &out)
      }
      if !gathered.isEmpty { gathered[index] = nil }
    }
    guard let next else { return }
    if isKnown, price.nanos != 0 {
      _ = advanceChain(chain, .expiry, from: price, to: books[next].mark, cause: cause, into: &out)
      return
    }
    var state = ChainState()
    state.front = place
    state.sessionEnd = chainStates[chain].sessionEnd
    chainStates[chain] = state
    out.append(
      FrontContract(
        instrument: InstrumentIndex(next), previous: InstrumentIndex(index), reason: .expiry, price: .zero,
        previousPrice: price, quantity: .zero), cause: cause)
  }
}
