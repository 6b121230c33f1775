/// Random limits, breakers, kill rules, sessions and sizing models.
extension ProfileMeaning {
  typealias Entry = (key: String, value: Node, isDefault: Bool)

  /// Each entry or not, by chance.
  private static func some(_ entries: [Entry], _ random: inout ProfileRandom) -> [Entry] {
    entries.filter { _ in Bool.random(using: &random) }
  }

  private static func whole(_ random: inout ProfileRandom, _ range: ClosedRange<Int64>) -> Node {
    .number(Int64.random(in: range, using: &random), decimals: "")
  }

  private static func decay(_ random: inout ProfileRandom) -> Entry {
    Bool.random(using: &random)
      ? ("decay", .number(0, decimals: "94"), true) : ("decay", .number(0, decimals: "97"), false)
  }

  private static func duration(_ random: inout ProfileRandom) -> Node {
    let (unit, most): (String, Int64) =
      [("ms", 90_000), ("s", 90_000), ("min", 90_000), ("h", 8_000), ("d", 366)].randomElement(using: &random)
      ?? ("s", 90)
    let blank = Bool.random(using: &random) ? " " : ""
    let half = unit != "d" && Bool.random(using: &random) ? ".5" : ""
    return .word("\(Int64.random(in: 1...most, using: &random))\(half)\(blank)\(unit)")
  }

  private static func rate(_ random: inout ProfileRandom) -> Node {
    .mapping([("count", whole(&random, 1...10_000), false), ("within", duration(&random), false)])
  }

  /// One scope's limits.
  static func limits(_ random: inout ProfileRandom) -> [Entry] {
    let low = Int64.random(in: -100...100, using: &random)
    let bounds = some(
      [("min", .number(low, decimals: "25"), false), ("max", .number(low + 1000, decimals: "25"), false)], &random)
    let cap = Bool.random(using: &random) ? "max_position" : "max_shares"
    var entries: [Entry] = some(
      [
        ("hours", .word(["09:45-15:45", "00:00-24:00", "04:00-20:00"].randomElement(using: &random) ?? ""), false),
        ("stale_after", duration(&random), false),
        ("price_collar", share(&random, 1...1_000_000), false),
        ("close_collar", share(&random, 1...1_000_000), false),
        ("max_order_rate", rate(&random), false), ("max_repeats", rate(&random), false),
        ("locate", whole(&random, 0...9_000), false),
        ("max_order_quantity", number(&random, 1...9_000), false),
        ("max_order_notional", number(&random, 1...9_000_000), false),
        ("max_volume_share", share(&random, 1...1_000_000), false), (cap, number(&random, 1...1_000_000), false),
        ("max_position_notional", number(&random, 1...9_000_000), false),
        ("max_gross", number(&random, 1...9_000_000), false), ("max_net", number(&random, 1...9_000_000), false),
        ("max_daily_net", number(&random, 1...9_000_000), false),
        ("max_leverage", .number(Int64.random(in: 1...9, using: &random), decimals: "5"), false),
      ], &random)
    entries.append(("allowed", .word("true"), true))
    if !bounds.isEmpty { entries.append(("price_guard", .mapping(bounds), false)) }
    return entries
  }

  static func risk(_ random: inout ProfileRandom, symbols: [String], strategyCount: Int) -> Node {
    var entries: [Entry] = limits(&random)
    entries += [
      ("allow_short", .word(Bool.random(using: &random) ? "true" : "false"), false),
      ("require_cash", .word(Bool.random(using: &random) ? "true" : "false"), false),
      ("forbid_self_crossing", .word("false"), true),
      Bool.random(using: &random)
        ? ("min_confidence", .word("0"), true) : ("min_confidence", .number(0, decimals: "25"), false),
    ]
    if Bool.random(using: &random) {
      let named = symbols.shuffled(using: &random).prefix(3)
      entries.append(("symbols", .mapping(named.map { ($0, .mapping(limits(&random)), false) }), false))
    }
    if Bool.random(using: &random) {
      let names = ["technology", "é", "0", "true"].shuffled(using: &random).prefix(2)
      entries.append(("sectors", .mapping(names.map { ($0, .mapping(limits(&random)), false) }), false))
    }
    if Bool.random(using: &random) {
      let places = (0..<strategyCount).shuffled(using: &random).prefix(2)
      entries.append(("strategies", .mapping(places.map { ("\($0)", .mapping(limits(&random)), false) }), false))
    }
    if Bool.random(using: &random) {
      entries.append(
        (
          "correlation",
          .mapping([
            ("at_least", .number(0, decimals: "8"), false), ("max_gross", number(&random, 1...9_000_000), false),
            decay(&random),
          ]), false
        ))
    }
    if Bool.random(using: &random) {
      let list = (0..<Int.random(in: 1...4, using: &random)).map { _ in breaker(&random, symbols) }
      entries.append(("breakers", .list(list), false))
    }
    if Bool.random(using: &random) { entries.append(("kill", kill(&random), false)) }
    return .mapping(entries)
  }

  private static func kill(_ random: inout ProfileRandom) -> Node {
    let steps = Int64.random(in: 1...4, using: &random)
    let ends = Bool.random(using: &random)
    return .mapping([
      ("collar", .list((1...steps).map { .micros($0 * 10_000) }), false),
      ("then", .word(ends ? "market" : "repeat"), !ends),
    ])
  }

  private static func breaker(_ random: inout ProfileRandom, _ symbols: [String]) -> Node {
    let threshold: [Entry]
    let name = breakerNames.randomElement(using: &random) ?? "daily_loss"
    switch name {
    case "daily_loss":
      let withOpen = Bool.random(using: &random)
      threshold = [
        ("threshold", Bool.random(using: &random) ? share(&random, 1...1_000_000) : number(&random, 1...9_000), false),
        ("with_open", .word(withOpen ? "true" : "false"), withOpen),
      ]
    case "drawdown", "position_drift": threshold = [("threshold", share(&random, 1...1_000_000), false)]
    case "slippage":
      threshold = [("threshold", share(&random, 1...1_000_000), false), ("over", whole(&random, 2...10_000), false)]
    case "consecutive_losses", "confidence_stuck": threshold = [("threshold", whole(&random, 1...10_000), false)]
    case "order_rate", "reject_rate", "signal_rate", "signal_silence":
      threshold = [("threshold", whole(&random, 1...10_000), false), ("within", duration(&random), false)]
    case "feed_gap", "clock_jump": threshold = [("threshold", duration(&random), false)]
    case "confidence_drift", "confidence_shift":
      threshold = [("threshold", .number(0, decimals: "25"), false), ("over", whole(&random, 2...10_000), false)]
    case "reconciliation":
      threshold = [
        Bool.random(using: &random)
          ? ("threshold", .word("0"), true) : ("threshold", number(&random, 1...9_000), false)
      ]
    default: threshold = []
    }
    var entries = threshold
    let action = ["alert", "reduce_only", "halt", "flatten"].randomElement(using: &random) ?? "halt"
    entries.append(("action", .word(action), false))
    let isOperators = action == "flatten" || Bool.random(using: &random)
    entries.append(("rearm", .word(isOperators ? "operator" : "next_session"), isOperators))
    if !["drawdown", "clock_jump"].contains(name), Bool.random(using: &random) {
      entries.append(("scope", .word("symbol"), false))
      if let symbol = symbols.randomElement(using: &random), Bool.random(using: &random) {
        entries.append(("only", .text(symbol), false))
      }
    } else {
      entries.append(("scope", .word("account"), true))
    }
    return .mapping([(name, .mapping(entries), false)])
  }

  static let breakerNames = [
    "daily_loss", "drawdown", "consecutive_losses", "order_rate", "reject_rate", "slippage", "feed_gap",
    "reconciliation", "clock_jump", "confidence_drift", "confidence_shift", "confidence_stuck", "prediction_bounds",
    "signal_rate", "signal_silence", "position_drift",
  ]

  static func sessions(_ random: inout ProfileRandom) -> Node {
    let outside = ["accept", "flag", "quarantine", "refuse"].randomElement(using: &random) ?? "accept"
    let closed = ["wait", "refuse"].randomElement(using: &random) ?? "wait"
    var entries: [Entry] = [
      ("outside", .word(outside), outside == "accept"), ("closed", .word(closed), closed == "wait"),
      ("halted", .word("wait"), true), ("hours", .word("regular"), true),
    ]
    if Bool.random(using: &random) { entries.append(("day", .word("xnys"), false)) }
    return .mapping(entries)
  }

  static func friction(_ random: inout ProfileRandom) -> Node {
    let isLate = Bool.random(using: &random)
    return .mapping([
      ("rejects", share(&random, 1...1_000_000), false), ("late_cancels", .word(isLate ? "true" : "false"), !isLate),
      ("seed", .word("0"), true),
    ])
  }

  /// One of the models that follow an estimate, and what stands beside a model.
  static func estimatedSizing(_ random: inout ProfileRandom, hasStop: Bool) -> [Entry] {
    let target: Entry = ("target", share(&random, 1...1_000_000), false)
    let bars: Entry = ("bars_per_year", whole(&random, 1...600_000), false)
    let most: Entry =
      Bool.random(using: &random) ? ("max", .word("100 %"), true) : ("max", share(&random, 1...999_999), false)
    let model: Entry
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      let estimate: Entry = ("estimate", .word("ewma"), true)
      model = ("volatility_target", .mapping([target, bars, most, estimate, decay(&random)]), false)
    case 1:
      let estimate: Entry = ("estimate", .word("atr"), false)
      model = ("volatility_target", .mapping([target, bars, most, estimate, ("bars", .word("14"), true)]), false)
    case 2: model = ("portfolio_volatility", .mapping([target, bars, most, decay(&random)]), false)
    case 3 where hasStop:
      model = (
        "risk_per_trade",
        .mapping([("share", share(&random, 1...1_000_000), false), ("stop", .word("exits"), true), most]), false
      )
    case 3, 4:
      model = (
        "risk_per_trade",
        .mapping([
          ("share", share(&random, 1...1_000_000), false), ("stop", .word("atr"), false),
          ("bars", whole(&random, 15...1_000), false), ("multiple", .number(2, decimals: "5"), false), most,
        ]), false
      )
    case 5:
      model = (
        "kelly",
        .mapping([("fraction", .number(0, decimals: "25"), false), ("bars", whole(&random, 2...10_000), false), most]),
        false
      )
    case 6:
      model = (
        "inverse_volatility", .mapping([("budget", share(&random, 1...10_000_000), false), decay(&random)]), false
      )
    default:
      model = ("risk_parity", .mapping([("budget", share(&random, 1...10_000_000), false), decay(&random)]), false)
    }
    var entries = [model]
    if Bool.random(using: &random) { entries.append(("no_trade_band", share(&random, 1...999_999), false)) }
    let isRebalanced = Bool.random(using: &random)
    entries.append(("rebalance", .word(isRebalanced ? "every_bar" : "on_signal"), !isRebalanced))
    if Bool.random(using: &random) {
      let sign = Bool.random(using: &random) ? "-" : ""
      let steps: [Entry] = [
        ("\(sign)5 %", .word("75 %"), false), ("\(sign)10 %", .word("5000 bp"), false),
        ("\(sign)1500 bp", .word("0 %"), false),
      ]
      entries.append(
        ("drawdown", .mapping([("steps", .mapping(steps), false), ("recovery", .word("50 %"), true)]), false))
    }
    return entries
  }
}
