import Events
import Market

extension RunReport {
  /// For people: sections of aligned lines, amounts with two decimals. What has no value is `-`.
  package func text() -> String {
    let currency = "\(context.started.currency)"
    var out = "run \(context.runID.prefix(12))  \(context.started.mode.word)"
    out += "  \(context.started.strategies.joined(separator: " "))\n"
    if let firstTime, let lastTime { out += "\(firstTime) to \(lastTime), \(barCount) bars, \(dayCount) days marked\n" }
    if !isComplete {
      let at = lastTime.map { " at \($0)" } ?? ""
      out += "Ended early: no run_ended; the last event is \(eventCount - 1)\(at). The figures are those up to there.\n"
    }
    if let silence { out += "No trades: \(silence.text).\n" }
    if context.started.mode == .import { return out }
    out += "\nReturn\n" + returns(currency)
    out += "\nRisk (\(periodsPerYear) days a year, risk-free rate 0)\n" + risk(currency)
    out += "\nExposure\n" + exposure()
    out += "\nClosed trades\n" + closedTrades(currency)
    out += "\nCosts\n" + costs(currency)
    out += "\nOrders\n" + orderLines()
    if !rolls.isEmpty || rollsPutOff > 0 { out += "\nRolls\n" + rollTable() }
    return out + "\nBy symbol, \(isMixed ? "each in its own currency" : "in \(currency)")\n" + symbolTable()
  }

  private func section(_ lines: [(String, String)]) -> String {
    var table = TextTable([.left, .left], indent: "  ")
    for (name, value) in lines { table.add(name.padded(to: 22), value) }
    return table.text
  }

  private func money(_ nanos: Int128?, _ currency: String) -> String {
    nanos == nil ? "-" : "\(Statistic.money(nanos)) \(currency)"
  }

  private func day(_ day: DayReturn?) -> String {
    day.map { "\(Statistic.percent($0.value)) at \($0.time)" } ?? "-"
  }

  private func returns(_ currency: String) -> String {
    section([
      ("start equity", money(startEquity, currency)), ("final equity", money(finalEquity, currency)),
      ("total return", Statistic.percent(totalReturn)), ("CAGR", Statistic.percent(annualReturn)),
      ("best day", day(bestDay)), ("worst day", day(worstDay)),
    ])
  }

  private func risk(_ currency: String) -> String {
    var lines = [
      ("volatility a year", Statistic.percent(annualVolatility)), ("Sharpe", Statistic.text(sharpe, decimals: 3)),
      ("Sortino", Statistic.text(sortino, decimals: 3)), ("Calmar", Statistic.text(calmar, decimals: 3)),
    ]
    if let drawdown {
      lines.append(
        ("maximum drawdown", "\(Statistic.percent(drawdown.share)), \(money(drawdown.amount, currency))"))
      lines.append(("  from its peak at", "\(drawdown.peak)"))
      lines.append(("  to its trough at", "\(drawdown.trough)"))
      lines.append(("  recovered", drawdown.recovered.map { "\($0)" } ?? "never"))
    } else {
      lines.append(("maximum drawdown", "none"))
    }
    return section(lines)
  }

  private func exposure() -> String {
    section([
      ("time in market", Statistic.percent(timeInMarket)),
      ("mean gross / equity", Statistic.percent(meanExposure)),
      ("turnover", Statistic.text(turnover, decimals: 3)),
      ("turnover a year", Statistic.text(annualTurnover, decimals: 3)),
    ])
  }

  private func closedTrades(_ currency: String) -> String {
    section([
      ("trades", "\(trades.count)"), ("hit rate", Statistic.percent(trades.hitRate)),
      ("profit factor", Statistic.text(trades.profitFactor, decimals: 3)),
      ("average win", money(trades.averageWin, currency)), ("average loss", money(trades.averageLoss, currency)),
      ("best", money(trades.best, currency)), ("worst", money(trades.worst, currency)),
    ])
  }

  private func costs(_ currency: String) -> String {
    var lines = [
      ("fees", money(fees, currency)), ("slippage", money(slippage, currency)),
      ("dividends", money(dividends, currency)),
    ]
    for paid in assetFees.reversed() {
      lines.insert(
        ("fees in \(paid.asset)", "\(FixedPoint.text(nanos: paid.amount)) booked as \(money(paid.booked, currency))"),
        at: 1)
    }
    if charges.interest != 0 { lines.append(("interest", money(charges.interest, currency))) }
    if charges.borrowFees != 0 { lines.append(("borrow fees", money(charges.borrowFees, currency))) }
    if charges.funding != 0 { lines.append(("funding", money(charges.funding, currency))) }
    if charges.variation != 0 { lines.append(("variation settled", money(charges.variation, currency))) }
    if charges.marginCalls != 0 { lines.append(("margin calls", "\(charges.marginCalls)")) }
    return section(lines)
  }

  private func orderLines() -> String {
    var lines = [
      ("signals", "\(signalCount)"), ("sent", "\(orders.sent)"), ("filled", "\(orders.filled)"),
      ("cancelled", "\(orders.cancelled)"), ("expired", "\(orders.expired)"), ("rejected", "\(orders.rejected)"),
      ("open at the end", "\(orders.open)"), ("filled in part", "\(orders.partlyFilled)"), ("fills", "\(fillCount)"),
    ]
    if !alerts.isEmpty { lines.append(("alerts", alerts.map { "\($0.count) \($0.word)" }.joined(separator: ", "))) }
    return section(lines)
  }

  private func rollTable() -> String {
    var table = TextTable([.left, .left, .right, .left, .right, .right, .left], indent: "  ")
    if !rolls.isEmpty { table.add("at", "from", "close", "to", "close", "held", "by") }
    for roll in rolls {
      table.add(
        "\(roll.time)", context.name(of: roll.previous), "\(roll.previousPrice)", context.name(of: roll.next),
        "\(roll.price)", "\(roll.quantity)", roll.reason)
    }
    return table.text + (rollsPutOff > 0 ? section([("put off", "\(rollsPutOff)")]) : "")
  }

  private func symbolTable() -> String {
    if isMixed { return mixedTable() }
    var table = TextTable([.left, .right, .right, .right, .right, .right, .right, .right], indent: "  ")
    table.add("symbol", "trades", "fills", "realised", "fees", "position", "value", "unrealised")
    for symbol in symbols {
      table.add(
        symbol.name, "\(symbol.trades)", "\(symbol.fills)", Statistic.money(symbol.realised),
        Statistic.money(symbol.fees), "\(symbol.position)", Statistic.money(symbol.marketValue),
        Statistic.money(symbol.unrealised))
    }
    return table.text
  }

  private func mixedTable() -> String {
    var table = TextTable([.left, .left, .right, .right, .right, .right, .right, .right, .right], indent: "  ")
    table.add("symbol", "in", "trades", "fills", "realised", "fees", "position", "value", "unrealised")
    for symbol in symbols {
      table.add(
        symbol.name, "\(symbol.currency)", "\(symbol.trades)", "\(symbol.fills)", Statistic.money(symbol.realised),
        Statistic.money(symbol.fees), "\(symbol.position)", Statistic.money(symbol.marketValue),
        Statistic.money(symbol.unrealised))
    }
    return table.text
  }
}

extension String {
  /// So that the values of all sections stand in one column.
  fileprivate func padded(to width: Int) -> String {
    count < width ? self + String(repeating: " ", count: width - count) : self
  }
}
