import Events
import Market
import Strategies

/// What is looked at when orders, fills, signals, bars and clocks come by.
extension Engine {
  /// Counts an order that has left.
  mutating func noteOrder(_ intent: OrderIntent, strategy: Int, cause: UInt64, into out: inout EventBuffer) {
    for place in breakers.atOrders.indices {
      let rule = breakers.atOrders[place]
      countRate(rule, strategy: strategy, index: intent.instrument.position, cause: cause, into: &out)
    }
  }

  mutating func noteReject(_ index: Int, strategy: Int, cause: UInt64, into out: inout EventBuffer) {
    for place in breakers.atRejects.indices {
      let rule = breakers.atRejects[place]
      countRate(rule, strategy: strategy, index: index, cause: cause, into: &out)
    }
  }

  /// Counts one happening of a rate; trips where there were more than the threshold within the window.
  private mutating func countRate(
    _ rule: Int, strategy: Int, index: Int, cause: UInt64, into out: inout EventBuffer
  ) {
    guard let state = breakers.state(rule, strategy: strategy, index: index) else { return }
    let window = breakers.windowPlace(rule, state)
    risk.rates[window].record(at: now)
    let count = risk.rates[window].count(at: now)
    let limit = breakers.thresholds[rule]
    if Int64(count) > limit {
      trip(rule, state, observed: Int128(count), limit: Int128(limit), cause: cause, into: &out)
    }
  }

  /// Looks at a fill: losses in a row, and slippage.
  ///
  /// - Parameter slippage: how much worse than the rule's price, in nanos of the price.
  mutating func noteFill(
    _ index: Int, _ order: WorkingOrder, gain: Int128, fee: Int128, slippage: Int64, price: Price, cause: UInt64,
    into out: inout EventBuffer
  ) {
    if breakers.atFills.isEmpty { return }
    let strategy = order.strategy == WorkingOrder.noStrategy ? -1 : Int(order.strategy)
    for place in breakers.atFills.indices {
      let rule = breakers.atFills[place]
      guard let state = breakers.state(rule, strategy: strategy, index: index) else { continue }
      let threshold = breakers.thresholds[rule]
      if breakers.watches[rule] == .consecutiveLosses {
        // Only what closes wins or loses.
        if gain == 0 { continue }
        risk.breakers[state].count = gain - fee < 0 ? risk.breakers[state].count + 1 : 0
        let count = risk.breakers[state].count
        if count >= threshold {
          trip(rule, state, observed: Int128(count), limit: Int128(threshold), cause: cause, into: &out)
        }
      } else {
        let share = price.nanos == 0 ? 0 : Int128(slippage) * 1_000_000 / Int128(price.nanos.magnitude)
        let window = breakers.windowPlace(rule, state)
        risk.means[window].record(narrow(share))
        guard let mean = risk.means[window].mean, mean > threshold else { continue }
        trip(rule, state, observed: Int128(mean), limit: Int128(threshold), cause: cause, into: &out)
      }
    }
  }

  /// Looks at what a strategy said, before anything of it is cut to size.
  mutating func noteSignal(_ target: Target, strategy: Int, index: Int, cause: UInt64, into out: inout EventBuffer) {
    if breakers.atSignals.isEmpty { return }
    for place in breakers.atSignals.indices {
      let rule = breakers.atSignals[place]
      guard let state = breakers.state(rule, strategy: strategy, index: index) else { continue }
      let window = breakers.windowPlace(rule, state)
      let limit = breakers.thresholds[rule]
      // An exit is always sure: its confidence says nothing about the model.
      if target.direction == .flat, breakers.watches[rule].isOfConfidence { continue }
      let found: (code: AlertCode, first: Int64, second: Int64, observed: Int64)?
      switch breakers.watches[rule] {
      case .predictionBounds:
        let isInside =
          (0...1_000_000).contains(target.confidenceMicros) && (0...1_000_000).contains(target.strengthMicros)
        found = isInside ? nil : (.predictionBounds, target.confidenceMicros, target.strengthMicros, 1)
      case .confidenceStuck:
        risk.breakers[state].count =
          risk.lastConfidences[state] == target.confidenceMicros
          ? risk.breakers[state].count + 1 : 1
        risk.lastConfidences[state] = target.confidenceMicros
        let count = risk.breakers[state].count
        found = count >= limit ? (.confidenceStuck, target.confidenceMicros, count, count) : nil
      case .signalRate:
        risk.rates[window].record(at: now)
        let count = Int64(risk.rates[window].count(at: now))
        found = count > limit ? (.signalRate, count, breakers.rules[rule].window, count) : nil
      case .signalSilence:
        risk.rates[window].record(at: now)
        found = nil
      case .confidenceDrift:
        risk.drifts[window].update(micros: target.confidenceMicros)
        let statistic = risk.drifts[window].indexMicros.map { $0 * 1_000 }
        found = statistic.flatMap { $0 >= limit ? (.confidenceDrift, $0, breakers.rules[rule].window, $0) : nil }
      case .confidenceShift:
        let hasShifted = risk.shifts[window].update(micros: target.confidenceMicros)
        let larger = max(risk.shifts[window].increase, risk.shifts[window].decrease)
        let statistic = min(Millionths.nearest(to: larger), .max / 1_000) * 1_000
        found = hasShifted ? (.confidenceShift, statistic, risk.shifts[window].count, statistic) : nil
      default: found = nil
      }
      guard let found, !risk.breakers[state].isTripped else { continue }
      warnAndTrip(
        rule, state, found.code, index: index, first: found.first, second: found.second,
        observed: Int128(found.observed), limit: Int128(limit), cause: cause, into: &out)
    }
  }
}

extension BreakerKind {
  /// Looks at how confidences are distributed over signals.
  fileprivate var isOfConfidence: Bool {
    self == .confidenceDrift || self == .confidenceShift || self == .confidenceStuck
  }
}

extension Engine {
  /// Trips where a strategy said less than it should within the window; not before a whole window has passed.
  mutating func watchSilence(_ rule: Int, cause: UInt64, into out: inout EventBuffer) {
    let span = breakers.rules[rule].window
    if risk.startedAt.nanos == .min { risk.startedAt = now }
    guard Int128(now.nanos) - Int128(risk.startedAt.nanos) >= Int128(span) else { return }
    let limit = breakers.thresholds[rule]
    for state in breakers.states(rule) where !risk.breakers[state].isTripped {
      let count = Int64(risk.rates[breakers.windowPlace(rule, state)].count(at: now))
      if count >= limit { continue }
      warnAndTrip(
        rule, state, .signalSilence, first: count, second: span, observed: Int128(count), limit: Int128(limit),
        cause: cause, into: &out)
    }
  }

  /// Empties what a breaker counted, when it is armed again.
  mutating func resetWindows(_ rule: Int, _ state: Int) {
    let window = breakers.windowPlace(rule, state)
    switch breakers.watches[rule] {
    case .orderRate, .rejectRate, .signalRate: risk.rates[window].restart()
    case .slippage: risk.means[window].reset()
    case .confidenceDrift: risk.drifts[window].restart()
    case .confidenceShift: risk.shifts[window].restart()
    default: break
    }
  }
}
