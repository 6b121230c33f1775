import Events
import Market

/// Orders in whose favour others end (rule 8).
extension OrderDesk {
  /// Hands over a replacement, while the order in whose place it is to work is there, unfilled, and nobody has asked for its cancel.
  mutating func sendReplacement(_ index: Int, of old: OrderID, _ now: Timestamp, into out: inout DeskOutbox) {
    let order = orders[index]
    guard !order.wasProvedAbsent, let place = placeOfWorking(old), case .working = orders[place].standing,
      orders[place].filled == .zero, orders[place].cancel == .none, orders[place].reduction == .none
    else { return drop(index, "the order in whose place it was to work can't be replaced any more", now, into: &out) }
    let call = newCall()
    let deadline = now.shifted(policy.answerWithinNanos)
    orders[index].standing = .submitting(call, deadline: deadline)
    orders[place].cancel = .asked(call, deadline: deadline)
    out.asks.append(DeskOutbox.Ask(call: call, request: .replace(orders[place].ticket, with: order.ticket)))
  }

  /// Ends an order that never left. One in whose favour it was to end is still to go: it is cancelled by itself.
  mutating func drop(_ index: Int, _ why: String, _ now: Timestamp, into out: inout DeskOutbox) {
    end(index, with: conclusion(.neverArrived, orders[index], why, now), into: &out)
    guard let old = orders[index].ticket.replaces, let place = placeOfWorking(old), orders[place].cancel == .none else {
      return
    }
    orders[place].cancel = .wanted(from: now)
    advance(place, now, into: &out)
  }

  /// The answer to a replacement: of the old order's cancel, and of the new order.
  mutating func take(
    replacement answer: VenueAnswer, _ index: Int, _ call: VenueCall, _ now: Timestamp, into out: inout DeskOutbox
  ) {
    let place = orders.indices.last { if case .asked(call, _) = orders[$0].cancel { true } else { false } }
    var (cancel, order): (VenueAnswer, VenueAnswer?) = (answer, answer)
    if case .halves(let first, let second) = answer { (cancel, order) = (first, second) }
    if let place {
      switch (cancel, answer) {
      case (.wait, .wait):
        // Nothing was done: the whole request waits, and is made again with the new order.
        orders[place].cancel = .none
      case (.done, _), (.refused, .refused): take(cancel: cancel, place, now, into: &out)
      default:
        // It has filled, or is over, or nobody knows. Where the new one certainly isn't there, what is left goes at once.
        take(cancel: .unknown(""), place, now, into: &out)
        if order == nil { orders[place].cancel = .wanted(from: now) }
      }
    }
    switch (order, answer) {
    case (nil, _), (.wait, .halves):
      end(
        index,
        with: conclusion(.neverArrived, orders[index], "the order in whose place it was to work has filled", now),
        into: &out)
    case (let order?, _): take(submission: order, index, now, into: &out)
    }
    if let place { advance(place, now, into: &out) }
    advance(index, now, into: &out)
  }

  /// The replacement that is out under a call.
  func replacement(under call: VenueCall) -> Int? {
    orders.indices.last {
      guard orders[$0].ticket.replaces != nil, case .submitting(call, _) = orders[$0].standing else { return false }
      return true
    }
  }

  private func placeOfWorking(_ order: OrderID) -> Int? {
    orders.indices.last { orders[$0].ticket.order == order && !orders[$0].isOver }
  }
}
