import Market

/// What a profile says about a run at a real feed and venue.
extension ProfileReader {
  /// The keys of a profile that only such runs read, but for `instruments`.
  static let liveKeys = [
    "instance", "interval", "instruments", "feeds", "warmup", "submit", "venue", "clock",
  ]
  static let feedWords = FeedSettings.Kind.allCases.map { (word: $0.rawValue, meaning: $0) }
  static let venueWords = VenueSettings.Kind.allCases.map { (word: $0.rawValue, meaning: $0) }
  private static let unknownWords = VenueSettings.Unknown.allCases.map { (word: $0.rawValue, meaning: $0) }
  private static let stopWords = VenueSettings.OnStop.allCases.map { (word: $0.rawValue, meaning: $0) }
  static let classWords = AssetClass.allCases.map { (word: $0.word, meaning: $0) }
  private static let interval = DurationRule(high: Timestamp.nanosPerDay, example: "1 min")
  /// More than any feed gives at once, and less than fills a memory.
  private static let warmupBarCount: ClosedRange<Int64> = 0...100_000

  /// Everything about live runs; nil where the profile says nothing of it.
  ///
  /// - Parameter name: the profile's, which is the instance's, too, where none is given.
  mutating func live(_ root: ProfileMapping, name: String?) -> LiveSettings? {
    guard root.entries.contains(where: { ProfileReader.liveKeys.contains($0.key) }) else { return nil }
    var live = LiveSettings(instance: root["instance"].flatMap { self.name($0) } ?? name ?? "")
    if let written = root["interval"], let read = duration(written, ProfileReader.interval) {
      live.intervalNanos = read
    }
    if let written = root["instruments"] { live.instruments = instruments(written) }
    if let written = root["feeds"] { live.feeds = feeds(written) }
    if let written = root["warmup"], let mapping = mapping(written, keys: ["bars"]),
      let count = required("bars", in: mapping, .number(.whole(ProfileReader.warmupBarCount)))
    {
      live.warmupBars = integer(count, ProfileReader.warmupBarCount).map { Int($0) } ?? 0
    }
    if let written = root["submit"], let read = flag(written) { live.submits = read }
    if let written = root["venue"] { live.venue = venue(written) }
    if let written = root["clock"] { live.speed = clock(written) }
    return live
  }

  private mutating func clock(_ value: ProfileValue) -> Int? {
    let rule = NumberRule.whole(1...100_000)
    guard let mapping = mapping(value, keys: ["speed"]), let speed = required("speed", in: mapping, .number(rule))
    else { return 1 }
    if speed.plainText == "max" { return nil }
    return integer(speed, 1...100_000).map { Int($0) } ?? 1
  }
}

/// Feeds and venues.
extension ProfileReader {
  private mutating func feeds(_ value: ProfileValue) -> [FeedSettings] {
    let words = ProfileReader.feedWords.map(\.word)
    guard let items = value.items else {
      noteUnfit(value, .model(words: words, keys: words))
      return []
    }
    if items.isEmpty { note(.emptyList(expected: .model(words: words, keys: words)), at: value) }
    return items.compactMap { feed($0) }
  }

  /// `yahoo`, or `yahoo: {url: …}`.
  private mutating func feed(_ value: ProfileValue) -> FeedSettings? {
    let words = ProfileReader.feedWords.map(\.word)
    if value.text != nil { return word(value, ProfileReader.feedWords).map { FeedSettings(kind: $0) } }
    guard let mapping = mapping(value, keys: words, expected: .model(words: words, keys: words)),
      let key = choice(of: words, in: mapping), let kind = FeedSettings.Kind(rawValue: key), let written = mapping[key]
    else { return nil }
    switch kind {
    case .lines:
      return self.mapping(written, keys: []).map { _ in FeedSettings(kind: kind) }
    case .journal:
      guard let settings = self.mapping(written, keys: ["path"]) else { return nil }
      return FeedSettings(kind: kind, path: required("path", in: settings, .path).flatMap { path($0) })
    case .yahoo:
      guard let settings = self.mapping(written, keys: ["url"]) else { return nil }
      return FeedSettings(kind: kind, url: settings["url"].flatMap { url($0, ["http", "https"]) })
    case .binance:
      guard let settings = self.mapping(written, keys: ["url", "stream"]) else { return nil }
      return FeedSettings(
        kind: kind, url: settings["url"].flatMap { url($0, ["http", "https"]) },
        stream: settings["stream"].flatMap { url($0, ["ws", "wss"]) })
    }
  }

  private mutating func url(_ value: ProfileValue, _ schemes: [String]) -> String? {
    let isPlain = { (scalar: Unicode.Scalar) in scalar.value > 0x20 && scalar.value < 0x7F }
    guard let text = value.text, text.unicodeScalars.allSatisfy(isPlain),
      let scheme = schemes.first(where: { text.hasPrefix($0 + "://") }), text.count > scheme.count + 3,
      !text.contains("@"), !text.contains("?"), !text.contains("#")
    else {
      noteUnfit(value, .url(schemes: schemes))
      return nil
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  private static let venueKeys = [
    "name", "url", "stream", "keys", "recv_window", "resend_within", "unknown_orders", "unknown_positions",
    "unknown_cash", "on_stop", "stop_wait", "fees_in", "min_notional",
  ]

  private mutating func venue(_ value: ProfileValue) -> VenueSettings {
    var venue = VenueSettings()
    if value.text != nil {
      if let kind = word(value, ProfileReader.venueWords) { venue.kind = kind }
      return venue
    }
    guard let mapping = mapping(value, keys: ProfileReader.venueKeys) else { return venue }
    let words = ProfileReader.venueWords.map(\.word)
    if let written = required("name", in: mapping, .word(words)), let kind = word(written, ProfileReader.venueWords) {
      venue.kind = kind
    }
    venue.url = mapping["url"].flatMap { url($0, ["http", "https"]) }
    venue.stream = mapping["stream"].flatMap { url($0, ["ws", "wss"]) }
    venue.keys = mapping["keys"].flatMap { keys($0) }
    // Binance refuses more than a minute.
    let window = DurationRule(high: 60_000_000_000, example: "5 s")
    if let written = mapping["recv_window"], let read = duration(written, window) { venue.receiveWindowNanos = read }
    let resend = DurationRule(high: Timestamp.nanosPerDay, example: "30 s")
    if let written = mapping["resend_within"], let read = duration(written, resend) { venue.resendWithinNanos = read }
    if let written = mapping["stop_wait"], let read = duration(written, resend) { venue.stopWaitNanos = read }
    venue.unknownOrders = unknown(mapping["unknown_orders"]) ?? venue.unknownOrders
    venue.unknownPositions = unknown(mapping["unknown_positions"]) ?? venue.unknownPositions
    if let written = mapping["min_notional"] {
      let limits = NumberRule(low: 0, high: 1_000_000 * Int128(FixedPoint.unit))
      venue.minNotional = number(written, limits)
      if venue.kind == .paper {
        note(.relation(requirement: "the simulated venue takes orders of any worth; name a real venue"), at: written)
      }
    }
    venue.unknownCash = unknown(mapping["unknown_cash"])
    if let written = mapping["fees_in"], venue.kind == .paper {
      note(.relation(requirement: "the simulated venue takes its fees as `fills` says; name a real venue"), at: written)
    }
    if let written = mapping["on_stop"], let read = word(written, ProfileReader.stopWords) { venue.onStop = read }
    return venue
  }

  private mutating func unknown(_ value: ProfileValue?) -> VenueSettings.Unknown? {
    value.flatMap { word($0, ProfileReader.unknownWords) }
  }

  private mutating func keys(_ value: ProfileValue) -> VenueKeys? {
    let kinds = ["env", "file", "credential"]
    if value.text != nil {
      note(.keyInProfile, at: value)
      return nil
    }
    guard let mapping = mapping(value, keys: kinds), let key = choice(of: kinds, in: mapping),
      let written = mapping[key]
    else { return nil }
    switch key {
    case "file": return path(written).map { .file($0) }
    case "credential": return symbol(written).map { .credential($0) }
    default: return symbol(written).map { .environment($0) }
    }
  }
}
