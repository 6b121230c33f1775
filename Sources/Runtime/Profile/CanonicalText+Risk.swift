import Core
import Events
import Market

extension RiskLimits {
  var canonical: CanonicalText {
    var entries = account.canonicalEntries
    entries += [("allow_short", .flag(isShortAllowed)), ("require_cash", .flag(isCashRequired))]
    if account.confidenceMinMicros == nil { entries.append(("min_confidence", .integer(0))) }
    if forbidsSelfCrossing { entries.append(("forbid_self_crossing", .flag(true))) }
    if !strategies.isEmpty {
      let sets = strategies.map { (key: String($0.strategy), value: $0.limits.canonical) }
      entries.append(("strategies", .object(sets)))
    }
    if !sectors.isEmpty {
      let sets = sectors.map { sector in
        let members: [(key: String, value: CanonicalText)] =
          sector.members.isEmpty ? [] : [("members", .list(sector.members.map { .text($0) }))]
        return (key: sector.name, value: CanonicalText.object(sector.limits.canonicalEntries + members))
      }
      entries.append(("sectors", .object(sets)))
    }
    if !symbols.isEmpty {
      entries.append(("symbols", .object(symbols.map { (key: $0.name, value: $0.limits.canonical) })))
    }
    if let correlation {
      entries.append(
        (
          "correlation",
          .object([
            ("at_least", .micros(correlation.correlationMicros)), ("max_gross", .amount(correlation.grossMax)),
            ("decay", .micros(correlation.decayMicros)),
          ])
        ))
    }
    if !breakers.isEmpty { entries.append(("breakers", .list(breakers.map(\.canonical)))) }
    if !kill.collarMicros.isEmpty {
      entries.append(
        (
          "kill",
          .object([
            ("collar", .list(kill.collarMicros.map { .share($0) })),
            ("then", .text(ProfileReader.thenWords.word(of: kill.endsAtMarket))),
          ])
        ))
    }
    return .object(entries)
  }
}

extension LimitSet {
  fileprivate var canonical: CanonicalText { .object(canonicalEntries) }

  fileprivate var canonicalEntries: [(key: String, value: CanonicalText)] {
    var entries: [(key: String, value: CanonicalText)] = []
    func add(_ key: String, _ value: CanonicalText?) { if let value { entries.append((key, value)) } }
    add("allowed", isAllowed ? nil : .flag(false))
    add("hours", hours.map { .text("\(MinuteText.text($0.fromMinute))-\(MinuteText.text($0.toMinute))") })
    add("stale_after", staleNanos.map { .duration($0) })
    add("min_confidence", confidenceMinMicros.map { .micros($0) })
    if priceMin != nil || priceMax != nil {
      let bounds = [("min", priceMin), ("max", priceMax)].compactMap { key, price in
        price.map { (key: key, value: CanonicalText.amount(Int128($0.nanos))) }
      }
      entries.append(("price_guard", .object(bounds)))
    }
    add("price_collar", collarMicros.map { .share($0) })
    add("close_collar", closeCollarMicros.map { .share($0) })
    add("max_order_rate", orderRate?.canonical)
    add("max_repeats", repeats?.canonical)
    add("locate", locatedQuantity.map { .units($0) })
    add("max_order_quantity", orderQuantityMax.map { .units($0) })
    add("max_order_notional", orderNotionalMax.map { .amount($0) })
    add("max_volume_share", volumeShareMicros.map { .share($0) })
    add("max_position", positionQuantityMax.map { .units($0) })
    add("max_position_notional", positionNotionalMax.map { .amount($0) })
    add("max_gross", grossMax.map { .amount($0) })
    add("max_net", netMax.map { .amount($0) })
    add("max_daily_net", dailyNetMax.map { .amount($0) })
    add("max_leverage", leverageMaxMicros.map { .micros($0) })
    return entries
  }
}

extension RateLimit {
  fileprivate var canonical: CanonicalText {
    .object([("count", .integer(Int64(count))), ("within", .duration(windowNanos))])
  }
}

extension BreakerRule {
  fileprivate var canonical: CanonicalText {
    let form = BreakerForm.form(of: watches)
    var entries: [(key: String, value: CanonicalText)] = [
      ("scope", .text(scope.word)), ("action", .text(action.word)),
      ("rearm", .text(ProfileReader.rearmWords.word(of: rearm))),
    ]
    if let subject { entries.append(("only", .text(subject))) }
    switch form.unit {
    case .none: break
    case .loss:
      entries.append(("threshold", isShareOfEquity ? .share(threshold) : .amount(Int128(threshold))))
      entries.append(("with_open", .flag(watches == .dailyLossOpen)))
    case .share: entries.append(("threshold", .share(threshold)))
    case .count: entries.append(("threshold", .integer(threshold)))
    case .duration: entries.append(("threshold", .duration(threshold)))
    case .statistic, .difference: entries.append(("threshold", .amount(Int128(threshold))))
    }
    switch form.window {
    case .none: break
    case .time: entries.append(("within", .duration(window)))
    case .values: entries.append(("over", .integer(window)))
    }
    return .object([(form.name, .object(entries))])
  }
}

extension SessionRule {
  var canonical: CanonicalText {
    var entries: [(key: String, value: CanonicalText)] = [
      ("outside", .text(ProfileReader.outsideWords.word(of: outside))),
      ("closed", .text(ProfileReader.closedWords.word(of: closed))),
      ("halted", .text(ProfileReader.closedWords.word(of: halted))),
      ("hours", .text(ProfileReader.hoursWords.word(of: isExtended))),
    ]
    if let dayCalendar { entries.append(("day", .text(dayCalendar.word))) }
    return .object(entries)
  }
}

extension ActionRule {
  var canonical: CanonicalText {
    .object([("missing_split", .text(ProfileReader.missingSplitWords.word(of: missingSplit)))])
  }
}

extension VenueFriction {
  var canonical: CanonicalText {
    .object([
      ("rejects", .share(rejectMicros)), ("late_cancels", .flag(cancelsLate)), ("seed", .integer(seed)),
    ])
  }
}
