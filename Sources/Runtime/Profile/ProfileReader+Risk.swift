import Core
import Events
import Market

/// What a profile says about what may go out.
extension ProfileReader {
  static let collarStepsMax = 16
  static let breakersMax = 256
  static let thenWords: [(word: String, meaning: Bool)] = [("repeat", false), ("market", true)]

  /// What the limits can be about: known where the rest of the profile could be read.
  struct RiskSubjects {
    var strategies: [StrategySpecification]?
    var universe: Universe?
  }

  mutating func risk(_ value: ProfileValue, _ subjects: RiskSubjects) -> RiskLimits? {
    let keys =
      ["allow_short", "require_cash", "forbid_self_crossing"] + ProfileReader.limitKeys
      + ["strategies", "sectors", "symbols", "correlation", "breakers", "kill"]
    guard let mapping = mapping(value, keys: keys) else { return nil }
    let isShortAllowed = required("allow_short", in: mapping, .flag).flatMap { flag($0) }
    let isCashRequired = required("require_cash", in: mapping, .flag).flatMap { flag($0) }
    let forbidsSelfCrossing = mapping["forbid_self_crossing"].flatMap { flag($0) } ?? false
    let account = limits(mapping, scope: .account)
    let strategies = mapping["strategies"].map { strategyLimits($0, subjects) } ?? []
    let sectors = mapping["sectors"].map { namedLimits($0, .sector, subjects) } ?? []
    let symbols = mapping["symbols"].map { namedLimits($0, .symbol, subjects) } ?? []
    let correlation = mapping["correlation"].flatMap { self.correlation($0) }
    let breakers = mapping["breakers"].map { self.breakers($0, subjects) } ?? []
    let kill = mapping["kill"].map { self.kill($0) } ?? KillRule()
    guard let isShortAllowed, let isCashRequired else { return nil }
    var limits = RiskLimits(isShortAllowed: isShortAllowed, isCashRequired: isCashRequired)
    limits.forbidsSelfCrossing = forbidsSelfCrossing
    limits.account = account
    limits.strategies = strategies
    limits.sectors = sectors
    limits.symbols = symbols
    limits.correlation = correlation
    limits.breakers = breakers
    limits.kill = kill
    return limits
  }

  /// Limits by the strategy's place in the list, or by its name where that stands there once; in the order of the places.
  private mutating func strategyLimits(_ value: ProfileValue, _ subjects: RiskSubjects) -> [StrategyLimits] {
    guard let mapping = entries(value, .limitSets(example: "{0: {max_position: 100}}")) else { return [] }
    var found: [StrategyLimits] = []
    var firstLines: [Int: Int] = [:]
    for entry in mapping.entries {
      let place = strategyPlace(entry.key, at: entry.value.keyPlace, path: value.path, subjects)
      guard let keys = self.mapping(entry.value, keys: ProfileReader.limitKeys) else { continue }
      let limits = limits(keys, scope: .strategy, subject: place.map { String($0) })
      guard let place else { continue }
      let line = entry.value.keyPlace.line
      if let firstLine = firstLines.updateValue(line, forKey: place) {
        note(.repeatedKey(entry.key, firstLine: firstLine), at: entry.value.keyPlace, path: value.path)
      }
      if !limits.isEmpty { found.append(StrategyLimits(strategy: place, limits: limits)) }
    }
    return found.sorted { $0.strategy < $1.strategy }
  }

  /// Limits by sector or symbol, in the order of their names' bytes.
  private mutating func namedLimits(
    _ value: ProfileValue, _ scope: RiskScope, _ subjects: RiskSubjects
  ) -> [NamedLimits] {
    let example = scope == .sector ? "{technology: {max_gross: 100_000}}" : "{AAPL: {max_position: 100}}"
    guard let mapping = entries(value, .limitSets(example: example)) else { return [] }
    var found: [NamedLimits] = []
    for entry in mapping.entries {
      if scope == .symbol { checkSymbol(entry.key, at: entry.value.keyPlace, path: value.path, subjects) }
      let allowed = ProfileReader.limitKeys + (scope == .sector ? ["members"] : [])
      guard let keys = self.mapping(entry.value, keys: allowed) else { continue }
      let limits = limits(keys, scope: scope, subject: entry.key)
      var members: [String] = []
      if let value = keys["members"], case .symbols(let symbols)? = universe(value) {
        members = symbols
        for symbol in symbols { checkSymbol(symbol, at: value.place, path: value.path, subjects) }
      }
      if !limits.isEmpty { found.append(NamedLimits(name: entry.key, limits: limits, members: members)) }
    }
    return found.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
  }

  /// The place of a strategy that is named by place or name; nil where there is none, which is noted, or the list couldn't be read.
  mutating func strategyPlace(
    _ key: String, at place: ProfileSource.Place, path: String, _ subjects: RiskSubjects
  ) -> Int? {
    guard let strategies = subjects.strategies else { return nil }
    if let number = Int(key), strategies.indices.contains(number), String(number) == key { return number }
    let places = strategies.indices.filter { strategies[$0].name == key }
    if places.count == 1 { return places[0] }
    if places.count > 1 {
      note(.ambiguousStrategy(key, places: places), at: place, path: path)
      return nil
    }
    var allowed = strategies.indices.map { String($0) }
    for strategy in strategies where !allowed.contains(strategy.name) { allowed.append(strategy.name) }
    note(.unfit(found: .text(key, isQuoted: false), expected: .strategy(names: allowed)), at: place, path: path)
    return nil
  }

  /// Where the universe is all of the bars, the run's start checks what it names.
  mutating func checkSymbol(_ symbol: String, at place: ProfileSource.Place, path: String, _ subjects: RiskSubjects) {
    guard case .symbols(let universe)? = subjects.universe, !universe.contains(symbol) else { return }
    note(.notInUniverse(symbol, universe: universe), at: place, path: path)
  }

  private mutating func correlation(_ value: ProfileValue) -> CorrelationCap? {
    guard let mapping = mapping(value, keys: ["at_least", "max_gross", "decay"]) else { return nil }
    let rule = NumberRule(low: 0, isLowIncluded: false, high: Int128(FixedPoint.unit), decimalCount: 6)
    let least = required("at_least", in: mapping, .number(rule)).flatMap { micros($0, rule) }
    let gross = required("max_gross", in: mapping, .number(ProfileReader.amount)).flatMap {
      number($0, ProfileReader.amount)
    }
    let decay = mapping["decay"].map { micros($0, ProfileReader.decay) } ?? ProfileReader.decayDefault
    guard let least, let gross, let decay else { return nil }
    return CorrelationCap(correlationMicros: least, grossMax: gross, decayMicros: decay)
  }

  private mutating func kill(_ value: ProfileValue) -> KillRule {
    var rule = KillRule()
    guard let mapping = mapping(value, keys: ["file", "collar", "then"]) else { return rule }
    rule.file = mapping["file"].flatMap { path($0) }
    if let written = mapping["then"], let endsAtMarket = word(written, ProfileReader.thenWords) {
      rule.endsAtMarket = endsAtMarket
      if mapping["collar"] == nil { note(.onlyWith("collar"), at: written) }
    }
    guard let collar = mapping["collar"] else { return rule }
    guard let items = collar.items else {
      noteUnfit(collar, .collarSteps)
      return rule
    }
    if items.isEmpty { note(.emptyList(expected: .share(ProfileReader.collar)), at: collar) }
    if items.count > ProfileReader.collarStepsMax {
      note(.tooMany(count: items.count, countMax: ProfileReader.collarStepsMax), at: collar)
      return rule
    }
    for item in items {
      guard let micros = share(item, ProfileReader.collar) else { continue }
      if let last = rule.collarMicros.last, micros <= last {
        note(.relation(requirement: "each step must be wider than the one before"), at: item)
      }
      rule.collarMicros.append(micros)
    }
    return rule
  }
}
