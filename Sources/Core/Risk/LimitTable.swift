import Events
import Market

/// The limits of a run, laid out so that an order's four scopes are four numbers.
struct LimitTable: Sendable {
  /// The account's first, then those of strategies, sectors and symbols that have any.
  let sets: [LimitSet]
  /// Place of a strategy's, sector's or symbol's set in `sets`; −1 where it has none.
  private let setOfStrategy: [Int]
  private let setOfSector: [Int]
  private let setOfSymbol: [Int]
  /// Sector by instrument: dense numbers in the order in which the instruments' table names them first; −1 for an instrument without one.
  let sectorOf: [Int]
  let sectorNames: [String]
  /// True where some set looks at more than the order's own instrument.
  let needsExposure: Bool
  let needsDailyNet: Bool
  let needsPreviousClose: Bool
  /// True where some symbol is located for short selling: the others are not.
  let needsLocates: Bool

  /// The rates of the sets that have one, and where a set's stands among them; −1 for none.
  let rateSets: [RateLimit]
  let rateOfSet: [Int]
  let repeatSets: [RateLimit]
  let repeatOfSet: [Int]

  /// The sets that cap net exposure over several instruments, and whose they are: strategy or sector by place, −1 for the account.
  let netCaps: [NetCap]

  static let accountSet = 0

  init(_ risk: RiskLimits, instruments: [Instrument], strategyCount: Int) {
    var sets = [risk.account]
    var setOfStrategy = [Int](repeating: -1, count: strategyCount)
    for entry in risk.strategies where setOfStrategy.indices.contains(entry.strategy) && !entry.limits.isEmpty {
      setOfStrategy[entry.strategy] = sets.count
      sets.append(entry.limits)
    }
    var names: [String] = []
    var sectorOf: [Int] = []
    for instrument in instruments {
      // The profile's word on who belongs to a sector counts before the bars'.
      let listed = risk.sectors.first { $0.members.contains(instrument.symbol) }?.name
      let sector = listed ?? instrument.sector
      if sector.isEmpty {
        sectorOf.append(-1)
      } else if let known = names.firstIndex(of: sector) {
        sectorOf.append(known)
      } else {
        sectorOf.append(names.count)
        names.append(sector)
      }
    }
    var setOfSector = [Int](repeating: -1, count: names.count)
    for entry in risk.sectors where !entry.limits.isEmpty {
      guard let sector = names.firstIndex(of: entry.name) else { continue }
      setOfSector[sector] = sets.count
      sets.append(entry.limits)
    }
    var setOfSymbol = [Int](repeating: -1, count: instruments.count)
    for entry in risk.symbols where !entry.limits.isEmpty {
      guard let symbol = instruments.firstIndex(where: { $0.symbol == entry.name }) else { continue }
      setOfSymbol[symbol] = sets.count
      sets.append(entry.limits)
    }
    self.sets = sets
    self.setOfStrategy = setOfStrategy
    self.setOfSector = setOfSector
    self.setOfSymbol = setOfSymbol
    self.sectorOf = sectorOf
    sectorNames = names
    needsExposure = sets.contains {
      $0.grossMax != nil || $0.netMax != nil || $0.dailyNetMax != nil || $0.leverageMaxMicros != nil
    }
    (rateSets, rateOfSet) = LimitTable.places(sets.map(\.orderRate))
    (repeatSets, repeatOfSet) = LimitTable.places(sets.map(\.repeats))
    needsLocates = sets.contains { $0.locatedQuantity != nil }
    needsDailyNet = sets.contains { $0.dailyNetMax != nil }
    needsPreviousClose = sets.contains { $0.closeCollarMicros != nil }
    var netCaps: [NetCap] = []
    func add(_ set: Int, _ scope: RiskScope, _ place: Int) {
      if set >= 0, let cap = sets[set].netMax { netCaps.append(NetCap(scope: scope, place: place, cap: cap)) }
    }
    add(LimitTable.accountSet, .account, -1)
    for strategy in setOfStrategy.indices { add(setOfStrategy[strategy], .strategy, strategy) }
    for sector in setOfSector.indices { add(setOfSector[sector], .sector, sector) }
    self.netCaps = netCaps
  }

  private static func places(_ rates: [RateLimit?]) -> ([RateLimit], [Int]) {
    var found: [RateLimit] = []
    var places: [Int] = []
    for rate in rates {
      places.append(rate == nil ? -1 : found.count)
      if let rate { found.append(rate) }
    }
    return (found, places)
  }

  /// The sector that an instrument counts to; empty for none.
  func sectorName(_ index: Int) -> String { sectorOf[index] < 0 ? "" : sectorNames[sectorOf[index]] }

  func set(ofStrategy strategy: Int) -> Int? {
    setOfStrategy.indices.contains(strategy) && setOfStrategy[strategy] >= 0 ? setOfStrategy[strategy] : nil
  }
  func set(ofSector name: String) -> Int? {
    sectorNames.firstIndex(of: name).flatMap { setOfSector[$0] >= 0 ? setOfSector[$0] : nil }
  }
  func set(ofSymbol index: Int) -> Int? { setOfSymbol[index] >= 0 ? setOfSymbol[index] : nil }

  /// The sets that an order falls under, in the order in which they are asked: account, strategy, sector, symbol.
  @inline(__always)
  func scopes(strategy: Int, instrument: Int) -> ScopeSets {
    let sector = sectorOf[instrument]
    return ScopeSets(
      strategy: strategy >= 0 ? setOfStrategy[strategy] : -1, sector: sector >= 0 ? setOfSector[sector] : -1,
      symbol: setOfSymbol[instrument])
  }
}

/// A cap of net exposure, and whose it is.
struct NetCap: BitwiseCopyable {
  let scope: RiskScope
  let place: Int
  let cap: Int128
}

/// Places in `LimitTable.sets`; −1 for none.
struct ScopeSets: BitwiseCopyable {
  let strategy: Int
  let sector: Int
  let symbol: Int
}
