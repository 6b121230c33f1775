import Core
import Market

/// What a profile says about its account: what is settled when, what time costs, what positions require.
extension ProfileReader {
  static let accountWords = ["cash", "margin"]
  static let dayCountWords: [(word: String, meaning: Int64)] = [("360", 360), ("365", 365)]
  static let settlementWords: [(word: String, meaning: SettlementRule)] = [
    ("T+0", .sessions(0)), ("T+1", .sessions(1)), ("T+2", .sessions(2)), ("T+3", .sessions(3)),
    ("us_equities", .usEquities),
  ]
  static let shortMinimumWords: [(word: String, meaning: Bool)] = [("none", false), ("finra", true)]
  static let callWords: [(word: String, meaning: CallAction)] = [("alert", .alert), ("reduce", .reduce)]
  private static let termKeys = [
    "initial", "maintenance", "short_maintenance", "initial_per_unit", "maintenance_per_unit",
  ]

  /// Rates a year; a balance may cost where others earn.
  private static let interest = ShareRule(low: -1_000_000, high: 10_000_000, example: "4.5 %")
  private static let borrowFee = ShareRule(low: 0, high: 100_000_000, example: "0.25 %")
  private static let margin = ShareRule(low: 0, isLowIncluded: false, high: 10_000_000, example: "50 %")
  private static let marginPerUnit = NumberRule.positive(1_000_000_000)

  mutating func account(_ value: ProfileValue?, risk: RiskLimits?) -> AccountRule? {
    let keys = [
      "type", "settlement", "margin", "day_count", "credit_interest", "debit_interest", "borrow_fee", "borrow_fees",
    ]
    guard let value, let mapping = mapping(value, keys: keys) else { return nil }
    let isCash = required("type", in: mapping, .word(ProfileReader.accountWords)).flatMap {
      word($0, [(word: "cash", meaning: true), (word: "margin", meaning: false)])
    }
    guard let isCash, let type = isCash ? cashAccount(mapping, risk) : marginAccount(mapping) else { return nil }
    var rule = AccountRule(type: type)
    if let written = mapping["day_count"], let read = dayCount(written) { rule.dayCount = read }
    rule.creditMicros = mapping["credit_interest"].flatMap { share($0, ProfileReader.interest) } ?? 0
    rule.debitMicros = mapping["debit_interest"].flatMap { share($0, ProfileReader.interest) } ?? 0
    rule.borrowMicros = mapping["borrow_fee"].flatMap { share($0, ProfileReader.borrowFee) } ?? 0
    if let fees = mapping["borrow_fees"], let entries = entries(fees, .limitSets(example: "{GME: 30 %}")) {
      for entry in entries.entries {
        guard let micros = share(entry.value, ProfileReader.borrowFee) else { continue }
        rule.borrowOfSymbols.append(BorrowFee(symbol: entry.key, micros: micros))
      }
      rule.borrowOfSymbols.sort { $0.symbol.utf8.lexicographicallyPrecedes($1.symbol.utf8) }
    }
    return rule
  }

  private mutating func dayCount(_ value: ProfileValue) -> Int64? {
    guard let text = value.plainText,
      let entry = ProfileReader.dayCountWords.first(where: { $0.word == text })
    else {
      noteUnfit(value, .word(ProfileReader.dayCountWords.map(\.word)))
      return nil
    }
    return entry.meaning
  }

  private mutating func cashAccount(_ mapping: ProfileMapping, _ risk: RiskLimits?) -> AccountType? {
    if let margin = mapping["margin"] {
      note(.relation(requirement: "a cash account has no margin, and `type` is `cash`"), at: margin)
    }
    if let risk, risk.isShortAllowed {
      note(
        .relation(requirement: "a cash account is never short, and `risk.allow_short` is `true`"), at: mapping.value)
    }
    if let risk, !risk.isCashRequired {
      note(
        .relation(requirement: "a cash account pays for what it buys, and `risk.require_cash` is `false`"),
        at: mapping.value)
    }
    return required("settlement", in: mapping, .word(ProfileReader.settlementWords.map(\.word))).flatMap {
      word($0, ProfileReader.settlementWords).map { .cash($0) }
    }
  }

  private mutating func marginAccount(_ mapping: ProfileMapping) -> AccountType? {
    if let settlement = mapping["settlement"] {
      note(
        .relation(requirement: "a margin account spends what has not settled, and `type` is `margin`"), at: settlement)
    }
    let keys = ["on_call"] + ProfileReader.termKeys + ["short_minimums", "classes", "symbols"]
    guard let value = required("margin", in: mapping, .mapping(keys: keys)),
      let margin = self.mapping(value, keys: keys),
      let action = required("on_call", in: margin, .word(ProfileReader.callWords.map(\.word))).flatMap({
        word($0, ProfileReader.callWords)
      })
    else { return nil }
    var rule = MarginRule(onCall: action)
    rule.account = terms(margin)
    if let minimums = margin["short_minimums"], let has = word(minimums, ProfileReader.shortMinimumWords) {
      rule.hasShortMinimums = has
    }
    if let classes = margin["classes"],
      let entries = entries(classes, .limitSets(example: "{etf: {maintenance: 30 %}}"))
    {
      for entry in entries.entries {
        guard let meaning = ProfileReader.classWords.first(where: { $0.word == entry.key })?.meaning else {
          note(
            .unknownKey(entry.key, allowed: ProfileReader.classWords.map(\.word)), at: entry.value.keyPlace,
            path: classes.path)
          continue
        }
        guard let terms = ownTerms(entry.value) else { continue }
        rule.classes.append(ClassMargin(assetClass: meaning, terms: terms))
      }
      rule.classes.sort { $0.assetClass.rawValue < $1.assetClass.rawValue }
    }
    if let symbols = margin["symbols"],
      let entries = entries(symbols, .limitSets(example: "{TQQQ: {maintenance: 75 %}}"))
    {
      for entry in entries.entries {
        guard let terms = ownTerms(entry.value) else { continue }
        rule.symbols.append(SymbolMargin(symbol: entry.key, terms: terms))
      }
      rule.symbols.sort { $0.symbol.utf8.lexicographicallyPrecedes($1.symbol.utf8) }
    }
    return .margin(rule)
  }

  private mutating func ownTerms(_ value: ProfileValue) -> MarginTerms? {
    guard let mapping = mapping(value, keys: ProfileReader.termKeys) else { return nil }
    if mapping.entries.isEmpty {
      note(.noneOf(ProfileReader.termKeys), at: value)
      return nil
    }
    return terms(mapping)
  }

  private mutating func terms(_ mapping: ProfileMapping) -> MarginTerms {
    var terms = MarginTerms()
    terms.initialMicros = mapping["initial"].flatMap { share($0, ProfileReader.margin) }
    terms.maintenanceMicros = mapping["maintenance"].flatMap { share($0, ProfileReader.margin) }
    terms.shortMaintenanceMicros = mapping["short_maintenance"].flatMap { share($0, ProfileReader.margin) }
    terms.initialPerUnit = mapping["initial_per_unit"].flatMap { number($0, ProfileReader.marginPerUnit) }
    terms.maintenancePerUnit = mapping["maintenance_per_unit"].flatMap { number($0, ProfileReader.marginPerUnit) }
    let shares = ["initial", "maintenance", "short_maintenance"].filter { mapping[$0] != nil }
    let amounts = ["initial_per_unit", "maintenance_per_unit"].filter { mapping[$0] != nil }
    if let amount = amounts.first, let share = shares.first {
      note(
        .notOneOf(ProfileReader.termKeys, found: [share, amount]), at: mapping.value.keyPlace, path: mapping.value.path)
    }
    return terms
  }
}
