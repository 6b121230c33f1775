import Events
package import Market

/// Cancels that a venue outside refuses: who asked for one asks again until the order is over.
///
/// While orders are withheld, cancels are too: an order of an earlier process rests on, and an alert says once that its cancel was wanted. When orders may leave
/// again, a kill and a breaker go on; what else wanted a cancel then is history.
///
/// A refused cancel leaves the order working. It is asked for again with the next reading of the clock or bar of its instrument, and where it is refused again after
/// ever longer pauses; each time as a `cancel_requested` of the journal. An order that is over ends the wish, whatever ended it. All of it follows from reports, bars
/// and readings, so a restart goes on where it was.
extension Engine {
  /// Notes that the venue has refused a cancel.
  ///
  /// - Parameter order: as it was before the refusal.
  mutating func noteRefusedCancel(_ index: Int, _ order: WorkingOrder) {
    if let place = wish(of: order.id) { return risk.wishes[place].refuse() }
    guard let reason = CancelReason(rawValue: order.cancelReason), isInsisted(reason, order) else { return }
    var wish = CancelWish(instrument: InstrumentIndex(index), order: order.id, reason: reason)
    wish.refuse()
    risk.wishes.append(wish)
  }

  /// Notes who wants an order cancelled that somebody else has asked to cancel before, and won't ask for again.
  mutating func noteWish(_ index: Int, _ order: WorkingOrder, _ reason: CancelReason) {
    guard isInsisted(reason, order) else { return }
    if let place = wish(of: order.id) {
      if !risk.wishes[place].isForClosing { risk.wishes[place].reason = reason }
    } else if let asked = CancelReason(rawValue: order.cancelReason), !isInsisted(asked, order) {
      risk.wishes.append(CancelWish(instrument: InstrumentIndex(index), order: order.id, reason: reason))
    }
  }

  /// Asks again for what is due.
  ///
  /// - Parameter instrument: the one whose bar has come; nil for a reading of the clock, which is everyone's.
  mutating func askAgain(only instrument: Int?, cause: UInt64, into out: inout EventBuffer) {
    var place = 0
    while place < risk.wishes.count {
      let wish = risk.wishes[place]
      let index = wish.instrument.position
      guard instrument == nil || instrument == index else {
        place += 1
        continue
      }
      guard let position = books[index].orders.firstIndex(where: { $0.id == wish.order }) else {
        risk.wishes.remove(at: place)
        continue
      }
      place += 1
      if risk.isWithheld { continue }
      if books[index].orders[position].isCancelRequested { continue }
      if wish.pause > 1 {
        risk.wishes[place - 1].pause -= 1
      } else {
        risk.wishes[place - 1].pause = 0
        requestCancel(index, position, wish.reason, cause: cause, into: &out)
      }
    }
  }

  /// Says that an order would be cancelled, once for each reason.
  mutating func withholdCancel(
    _ index: Int, _ order: WorkingOrder, _ reason: CancelReason, cause: UInt64, into out: inout EventBuffer
  ) {
    if order.isCancelRequested { return noteWish(index, order, reason) }
    if let place = wish(of: order.id) {
      if risk.wishes[place].reason == reason || risk.wishes[place].isForClosing { return }
      risk.wishes[place].reason = reason
    } else {
      var wish = CancelWish(instrument: InstrumentIndex(index), order: order.id, reason: reason)
      wish.isWithheld = true
      risk.wishes.append(wish)
    }
    out.append(
      Alert(
        code: .cancelWithheld, severity: .warning, instrument: InstrumentIndex(index),
        first: Int64(clamping: order.id.sequence), second: Int64(reason.rawValue)), cause: cause)
  }

  /// Orders may leave again.
  mutating func letCancelsLeave() {
    risk.wishes.removeAll { $0.isWithheld && !$0.isForClosing }
    for place in risk.wishes.indices { risk.wishes[place].isWithheld = false }
  }

  /// Says what a kill leaves as it is at the venue, because nothing may leave.
  mutating func tellOfWithheldKill(cause: UInt64, into out: inout EventBuffer) {
    guard isAnsweredOutside, risk.isWithheld else { return }
    for index in books.indices where !books[index].orders.isEmpty || closable(index) != .zero {
      out.append(
        Alert(
          code: .killWithheld, severity: .error, instrument: InstrumentIndex(index), first: closable(index).nanos,
          second: Int64(books[index].orders.count)), cause: cause)
    }
  }

  /// Whether the venue has refused to cancel an order that somebody wants cancelled, and works it on.
  package func isCancelRefused(_ order: OrderID) -> Bool {
    wish(of: order).map { risk.wishes[$0].refusals > 0 } ?? false
  }

  /// Whether nobody but a wish asks again. Where orders are changed at the venue, whoever changes them decides anew with the next bar.
  private func isInsisted(_ reason: CancelReason, _ order: WorkingOrder) -> Bool {
    reason.isInsisted(for: order) && !(reason == .replaced && amendsOrders && isAnsweredOutside)
  }

  private func wish(of order: OrderID) -> Int? { risk.wishes.firstIndex { $0.order == order } }
}
