import Core
import Market
import Strategies

extension CanonicalText {
  /// What determines a run's decisions, with all defaults filled in; what is absent is left out.
  static func profile(
    name: String, universe: Universe, start: Timestamp?, end: Timestamp?, configuration: RunConfiguration,
    instruments: [LiveInstrument], catalog: StrategyCatalog
  ) -> CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [
      ("name", .text(name)),
      ("universe", universe.canonical),
      ("currency", .text(configuration.currency.description)),
      ("cash", .amount(configuration.initialCash)),
      ("strategies", .list(configuration.strategies.map { $0.canonical(catalog) })),
      ("sizing", configuration.sizing.canonical(configuration.sizingRule)),
      ("execution", configuration.execution.canonical(configuration)),
      ("fills", fills(configuration)),
      ("lots", .text(ProfileReader.lotWords.word(of: configuration.lots))),
      ("risk", configuration.risk.canonical),
    ]
    if let start { entries.append(("start", .text(start.profileText))) }
    if let end { entries.append(("end", .text(end.profileText))) }
    if configuration.exits != ProtectiveExits() { entries.append(("exits", configuration.exits.canonical)) }
    if configuration.actions != ActionRule() { entries.append(("corporate_actions", configuration.actions.canonical)) }
    if configuration.currencies != CurrencyRule() {
      entries.append(("currencies", configuration.currencies.canonical))
    }
    if !configuration.feeRates.isEmpty || configuration.minNotional != nil {
      entries.append(("venue", venue(configuration)))
    }
    if let account = configuration.account { entries.append(("account", account.canonical)) }
    if !configuration.rolls.isEmpty { entries.append(("rolls", configuration.rolls.canonical)) }
    switch configuration.decisionBars {
    case .each: break
    case .every(let nanos): entries.append(("decision_bars", .duration(nanos)))
    case .session: entries.append(("decision_bars", .text("session")))
    }
    if !instruments.isEmpty { entries.append(("instruments", CanonicalText.instruments(instruments))) }
    if configuration.sessions != SessionRule() { entries.append(("sessions", configuration.sessions.canonical)) }
    return .object(entries)
  }

  private static func fills(_ configuration: RunConfiguration) -> CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [
      (
        "volume_share",
        configuration.volumeShareMicros == 0 ? .text("none") : .share(configuration.volumeShareMicros)
      ),
      ("slippage", configuration.slippage.canonical),
      ("fees", configuration.fees.canonical(paidIn: configuration.feePayment)),
    ]
    let convention = configuration.convention
    if convention.name != .pessimistic { entries.append(("convention", .text(convention.name.rawValue))) }
    if convention.path != convention.ownPath { entries.append(("path", .text(convention.path.rawValue))) }
    if configuration.friction != VenueFriction() { entries.append(("friction", configuration.friction.canonical)) }
    return .object(entries)
  }

  /// What of the venue's section decides something; the rest is of the process alone.
  private static func venue(_ configuration: RunConfiguration) -> CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [("name", .text(VenueSettings.Kind.binance.rawValue))]
    if !configuration.feeRates.isEmpty { entries.append(("fees_in", configuration.feeRates.canonical)) }
    if let least = configuration.minNotional { entries.append(("min_notional", .amount(least))) }
    return .object(entries)
  }

  static func amount(_ nanos: Int128) -> CanonicalText { .number(FixedPoint.text(nanos: nanos)) }
  static func integer(_ value: Int64) -> CanonicalText { .number(String(value)) }
  /// Millionths as a decimal.
  static func micros(_ micros: Int64) -> CanonicalText { .amount(Int128(micros) * 1_000) }
  static func units(_ quantity: Quantity) -> CanonicalText { .amount(Int128(quantity.nanos)) }
  static func duration(_ nanos: Int64) -> CanonicalText { .text(DurationText.text(nanos: nanos)) }
  static func share(_ micros: Int64) -> CanonicalText { .text(ShareText.percent(micros: micros)) }
  /// Millionths as basis points.
  fileprivate static func basisPoints(_ micros: Int64) -> CanonicalText { .amount(Int128(micros) * 10_000_000) }
}

extension Universe {
  fileprivate var canonical: CanonicalText {
    switch self {
    case .all: .text("all")
    case .symbols(let symbols): .list(symbols.map { .text($0) })
    }
  }
}

extension StrategySpecification {
  fileprivate func canonical(_ catalog: StrategyCatalog) -> CanonicalText {
    var values: [(key: String, value: CanonicalText)] = []
    for description in catalog[name]?.parameters ?? [] {
      switch parameters[description.name] {
      case .integer(let number): values.append((description.name, .integer(number)))
      case .decimal(let nanos): values.append((description.name, .amount(Int128(nanos))))
      case .text(let text): values.append((description.name, .text(text)))
      case .flag(let flag): values.append((description.name, .flag(flag)))
      case .absent: break
      }
    }
    return .object([(name, .object(values))])
  }
}

extension Execution {
  /// - Parameter whole: where this is the entry's, the configuration whose other orders stand beside it.
  fileprivate func canonical(_ whole: RunConfiguration?) -> CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [
      ("order", .text(ProfileReader.orderWords.word(of: type))),
      ("time_in_force", .text(ProfileReader.timeInForceWords.word(of: timeInForce))),
      ("limit_offset_ticks", .integer(limitOffsetTicks)),
      ("stop_offset_ticks", .integer(stopOffsetTicks)),
    ]
    if lifeNanos > 0 { entries.append(("good_for", .duration(lifeNanos))) }
    if let trail { entries.append(("trail", trail.canonical)) }
    if isPostOnly { entries.append(("post_only", .flag(true))) }
    if isReduceOnly { entries.append(("reduce_only", .flag(true))) }
    if hours != .run { entries.append(("hours", .text(ProfileReader.hourWords.word(of: hours)))) }
    if let exit = whole?.exitExecution { entries.append(("exit", exit.canonical(nil))) }
    if let other = whole?.alternativeExecution { entries.append(("or", other.canonical(nil))) }
    if whole?.amendsOrders ?? false { entries.append(("replace", .text("amend"))) }
    return .object(entries)
  }
}

extension Trail {
  fileprivate var canonical: CanonicalText {
    switch unit {
    case .amount: .amount(Int128(size))
    case .share: .share(size)
    }
  }
}

extension ProtectiveExits {
  fileprivate var canonical: CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = []
    if let stopLossMicros { entries.append(("stop_loss", .share(stopLossMicros))) }
    if let takeProfitMicros { entries.append(("take_profit", .share(takeProfitMicros))) }
    if let trail { entries.append(("trailing_stop", trail.canonical)) }
    return .object(entries)
  }
}

extension Slippage {
  fileprivate var canonical: CanonicalText {
    switch self {
    case .none: .text("none")
    case .ticks(let ticks): .object([("ticks", .integer(ticks))])
    case .shareOfPrice(let micros): .object([("basis_points", .basisPoints(micros))])
    case .shareOfRange(let micros): .object([("share_of_range", .share(micros))])
    }
  }
}

extension FeeModel {
  fileprivate func canonical(paidIn payment: FeePayment) -> CanonicalText {
    let paid: [(key: String, value: CanonicalText)] = payment == .quote ? [] : [("paid_in", .text(payment.rawValue))]
    switch self {
    case .none: return .text("none")
    case .perShare(let rate, let minimum, let maximumShareMicros):
      var entries: [(key: String, value: CanonicalText)] = [
        ("per_share", .amount(Int128(rate))), ("minimum", .amount(Int128(minimum))),
      ]
      if maximumShareMicros != 0 { entries.append(("maximum", .share(maximumShareMicros))) }
      return .object(entries)
    case .shareOfNotional(let micros): return .object([("basis_points", .basisPoints(micros))] + paid)
    case .makerTaker(let tiers):
      let items = tiers.map { tier in
        CanonicalText.object([
          ("from", .amount(tier.from)), ("maker", .share(tier.makerMicros)), ("taker", .share(tier.takerMicros)),
        ])
      }
      return .object([("maker_taker", .list(items))] + paid)
    }
  }
}
