package import Events
package import Market
import Strategies

/// Inputs that say what may leave from now on, and what goes on outside.
extension Engine {
  /// Takes a kill: cancels everything and closes every position; only an operator's resume ends it.
  package mutating func reduce(
    _ kill: KillSwitch, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try requireOrder(sequence, time)
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
    self.kill(kill.source, cause: sequence, into: &out)
  }

  /// Takes a halt of trading, or its end.
  package mutating func reduce(
    _ halt: TradingHalt, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    if let instrument = halt.instrument, instrument.position >= books.count {
      throw .unknownInstrument(sequence: sequence, index: instrument.position, count: books.count)
    }
    try requireOrder(sequence, time)
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
    if let instrument = halt.instrument {
      risk.books[instrument.position].isHalted = halt.isHalted
    } else {
      risk.isMarketHalted = halt.isHalted
    }
    risk.refreshDisturbed()
    if halt.instrument.map({ isDecidedOn($0.position) }) ?? true {
      let instrument = halt.instrument.map { InstrumentIndex(known($0.position)) }
      for strategy in 0..<strategyCount { strategies.observeHalt(strategy, instrument, isHalted: halt.isHalted) }
    }
    settleKill(cause: sequence, into: &out)
  }

  /// Takes what happened outside: it changes no state.
  package mutating func reduce(
    _ notice: Notice, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try pass(sequence, time, into: &out)
  }

  /// Takes what the process measured of itself: it changes no state.
  package mutating func reduce(
    _ measurement: Measurement, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try pass(sequence, time, into: &out)
  }

  /// Takes a position that the venue reports otherwise.
  package mutating func reduce(
    _ difference: ReconciliationBreak, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    let index = difference.instrument.position
    guard index < books.count else {
      throw .unknownInstrument(sequence: sequence, index: index, count: books.count)
    }
    try requireOrder(sequence, time)
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
    let off = Int128((Int128(difference.theirs.nanos) - Int128(difference.ours.nanos)).magnitude)
    for place in breakers.atBreaks.indices {
      let rule = breakers.atBreaks[place]
      guard off > 0, let state = breakers.state(rule, strategy: -1, index: index),
        off >= Int128(breakers.thresholds[rule])
      else { continue }
      trip(rule, state, observed: off, limit: Int128(breakers.thresholds[rule]), cause: sequence, into: &out)
    }
  }

  /// Takes a reading of the clock: from it follow the bars' age, jumps, and gaps in which no bar comes at all.
  package mutating func reduce(
    _ timer: Timer, time: Timestamp, sequence: UInt64, into out: inout EventBuffer
  ) throws(ReduceError) {
    try requireOrder(sequence, time)
    defer { nextSequence = out.nextSequence }
    advance(to: time, cause: sequence, into: &out)
    let reading = timer.reading ?? time
    let last = risk.clock
    risk.clock = reading
    if !risk.wishes.isEmpty { askAgain(only: nil, cause: sequence, into: &out) }
    for index in protections.indices { settleProtection(index, .clock, cause: sequence, into: &out) }
    if breakers.atTimers.isEmpty { return }
    for place in breakers.atTimers.indices {
      let rule = breakers.atTimers[place]
      let threshold = Int128(breakers.thresholds[rule])
      if breakers.watches[rule] == .clockJump {
        if last.nanos == .min { continue }
        let jump = Int128((Int128(reading.nanos) - Int128(last.nanos)).magnitude)
        let isBackwards = reading < last
        if jump < threshold, !isBackwards { continue }
        warnAndTrip(
          rule, breakers.firstState[rule], .clockJump, first: narrow(jump), second: reading.nanos, observed: jump,
          limit: threshold, cause: sequence, into: &out)
      } else {
        for index in books.indices { watchGap(rule, index, until: reading, cause: sequence, into: &out) }
      }
    }
  }

  /// Trips where no bar of an instrument came for too long while its market was open.
  mutating func watchGap(
    _ rule: Int, _ index: Int, until instant: Timestamp, cause: UInt64, into out: inout EventBuffer
  ) {
    guard let state = breakers.state(rule, strategy: -1, index: index), !risk.breakers[state].isTripped else { return }
    let last = risk.books[index].knownAt
    if last.nanos == .min { return }
    // What is not one stretch of trading is no gap.
    let calendar = TradingCalendar(instruments[index].calendar)
    guard isTrading(calendar.phase(at: instant, cached: &risk.books[index].span)), risk.books[index].span.contains(last)
    else { return }
    let gap = Int128(instant.nanos) - Int128(last.nanos)
    let threshold = Int128(breakers.thresholds[rule])
    if gap < threshold { return }
    warnAndTrip(
      rule, state, .feedGap, index: index, first: narrow(gap), second: instant.nanos, observed: gap, limit: threshold,
      cause: cause, into: &out)
  }
}
