import Events
package import Journal
import Market

/// Reports how a run went.
/// - Throws: also where the run's beginning is missing: what it earned could not be told from what it had.
/// - Complexity: one pass; memory grows with the days.
package func report(_ chain: JournalChain) throws(ProjectionError) -> RunReport {
  try chain.requireRunStart()
  var cursor = try EventCursor(chain)
  var scan = ReportScan(RunContext(chain))
  while let event = try cursor.next() { try scan.add(event) }
  return RunReport(scan, eventCount: cursor.eventCount)
}

extension RunReport {
  init(_ scan: ReportScan, eventCount: UInt64) {
    let isRoundTheClock = scan.context.started.instruments.allSatisfy { $0.calendar == .always }
    let periods = isRoundTheClock ? 365 : 252
    let start = scan.startEquity
    let marks = scan.marks

    var days: [DayReturn] = []
    var isSolvent = true
    var previous = start ?? 0
    var search = DrawdownSearch(start: scan.firstTime ?? scan.context.startedAt, equity: previous)
    var exposureSum = 0.0
    var equitySum: Int128 = 0
    var inMarket = 0
    for mark in marks {
      // A share of nothing is no number: from a mark at or below zero on there are no returns.
      if previous <= 0 { isSolvent = false }
      if isSolvent {
        days.append(DayReturn(time: mark.time, value: Double(mark.equity - previous) / Double(previous)))
      }
      if mark.equity > 0 { exposureSum += Double(mark.gross) / Double(mark.equity) }
      if mark.gross != 0 { inMarket += 1 }
      equitySum += mark.equity
      search.add(mark.time, mark.equity)
      previous = mark.equity
    }
    let statistics = ReturnStatistics(returns: isSolvent ? days.map(\.value) : [], periodsPerYear: Double(periods))
    let drawdown = search.drawdown
    let meanEquity = marks.isEmpty ? 0 : Double(equitySum) / Double(marks.count)
    let turnover = meanEquity > 0 ? Double(scan.traded) / meanEquity : nil

    context = scan.context
    self.eventCount = eventCount
    barCount = scan.barCount
    firstTime = scan.firstTime
    lastTime = scan.lastTime
    isComplete = scan.ended != nil || scan.isWholeImport
    dayCount = marks.count
    periodsPerYear = periods
    startEquity = start
    finalEquity = marks.last?.equity
    totalReturn = statistics.total
    annualReturn = statistics.annual
    annualVolatility = statistics.annualVolatility
    sharpe = statistics.sharpe
    sortino = statistics.sortino
    calmar = statistics.calmar(drawdown: drawdown?.share)
    self.drawdown = drawdown
    bestDay = days.max { $0.value < $1.value }
    worstDay = days.min { $0.value < $1.value }
    timeInMarket = marks.isEmpty ? nil : Double(inMarket) / Double(marks.count)
    meanExposure = marks.isEmpty ? nil : exposureSum / Double(marks.count)
    self.turnover = turnover
    annualTurnover = turnover.map { $0 * Double(periods) / Double(marks.count) }
    trades = Trades(scan.trips)
    fees = scan.fees
    assetFees = scan.assetFees
    slippage = scan.slippage
    dividends = scan.dividends
    isMixed = scan.rates.isMixed
    charges = scan.charges
    rolls = scan.rolls
    rollsPutOff = scan.alerts[Int(AlertCode.rollPutOff.rawValue)]
    orders = Orders(scan.orders.total)
    signalCount = scan.signalCount
    fillCount = scan.fillCount
    alerts = scan.alerts.indices.compactMap { number in
      guard scan.alerts[number] > 0, let code = AlertCode(rawValue: UInt8(number)) else { return nil }
      return (code.word, scan.alerts[number])
    }
    symbols = scan.symbols.enumerated().map { position, sums in
      let instrument = InstrumentIndex(position)
      let value = sums.lastClose.notional(sums.quantity, multiplier: scan.context.multiplier(of: instrument))
      return Symbol(
        name: scan.context.name(of: instrument), currency: scan.context.currency(of: instrument),
        trades: scan.trips.closed[position], fills: sums.fills,
        realised: sums.realised, fees: sums.fees, position: sums.quantity, marketValue: value,
        unrealised: value - sums.costBasis)
    }
    silence = scan.silence
  }
}

extension RunReport.Trades {
  init(_ trips: RoundTrips) {
    count = trips.count
    wins = trips.wins
    hitRate = trips.count > 0 ? Double(trips.wins) / Double(trips.count) : nil
    profitFactor = trips.loss > 0 ? Double(trips.gain) / Double(trips.loss) : nil
    averageWin = trips.wins > 0 ? trips.gain.dividedRoundingHalfEven(by: Int128(trips.wins)) : nil
    averageLoss = trips.losses > 0 ? -trips.loss.dividedRoundingHalfEven(by: Int128(trips.losses)) : nil
    best = trips.best
    worst = trips.worst
  }
}

extension RunReport.Orders {
  init(_ counts: OrderTally.Counts) {
    sent = counts.sent
    filled = counts.filled
    cancelled = counts.cancelled
    expired = counts.expired
    rejected = counts.rejected
    open = counts.open
    partlyFilled = counts.partlyFilled
  }
}
