import Events
public import Market

/// Where a reconciliation stands.
struct ReconciliationState: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    /// Not begun: the run has not said from where on fills are missing.
    case none
    case due(Timestamp)
    case asked(VenueCall, deadline: Timestamp, wasSettled: Bool)
    /// The snapshot's fills are told; the run has to book them and say what it holds then.
    case held(VenueSnapshot, fillsFound: Int, wasSettled: Bool)
  }

  var step = Step.none
  /// From where on fills are asked for. Moves only with snapshots, which have no holes, never with single reports: a report may come while an earlier one was lost.
  var request = SnapshotRequest(lastTrades: [:], since: Timestamp(nanos: 0))
  /// Differences of the last snapshot: only what two in a row show alike is a break.
  var suspects: [Difference] = []
  /// Foreign orders that were told, so that each is told once.
  var toldOrders: [String] = []
  /// Differences that were told or are let be, so that the same one is told once.
  var toldDifferences: [Difference] = []
  var hasAgreed = false

  struct Difference: Hashable, Sendable {
    var asset: String
    var ours: Int128
    var theirs: Int128
  }

  static let idle = ReconciliationState()

  var dueAt: Timestamp? {
    switch step {
    case .none, .held: nil
    case .due(let time): time
    case .asked(_, let deadline, _): deadline
    }
  }

  mutating func shiftTimes(by nanos: Int64) {
    switch step {
    case .none, .held: break
    case .due(let time): step = .due(time.shifted(nanos))
    case .asked(let call, let deadline, let wasSettled):
      step = .asked(call, deadline: deadline.shifted(nanos), wasSettled: wasSettled)
    }
  }
}

extension OrderDesk {
  /// From here on run and venue are compared: now, after every reconnect, every minute, and when `reconcile` is called.
  ///
  /// - Parameter request: the last trades that the journal has booked.
  public mutating func beginReconciling(from request: SnapshotRequest, now: Timestamp, into out: inout DeskOutbox) {
    keepTime(now)
    reconciliation.request = request
    reconciliation.step = .due(now)
    advanceReconciliation(now, into: &out)
  }

  /// Asks for a snapshot as soon as may be; does nothing before `beginReconciling`.
  public mutating func reconcile(now: Timestamp, into out: inout DeskOutbox) {
    keepTime(now)
    switch reconciliation.step {
    case .none, .asked, .held: break
    case .due: reconciliation.step = .due(now)
    }
    advanceReconciliation(now, into: &out)
  }

  /// The run has to book the facts told so far, and then call `compare`.
  public var isAwaitingHoldings: Bool {
    if case .held = reconciliation.step { true } else { false }
  }

  /// A comparison has found nothing in doubt since the process began.
  public var isReconciled: Bool { reconciliation.hasAgreed }

  static let reconcileEveryNanos: Int64 = 60_000_000_000
  static let reconcileAgainNanos: Int64 = 2_000_000_000

  mutating func advanceReconciliation(_ now: Timestamp, into out: inout DeskOutbox) {
    switch reconciliation.step {
    case .none, .held: break
    case .due(let time):
      guard time <= now else { return }
      let call = newCall()
      reconciliation.step = .asked(call, deadline: now.shifted(4 * policy.answerWithinNanos), wasSettled: isSettled)
      out.asks.append(DeskOutbox.Ask(call: call, request: .snapshot(reconciliation.request)))
    case .asked(_, let deadline, _):
      if deadline <= now { reconciliation.step = .due(now.shifted(Self.reconcileAgainNanos)) }
    }
  }

  /// Takes the answer to a snapshot; false where `call` asked for something else.
  mutating func takeReconciliation(
    _ answer: VenueAnswer, to call: VenueCall, _ now: Timestamp, into out: inout DeskOutbox
  ) -> Bool {
    guard case .asked(call, _, let wasSettled) = reconciliation.step else { return false }
    switch answer {
    case .snapshot(let snapshot):
      var found = 0
      for fill in snapshot.fills {
        let before = out.facts.count
        take(fill, now, into: &out)
        if out.facts.count > before, place(of: fill.clientOrderID) != nil { found += 1 }
      }
      if snapshot.isComplete {
        for (instrument, trade) in snapshot.lastTrades { reconciliation.request.lastTrades[instrument] = trade }
      }
      reconciliation.step = .held(snapshot, fillsFound: found, wasSettled: wasSettled)
    case .wait(let until, _): reconciliation.step = .due(max(until, now.shifted(Self.reconcileAgainNanos)))
    case .refused(let code, let text), .wouldTrigger(let code, let text):
      out.facts.append(
        .notice(DeskNotice(.requestRefused, .error, text: "the account could not be read: \(code) \(text)")))
      reconciliation.step = .due(now.shifted(Self.reconcileEveryNanos))
    case .unknown, .done, .found, .notFound, .halves: reconciliation.step = .due(now.shifted(Self.reconcileAgainNanos))
    }
    return true
  }

  /// Compares the snapshot that was taken with what the run holds, now that it has booked the snapshot's fills.
  ///
  /// - Parameter ownPrefix: what all client order ids of this run begin with.
  /// - Precondition: `isAwaitingHoldings`.
  public mutating func compare(
    _ holdings: RunHoldings, ownPrefix: String, now: Timestamp, into out: inout DeskOutbox
  ) {
    keepTime(now)
    guard case .held(let snapshot, let fillsFound, let wasSettled) = reconciliation.step else {
      invariant(false, "holdings are compared with a snapshot that was taken")
      return
    }
    var table = ReconciliationTable(venueTime: snapshot.serverTime)
    table.fillsFound = fillsFound
    table.isComplete = snapshot.isComplete
    compareOrders(snapshot, ownPrefix, &table, now, into: &out)
    // While something is on its way a balance may be ahead of the reports.
    let isQuiet = wasSettled && isSettled && snapshot.isComplete && table.rows.allSatisfy { $0.verdict != .asked }
    compareBalances(snapshot, holdings, isQuiet: isQuiet, &table, into: &out)
    let isDoubtful = table.rows.contains { $0.verdict == .asked } || !snapshot.isComplete
    if table.agrees { reconciliation.hasAgreed = true }
    if !isDoubtful {
      reconciliation.hasAgreed = true
      out.facts.append(
        .notice(
          DeskNotice(
            .reconciled, table.agrees ? .information : .warning, first: Int64(table.ordersCompared),
            second: Int64(fillsFound),
            text: table.agrees ? "run and venue agree" : "run and venue differ")))
    }
    out.facts.append(.reconciled(table))
    reconciliation.step = .due(now.shifted(isDoubtful ? Self.reconcileAgainNanos : Self.reconcileEveryNanos))
    for index in orders.indices { advance(index, now, into: &out) }
  }

  private mutating func compareOrders(
    _ snapshot: VenueSnapshot, _ ownPrefix: String, _ table: inout ReconciliationTable, _ now: Timestamp,
    into out: inout DeskOutbox
  ) {
    if snapshot.isComplete {
      reconciliation.toldOrders.removeAll { told in !snapshot.openOrders.contains { $0.venueOrderID == told } }
    }
    for open in snapshot.openOrders {
      if let index = place(of: open.clientOrderID) {
        compare(open, index, &table, now, into: &out)
      } else {
        compareForeign(open, isOwn: open.clientOrderID.hasPrefix(ownPrefix), &table, into: &out)
      }
    }
    for index in orders.indices where orders[index].mayWork {
      let ticket = orders[index].ticket
      if snapshot.openOrders.contains(where: { $0.clientOrderID == ticket.clientOrderID }) { continue }
      // Pattern (g): a list may be cut or late. Only the question about this order settles it.
      inquire(index, from: now, now, into: &out)
      table.rows.append(
        ReconciliationRow(
          subject: .order(ticket.clientOrderID), name: ticket.symbol, ours: "working", theirs: "", verdict: .asked))
    }
  }

  private mutating func compare(
    _ open: VenueOrder, _ index: Int, _ table: inout ReconciliationTable, _ now: Timestamp,
    into out: inout DeskOutbox
  ) {
    let order = orders[index]
    let ours = "\(order.filled) of \(order.ticket.quantity)"
    let theirs = "\(open.cumulative) of \(open.quantity)"
    var verdict = ReconciliationRow.Verdict.agrees
    switch order.standing {
    case .working:
      if open.cumulative > order.filled || open.quantity != order.ticket.quantity {
        inquire(index, from: now, now, into: &out)
        verdict = .asked
      }
    case .waiting, .submitting, .unknown, .settling:
      // A list that is older than what was heard looks like this as well.
      inquire(index, from: now, now, into: &out)
      verdict = .asked
    case .over:
      // We think it is over, the venue has it open: it is asked for, and if it does work nobody here minds it, so it is cancelled.
      orders[index].standing = .working(.due(now))
      orders[index].cancel = .wanted(from: now.shifted(policy.cancelPauseNanos))
      notice(
        .foreignOrder, .error, order, "\(order.ticket.clientOrderID) is over here and open at the venue: cancelled",
        &out)
      verdict = .asked
    }
    table.rows.append(
      ReconciliationRow(
        subject: .order(open.clientOrderID), name: open.symbol, ours: ours, theirs: theirs, verdict: verdict))
  }

  /// - Parameter isOwn: of this run, but of no order that the run still has: its journal is older than the venue's book.
  private mutating func compareForeign(
    _ open: VenueOrder, isOwn: Bool, _ table: inout ReconciliationTable, into out: inout DeskOutbox
  ) {
    let policy = isOwn ? ForeignPolicy.halt : policy.foreignOrders
    let isNew = !reconciliation.toldOrders.contains(open.venueOrderID)
    if isNew {
      reconciliation.toldOrders.append(open.venueOrderID)
      let text = "\(open.clientOrderID), \(open.venueOrderID) at the venue, \(open.symbol)"
      out.facts.append(
        .notice(DeskNotice(.foreignOrder, policy == .halt ? .error : .warning, text: text)))
      if policy == .halt {
        out.facts.append(.halt("an open order that this run \(isOwn ? "doesn't remember" : "didn't send"): \(text)"))
      }
    }
    table.rows.append(
      ReconciliationRow(
        subject: .foreignOrder(client: open.clientOrderID, venue: open.venueOrderID), name: open.symbol, ours: "",
        theirs: "\(open.cumulative) of \(open.quantity)", verdict: policy == .halt ? .broken : .ignored))
  }

  private mutating func compareBalances(
    _ snapshot: VenueSnapshot, _ holdings: RunHoldings, isQuiet: Bool, _ table: inout ReconciliationTable,
    into out: inout DeskOutbox
  ) {
    let policy = policy
    var seen: [ReconciliationState.Difference] = []
    for held in holdings.positions {
      compareBalance(
        .position(held.instrument), held.asset, policy.foreignPositions, ours: holdings.quantityAtVenue(held), snapshot,
        isQuiet, &seen, &table, into: &out
      ) { difference, out in
        let ours = Quantity(nanos: Int64(clamping: difference.ours))
        guard let theirs = Int64(exactly: difference.theirs), theirs != .min else {
          out.facts.append(.halt("the venue's balance of \(held.asset) is beyond what can be held"))
          return
        }
        let excess = Quantity(nanos: theirs - ours.nanos)
        switch policy.foreignPositions {
        case .adopt:
          out.facts.append(
            .adopt(AccountAdopted(instrument: held.instrument, quantity: excess, price: held.mark)))
        case .ignore, .halt:
          out.facts.append(.positionBreak(held.instrument, ours: ours, theirs: Quantity(nanos: theirs)))
        }
        out.facts.append(
          .notice(
            DeskNotice(
              .foreignPosition, policy.foreignPositions == .halt ? .error : .warning, instrument: held.instrument,
              first: excess.nanos, text: "\(held.asset): here \(ours), at the venue \(Quantity(nanos: theirs))")))
        if policy.foreignPositions == .halt { out.facts.append(.halt("\(held.asset) differs from the venue's")) }
      }
    }
    compareBalance(
      .cash, holdings.cashAsset, policy.foreignCash, ours: holdings.cashAtVenue, snapshot, isQuiet, &seen, &table,
      into: &out
    ) { difference, out in
      let text =
        "\(holdings.cashAsset): here \(FixedPoint.text(nanos: difference.ours)), at the venue \(FixedPoint.text(nanos: difference.theirs))"
      switch policy.foreignCash {
      case .adopt: out.facts.append(.adopt(AccountAdopted(cash: difference.theirs - difference.ours)))
      case .ignore: break
      case .halt:
        out.facts.append(
          .halt(
            "cash differs from the venue's: \(text); where the rest of the account isn't the run's, write `venue: {unknown_cash: ignore}`"
          ))
      }
      out.facts.append(
        .notice(
          DeskNotice(
            .foreignPosition, policy.foreignCash == .halt ? .error : .warning,
            first: Int64(clamping: difference.theirs - difference.ours), text: text)))
    }
    for fees in holdings.assetFees where !holdings.positions.contains(where: { $0.asset == fees.asset }) {
      // What the account holds of it is no business of the run's, but that it pays fees of it is.
      let balance = snapshot.balances.first { $0.asset == fees.asset }
      table.rows.append(
        ReconciliationRow(
          subject: .foreignBalance, name: fees.asset, ours: FixedPoint.text(nanos: -fees.amount),
          theirs: FixedPoint.text(nanos: Int128(balance?.free ?? 0) + Int128(balance?.locked ?? 0)), verdict: .ignored))
    }
    reconciliation.suspects = seen
    // What agrees again may differ again, and is then told again.
    reconciliation.toldDifferences.removeAll { told in !seen.contains { $0.asset == told.asset } }
  }

  private mutating func compareBalance(
    _ subject: ReconciliationRow.Subject, _ asset: String, _ policy: ForeignPolicy, ours: Int128,
    _ snapshot: VenueSnapshot, _ isQuiet: Bool,
    _ seen: inout [ReconciliationState.Difference], _ table: inout ReconciliationTable, into out: inout DeskOutbox,
    settle: (ReconciliationState.Difference, inout DeskOutbox) -> Void
  ) {
    let balance = snapshot.balances.first { $0.asset == asset }
    let theirs = Int128(balance?.free ?? 0) + Int128(balance?.locked ?? 0)
    var row = ReconciliationRow(
      subject: subject, name: asset, ours: FixedPoint.text(nanos: ours), theirs: FixedPoint.text(nanos: theirs),
      verdict: .agrees)
    defer { table.rows.append(row) }
    guard ours != theirs else { return }
    let difference = ReconciliationState.Difference(asset: asset, ours: ours, theirs: theirs)
    // An absent balance in a cut list is no zero, and a balance may be ahead of reports on their way.
    guard isQuiet, reconciliation.suspects.contains(difference) else {
      if isQuiet { seen.append(difference) }
      row.verdict = .asked
      return
    }
    seen.append(difference)
    row.verdict =
      switch policy {
      case .adopt: .adopted
      case .ignore: .ignored
      case .halt: .broken
      }
    // By how much they differ is told once, not again after each trade.
    if reconciliation.toldDifferences.contains(where: { $0.asset == asset && $0.theirs - $0.ours == theirs - ours }) {
      return
    }
    reconciliation.toldDifferences.removeAll { $0.asset == asset }
    reconciliation.toldDifferences.append(difference)
    settle(difference, &out)
  }
}

extension DeskOrder {
  var mayWork: Bool {
    switch standing {
    case .working: true
    case .waiting, .submitting, .unknown, .settling, .over: false
    }
  }
}
