import Core
import Events

/// A limit that a profile neither sets nor says to be unlimited.
package struct LimitGap: Hashable, Sendable {
  package enum Missing: String, CaseIterable, Hashable, Sendable {
    /// A breaker on the account's loss of the day that does more than alert.
    case dailyLoss = "daily_loss"
    /// A guard with both bounds, or a collar.
    case priceBounds = "price_bounds"
    case position = "max_position"
    case orderSize = "order_size"
    case orderRate = "max_order_rate"
    case repeats = "max_repeats"
    case staleness = "stale_after"
    case killFile = "kill_file"

    /// No live run without it.
    package var isRequiredLive: Bool {
      switch self {
      case .dailyLoss, .priceBounds, .position: true
      case .orderSize, .orderRate, .repeats, .staleness, .killFile: false
      }
    }
  }

  package var missing: Missing
  /// The symbols of the universe that lack it where others have it; empty where all do.
  package var symbols: [String]
}

extension LimitGap: CustomStringConvertible {
  /// What is missing, and the key to add.
  package var description: String {
    let whose = symbols.isEmpty ? "" : " for \(symbols.joined(separator: ", "))"
    return switch missing {
    case .dailyLoss:
      "no daily loss limit: add `- daily_loss: {threshold: 2 %, action: halt}` to `risk.breakers`, or `- daily_loss: unlimited`"
    case .priceBounds:
      "no price guard or collar\(whose): add `risk.price_collar: 5 %`, or `risk.symbols` with a `price_guard` of `min` and `max` for each, or `risk.price_collar: unlimited`"
    case .position: "no maximum position\(whose): add `risk.max_position`, or `risk.max_position: unlimited`"
    case .orderSize:
      "no maximum order: add `risk.max_order_quantity` or `risk.max_order_notional`, or one of them as `unlimited`"
    case .orderRate:
      "no limit to the order rate: add `risk.max_order_rate: {count: 10, within: 1 s}`, or `risk.max_order_rate: unlimited`"
    case .repeats:
      "no limit to equal orders: add `risk.max_repeats: {count: 3, within: 1 min}`, or `risk.max_repeats: unlimited`"
    case .staleness:
      "no limit to the age of a bar: add `risk.stale_after: 90 s`, or `risk.stale_after: unlimited`"
    case .killFile: "no kill file: add `risk.kill: {file: KILL.flag}`"
    }
  }
}

extension Profile {
  /// What a careful profile would have and this one leaves open, the most important first.
  package var limitGaps: [LimitGap] {
    LimitGap.Missing.allCases.compactMap { missing in
      switch missing {
      case .dailyLoss: hasDailyLoss ? nil : LimitGap(missing: missing, symbols: [])
      case .killFile: killFile != nil ? nil : LimitGap(missing: missing, symbols: [])
      case .priceBounds:
        gap(missing, ["price_guard", "price_collar", "close_collar"]) {
          $0.collarMicros != nil || $0.closeCollarMicros != nil || ($0.priceMin != nil && $0.priceMax != nil)
        }
      case .position:
        gap(missing, ["max_position", "max_position_notional"]) {
          $0.positionQuantityMax != nil || $0.positionNotionalMax != nil
        }
      case .orderSize:
        gap(missing, ["max_order_quantity", "max_order_notional"]) {
          $0.orderQuantityMax != nil || $0.orderNotionalMax != nil
        }
      case .orderRate: gap(missing, ["max_order_rate"]) { $0.orderRate != nil }
      case .repeats: gap(missing, ["max_repeats"]) { $0.repeats != nil }
      case .staleness: gap(missing, ["stale_after"]) { $0.staleNanos != nil }
      }
    }
  }

  private var hasDailyLoss: Bool {
    let isLimited = configuration.risk.breakers.contains {
      [.dailyLoss, .dailyLossOpen].contains($0.watches) && $0.scope == .account && $0.action > .alert
    }
    return isLimited || unlimited.contains { $0.key == "daily_loss" }
  }

  /// Nil where every order of the run meets such a limit: the account's, or one of each strategy, or one of each symbol of a listed
  /// universe. Sectors don't count: which instruments they have is known from the bars alone.
  private func gap(
    _ missing: LimitGap.Missing, _ keys: Set<String>, _ limits: (LimitSet) -> Bool
  ) -> LimitGap? {
    func isSaid(_ scope: RiskScope, _ subject: String?, _ set: LimitSet?) -> Bool {
      if let set, limits(set) { return true }
      return unlimited.contains { $0.scope == scope && $0.subject == subject && keys.contains($0.key) }
    }
    let risk = configuration.risk
    if isSaid(.account, nil, risk.account) { return nil }
    let isSaidByStrategies = configuration.strategies.indices.allSatisfy { place in
      isSaid(.strategy, String(place), risk.strategies.first { $0.strategy == place }?.limits)
    }
    if isSaidByStrategies { return nil }
    guard case .symbols(let symbols) = universe else { return LimitGap(missing: missing, symbols: []) }
    let lacking = symbols.filter { symbol in
      !isSaid(.symbol, symbol, risk.symbols.first { $0.name == symbol }?.limits)
    }
    if lacking.isEmpty { return nil }
    return LimitGap(missing: missing, symbols: lacking.count == symbols.count ? [] : lacking)
  }
}

/// Whether a profile may trade real money.
package enum LiveReadiness {
  /// What a profile must name before it goes live: a daily loss limit that acts, a price guard or collar, and a maximum position; or say
  /// `unlimited` for it in so many words. Empty where it may.
  package static func refusals(of profile: Profile) -> [LimitGap] {
    profile.limitGaps.filter(\.missing.isRequiredLive)
  }
}
