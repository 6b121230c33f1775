import Events
import Market

/// Carries a position over from one contract to the next.
///
/// Order of work, all of it caused by the event that puts the next contract in front:
/// 1. What works in the old contract is taken back: entries, which the strategies are asked for anew in the next contract, and protective orders, which move along.
/// 2. One order closes all that is held (`roll_out`), and one opens as much of the next contract (`roll_in`), both at market until they are filled.
///    The second is judged like any order, with one difference: what the first will close counts for no limit any more, so that a limit that the position fills
///    isn't filled twice. A market order that was on its way to close some of the position is part of the first, and that much less is opened.
/// 3. Stops and targets stand in the next contract as far from its close as they stood from the old one's, because a future's gain is counted in points.
///
/// Where account, strategy or instrument is halted or killed, nothing is ordered: the roll is put off until the next session is over. A state that only lets positions become smaller
/// lets them be carried over: they don't become larger by it.
extension Engine {
  /// Rolls a chain whose rule said so.
  mutating func roll(_ chain: Int, cause: UInt64, isHistorical: Bool, into out: inout EventBuffer) {
    let contracts = chainTable.chains[chain].contracts
    let place = chainStates[chain].front
    let (old, new) = (contracts[place], contracts[place + 1])
    let (from, to) = (chainStates[chain].frontClose, chainStates[chain].nextClose)
    chainStates[chain].isReady = false
    if books[old].position.quantity != .zero || !books[old].orders.isEmpty {
      let why: Int64? = isHistorical ? 3 : mayCarry(old, new) ? nil : 2
      if let why {
        let end = chainStates[chain].sessionEnd
        putOff(new, until: end.nanos == .min ? now : end, why: why, cause: cause, into: &out)
        return
      }
    }
    let owner = owner(old)
    let event = advanceChain(chain, chainStates[chain].dueBy, from: from, to: to, cause: cause, into: &out)
    for strategy in 0..<strategyCount {
      let row = strategy * books.count
      targetMicros[row + new] = targetMicros[row + old]
      targetMicros[row + old] = 0
    }
    carry(old, new, from: from, to: to, owner: owner, cause: event, into: &out)
  }

  /// Carries over what an earlier roll has left behind: an order that the venue rejected, or an entry that filled before its cancel arrived.
  ///
  /// It is tried at the end of every slot; until it is done nothing else is ordered in the chain (`change`), so that no position is there twice.
  mutating func carryRest(_ chain: Int, isSessionOver: Bool, cause: UInt64, into out: inout EventBuffer) {
    let contracts = chainTable.chains[chain].contracts
    if chainStates[chain].front < 0 { return }
    let new = contracts[chainStates[chain].front]
    for place in 0..<chainStates[chain].front {
      let old = contracts[place]
      guard isLeftBehind(old), books[old].orders.isEmpty, books[new].hasBar, mayCarry(old, new) else { continue }
      carry(
        old, new, from: books[old].mark, to: books[new].mark, owner: owner(old), cause: cause, into: &out)
      risk.books[new].needsFollowUp = true
    }
    // Stops of a position that never came, because what was to open it was taken back.
    if isSessionOver, books[new].position.quantity == .zero,
      !books[new].orders.contains(where: { !$0.isProtective })
    {
      cancelStrayProtection(new, cause: cause, into: &out)
    }
  }

  /// Whether something is held of a contract that isn't in front, and no order carries it over.
  private func isLeftBehind(_ index: Int) -> Bool {
    books[index].position.quantity != .zero
      && !books[index].orders.contains { $0.purpose == OrderPurpose.rollOut.rawValue }
  }

  /// Whether an older contract of an instrument's chain holds what is still to be carried over.
  func waitsForRest(_ index: Int) -> Bool {
    let chain = chainTable.chainOf[index]
    if chain < 0 { return false }
    for place in 0..<max(chainStates[chain].front, 0) where isLeftBehind(chainTable.chains[chain].contracts[place]) {
      return true
    }
    return false
  }

  /// Whether what is held of a contract may be ordered into the next one.
  private func mayCarry(_ old: Int, _ new: Int) -> Bool {
    if risk.kill.phase != .none || risk.isWithheld || risk.books[old].flattenAttempt > 0 { return false }
    if risk.isTradingHalted(old) || risk.isTradingHalted(new) { return false }
    let owner = owner(old)
    return tradingState(strategy: owner, index: old).state != .halted
      && tradingState(strategy: owner, index: new).state != .halted
  }

  private mutating func carry(
    _ old: Int, _ new: Int, from: Price, to: Price, owner: Int, cause: UInt64, into out: inout EventBuffer
  ) {
    let held = books[old].position.quantity
    let exits = books[old].orders.filter { $0.isProtective && !$0.isCancelRequested }
    let isWantingMore = books[old].orders.contains { !$0.isReduceOnly }
    let leaving = leavingAtMarket(old)
    withdraw(old, cause: cause, reason: .rolled, into: &out) { _ in true }
    let kept = keep(old, new, leaving: leaving)
    var isCarried = kept == .zero
    risk.books[old].intended = 0
    if held != .zero {
      let isClosing = rollOut(old, held, strategy: owner, cause: cause, into: &out)
      if !isClosing { risk.books[old].intended = held.nanos }
      // What the venue doesn't let go is tried again when the next session is over; twice the position must not be.
      if isClosing, kept != .zero {
        let opened = rollIn(new, kept, strategy: owner, cause: cause, into: &out)
        isCarried = opened == kept
        if opened != .zero {
          moveExits(exits, new, by: Int128(to.nanos) - Int128(from.nanos), cause: cause, into: &out)
        }
      }
    }
    if !isWantingMore && isCarried { return }
    if kept != .zero {
      risk.books[new].needsFollowUp = true
      return
    }
    let change = change(new, speaking: owner)
    if change == .zero || isWithinBand(change, index: new, strategy: owner).isWithin { return }
    settle(
      change, index: new, strategy: owner, confidenceMicros: 1_000_000, isHistorical: false, knownAt: now,
      cause: cause, into: &out)
  }

  /// Units of market orders that are sure to make the position smaller, without their sign.
  private func leavingAtMarket(_ index: Int) -> Int64 {
    let held = books[index].position.quantity.nanos
    var sum: Int128 = 0
    for order in books[index].orders
    where order.type == .market && !order.isProtective && (order.side == .sell) == (held > 0) {
      sum += Int128(order.leaves.nanos)
    }
    return Int64(min(sum, Int128(held.magnitude)))
  }

  /// Moves the strategies' parts that cancel each other out, and grants in the next contract what is to be carried over.
  ///
  /// - Returns: signed units to open there.
  private mutating func keep(_ old: Int, _ new: Int, leaving: Int64) -> Quantity {
    let held = books[old].position.quantity.nanos
    let lot = instruments[old].lotSize
    cross(old, new)
    var sum: Int128 = 0
    for strategy in 0..<strategyCount {
      let (row, target) = (strategy * books.count + old, strategy * books.count + new)
      let part = risk.shares[row].quantity
      var kept = part
      if leaving > 0 {
        let granted = risk.shares[row].granted
        kept =
          strategyCount == 1
          ? part - (part > 0 ? Int128(leaving) : -Int128(leaving))
          : part > 0 ? min(max(granted, 0), part) : max(min(granted, 0), part)
      }
      sum += kept
      // What an entry was to add is asked for anew in the next contract.
      let wanted = risk.shares[row].granted
      let isMore = leaving == 0 && wanted.magnitude >= part.magnitude && (part == 0 || (wanted > 0) == (part > 0))
      risk.shares[target].granted = isMore && strategyCount > 1 ? wanted : risk.shares[target].quantity + kept
      risk.shares[row].granted = 0
    }
    let most = Int128(held.magnitude) - Int128(leaving)
    let carried = Quantity(nanos: Int64(min(max(sum, -most), most))).roundedDown(toLot: lot)
    return held == 0 || (carried.nanos > 0) == (held > 0) ? carried : .zero
  }

  /// Strategies that hold against each other need no orders: so much of their parts moves at the marks, which brings none of them anything.
  private mutating func cross(_ old: Int, _ new: Int) {
    if strategyCount == 1 { return }
    var (long, short): (Int128, Int128) = (0, 0)
    for strategy in 0..<strategyCount {
      let part = risk.shares[strategy * books.count + old].quantity
      if part > 0 { long += part } else { short -= part }
    }
    var (longLeft, shortLeft) = (min(long, short), min(long, short))
    if longLeft == 0 { return }
    for strategy in 0..<strategyCount {
      let (row, target) = (strategy * books.count + old, strategy * books.count + new)
      let part = risk.shares[row].quantity
      let moved = part > 0 ? min(part, longLeft) : -min(-part, shortLeft)
      if moved > 0 { longLeft -= moved } else { shortLeft += moved }
      risk.shares[row].quantity -= moved
      risk.shares[row].cash += worth(moved, old, at: books[old].mark)
      risk.shares[target].quantity += moved
      risk.shares[target].cash -= worth(moved, new, at: books[new].mark)
    }
    settleShareCash(old)
    settleShareCash(new)
  }

  /// Closes all that is held of a contract; false where the venue rejects it.
  private mutating func rollOut(
    _ index: Int, _ held: Quantity, strategy: Int, cause: UInt64, into out: inout EventBuffer
  ) -> Bool {
    let side: Side = held.nanos > 0 ? .sell : .buy
    let decision = passed(index, side, held.magnitude, .roll, cause: cause, into: &out)
    return place(
      marketOrder(index, side, held.magnitude, .rollOut), strategy: strategy, eligibleFrom: now,
      placedInsideBarOpenedAt: Timestamp(nanos: .min), cause: decision, into: &out) != nil
  }

  /// Opens as much of the next contract as the gate lets pass.
  ///
  /// - Returns: signed units that are on their way.
  private mutating func rollIn(
    _ index: Int, _ wanted: Quantity, strategy: Int, cause: UInt64, into out: inout EventBuffer
  ) -> Quantity {
    let verdict = judge(
      wanted, index: index, strategy: strategy, confidenceMicros: 1_000_000, isHistorical: false, knownAt: now,
      isRoll: true)
    let decision = out.append(
      RiskDecision(
        instrument: InstrumentIndex(index), outcome: verdict.outcome,
        reason: verdict.outcome == .passed ? .roll : verdict.reason, requested: wanted, allowed: verdict.allowed,
        observed: verdict.observed, limit: verdict.limit, scope: verdict.scope, checks: verdict.checks), cause: cause)
    grantRoll(index, verdict.allowed, of: wanted)
    if verdict.allowed == .zero { return .zero }
    let side: Side = wanted.nanos > 0 ? .buy : .sell
    intend(Int128(books[index].position.quantity.nanos) + Int128(verdict.allowed.nanos), index)
    let order = place(
      marketOrder(index, side, verdict.allowed.magnitude, .rollIn), strategy: strategy, eligibleFrom: now,
      placedInsideBarOpenedAt: Timestamp(nanos: .min), cause: decision, into: &out)
    if order != nil { return verdict.allowed }
    intend(Int128(books[index].position.quantity.nanos), index)
    grantRoll(index, .zero, of: verdict.allowed)
    return .zero
  }

  /// Takes what the gate cut off the strategies' grants, the last one's first.
  private mutating func grantRoll(_ index: Int, _ allowed: Quantity, of wanted: Quantity) {
    var cut = Int128(wanted.magnitude.nanos) - Int128(allowed.magnitude.nanos)
    let sign: Int128 = wanted.nanos > 0 ? 1 : -1
    for strategy in (0..<strategyCount).reversed() where cut > 0 {
      let place = strategy * books.count + index
      let lack = max((risk.shares[place].granted - risk.shares[place].quantity) * sign, 0)
      let taken = min(lack, cut)
      risk.shares[place].granted -= taken * sign
      cut -= taken
    }
  }

  /// Places the stops and targets of the old contract in the next one, each as far from its price as before.
  private mutating func moveExits(
    _ exits: [WorkingOrder], _ index: Int, by distance: Int128, cause: UInt64, into out: inout EventBuffer
  ) {
    let tick = instruments[index].tickSize
    for exit in exits {
      func moved(_ price: Price) -> Price { rounded(Int128(price.nanos) + distance, tick: tick, side: exit.side) }
      let style = exit.trail.map { OrderStyle(type: exit.type, timeInForce: .goodTillCancelled, trail: $0) }
      place(
        OrderIntent(
          instrument: InstrumentIndex(index), side: exit.side, type: exit.type, timeInForce: exit.timeInForce,
          purpose: OrderPurpose(rawValue: exit.purpose) ?? .stopLoss, quantity: exit.leaves,
          limitPrice: exit.type.hasLimit ? moved(exit.limitPrice) : nil,
          stopPrice: exit.type.hasTrigger ? moved(exit.stopPrice) : nil),
        strategy: exit.strategy == WorkingOrder.noStrategy ? -1 : Int(exit.strategy), style: style, eligibleFrom: now,
        placedInsideBarOpenedAt: Timestamp(nanos: .min), sibling: exit.groupSequence,
        cause: passed(index, exit.side, exit.leaves, .protectsPosition, cause: cause, into: &out), into: &out)
    }
  }

  private func marketOrder(_ index: Int, _ side: Side, _ quantity: Quantity, _ purpose: OrderPurpose) -> OrderIntent {
    OrderIntent(
      instrument: InstrumentIndex(index), side: side, type: .market, timeInForce: .goodTillCancelled,
      purpose: purpose, quantity: quantity, limitPrice: nil, stopPrice: nil)
  }
}
