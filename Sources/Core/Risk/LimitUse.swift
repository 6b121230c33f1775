package import Events
import Market

/// A limit of which one can say how much of it is used.
package struct UsedLimit: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case positionQuantity
    case positionNotional
    case gross
    case net
    case dailyNet
    case leverage
    case orderRate
    /// A breaker's threshold, by its place in the profile's list.
    case breaker(Int, BreakerKind)

    package var word: String {
      switch self {
      case .positionQuantity: "max_position"
      case .positionNotional: "max_position_notional"
      case .gross: "max_gross"
      case .net: "max_net"
      case .dailyNet: "max_daily_net"
      case .leverage: "max_leverage"
      case .orderRate: "max_order_rate"
      case .breaker(_, let watches): watches.word
      }
    }

    /// The unit of its numbers.
    package var unit: Unit {
      switch self {
      case .positionQuantity: .units
      case .positionNotional, .gross, .net, .dailyNet: .money
      case .leverage: .share
      case .orderRate: .count
      case .breaker(_, let watches):
        switch watches {
        case .dailyLoss, .dailyLossOpen: .money
        case .drawdown: .share
        default: .count
        }
      }
    }
  }

  package enum Unit: Sendable {
    /// Nanos of a unit.
    case units
    /// Nanos of currency.
    case money
    /// Millionths.
    case share
    case count
  }

  package var scope: RiskScope
  /// Strategy's place, sector's name or symbol; empty for the account.
  package var subject: String
  package var kind: Kind
}

extension Engine {
  /// Every limit of which the use can be told, in the profile's order.
  package var usedLimits: [UsedLimit] {
    var found: [UsedLimit] = []
    func add(_ set: LimitSet, _ scope: RiskScope, _ subject: String) {
      func note(_ isThere: Bool, _ kind: UsedLimit.Kind) {
        if isThere { found.append(UsedLimit(scope: scope, subject: subject, kind: kind)) }
      }
      note(set.positionQuantityMax != nil, .positionQuantity)
      note(set.positionNotionalMax != nil, .positionNotional)
      note(set.grossMax != nil, .gross)
      note(set.netMax != nil, .net)
      note(set.dailyNetMax != nil, .dailyNet)
      note(set.leverageMaxMicros != nil, .leverage)
      note(set.orderRate != nil, .orderRate)
    }
    let rules = configuration.risk
    add(rules.account, .account, "")
    for entry in rules.strategies { add(entry.limits, .strategy, "\(entry.strategy)") }
    for entry in rules.sectors { add(entry.limits, .sector, entry.name) }
    for entry in rules.symbols { add(entry.limits, .symbol, entry.name) }
    for place in rules.breakers.indices {
      let rule = rules.breakers[place]
      let kinds: [BreakerKind] = [.dailyLoss, .dailyLossOpen, .drawdown, .consecutiveLosses]
      guard rule.scope == .account, kinds.contains(rule.watches) else { continue }
      found.append(UsedLimit(scope: .account, subject: "", kind: .breaker(place, rule.watches)))
    }
    return found
  }

  /// What is used of a limit now, and the limit, in the kind's unit: positions and exposures where every working order fills that makes
  /// them larger.
  package func use(of limit: UsedLimit) -> (used: Int128, limit: Int128) {
    if case .breaker(let place, _) = limit.kind { return breakerUse(place) }
    guard let place = setPlace(limit) else { return (0, 0) }
    let set = limits.sets[place]
    switch limit.kind {
    case .positionQuantity:
      return (largest(limit) { _, units in units }, Int128(set.positionQuantityMax?.nanos ?? 0))
    case .positionNotional:
      return (
        largest(limit) { index, units in perUnit(units * unitValue(index)) },
        set.positionNotionalMax ?? 0
      )
    case .gross: return (exposure(limit).grossOfOthers, set.grossMax ?? 0)
    case .net:
      let exposure = exposure(limit)
      return (max(exposure.longOfOthers, -exposure.shortOfOthers, 0), set.netMax ?? 0)
    case .dailyNet:
      let exposure = exposure(limit)
      return (max(exposure.dayLong, -exposure.dayShort, 0), set.dailyNetMax ?? 0)
    case .leverage:
      let equity = max(self.equity, 1)
      return (exposure(limit).grossOfOthers.dividedInMicros(by: equity), Int128(set.leverageMaxMicros ?? 0))
    case .orderRate:
      let rate = limits.rateOfSet[place]
      let count = rate < 0 ? 0 : risk.orderRates[rate].held(at: now)
      return (Int128(count), Int128(set.orderRate?.count ?? 0))
    case .breaker: return (0, 0)
    }
  }

  private func breakerUse(_ place: Int) -> (used: Int128, limit: Int128) {
    let rule = breakers.rules[place]
    let threshold = Int128(rule.threshold)
    switch rule.watches {
    case .dailyLoss, .dailyLossOpen: return (max(accountLoss(rule.watches), 0), lossLimit(place))
    case .drawdown:
      let lost = max(risk.peakEquity - equity, 0)
      return (risk.peakEquity > 0 ? lost.dividedInMicros(by: risk.peakEquity) : 0, threshold)
    default: return (Int128(risk.breakers[breakers.firstState[place]].count), threshold)
    }
  }

  private func setPlace(_ limit: UsedLimit) -> Int? {
    switch limit.scope {
    case .account: LimitTable.accountSet
    case .strategy: Int(limit.subject).flatMap { limits.set(ofStrategy: $0) }
    case .sector: limits.set(ofSector: limit.subject)
    case .symbol: instruments.firstIndex { $0.symbol == limit.subject }.flatMap { limits.set(ofSymbol: $0) }
    }
  }

  /// One scope's part of an instrument; nil where the instrument is none of its.
  private func part(_ limit: UsedLimit, _ index: Int) -> ExposurePart? {
    if limit.scope == .sector, limits.sectorName(index) != limit.subject { return nil }
    if limit.scope == .symbol, instruments[index].symbol != limit.subject { return nil }
    guard limit.scope == .strategy, strategyCount > 1, let strategy = Int(limit.subject) else {
      return part(index, ofStrategy: limit.scope == .strategy ? Int(limit.subject) ?? -1 : -1, countsOrders: true)
    }
    // Orders carry what all strategies together lack: of what may fill, this one gets no more than it lacks itself.
    var own = part(index, ofStrategy: strategy, countsOrders: false)
    if books[index].orders.isEmpty { return own }
    let all = part(index, ofStrategy: -1, countsOrders: true)
    let lack = lack(strategy, index)
    own.buys = min(max(lack, 0), all.buys)
    own.sells = min(max(-lack, 0), all.sells)
    return own
  }

  /// The sector that an instrument counts to; empty for none.
  package func sectorName(_ index: Int) -> String { limits.sectorName(index) }

  private func largest(_ limit: UsedLimit, _ measure: (Int, Int128) -> Int128) -> Int128 {
    var most: Int128 = 0
    for index in books.indices {
      guard let part = part(limit, index) else { continue }
      most = max(most, measure(index, part.worst))
    }
    return most
  }

  /// All of a scope: nothing is judged, so there are only others.
  private func exposure(_ limit: UsedLimit) -> Exposure {
    var exposure = Exposure()
    for index in books.indices {
      guard let part = part(limit, index) else { continue }
      exposure.add(part, unit: unitValue(index), isOwn: false)
    }
    return exposure
  }
}
