import Events
import Market

/// Margin calls, looked at when the marks of an instant are known.
///
/// A call is made where equity is below maintenance margin. With `on_call: reduce` it takes back what could make a position larger and sends reduce-only market orders for as
/// many units as cure it at the marks, largest requirement first. While such orders work, what they will cure isn't asked for again; where the market moves on and more is
/// lacking, another call closes the rest. A call ends where equity is enough again.
extension Engine {
  @inline(never)
  mutating func watchMargin(cause: UInt64, into out: inout EventBuffer) {
    if account.isReducing { account.isReducing = isReducingForCall }
    let required = maintenanceMargin
    let equity = equity
    guard equity < required else {
      if account.calledBy == 0 { return }
      account.calledBy = 0
      out.append(
        Alert(
          code: .marginRestored, severity: .information, instrument: InstrumentIndex(0), first: narrow(equity),
          second: narrow(required)), cause: cause)
      return
    }
    let isReduced = accountTable?.rule.margin?.onCall == .reduce && risk.kill.phase == .none && !risk.isWithheld
    if account.calledBy != 0, !isReduced || reductions(equity: equity).isEmpty { return }
    let call = out.append(MarginCalled(equity: equity, requirement: required), cause: cause)
    account.calledBy = call
    if !isReduced { return }
    for index in books.indices { cancelEntriesForCall(index, cause: call, into: &out) }
    for (index, units) in reductions(equity: equity) {
      // What an order of this call trips may close all that is left.
      if risk.kill.phase != .none { return }
      if risk.books[index].flattenAttempt > 0 { continue }
      reduceForCall(index, units, cause: call, into: &out)
    }
  }

  private var isReducingForCall: Bool {
    books.indices.contains { index in
      books[index].orders.contains { $0.purpose == OrderPurpose.flatten.rawValue }
    }
  }

  private mutating func reduceForCall(_ index: Int, _ units: Int64, cause: UInt64, into out: inout EventBuffer) {
    account.isReducing = true
    let side: Side = books[index].position.quantity.nanos > 0 ? .sell : .buy
    intend(Int128(risk.books[index].intended) + Int128(units) * Int128(side.sign), index)
    close(
      Quantity(nanos: units), index, side, limit: nil, strategy: -1, reason: .marginCall, cause: cause, into: &out)
  }

  /// Takes back what isn't sure to make a position smaller.
  private mutating func cancelEntriesForCall(_ index: Int, cause: UInt64, into out: inout EventBuffer) {
    if books[index].orders.isEmpty { return }
    var closable = Int128(books[index].position.quantity.nanos.magnitude)
    let side: Side = books[index].position.quantity.nanos > 0 ? .sell : .buy
    withdraw(index, cause: cause, reason: .marginCall, into: &out) { order in
      if order.isReduceOnly { return false }
      guard order.isClosing(side, within: closable) else { return true }
      closable -= Int128(order.leaves.nanos)
      return false
    }
  }

  /// Units of an instrument, without their sign, that stay where everything fills that is sure to close some, and how many of them nothing else may close.
  private func remaining(_ index: Int) -> (left: Int64, closable: Int64) {
    let held = books[index].position.quantity.nanos
    if held == 0 { return (0, 0) }
    let side: Side = held > 0 ? .sell : .buy
    var left = Int128(held.magnitude)
    var reserved: Int128 = 0
    for place in books[index].orders.indices {
      let order = books[index].orders[place]
      if order.isProtective || order.side != side { continue }
      let isFlattening = order.purpose == OrderPurpose.flatten.rawValue
      if !order.isCancelRequested, isFlattening || order.isClosing(side, within: left) {
        left = max(left - Int128(order.leaves.nanos), 0)
      } else if order.isCancelRequested {
        // Its cancel is on the way, and it may fill yet.
        reserved += Int128(order.leaves.nanos)
      }
    }
    return (Int64(clamping: left), Int64(clamping: max(left - reserved, 0)))
  }

  /// What is to be closed so that the rest is covered, largest requirement first, the instruments' order among equals; empty where what works cures it.
  private func reductions(equity: Int128) -> [(index: Int, units: Int64)] {
    var candidates: [(index: Int, left: Int64, closable: Int64, requirement: Int128)] = []
    var required: Int128 = 0
    for index in books.indices where books[index].position.quantity.nanos != 0 {
      let remaining = remaining(index)
      let sign: Int64 = books[index].position.quantity.nanos > 0 ? 1 : -1
      let requirement = requirement(index, remaining.left * sign, isInitial: false)
      required += requirement
      let closable = Quantity(nanos: remaining.closable).roundedDown(toLot: instruments[index].lotSize).nanos
      guard closable > 0, requirement > 0, risk.books[index].flattenAttempt == 0,
        books[index].orders.count < Limits.workingOrdersMax
      else { continue }
      candidates.append((index, remaining.left * sign, closable, requirement))
    }
    candidates.sort { $0.requirement != $1.requirement ? $0.requirement > $1.requirement : $0.index < $1.index }
    var plan: [(index: Int, units: Int64)] = []
    for candidate in candidates where required > equity {
      let units = min(
        candidate.closable,
        units(candidate.index, of: candidate.left, leaving: candidate.requirement - (required - equity)))
      let sign: Int64 = candidate.left > 0 ? 1 : -1
      required -= candidate.requirement
      required += requirement(candidate.index, candidate.left - units * sign, isInitial: false)
      plan.append((candidate.index, units))
    }
    return plan
  }

  /// The least whole lots to take off a position so that what is left requires no more than `most`; all of it where that is less than nothing.
  private func units(_ index: Int, of held: Int64, leaving most: Int128) -> Int64 {
    let size = Int64(held.magnitude)
    if most <= 0 { return size }
    guard let terms = accountTable?.requirements[index] else { return 0 }
    let lot = instruments[index].lotSize
    let fitting: Int128
    switch terms.rate(at: books[index].mark, isInitial: false, isLong: held > 0) {
    case .perUnit(let money): fitting = Limits.units(of: most, unitValue: home(money, index))
    case .share(let share):
      let (scaled, overflowed) = most.multipliedReportingOverflow(by: 1_000_000)
      let micros = Int128(share)
      fitting = Limits.units(
        of: overflowed ? most / micros * 1_000_000 : scaled / micros, unitValue: unitValue(index))
    }
    // In lots of what is taken off, so that a position that isn't whole lots keeps its rest.
    let excess = Quantity(nanos: size - Int64(min(fitting, Int128(size))))
    var taken = excess.roundedDown(toLot: lot)
    while taken.nanos < size,
      requirement(index, held > 0 ? size - taken.nanos : taken.nanos - size, isInitial: false) > most
    {
      taken += lot
    }
    return min(taken.nanos, size)
  }

  /// After a forced sale no strategy stands for more than it holds: the next order of another one must not buy it back.
  mutating func lowerGrants(_ index: Int) {
    for strategy in 0..<strategyCount {
      let place = strategy * books.count + index
      let held = risk.shares[place].quantity
      let granted = risk.shares[place].granted
      if held != 0, (granted > 0) != (held > 0) || granted.magnitude <= held.magnitude { continue }
      risk.shares[place].granted = held
    }
  }
}

extension WorkingOrder {
  /// Sure to close: at the market, on the closing side, no more than is there.
  fileprivate func isClosing(_ closingSide: Side, within closable: Int128) -> Bool {
    side == closingSide && type == .market && Int128(leaves.nanos) <= closable
  }
}
