import Events
import Market

extension RunReport {
  /// The report as a JSON document; its keys are described in `Projections.docc/Report.md`.
  ///
  /// Amounts of money and quantities are strings with exact decimals, ratios numbers with nine decimals at most, times ISO 8601 in UTC.
  package func json() -> String {
    var json = JSONWriter()
    json.openObject()
    writeRun(&json)
    writeReturns(&json)
    writeExposure(&json)
    writeTrades(&json)
    json.openObject("costs")
    json.money("fees", fees)
    if !assetFees.isEmpty {
      json.openArray("fees_in_assets")
      for paid in assetFees {
        json.openObject()
        json.string("asset", paid.asset)
        json.string("amount", FixedPoint.text(nanos: paid.amount))
        json.money("booked", paid.booked)
        json.closeObject()
      }
      json.closeArray()
    }
    json.money("slippage", slippage)
    json.money("dividends", dividends)
    if charges != Charges() {
      json.money("interest", charges.interest)
      json.money("borrow_fees", charges.borrowFees)
      json.money("funding", charges.funding)
      json.money("variation", charges.variation)
      json.integer("margin_calls", charges.marginCalls)
    }
    json.closeObject()
    writeOrders(&json)
    if !rolls.isEmpty || rollsPutOff > 0 { writeRolls(&json) }
    writeSymbols(&json)
    json.closeObject()
    return json.text()
  }

  private func writeRun(_ json: inout JSONWriter) {
    json.string("run_id", context.runID)
    json.string("mode", context.started.mode.word)
    json.string("currency", "\(context.started.currency)")
    json.openArray("strategies")
    for name in context.started.strategies { json.string(nil, name) }
    json.closeArray()
    json.flag("complete", isComplete)
    json.integer("last_sequence", eventCount - 1)
    json.string("first_time", firstTime.map { "\($0)" })
    json.string("last_time", lastTime.map { "\($0)" })
    json.integer("bars", barCount)
    json.integer("days", UInt64(dayCount))
    json.integer("periods_per_year", UInt64(periodsPerYear))
    json.string("no_trades", silence?.code)
    json.string("no_trades_text", silence?.text)
  }

  private func writeReturns(_ json: inout JSONWriter) {
    json.money("start_equity", startEquity)
    json.money("final_equity", finalEquity)
    json.ratio("total_return", totalReturn)
    json.ratio("cagr", annualReturn)
    json.ratio("annual_volatility", annualVolatility)
    json.ratio("sharpe", sharpe)
    json.ratio("sortino", sortino)
    json.ratio("calmar", calmar)
    if let drawdown {
      json.openObject("max_drawdown")
      json.ratio("share", drawdown.share)
      json.money("amount", drawdown.amount)
      json.string("peak", "\(drawdown.peak)")
      json.string("trough", "\(drawdown.trough)")
      json.string("recovered", drawdown.recovered.map { "\($0)" })
      json.closeObject()
    } else {
      json.string("max_drawdown", nil)
    }
    write(bestDay, "best_day", &json)
    write(worstDay, "worst_day", &json)
  }

  private func write(_ day: DayReturn?, _ key: StaticString, _ json: inout JSONWriter) {
    guard let day else {
      json.string(key, nil)
      return
    }
    json.openObject(key)
    json.string("time", "\(day.time)")
    json.ratio("return", day.value)
    json.closeObject()
  }

  private func writeExposure(_ json: inout JSONWriter) {
    json.openObject("exposure")
    json.ratio("time_in_market", timeInMarket)
    json.ratio("mean_gross", meanExposure)
    json.ratio("turnover", turnover)
    json.ratio("annual_turnover", annualTurnover)
    json.closeObject()
  }

  private func writeTrades(_ json: inout JSONWriter) {
    json.openObject("trades")
    json.integer("count", trades.count)
    json.integer("wins", trades.wins)
    json.ratio("hit_rate", trades.hitRate)
    json.ratio("profit_factor", trades.profitFactor)
    json.money("average_win", trades.averageWin)
    json.money("average_loss", trades.averageLoss)
    json.money("best", trades.best)
    json.money("worst", trades.worst)
    json.closeObject()
  }

  private func writeOrders(_ json: inout JSONWriter) {
    json.openObject("orders")
    json.integer("signals", signalCount)
    json.integer("sent", orders.sent)
    json.integer("filled", orders.filled)
    json.integer("cancelled", orders.cancelled)
    json.integer("expired", orders.expired)
    json.integer("rejected", orders.rejected)
    json.integer("open", orders.open)
    json.integer("partly_filled", orders.partlyFilled)
    json.integer("fills", fillCount)
    json.openArray("alerts")
    for alert in alerts {
      json.openObject()
      json.string("code", alert.word)
      json.integer("count", alert.count)
      json.closeObject()
    }
    json.closeArray()
    json.closeObject()
  }

  private func writeRolls(_ json: inout JSONWriter) {
    json.openArray("rolls")
    for roll in rolls {
      json.openObject()
      json.string("time", "\(roll.time)")
      json.string("from", context.name(of: roll.previous))
      json.string("to", context.name(of: roll.next))
      json.string("reason", roll.reason)
      json.string("from_close", "\(roll.previousPrice)")
      json.string("to_close", "\(roll.price)")
      json.string("held", "\(roll.quantity)")
      json.closeObject()
    }
    json.closeArray()
    json.integer("rolls_put_off", rollsPutOff)
  }

  private func writeSymbols(_ json: inout JSONWriter) {
    json.openArray("symbols")
    for symbol in symbols {
      json.openObject()
      json.string("symbol", symbol.name)
      if isMixed { json.string("currency", "\(symbol.currency)") }
      json.integer("trades", symbol.trades)
      json.integer("fills", symbol.fills)
      json.money("realised", symbol.realised)
      json.money("fees", symbol.fees)
      json.string("position", "\(symbol.position)")
      json.money("market_value", symbol.marketValue)
      json.money("unrealised", symbol.unrealised)
      json.closeObject()
    }
    json.closeArray()
  }
}
