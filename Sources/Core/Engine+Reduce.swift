package import Events
package import Market

/// Why an input is refused. Nothing has changed then.
package enum ReduceError: Error, Hashable, Sendable {
  /// An input is older than the one before it, by its time or by its sequence.
  case timeRunsBackwards(sequence: UInt64, time: Timestamp, last: Timestamp)
  case unknownInstrument(sequence: UInt64, index: Int, count: Int)
  /// A ratio with a zero, or one that takes a quantity or price beyond what the engine holds.
  case splitRatioInvalid(sequence: UInt64)
  /// Another corporate action that can't be done.
  case actionImpossible(sequence: UInt64, problem: ActionProblem)
  /// A venue's report that can't be one, or that comes to a run whose venue is simulated.
  case reportImpossible(sequence: UInt64)
  /// The profile refuses bars outside their market's hours.
  case barOutsideSession(sequence: UInt64, instrument: Int, openTime: Timestamp)
}

extension Engine {
  /// Takes a bar: fills resting orders inside it, marks the account, and where it closes its slot lets the strategies decide.
  ///
  /// - Parameter sequence: the bar's own; `out.nextSequence` is the one behind it.
  /// - Postcondition: cash + positions at their marks = equity.
  package mutating func reduce(
    _ bar: Bar, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    let index = bar.instrument.position
    guard index < books.count else {
      throw .unknownInstrument(sequence: sequence, index: index, count: books.count)
    }
    let time = bar.knownAt
    try requireOrder(sequence, time)
    let isOutside = watch.contains(.session) && isOutsideSession(bar, index)
    if isOutside, configuration.sessions.outside == .refuse {
      throw .barOutsideSession(sequence: sequence, instrument: index, openTime: bar.openTime)
    }
    // Nothing throws from here on.
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, isHistory: bar.isHistorical, into: &out)
    counts.bars += 1
    if isOutside, quarantines(bar, index, sequence: sequence, into: &out) {
      // A slot that history closes was left open by a crash: all of it is history by now.
      if bar.closesSlot { closeSlot(isHistory: bar.isHistorical, into: &out) }
      return
    }
    if books[index].hasBar, bar.openTime <= books[index].lastOpenTime {
      refuse(bar, sequence: sequence, into: &out)
      // A slot that history closes was left open by a crash: all of it is history by now.
      if bar.closesSlot { closeSlot(isHistory: bar.isHistorical, into: &out) }
      return
    }
    let isFar = isFar(bar.open, from: books[index].mark)
    var isAsked = false
    if isFar || watch.contains(.splits) {
      switch askForSplit(bar, index, sequence: sequence, into: &out) {
      case .none: if !books[index].hasBar { tellOfEnd(bar, index, sequence: sequence, into: &out) }
      case .asked: isAsked = true
      case .setAside:
        if bar.closesSlot { closeSlot(isHistory: bar.isHistorical, into: &out) }
        return
      }
    }
    if !watch.isEmpty { observe(bar, index, sequence: sequence, into: &out) }
    let last = books[index].observe(bar)
    if !closes.isEmpty { closes[index] = SlotBar(bar: bar, sequence: sequence) }
    if watch.contains(.returns) { observeReturn(bar, since: last) }
    if isFar, !isAsked, isJump(from: last, to: bar.open) { alertOnJump(bar, last, sequence: sequence, into: &out) }
    if !books[index].orders.isEmpty, !bar.isHistorical, !risk.isDisturbed || !risk.isTradingHalted(index) {
      if isAnsweredOutside {
        passOver(index, bar, sequence: sequence, into: &out)
      } else {
        match(bar, sequence: sequence, into: &out)
      }
    }
    if books[index].position.quantity.nanos != 0 { revalue(index) }
    if risk.isDisturbed {
      follow(bar, index, cause: sequence, into: &out)
    }
    if !protections.isEmpty {
      noteBar(bar, index)
      if !bar.isHistorical { settleProtection(index, .bar, cause: sequence, into: &out) }
    }
    if bar.closesSlot, slot.isEmpty {
      if watch.contains(.marks) { closeMarks(cause: sequence, isHistorical: bar.isHistorical, into: &out) }
      let isSeen = consider(bar, sequence: sequence, into: &out)
      if isSeen, !rankingStrategies.isEmpty {
        closeRanking(sequence: sequence, isHistorical: bar.isHistorical, into: &out)
      }
      if watch.contains(.rolls) { closeChains(cause: sequence, isHistorical: bar.isHistorical, into: &out) }
    } else {
      slot.append(SlotBar(bar: bar, sequence: sequence))
      // A slot that history closes was left open by a crash: all of it is history by now.
      if bar.closesSlot { closeSlot(isHistory: bar.isHistorical, into: &out) }
    }
  }

  /// Takes a value of another series. A perpetual's funding is charged (`Engine+Funding`); no built-in strategy reads one yet, so others move time only.
  package mutating func reduce(
    _ point: DataPoint, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try pass(sequence, time, into: &out)
    if watch.contains(.futures) { takeFunding(point, cause: sequence, into: &out) }
    nextSequence = out.nextSequence
  }

  /// Takes a person's command.
  package mutating func reduce(
    _ command: OperatorCommand, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try requireOrder(sequence, time)
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
    switch command.command {
    case .halt:
      risk.operatorState = .halted
      refreshAccountState(cause: sequence, into: &out)
    case .reduceOnly:
      risk.operatorState = .reduceOnly
      refreshAccountState(cause: sequence, into: &out)
    case .resume:
      acceptPrices()
      resume(command.reason, cause: sequence, into: &out)
    case .rearm:
      rearmAll(cause: sequence, into: &out)
    case .restoreSize:
      restoreSize(cause: sequence, into: &out)
    case .withhold: risk.isWithheld = true
    case .submit:
      risk.isWithheld = false
      letCancelsLeave()
    case .cancelAll:
      for index in books.indices {
        cancelAllButFlattening(index, cause: sequence, reason: .operatorCommand, into: &out)
        if !protections.isEmpty { (protections[index].isOff, protections[index].makesWay) = (true, false) }
      }
    }
  }

  /// Takes the end of the feed: strategies see a slot that was still open, working orders die, the account is marked.
  package mutating func reduce(
    _ end: FeedEnded, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try requireOrder(sequence, time)
    defer { nextSequence = out.nextSequence }
    closeSlot(into: &out)
    // What works at a venue outside goes on working; whoever wants it cancelled asks before the end and waits.
    if !isAnsweredOutside {
      for index in books.indices { cancelAll(index, cause: sequence, reason: .runEnded, into: &out) }
    }
    if counts.bars > 0 { mark(cause: sequence, into: &out) }
    now = time
  }

  /// Refuses an input older than the one before it, by its time or by its sequence; changes nothing.
  @inline(__always)
  func requireOrder(_ sequence: UInt64, _ time: Timestamp) throws(ReduceError) {
    guard time >= now, sequence >= nextSequence else {
      throw .timeRunsBackwards(sequence: sequence, time: time, last: now)
    }
  }

  /// Takes an input that moves time and nothing else.
  mutating func pass(_ sequence: UInt64, _ time: Timestamp, into out: inout EventBuffer) throws(ReduceError) {
    try requireOrder(sequence, time)
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
  }

  /// Moves time and marks the account where a UTC day has ended.
  ///
  /// The instant 00:00 belongs to the day that ends then: a daily bar of a market without sessions becomes known at it.
  /// A slot that its feed never closed is decided on first, as of its own time: later bars have no part in it.
  ///
  /// - Parameter isHistory: true where a bar of history moves time: what it finds open was left by a crash and is history too.
  mutating func advance(to time: Timestamp, cause: UInt64, isHistory: Bool = false, into out: inout EventBuffer) {
    if time == now { return }
    if !slot.isEmpty { closeSlot(isHistory: isHistory || isSlotStale, into: &out) }
    if watch.contains(.day), time > risk.day.end { beginDay(at: time, cause: cause, into: &out) }
    // Nearly every bar is of the day that goes on: a product and a comparison tell, without a division.
    let intoDay = UInt64(bitPattern: time.nanos &- 1 &- day &* Timestamp.nanosPerDay)
    if day != .min, intoDay < UInt64(Timestamp.nanosPerDay) {
      now = time
      return
    }
    let newDay = time.nanos == .min ? Timestamp(nanos: .min).utcDay : Timestamp(nanos: time.nanos - 1).utcDay
    if newDay != day {
      if day != .min, counts.bars > 0 { mark(cause: cause, into: &out) }
      day = newDay
    }
    now = time
  }

  private func mark(cause: UInt64, into out: inout EventBuffer) {
    var gross: Int128 = 0
    for index in books.indices { gross += Int128(home(marketValue(index), index).magnitude) }
    out.append(
      EquityMarked(
        asOf: now, equity: equity, cash: cash, grossExposure: gross, realised: realisedTotal, fees: feesTotal),
      cause: cause)
  }

  /// Values the position of one instrument at its mark.
  mutating func revalue(_ index: Int) {
    if watch.contains(.futures), isMargined(index) { return revalueMargined(index) }
    let value = books[index].mark.notional(
      books[index].position.quantity, multiplier: instruments[index].multiplierNanos)
    ledger.purses[purse(index)].positionsValue += value - books[index].value
    books[index].value = value
  }

  private func refuse(_ bar: Bar, sequence: UInt64, into out: inout EventBuffer) {
    let last = books[bar.instrument.position].lastOpenTime
    out.append(
      Alert(
        code: bar.openTime == last ? .duplicateBar : .outOfOrderBar, severity: .warning, instrument: bar.instrument,
        first: bar.openTime.nanos, second: last.nanos), cause: sequence)
  }

  /// True where the open is below 3/5 or above 17/10 of the last close: the sign of a split that nobody journaled.
  ///
  /// Never at prices of zero or below, where ratios say nothing, nor on an instrument's first bar, whose last close is zero.
  @inline(__always)
  private func isJump(from last: Price, to open: Price) -> Bool {
    if last.nanos <= 0 || open.nanos <= 0 { return false }
    return Int128(open.nanos) * 5 < Int128(last.nanos) * 3 || Int128(open.nanos) * 10 > Int128(last.nanos) * 17
  }

  /// Says once that an instrument which was delisted or has expired has bars again.
  @inline(never)
  private func tellOfEnd(_ bar: Bar, _ index: Int, sequence: UInt64, into out: inout EventBuffer) {
    if !risk.books[index].hasEnded { return }
    out.append(
      Alert(
        code: .barAfterEnd, severity: .warning, instrument: bar.instrument, first: bar.openTime.nanos,
        second: bar.open.nanos), cause: sequence)
  }

  @inline(never)
  private func alertOnJump(_ bar: Bar, _ last: Price, sequence: UInt64, into out: inout EventBuffer) {
    out.append(
      Alert(
        code: .priceJump, severity: .warning, instrument: bar.instrument, first: last.nanos, second: bar.open.nanos),
      cause: sequence)
  }

  /// A slot that was left open (a crash between its bars) and whose bars the clock says are older than they are long: they are history by now, and nothing is ordered on them.
  private var isSlotStale: Bool {
    guard let last = slot.last, risk.clock.nanos != .min else { return false }
    return Int128(risk.clock.nanos) - Int128(last.bar.knownAt.nanos) > Int128(last.bar.durationNanos)
  }

  private mutating func closeSlot(isHistory: Bool = false, into out: inout EventBuffer) {
    if slot.isEmpty { return }
    if isHistory {
      for position in slot.indices { slot[position].bar = slot[position].bar.marked(isHistorical: true) }
    }
    if watch.contains(.marks) {
      let last = slot[slot.count - 1]
      closeMarks(cause: last.sequence, isHistorical: last.bar.isHistorical, into: &out)
    }
    var isSeen = false
    for position in slot.indices where consider(slot[position].bar, sequence: slot[position].sequence, into: &out) {
      isSeen = true
    }
    let last = slot[slot.count - 1]
    slot.removeAll(keepingCapacity: true)
    if isSeen { closeRanking(sequence: last.sequence, isHistorical: last.bar.isHistorical, into: &out) }
    if watch.contains(.rolls) {
      closeChains(cause: last.sequence, isHistorical: last.bar.isHistorical, into: &out)
    }
  }
}
