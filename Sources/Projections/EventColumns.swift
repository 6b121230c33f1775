package import Events

/// The columns of each kind's CSV, needed where a journal holds no event of the kind to ask.
///
/// A test compares every line with what the kind itself lists; a kind that came later and stands not here is asked through its
/// first event.
package enum EventColumns {
  /// What stands before the fields in every export.
  package static let envelope = ["sequence", "time", "cause"]

  package static func fields(of kind: EventKind) -> [String]? {
    switch kind {
    case RunStarted.kind:
      [
        "mode", "reducer_version", "run_id", "profile_sha256", "inputs_sha256", "currency", "strategies",
        "instruments", "profile",
      ]
    case BarObserved.kind:
      [
        "instrument", "open_time", "duration_ns", "open", "high", "low", "close", "volume", "source", "historical",
        "closes_slot",
      ]
    case CorporateAction.kind: ["instrument", "type", "numerator", "denominator", "cash", "price", "other", "symbol"]
    case DataPoint.kind: ["series", "value"]
    case Timer.kind: ["number", "reading"]
    case OperatorCommand.kind: ["command", "reason"]
    case FeedEnded.kind: ["reason"]
    case KillSwitch.kind: ["source", "reason"]
    case TradingHalt.kind: ["halted", "instrument", "reason"]
    case ReconciliationBreak.kind: ["instrument", "ours", "theirs"]
    case ExecutionReport.kind:
      [
        "client_order_id", "type", "source", "order", "instrument", "side", "quantity", "cumulative", "price", "fee",
        "liquidity", "venue_time", "fee_asset", "client_id", "venue_order_id", "trade_id", "reason",
      ]
    case Notice.kind: ["code", "severity", "instrument", "first", "second", "source", "text"]
    case Measurement.kind: ["subject", "about", "first", "second", "third"]
    case AccountAdopted.kind: ["instrument", "quantity", "price", "cash"]
    case OrderWithheld.kind: ["client_order_id", "order"]
    case OrderRepriced.kind: ["client_order_id", "order", "limit_price", "stop_price"]
    case OrderTerms.kind:
      [
        "client_order_id", "order", "post_only", "reduce_only", "hours", "trail_unit", "trail_size", "limit_distance",
        "auction_at", "good_until", "group", "replaces",
      ]
    case OrderReplaced.kind: ["client_order_id", "order", "replaced", "filled", "leaves"]
    case JournalContinued.kind: ["previous_head", "previous_events", "state_sha256", "file"]
    case Signal.kind:
      [
        "strategy", "instrument", "direction", "strength", "confidence", "reason", "first_feature", "second_feature",
      ]
    case RiskDecision.kind:
      ["instrument", "outcome", "reason", "requested", "allowed", "observed", "limit", "scope", "checks"]
    case OrderIntent.kind:
      [
        "client_order_id", "instrument", "side", "type", "time_in_force", "purpose", "quantity", "limit_price",
        "stop_price",
      ]
    case OrderAccepted.kind: ["client_order_id", "order", "expires_at"]
    case OrderRejected.kind: ["client_order_id", "order", "reason"]
    case OrderCancelled.kind: ["client_order_id", "order", "reason", "leaves"]
    case OrderExpired.kind: ["client_order_id", "order", "leaves"]
    case OrderReduced.kind: ["client_order_id", "order", "reason", "leaves"]
    case Fill.kind:
      [
        "client_order_id", "order", "bar", "instrument", "side", "quantity", "price", "fee", "slippage", "leaves",
        "liquidity", "rule",
      ]
    case PositionChanged.kind: ["instrument", "quantity", "cost_basis", "realised"]
    case CashChanged.kind: ["reason", "amount", "balance"]
    case PurseChanged.kind: ["currency", "reason", "amount", "balance"]
    case EquityMarked.kind: ["as_of", "equity", "cash", "gross_exposure", "realised", "fees"]
    case Alert.kind: ["code", "severity", "instrument", "first", "second"]
    case RunEnded.kind:
      ["state_digest", "bars", "warming_up", "signals", "refused", "cut", "orders", "fills"]
    case TradingStateChanged.kind: ["scope", "strategy", "instrument", "state"]
    case BreakerTripped.kind:
      [
        "breaker", "watches", "action", "scope", "strategy", "instrument", "observed", "limit", "window",
      ]
    case BreakerRearmed.kind: ["breaker", "watches", "scope", "strategy", "instrument", "by"]
    case KillAdvanced.kind: ["phase", "source", "open_positions", "working_orders", "opens_at"]
    case CancelRequested.kind: ["client_order_id", "order", "reason"]
    case OrderRepriced.kind: ["client_order_id", "order", "limit_price", "stop_price"]
    case MarginCalled.kind: ["equity", "requirement", "deficit"]
    case AccountCharged.kind: ["instrument", "reason", "days", "base", "rate", "amount"]
    case FrontContract.kind: ["instrument", "previous", "reason", "price", "previous_price", "quantity"]
    case FeeConverted.kind:
      [
        "client_order_id", "order", "bar", "instrument", "rate_instrument", "rate", "amount", "booked", "replaced",
        "replaced_booked", "asset",
      ]
    default: nil
    }
  }
}
