import Market

/// Chains by dense instrument index; part of the configuration.
struct ChainTable: Sendable {
  /// By instrument: its chain, and its place in it; −1 where it belongs to none.
  private(set) var chainOf: [Int]
  private(set) var placeOf: [Int]
  private(set) var chains: [Chain] = []

  struct Chain: Sendable {
    /// Instruments in the order of their expiries. The first gives the chain its place in what strategies remember.
    var contracts: [Int]
    /// By contract: the trade date at whose close it gives way, in days since 1970; `Int64.max` where no date says so.
    var rollDays: [Int64]
    /// By contract: the trade date of its last session.
    var expiryDays: [Int64]
    var isByVolume: Bool
    var isRescaled: Bool

    var anchor: Int { contracts[0] }
  }

  init(_ configuration: RunConfiguration, _ instruments: [Instrument]) throws(RollProblem) {
    chainOf = [Int](repeating: -1, count: instruments.count)
    placeOf = chainOf
    if configuration.rolls.isEmpty { return }
    if configuration.venue == .external { throw .atVenue }
    if configuration.account?.margin == nil { throw .marginAccountNeeded }
    switch configuration.sizing {
    case .inverseVolatility, .riskParity: throw .sizingOverUniverse
    default: break
    }
    for rule in configuration.rolls { try add(rule, instruments) }
  }

  private mutating func add(_ rule: RollChain, _ instruments: [Instrument]) throws(RollProblem) {
    var chain = Chain(
      contracts: [], rollDays: [], expiryDays: rule.contracts.map(\.expires.daysSinceEpoch),
      isByVolume: rule.rule == .volume, isRescaled: rule.adjust == .ratio)
    for contract in rule.contracts {
      guard let index = instruments.firstIndex(where: { $0.symbol == contract.symbol }) else {
        throw .unknownContract(symbol: contract.symbol, chain: rule.name)
      }
      let instrument = instruments[index]
      if instrument.assetClass != .future { throw .notFuture(symbol: contract.symbol, chain: rule.name) }
      if chainOf[index] >= 0 { throw .contractTwice(symbol: contract.symbol) }
      let first = chain.contracts.first.map { instruments[$0] } ?? instrument
      guard
        first.multiplierNanos == instrument.multiplierNanos, first.currency == instrument.currency,
        first.lotSize == instrument.lotSize, first.calendar == instrument.calendar
      else { throw .contractsDiffer(symbol: instrument.symbol, other: first.symbol, chain: rule.name) }
      chainOf[index] = chains.count
      placeOf[index] = chain.contracts.count
      chain.contracts.append(index)
    }
    let isOrdered = zip(chain.expiryDays, chain.expiryDays.dropFirst()).allSatisfy { $0 < $1 }
    guard chain.contracts.count > 1, isOrdered else { throw .orderOfExpiries(chain: rule.name) }
    chain.rollDays = try ChainTable.rollDays(
      rule, chain.expiryDays, TradingCalendar(instruments[chain.contracts[0]].calendar))
    chains.append(chain)
  }

  private static func rollDays(
    _ rule: RollChain, _ expiries: [Int64], _ calendar: TradingCalendar
  ) throws(RollProblem) -> [Int64] {
    switch rule.rule {
    case .volume: return expiries.map { _ in .max }
    case .dates(let dates):
      let days = dates.map(\.daysSinceEpoch)
      guard days.count == expiries.count - 1, zip(days, days.dropFirst()).allSatisfy({ $0 < $1 }),
        zip(days, expiries).allSatisfy({ $0 < $1 })
      else { throw .dates(chain: rule.name) }
      return days + [.max]
    case .sessionsBeforeExpiry(let count):
      guard count > 0 else { throw .dates(chain: rule.name) }
      var days: [Int64] = []
      for expiry in expiries.dropLast() {
        var day = expiry
        for _ in 0..<count {
          repeat { day -= 1 } while calendar.session(on: CivilDate(daysSinceEpoch: day)) == nil && day > 0
        }
        guard day > 0, days.last.map({ $0 < day }) ?? true else { throw .dates(chain: rule.name) }
        days.append(day)
      }
      return days + [.max]
    }
  }
}
