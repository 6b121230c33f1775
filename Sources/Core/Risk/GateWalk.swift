import Events
import Market

/// The gate's answer: how much passes, and the check that decided with the two numbers it compared.
struct RiskVerdict: BitwiseCopyable {
  var outcome: RiskOutcome
  var reason: RiskReason
  var allowed: Quantity
  var observed: Int64
  var limit: Int64
  var scope: RiskScope
  var checks: UInt64
  /// Units of what passes that are the strategy's own part.
  var own: Int64 = 0
}

/// A number as a decision carries it: saturated, and never `Int64.min`, which canonical decimals don't have.
func narrow(_ value: Int128) -> Int64 { max(Int64(clamping: value), -Int64.max) }

/// One order on its way through the checks: each can only make it smaller.
///
/// What merely closes a position is never cut by a cap: a cap must not keep anyone in a position. Of an order that closes and opens, the
/// closing part counts towards the caps first and always passes.
struct GateWalk: BitwiseCopyable {
  let side: Side
  /// Units that close, and that open, both positive.
  private(set) var closing: Int64
  private(set) var opening: Int64
  /// Units of the position on the order's side that are there already, or will be where every working order of that side fills.
  let held: Int64
  /// Units that are other strategies' part of the order: what a limit of the strategy doesn't count.
  let others: Int64
  private var reason = RiskReason.withinLimits
  private var scope = RiskScope.account
  private var observed: Int64
  private var limit: Int64
  private var checks: UInt64 = 0
  private var isRefused = false

  /// - Parameters:
  ///   - effective: the position where all working orders of the order's side fill.
  ///   - own: units, signed, that the strategy itself lacks.
  init(requested: Quantity, effective: Int64, own: Int128) {
    side = requested.nanos > 0 ? .buy : .sell
    let wanted = requested.magnitude.nanos
    let isAgainst = effective != 0 && (effective > 0) != (side == .buy)
    let size = Int64(clamping: effective.magnitude)
    closing = isAgainst ? min(wanted, size) : 0
    held = isAgainst ? 0 : size
    opening = wanted - closing
    others = wanted - Int64(min(max(own * Int128(side.sign), 0), Int128(wanted)))
    observed = wanted
    limit = wanted
  }

  var total: Int64 { closing + opening }

  /// Refuses the whole order, what closes included. The first refusal is what the decision tells.
  mutating func refuse(_ reason: RiskReason, _ scope: RiskScope, _ observed: Int64, _ limit: Int64) {
    checks |= reason.bit
    if isRefused { return }
    isRefused = true
    tell(reason, scope, observed, limit)
  }

  /// Cuts what opens to `most` units. The last cut is the tightest, and what the decision tells.
  @inline(__always)
  mutating func cut(to most: Int64, _ reason: RiskReason, _ scope: RiskScope, _ observed: Int64, _ limit: Int64) {
    guard opening > max(most, 0) else { return }
    opening = max(most, 0)
    checks |= reason.bit
    if !isRefused { tell(reason, scope, observed, limit) }
  }

  /// Cuts the whole order to `most` units, what opens first: for a strategy's limits, since what closes the account's position may open the
  /// strategy's.
  mutating func cutWhole(
    to most: Int64, _ reason: RiskReason, _ scope: RiskScope, _ observed: Int64, _ limit: Int64
  ) {
    let most = max(most, 0)
    guard total > most else { return }
    closing = min(closing, most)
    opening = most - closing
    checks |= reason.bit
    if !isRefused { tell(reason, scope, observed, limit) }
  }

  private mutating func tell(_ reason: RiskReason, _ scope: RiskScope, _ observed: Int64, _ limit: Int64) {
    self.reason = reason
    self.scope = scope
    self.observed = observed
    self.limit = limit
  }

  /// The verdict, in whole lots.
  consuming func verdict(lot: Quantity) -> RiskVerdict {
    func made(_ outcome: RiskOutcome, _ allowed: Int64) -> RiskVerdict {
      RiskVerdict(
        outcome: outcome, reason: reason, allowed: Quantity(nanos: allowed * side.sign), observed: observed,
        limit: limit, scope: scope, checks: checks)
    }
    if isRefused { return made(.refused, 0) }
    let passing = Quantity(nanos: total).roundedDown(toLot: lot)
    if passing == .zero {
      guard reason == .withinLimits else { return made(.qtyCappedToZero, 0) }
      reason = .belowOneLot
      checks |= reason.bit
      limit = lot.nanos
      return made(.refused, 0)
    }
    var verdict = made(reason == .withinLimits ? .passed : .cut, passing.nanos)
    verdict.own = max(passing.nanos - others, 0)
    return verdict
  }
}
