import Events
import Market

/// Orders in whose place a venue outside puts others: cancel and new order in one request.
///
/// The simulated venue knows at the decision what an order has filled. A real one fills while the request is on its way, and answers later. The rules:
///
/// 1. Changed is only an order that the venue has acknowledged, that has filled nothing and whose cancel nobody has asked for. The venue is told to end it only while that
///    is so, and to place the new one only where it has ended the old: so one of the two alone fills, and the new one's quantity is all that is wanted.
/// 2. The gate judges the new order as if the old one were gone, as at the simulated venue. From then on both are in the book, and count in every sum, until the venue has answered.
/// 3. Where the old one fills before the request gets there, in part or whole, the new one never arrives. What is left of the old is cancelled, and the next
///    bar decides on what is missing then.
/// 4. An order that has filled in part is cancelled where another size is wanted, and so is one in whose place the gate lets another kind of order pass: what is missing is
///    decided on when it is over.
/// 5. What closes a position whose units protective orders hold back isn't changed so: it is taken back and decided anew.
extension Engine {
  /// Whether orders of an instrument count though a decision wants others: they may still fill.
  @inline(__always)
  func lingers(_ index: Int) -> Bool { ordersLinger && index != amendedIndex }

  /// Begins to change the order that works for a strategy, where a venue outside can: the gate judges as if it were gone until `amendedIndex` is set back.
  ///
  /// - Returns: the change of position that is wanted without that order; nil where it is not to be changed, because there is none, or nothing more is wanted on its side.
  mutating func amendment(_ index: Int, strategy: Int) -> Quantity? {
    guard amendsOrders, isAnsweredOutside, risk.kill.phase == .none, !risk.isWithheld,
      let working = onlySignalOrder(index), Int(working.strategy) == strategy, isReplaceable(working, index)
    else { return nil }
    amendedIndex = index
    let wanted = change(index, speaking: strategy)
    if wanted != .zero, (wanted.nanos > 0) == (working.side == .buy) { return wanted }
    amendedIndex = -1
    return nil
  }

  /// Whether what works on the side that is wanted, and can't be changed any more, is more than is missing by now (rule 4).
  mutating func isTooMuch(_ index: Int, _ strategy: Int) -> Bool {
    guard amendsOrders, isAnsweredOutside, let working = onlySignalOrder(index), working.state == .working else {
      return false
    }
    let missing = missing(index, speaking: strategy)
    return (missing > 0) == (working.side == .buy) && working.leaves.nanos > missing.magnitude
  }

  /// Whether the venue can be asked to put another order in the place of one (rules 1 and 5).
  private func isReplaceable(_ order: WorkingOrder, _ index: Int) -> Bool {
    order.state == .working && order.filled == .zero && order.reported == .zero && !order.isAlternative
      && (protections.isEmpty || reducible(index, order.side) == .zero)
  }

  /// Changes an order to what is wanted by now, or takes it back where it can't be changed or nothing more is wanted.
  mutating func followOrderOutside(
    _ bar: Bar, _ working: WorkingOrder, cause: UInt64, into out: inout EventBuffer
  ) {
    // What is on its way is waited for.
    guard working.state == .working else { return }
    let index = bar.instrument.position
    amendedIndex = index
    defer { amendedIndex = -1 }
    guard let missing = otherSize(than: working, index) else { return }
    guard isReplaceable(working, index), missing != .zero, (missing.nanos > 0) == (working.side == .buy) else {
      risk.books[index].needsFollowUp = true
      return withdraw(index, cause: cause, reason: .replaced, into: &out) { $0.id == working.id }
    }
    settle(
      missing, index: index, strategy: Int(working.strategy), confidenceMicros: 1_000_000, isHistorical: false,
      knownAt: bar.knownAt, cause: cause, into: &out)
  }
}
