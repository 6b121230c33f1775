package import Core
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
      let types: [String: OrderType] = ["market": .market, "limit": .limit, "stop": .stop, "stoplimit": .stopLimit]
      configuration.execution.type = try named(types, value)
    case "tif":
      let times: [String: TimeInForce] = [
        "day": .day, "gtc": .goodTillCancelled, "ioc": .immediateOrCancel, "fok": .fillOrKill,
      ]
      configuration.execution.timeInForce = try named(times, value)
    case "limit": configuration.execution.limitOffsetTicks = try whole(value)
    case "stop": configuration.execution.stopOffsetTicks = try whole(value)
    case "sl": configuration.exits.stopLossMicros = try micros(value)
    case "tp": configuration.exits.takeProfitMicros = try micros(value)
    case "slip": configuration.slippage = try slippage(value)
    case "fees": configuration.fees = try fees(value)
    case "volume": configuration.volumeShareMicros = try micros(value)
    case "lots": configuration.lots = value == "fifo" ? .firstInFirstOut : .averageCost
    case "cash": configuration.initialCash = Int128(try value.fixedPointNanos())
    case "shares": configuration.sizing = .shares(Quantity(nanos: try value.fixedPointNanos()))
    case "notional": configuration.sizing = .notional(Int128(try value.fixedPointNanos()))
    case "equity": configuration.sizing = .equityShare(micros: try micros(value))
    case "maxorder": configuration.risk.orderQuantityMax = try Quantity(value)
    case "maxvalue": configuration.risk.orderNotionalMax = Int128(try value.fixedPointNanos())
    case "maxpos": configuration.risk.positionQuantityMax = try Quantity(value)
    case "short": configuration.risk.isShortAllowed = value == "yes"
    case "pay": configuration.risk.isCashRequired = value == "yes"
    case "minconf": configuration.risk.confidenceMinMicros = try micros(value)
    default: throw ScenarioError("no profile key \(key)")
    }
  }

  mutating func read(instrument words: [Substring]) throws {
    guard let symbol = words.first else { throw ScenarioError("an instrument has a name") }
    var (tick, lot, multiplier, calendar) = (
      FixedPoint.unit / 100, FixedPoint.unit, FixedPoint.unit, CalendarName.always
    )
    for word in words.dropFirst() {
      let (key, value) = try pair(word)
      switch key {
      case "tick": tick = try value.fixedPointNanos()
      case "lot": lot = try value.fixedPointNanos()
      case "mult": multiplier = try value.fixedPointNanos()
      case "calendar":
        guard let name = CalendarName(word: String(value)) else { throw ScenarioError("no calendar \(value)") }
        calendar = name
      default: throw ScenarioError("no instrument key \(key)")
      }
    }
    instruments.append(
      try Instrument(
        symbol: String(symbol), assetClass: .equity, currency: .usd, tickSize: Price(nanos: tick),
        lotSize: Quantity(nanos: lot), multiplierNanos: multiplier, calendar: calendar))
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
