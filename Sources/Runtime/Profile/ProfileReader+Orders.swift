import Core
import Market

/// What a profile says about how targets become orders.
extension ProfileReader {
  static let orderWords: [(word: String, meaning: OrderType)] = [
    ("market", .market), ("limit", .limit), ("stop", .stop), ("stop_limit", .stopLimit),
  ]
  static let timeInForceWords: [(word: String, meaning: TimeInForce)] = [
    ("day", .day), ("gtc", .goodTillCancelled), ("ioc", .immediateOrCancel), ("fok", .fillOrKill),
  ]
  static let lotWords: [(word: String, meaning: LotMethod)] = [("average", .averageCost), ("fifo", .firstInFirstOut)]

  /// Up to 10¹⁵ units of currency, a millionth of `Money.nanosMax`, so that sums over a run stay in range.
  static let amount = NumberRule.positive(1_000_000_000_000_000)
  static let quantity = NumberRule(low: 0, isLowIncluded: false, high: Int128(Limits.quantityNanosMax))
  static let offsetTicks: ClosedRange<Int64> = -1_000_000...1_000_000

  mutating func execution(_ value: ProfileValue?) -> Execution? {
    var execution = Execution()
    guard let value else { return execution }
    let keys = ["order", "time_in_force", "limit_offset_ticks", "stop_offset_ticks"]
    guard let mapping = mapping(value, keys: keys) else { return nil }
    var isOrderKnown = true
    if let order = mapping["order"] {
      if let type = word(order, ProfileReader.orderWords) { execution.type = type } else { isOrderKnown = false }
    }
    if let force = mapping["time_in_force"], let meaning = word(force, ProfileReader.timeInForceWords) {
      execution.timeInForce = meaning
    }
    if let offset = mapping["limit_offset_ticks"], let ticks = integer(offset, ProfileReader.offsetTicks) {
      execution.limitOffsetTicks = ticks
      if isOrderKnown { checkUse(of: ticks, at: offset, order: execution.type, users: [.limit, .stopLimit]) }
    }
    if let offset = mapping["stop_offset_ticks"], let ticks = integer(offset, ProfileReader.offsetTicks) {
      execution.stopOffsetTicks = ticks
      if isOrderKnown { checkUse(of: ticks, at: offset, order: execution.type, users: [.stop, .stopLimit]) }
    }
    return execution
  }

  /// An offset that nothing looks at shows that another order type was meant.
  private mutating func checkUse(of ticks: Int64, at value: ProfileValue, order: OrderType, users: [OrderType]) {
    guard ticks != 0, !users.contains(order) else { return }
    note(
      .offsetWithoutUse(
        order: ProfileReader.orderWords.word(of: order), users: users.map { ProfileReader.orderWords.word(of: $0) }),
      at: value)
  }

  mutating func exits(_ value: ProfileValue?) -> ProtectiveExits {
    var exits = ProtectiveExits()
    guard let value, let mapping = mapping(value, keys: ["stop_loss", "take_profit"]) else { return exits }
    // A stop a whole price away is at zero and never reached.
    let stop = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, isHighIncluded: false, example: "2 %")
    let profit = ShareRule(low: 0, isLowIncluded: false, high: 100_000_000, example: "5 %")
    exits.stopLossMicros = mapping["stop_loss"].flatMap { share($0, stop) }
    exits.takeProfitMicros = mapping["take_profit"].flatMap { share($0, profit) }
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
