import Core
import Events
import Market

/// A limit in force, in words.
package struct LimitInForce: Hashable, Sendable {
  /// `account`, `strategy sma_cross`, `sector technology`, a symbol, `correlation`, `breaker`, `kill`, `sessions`.
  package var scope: String
  /// The key that says it in a profile.
  package var key: String
  package var text: String
}

extension Profile {
  /// Every limit that the profile sets or says to be unlimited, one an entry, those of a scope together.
  package var limitsInForce: [LimitInForce] {
    let risk = configuration.risk
    var list: [LimitInForce] = []
    func add(_ scope: String, _ entries: [(key: String, text: String)]) {
      list += entries.map { LimitInForce(scope: scope, key: $0.key, text: $0.text) }
    }
    var account: [(key: String, text: String)] = []
    if !risk.isShortAllowed { account.append(("allow_short", "a sell only closes what is held")) }
    if risk.isCashRequired { account.append(("require_cash", "a buy spends only the cash there is")) }
    if risk.forbidsSelfCrossing { account.append(("forbid_self_crossing", "own orders never meet each other")) }
    add("account", account + words(risk.account, .account, nil))
    let limited = Set(risk.strategies.map(\.strategy)).union(subjects(.strategy).compactMap { Int($0) })
    for place in limited.sorted() {
      let set = risk.strategies.first { $0.strategy == place }?.limits ?? LimitSet()
      add("strategy \(strategyName(place))", words(set, .strategy, String(place)))
    }
    for name in names(risk.sectors, .sector) {
      let set = risk.sectors.first { $0.name == name }?.limits ?? LimitSet()
      add("sector \(name)", words(set, .sector, name))
    }
    for name in names(risk.symbols, .symbol) {
      let set = risk.symbols.first { $0.name == name }?.limits ?? LimitSet()
      add(name, words(set, .symbol, name))
    }
    if let cap = risk.correlation {
      let least = WordText.decimal(Int128(cap.correlationMicros) * 1_000)
      let decay = WordText.decimal(Int128(cap.decayMicros) * 1_000)
      add(
        "correlation",
        [
          (
            "correlation",
            "instruments whose returns correlate by \(least) or more have together at most \(money(cap.grossMax)) of gross exposure (decay \(decay) a bar)"
          )
        ])
    }
    add("breaker", risk.breakers.map { (BreakerForm.form(of: $0.watches).name, words($0)) })
    if unlimited.contains(where: { $0.key == "daily_loss" }) {
      add("breaker", [("daily_loss", "none for the day's loss: it is unlimited, in so many words")])
    }
    add("kill", [("kill", killWords)])
    add("sessions", [("sessions", configuration.sessions.words)])
    return list
  }

  private func subjects(_ scope: RiskScope) -> [String] {
    unlimited.filter { $0.scope == scope }.compactMap(\.subject)
  }

  /// Those with limits and those that are said to have none, in the order of their bytes.
  private func names(_ sets: [NamedLimits], _ scope: RiskScope) -> [String] {
    Set(sets.map(\.name)).union(subjects(scope)).sorted {
      Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
    }
  }

  /// A strategy's name, with its place where the name stands several times.
  func strategyName(_ place: Int) -> String {
    let names = configuration.strategies.map(\.name)
    let name = names[place]
    return names.count { $0 == name } > 1 ? "\(name) at \(place)" : name
  }

  func money(_ nanos: Int128) -> String { "\(WordText.decimal(nanos)) \(configuration.currency)" }

  private func words(_ set: LimitSet, _ scope: RiskScope, _ subject: String?) -> [(key: String, text: String)] {
    var list = set.words(money: money, isOfSymbol: scope == .symbol)
    for limit in unlimited where limit.scope == scope && limit.subject == subject && limit.key != "daily_loss" {
      list.append((limit.key, "\(limit.key) is unlimited, in so many words"))
    }
    return list
  }

  private var killWords: String {
    let kill = configuration.risk.kill
    let file = kill.file.map { "the file \($0), " } ?? ""
    let steps = kill.collarMicros.map { ShareText.percent(micros: $0) }.joined(separator: ", ")
    let flattening =
      steps.isEmpty
      ? "market orders"
      : "limit orders \(steps) through the market, then \(kill.endsAtMarket ? "market orders" : "the last again")"
    return "\(file)SIGUSR1, KILL_SWITCH=1 or `engine kill` cancels everything and flattens by \(flattening)"
  }
}

extension LimitSet {
  /// - Parameter isOfSymbol: whether one instrument alone is meant, so that it needn't be said.
  fileprivate func words(money: (Int128) -> String, isOfSymbol: Bool) -> [(key: String, text: String)] {
    var list: [(key: String, text: String)] = []
    func add(_ key: String, _ text: String?) { if let text { list.append((key, text)) } }
    add("allowed", isAllowed ? nil : "no order at all")
    add(
      "hours",
      hours.map {
        "orders only from \(MinuteText.text($0.fromMinute)) to \(MinuteText.text($0.toMinute)), local time of the market"
      })
    add(
      "stale_after",
      staleNanos.map {
        "no order on a bar known for longer than \(DurationText.text(nanos: $0)) by the last timer (a backtest has none)"
      })
    add(
      "min_confidence",
      confidenceMinMicros.map { "no order on a confidence below \(WordText.decimal(Int128($0) * 1_000))" })
    add("price_guard", guardWords)
    add("price_collar", collarMicros.map { "orders within \(ShareText.percent(micros: $0)) of the last trade" })
    add(
      "close_collar",
      closeCollarMicros.map { "orders within \(ShareText.percent(micros: $0)) of the close of the trading day before" })
    add("max_order_rate", orderRate.map { "at most \(WordText.count($0.count, "order")) within \($0.window)" })
    add("max_repeats", repeats.map { "at most \(WordText.count($0.count, "equal order")) within \($0.window)" })
    add(
      "locate",
      locatedQuantity.map {
        $0 == .zero
          ? "nothing sold short: no unit is located" : "at most \(WordText.units($0)) sold short, which are located"
      })
    add("max_order_quantity", orderQuantityMax.map { "at most \(WordText.units($0)) an order" })
    add("max_order_notional", orderNotionalMax.map { "at most \(money($0)) an order" })
    add(
      "max_volume_share",
      volumeShareMicros.map { "an order at most \(ShareText.percent(micros: $0)) of the bar's volume" })
    add(
      "max_position",
      positionQuantityMax.map { "at most \(WordText.units($0))\(isOfSymbol ? "" : " of an instrument")" }
    )
    add(
      "max_position_notional",
      positionNotionalMax.map { "at most \(money($0))\(isOfSymbol ? "" : " in an instrument")" })
    add("max_gross", grossMax.map { "gross exposure at most \(money($0))" })
    add(
      "max_net",
      netMax.map {
        "net exposure at most \(money($0)), long or short; closing one leg of a hedge is never held back and can take it over, with an alert"
      })
    add(
      "max_daily_net", dailyNetMax.map { "bought less sold, or sold less bought, at most \(money($0)) a trading day" })
    add(
      "max_leverage",
      leverageMaxMicros.map { "gross exposure at most \(WordText.decimal(Int128($0) * 1_000)) times equity" })
    return list
  }

  private var guardWords: String? {
    switch (priceMin, priceMax) {
    case (nil, nil): nil
    case (let low?, nil): "orders only at \(WordText.decimal(Int128(low.nanos))) or above"
    case (nil, let high?): "orders only at \(WordText.decimal(Int128(high.nanos))) or below"
    case (let low?, let high?):
      "orders only between \(WordText.decimal(Int128(low.nanos))) and \(WordText.decimal(Int128(high.nanos)))"
    }
  }
}

extension RateLimit {
  fileprivate var window: String { DurationText.text(nanos: windowNanos) }
}

extension SessionRule {
  fileprivate var words: String {
    let bars =
      switch outside {
      case .accept: "bars outside their market's hours count"
      case .flag: "bars outside their market's hours count, with an alert"
      case .quarantine: "bars outside their market's hours are dropped, with an alert"
      case .refuse: "a bar outside its market's hours stops the run"
      }
    let day = dayCalendar.map { "the trading days of \($0.word)" } ?? "the instruments' own trading days"
    let waits = { (rule: ClosedMarket) in rule == .wait ? "wait" : "are refused" }
    let orders =
      closed == halted
      ? "orders \(waits(closed)) while their market is closed or halted"
      : "orders \(waits(closed)) while their market is closed, and \(waits(halted)) while it is halted"
    let hours = isExtended ? " (pre- and post-market are inside)" : ""
    return "\(bars)\(hours); \(orders); daily limits follow \(day)"
  }
}

/// Numbers as people read them.
enum WordText {
  /// With commas between groups of three digits.
  static func decimal(_ nanos: Int128) -> String {
    let text = FixedPoint.text(nanos: nanos)
    let whole = text.prefix { $0 != "." }
    var out = ""
    for (offset, digit) in whole.enumerated() {
      if (whole.count - offset) % 3 == 0, out.last?.isNumber == true { out.append(",") }
      out.append(digit)
    }
    return out + text.dropFirst(whole.count)
  }

  static func units(_ quantity: Quantity) -> String {
    "\(decimal(Int128(quantity.nanos))) unit\(quantity.nanos == FixedPoint.unit ? "" : "s")"
  }

  static func count(_ count: Int, _ noun: String) -> String {
    "\(decimal(Int128(count) * Int128(FixedPoint.unit))) \(noun)\(count == 1 ? "" : "s")"
  }
}
