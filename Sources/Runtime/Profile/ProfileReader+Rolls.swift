import Core
import Market

/// What a profile says about futures that roll: chains of contracts by name, and the rule of each.
extension ProfileReader {
  private static let chainKeys = ["contracts", "rule", "adjust"]
  private static let ruleKeys = ["sessions_before_expiry", "dates"]
  static let adjustWords: [(word: String, meaning: RollAdjustment)] = [("ratio", .ratio), ("none", .none)]

  mutating func rolls(_ value: ProfileValue?, account: AccountRule?) -> [RollChain] {
    let example =
      "{6E: {contracts: [{symbol: 6EH26, expires: 2026-03-16}, {symbol: 6EM26, expires: 2026-06-15}], rule: volume}}"
    guard let value, let mapping = entries(value, .limitSets(example: example)) else { return [] }
    var chains: [RollChain] = []
    for entry in mapping.entries {
      if let chain = chain(entry.key, entry.value) { chains.append(chain) }
    }
    if !mapping.entries.isEmpty, account?.margin == nil {
      note(.relation(requirement: "futures roll in a margin account, and the profile's `account` is none"), at: value)
    }
    // Chains stand in the order of their names, as in the canonical text that a replay reads.
    chains.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return chains
  }

  private mutating func chain(_ name: String, _ value: ProfileValue) -> RollChain? {
    guard let mapping = mapping(value, keys: ProfileReader.chainKeys) else { return nil }
    let contracts = required("contracts", in: mapping, .instruments).flatMap { self.contracts($0) }
    let rule = required("rule", in: mapping, .model(words: ["volume"], keys: ProfileReader.ruleKeys)).flatMap {
      rollRule($0, contracts)
    }
    var adjust = RollAdjustment.ratio
    if let written = mapping["adjust"] {
      if written.text == "difference" {
        note(
          .relation(
            requirement:
              "indicators follow a roll by `ratio`, or not at all by `none`, and `adjust` is `difference`"
          ), at: written)
      } else if let read = word(written, ProfileReader.adjustWords) {
        adjust = read
      }
    }
    guard let contracts, let rule else { return nil }
    return RollChain(name: name, contracts: contracts, rule: rule, adjust: adjust)
  }

  private mutating func contracts(_ value: ProfileValue) -> [ChainContract]? {
    guard let items = value.items else {
      noteUnfit(value, .instruments)
      return nil
    }
    var contracts: [ChainContract] = []
    for item in items {
      guard let mapping = mapping(item, keys: ["symbol", "expires"]) else { continue }
      let symbol = required("symbol", in: mapping, .symbol).flatMap { self.symbol($0) }
      let expires = required("expires", in: mapping, .instant).flatMap { date($0) }
      guard let symbol, let expires else { continue }
      if contracts.contains(where: { $0.symbol == symbol }) {
        note(.relation(requirement: "each contract stands once in its chain, and \(symbol) does twice"), at: item)
      } else if let last = contracts.last, last.expires >= expires {
        note(
          .relation(
            requirement:
              "contracts stand in the order of their expiries, and \(symbol) expires on \(expires), \(last.symbol) on \(last.expires)"
          ), at: item)
      }
      contracts.append(ChainContract(symbol: symbol, expires: expires))
    }
    if items.count < 2 {
      note(.relation(requirement: "a chain has two contracts or more, and here are \(items.count)"), at: value)
    }
    return contracts.count == items.count ? contracts : nil
  }

  private mutating func rollRule(_ value: ProfileValue, _ contracts: [ChainContract]?) -> RollRule? {
    if value.text == "volume" { return .volume }
    if value.text == "open_interest" {
      note(.relation(requirement: "bars carry no open interest, and `rule` is `open_interest`"), at: value)
      return nil
    }
    guard
      let mapping = mapping(
        value, keys: ProfileReader.ruleKeys, expected: .model(words: ["volume"], keys: ProfileReader.ruleKeys)),
      let key = choice(of: ProfileReader.ruleKeys, in: mapping), let written = mapping[key]
    else { return nil }
    if key == "sessions_before_expiry" {
      return integer(written, 1...250).map { .sessionsBeforeExpiry(Int($0)) }
    }
    guard let items = written.items else {
      noteUnfit(written, .instant)
      return nil
    }
    let dates = items.compactMap { date($0) }
    if dates.count < items.count { return nil }
    if let contracts, dates.count != contracts.count - 1 {
      note(
        .relation(
          requirement: "\(contracts.count) contracts roll on \(contracts.count - 1) dates, and here are \(dates.count)"),
        at: written)
      return nil
    }
    return .dates(dates)
  }

  /// A day without a time.
  private mutating func date(_ value: ProfileValue) -> CivilDate? {
    guard let instant = instant(value) else { return nil }
    if instant.nanos % Timestamp.nanosPerDay != 0 {
      noteUnfit(value, .instant)
      return nil
    }
    return instant.utcDate
  }
}

extension [RollChain] {
  var canonical: CanonicalText { .object(map { (key: $0.name, value: $0.canonical) }) }
}

extension RollChain {
  fileprivate var canonical: CanonicalText {
    let rule: CanonicalText =
      switch self.rule {
      case .volume: .text("volume")
      case .sessionsBeforeExpiry(let count): .object([("sessions_before_expiry", .integer(Int64(count)))])
      case .dates(let dates): .object([("dates", .list(dates.map { .text("\($0)") }))])
      }
    return .object([
      (
        "contracts",
        .list(contracts.map { .object([("symbol", .text($0.symbol)), ("expires", .text("\($0.expires)"))]) })
      ), ("rule", rule), ("adjust", .text(ProfileReader.adjustWords.word(of: adjust))),
    ])
  }
}
