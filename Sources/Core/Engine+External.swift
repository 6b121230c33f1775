package import Events
package import Market

/// What a venue outside says about orders, booked once.
///
/// Reports come by several ways (stream, answer, query, reconciliation), repeated, late and in any order. The rules:
///
/// 1. A fill is booked where its trade id has not been booked, and never more of an order than the venue counts as filled (`cumulative`, the furthest of
///    all reports): so a fill that was first inferred from the count and is then reported itself, or is reported under two ids, counts once. What was booked under
///    no trade id, also because such a report came twice or late and stood in another fill's place, takes that fill's price and fee when it is told (`Engine+Corrections`).
/// 2. A report that tells more than was known implies what lies between: a fill implies acceptance.
/// 3. An order that is over stays over, but its fills are booked whenever they come (`lateFill`), and so is what goes beyond its quantity (`overfill`): what
///    the venue filled is ours, whatever we think of it.
/// 4. A report on an order that this run doesn't know changes nothing but for an alert.
/// 5. A fee in the run's currency is paid in cash; one in what was bought takes that off the position, sold at the fill's price; one in another asset is
///    booked as money where the profile names its rate and that has a journaled close (`Engine+AssetFees`), and is told as an alert where not.
extension Engine {
  /// Takes what a venue says happened to an order.
  package mutating func reduce(
    _ report: ExecutionReport, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    let index = report.instrument.position
    guard index < books.count else {
      throw .unknownInstrument(sequence: sequence, index: index, count: books.count)
    }
    try requireOrder(sequence, time)
    guard isAnsweredOutside, isPossible(report, index) else { throw .reportImpossible(sequence: sequence) }
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
    guard let id = report.order else {
      warn(.unknownOrder, index, report.quantity.nanos, cause: sequence, into: &out)
      return
    }
    var endedPurpose: UInt8?
    if let position = books[index].orders.firstIndex(where: { $0.id == id }) {
      let purpose = books[index].orders[position].purpose
      defer { if !books[index].orders.contains(where: { $0.id == id }) { endedPurpose = purpose } }
      takeWorking(report, index, position, sequence: sequence, into: &out)
    } else if let place = books[index].reports.place(of: id) {
      takeEnded(report, index, place, sequence: sequence, into: &out)
    } else {
      warn(.unknownOrder, index, report.quantity.nanos, cause: sequence, into: &out)
      return
    }
    if risk.isDisturbed {
      // Where nothing more stands in the way, what closes leaves at once; a closing order that ended itself waits for a bar.
      if let endedPurpose, endedPurpose != OrderPurpose.flatten.rawValue {
        if risk.books[index].flattenAttempt > 0 {
          closeRest(index, cause: sequence, into: &out)
        } else if risk.kill.phase != .none {
          // An entry that a kill came too late for: what it filled is closed as soon as it is over.
          flatten(index, cause: sequence, into: &out)
        }
      }
      settleKill(cause: sequence, into: &out)
      if !protections.isEmpty, endedPurpose != OrderPurpose.flatten.rawValue, endedPurpose != nil {
        followShares(index, cause: sequence, into: &out)
      }
    }
    // A venue that has just refused a cancel isn't asked for it by its own refusal, which would never end.
    if !protections.isEmpty, report.type != .cancelRejected {
      settleProtection(index, .report, cause: sequence, into: &out)
    }
  }

  /// Whether a report can be taken: another one is refused, and must not be journaled as an input.
  package func accepts(_ report: ExecutionReport) -> Bool {
    let index = report.instrument.position
    return index < books.count && isAnsweredOutside && isPossible(report, index)
  }

  /// Bounds within which no sum of the ledger overflows, and without which a report is none.
  private func isPossible(_ report: ExecutionReport, _ index: Int) -> Bool {
    let most = Limits.positionNanosMax(multiplier: instruments[index].multiplierNanos)
    guard report.quantity.nanos >= 0, report.quantity.nanos <= most, report.cumulative.nanos >= 0,
      report.cumulative.nanos / 2 <= most, report.fee.magnitude <= Int128(Int64.max).magnitude
    else { return false }
    if report.type == .filled {
      guard report.price != nil, report.quantity != .zero else { return false }
      let held = Int128(books[index].position.quantity.nanos) + Int128(report.quantity.nanos * report.side.sign)
      return held.magnitude <= Int128(most).magnitude
    }
    return true
  }

  private mutating func takeWorking(
    _ report: ExecutionReport, _ index: Int, _ position: Int, sequence: UInt64, into out: inout EventBuffer
  ) {
    let order = books[index].orders[position]
    noteProtective(index, order, report.type)
    if report.type != .rejected, report.type != .wouldTrigger, report.type != .neverArrived,
      books[index].orders[position].take(.acknowledge) != nil
    {
      out.append(OrderAccepted(order: order.id, expiresAt: order.expiresAt), cause: sequence)
    }
    switch report.type {
    case .accepted: break
    case .filled: fillWorking(report, index, position, sequence: sequence, into: &out)
    case .cancelled:
      let reason = CancelReason(rawValue: order.cancelReason) ?? .venue
      end(index, position, .confirmCancel, report, sequence: sequence, into: &out)
      out.append(OrderCancelled(order: order.id, reason: reason, leaves: order.leaves), cause: sequence)
      if order.purpose == OrderPurpose.signal.rawValue { risk.books[index].needsFollowUp = true }
    case .expired:
      end(index, position, .expire, report, sequence: sequence, into: &out)
      out.append(OrderExpired(order: order.id, leaves: order.leaves), cause: sequence)
    case .rejected, .wouldTrigger:
      let isPassed = report.type == .wouldTrigger
      end(index, position, .reject, report, sequence: sequence, into: &out)
      let rejected = out.append(
        OrderRejected(order: order.id, reason: isPassed ? .stopPassed : .venueReason), cause: sequence)
      if isPassed, order.purpose == OrderPurpose.stopLoss.rawValue {
        warn(.stopPassed, index, order.stopPrice.nanos, cause: rejected, into: &out)
      }
      noteReject(
        index, strategy: order.strategy == WorkingOrder.noStrategy ? -1 : Int(order.strategy), cause: rejected,
        into: &out)
    case .neverArrived:
      end(index, position, .neverArrive, report, sequence: sequence, into: &out)
      out.append(OrderCancelled(order: order.id, reason: .neverArrived, leaves: order.leaves), cause: sequence)
      if order.purpose == OrderPurpose.signal.rawValue { risk.books[index].needsFollowUp = true }
    case .reduced:
      let leaves = Quantity(nanos: max(report.quantity.nanos - order.filled.nanos, 0))
      if leaves == order.leaves || leaves == .zero { break }
      let step = books[index].orders[position].take(.resize)
      invariant(step != nil, "an order that works can be made smaller", Int64(index))
      books[index].orders[position].leaves = leaves
      out.append(OrderReduced(order: order.id, reason: .venue, leaves: leaves), cause: sequence)
    case .cancelRejected:
      // It works on: whoever wants it gone asks again (`Engine+CancelWishes`).
      if books[index].orders[position].take(.refuseCancel) != nil {
        noteRefusedCancel(index, order)
        warn(.cancelRefused, index, order.leaves.nanos, cause: sequence, into: &out)
      }
    }
  }

  /// Takes an order out of the book, and remembers it for the fills that may still come.
  private mutating func end(
    _ index: Int, _ position: Int, _ event: OrderEvent, _ report: ExecutionReport, sequence: UInt64,
    into out: inout EventBuffer
  ) {
    let order = end(index, position, by: event)
    let reported = max(order.reported, report.cumulative)
    books[index].reports.end(
      EndedOrder(
        id: order.id, side: order.side, purpose: order.purpose, strategy: order.strategy, filled: order.filled,
        reported: reported, leaves: order.leaves))
    let missing = reported.nanos - order.filled.nanos
    if missing > 0 { warn(.fillsMissing, index, missing, cause: sequence, into: &out) }
  }

  private mutating func takeEnded(
    _ report: ExecutionReport, _ index: Int, _ place: Int, sequence: UInt64, into out: inout EventBuffer
  ) {
    guard report.type == .filled, let price = report.price, !defects.contains(.lateFillDropped) else { return }
    let ended = books[index].reports.ended[place]
    let reported = max(ended.reported, report.cumulative)
    books[index].reports.ended[place].reported = reported
    let order = WorkingOrder(
      id: ended.id, side: ended.side, type: .market, timeInForce: .goodTillCancelled, purpose: ended.purpose,
      strategy: ended.strategy, leaves: ended.leaves, filled: ended.filled, limitPrice: .zero, stopPrice: .zero,
      isTriggered: false, hasRested: true, eligibleFrom: now, expiresAt: now, groupSequence: 0,
      placedInsideBarOpenedAt: Timestamp(nanos: .min))
    guard let told = fresh(report, index, filled: ended.filled, reported: reported) else { return }
    correct(told, by: report, index, order, sequence: sequence, into: &out)
    let quantity = told.quantity
    if quantity == .zero { return }
    let step = ended.state.step(.fill(quantity.nanos, of: ended.leaves.nanos))
    invariant(step != .refused(.isOver), "a fill that is new is booked, however late", Int64(index))
    books[index].reports.ended[place].filled = ended.filled + quantity
    books[index].reports.ended[place].leaves = Quantity(nanos: max(ended.leaves.nanos - quantity.nanos, 0))
    let fill = bookReported(report, index, order, quantity, price: price, sequence: sequence, into: &out)
    warn(.lateFill, index, quantity.nanos, cause: fill, into: &out)
    warnOfOverfill(index, quantity, of: ended.leaves, cause: fill, into: &out)
    risk.books[index].needsFollowUp = true
    if risk.kill.phase == .flatAndHalted, sellable(index) != .zero {
      // What was proved flat isn't any more.
      risk.kill.phase = .flattening
      beginFlattening(index)
    }
  }

  private mutating func fillWorking(
    _ report: ExecutionReport, _ index: Int, _ position: Int, sequence: UInt64, into out: inout EventBuffer
  ) {
    guard let price = report.price else { return }
    let order = books[index].orders[position]
    let reported = max(order.reported, report.cumulative)
    books[index].orders[position].reported = reported
    guard let told = fresh(report, index, filled: order.filled, reported: reported) else { return }
    correct(told, by: report, index, order, sequence: sequence, into: &out)
    let quantity = told.quantity
    if quantity == .zero { return }
    let leaves = Quantity(nanos: max(order.leaves.nanos - quantity.nanos, 0))
    books[index].orders[position].leaves = leaves
    books[index].orders[position].filled = order.filled + quantity
    books[index].orders[position].hasRested = true
    let event = OrderEvent.fill(quantity.nanos, of: order.leaves.nanos)
    let step = books[index].orders[position].take(event)
    invariant(step != nil, "a fill that is new is booked", Int64(index))
    if step?.state == .filled {
      books[index].orders.remove(at: position)
      books[index].reports.end(
        EndedOrder(
          id: order.id, side: order.side, purpose: order.purpose, strategy: order.strategy,
          filled: order.filled + quantity, reported: reported, leaves: .zero))
    }
    let fill = bookReported(report, index, order, quantity, price: price, sequence: sequence, into: &out)
    warnOfOverfill(index, quantity, of: order.leaves, cause: fill, into: &out)
    if order.isCancelRequested, order.purpose == OrderPurpose.signal.rawValue { risk.books[index].needsFollowUp = true }
  }

  /// How much of a reported fill is new, and how much of it stands in the books already under no trade id; nil where it was told before.
  private mutating func fresh(
    _ report: ExecutionReport, _ index: Int, filled: Quantity, reported: Quantity
  ) -> ToldFill? {
    if defects.contains(.fillsBookedTwice) { return ToldFill(quantity: report.quantity) }
    if books[index].reports.hasBooked(report.tradeID) { return nil }
    books[index].reports.note(report.tradeID)
    // A venue that doesn't count (cumulative 0) leaves the trade id alone to tell.
    let room = report.cumulative == .zero ? report.quantity.nanos : reported.nanos - filled.nanos
    let quantity = min(report.quantity.nanos, max(room, 0))
    return ToldFill(
      quantity: Quantity(nanos: quantity), booked: Quantity(nanos: report.quantity.nanos - quantity))
  }

  /// Books what is new of a fill; returns the fill's sequence.
  private mutating func bookReported(
    _ report: ExecutionReport, _ index: Int, _ order: WorkingOrder, _ quantity: Quantity, price: Price,
    sequence: UInt64, into out: inout EventBuffer
  ) -> UInt64 {
    let multiplier = instruments[index].multiplierNanos
    let value = price.notional(quantity, multiplier: multiplier)
    let notional = value < 0 ? -value : value
    let share =
      quantity == report.quantity ? report.fee : scaled(report.fee, by: quantity.nanos, over: report.quantity.nanos)
    let charge = charge(share, in: report.feeAsset, index, order.side, of: quantity)
    let (fee, units) = charge.parts
    if report.tradeID.isEmpty {
      infer(report, index, order.id, quantity, value: value, charge)
    }
    let worth = units == .zero ? 0 : price.notional(units, multiplier: multiplier)
    let leaves = Quantity(nanos: max(order.leaves.nanos - quantity.nanos, 0))
    let realisedBefore = ledger.purses[purse(index)].realised
    counts.fills += 1
    let fill = out.append(
      Fill(
        order: order.id, bar: sequence, instrument: report.instrument, side: order.side, quantity: quantity,
        price: price, fee: fee + worth, slippage: 0, leaves: leaves, liquidity: report.liquidity ?? .taker,
        rule: .external), cause: sequence)
    let before = limits.netCaps.isEmpty ? [] : netStandings(index)
    book(
      index, order, quantity, price: price, value: value, notional: notional, fee: fee, cause: fill, into: &out)
    if units != .zero { payInUnits(units, index, order, price: price, worth: worth, cause: fill, into: &out) }
    if !before.isEmpty { warnOfNet(index, since: before, cause: fill, into: &out) }
    switch charge {
    case .cash, .units: break
    case .converted(let paid): tellFee(paid, index, order.id, cause: fill, into: &out)
    case .elsewhere: warn(.feeInOtherAsset, index, Int64(clamping: share), cause: fill, into: &out)
    }
    noteFill(
      index, order, gain: ledger.purses[purse(index)].realised - realisedBefore, fee: fee + worth,
      slippage: slippageFromMark(index, price, order.side), price: price, cause: fill, into: &out)
    if !protections.isEmpty { noteProtection(index, of: order, quantity, value: value, cause: fill, into: &out) }
    return fill
  }

  enum Charge {
    /// Nanos of the instrument's currency.
    case cash(Int128)
    /// Taken from what was bought.
    case units(Quantity)
    /// Paid in another asset, and worth so much.
    case converted(AssetFee)
    case elsewhere

    var parts: (cash: Int128, units: Quantity) {
      switch self {
      case .cash(let amount): (amount, .zero)
      case .converted(let paid): (paid.booked, .zero)
      case .units(let paid): (0, paid)
      case .elsewhere: (0, .zero)
      }
    }
  }

  /// What a reported fee is paid in.
  func charge(_ fee: Int128, in asset: String, _ index: Int, _ side: Side, of quantity: Quantity) -> Charge {
    if fee == 0 { return .cash(0) }
    if asset.isEmpty || asset == instruments[index].currency.description { return .cash(fee) }
    if asset == instruments[index].baseAsset, side == .buy, fee > 0, fee < Int128(quantity.nanos) {
      return .units(Quantity(nanos: Int64(fee)))
    }
    if let paid = converted(fee, in: asset) { return .converted(paid) }
    return .elsewhere
  }

  /// Takes a fee off the position: the units are sold at the fill's price, and what they are worth is the fee. A refund is the same the other way round.
  mutating func payInUnits(
    _ units: Quantity, _ index: Int, _ order: WorkingOrder, price: Price, worth: Int128, isRefund: Bool = false,
    cause: UInt64, into out: inout EventBuffer
  ) {
    let side: Side = isRefund ? .buy : .sell
    let basisBefore = books[index].position.costBasis
    let gain = books[index].position.apply(
      side, units, at: price, value: worth, multiplier: instruments[index].multiplierNanos, method: configuration.lots)
    ledger.purses[purse(index)].realised += gain
    ledger.purses[purse(index)].fees += isRefund ? -worth : worth
    ledger.purses[purse(index)].costBasis += books[index].position.costBasis - basisBefore
    revalue(index)
    share(index, signed: units.nanos * side.sign, cash: 0, value: 0, of: order)
    out.append(
      PositionChanged(
        instrument: InstrumentIndex(index), quantity: books[index].position.quantity,
        costBasis: books[index].position.costBasis, realised: gain), cause: cause)
    invariant(ledger.balances, "the ledger balances after the fee in units caused by", Int64(cause))
  }

  /// How much worse than the last close, in nanos of price; what a breaker of slippage compares.
  private func slippageFromMark(_ index: Int, _ price: Price, _ side: Side) -> Int64 {
    guard books[index].hasBar else { return 0 }
    return max(Int64(clamping: (Int128(price.nanos) - Int128(books[index].mark.nanos)) * Int128(side.sign)), 0)
  }

  private mutating func warnOfOverfill(
    _ index: Int, _ quantity: Quantity, of leaves: Quantity, cause: UInt64, into out: inout EventBuffer
  ) {
    let excess = quantity.nanos - leaves.nanos
    if excess > 0 { warn(.overfill, index, excess, severity: .error, cause: cause, into: &out) }
  }

  mutating func warn(
    _ code: AlertCode, _ index: Int, _ first: Int64, severity: AlertSeverity = .warning, cause: UInt64,
    into out: inout EventBuffer
  ) {
    out.append(
      Alert(code: code, severity: severity, instrument: InstrumentIndex(index), first: first, second: 0), cause: cause)
  }

  /// Asks the venue to end orders whose day is over; called where a bar of theirs has come. Notes which have had a chance to fill.
  mutating func passOver(_ index: Int, _ bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    for position in books[index].orders.indices where bar.openTime >= books[index].orders[position].eligibleFrom {
      books[index].orders[position].hasRested = true
    }
    withdraw(index, cause: sequence, reason: .timeInForce, into: &out) { bar.openTime >= $0.expiresAt }
    if !risk.wishes.isEmpty { askAgain(only: index, cause: sequence, into: &out) }
  }
}

extension Engine {
  /// Takes over what the venue's account holds: capital comes in, and nothing of it is profit.
  ///
  /// - Throws: `reportImpossible` where the position or a sum would leave what the engine holds.
  package mutating func reduce(
    _ adopted: AccountAdopted, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    let index = adopted.instrument?.position ?? 0
    if adopted.instrument != nil, index >= books.count {
      throw .unknownInstrument(sequence: sequence, index: index, count: books.count)
    }
    try requireOrder(sequence, time)
    guard adopted.cash.magnitude <= Limits.amountMax.magnitude / 4 else { throw .reportImpossible(sequence: sequence) }
    if adopted.instrument != nil {
      // What is settled daily has no price at which it came: its venue's account would have to tell the last settlement.
      if isMargined(index) { throw .reportImpossible(sequence: sequence) }
      let most = Limits.positionNanosMax(multiplier: instruments[index].multiplierNanos)
      let held = Int128(books[index].position.quantity.nanos) + Int128(adopted.quantity.nanos)
      guard adopted.price.nanos >= 0, held.magnitude <= Int128(most).magnitude else {
        throw .reportImpossible(sequence: sequence)
      }
    }
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
    let equity = equity
    if adopted.instrument == nil {
      ledger.purses[0].cash += adopted.cash
      ledger.purses[0].adopted += adopted.cash
      out.append(CashChanged(reason: .adopted, amount: adopted.cash, balance: ledger.home.cash), cause: sequence)
    } else if adopted.quantity != .zero {
      adopt(adopted, index, cause: sequence, into: &out)
    }
    let change = self.equity - equity
    risk.peakEquity += change
    risk.day.openingEquity += change
    invariant(ledger.balances, "the ledger balances after an adoption", Int64(clamping: sequence))
  }

  private mutating func adopt(
    _ adopted: AccountAdopted, _ index: Int, cause: UInt64, into out: inout EventBuffer
  ) {
    let side: Side = adopted.quantity.nanos > 0 ? .buy : .sell
    let quantity = adopted.quantity.magnitude
    let value = adopted.price.notional(quantity, multiplier: instruments[index].multiplierNanos)
    let basisBefore = books[index].position.costBasis
    let valueBefore = books[index].value
    let gain = books[index].position.apply(
      side, quantity, at: adopted.price, value: value, multiplier: instruments[index].multiplierNanos,
      method: configuration.lots)
    if !books[index].hasBar { books[index].mark = adopted.price }
    ledger.purses[purse(index)].realised += gain
    ledger.purses[purse(index)].costBasis += books[index].position.costBasis - basisBefore
    ledger.purses[purse(index)].adopted += value * Int128(side.sign)
    revalue(index)
    // As if it had been bought for what it was worth: neither the instrument nor a strategy made anything by it.
    share(
      index, signed: adopted.quantity.nanos, cash: valueBefore - books[index].value, value: 0,
      of: Engine.adoption(side, now))
    risk.books[index].intended = books[index].position.quantity.nanos
    out.append(
      PositionChanged(
        instrument: InstrumentIndex(index), quantity: books[index].position.quantity,
        costBasis: books[index].position.costBasis, realised: gain), cause: cause)
  }

  /// Stands for the order that an adopted position never had, so that strategies' parts are found as for a fill.
  private static func adoption(_ side: Side, _ now: Timestamp) -> WorkingOrder {
    WorkingOrder(
      id: OrderID(sequence: 0), side: side, type: .market, timeInForce: .goodTillCancelled,
      purpose: OrderPurpose.signal.rawValue, strategy: WorkingOrder.noStrategy, leaves: .zero, limitPrice: .zero,
      stopPrice: .zero, isTriggered: false, hasRested: false, eligibleFrom: now, expiresAt: now, groupSequence: 0,
      placedInsideBarOpenedAt: Timestamp(nanos: .min))
  }
}

extension Instrument {
  /// What is bought, where the symbol says so: `BTC` of `BTCUSDT`, `BTC-USDT` or `BTC/USDT` in USDT; else the symbol.
  var baseAsset: String {
    let quote = currency.description
    guard symbol.hasSuffix(quote), symbol.utf8.count > quote.utf8.count else { return symbol }
    var base = symbol.dropLast(quote.count)
    if base.hasSuffix("-") || base.hasSuffix("/") { base = base.dropLast() }
    return base.isEmpty ? symbol : String(base)
  }
}
