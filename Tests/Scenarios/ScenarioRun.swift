import Core
import Events
import Market

extension Scenario {
  /// Runs the scenario and returns what differs from its expectations, one text a difference.
  package func differences() throws -> [String] {
    var stage = try Stage(configuration, instruments)
    var differences: [String] = []
    for step in steps {
      try stage.take(step.input)
      let happenings = try stage.happenings()
      let lines = happenings.compactMap { line(of: $0.body) }
      if lines != step.expected {
        differences.append("\(step.text)\n    happened: \(lines.joined(separator: " ; "))")
      }
      for (key, value) in step.state {
        let found = state(key, happenings, stage)
        if found != value { differences.append("\(step.text)\n    \(key) is \(found)") }
      }
      if !stage.engine.ledgerBalances { differences.append("\(step.text)\n    the ledger doesn't balance") }
    }
    return differences
  }

  /// What happened to orders and cash outside orders, as the expected column says it; nil for other events.
  func line(of body: any EventBody) -> String? {
    switch body {
    case let fill as Fill: "\(name(fill.instrument))\(fill.side) \(fill.quantity)@\(fill.price)"
    case let end as OrderCancelled: "cancel \(end.reason) \(end.leaves)"
    case let end as OrderExpired: "expire \(end.leaves)"
    case let reduced as OrderReduced: "reduce \(reduced.reason) \(reduced.leaves)"
    case let repriced as OrderRepriced:
      "reprice \([repriced.limitPrice, repriced.stopPrice].compactMap { $0 }.map { "\($0)" }.joined(separator: " "))"
    case let replaced as OrderReplaced: "amend \(replaced.filled) \(replaced.leaves)"
    case let end as OrderRejected: "reject \(end.reason)"
    case let alert as Alert: "alert \(alert.code)"
    case let kill as KillAdvanced: "kill \(kill.phase) \(kill.openPositions) \(kill.workingOrders)"
    case let trip as BreakerTripped: "trip \(trip.watches) \(trip.action) \(subject(trip.subject))"
    case let armed as BreakerRearmed: "rearm \(armed.watches) \(armed.by)"
    case let request as CancelRequested: "request \(request.reason)"
    case let cash as CashChanged: cash.reason == .fill ? nil : "\(cash.reason) \(FixedPoint.text(nanos: cash.amount))"
    case let purse as PurseChanged:
      purse.reason == .fill ? nil : "\(purse.currency) \(purse.reason) \(FixedPoint.text(nanos: purse.amount))"
    default: nil
    }
  }

  private func name(_ instrument: InstrumentIndex) -> String {
    instruments.count > 1 ? "\(instruments[instrument.position].symbol) " : ""
  }

  private func subject(_ subject: RiskSubject) -> String {
    switch subject.scope {
    case .account, .sector: "account"
    case .strategy: "strategy \(subject.index)"
    case .symbol: instruments[Int(subject.index)].symbol
    }
  }

  private func state(_ key: String, _ happenings: [Happening], _ stage: borrowing Stage) -> String {
    let described = stage.engine.describe()
    func texts<Body: EventBody>(_ type: Body.Type, _ text: (Body) -> String) -> String {
      happenings.compactMap { $0.body as? Body }.map(text).joined(separator: ",")
    }
    switch key {
    case "pos": return described.books.map { "\($0.quantity)" }.joined(separator: ",")
    case "counts": return "\(described.counts.signals):\(described.counts.refused):\(described.counts.cut)"
    case "basis": return described.books.map { FixedPoint.text(nanos: $0.costBasis) }.joined(separator: ",")
    case "lots": return described.books.map { "\($0.lotCount)" }.joined(separator: ",")
    case "orders": return described.books.map { "\($0.orders.count)" }.joined(separator: ",")
    case "cash": return FixedPoint.text(nanos: described.cash)
    case "purses": return described.purses.map { FixedPoint.text(nanos: $0.cash) }.joined(separator: ",")
    case "equity": return FixedPoint.text(nanos: described.equity)
    case "realised": return FixedPoint.text(nanos: described.realised)
    case "unrealised": return FixedPoint.text(nanos: described.unrealised)
    case "feesPaid": return FixedPoint.text(nanos: described.fees)
    case "fee": return texts(Fill.self) { FixedPoint.text(nanos: $0.fee) }
    case "slippage": return texts(Fill.self) { FixedPoint.text(nanos: $0.slippage) }
    case "rule": return texts(Fill.self) { "\($0.rule)" }
    case "side": return texts(Fill.self) { "\($0.liquidity)" }
    case "risk": return texts(RiskDecision.self) { "\($0.outcome):\($0.reason):\($0.allowed)" }
    case "intent": return texts(OrderIntent.self) { text(of: $0) }
    case "expires": return texts(OrderAccepted.self) { "\($0.expiresAt)" }
    case "checks": return texts(RiskDecision.self) { $0.checkWords.joined(separator: "+") }
    case "scope": return texts(RiskDecision.self) { "\($0.scope)" }
    case "numbers":
      return texts(RiskDecision.self) {
        "\(FixedPoint.text(nanos: Int128($0.observed)))>\(FixedPoint.text(nanos: Int128($0.limit)))"
      }
    case "state": return texts(TradingStateChanged.self) { "\(subject($0.subject)):\($0.state)" }
    case "opens": return texts(KillAdvanced.self) { $0.opensAt.map { "\($0)" } ?? "none" }
    case "marks": return texts(EquityMarked.self) { FixedPoint.text(nanos: $0.equity) }
    case "markedAt": return texts(EquityMarked.self) { "\($0.asOf)" }
    default: return "unknown"
    }
  }

  private func text(of intent: OrderIntent) -> String {
    var parts = ["\(intent.side)", "\(intent.type)", "\(intent.quantity)"]
    if let limit = intent.limitPrice { parts.append("\(limit)") }
    if let stop = intent.stopPrice { parts.append("\(stop)") }
    return parts.joined(separator: ":")
  }
}
