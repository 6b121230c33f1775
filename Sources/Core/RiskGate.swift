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

/// A number as a decision carries it: saturated, and never `Int64.min`, which canonical decimals don't have.
private func narrow(_ value: Int128) -> Int64 { max(Int64(clamping: value), -Int64.max) }

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
  /// What merely closes a position is never cut by an order cap: a cap must not keep anyone in a position. Of an order that
  /// closes and opens, the closing part counts towards the caps first and always passes.
  ///
  /// - Precondition: position and requested are whole lots within `Limits.positionNanosMax`.
  func verdict(_ facts: RiskFacts) -> RiskVerdict {
    func refused(_ reason: RiskReason, _ observed: Int64 = 0, _ limit: Int64 = 0) -> RiskVerdict {
      RiskVerdict(outcome: .refused, reason: reason, allowed: .zero, observed: observed, limit: limit)
    }
    if facts.isHistorical { return refused(.historicalBar) }
    if facts.isHalted { return refused(.halted) }
    let confidenceMinMicros = account.confidenceMinMicros ?? 0
    if facts.confidenceMicros < confidenceMinMicros {
      return refused(.confidenceBelowMinimum, facts.confidenceMicros * 1_000, confidenceMinMicros * 1_000)
    }
    if facts.requested == .zero { return refused(.alreadyThere, facts.position.nanos, facts.position.nanos) }

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
    // A fill may need two protective orders more.
    let orderCount = Int64(facts.workingOrderCount) + 2
    if orderCount > Limits.workingOrdersMax {
      cut(
        to: 0, .workingOrderCap, orderCount * FixedPoint.unit, Int64(Limits.workingOrdersMax) * FixedPoint.unit)
    }
    let held = isAgainstPosition ? 0 : facts.position.magnitude.nanos
    let positionMax = min(account.positionQuantityMax?.nanos ?? .max, Limits.positionNanosMax(multiplier: facts.multiplier))
    cut(to: positionMax - held, .positionCap, held + opening, positionMax)
    if let orderQuantityMax = account.orderQuantityMax {
      cut(to: orderQuantityMax.nanos - closing, .orderQuantityCap, closing + opening, orderQuantityMax.nanos)
    }
    // The value of a unit is negative at a negative price: an order's size is its magnitude, and buying then costs no cash.
    let signedUnitValue = Int128(facts.mark.nanos) * Int128(facts.multiplier / FixedPoint.unit)
    let unitValue = Int128(signedUnitValue.magnitude)
    if unitValue > 0 {
      let value = unitValue * Int128(closing + opening) / Int128(FixedPoint.unit)
      if let orderNotionalMax = account.orderNotionalMax {
        let most = Limits.units(of: max(orderNotionalMax, 0), unitValue: unitValue) - Int128(closing)
        cut(to: Int64(clamping: most), .orderNotionalCap, narrow(value), narrow(orderNotionalMax))
      }
      if isCashRequired, side == .buy, signedUnitValue > 0 {
        // Buying back a short comes first out of the same cash.
        let most = Limits.units(of: max(facts.freeCash, 0), unitValue: unitValue) - Int128(closing)
        let cost = unitValue * Int128(closing + opening) / Int128(FixedPoint.unit)
        cut(to: Int64(clamping: most), .insufficientCash, narrow(cost), narrow(facts.freeCash))
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
