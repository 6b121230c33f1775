import Core
import Market

extension AccountRule {
  /// With all defaults filled in; terms of wider scopes are written where they stand.
  var canonical: CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [
      ("day_count", .integer(dayCount)), ("credit_interest", .share(creditMicros)),
      ("debit_interest", .share(debitMicros)), ("borrow_fee", .share(borrowMicros)),
    ]
    if !borrowOfSymbols.isEmpty {
      entries.append(("borrow_fees", .object(borrowOfSymbols.map { (key: $0.symbol, value: .share($0.micros)) })))
    }
    switch type {
    case .cash(let settlement):
      entries.append(("type", .text("cash")))
      entries.append(("settlement", .text(ProfileReader.settlementWords.word(of: settlement))))
    case .margin(let rule):
      entries.append(("type", .text("margin")))
      entries.append(("margin", rule.canonical))
    }
    return .object(entries)
  }
}

extension MarginRule {
  fileprivate var canonical: CanonicalText {
    // Money a unit in the account's own terms stands in place of the shares.
    let isPerUnit = account.initialPerUnit != nil || account.maintenancePerUnit != nil
    var whole = account
    if !isPerUnit {
      whole.initialMicros = account.initialMicros ?? MarginTerms.regulationT.initialMicros
      whole.maintenanceMicros = account.maintenanceMicros ?? MarginTerms.regulationT.maintenanceMicros
      whole.shortMaintenanceMicros = account.shortMaintenanceMicros ?? MarginTerms.regulationT.shortMaintenanceMicros
    }
    var entries = whole.canonicalEntries
    entries.append(("on_call", .text(ProfileReader.callWords.word(of: onCall))))
    // Profiles from before there were such keep their digests.
    if hasShortMinimums { entries.append(("short_minimums", .text("finra"))) }
    if !classes.isEmpty {
      entries.append(
        ("classes", .object(classes.map { (key: $0.assetClass.word, value: .object($0.terms.canonicalEntries)) })))
    }
    if !symbols.isEmpty {
      entries.append(("symbols", .object(symbols.map { (key: $0.symbol, value: .object($0.terms.canonicalEntries)) })))
    }
    return .object(entries)
  }
}

extension MarginTerms {
  fileprivate var canonicalEntries: [(key: String, value: CanonicalText)] {
    var entries: [(key: String, value: CanonicalText)] = []
    if let initialMicros { entries.append(("initial", .share(initialMicros))) }
    if let maintenanceMicros { entries.append(("maintenance", .share(maintenanceMicros))) }
    if let shortMaintenanceMicros { entries.append(("short_maintenance", .share(shortMaintenanceMicros))) }
    if let initialPerUnit { entries.append(("initial_per_unit", .amount(initialPerUnit))) }
    if let maintenancePerUnit { entries.append(("maintenance_per_unit", .amount(maintenancePerUnit))) }
    return entries
  }
}
