import Events
import Market

/// Losses by account, strategy and instrument, and the trading day that they are counted by.
extension Engine {
  /// Begins a trading day: what daily limits count from.
  mutating func beginDay(at time: Timestamp, cause: UInt64, into out: inout EventBuffer) {
    let isFirst = risk.day.end.nanos == .min
    if watch.contains(.account) { closeAccountDay(at: time, cause: cause, into: &out) }
    risk.day.end = TradingCalendar(dayCalendar).tradeDateEnd(atOrAfter: time)
    risk.day.openingEquity = equity
    risk.day.openingRealised = realised
    for index in books.indices {
      risk.books[index].dayNet = 0
      risk.books[index].openingProfit = home(risk.books[index].cash + marketValue(index), index)
      risk.books[index].openingRealised = home(risk.books[index].cash + books[index].position.costBasis, index)
    }
    for strategy in risk.strategies.indices {
      risk.strategyOpenings[strategy] = profit(ofStrategy: strategy)
      for index in books.indices { risk.shares[strategy * books.count + index].dayNet = 0 }
    }
    if !isFirst { rearmForSession(cause: cause, into: &out) }
  }

  /// Profit less fees since the start, dividends, interest and the like included, without what is open.
  private var realised: Int128 { realisedTotal - feesTotal + dividendsTotal + chargesTotal }

  /// What a strategy has made of its part of the account, with what is open at its mark.
  private func profit(ofStrategy strategy: Int) -> Int128 {
    var profit: Int128 = 0
    for index in books.indices {
      let share = risk.shares[strategy * books.count + index]
      if share.quantity == 0 {
        profit += home(share.cash, index)
      } else {
        profit += home(share.cash + worth(share.quantity, index, at: books[index].mark), index)
      }
    }
    return profit
  }

  /// Looks at everything that the marks of an instant decide; before strategies see it.
  mutating func watchMarks(cause: UInt64, into out: inout EventBuffer) {
    let equity = equity
    if equity > risk.peakEquity { risk.peakEquity = equity }
    for place in breakers.atMarks.indices {
      let rule = breakers.atMarks[place]
      switch breakers.watches[rule] {
      case .dailyLoss, .dailyLossOpen: watchLoss(rule, cause: cause, into: &out)
      case .drawdown: watchDrawdown(rule, cause: cause, into: &out)
      case .positionDrift: watchDrift(rule, cause: cause, into: &out)
      case .signalSilence: watchSilence(rule, cause: cause, into: &out)
      default: break
      }
    }
  }

  private mutating func watchLoss(_ rule: Int, cause: UInt64, into out: inout EventBuffer) {
    let limit = lossLimit(rule)
    let withOpen = breakers.watches[rule] == .dailyLossOpen
    for state in breakers.states(rule) where !risk.breakers[state].isTripped {
      let subject = breakers.subject(rule, state)
      let change: Int128
      switch subject.scope {
      case .account, .sector:
        change = -accountLoss(breakers.watches[rule])
      case .strategy:
        // A strategy's part has no cost of its own: what it lost includes what is open.
        change = profit(ofStrategy: Int(subject.index)) - risk.strategyOpenings[Int(subject.index)]
      case .symbol:
        let index = Int(subject.index)
        change =
          withOpen
          ? home(risk.books[index].cash + marketValue(index), index) - risk.books[index].openingProfit
          : home(risk.books[index].cash + books[index].position.costBasis, index) - risk.books[index].openingRealised
      }
      if -change >= limit { trip(rule, state, observed: -change, limit: limit, cause: cause, into: &out) }
    }
  }

  /// What the account has lost since the trading day began; negative where it has won.
  func accountLoss(_ watches: BreakerKind) -> Int128 {
    watches == .dailyLossOpen ? risk.day.openingEquity - equity : risk.day.openingRealised - realised
  }

  /// The least loss that trips a rule, in nanos of currency.
  func lossLimit(_ rule: Int) -> Int128 {
    let threshold = Int128(breakers.thresholds[rule])
    if !breakers.sharesOfEquity[rule] { return threshold }
    let (product, overflowed) = max(risk.day.openingEquity, 0).multipliedReportingOverflow(by: threshold)
    return max(overflowed ? .max : product / 1_000_000, 1)
  }

  private mutating func watchDrawdown(_ rule: Int, cause: UInt64, into out: inout EventBuffer) {
    let state = breakers.firstState[rule]
    let threshold = Int128(breakers.thresholds[rule])
    let lost = risk.peakEquity - equity
    if risk.peakEquity <= 0 || lost <= 0 || risk.breakers[state].isTripped { return }
    let share = lost.dividedInMicros(by: risk.peakEquity)
    if share >= threshold { trip(rule, state, observed: share, limit: threshold, cause: cause, into: &out) }
  }

  /// The position against what the last decision was to lead to, where nothing is on its way any more.
  private mutating func watchDrift(_ rule: Int, cause: UInt64, into out: inout EventBuffer) {
    for index in books.indices {
      guard let state = breakers.state(rule, strategy: -1, index: index), !risk.breakers[state].isTripped,
        books[index].orders.allSatisfy({ $0.isProtective })
      else { continue }
      let held = Int128(books[index].position.quantity.nanos)
      let intended = Int128(risk.books[index].intended)
      if held == intended { continue }
      let off = (held - intended).magnitude
      let share = intended == 0 ? Int128(BreakerTripped.beyondShares) : Int128(off * 1_000_000 / intended.magnitude)
      if share < Int128(breakers.thresholds[rule]) { continue }
      warnAndTrip(
        rule, state, .positionDrift, index: index, first: narrow(held), second: narrow(intended), observed: share,
        limit: Int128(breakers.thresholds[rule]), cause: cause, into: &out)
    }
  }
}

extension Int128 {
  /// Millionths of `whole`, rounded down; both are positive.
  func dividedInMicros(by whole: Int128) -> Int128 {
    let (product, overflowed) = multipliedReportingOverflow(by: 1_000_000)
    return overflowed ? self / Swift.max(whole / 1_000_000, 1) : product / whole
  }
}
