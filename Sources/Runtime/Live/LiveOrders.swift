import Brokers
import Core
import Events
import Feeds
import Market
import Wire

/// A run's orders at a real venue: the venue's machine, and the desk that sees to it that no intent becomes two orders.
///
/// What follows from an input is noted when it is reduced and handed over only when the commit behind it has returned.
///
/// Not copyable: it is asked several times in each step, and a copy of all that it holds costs more than most answers.
struct LiveOrders: ~Copyable {
  private var venue: any VenueMachine
  private var desk: OrderDesk
  private let name: String
  /// What the venue calls each instrument, and what it keeps its balance in.
  private let symbols: [String]
  private let assets: [String]
  private let cashAsset: String
  /// Stop and target of a position rest as a pair.
  private let pairsExits: Bool
  private var runID: [UInt8] = []
  private let defects: LiveDefects.Steps
  /// Orders of this process, for a defect.
  private var ticketCount: UInt64 = 0
  /// Orders whose intents are appended, and those whose cancel is.
  private var tickets: [OrderTicket] = []
  private var cancels: [OrderID] = []
  private var adopted: [(ticket: OrderTicket, intendedAt: Timestamp, isKnown: Bool, isCancelRequested: Bool)] = []
  private var lastTrades: [InstrumentIndex: String] = [:]
  private var venueOut = WireOutbox<VenueMessage>()
  private var deskOut = DeskOutbox()
  private var facts: [DeskFact] = []
  /// Whether this step has given the venue an order or a cancel.
  private(set) var hasHandedOver = false
  /// Whether the venue's reports arrive.
  private(set) var isConnected = false
  /// Why they don't, in the venue's words; nil where it never said anything.
  private(set) var trouble: String?

  init(_ venue: any VenueMachine, _ request: LiveRequest) {
    self.venue = venue
    defects = request.defects.steps
    let settings = request.settings.venue
    name = settings.kind.rawValue
    desk = OrderDesk(
      policy: DeskPolicy(
        resendWithinNanos: settings.resendWithinNanos, receiveWindowNanos: settings.receiveWindowNanos,
        foreignOrders: ForeignPolicy(settings.unknownOrders),
        foreignPositions: ForeignPolicy(settings.unknownPositions),
        foreignCash: settings.unknownCash.map { ForeignPolicy($0) },
        isSilent: !request.submission.isAllowed && !request.defects.steps.contains(.sendsWithheld)
      ))
    let exits = request.profile.configuration.exits
    pairsExits = exits.stopLossMicros != nil && exits.takeProfitMicros != nil
    let currency = request.profile.configuration.currency.description
    cashAsset = currency
    symbols = request.instruments.map { instrument in
      request.settings.instruments.first { $0.instrument.symbol == instrument.symbol }?.symbol(
        at: settings.kind.rawValue)
        ?? instrument.symbol
    }
    assets = symbols.map { symbol in
      symbol.hasSuffix(currency) && symbol.utf8.count > currency.utf8.count
        ? String(symbol.dropLast(currency.count)) : symbol
    }
  }

  /// A copy to try things on.
  init(copying other: borrowing LiveOrders) {
    venue = other.venue
    desk = other.desk
    name = other.name
    symbols = other.symbols
    assets = other.assets
    cashAsset = other.cashAsset
    pairsExits = other.pairsExits
    runID = other.runID
    defects = other.defects
    ticketCount = other.ticketCount
  }

  mutating func begin(runID: [UInt8]) { self.runID = runID }

  /// Takes over what another process of the run may have sent.
  mutating func resume(_ history: LiveHistory, _ runID: [UInt8], _ state: StateDescription) {
    begin(runID: runID)
    lastTrades = history.lastTrades
    for order in state.books.flatMap(\.orders) {
      guard let intent = history.intents[order.id] else { continue }
      var ticket = ticket(order.id, intent, isPostOnly: order.isPostOnly)
      // Of two that were told in one request neither is sent again by itself; one that is alone by now is made anew just so.
      if pairsExits, order.isProtective, intent.type != .market { ticket.pairedWith = order.id }
      ticket.replaces = history.replaces[order.id]
      if defects.contains(.resendsAfterRestart) {
        tickets.append(ticket)
        continue
      }
      adopted.append(
        (
          ticket, history.intentTimes[order.id] ?? state.time,
          !order.isUnacknowledged, order.isCancelRequested
        ))
    }
    for order in history.lackingFills {
      guard let intent = history.intents[order] else { continue }
      adopted.append((ticket(order, intent, isPostOnly: false), history.intentTimes[order] ?? state.time, true, false))
    }
  }

  /// - Parameter takesFacts: whether there is a journal to put facts into; without one they wait.
  func wakeAt(takesFacts: Bool) -> Timestamp? {
    if takesFacts, !facts.isEmpty { return Timestamp(nanos: .min) }
    return .earlier(venue.wakeAt, desk.wakeAt)
  }

  /// A comparison with the venue has found nothing in doubt.
  var isReconciled: Bool { desk.isReconciled }
  /// Nothing is on its way to the venue or back.
  var isSettled: Bool { tickets.isEmpty && cancels.isEmpty && facts.isEmpty && desk.isSettled }
  /// Orders whose outcome is not known.
  var unknownCount: Int { desk.unknownCount }

  mutating func wake(_ now: Timestamp) {
    venue.wake(now: now, into: &venueOut)
    desk.wake(now: now, into: &deskOut)
    listen(now)
  }

  mutating func receive(_ event: WireEvent, _ now: Timestamp) {
    venue.receive(event, now: now, into: &venueOut)
    listen(now)
  }

  /// Compares with the venue from here on, after taking over what an earlier process may have sent.
  mutating func reconcile(_ now: Timestamp) {
    for order in adopted {
      desk.adopt(
        order.ticket, intendedAt: order.intendedAt, isKnown: order.isKnown,
        isCancelRequested: order.isCancelRequested, now: now, into: &deskOut)
    }
    adopted = []
    desk.beginReconciling(from: SnapshotRequest(lastTrades: lastTrades, since: now), now: now, into: &deskOut)
    listen(now)
  }

  /// Lets the desk hear what the venue said.
  private mutating func listen(_ now: Timestamp) {
    let messages = venueOut.messages
    venueOut.messages.removeAll(keepingCapacity: true)
    for message in messages {
      noteConnection(message)
      desk.hear(message, now: now, into: &deskOut)
    }
    facts += deskOut.facts
    deskOut.facts.removeAll(keepingCapacity: true)
  }

  private mutating func noteConnection(_ message: VenueMessage) {
    switch message {
    case .connected: (isConnected, trouble) = (true, nil)
    case .disconnected(let why): (isConnected, trouble) = (false, why)
    case .notice(.disconnected, _, let why), .notice(.requestRefused, _, let why): if !isConnected { trouble = why }
    case .notice, .report, .answered: break
    }
  }

  /// Notes what follows from an input.
  mutating func note(_ scan: DerivedScan) {
    for (place, (id, intent)) in scan.intents.enumerated()
    where defects.contains(.sendsWithheld) || !scan.withheld.contains(id) {
      var ticket = ticket(id, intent, isPostOnly: scan.postOnly.contains(id))
      ticket.replaces = scan.replaces[id]
      // The reducer writes a target right behind its stop.
      if place + 1 < scan.intents.count, LiveOrders.isPair(intent, scan.intents[place + 1].intent) {
        ticket.pairedWith = scan.intents[place + 1].id
      } else if place > 0, LiveOrders.isPair(scan.intents[place - 1].intent, intent) {
        ticket.pairedWith = scan.intents[place - 1].id
      }
      tickets.append(ticket)
    }
    // An order that ends for another is cancelled by that one's request.
    let replaced = tickets.compactMap(\.replaces)
    cancels += scan.cancels.filter { !replaced.contains($0) }
  }

  private static func isPair(_ stop: OrderIntent, _ target: OrderIntent) -> Bool {
    stop.purpose == .stopLoss && stop.type == .stop && target.purpose == .takeProfit
      && stop.instrument == target.instrument && stop.side == target.side && stop.quantity == target.quantity
  }

  private mutating func ticket(_ id: OrderID, _ intent: OrderIntent, isPostOnly: Bool) -> OrderTicket {
    ticketCount += 1
    let number = defects.contains(.numbersByProcess) ? ticketCount : id.sequence
    return OrderTicket(
      order: id, clientOrderID: ClientOrderID.text(runID: runID, sequence: number), instrument: intent.instrument,
      symbol: symbols[intent.instrument.position], side: intent.side, type: intent.type,
      timeInForce: intent.timeInForce, quantity: intent.quantity, limitPrice: intent.limitPrice,
      stopPrice: intent.stopPrice, isPostOnly: isPostOnly)
  }

  /// What was learned since it was asked last, to be journaled.
  mutating func takeFacts() -> [DeskFact] {
    defer { facts.removeAll(keepingCapacity: true) }
    return facts
  }

  /// Compares with the venue as soon as may be, because somebody asks.
  mutating func reconcileAgain(_ now: Timestamp) {
    desk.reconcile(now: now, into: &deskOut)
    listen(now)
  }

  /// Whether the run's books are wanted, now that it has booked what was learned.
  var isAwaitingHoldings: Bool { desk.isAwaitingHoldings }

  mutating func compare(_ state: StateDescription, _ now: Timestamp) {
    // A pair that is there for its price alone has nothing to compare: its balance is whoever's the account is.
    let priceAlone = state.assetFees.filter { !$0.isRateTraded }.map(\.rateInstrument)
    let positions = state.books.filter { !priceAlone.contains($0.instrument) }.map { book in
      HeldPosition(
        instrument: book.instrument, symbol: symbols[book.instrument.position],
        asset: assets[book.instrument.position], quantity: book.quantity, mark: book.mark ?? .zero)
    }
    desk.compare(
      RunHoldings(
        positions: positions, cashAsset: cashAsset, cash: state.cash,
        assetFees: state.assetFees.map { HeldAssetFees(asset: $0.asset, amount: $0.amount, booked: $0.booked) }),
      ownPrefix: ClientOrderID.prefix(runID: runID), now: now, into: &deskOut)
    listen(now)
  }

  /// Gives the desk what the last commit made durable, and the venue what the desk asks.
  mutating func handOver(_ now: Timestamp) {
    hasHandedOver = !tickets.isEmpty || !cancels.isEmpty
    var place = tickets.startIndex
    while place < tickets.endIndex {
      let ticket = tickets[place]
      place += 1
      if let mate = ticket.pairedWith, place < tickets.endIndex, tickets[place].order == mate {
        desk.placePair(ticket, tickets[place], intendedAt: now, now: now, into: &deskOut)
        place += 1
      } else {
        desk.place(ticket, intendedAt: now, now: now, into: &deskOut)
      }
    }
    tickets.removeAll(keepingCapacity: true)
    for order in cancels { desk.cancel(order, now: now, into: &deskOut) }
    cancels.removeAll(keepingCapacity: true)
    while !deskOut.asks.isEmpty {
      let asks = deskOut.asks
      deskOut.asks.removeAll(keepingCapacity: true)
      for ask in asks { venue.ask(ask.request, as: ask.call, now: now, into: &venueOut) }
      listen(now)
    }
    listen(now)
  }

  mutating func takeRequests(into out: inout LiveOutbox) {
    for request in venueOut.requests { out.requests.append(LiveOutbox.Request(party: .venue, request: request)) }
    venueOut.requests.removeAll(keepingCapacity: true)
  }

  /// The event that a report becomes; nil where it speaks of nothing that the run trades.
  func event(_ report: OrderReport, _ ticket: OrderTicket?) -> ExecutionReport? {
    guard let instrument = ticket?.instrument ?? symbols.firstIndex(of: report.symbol).map({ InstrumentIndex($0) })
    else { return nil }
    return ExecutionReport(
      type: report.type, source: report.source, order: ticket?.order, instrument: instrument, side: report.side,
      quantity: report.quantity, cumulative: report.cumulative, price: report.price, fee: report.fee,
      liquidity: report.liquidity, venueTime: report.venueTime, feeAsset: report.feeAsset,
      clientOrderID: report.clientOrderID, venueOrderID: report.venueOrderID, tradeID: report.tradeID,
      reason: report.text)
  }

  /// What notices name as their source.
  var source: String { "venue.\(name)" }
}

extension ForeignPolicy {
  init(_ unknown: VenueSettings.Unknown) {
    self =
      switch unknown {
      case .adopt: .adopt
      case .ignore: .ignore
      case .halt: .halt
      }
  }
}
