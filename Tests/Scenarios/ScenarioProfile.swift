package import Core
import Events
package import Market

/// Why a scenario's text is not one.
package struct ScenarioError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}

/// The first lines of a scenario: `profile key=value …` and `instrument NAME key=value …`; what isn't said has the value below.
package struct ScenarioProfile {
  package var configuration = RunConfiguration(
    currency: .usd, initialCash: 1_000_000 * Int128(FixedPoint.unit), strategies: [],
    sizing: .shares(Quantity(nanos: 100 * FixedPoint.unit)), execution: Execution(timeInForce: .goodTillCancelled),
    exits: ProtectiveExits(), slippage: .none, fees: .none, volumeShareMicros: 0, lots: .averageCost,
    risk: RiskLimits(isShortAllowed: true, isCashRequired: false))
  package var instruments: [Instrument] = []

  package init() {}

  mutating func read(profile words: [Substring]) throws {
    for word in words {
      let (key, value) = try pair(word)
      try set(key, value)
    }
  }

  private mutating func set(_ key: String, _ value: String) throws {
    switch key {
    case "type":
      configuration.execution.type = try type(value)
    case "tif":
      let times: [String: TimeInForce] = [
        "day": .day, "gtc": .goodTillCancelled, "ioc": .immediateOrCancel, "fok": .fillOrKill,
        "gtd": .goodTillDate,
      ]
      configuration.execution.timeInForce = try named(times, value)
    case "life": configuration.execution.lifeNanos = try whole(value) * Timestamp.nanosPerSecond
    case "trail": configuration.execution.trail = try trail(value)
    case "post": configuration.execution.isPostOnly = value == "yes"
    case "hours":
      guard let hours = OrderHours.allCases.first(where: { $0.word == value }) else { return try setRisk(key, value) }
      configuration.execution.hours = hours
    case "exit":
      // TYPE, TYPE:limit ticks, TYPE:limit ticks:stop ticks, each with :reduce behind it.
      let parts = value.split(separator: ":").map(String.init)
      var style = OrderStyle(type: try type(parts[0]), timeInForce: .goodTillCancelled)
      if style.type.isOnOpen || style.type.isOnClose { style.timeInForce = .day }
      style.isReduceOnly = parts.contains("reduce")
      let ticks = try parts.dropFirst().filter { $0 != "reduce" }.map(whole)
      style.limitOffsetTicks = ticks.first ?? 0
      style.stopOffsetTicks = ticks.count > 1 ? ticks[1] : 0
      configuration.exitExecution = style
    case "or":
      // TYPE:limit ticks:stop ticks.
      let parts = value.split(separator: ":").map(String.init)
      configuration.alternativeExecution = OrderStyle(
        type: try type(parts[0]), timeInForce: .goodTillCancelled, limitOffsetTicks: try whole(parts[1]),
        stopOffsetTicks: try whole(parts[2]))
    case "replace": configuration.amendsOrders = value == "amend"
    case "decide":
      configuration.decisionBars =
        value == "session" ? .session : .every(nanos: try whole(value) * Timestamp.nanosPerSecond)
    case "convention":
      guard let name = FillConventionName(rawValue: value) else { throw ScenarioError("no convention \(value)") }
      configuration.convention = FillConvention(name)
    case "path":
      guard let path = BarPath(rawValue: value) else { throw ScenarioError("no path \(value)") }
      configuration.convention.path = path
    case "tsl": configuration.exits.trail = try trail(value)
    case "limit": configuration.execution.limitOffsetTicks = try whole(value)
    case "stop": configuration.execution.stopOffsetTicks = try whole(value)
    case "sl": configuration.exits.stopLossMicros = try micros(value)
    case "tp": configuration.exits.takeProfitMicros = try micros(value)
    case "slip": configuration.slippage = try slippage(value)
    case "fees": configuration.fees = try fees(value)
    case "paid": configuration.feePayment = value == "received" ? .received : .quote
    case "volume": configuration.volumeShareMicros = try micros(value)
    case "lots": configuration.lots = value == "fifo" ? .firstInFirstOut : .averageCost
    case "cash": configuration.initialCash = Int128(try value.fixedPointNanos())
    case "shares": configuration.sizing = .shares(Quantity(nanos: try value.fixedPointNanos()))
    case "notional": configuration.sizing = .notional(Int128(try value.fixedPointNanos()))
    case "equity": configuration.sizing = .equityShare(micros: try micros(value))
    case "maxorder": configuration.risk.account.orderQuantityMax = try Quantity(value)
    case "maxvalue": configuration.risk.account.orderNotionalMax = Int128(try value.fixedPointNanos())
    case "maxpos": configuration.risk.account.positionQuantityMax = try Quantity(value)
    case "short": configuration.risk.isShortAllowed = value == "yes"
    case "pay": configuration.risk.isCashRequired = value == "yes"
    case "missing":
      let words: [String: MissingSplit] = ["jump": .jump, "alert": .alert, "quarantine": .quarantine]
      configuration.actions.missingSplit = try named(words, value)
    case "minconf": configuration.risk.account.confidenceMinMicros = try micros(value)
    case "convert": configuration.currencies.convertsAtOnce = value == "once"
    case "convcost": configuration.currencies.costMicros = try micros(value)
    case "foreign": configuration.currencies.foreign.append(try foreign(value))
    default: try setRisk(key, value)
    }
  }

  /// `EUR:EURUSD[:CASH:START]`; `EUR:EURUSD!` where the rate itself is traded.
  private func foreign(_ value: String) throws -> ForeignCurrency {
    let parts = value.split(separator: ":").map(String.init)
    guard parts.count == 2 || parts.count == 4, let currency = Currency(parts[0]) else {
      throw ScenarioError("foreign=EUR:EURUSD or with :CASH:START, not \(value)")
    }
    return ForeignCurrency(
      currency: currency, rateSymbol: parts[1].hasSuffix("!") ? String(parts[1].dropLast()) : parts[1],
      initialCash: parts.count == 4 ? try money(parts[2]) : 0,
      startRate: parts.count == 4 ? try Price(parts[3]) : nil, isRateTraded: parts[1].hasSuffix("!"))
  }

  private mutating func setRisk(_ key: String, _ value: String) throws {
    switch key {
    case "gross": configuration.risk.account.grossMax = try money(value)
    case "net": configuration.risk.account.netMax = try money(value)
    case "dailynet": configuration.risk.account.dailyNetMax = try money(value)
    case "leverage": configuration.risk.account.leverageMaxMicros = try micros(value)
    case "posvalue": configuration.risk.account.positionNotionalMax = try money(value)
    case "share": configuration.risk.account.volumeShareMicros = try micros(value)
    case "pricemin": configuration.risk.account.priceMin = try Price(value)
    case "pricemax": configuration.risk.account.priceMax = try Price(value)
    case "pricecollar": configuration.risk.account.collarMicros = try micros(value)
    case "closecollar": configuration.risk.account.closeCollarMicros = try micros(value)
    case "stale": configuration.risk.account.staleNanos = try whole(value) * Timestamp.nanosPerSecond
    case "rate": configuration.risk.account.orderRate = try rate(value)
    case "repeats": configuration.risk.account.repeats = try rate(value)
    case "locate": configuration.risk.account.locatedQuantity = try Quantity(value)
    case "allowed": configuration.risk.account.isAllowed = value == "yes"
    case "hours":
      let minutes = try value.split(separator: "-").map { try whole(String($0)) }
      configuration.risk.account.hours = AllowedHours(fromMinute: Int32(minutes[0]), toMinute: Int32(minutes[1]))
    case "band": configuration.sizingRule.bandMicros = try micros(value)
    case "rebalance": configuration.sizingRule.isRebalanced = value == "yes"
    case "drawdown":
      configuration.sizingRule.drawdown = try value.split(separator: ",").map { step in
        let parts = step.split(separator: ":").map(String.init)
        return DrawdownStep(depthMicros: try micros(parts[0]), scaleMicros: try micros(parts[1]))
      }
    case "crossing": configuration.risk.forbidsSelfCrossing = value == "no"
    case "collar": configuration.risk.kill.collarMicros = try value.split(separator: ",").map { try micros(String($0)) }
    case "thenmarket": configuration.risk.kill.endsAtMarket = value == "yes"
    case "late": configuration.friction.cancelsLate = value == "yes"
    case "reject":
      let parts = value.split(separator: ":").map(String.init)
      configuration.friction.rejectMicros = try micros(parts[0])
      configuration.friction.seed = parts.count > 1 ? try whole(parts[1]) : 0
    case "closed": configuration.sessions.closed = value == "refuse" ? .refuse : .wait
    case "halts": configuration.sessions.halted = value == "refuse" ? .refuse : .wait
    case "outside":
      let rules: [String: OutsideSession] = ["flag": .flag, "quarantine": .quarantine, "refuse": .refuse]
      configuration.sessions.outside = try named(rules, value)
    case "sector":
      let parts = value.split(separator: ":").map(String.init)
      var limits = LimitSet()
      limits.grossMax = try money(parts[1])
      configuration.risk.sectors.append(NamedLimits(name: parts[0], limits: limits))
    case "strategy":
      let parts = value.split(separator: ":").map(String.init)
      var limits = LimitSet()
      limits.positionNotionalMax = try money(parts[1])
      limits.grossMax = limits.positionNotionalMax
      configuration.risk.strategies.append(StrategyLimits(strategy: Int(try whole(parts[0])), limits: limits))
    case "breaker": configuration.risk.breakers.append(try breaker(value))
    default: throw ScenarioError("no profile key \(key)")
    }
  }

  private func type(_ value: String) throws -> OrderType {
    let plain = String(value.filter { $0 != "_" })
    guard let type = OrderType.allCases.first(where: { $0.word.filter({ $0 != "_" }) == plain }) else {
      throw ScenarioError("no order type \(value)")
    }
    return type
  }

  /// `2%` of the price, or `1.5` of it.
  private func trail(_ value: String) throws -> Trail {
    value.hasSuffix("%") ? Trail(.share, try micros(value)) : Trail(.amount, try value.fixedPointNanos())
  }

  private func money(_ value: String) throws -> Int128 { Int128(try value.fixedPointNanos()) }

  /// `COUNT/SECONDS`.
  private func rate(_ value: String) throws -> RateLimit {
    let parts = try value.split(separator: "/").map { try whole(String($0)) }
    return RateLimit(count: Int(parts[0]), windowNanos: parts[1] * Timestamp.nanosPerSecond)
  }

  /// `WATCHES:SCOPE:THRESHOLD:ACTION[:WINDOW[:next]]`; thresholds of money in units, others as they are; `5%` is a share of equity or of the peak.
  private func breaker(_ value: String) throws -> BreakerRule {
    let parts = value.split(separator: ":").map(String.init)
    let kinds = Dictionary(uniqueKeysWithValues: BreakerKind.allCases.map { ("\($0)", $0) })
    let scopes: [String: RiskScope] = ["account": .account, "strategy": .strategy, "symbol": .symbol]
    let actions = Dictionary(uniqueKeysWithValues: BreakerAction.allCases.map { ("\($0)", $0) })
    let watches = try named(kinds, parts[0])
    let isMoney = watches == .dailyLoss || watches == .dailyLossOpen
    let isShare = parts[2].hasSuffix("%")
    let threshold =
      isShare ? try micros(parts[2]) : isMoney ? try parts[2].fixedPointNanos() : try whole(parts[2])
    return BreakerRule(
      watches: watches, scope: try named(scopes, parts[1]), threshold: threshold, isShareOfEquity: isMoney && isShare,
      window: parts.count > 4 ? try whole(parts[4]) : 0, action: try named(actions, parts[3]),
      rearm: parts.count > 5 && parts[5] == "next" ? .nextSession : .operatorCommand)
  }

  mutating func read(instrument words: [Substring]) throws {
    guard let symbol = words.first else { throw ScenarioError("an instrument has a name") }
    var (tick, lot, multiplier, calendar, sector) = (
      FixedPoint.unit / 100, FixedPoint.unit, FixedPoint.unit, CalendarName.always, ""
    )
    var currency = Currency.usd
    var assetClass = AssetClass.equity
    for word in words.dropFirst() {
      let (key, value) = try pair(word)
      switch key {
      case "tick": tick = try value.fixedPointNanos()
      case "lot": lot = try value.fixedPointNanos()
      case "sector": sector = value
      case "class":
        guard let named = AssetClass.allCases.first(where: { $0.word == value }) else {
          throw ScenarioError("no asset class \(value)")
        }
        assetClass = named
      case "in":
        guard let named = Currency(value) else { throw ScenarioError("no currency \(value)") }
        currency = named
      case "mult": multiplier = try value.fixedPointNanos()
      case "calendar":
        guard let name = CalendarName(word: String(value)) else { throw ScenarioError("no calendar \(value)") }
        calendar = name
      default: throw ScenarioError("no instrument key \(key)")
      }
    }
    instruments.append(
      try Instrument(
        symbol: String(symbol), assetClass: assetClass, currency: currency, tickSize: Price(nanos: tick),
        lotSize: Quantity(nanos: lot), multiplierNanos: multiplier, sector: sector, calendar: calendar))
  }

  private func slippage(_ value: String) throws -> Slippage {
    let parts = value.split(separator: ":").map(String.init)
    guard parts.count == 2 else { throw ScenarioError("slip=ticks:N, price:share or range:share, not \(value)") }
    switch parts[0] {
    case "ticks": return .ticks(try whole(parts[1]))
    case "price": return .shareOfPrice(micros: try micros(parts[1]))
    case "range": return .shareOfRange(micros: try micros(parts[1]))
    default: throw ScenarioError("no slippage \(parts[0])")
    }
  }

  /// `share:RATE,MINIMUM,MAXIMUM-SHARE`, `notional:SHARE`, `tiers:FROM,MAKER,TAKER;…`.
  private func fees(_ value: String) throws -> FeeModel {
    let parts = value.split(separator: ":").map(String.init)
    guard parts.count == 2 else { throw ScenarioError("fees=MODEL:numbers, not \(value)") }
    let numbers = parts[1].split(separator: ",").map(String.init)
    switch parts[0] {
    case "share":
      return .perShare(
        rate: try numbers[0].fixedPointNanos(), minimum: try numbers[1].fixedPointNanos(),
        maximumShareMicros: try micros(numbers[2]))
    case "notional": return .shareOfNotional(micros: try micros(numbers[0]))
    case "tiers":
      return .makerTaker(
        try parts[1].split(separator: ";").map { tier in
          let fields = tier.split(separator: ",").map(String.init)
          return FeeTier(
            from: Int128(try fields[0].fixedPointNanos()), makerMicros: try micros(fields[1]),
            takerMicros: try micros(fields[2]))
        })
    default: throw ScenarioError("no fee model \(parts[0])")
    }
  }
}

func pair(_ word: Substring) throws -> (String, String) {
  let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
  guard parts.count == 2 else { throw ScenarioError("key=value, not \(word)") }
  return (parts[0], parts[1])
}

private func named<Value>(_ names: [String: Value], _ name: String) throws -> Value {
  guard let value = names[name] else { throw ScenarioError("no \(name)") }
  return value
}

private func whole(_ text: String) throws -> Int64 {
  guard let value = Int64(text) else { throw ScenarioError("a whole number, not \(text)") }
  return value
}

/// `5%` or `0.05` as millionths.
func micros(_ text: String) throws -> Int64 {
  if text.hasSuffix("%") { return try String(text.dropLast()).fixedPointNanos() / 100_000 }
  return try text.fixedPointNanos() / 1_000
}
