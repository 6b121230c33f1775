import Events
import Market

/// A place among orders of which one alone is to fill.
enum GroupPlace: BitwiseCopyable {
  case none
  case first
  case behind(OrderID)

  /// The first order of the group that `id` is in; 0 where it is in none.
  func head(_ id: OrderID) -> UInt64 {
    switch self {
    case .none: 0
    case .first: id.sequence
    case .behind(let head): head.sequence
    }
  }
}

/// Groups of orders, and orders that take the place of others.
///
/// A group is worked by the venue as a whole: what one of its orders fills is taken off the others at once, so that together they fill no more than one was for. So do stop and
/// target behind an entry, and two orders of which one alone is to enter; those have the same quantity left all their life, and the worst case counts one of them.
extension Engine {
  /// Takes what an order filled, or what was taken off it, off the others of its group.
  mutating func reduceGroup(
    _ index: Int, of order: WorkingOrder, by quantity: Quantity, cause: UInt64, into out: inout EventBuffer
  ) {
    var position = 0
    while position < books[index].orders.count {
      let other = books[index].orders[position]
      guard other.groupSequence == order.groupSequence, other.id != order.id else {
        position += 1
        continue
      }
      if other.leaves <= quantity {
        end(index, position, by: .confirmCancel)
        out.append(OrderCancelled(order: other.id, reason: .siblingDone, leaves: other.leaves), cause: cause)
      } else {
        reduce(index, position, to: other.leaves - quantity, reason: .siblingFilled, cause: cause, into: &out)
        position += 1
      }
    }
  }

  /// Whether an older order of the same group still works: the worst case counts that one.
  func isShadowed(_ index: Int, _ place: Int) -> Bool {
    let group = books[index].orders[place].groupSequence
    for older in 0..<place where books[index].orders[older].groupSequence == group { return true }
    return false
  }

  /// The most that a unit of an order, or of another one of its group, may cost: its limit, or the mark.
  func dearest(_ index: Int, _ order: WorkingOrder) -> Price {
    let mark = books[index].mark
    var most = order.type.hasLimit ? order.limitPrice : mark
    if !order.isAlternative { return most }
    for other in books[index].orders where other.groupSequence == order.groupSequence {
      most = max(most, other.type.hasLimit ? other.limitPrice : mark)
    }
    return most
  }

  /// The order that a decision changes instead of replacing it: the one that alone works for signals, on the same side, of the same strategy and type.
  func amendable(_ verdict: RiskVerdict, _ index: Int, _ strategy: Int) -> OrderID? {
    guard amendsOrders, !lingers(index), verdict.allowed != .zero else { return nil }
    switch verdict.outcome {
    case .passed, .cut: break
    case .refused, .qtyCappedToZero: return nil
    }
    let found = onlySignalOrder(index)
    let side: Side = verdict.allowed.nanos > 0 ? .buy : .sell
    let style = style(
      strategy: strategy, index: index, isOnlyClosing: isOnlyClosing(verdict.allowed, index))
    guard let found, found.side == side, Int(found.strategy) == strategy, found.type == style.type,
      !found.isAlternative, style.isPossible
    else { return nil }
    return found.id
  }

  /// The order that alone works for signals; nil where none does, or several do.
  func onlySignalOrder(_ index: Int) -> WorkingOrder? {
    var found: WorkingOrder?
    for order in books[index].orders where !order.isReduceOnly {
      if found != nil { return nil }
      found = order
    }
    return found
  }

  /// Ends an order in whose place another one works from now on, which takes over what it had filled, paid and waited for.
  mutating func take(the id: OrderID, over order: inout WorkingOrder, _ index: Int, into out: inout EventBuffer) {
    guard let position = books[index].orders.firstIndex(where: { $0.id == id }) else { return }
    // A venue outside says itself what has become of the older one, which may have filled meanwhile.
    if isAnsweredOutside { return requestCancel(index, position, .replaced, cause: order.id.sequence, into: &out) }
    let old = end(index, position, by: .replace)
    order.filled = old.filled
    order.feePaid = old.feePaid
    // A better place in the queue is kept by who asks for no other price and no more.
    let isSamePrice = order.limitPrice == old.limitPrice && order.stopPrice == old.stopPrice
    order.hasRested = old.hasRested && isSamePrice && order.leaves <= old.leaves
    order.isTriggered = old.isTriggered && order.stopPrice == old.stopPrice
    out.append(
      OrderCancelled(order: id, reason: .replaced, leaves: old.leaves), cause: order.id.sequence)
    out.append(
      OrderReplaced(order: order.id, replaced: id, filled: old.filled, leaves: order.leaves),
      cause: order.id.sequence)
  }
}
