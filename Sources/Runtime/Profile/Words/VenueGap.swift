import Core
import Market

/// Something in a profile that a venue outside can't work yet; backtests and paper runs can.
package enum VenueGap: Hashable, Sendable, CustomStringConvertible {
  case trailingExit
  /// An order type, by the key under which it stands and its word.
  case orderType(key: String, word: String)
  case reduceOnly(key: String)
  case hours(key: String)
  case group
  case account
  case currencies
  case rolls

  package var description: String {
    switch self {
    case .trailingExit:
      "`exits.trailing_stop` isn't worked at a real venue yet: write `exits.stop_loss`"
    case .orderType(let key, let word):
      "`\(key).order: \(word)` isn't worked at a real venue yet: write `market`, `limit`, `stop`, `stop_limit`, `market_if_touched` or `limit_if_touched`"
    case .reduceOnly(let key):
      "`\(key).reduce_only` is unknown at a spot exchange, where nothing but what is held can be sold anyway: take it out"
    case .group:
      "`execution.or` would have to rest at the venue as a group, which isn't done at a real venue yet: take it out"
    case .account: "`account` computes interest, settlement and margin, and a real venue keeps its own: take it out"
    case .currencies: "`currencies` holds several, which isn't done at a real venue yet: take it out"
    case .rolls: "`rolls` carries futures over, and no real venue here trades any: take it out"
    case .hours(let key): "a real venue works orders in all its hours: take `\(key).hours` out, or write `run`"
    }
  }
}

extension Profile {
  /// What a venue outside can't do of this profile; empty where it can do all.
  package var venueGaps: [VenueGap] {
    var gaps: [VenueGap] = []
    if configuration.exits.trail != nil { gaps.append(.trailingExit) }
    var styles = [("execution", configuration.execution)]
    if let exit = configuration.exitExecution { styles.append(("execution.exit", exit)) }
    for (key, style) in styles {
      var plain = OrderStyle(type: style.type)
      plain.trail = style.trail
      if !Engine.isWorkableOutside(plain) {
        gaps.append(.orderType(key: key, word: ProfileReader.orderWords.word(of: style.type)))
      }
      if style.isReduceOnly { gaps.append(.reduceOnly(key: key)) }
      if style.hours != .run { gaps.append(.hours(key: key)) }
    }
    if configuration.alternativeExecution != nil { gaps.append(.group) }
    if configuration.account != nil { gaps.append(.account) }
    if !configuration.currencies.foreign.isEmpty { gaps.append(.currencies) }
    if !configuration.rolls.isEmpty { gaps.append(.rolls) }
    return gaps
  }
}
