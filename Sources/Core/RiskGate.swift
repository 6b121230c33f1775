import Events
import Market

/// What the gate needs to know of the account to judge one order.
struct RiskFacts {
  var requested: Quantity
  var position: Quantity
  var mark: Price
  var multiplier: Int64
  var lot: Quantity
  /// Cash less what working buy orders may still spend.
  var freeCash: Int128
  var confidenceMicros: Int64
  var isHalted: Bool
  var isHistorical: Bool
  var workingOrderCount: Int
}

/// The gate's answer: how much passes, and the check that decided with the two numbers it compared.
struct RiskVerdict {
  var outcome: RiskOutcome
  var reason: RiskReason
  var allowed: Quantity
  var observed: Int64
  var limit: Int64
}

extension RiskLimits {
  /// Judges one order: checks in a fixed order; each can only make the quantity smaller.
  ///
  /// What merely closes a position is never cut by an order cap: a cap must not keep anyone in a position.
  func verdict(_ facts: RiskFacts) -> RiskVerdict {
    func refused(_ reason: RiskReason, _ observed: Int64 = 0, _ limit: Int64 = 0) -> RiskVerdict {
      RiskVerdict(outcome: .refused, reason: reason, allowed: .zero, observed: observed, limit: limit)
    }
    if facts.isHistorical { return refused(.historicalBar) }
    if facts.isHalted { return refused(.halted) }
    if facts.confidenceMicros < confidenceMinMicros {
      return refused(.confidenceBelowMinimum, facts.confidenceMicros * 1_000, confidenceMinMicros * 1_000)
    }
    if facts.requested == .zero { return refused(.alreadyThere, facts.position.nanos, facts.position.nanos) }
    if facts.workingOrderCount >= Limits.workingOrdersMax {
      return refused(
        .workingOrderCap, Int64(facts.workingOrderCount) * FixedPoint.unit,
        Int64(Limits.workingOrdersMax) * FixedPoint.unit)
    }

    let side: Side = facts.requested.nanos > 0 ? .buy : .sell
    let isAgainstPosition = facts.position.nanos != 0 && (facts.position.nanos > 0) != (side == .buy)
    let wanted = facts.requested.magnitude.nanos
    let closing = isAgainstPosition ? min(wanted, facts.position.magnitude.nanos) : 0
    var opening = wanted - closing
    var verdict = RiskVerdict(
      outcome: .passed, reason: .withinLimits, allowed: .zero, observed: wanted, limit: wanted)
    func cut(to most: Int64, _ reason: RiskReason, _ observed: Int64, _ limit: Int64) {
      guard opening > max(most, 0) else { return }
      opening = max(most, 0)
      verdict.reason = reason
      verdict.observed = observed
      verdict.limit = limit
    }

    if side == .sell, !isShortAllowed { cut(to: 0, .shortNotAllowed, facts.position.nanos - wanted, 0) }
    let held = isAgainstPosition ? 0 : facts.position.magnitude.nanos
    let positionMax = min(positionQuantityMax?.nanos ?? .max, Limits.quantityNanosMax)
    cut(to: positionMax - held, .positionCap, Int64(clamping: Int128(held) + Int128(opening)), positionMax)
    if let orderQuantityMax {
      cut(to: orderQuantityMax.nanos - closing, .orderQuantityCap, closing + opening, orderQuantityMax.nanos)
    }
    let unitValue = Int128(facts.mark.nanos) * Int128(facts.multiplier / FixedPoint.unit)
    if unitValue > 0 {
      if let orderNotionalMax {
        let most = orderNotionalMax * Int128(FixedPoint.unit) / unitValue - Int128(closing)
        let value = unitValue * Int128(closing + opening) / Int128(FixedPoint.unit)
        cut(to: Int64(clamping: most), .orderNotionalCap, Int64(clamping: value), Int64(clamping: orderNotionalMax))
      }
      if isCashRequired, side == .buy {
        let most = max(facts.freeCash, 0) * Int128(FixedPoint.unit) / unitValue
        let value = unitValue * Int128(opening) / Int128(FixedPoint.unit)
        cut(to: Int64(clamping: most), .insufficientCash, Int64(clamping: value), Int64(clamping: facts.freeCash))
      }
    }
    let total = Quantity(nanos: closing + opening).roundedDown(toLot: facts.lot)
    if total == .zero {
      verdict.outcome = .refused
      if verdict.reason == .withinLimits {
        verdict.reason = .belowOneLot
        verdict.limit = facts.lot.nanos
      }
      return verdict
    }
    verdict.outcome = verdict.reason == .withinLimits ? .passed : .cut
    verdict.allowed = Quantity(nanos: total.nanos * side.sign)
    return verdict
  }
}
