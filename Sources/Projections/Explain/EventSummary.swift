import Events
import Market

/// Events in words, with the numbers that decided: the lines of `explain`.
struct EventSummary {
  let context: RunContext
  /// The bar inside which a fill happened, by the fill's sequence.
  var fillBars: [UInt64: Bar] = [:]
  /// The strategy whose signal a risk decision judges, by the decision's sequence.
  var strategies: [UInt64: UInt16] = [:]

  func text(_ body: any EventBody, sequence: UInt64, time: Timestamp) -> String {
    switch body {
    case let bar as BarObserved: words(bar.bar)
    case let signal as Signal: words(signal)
    case let decision as RiskDecision: words(decision, sequence)
    case let intent as OrderIntent: words(intent, sequence)
    case let accepted as OrderAccepted:
      accepted.expiresAt.nanos == .max
        ? "accepted \(time), until cancelled" : "accepted \(time), until \(accepted.expiresAt)"
    case let rejected as OrderRejected: "rejected \(time): \(rejected.reason.word)"
    case let cancelled as OrderCancelled: "cancelled \(time): \(cancelled.reason.word), \(cancelled.leaves) unfilled"
    case let expired as OrderExpired: "expired \(time), \(expired.leaves) unfilled"
    case let reduced as OrderReduced:
      // A split may have made it more.
      "\(reduced.reason == .split ? "resized" : "reduced") \(time): \(reduced.reason.word), \(reduced.leaves) left"
    case let repriced as OrderRepriced:
      "repriced \(time):" + (repriced.limitPrice.map { " limit \($0)" } ?? "")
        + (repriced.stopPrice.map { " stop \($0)" } ?? "")
    case let terms as OrderTerms: words(terms)
    case let replaced as OrderReplaced:
      "works in the place of \(context.clientOrderID(replaced.replaced.sequence)) [\(replaced.replaced.sequence)], of which \(replaced.filled) was filled, \(replaced.leaves) left"
    case let fill as Fill: words(fill, sequence, time)
    case let position as PositionChanged:
      "position \(context.name(of: position.instrument)) \(position.quantity), cost basis \(amount(position.costBasis, position.instrument)), realised \(amount(position.realised, position.instrument))"
    case let cash as CashChanged: "cash \(signed(cash.amount)) for \(cash.reason.word), balance \(amount(cash.balance))"
    case let purse as PurseChanged:
      "cash \(purse.amount > 0 ? "+" : "")\(FixedPoint.text(nanos: purse.amount)) \(purse.currency) for \(purse.reason.word), balance \(FixedPoint.text(nanos: purse.balance)) \(purse.currency)"
    case let call as MarginCalled:
      "margin called \(time): equity \(amount(call.equity)), required \(amount(call.requirement)), \(amount(call.deficit)) lacking"
    case let charged as AccountCharged: words(charged, time)
    case let front as FrontContract: words(front, time)
    case let converted as FeeConverted: words(converted)
    default: other(body, time)
    }
  }

  /// A charge with what it was computed from.
  private func words(_ charged: AccountCharged, _ time: Timestamp) -> String {
    let whose = charged.instrument.map { " \(context.name(of: $0))" } ?? ""
    let base = "\(charged.reason.word)\(whose) \(time): \(signed(charged.amount)) on \(amount(charged.base))"
    switch charged.reason {
    case .variation: return "\(base), settled at \(FixedPoint.text(nanos: charged.rate))"
    case .funding: return "\(base), rate \(FixedPoint.text(nanos: charged.rate * 100)) %"
    case .interest, .borrowFee:
      return
        "\(base), \(FixedPoint.text(nanos: charged.rate * 100)) % a year for \(charged.days) day\(charged.days == 1 ? "" : "s")"
    case .fill, .dividend, .cashInLieu, .adopted, .proceeds, .conversion, .feeCorrection, .priceCorrection:
      return base
    }
  }

  /// A fee in another asset, with the bar whose close made money of it.
  private func words(_ converted: FeeConverted) -> String {
    let asset = converted.asset
    var text =
      "fee of \(FixedPoint.text(nanos: converted.amount)) \(asset) booked as \(amount(converted.booked)): \(context.name(of: converted.rateInstrument)) \(converted.rate), the close of bar [\(converted.bar)], rounded half to even"
    if converted.replaced != 0 || converted.replacedBooked != 0 {
      text +=
        "; in the place of \(FixedPoint.text(nanos: converted.replaced)) \(asset) booked as \(amount(converted.replacedBooked))"
    }
    return text
  }

  /// A roll with the prices that strategies' memories follow, and what is to be carried over.
  private func words(_ front: FrontContract, _ time: Timestamp) -> String {
    let name = context.name(of: front.instrument)
    guard let previous = front.previous else { return "front contract \(time): \(name)" }
    let why =
      switch front.reason {
      case .begin, .date: "by date"
      case .volume: "by volume"
      case .expiry: "because \(context.name(of: previous)) has expired"
      }
    let held = front.quantity == .zero ? "nothing held" : "\(front.quantity) held"
    return
      "roll \(time): from \(context.name(of: previous)) at \(front.previousPrice) to \(name) at \(front.price) \(why), \(held)"
  }

  private func words(_ bar: Bar) -> String {
    "bar \(context.name(of: bar.instrument)) \(bar.openTime) to \(bar.knownAt): \(prices(bar))"
      + (bar.isHistorical ? ", historical" : "")
  }

  private func prices(_ bar: Bar) -> String {
    "open \(bar.open) high \(bar.high) low \(bar.low) close \(bar.close) volume \(bar.volume)"
  }

  private func words(_ signal: Signal) -> String {
    let names = context.features(of: signal.strategy)
    return
      "signal \(context.strategyName(signal.strategy)): \(context.name(of: signal.instrument)) \(signal.direction.word)"
      + " because \(signal.reason.word), \(names.first) \(FixedPoint.text(nanos: signal.firstFeature))"
      + ", \(names.second) \(FixedPoint.text(nanos: signal.secondFeature))"
      + ", strength \(FixedPoint.text(nanos: signal.strength * 1000))"
      + ", confidence \(FixedPoint.text(nanos: signal.confidence * 1000))"
  }

  private func words(_ decision: RiskDecision, _ sequence: UInt64) -> String {
    if decision.outcome == .cut || decision.outcome == .qtyCappedToZero {
      let (wanted, fitting) = (decision.requested.magnitude, decision.allowed.magnitude)
      let isSaid = decision.observed == wanted.nanos && decision.limit == fitting.nanos
      return "risk \(decision.outcome == .cut ? "cut" : "cut to zero") by \(decider(decision, sequence)): "
        + "\(wanted) wanted, \(fitting) fit" + (isSaid ? "" : numbers(decision))
    }
    var text = "risk \(decision.outcome.word): \(decision.reason.word)"
    if decision.outcome == .refused, decision.reason.limit != nil { text += " (\(decider(decision, sequence)))" }
    text += ", requested \(decision.requested), allowed \(decision.allowed)"
    return text + numbers(decision)
  }

  /// What was compared.
  private func numbers(_ decision: RiskDecision) -> String {
    if decision.observed == 0, decision.limit == 0 { return "" }
    return ", observed \(FixedPoint.text(nanos: decision.observed)), limit \(FixedPoint.text(nanos: decision.limit))"
  }

  /// The limit by its key in the profile, and whose it is.
  private func decider(_ decision: RiskDecision, _ sequence: UInt64) -> String {
    let name = decision.reason.limit ?? decision.reason.word
    let symbol = context.name(of: decision.instrument)
    switch decision.scope {
    case .account: return "\(name) of account"
    case .strategy: return "\(name) of strategy" + (strategies[sequence].map { " \(context.strategyName($0))" } ?? "")
    case .sector: return "\(name) of \(symbol)'s sector"
    case .symbol: return "\(name) of symbol \(symbol)"
    }
  }

  private func words(_ intent: OrderIntent, _ sequence: UInt64) -> String {
    var text = "order \(context.clientOrderID(sequence)): \(intent.side.word) \(intent.quantity)"
    text += " \(context.name(of: intent.instrument)) \(intent.type.word)"
    if let limit = intent.limitPrice { text += " limit \(limit)" }
    if let stop = intent.stopPrice { text += " stop \(stop)" }
    return text + ", \(intent.timeInForce.word), for \(intent.purpose.word)"
  }

  private func words(_ terms: OrderTerms) -> String {
    var parts: [String] = []
    if terms.isPostOnly { parts.append("post-only") }
    if terms.isReduceOnly { parts.append("reduce-only") }
    if terms.hours != .run { parts.append("in \(terms.hours.word) hours") }
    if let trail = terms.trail {
      switch trail.unit {
      case .amount: parts.append("trailing by \(FixedPoint.text(nanos: trail.size))")
      case .share: parts.append("trailing by \(FixedPoint.text(nanos: trail.size * 100_000)) %")
      }
    }
    if terms.limitDistance != 0 { parts.append("limit \(FixedPoint.text(nanos: terms.limitDistance)) from the stop") }
    if terms.auctionAt.nanos != .max { parts.append("for the auction of \(terms.auctionAt)") }
    if terms.goodUntil.nanos != .max { parts.append("good until \(terms.goodUntil)") }
    if let group = terms.group { parts.append("one of the group of \(context.clientOrderID(group.sequence))") }
    if let old = terms.replaces { parts.append("in the place of \(context.clientOrderID(old.sequence))") }
    return "terms: " + parts.joined(separator: ", ")
  }

  private func words(_ fill: Fill, _ sequence: UInt64, _ time: Timestamp) -> String {
    var text = "fill \(time): \(fill.side.word) \(fill.quantity) \(context.name(of: fill.instrument)) at \(fill.price)"
    text +=
      " by \(fill.rule.word), slippage \(FixedPoint.text(nanos: fill.slippage)), fee \(amount(fill.fee, fill.instrument)) as \(fill.liquidity.word)"
    text += ", \(fill.leaves) left"
    if let bar = fillBars[sequence] { text += "; bar [\(fill.bar)] \(prices(bar))" }
    return text
  }

  private func other(_ body: any EventBody, _ time: Timestamp) -> String {
    var list = FieldList()
    body.list(into: &list)
    let fields = list.fields.map { "\($0.name) \($0.value.text(context))" }
    return "\(type(of: body).name) \(time): \(fields.joined(separator: ", "))"
  }

  private func amount(_ nanos: Int128) -> String {
    "\(FixedPoint.text(nanos: nanos)) \(context.started.currency)"
  }

  /// In the instrument's currency.
  private func amount(_ nanos: Int128, _ instrument: InstrumentIndex) -> String {
    "\(FixedPoint.text(nanos: nanos)) \(context.currency(of: instrument))"
  }

  private func signed(_ nanos: Int128) -> String { (nanos > 0 ? "+" : "") + amount(nanos) }
}
