import Core
import Events
import Market

/// What a profile says about one scope's limits: account, strategy, sector or symbol.
extension ProfileReader {
  static let limitKeys = [
    "allowed", "hours", "stale_after", "min_confidence", "price_guard", "price_collar", "close_collar",
    "max_order_rate", "max_repeats", "locate", "max_order_quantity", "max_order_notional", "max_volume_share",
    "max_position", "max_shares", "max_position_notional", "max_gross", "max_net", "max_daily_net", "max_leverage",
  ]

  static let day: Int64 = 86_400 * FixedPoint.unit
  /// A span in which things are counted.
  static let window = DurationRule(high: 366 * day, example: "1 min")
  static let age = DurationRule(high: 366 * day, example: "90 s")
  static let count: ClosedRange<Int64> = 1...Int64(RateLimit.countMax)
  static let collar = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "5 %")
  static let confidence = NumberRule(low: 0, high: Int128(FixedPoint.unit), decimalCount: 6)
  /// Prices may be negative, as oil's was in April 2020.
  private static let price = NumberRule(
    low: -9_000_000_000 * Int128(FixedPoint.unit), high: 9_000_000_000 * Int128(FixedPoint.unit))
  private static let leverage = NumberRule.positive(1_000, decimalCount: 6)
  private static let located = NumberRule(low: 0, high: Int128(Limits.quantityNanosMax))

  /// The limits in a mapping that may have other keys too.
  mutating func limits(_ mapping: ProfileMapping, scope: RiskScope, subject: String? = nil) -> LimitSet {
    var limits = LimitSet()
    func written(_ key: String, _ reader: inout ProfileReader) -> ProfileValue? {
      guard let value = mapping[key] else { return nil }
      if value.text != "unlimited" { return value }
      reader.unlimited.append(
        UnlimitedLimit(scope: scope, subject: subject, key: key == "max_shares" ? "max_position" : key))
      return nil
    }
    let amount = ProfileExpectation.limit(.number(ProfileReader.amount))
    let units = ProfileExpectation.limit(.number(ProfileReader.quantity))
    let far = ProfileExpectation.limit(.share(ProfileReader.collar))
    if let value = mapping["allowed"], let isAllowed = flag(value) { limits.isAllowed = isAllowed }
    limits.hours = mapping["hours"].flatMap { hours($0) }
    if let value = mapping["min_confidence"], let micros = micros(value, ProfileReader.confidence), micros > 0 {
      limits.confidenceMinMicros = micros
    }
    limits.staleNanos = written("stale_after", &self).flatMap {
      duration($0, ProfileReader.age, .limit(.duration(ProfileReader.age)))
    }
    if let value = written("price_guard", &self) { (limits.priceMin, limits.priceMax) = priceGuard(value) }
    limits.collarMicros = written("price_collar", &self).flatMap { share($0, ProfileReader.collar, far) }
    limits.closeCollarMicros = written("close_collar", &self).flatMap { share($0, ProfileReader.collar, far) }
    limits.orderRate = written("max_order_rate", &self).flatMap { rate($0) }
    limits.repeats = written("max_repeats", &self).flatMap { rate($0) }
    limits.locatedQuantity = written("locate", &self).flatMap {
      number($0, ProfileReader.located, .limit(.number(ProfileReader.located)))
    }.map { Quantity(nanos: Int64($0)) }
    limits.orderQuantityMax = written("max_order_quantity", &self).flatMap { quantity($0, units) }
    limits.orderNotionalMax = written("max_order_notional", &self).flatMap {
      number($0, ProfileReader.amount, amount)
    }
    limits.volumeShareMicros = written("max_volume_share", &self).flatMap { share($0, ProfileReader.collar, far) }
    limits.positionQuantityMax = written("max_position", &self).flatMap { quantity($0, units) }
    // The same cap by the name under which people look for it.
    if let value = mapping["max_shares"] {
      if mapping["max_position"] != nil {
        note(
          .notOneOf(["max_position", "max_shares"], found: ["max_position", "max_shares"]), at: value.keyPlace,
          path: mapping.value.path)
      }
      limits.positionQuantityMax = written("max_shares", &self).flatMap { quantity($0, units) }
    }
    limits.positionNotionalMax = written("max_position_notional", &self).flatMap {
      number($0, ProfileReader.amount, amount)
    }
    limits.grossMax = written("max_gross", &self).flatMap { number($0, ProfileReader.amount, amount) }
    limits.netMax = written("max_net", &self).flatMap { number($0, ProfileReader.amount, amount) }
    limits.dailyNetMax = written("max_daily_net", &self).flatMap { number($0, ProfileReader.amount, amount) }
    limits.leverageMaxMicros = written("max_leverage", &self).flatMap {
      micros($0, ProfileReader.leverage, .limit(.number(ProfileReader.leverage)))
    }
    return limits
  }

  private mutating func hours(_ value: ProfileValue) -> AllowedHours? {
    let parts = value.text?.split(separator: "-", omittingEmptySubsequences: false) ?? []
    guard parts.count == 2, let from = MinuteText.minute(parts[0]), let to = MinuteText.minute(parts[1]) else {
      noteUnfit(value, .hours)
      return nil
    }
    if from >= to {
      note(.relation(requirement: "the hours must begin before they end, on one day"), at: value)
      return nil
    }
    return AllowedHours(fromMinute: from, toMinute: to)
  }

  private mutating func priceGuard(_ value: ProfileValue) -> (Price?, Price?) {
    let keys = ["min", "max"]
    guard let mapping = mapping(value, keys: keys, expected: .limit(.mapping(keys: keys))) else { return (nil, nil) }
    let low = mapping["min"].flatMap { number($0, ProfileReader.price) }.map { Price(nanos: Int64($0)) }
    let high = mapping["max"].flatMap { number($0, ProfileReader.price) }.map { Price(nanos: Int64($0)) }
    if value.pairs(source)?.isEmpty == true { note(.noneOf(keys), at: value) }
    if let low, let high, low.nanos >= high.nanos, let place = mapping["min"] {
      note(.relation(requirement: "min must be less than max"), at: place)
    }
    return (low, high)
  }

  /// `{count: 10, within: 1 s}`.
  mutating func rate(_ value: ProfileValue) -> RateLimit? {
    let keys = ["count", "within"]
    guard let mapping = mapping(value, keys: keys, expected: .limit(.mapping(keys: keys))) else { return nil }
    let count = requiredInteger("count", in: mapping, ProfileReader.count)
    let within = required("within", in: mapping, .duration(ProfileReader.window)).flatMap {
      duration($0, ProfileReader.window)
    }
    guard let count, let within else { return nil }
    return RateLimit(count: Int(count), windowNanos: within)
  }
}
