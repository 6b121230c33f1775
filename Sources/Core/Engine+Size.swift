import Events
import Market

/// How large positions are to be, and when they follow their estimates.
extension Engine {
  /// How many units a target of full strength asks for; nil while the estimates behind it are warming up.
  mutating func fullPosition(_ index: Int, strategy: Int) -> Quantity? {
    let multiplier = instruments[index].multiplierNanos
    let lot = instruments[index].lotSize
    let mark = books[index].mark
    if !hasRate(index) { return .zero }
    var sizing: Sizing
    if isSizedByEstimates {
      let (targets, count, strategies) = (targetMicros, books.count, strategyCount)
      let size = sizer.size(
        index, strategy: strategy, mark: mark, equity: native(equity, index), multiplier: multiplier,
        stopLoss: configuration.exits.stopLossMicros
      ) { place in
        var sum: Int64 = 0
        for other in 0..<strategies { sum += targets[other * count + place] }
        return sum
      }
      switch size {
      case .unknown: return nil
      case .units(let quantity): sizing = .shares(quantity)
      case .notional(let amount): sizing = .notional(amount)
      case .share(let micros): sizing = .equityShare(micros: micros)
      }
    } else {
      sizing = configuration.sizing
      if hasForeign, case .notional(let amount) = sizing { sizing = .notional(native(amount, index)) }
    }
    let full = sizing.fullPosition(mark: mark, multiplier: multiplier, lot: lot, equity: native(equity, index))
    let scale = sizer.scaleMicros
    if scale == 1_000_000 { return full }
    return Quantity(nanos: Int64(Int128(full.nanos) * Int128(scale) / 1_000_000)).roundedDown(toLot: lot)
  }

  /// Shows a bar to the estimates.
  @inline(never)
  mutating func observeReturn(_ bar: Bar, since last: Price) {
    let (targets, count) = (targetMicros, books.count)
    let index = bar.instrument.position
    sizer.observe(bar, since: last) { targets[$0 * count + index] }
  }

  /// Everything that waits for an instant's marks: sizes first, then breakers.
  @inline(never)
  mutating func closeMarks(cause: UInt64, isHistorical: Bool, into out: inout EventBuffer) {
    closeSizes(cause: cause, into: &out)
    watchMarks(cause: cause, into: &out)
    // Historical bars fill nothing, and what they show is over.
    if watch.contains(.margin), !isHistorical { watchMargin(cause: cause, into: &out) }
  }

  /// Takes an instant's marks: covariances, and the drawdown that scales sizes.
  mutating func closeSizes(cause: UInt64, into out: inout EventBuffer) {
    sizer.closeSlot()
    guard sizer.observe(equity: equity) else { return }
    noteScale(cause: cause, into: &out)
  }

  /// The step of the drawdown schedule that trades nothing, and how deep the account is below its peak; nil where another holds.
  var zeroStep: (depthMicros: Int64, drawdownMicros: Int64)? {
    guard let drawdown = sizer.drawdown, drawdown.scaleMicros == 0, drawdown.level > 0 else { return nil }
    return (drawdown.steps[drawdown.level - 1].drawdownMicros, drawdownMicros)
  }

  /// How far equity is below the schedule's peak.
  var drawdownMicros: Int64 {
    guard let peak = sizer.drawdown?.peak, peak > 0 else { return 0 }
    return narrow(max(peak - equity, 0).dividedInMicros(by: peak))
  }

  /// An operator's command: the drawdown begins anew, and positions have their full size.
  mutating func restoreSize(cause: UInt64, into out: inout EventBuffer) {
    let before = sizer.scaleMicros
    sizer.restart(equity: equity)
    if sizer.scaleMicros != before { noteScale(cause: cause, into: &out) }
  }

  /// Says that sizes are scaled otherwise; every position is looked at again at its next bar.
  private mutating func noteScale(cause: UInt64, into out: inout EventBuffer) {
    out.append(
      Alert(
        code: .sizeScaled, severity: .warning, instrument: InstrumentIndex(0), first: sizer.scaleMicros,
        second: drawdownMicros), cause: cause)
    for index in risk.books.indices { risk.books[index].needsFollowUp = true }
  }

  /// Whether a change is too small to be traded: less than the band, and not what closes a position for good.
  mutating func isWithinBand(_ requested: Quantity, index: Int, strategy: Int) -> (limit: Int64, isWithin: Bool) {
    let band = configuration.sizingRule.bandMicros
    if band == 0 || targetMicros[max(strategy, 0) * books.count + index] == 0 { return (0, false) }
    guard let full = fullPosition(index, strategy: max(strategy, 0)) else { return (0, false) }
    let least = Int64(Int128(full.nanos) * Int128(band) / 1_000_000)
    return (least, requested.magnitude.nanos < least)
  }

  /// Gross exposure in instruments that move with the one that is decided on.
  func cutByCorrelation(_ walk: inout GateWalk, _ index: Int) {
    guard let cap = configuration.risk.correlation else { return }
    let unit = unitValue(index)
    guard unit > 0 else { return }
    var others: Int128 = 0
    for other in books.indices where other != index && sizer.correlates(index, other) {
      others += perUnit(part(other, ofStrategy: -1, countsOrders: true).worst * unitValue(other))
    }
    let held = Int128(walk.held)
    walk.cut(
      to: Int64(clamping: units(of: cap.grossMax - others, unit) - held), .correlationCap, .account,
      narrow(others + perUnit((held + Int128(walk.opening)) * unit)), narrow(cap.grossMax))
  }
}

/// A product of nanos of a unit and nanos of currency, in nanos of currency, rounded towards zero.
///
/// 128 bits divided by 10⁹ take a call; where the result fits 64 bits, one instruction does.
@inline(__always)
func perUnit(_ product: Int128) -> Int128 {
  let magnitude = product.magnitude
  let high = UInt64(truncatingIfNeeded: magnitude >> 64)
  let unit = UInt64(FixedPoint.unit)
  if high < unit {
    let quotient = unit.dividingFullWidth((high, UInt64(truncatingIfNeeded: magnitude))).quotient
    return product < 0 ? -Int128(quotient) : Int128(quotient)
  }
  return product / Int128(FixedPoint.unit)
}
