package import Events
package import Market
import Strategies

/// Corporate actions, before the open of the ex-date. Order of work for each:
/// 1. What can't be done is refused, before anything has changed.
/// 2. The mark becomes what the last close is worth from now on, so that nothing is won or lost by it.
/// 3. The position and its lots, cash, and each strategy's part.
/// 4. Resting orders, as FINRA 5330 and the exchanges do (`Engine+ActionOrders`).
/// 5. What strategies and estimates remember.
extension Engine {
  /// Takes what a company did to its shares.
  package mutating func reduce(
    _ action: CorporateAction, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    let index = action.instrument.position
    guard index < books.count else {
      throw .unknownInstrument(sequence: sequence, index: index, count: books.count)
    }
    if let other = action.other, other.position >= books.count {
      throw .unknownInstrument(sequence: sequence, index: other.position, count: books.count)
    }
    try requireOrder(sequence, time)
    if let problem = problem(with: action, index: index) {
      if problem == .ratio { throw .splitRatioInvalid(sequence: sequence) }
      throw .actionImpossible(sequence: sequence, problem: problem)
    }
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
    switch action.type {
    case .split: applySplit(action, index: index, sequence: sequence, into: &out)
    case .cashDividend, .specialDividend: applyDividend(action, index: index, sequence: sequence, into: &out)
    case .spinOff: applySpinOff(action, index: index, sequence: sequence, into: &out)
    case .merger: applyMerger(action, index: index, sequence: sequence, into: &out)
    // Positions, orders and memories belong to the instrument, whatever it is called.
    case .symbolChange: break
    case .delisting: end(index, paying: Price(nanos: action.cash), sequence: sequence, into: &out)
    case .delistingAtLast: end(index, paying: books[index].mark, sequence: sequence, into: &out)
    }
    explainPrice(action.type, index)
    if risk.isDisturbed { settleKill(cause: sequence, into: &out) }
    invariant(ledger.balances, "the ledger balances after the corporate action", Int64(sequence))
  }

  /// A dividend or a new name explains no price at a split's ratio: where a dividend does, the next open is near what it left.
  private mutating func explainPrice(_ type: CorporateActionType, _ index: Int) {
    switch type {
    case .cashDividend, .specialDividend, .symbolChange: break
    case .split, .spinOff, .merger, .delisting, .delistingAtLast: risk.books[index].splitDoubt = .none
    }
  }

  /// Why an action can't be done; nil where it can.
  private func problem(with action: CorporateAction, index: Int) -> ActionProblem? {
    if isMargined(index) || action.other.map({ isMargined($0.position) }) == true {
      switch action.type {
      case .symbolChange, .delisting, .delistingAtLast: break
      case .split, .cashDividend, .specialDividend, .spinOff, .merger: return .margined
      }
    }
    switch action.type {
    case .split: return canSplit(action, index: index) ? nil : .ratio
    case .cashDividend, .specialDividend: return action.cash == .min ? .amount : nil
    case .symbolChange: return action.symbol.isEmpty ? .symbol : nil
    case .delisting: return action.cash < 0 ? .amount : nil
    case .delistingAtLast: return nil
    case .spinOff: return problemOfSpinOff(action, index: index)
    case .merger: return problemOfMerger(action, index: index)
    }
  }

  // MARK: Dividends

  /// Pays the long and charges the short, and takes the amount off the price and off the orders below it.
  private mutating func applyDividend(
    _ action: CorporateAction, index: Int, sequence: UInt64, into out: inout EventBuffer
  ) {
    let (held, mark) = (books[index].position.quantity, books[index].mark)
    let amount = Price(nanos: action.cash).notional(held, multiplier: instruments[index].multiplierNanos)
    // What is worth less than is paid out has no price that follows from it: the next bar tells.
    let after = mark.nanos.subtractingReportingOverflow(action.cash)
    let isPriced = mark.nanos > 0 && !after.overflow && after.partialValue > 0 && action.cash > 0
    if mark.nanos > 0, action.cash >= mark.nanos {
      out.append(
        Alert(
          code: .dividendAbovePrice, severity: .warning, instrument: InstrumentIndex(index), first: action.cash,
          second: mark.nanos), cause: sequence)
    }
    if isPriced {
      books[index].mark = Price(nanos: after.partialValue)
      shiftPreviousClose(index, by: action.cash)
    }
    if held != .zero {
      ledger.purses[purse(index)].cash += amount
      ledger.purses[purse(index)].dividends += amount
      revalue(index)
      shareDividend(index, cashPerUnit: Price(nanos: action.cash), amount: amount)
      tellCash(.dividend, amount, index, cause: sequence, into: &out)
    }
    if action.cash > 0 { lowerOrders(index, by: action.cash, sequence: sequence, into: &out) }
    if action.type == .specialDividend, isPriced {
      rescaleHistory(
        index, .payout(nanosBefore: mark.nanos, nanosAfter: after.partialValue), sequence: sequence, into: &out)
    }
  }

  private mutating func shiftPreviousClose(_ index: Int, by cash: Int64) {
    let close = risk.books[index].previousClose.nanos
    if close > cash { risk.books[index].previousClose = Price(nanos: close - cash) }
  }

  // MARK: The end of an instrument

  /// Closes what is held of an instrument at a price, ends its orders, and forgets it: what comes later under its number is another company.
  mutating func end(_ index: Int, paying price: Price, sequence: UInt64, into out: inout EventBuffer) {
    endOrders(index, sequence: sequence, into: &out)
    let last = books[index].mark
    let held = books[index].position.quantity
    let cash = price.notional(held, multiplier: instruments[index].multiplierNanos)
    for strategy in 0..<strategyCount {
      let place = strategy * books.count + index
      risk.shares[place].cash += worth(risk.shares[place].quantity, index, at: price)
      risk.shares[place].quantity = 0
    }
    risk.books[index].cash += cash
    settleShareCash(index)
    if held != .zero {
      let (basis, gain) = books[index].position.close(for: cash)
      let amount = isMargined(index) ? gain : cash
      if !isMargined(index) { ledger.purses[purse(index)].costBasis -= basis }
      ledger.purses[purse(index)].realised += gain
      ledger.purses[purse(index)].cash += amount
      revalue(index)
      tell(index, realised: gain, sequence: sequence, into: &out)
      if amount != 0 { tellCash(.proceeds, amount, index, cause: sequence, into: &out) }
    }
    forget(index, sequence: sequence, into: &out)
    risk.books[index].hasEnded = true
    if watch.contains(.rolls) { endContract(index, at: last, cause: sequence, into: &out) }
  }

  /// Makes the strategies' cash of an instrument the account's: what rounding left goes to the first.
  mutating func settleShareCash(_ index: Int) {
    guard strategyCount > 0 else { return }
    var left = risk.books[index].cash
    for strategy in 0..<strategyCount { left -= risk.shares[strategy * books.count + index].cash }
    risk.shares[index].cash += left
  }

  /// What a position is meant to be from now on, held within what two positions can be.
  mutating func intend(_ nanos: Int128, _ index: Int) {
    let most = Int128(2 * Limits.quantityNanosMax)
    risk.books[index].intended = Int64(min(max(nanos, -most), most))
  }

  func tell(_ index: Int, realised: Int128, sequence: UInt64, into out: inout EventBuffer) {
    out.append(
      PositionChanged(
        instrument: InstrumentIndex(index), quantity: books[index].position.quantity,
        costBasis: books[index].position.costBasis, realised: realised), cause: sequence)
  }

  // MARK: Memories

  /// Lets what strategies and estimates remember of an instrument follow.
  mutating func rescaleHistory(
    _ index: Int, _ scale: HistoryScale, sequence: UInt64, into out: inout EventBuffer
  ) {
    let price = scale.price
    sizer.split(index, numerator: price.denominator, denominator: price.numerator)
    let close = risk.books[index].previousClose
    if action(price, keeps: close) { risk.books[index].previousClose = Price(nanos: price.nanos(close.nanos)) }
    risk.books[index].volume = Quantity(nanos: scale.volume.nanos(risk.books[index].volume.nanos))
    rescaleGathered(
      index, price: { Price(nanos: price.nanos($0.nanos)) }, volume: { Quantity(nanos: scale.volume.nanos($0.nanos)) })
    for strategy in 0..<strategyCount {
      if strategies.rescale(strategy, InstrumentIndex(index), by: scale) { continue }
      out.append(
        Alert(
          code: .historyNotRescaled, severity: .warning, instrument: InstrumentIndex(index), first: Int64(strategy),
          second: 0), cause: sequence)
    }
  }

  /// Whether a price stays one: it doesn't where it would leave its range or become zero.
  private func action(_ ratio: ScaleRatio, keeps price: Price) -> Bool {
    let after = ratio.nanos(price.nanos)
    return after != 0 && after.magnitude < UInt64(Int64.max)
  }

  /// Begins an instrument anew, as if no bar of it had come.
  private mutating func forget(_ index: Int, sequence: UInt64, into out: inout EventBuffer) {
    books[index].mark = .zero
    books[index].hasBar = false
    books[index].lastOpenTime = Timestamp(nanos: .min)
    risk.books[index].previousClose = .zero
    risk.books[index].dayEnd = Timestamp(nanos: .min)
    risk.books[index].knownAt = Timestamp(nanos: .min)
    risk.books[index].volume = .zero
    risk.books[index].intended = 0
    risk.books[index].needsFollowUp = false
    if risk.books[index].flattenAttempt > 0 {
      risk.books[index].flattenAttempt = 0
      risk.refreshDisturbed()
      refreshSymbolState(index, cause: sequence, into: &out)
    }
    sizer.forget(index)
    for strategy in 0..<strategyCount {
      dropTarget(strategy, index)
      // What strategies remember of a chain is more than one of its contracts.
      if chainTable.chainOf[index] >= 0 { continue }
      if strategies.forget(strategy, InstrumentIndex(index)) { continue }
      out.append(
        Alert(
          code: .historyNotRescaled, severity: .warning, instrument: InstrumentIndex(index), first: Int64(strategy),
          second: 0), cause: sequence)
    }
  }
}

/// Why a corporate action is refused.
package enum ActionProblem: Hashable, Sendable {
  /// A zero, or one that takes a quantity or price beyond what the engine holds.
  case ratio
  /// A negative amount, or one beyond what the engine holds.
  case amount
  /// A symbol change without a symbol.
  case symbol
  /// The other instrument is the same, or counts units or money otherwise.
  case other
  /// Nobody says what a unit of the other instrument is worth.
  case priceUnknown
  /// A future or perpetual of a profile with an account has no shares that a company could do something to.
  case margined
  /// What is handed out is worth as much as the whole.
  case worthTooMuch
}
