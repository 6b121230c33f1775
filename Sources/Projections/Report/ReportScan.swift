import Events
import Market

/// What a report needs of a journal, gathered in one pass. Memory grows with the days, not with the events.
struct ReportScan {
  struct Mark {
    let time: Timestamp
    let equity: Int128
    let gross: Int128
  }

  struct SymbolSums {
    var fills: UInt64 = 0
    var realised: Int128 = 0
    var fees: Int128 = 0
    var quantity = Quantity.zero
    var costBasis: Int128 = 0
    var lastClose = Price.zero
  }

  let context: RunContext
  let rates: ReportRates
  private(set) var barCount: UInt64 = 0
  private(set) var firstTime: Timestamp?
  private(set) var lastTime: Timestamp?
  private(set) var marks: [Mark] = []
  private(set) var symbols: [SymbolSums]
  private(set) var trips: RoundTrips
  private(set) var orders = OrderTally()
  private(set) var fees: Int128 = 0
  /// What of the fees was paid in other assets, in the order in which they first came.
  private(set) var assetFees: [AssetFeeTotal] = []
  /// The last fill that a real venue reported: what follows from the report itself, and not from a fill of it, corrects what was booked before.
  private var reported: (sequence: UInt64, instrument: InstrumentIndex, price: Price)?
  private(set) var slippage: Int128 = 0
  private(set) var dividends: Int128 = 0
  private(set) var charges = RunReport.Charges()
  private(set) var rolls: [RunReport.Roll] = []
  private(set) var traded: Int128 = 0
  private(set) var initialCash: Int128?
  private(set) var signalCount: UInt64 = 0
  private(set) var fillCount: UInt64 = 0
  private(set) var refusals = [UInt64](repeating: 0, count: 256)
  /// By the code's number.
  private(set) var alerts = [UInt64](repeating: 0, count: 256)
  private(set) var ended: RunEnded?
  /// An import makes no decisions, so its last word is the feed's.
  private(set) var isWholeImport = false

  init(_ context: RunContext) {
    self.context = context
    rates = ReportRates(context.started)
    let count = context.started.instruments.count
    symbols = Array(repeating: SymbolSums(), count: count)
    trips = RoundTrips(instrumentCount: count)
  }

  mutating func add(_ event: CursorEvent) throws(ProjectionError) {
    switch event.content {
    case .bar(let bar):
      barCount += 1
      note(event.time)
      try check(bar.instrument, event)
      symbols[bar.instrument.position].lastClose = bar.close
    case .row(let row):
      if case .input(let time) = row.origin, !ReportScan.isEnvelope(row.kind) { note(time) }
      try add(event, kind: row.kind)
    }
  }

  /// The feed's end has the wall's time in a live run, and a file's beginning none of its own; the period is that of what was fed.
  private static func isEnvelope(_ kind: EventKind) -> Bool {
    kind == FeedEnded.kind || kind == RunStarted.kind || kind == JournalContinued.kind
  }

  private mutating func note(_ time: Timestamp) {
    if firstTime == nil { firstTime = time }
    lastTime = time
  }

  private func check(_ instrument: InstrumentIndex, _ event: CursorEvent) throws(ProjectionError) {
    if instrument.position >= symbols.count {
      throw .decode(
        .valueOutOfRange(field: "instrument", value: Int64(instrument.rawValue)), sequence: event.sequence)
    }
  }

  private mutating func add(_ event: CursorEvent, kind: EventKind) throws(ProjectionError) {
    switch kind {
    case Signal.kind: signalCount += 1
    case RiskDecision.kind:
      let decision = try event.decode(RiskDecision.self)
      if decision.outcome == .refused { refusals[Int(decision.reason.rawValue)] += 1 }
    case OrderIntent.kind: orders.send(event.sequence)
    case OrderRejected.kind: orders.end(try event.decode(OrderRejected.self).order.sequence, as: \.rejected)
    case OrderCancelled.kind: orders.end(try event.decode(OrderCancelled.self).order.sequence, as: \.cancelled)
    case OrderExpired.kind: orders.end(try event.decode(OrderExpired.self).order.sequence, as: \.expired)
    case Fill.kind: try add(try event.decode(Fill.self), event)
    case PositionChanged.kind: try add(try event.decode(PositionChanged.self), event)
    case CashChanged.kind:
      let change = try event.decode(CashChanged.self)
      if change.reason == .feeCorrection, let reported, reported.sequence == event.cause {
        symbols[reported.instrument.position].fees -= change.amount
      }
      add(change)
    case PurseChanged.kind:
      let change = try event.decode(PurseChanged.self)
      tally(change.reason, home(change))
    case ExecutionReport.kind:
      let report = try event.decode(ExecutionReport.self)
      try check(report.instrument, event)
      reported = report.price.map { (event.sequence, report.instrument, $0) }
    case FeeConverted.kind: assetFees.add(try event.decode(FeeConverted.self))
    case Alert.kind: alerts[Int(try event.decode(Alert.self).code.rawValue)] += 1
    case MarginCalled.kind: charges.marginCalls += 1
    case FrontContract.kind: try add(try event.decode(FrontContract.self), event)
    case EquityMarked.kind: add(try event.decode(EquityMarked.self))
    case FeedEnded.kind: isWholeImport = context.started.mode == .import
    case RunEnded.kind: ended = try event.decode(RunEnded.self)
    default: return
    }
  }

  private mutating func add(_ front: FrontContract, _ event: CursorEvent) throws(ProjectionError) {
    guard let previous = front.previous else { return }
    try check(previous, event)
    try check(front.instrument, event)
    rolls.append(
      RunReport.Roll(
        time: event.time, previous: previous, next: front.instrument, reason: front.reason.word,
        previousPrice: front.previousPrice, price: front.price, quantity: front.quantity))
  }

  private mutating func add(_ fill: Fill, _ event: CursorEvent) throws(ProjectionError) {
    try check(fill.instrument, event)
    let multiplier = context.multiplier(of: fill.instrument)
    fillCount += 1
    fees += home(fill.fee, fill.instrument)
    traded += home(
      Int128(fill.price.notional(fill.quantity, multiplier: multiplier).magnitude), fill.instrument)
    slippage += home(
      Price(nanos: fill.slippage).notional(fill.quantity, multiplier: multiplier), fill.instrument)
    symbols[fill.instrument.position].fills += 1
    symbols[fill.instrument.position].fees += fill.fee
    trips.pay(fee: home(fill.fee, fill.instrument), fill.instrument)
    orders.fill(fill.order.sequence, isWhole: fill.leaves == .zero)
  }

  private mutating func add(_ change: PositionChanged, _ event: CursorEvent) throws(ProjectionError) {
    try check(change.instrument, event)
    let position = change.instrument.position
    if let reported, reported.sequence == event.cause {
      // Units that a correction pays as a fee, or gives back.
      let units = Quantity(nanos: symbols[position].quantity.nanos - change.quantity.nanos)
      let fee = reported.price.notional(units, multiplier: context.multiplier(of: change.instrument))
      fees += home(fee, change.instrument)
      symbols[position].fees += fee
    }
    symbols[position].realised += change.realised
    symbols[position].quantity = change.quantity
    symbols[position].costBasis = change.costBasis
    trips.change(
      change.instrument, quantity: change.quantity, realised: home(change.realised, change.instrument))
  }

  /// An amount of an instrument's currency in the run's, at the last closes.
  func home(_ amount: Int128, _ instrument: InstrumentIndex) -> Int128 {
    rates.isMixed ? rates.home(amount, instrument) { symbols[$0].lastClose } : amount
  }

  private mutating func add(_ change: CashChanged) {
    if initialCash == nil { initialCash = change.balance - change.amount }
    tally(change.reason, change.amount)
  }

  /// Counts what is neither a fill nor its correction.
  private mutating func tally(_ reason: CashReason, _ amount: Int128) {
    switch reason {
    case .dividend: dividends += amount
    case .feeCorrection: fees -= amount
    case .interest: charges.interest += amount
    case .borrowFee: charges.borrowFees += amount
    case .funding: charges.funding += amount
    case .variation: charges.variation += amount
    case .fill, .cashInLieu, .adopted, .proceeds, .priceCorrection, .conversion: break
    }
  }

  private mutating func add(_ mark: EquityMarked) {
    if let last = marks.last, last.time.utcDay == mark.asOf.utcDay { marks.removeLast() }
    marks.append(Mark(time: mark.asOf, equity: mark.equity, gross: mark.grossExposure))
    // What turning money cost is no fill's; the account's own total has it.
    if rates.isMixed { fees = mark.fees }
  }

  /// Money that moved nothing yet is all there was: without a cash change the first mark is the starting capital.
  var startEquity: Int128? { rates.startCash ?? initialCash ?? marks.first?.equity }

  private func home(_ change: PurseChanged) -> Int128 {
    let place = context.started.instruments.firstIndex { $0.currency == change.currency }
    return place.map { home(change.amount, InstrumentIndex($0)) } ?? 0
  }

  var silence: Silence? {
    if fillCount > 0 { return nil }
    if context.started.mode == .import { return .barsOnly }
    if barCount == 0 { return .noBars }
    let sent = orders.total
    if sent.sent > 0 {
      return .neverFilled(
        orders: sent.sent, expired: sent.expired, cancelled: sent.cancelled, rejected: sent.rejected, open: sent.open)
    }
    if signalCount > 0 {
      var reason: (text: String, count: UInt64) = ("no reason journaled", 0)
      // An exit of nothing is refused, too, and says nothing about why nothing was entered: it counts where it is all there is.
      for candidate in RiskReason.allCases
      where candidate != .alreadyThere && refusals[Int(candidate.rawValue)] > reason.count {
        reason = (candidate.word, refusals[Int(candidate.rawValue)])
      }
      if reason.count == 0 {
        reason = (RiskReason.alreadyThere.word, refusals[Int(RiskReason.alreadyThere.rawValue)])
      }
      return .refused(signals: signalCount, reason: reason.text, count: reason.count)
    }
    if let ended, ended.warmingUp >= ended.bars { return .warmingUp(bars: barCount) }
    return .noSignal(bars: barCount)
  }
}
