import Core
import Events
import Market
import Rehearsal
import Runtime
import Simulation

/// What must hold between a run's journal and the exchange's own book.
extension SessionChecks {
  static func check(_ result: SessionResult, _ facts: JournalFacts, _ exchange: Exchange) throws(SessionFinding) {
    let book = try ExchangeBook(exchange)
    guard let runID = facts.started?.runID else { throw SessionFinding(.journal, "the journal has no beginning") }
    try checkOrders(book, facts, runID)
    // What a run didn't know when it was ended it can't have booked.
    guard let end = result.end, end.unknownOrders == 0 else { return }
    // Nor what orders that it left working have filled since.
    try checkFills(book, facts, mayMiss: end.workingOrders > 0)
    if facts.adoptions > result.plan.foreign.count {
      throw SessionFinding(
        .reconciliation, "\(facts.adoptions) adoptions of \(result.plan.foreign.count) foreign balances")
    }
    guard end.workingOrders == 0, facts.adoptions == result.plan.foreign.count else { return }
    try checkHoldings(result, book, facts)
  }

  /// I2: each intent is at the exchange at most once, as it was meant; nothing is there that nobody meant.
  private static func checkOrders(
    _ book: ExchangeBook, _ facts: JournalFacts, _ runID: [UInt8]
  ) throws(SessionFinding) {
    var seen: Set<UInt64> = []
    for order in book.orders {
      guard let sequence = ClientOrderID.sequence(of: order.clientOrderID, runID: runID),
        let meant = facts.orders[sequence]
      else { throw SessionFinding(.sentBeforeDurable, "\(order.clientOrderID) is at the exchange and in no journal") }
      if !seen.insert(sequence).inserted {
        throw SessionFinding(.sentTwice, "order \(sequence) was accepted twice")
      }
      let side = meant.intent.side == .buy ? "BUY" : "SELL"
      if order.side != side || order.quantity > meant.intent.quantity.nanos {
        throw SessionFinding(
          .sentTwice, "order \(sequence) is \(order) at the exchange, and was meant as \(meant.intent)")
      }
      if meant.isWithheld { throw SessionFinding(.sentWhileStopped, "order \(sequence) was withheld and sent") }
    }
  }

  /// I12: the fills of the exchange are those of the journal, each once and as it was.
  private static func checkFills(
    _ book: ExchangeBook, _ facts: JournalFacts, mayMiss: Bool
  ) throws(SessionFinding) {
    var missing = book.trades
    for (sequence, fill) in facts.fills {
      // The report that the fill was booked from.
      guard let report = facts.reports[fill.bar] else {
        throw SessionFinding(.fills, "fill \(sequence) came of no report")
      }
      let trade = ExchangeBook.Trade(symbol: SessionPlan.symbol(fill.instrument.position), id: report.tradeID)
      guard let terms = missing.removeValue(forKey: trade) else {
        let again = book.trades[trade] != nil
        throw SessionFinding(
          .fills, "fill \(sequence), trade \(trade), " + (again ? "was booked before" : "never happened"))
      }
      if terms.quantity != fill.quantity.nanos || terms.price != fill.price.nanos
        || Int128(terms.commission) != fill.fee
      {
        throw SessionFinding(.fills, "trade \(trade) was \(terms), and fill \(sequence) is \(fill)")
      }
    }
    if mayMiss { return }
    if let (trade, terms) = missing.min(by: { ($0.key.symbol, $0.key.id) < ($1.key.symbol, $1.key.id) }) {
      throw SessionFinding(.fills, "trade \(trade), \(terms), is not in the journal")
    }
  }

  /// I4, I5, I19: positions and cash are the exchange's to the last nano, and nothing works there that the run doesn't know of.
  private static func checkHoldings(
    _ result: SessionResult, _ book: ExchangeBook, _ facts: JournalFacts
  ) throws(SessionFinding) {
    for (place, position) in facts.positions.enumerated() {
      let symbol = SessionPlan.symbol(place)
      let theirs = book.balances[String(symbol.dropLast(4))] ?? 0
      if position != theirs {
        throw SessionFinding(.position, "\(symbol): \(position) nanos in the journal, \(theirs) at the exchange")
      }
    }
    let cash = Int128(1_000_000) * Int128(FixedPoint.unit) + facts.cash
    let theirs = Int128(book.balances["USDT"] ?? 0)
    if cash != theirs { throw SessionFinding(.cash, "\(cash) nanos in the journal, \(theirs) at the exchange") }
    if facts.breaks > 0 { throw SessionFinding(.reconciliation, "\(facts.breaks) breaks, and the books agree") }
    if let end = result.end, end.workingOrders != book.open.count {
      throw SessionFinding(
        .reconciliation, "\(end.workingOrders) orders work in the run's view, \(book.open.count) at the exchange")
    }
  }
}
