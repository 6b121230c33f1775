import Events

/// What makes two events of one instant the same event, whatever their values: kind, subject and cause.
enum DiffIdentity {
  /// The fields that name what an event is about; all others are what it says about it.
  static func subjectFields(of kind: EventKind) -> [String] {
    switch kind {
    case CorporateAction.kind: ["instrument", "type"]
    case DataPoint.kind: ["series"]
    case OperatorCommand.kind: ["command"]
    // Whatever its source, a kill is a kill.
    case KillSwitch.kind: []
    case TradingHalt.kind: ["halted", "instrument"]
    case TradingStateChanged.kind: ["scope", "strategy", "instrument"]
    case BreakerTripped.kind, BreakerRearmed.kind: ["breaker", "scope", "strategy", "instrument"]
    case KillAdvanced.kind: ["phase"]
    case Signal.kind: ["strategy", "instrument"]
    case OrderIntent.kind: ["instrument", "purpose"]
    case OrderAccepted.kind, OrderRejected.kind, OrderCancelled.kind, OrderExpired.kind, OrderReduced.kind, Fill.kind,
      CancelRequested.kind, OrderRepriced.kind:
      ["order"]
    case FeeConverted.kind: ["order", "asset"]
    case CashChanged.kind: ["reason"]
    case PurseChanged.kind: ["currency", "reason"]
    case Alert.kind: ["code", "instrument"]
    case AccountCharged.kind: ["reason", "instrument"]
    default: ["instrument"]
    }
  }

  /// The fields that belong to the envelope: they say how a run came to be, not what it decided.
  ///
  /// Besides these, sequences, references as numbers (they are compared by what they refer to), and the times of the
  /// run's start and of the feed's end are envelope. `strict` compares all of them.
  static func envelopeFields(of kind: EventKind) -> [String] {
    switch kind {
    case RunStarted.kind: ["mode", "reducer_version", "run_id", "profile_sha256", "inputs_sha256", "profile"]
    // A bar is the same bar whichever feed brought it; which bar closes a slot follows from who else is in it.
    case BarObserved.kind: ["source", "closes_slot"]
    case FeedEnded.kind: ["reason"]
    // Its parts are compared event by event; the digest covers order ids, which are sequences.
    case RunEnded.kind: ["state_digest"]
    default: []
    }
  }

  /// The identity as text; `reference` spells a sequence in the terms of the run on the right.
  static func key(
    kind: EventKind, cause: UInt64?, fields: FieldList, context: RunContext, isExact: Bool,
    reference: (UInt64) -> String
  ) -> String {
    var key = "\(kind.rawValue)"
    for name in subjectFields(of: kind) {
      guard let value = fields[name] else { continue }
      if case .sequence(let target) = value {
        if isExact { key += "|" + reference(target) }
      } else {
        key += "|" + value.text(context)
      }
    }
    // An order's events name no instrument; in the loose pairing a fill must still not stand for another instrument's.
    if !isExact, case .instrument(let instrument)? = fields["instrument"] { key += "|" + context.name(of: instrument) }
    if isExact, let cause { key += "<" + reference(cause) }
    return key
  }
}
