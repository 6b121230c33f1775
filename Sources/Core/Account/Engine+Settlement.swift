import Events
import Market

/// A cash account's sales settle some sessions later, and their proceeds can't buy before: neither at once (free riding, Regulation T, 12 CFR 220.8(c)) nor
/// on the days between. Purchases need no counting: what is spent is gone.
extension Engine {
  /// Notes what a sale brought as on its way.
  ///
  /// The day of the sale is that of the bar it filled in. It settles where the session opens that the rule counts to; a settlement of no sessions is at once.
  @inline(never)
  mutating func settleLater(_ amount: Int128, _ index: Int) {
    guard let settlement = accountTable?.settlement, amount > 0 else { return }
    let calendar = TradingCalendar(instruments[index].calendar)
    var date = calendar.tradeDate(of: books[index].lastOpenTime)
    let count = settlement.sessionCount(on: date)
    if count == 0 { return }
    var opens = Timestamp(nanos: .max)
    for _ in 0..<count {
      guard let end = calendar.session(on: date)?.close, let next = calendar.session(atOrAfter: end) else { break }
      (date, opens) = (next.date, next.open)
    }
    account.unsettled.removeAll { $0.settlesAt <= now }
    if let place = account.unsettled.lastIndex(where: { $0.settlesAt == opens }) {
      account.unsettled[place].amount += amount
    } else {
      account.unsettled.append(UnsettledProceeds(settlesAt: opens, amount: amount))
    }
  }

  /// What sales brought that isn't settled yet.
  func unsettled(at instant: Timestamp) -> Int128 {
    var sum: Int128 = 0
    for place in account.unsettled.indices where account.unsettled[place].settlesAt > instant {
      sum += account.unsettled[place].amount
    }
    return sum
  }

  /// Cuts a purchase to what settled money pays for.
  ///
  /// - Parameter free: cash less what working purchases may spend.
  func cutByUnsettled(_ walk: inout GateWalk, unit: Int128, free: Int128) {
    let settled = free - unsettled(at: now)
    walk.cut(
      to: Int64(clamping: units(of: settled, unit) - Int128(walk.closing)), .unsettledFunds, .account,
      narrow(value(walk.total, unit)), narrow(settled))
  }
}
