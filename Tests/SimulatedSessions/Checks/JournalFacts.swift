import Core
package import Events
package import Journal
package import Market
import Simulation

/// What a session's journal says, read event by event without any of the code that made it but the codecs.
package struct JournalFacts {
  package struct Order {
    package var sequence: UInt64
    package var intent: OrderIntent
    package var filled = Quantity.zero
    /// What may still fill.
    package var leaves: Quantity
    package var isWithheld = false
    /// The stop in front of a target: one alone of the two fills.
    package var stop: UInt64?
    /// The order that was to end for this one: one alone of the two fills.
    package var replaces: UInt64?
    package var isOver = false
    package var time: Timestamp
  }

  package private(set) var started: RunStarted?
  package private(set) var orders: [UInt64: Order] = [:]
  package private(set) var fills: [(sequence: UInt64, fill: Fill)] = []
  package private(set) var reports: [UInt64: ExecutionReport] = [:]
  package private(set) var positions: [Int64]
  /// Nanos of currency.
  package private(set) var cash: Int128 = 0
  package private(set) var count: UInt64 = 0
  package private(set) var ended: RunEnded?
  package private(set) var adoptions = 0
  package private(set) var breaks = 0
  /// Input sequences of kills that were taken, and of commands that ended or changed something.
  package private(set) var alerts: [Alert] = []
  /// What happened, counted by name.
  package private(set) var happened: [String: Int] = [:]
  /// Violations that show event by event.
  package private(set) var findings: [SessionFinding] = []
  /// When the bars became known that were decided on.
  package private(set) var freshTimes: Set<Timestamp> = []
  private var lastIntent: UInt64?
  /// An intent whose caps are still to be looked at.
  private var uncapped: (intent: OrderIntent, sequence: UInt64)?
  private var killPhase = KillPhase.none
  private var account = TradingState.active
  private var isWithheld = false
  /// Of each instrument, whether its newest bar was history.
  private var isHistory: [Bool]
  /// Of each instrument, when its newest bar became known.
  private var knownAt: [Timestamp]
  private var reading = Timestamp(nanos: .min)
  private var truth: [Int64: [Bar]] = [:]

  /// Nanos of quantity of one instrument that may be held.
  private let cap: Int64
  /// Whether nothing may ever be on sale that isn't held, because a spot exchange would refuse it.
  private let sellsHeldAlone: Bool
  /// Whether fills came that nobody could count on.
  private var isSurprised = false

  package init(_ file: any JournalFile, plan: SessionPlan) throws(SessionFinding) {
    let count = plan.symbolCount
    cap = plan.positionCap * FixedPoint.unit
    sellsHeldAlone = plan.hasRestingExits && plan.isLongOnly
    positions = Array(repeating: 0, count: count)
    isHistory = Array(repeating: false, count: count)
    knownAt = Array(repeating: Timestamp(nanos: .min), count: count)
    for bar in plan.bars { truth[bar.openTime.nanos, default: []].append(bar) }
    do {
      var reader = try ChainReader(try JournalChain(file))
      while let event = try reader.next() { try note(event) }
    } catch {
      throw SessionFinding(.journal, "the journal can't be read: \(error)")
    }
  }

  private mutating func note(_ event: JournalEvent) throws(DecodeError) {
    count = event.sequence + 1
    if event.kind == OrderTerms.kind { note(try event.decode(OrderTerms.self)) }
    if let intent = uncapped, event.sequence > intent.sequence {
      uncapped = nil
      checkCap(intent.intent, intent.sequence)
    }
    switch event.kind {
    case BarObserved.kind: if case .bar(let bar) = event.content { note(bar, event.sequence) }
    case Timer.kind: reading = try event.decode(Timer.self).reading ?? reading
    case RunStarted.kind: started = try event.decode(RunStarted.self)
    case OperatorCommand.kind: note(try event.decode(OperatorCommand.self))
    case KillSwitch.kind: if killPhase == .none { killPhase = .flattening }
    case KillAdvanced.kind:
      killPhase = try event.decode(KillAdvanced.self).phase
      happened[.word("kill", killPhase.word), default: 0] += 1
    case TradingStateChanged.kind: try note(event.decode(TradingStateChanged.self))
    case OrderIntent.kind: note(try event.decode(OrderIntent.self), event)
    case OrderWithheld.kind:
      let order = try event.decode(OrderWithheld.self).order.sequence
      orders[order]?.isWithheld = true
      happened[.word("order", "withheld"), default: 0] += 1
      orders[order]?.isOver = true
    case Fill.kind: note(try event.decode(Fill.self), event.sequence)
    case OrderCancelled.kind: orders[try event.decode(OrderCancelled.self).order.sequence]?.isOver = true
    case OrderReduced.kind:
      let reduced = try event.decode(OrderReduced.self)
      orders[reduced.order.sequence]?.leaves = reduced.leaves
    case OrderExpired.kind: orders[try event.decode(OrderExpired.self).order.sequence]?.isOver = true
    case OrderRejected.kind: orders[try event.decode(OrderRejected.self).order.sequence]?.isOver = true
    case ExecutionReport.kind:
      let report = try event.decode(ExecutionReport.self)
      reports[event.sequence] = report
      if sellsHeldAlone, report.type == .rejected, report.side == .sell, report.reason.contains("insufficient balance")
      {
        find(.oversold, "report \(event.sequence): \(report.reason)")
      }
      happened[.word("report", report.type.word + "/" + report.source.word), default: 0] += 1
    case Notice.kind: happened[.word("notice", try event.decode(Notice.self).code.word), default: 0] += 1
    case CancelRequested.kind: happened[.word("order", "cancel_requested"), default: 0] += 1
    case BreakerTripped.kind: happened[.word("breaker", "tripped"), default: 0] += 1
    case AccountAdopted.kind:
      let adopted = try event.decode(AccountAdopted.self)
      adoptions += 1
      happened[.word("account", "adopted"), default: 0] += 1
      isSurprised = true
      if let instrument = adopted.instrument { positions[instrument.position] += adopted.quantity.nanos }
      cash += adopted.cash
    case ReconciliationBreak.kind: breaks += 1
    case Alert.kind:
      let alert = try event.decode(Alert.self)
      alerts.append(alert)
      happened[.word("alert", alert.code.word), default: 0] += 1
      if alert.code == .lateFill || alert.code == .overfill { isSurprised = true }
    case RunEnded.kind: ended = try event.decode(RunEnded.self)
    default: break
    }
  }

  private mutating func note(_ bar: Bar, _ sequence: UInt64) {
    let place = bar.instrument.position
    isHistory[place] = bar.isHistorical
    if !bar.isHistorical { freshTimes.insert(bar.knownAt) }
    knownAt[place] = bar.knownAt
    let real = truth[bar.openTime.nanos]?.first { $0.instrument == bar.instrument }
    let isReal = real.map {
      $0.open == bar.open && $0.high == bar.high && $0.low == bar.low && $0.close == bar.close
        && $0.volume == bar.volume
    }
    if isReal != true { find(.orderedOnHistory, "bar \(sequence) is none that the market had") }
  }

  private mutating func note(_ command: OperatorCommand) {
    switch command.command {
    case .withhold: isWithheld = true
    case .submit: isWithheld = false
    case .halt, .resume, .cancelAll, .reduceOnly, .rearm, .restoreSize: break
    }
  }

  private mutating func note(_ change: TradingStateChanged) {
    if change.subject == .account { account = change.state }
  }

  private mutating func note(_ intent: OrderIntent, _ event: JournalEvent) {
    orders[event.sequence] = Order(
      sequence: event.sequence, intent: intent, leaves: intent.quantity, time: event.time)
    if intent.purpose == .takeProfit, let last = lastIntent.flatMap({ orders[$0] }), last.intent.purpose == .stopLoss,
      event.sequence - last.sequence == 2, last.intent.instrument == intent.instrument
    {
      orders[event.sequence]?.stop = last.sequence
    }
    lastIntent = event.sequence
    checkSale(intent, event.sequence)
    happened[.word("order", intent.purpose.word), default: 0] += 1
    guard intent.purpose == .signal else { return }
    if killPhase != .none {
      find(.sentWhileStopped, "order \(event.sequence) was made by a signal while the run was killed")
    }
    if account == .halted { find(.sentWhileStopped, "order \(event.sequence) was made while trading was halted") }
    let place = intent.instrument.position
    // What it takes the place of is told right behind it.
    uncapped = (intent, event.sequence)
    if isHistory[place] { find(.orderedOnHistory, "order \(event.sequence) was made on a bar of history") }
    let age = reading.nanos - knownAt[place].nanos
    // A bar that is older than one interval has been followed by another; the clocks differ by some seconds.
    if reading.nanos > .min, age > SessionPlan.intervalNanos + 10_000_000_000 {
      find(.orderedOnHistory, "order \(event.sequence) was made on a bar that was \(age / 1_000_000_000) s old")
    }
  }

  private mutating func note(_ terms: OrderTerms) {
    guard let old = terms.replaces else { return }
    orders[terms.order.sequence]?.replaces = old.sequence
    happened[.word("order", "replaces"), default: 0] += 1
  }

  /// I7: what is held and what works on the same side stays below the cap, orders in flight and cancels that are on their way included.
  private mutating func checkCap(_ intent: OrderIntent, _ sequence: UInt64) {
    if isSurprised { return }
    let sign = intent.side.sign
    let own = orders.values.filter { order in
      order.intent.instrument == intent.instrument && order.intent.side == intent.side && !order.isOver
        && order.intent.purpose == .signal
    }
    let working = own.reduce(Int64(0)) { sum, order in
      let old = order.replaces.flatMap { orders[$0] }
      let isAlone = own.contains { $0.replaces == order.sequence }
      return isAlone ? sum : sum + max(order.leaves.nanos, old.map { $0.isOver ? 0 : $0.leaves.nanos } ?? 0)
    }
    let worst = positions[intent.instrument.position] * sign + working
    if worst > cap {
      find(
        .cap,
        "order \(sequence) lets \(worst) nanos be held where \(cap) may be: held \(positions[intent.instrument.position]), "
          + "working \(own.map(\.sequence).sorted())")
    }
  }

  /// I7: nor is more held.
  private mutating func checkHeld(_ fill: Fill, _ sequence: UInt64) {
    let held = positions[fill.instrument.position]
    guard !isSurprised, held.magnitude > cap.magnitude, (held > 0) == (fill.side == .buy),
      orders[fill.order.sequence]?.intent.purpose == .signal
    else { return }
    find(.cap, "fill \(sequence) leaves \(held) nanos held where \(cap) may be")
  }

  /// What is on sale at once, whatever has asked for it and however far its cancel is, is held.
  private mutating func checkSale(_ intent: OrderIntent, _ sequence: UInt64) {
    guard sellsHeldAlone, intent.side == .sell else { return }
    let onSale = orders.values.reduce(Int64(0)) { sum, order in
      guard order.intent.instrument == intent.instrument, order.intent.side == .sell, !order.isOver else { return sum }
      // Of stop and target the exchange sells one.
      if let stop = order.stop.flatMap({ orders[$0] }), !stop.isOver { return sum }
      return sum + order.leaves.nanos
    }
    let held = positions[intent.instrument.position]
    if onSale > held { find(.oversold, "order \(sequence) puts \(onSale) nanos on sale where \(held) are held") }
  }

  private mutating func note(_ fill: Fill, _ sequence: UInt64) {
    fills.append((sequence, fill))
    positions[fill.instrument.position] += fill.quantity.nanos * fill.side.sign
    cash -= fill.price.notional(fill.quantity, multiplier: FixedPoint.unit) * Int128(fill.side.sign) + fill.fee
    guard var order = orders[fill.order.sequence] else {
      find(.fills, "fill \(sequence) is of order \(fill.order.sequence), which nobody made")
      return
    }
    order.filled = order.filled + fill.quantity
    order.leaves = fill.leaves
    if fill.leaves == .zero { order.isOver = true }
    if order.filled > order.intent.quantity {
      find(.overfilled, "order \(order.sequence) of \(order.intent.quantity) has filled \(order.filled)")
    }
    if order.isWithheld { find(.sentWhileStopped, "order \(order.sequence) was withheld and has filled") }
    orders[fill.order.sequence] = order
    checkHeld(fill, sequence)
  }

  private mutating func find(_ invariant: SessionFinding.Invariant, _ text: String) {
    findings.append(SessionFinding(invariant, text))
  }
}

extension JournalFacts {
  /// What was meant and what it came to, without sequences and ids: the same in two sessions of one market where no outage changed what could be decided.
  package var story: [String] {
    let orders = orders.values.sorted { $0.sequence < $1.sequence }
    let meant = orders.map { "\($0.time): \(JournalFacts.words($0.intent))" }
    let filled = fills.map { _, fill in
      let intent = self.orders[fill.order.sequence].map { "\($0.time): \(JournalFacts.words($0.intent))" } ?? "nobody's"
      return "\(intent) filled \(fill.quantity) at \(fill.price), fee \(fill.fee)"
    }
    return meant.sorted() + filled.sorted() + ["held \(positions), cash \(cash)"]
  }

  private static func words(_ intent: OrderIntent) -> String {
    "\(intent.purpose.word) \(intent.side) \(intent.quantity) of \(intent.instrument.position), \(intent.type) "
      + "\(intent.limitPrice.map { "\($0)" } ?? "-") \(intent.stopPrice.map { "\($0)" } ?? "-")"
  }
}

extension String {
  /// The name of something that is counted.
  fileprivate static func word(_ kind: StaticString, _ word: some CustomStringConvertible) -> String {
    "\(kind)/\(word)"
  }
}
