import Core
import Market

/// How entries and exits become orders.
struct ProfileExecution {
  var entry = Execution()
  var exit: Execution?
  /// Beside the entry's order: what one fills is taken off the other.
  var alternative: Execution?
  var amends = false
}

/// What a profile says about how targets become orders.
extension ProfileReader {
  static let orderWords: [(word: String, meaning: OrderType)] = [
    ("market", .market), ("limit", .limit), ("stop", .stop), ("stop_limit", .stopLimit),
    ("market_if_touched", .marketIfTouched), ("limit_if_touched", .limitIfTouched),
    ("trailing_stop", .trailingStop), ("trailing_stop_limit", .trailingStopLimit), ("market_on_open", .marketOnOpen),
    ("limit_on_open", .limitOnOpen), ("market_on_close", .marketOnClose), ("limit_on_close", .limitOnClose),
  ]
  static let timeInForceWords: [(word: String, meaning: TimeInForce)] = [
    ("day", .day), ("gtc", .goodTillCancelled), ("ioc", .immediateOrCancel), ("fok", .fillOrKill),
    ("gtd", .goodTillDate),
  ]
  static let hourWords: [(word: String, meaning: OrderHours)] = [
    ("run", .run), ("regular", .regular), ("extended", .extended),
  ]
  static let lotWords: [(word: String, meaning: LotMethod)] = [("average", .averageCost), ("fifo", .firstInFirstOut)]

  /// Up to 10¹⁵ units of currency, a millionth of `Money.nanosMax`, so that sums over a run stay in range.
  static let amount = NumberRule.positive(1_000_000_000_000_000)
  static let quantity = NumberRule(low: 0, isLowIncluded: false, high: Int128(Limits.quantityNanosMax))
  static let offsetTicks: ClosedRange<Int64> = -1_000_000...1_000_000

  static let replaceWords: [(word: String, meaning: Bool)] = [("new", false), ("amend", true)]
  static let executionKeys = [
    "order", "time_in_force", "good_for", "limit_offset_ticks", "stop_offset_ticks", "trail", "post_only",
    "reduce_only", "hours",
  ]
  /// Longer than any data.
  private static let life = DurationRule(high: 100_000 * Timestamp.nanosPerDay, example: "5 d")
  private static let trailAmount = NumberRule.positive(1_000_000)
  private static let trailShare = ShareRule(
    low: 0, isLowIncluded: false, high: 1_000_000, isHighIncluded: false, example: "2 %")

  /// How entries, and where the profile says so, exits become orders.
  mutating func execution(_ value: ProfileValue?) -> ProfileExecution? {
    guard let value else { return ProfileExecution() }
    guard let mapping = mapping(value, keys: ProfileReader.executionKeys + ["exit", "or", "replace"]) else {
      return nil
    }
    let entry = style(mapping, at: value)
    var exit: Execution?
    if let written = mapping["exit"], let own = self.mapping(written, keys: ProfileReader.executionKeys) {
      exit = style(own, at: written)
    }
    checkOpening(entry, mapping)
    var execution = ProfileExecution(entry: entry, exit: exit)
    if let written = mapping["or"], let own = self.mapping(written, keys: ProfileReader.executionKeys) {
      let alternative = style(own, at: written)
      checkOpening(alternative, own)
      execution.alternative = alternative
    }
    if let written = mapping["replace"], let amends = word(written, ProfileReader.replaceWords) {
      execution.amends = amends
      if amends, mapping["or"] != nil {
        note(
          .relation(requirement: "orders of a group are sent anew; take out `or`, or write `replace: new`"), at: written
        )
      }
    }
    return execution
  }

  private mutating func checkOpening(_ style: OrderStyle, _ mapping: ProfileMapping) {
    guard style.isReduceOnly, let written = mapping["reduce_only"] else { return }
    note(
      .relation(requirement: "an order that opens can't be reduce-only; write it under `execution.exit`"), at: written)
  }

  /// Which bars strategies see.
  mutating func decisionBars(_ value: ProfileValue?) -> DecisionBars {
    guard let value else { return .each }
    if value.text == "session" { return .session }
    let rule = DurationRule(high: Timestamp.nanosPerDay, example: "1 h")
    guard let nanos = duration(value, rule) else { return .each }
    if Timestamp.nanosPerDay % nanos == 0 { return .every(nanos: nanos) }
    note(
      .relation(requirement: "bars stand on a grid that begins anew each UTC day: their length has to divide it"),
      at: value)
    return .each
  }

  private mutating func style(_ mapping: ProfileMapping, at value: ProfileValue) -> OrderStyle {
    var style = OrderStyle()
    var isOrderKnown = true
    if let order = mapping["order"] {
      if let type = word(order, ProfileReader.orderWords) { style.type = type } else { isOrderKnown = false }
    }
    if let force = mapping["time_in_force"], let meaning = word(force, ProfileReader.timeInForceWords) {
      style.timeInForce = meaning
    }
    if let offset = mapping["limit_offset_ticks"], let ticks = integer(offset, ProfileReader.offsetTicks) {
      style.limitOffsetTicks = ticks
      if isOrderKnown { checkUse(of: ticks, at: offset, order: style.type) { $0.hasLimit } }
    }
    if let offset = mapping["stop_offset_ticks"], let ticks = integer(offset, ProfileReader.offsetTicks) {
      style.stopOffsetTicks = ticks
      if isOrderKnown { checkUse(of: ticks, at: offset, order: style.type) { $0.hasTrigger && !$0.isTrailing } }
    }
    if let written = mapping["trail"] { style.trail = trail(written) }
    if let written = mapping["good_for"] { style.lifeNanos = duration(written, ProfileReader.life) ?? 0 }
    if let written = mapping["post_only"], let flag = flag(written) { style.isPostOnly = flag }
    if let written = mapping["reduce_only"], let flag = flag(written) { style.isReduceOnly = flag }
    if let written = mapping["hours"], let hours = word(written, ProfileReader.hourWords) { style.hours = hours }
    if isOrderKnown { checkParts(style, mapping, at: value) }
    return style
  }

  /// What doesn't fit together, each part at its own place.
  private mutating func checkParts(_ style: OrderStyle, _ mapping: ProfileMapping, at value: ProfileValue) {
    if style.type.isTrailing, mapping["trail"] == nil {
      note(.missingKey("trail", expected: .share(ProfileReader.trailShare)), at: value)
    }
    if !style.type.isTrailing, let written = mapping["trail"] { note(.onlyWith("order: trailing_stop"), at: written) }
    if style.timeInForce == .goodTillDate, mapping["good_for"] == nil {
      note(.missingKey("good_for", expected: .duration(ProfileReader.life)), at: value)
    }
    if style.timeInForce != .goodTillDate, let written = mapping["good_for"] {
      note(.onlyWith("time_in_force: gtd"), at: written)
    }
    if style.type.isOnOpen || style.type.isOnClose {
      if style.timeInForce != .day, let written = mapping["time_in_force"] {
        note(
          .relation(requirement: "an order for an opening or closing has one chance, and is a `day` order"), at: written
        )
      }
      if style.hours == .extended, let written = mapping["hours"] {
        note(.relation(requirement: "sessions open and close in regular hours"), at: written)
      }
    }
    if style.isPostOnly, let written = mapping["post_only"] {
      if style.type != .limit { note(.onlyWith("order: limit"), at: written) }
      if style.timeInForce.isImmediate {
        note(.relation(requirement: "an immediate order can't rest, so it can't be post-only"), at: written)
      }
    }
  }

  /// A share of the price, or an amount of it.
  private mutating func trail(_ value: ProfileValue) -> Trail? {
    if let text = value.plainText, ExactDecimal.isNumber(text) {
      return number(value, ProfileReader.trailAmount).map { Trail(.amount, Int64($0)) }
    }
    return share(value, ProfileReader.trailShare).map { Trail(.share, $0) }
  }

  /// An offset that nothing looks at shows that another order type was meant.
  private mutating func checkUse(
    of ticks: Int64, at value: ProfileValue, order: OrderType, _ isUser: (OrderType) -> Bool
  ) {
    guard ticks != 0, !isUser(order) else { return }
    note(
      .offsetWithoutUse(
        order: ProfileReader.orderWords.word(of: order),
        users: ProfileReader.orderWords.filter { isUser($0.meaning) }.map(\.word)), at: value)
  }

  mutating func exits(_ value: ProfileValue?) -> ProtectiveExits {
    var exits = ProtectiveExits()
    guard let value, let mapping = mapping(value, keys: ["stop_loss", "take_profit", "trailing_stop"]) else {
      return exits
    }
    // A stop a whole price away is at zero and never reached.
    let stop = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, isHighIncluded: false, example: "2 %")
    let profit = ShareRule(low: 0, isLowIncluded: false, high: 100_000_000, example: "5 %")
    exits.stopLossMicros = mapping["stop_loss"].flatMap { share($0, stop) }
    exits.takeProfitMicros = mapping["take_profit"].flatMap { share($0, profit) }
    if let written = mapping["trailing_stop"] {
      exits.trail = trail(written)
      if mapping["stop_loss"] != nil {
        note(.relation(requirement: "one stop is enough: keep `stop_loss` or `trailing_stop`"), at: written)
      }
    }
    return exits
  }

  mutating func quantity(_ value: ProfileValue, _ expected: ProfileExpectation? = nil) -> Quantity? {
    number(value, ProfileReader.quantity, expected).map { Quantity(nanos: Int64($0)) }
  }
}

extension Array {
  /// The word that stands for `meaning` in a table that has all of them.
  func word<T: Equatable>(of meaning: T) -> String where Element == (word: String, meaning: T) {
    guard let entry = first(where: { $0.meaning == meaning }) else {
      preconditionFailure("the profile's words name every case")
    }
    return entry.word
  }
}
