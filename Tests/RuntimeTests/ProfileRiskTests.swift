import Core
import Events
import Market
import Runtime
import Strategies
import Testing

/// Goal: what a profile says about risk is what the reducer is given, and nothing else.
///
/// Method: lines of the right profile are replaced and the configuration's fields are compared; the canonical text must give the same
/// configuration again.
@Suite("What a profile says about risk")
struct ProfileRiskTests {
  /// The sample with lines replaced, after its canonical text has given the same configuration.
  static func profile(_ replaced: [Int: String]) throws -> Profile {
    var lines = ProfileSample.lines
    for (line, text) in replaced { lines[line - 1] = text }
    let catalog = try ProfileSample.catalog()
    let profile = try Profile.parse(yaml: lines.joined(separator: "\n") + "\n", file: "p.yaml", catalog: catalog)
    let again = try Profile.parse(yaml: profile.canonicalText, file: "journal", catalog: catalog)
    var decisive = profile.configuration
    decisive.risk.kill.file = nil
    #expect(again.configuration == decisive)
    #expect(again.canonicalText == profile.canonicalText)
    return profile
  }

  static func risk(_ yaml: String) throws -> RiskLimits {
    try profile([19: "  require_cash: true\n  \(yaml)"]).configuration.risk
  }

  static func account(_ yaml: String) throws -> LimitSet { try risk(yaml).account }

  private static let unit = FixedPoint.unit

  @Test("has every limit under its key")
  func limits() throws {
    func expect(_ yaml: String, _ change: (inout LimitSet) -> Void) throws {
      var expected = LimitSet()
      change(&expected)
      #expect(try Self.account(yaml) == expected, "\(yaml)")
    }
    let unit = Self.unit
    try expect("allowed: false") { $0.isAllowed = false }
    try expect("allowed: true") { _ in }
    try expect("hours: 09:45-15:45") { $0.hours = AllowedHours(fromMinute: 585, toMinute: 945) }
    try expect("hours: 00:00-24:00") { $0.hours = AllowedHours(fromMinute: 0, toMinute: 1440) }
    try expect("stale_after: 90 s") { $0.staleNanos = 90 * unit }
    try expect("min_confidence: 0.25") { $0.confidenceMinMicros = 250_000 }
    try expect("min_confidence: 0") { _ in }
    try expect("price_guard: {min: 1, max: 1000.5}") {
      $0.priceMin = Price(nanos: unit)
      $0.priceMax = Price(nanos: 1000 * unit + unit / 2)
    }
    try expect("price_guard: {min: -40}") { $0.priceMin = Price(nanos: -40 * unit) }
    try expect("price_guard: {max: 5}") { $0.priceMax = Price(nanos: 5 * unit) }
    try expect("price_collar: 5 %") { $0.collarMicros = 50_000 }
    try expect("close_collar: 25 bp") { $0.closeCollarMicros = 2_500 }
    try expect("max_order_rate: {count: 10, within: 1 s}") { $0.orderRate = RateLimit(count: 10, windowNanos: unit) }
    try expect("max_repeats: {count: 3, within: 1.5 min}") {
      $0.repeats = RateLimit(count: 3, windowNanos: 90 * unit)
    }
    try expect("locate: 0") { $0.locatedQuantity = .zero }
    try expect("locate: 1_000") { $0.locatedQuantity = Quantity(nanos: 1000 * unit) }
    try expect("max_order_quantity: 0.5") { $0.orderQuantityMax = Quantity(nanos: unit / 2) }
    try expect("max_order_notional: 7") { $0.orderNotionalMax = 7 * Int128(unit) }
    try expect("max_volume_share: 5 %") { $0.volumeShareMicros = 50_000 }
    try expect("max_position: 8") { $0.positionQuantityMax = Quantity(nanos: 8 * unit) }
    try expect("max_shares: 1") { $0.positionQuantityMax = Quantity(nanos: unit) }
    try expect("max_position_notional: 9") { $0.positionNotionalMax = 9 * Int128(unit) }
    try expect("max_gross: 1_000_000_000_000") { $0.grossMax = 1_000_000_000_000 * Int128(unit) }
    try expect("max_net: 11") { $0.netMax = 11 * Int128(unit) }
    try expect("max_daily_net: 12") { $0.dailyNetMax = 12 * Int128(unit) }
    try expect("max_leverage: 1.5") { $0.leverageMaxMicros = 1_500_000 }
  }

  @Test("keeps the limits of strategies by place, of sectors and symbols by name, and drops empty ones")
  func scopes() throws {
    let risk = try Self.profile([
      8: "  - probe: {count: 1}\n  - buy_and_hold\n  - probe: {count: 2}",
      19: """
        require_cash: true
        strategies: {2: {max_gross: 3}, buy_and_hold: {max_gross: 2}, 0: {}}
        sectors: {utilities: {max_gross: 5}, energy: {allowed: false}, empty: {max_gross: unlimited}}
        symbols: {MSFT: {max_position: 7}, AAPL: {price_guard: {min: 100, max: 400}, max_position: 50}}
      """,
    ]).configuration.risk
    #expect(risk.strategies.map(\.strategy) == [1, 2])
    #expect(risk.strategies.map(\.limits.grossMax) == [2, 3].map { Int128($0) * Int128(Self.unit) })
    #expect(risk.sectors.map(\.name) == ["energy", "utilities"])
    #expect(!risk.sectors[0].limits.isAllowed)
    #expect(risk.symbols.map(\.name) == ["AAPL", "MSFT"])
    #expect(risk.symbols[0].limits.priceMax == Price(nanos: 400 * Self.unit))
    #expect(risk.account == LimitSet())
  }

  @Test("takes any symbol and sector where the universe is all of the bars: the run's start checks them")
  func openUniverse() throws {
    let profile = try Self.profile([
      2: "universe: all", 19: "  require_cash: true\n  symbols: {GOOG: {max_position: 1}}",
    ])
    #expect(profile.configuration.risk.symbols.map(\.name) == ["GOOG"])
  }

  @Test("has every breaker in its own unit")
  func breakers() throws {
    let unit = Self.unit
    func expect(_ yaml: String, _ expected: BreakerRule) throws {
      #expect(try Self.risk("breakers: [{\(yaml)}]").breakers == [expected], "\(yaml)")
    }
    try expect(
      "daily_loss: {threshold: 2 %, action: halt, rearm: next_session}",
      BreakerRule(
        watches: .dailyLossOpen, threshold: 20_000, isShareOfEquity: true, action: .halt, rearm: .nextSession))
    try expect(
      "daily_loss: {threshold: 5000, with_open: false, scope: symbol, action: reduce_only}",
      BreakerRule(watches: .dailyLoss, scope: .symbol, threshold: 5000 * unit, action: .reduceOnly))
    try expect(
      "drawdown: {threshold: 15 %, action: flatten}",
      BreakerRule(watches: .drawdown, threshold: 150_000, action: .flatten))
    try expect(
      "consecutive_losses: {threshold: 5, scope: strategy, only: probe, action: halt}",
      BreakerRule(watches: .consecutiveLosses, scope: .strategy, subject: "0", threshold: 5, action: .halt))
    try expect(
      "order_rate: {threshold: 100, within: 1 h, action: halt}",
      BreakerRule(watches: .orderRate, threshold: 100, window: 3600 * unit, action: .halt))
    try expect(
      "reject_rate: {threshold: 5, within: 60 s, scope: symbol, only: MSFT, action: alert}",
      BreakerRule(
        watches: .rejectRate, scope: .symbol, subject: "MSFT", threshold: 5, window: 60 * unit, action: .alert))
    try expect(
      "slippage: {threshold: 20 bp, over: 20, action: alert}",
      BreakerRule(watches: .slippage, threshold: 2_000, window: 20, action: .alert))
    try expect(
      "feed_gap: {threshold: 500 ms, action: reduce_only}",
      BreakerRule(watches: .feedGap, threshold: unit / 2, action: .reduceOnly))
    try expect(
      "reconciliation: {action: reduce_only}",
      BreakerRule(watches: .reconciliation, threshold: 0, action: .reduceOnly))
    try expect(
      "reconciliation: {threshold: 0.5, action: halt}",
      BreakerRule(watches: .reconciliation, threshold: unit / 2, action: .halt))
    try expect(
      "clock_jump: {threshold: 2 d, action: halt}",
      BreakerRule(watches: .clockJump, threshold: 172_800 * unit, action: .halt))
    try expect(
      "confidence_drift: {threshold: 0.25, over: 100, action: alert}",
      BreakerRule(watches: .confidenceDrift, threshold: unit / 4, window: 100, action: .alert))
    try expect(
      "confidence_shift: {threshold: 5, over: 30, action: alert}",
      BreakerRule(watches: .confidenceShift, threshold: 5 * unit, window: 30, action: .alert))
    try expect(
      "confidence_stuck: {threshold: 50, action: alert}",
      BreakerRule(watches: .confidenceStuck, threshold: 50, action: .alert))
    try expect(
      "prediction_bounds: {action: halt}", BreakerRule(watches: .predictionBounds, threshold: 0, action: .halt))
    try expect(
      "signal_rate: {threshold: 20, within: 1 h, action: halt}",
      BreakerRule(watches: .signalRate, threshold: 20, window: 3600 * unit, action: .halt))
    try expect(
      "signal_silence: {threshold: 1, within: 1 d, action: alert}",
      BreakerRule(watches: .signalSilence, threshold: 1, window: 86_400 * unit, action: .alert))
    try expect(
      "position_drift: {threshold: 10 %, scope: symbol, action: alert}",
      BreakerRule(watches: .positionDrift, scope: .symbol, threshold: 100_000, action: .alert))
  }

  @Test("can name every kind of breaker there is")
  func breakerKinds() throws {
    let names = ProfileMeaning.breakerNames
    #expect(Set(names).union(["daily_loss_open"]) == Set(BreakerKind.allCases.map(\.word)))
  }

  @Test("has the kill's steps, and leaves the file that is watched out of the canonical text")
  func kill() throws {
    let profile = try Self.profile([
      19: "  require_cash: true\n  kill: {file: flags/KILL.flag, collar: [1 %, 2 %, 5 %], then: market}"
    ])
    let kill = profile.configuration.risk.kill
    #expect(kill.collarMicros == [10_000, 20_000, 50_000])
    #expect(kill.endsAtMarket)
    #expect(profile.killFile == "flags/KILL.flag")
    #expect(!profile.canonicalText.contains("KILL"))
    let repeating = try Self.risk("kill: {collar: [1 %]}").kill
    #expect(!repeating.endsAtMarket && repeating.file == nil)
    let plain = try Self.profile([:])
    #expect(try Self.profile([19: "  require_cash: true\n  kill: {file: X}"]).digest == plain.digest)
  }

  @Test("has the cap on instruments that move together, self crossing, sessions and friction")
  func rest() throws {
    let cap = try Self.risk("correlation: {at_least: 0.8, max_gross: 200_000}").correlation
    #expect(
      cap
        == CorrelationCap(correlationMicros: 800_000, grossMax: 200_000 * Int128(Self.unit), decayMicros: 940_000))
    #expect(try Self.risk("forbid_self_crossing: true").forbidsSelfCrossing)
    let sessions = try Self.profile([
      20: "sessions: {outside: quarantine, closed: refuse, halted: refuse, hours: extended, day: xnys}"
    ]).configuration.sessions
    var expected = SessionRule()
    expected.outside = .quarantine
    expected.closed = .refuse
    expected.halted = .refuse
    expected.isExtended = true
    expected.dayCalendar = .xnys
    #expect(sessions == expected)
    for calendar in CalendarName.allCases {
      #expect(
        try Self.profile([20: "sessions: {day: \(calendar.word)}"]).configuration.sessions.dayCalendar == calendar)
    }
    let friction = try Self.profile([
      15: "  fees: none\n  friction: {rejects: 1 %, late_cancels: true, seed: 7}"
    ]).configuration.friction
    #expect((friction.rejectMicros, friction.cancelsLate, friction.seed) == (10_000, true, 7))
  }

  @Test("writes what it doesn't have to say nowhere, so that profiles of before keep their digests")
  func defaultsAreLeftOut() throws {
    let plain = try Self.profile([:])
    let spelt = try Self.profile([
      9: "sizing: {shares: 100, no_trade_band: 0 %, rebalance: on_signal}",
      15: "  fees: none\n  friction: {rejects: 0 %, late_cancels: false, seed: 0}",
      19: "  require_cash: true\n  forbid_self_crossing: false\n  allowed: true\n  breakers: []\n  symbols: {AAPL: {}}",
      20: "sessions: {outside: accept, closed: wait, halted: wait, hours: regular}",
    ])
    #expect(spelt.canonicalText == plain.canonicalText)
  }

  @Test("has one canonical text")
  func canonicalText() throws {
    let profile = try Self.profile([
      19: """
        require_cash: true
        max_shares: 1
        max_order_rate: {count: 10, within: 60 s}
        strategies: {probe: {hours: 09:45-15:45}}
        breakers:
          - daily_loss: {threshold: 200 bp, action: halt}
          - reconciliation: {action: halt}
          - daily_loss: unlimited
        kill: {file: KILL.flag, collar: [100 bp]}
      """
    ])
    let risk = try #require(profile.canonicalText.firstRange(of: "\"risk\":"))
    #expect(
      profile.canonicalText[risk.lowerBound...].hasPrefix(
        """
        "risk":{"allow_short":false,"breakers":[{"daily_loss":{"action":"halt","rearm":"operator","scope":"account",\
        "threshold":"2 %","with_open":true}},{"reconciliation":{"action":"halt","rearm":"operator","scope":"account",\
        "threshold":0}}],"kill":{"collar":["1 %"],"then":"repeat"},"max_order_rate":{"count":10,"within":"1 min"},\
        "max_position":1,"min_confidence":0,"require_cash":true,"strategies":{"0":{"hours":"09:45-15:45"}}},
        """))
  }

  @Test("remembers every limit that is said to be unlimited, and decides as without it")
  func unlimited() throws {
    let keys = [
      "stale_after", "price_guard", "price_collar", "close_collar", "max_order_rate", "max_repeats", "locate",
      "max_order_quantity", "max_order_notional", "max_volume_share", "max_position", "max_position_notional",
      "max_gross", "max_net", "max_daily_net", "max_leverage",
    ]
    let plain = try Self.profile([:])
    for key in keys {
      for (lead, scope, subject) in [
        ("", RiskScope.account, nil as String?), ("symbols: {AAPL: {", .symbol, "AAPL"),
        ("strategies: {probe: {", .strategy, "0"), ("sectors: {energy: {", .sector, "energy"),
      ] {
        let end = String(repeating: "}", count: lead.count { $0 == "{" })
        let profile = try Self.profile([19: "  require_cash: true\n  \(lead)\(key): unlimited\(end)"])
        #expect(profile.unlimited == [UnlimitedLimit(scope: scope, subject: subject, key: key)])
        #expect(profile.canonicalText == plain.canonicalText)
      }
    }
    let alias = try Self.profile([19: "  require_cash: true\n  max_shares: unlimited"])
    #expect(alias.unlimited == [UnlimitedLimit(scope: .account, subject: nil, key: "max_position")])
    let loss = try Self.profile([19: "  require_cash: true\n  breakers: [{daily_loss: unlimited}]"])
    #expect(loss.unlimited == [UnlimitedLimit(scope: .account, subject: nil, key: "daily_loss")])
    #expect(loss.configuration.risk.breakers.isEmpty)
  }
}
