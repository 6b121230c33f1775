import Core
import Market

/// What a profile says about how large positions are.
extension ProfileReader {
  static let sizingKeys = [
    "shares", "notional", "equity_share", "volatility_target", "portfolio_volatility", "risk_per_trade", "kelly",
    "inverse_volatility", "risk_parity",
  ]
  static let rebalanceWords: [(word: String, meaning: Bool)] = [("on_signal", false), ("every_bar", true)]
  private static let estimateWords: [(word: String, meaning: Bool)] = [("ewma", false), ("atr", true)]
  private static let stopWords: [(word: String, meaning: Bool)] = [("exits", false), ("atr", true)]

  /// Of equity: ten times it is more leverage than any broker gives.
  static let positionShare = ShareRule(low: 0, isLowIncluded: false, high: 10_000_000, example: "95 %")
  static let volatility = ShareRule(low: 0, isLowIncluded: false, high: 10_000_000, example: "15 %")
  /// An exponential estimate with a decay of one never forgets; with zero it has no memory.
  static let decay = NumberRule(low: 1_000, high: Int128(FixedPoint.unit) - 1_000, decimalCount: 6)
  /// RiskMetrics' decay for daily returns (J.P. Morgan/Reuters, Technical Document, 1996).
  static let decayDefault: Int64 = 940_000
  /// Wilder, New Concepts in Technical Trading Systems, 1978.
  static let rangeBarsDefault: Int64 = 14
  static let rangeBars: ClosedRange<Int64> = 1...1_000
  static let kellyBars: ClosedRange<Int64> = 2...10_000
  /// Up to one a second round the clock.
  static let barsPerYear: ClosedRange<Int64> = 1...31_622_400
  static let drawdownStepsMax = 16

  /// - Parameter exits: for a stop's distance that is the profile's own.
  mutating func sizing(_ value: ProfileValue, exits: ProtectiveExits) -> (Sizing, SizingRule)? {
    let models = ProfileReader.sizingKeys
    guard
      let mapping = mapping(
        value, keys: models + ["no_trade_band", "rebalance", "drawdown"], expected: .model(words: [], keys: models))
    else { return nil }
    let rule = sizingRule(mapping)
    guard let key = choice(of: models, in: mapping), let size = mapping[key],
      let sizing = model(key, size, exits: exits)
    else { return nil }
    return (sizing, rule)
  }

  private mutating func model(_ key: String, _ size: ProfileValue, exits: ProtectiveExits) -> Sizing? {
    switch key {
    case "shares": quantity(size).map { .shares($0) }
    case "notional": number(size, ProfileReader.amount).map { .notional($0) }
    case "equity_share": share(size, ProfileReader.positionShare).map { .equityShare(micros: $0) }
    case "volatility_target": volatilityTarget(size)
    case "portfolio_volatility": portfolioVolatility(size)
    case "risk_per_trade": riskPerTrade(size, exits: exits)
    case "kelly": kelly(size)
    case "inverse_volatility":
      budget(size).map { .inverseVolatility(budget: $0.budget, decayMicros: $0.decay) }
    default: budget(size).map { .riskParity(budget: $0.budget, decayMicros: $0.decay) }
    }
  }

  private mutating func volatilityTarget(_ value: ProfileValue) -> Sizing? {
    guard let mapping = mapping(value, keys: ["target", "estimate", "decay", "bars", "bars_per_year", "max"]) else {
      return nil
    }
    let target = requiredShare("target", in: mapping, ProfileReader.volatility)
    let usesRange = mapping["estimate"].map { word($0, ProfileReader.estimateWords) } ?? false
    let decay = decay(mapping)
    let bars = optionalInteger("bars", in: mapping, ProfileReader.rangeBars, ProfileReader.rangeBarsDefault)
    let barsPerYear = requiredInteger("bars_per_year", in: mapping, ProfileReader.barsPerYear)
    let most = most(mapping)
    if let usesRange, let unused = mapping[usesRange ? "decay" : "bars"] {
      note(.onlyWith("estimate: \(usesRange ? "ewma" : "atr")"), at: unused)
    }
    guard let target, let usesRange, let decay, let bars, let barsPerYear, let most else { return nil }
    return .volatilityTarget(
      target: target, estimate: usesRange ? .averageTrueRange(bars: Int(bars)) : .ewma(decayMicros: decay),
      barsPerYear: barsPerYear, most: most)
  }

  private mutating func portfolioVolatility(_ value: ProfileValue) -> Sizing? {
    guard let mapping = mapping(value, keys: ["target", "decay", "bars_per_year", "max"]) else { return nil }
    let target = requiredShare("target", in: mapping, ProfileReader.volatility)
    let decay = decay(mapping)
    let barsPerYear = requiredInteger("bars_per_year", in: mapping, ProfileReader.barsPerYear)
    let most = most(mapping)
    guard let target, let decay, let barsPerYear, let most else { return nil }
    return .portfolioVolatility(target: target, decayMicros: decay, barsPerYear: barsPerYear, most: most)
  }

  private mutating func riskPerTrade(_ value: ProfileValue, exits: ProtectiveExits) -> Sizing? {
    guard let mapping = mapping(value, keys: ["share", "stop", "bars", "multiple", "max"]) else { return nil }
    let risk = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "1 %")
    let share = requiredShare("share", in: mapping, risk)
    let usesRange = mapping["stop"].map { word($0, ProfileReader.stopWords) } ?? false
    let most = most(mapping)
    let bars = optionalInteger("bars", in: mapping, ProfileReader.rangeBars, ProfileReader.rangeBarsDefault)
    let rule = NumberRule.positive(1_000, decimalCount: 6)
    let multiple = mapping["multiple"].map { micros($0, rule) }
    switch usesRange {
    case nil: return nil
    case false?:
      for key in ["bars", "multiple"] { mapping[key].map { note(.onlyWith("stop: atr"), at: $0) } }
      if exits.stopLossMicros == nil {
        let place = mapping["stop"]?.place ?? value.keyPlace
        note(
          .relation(
            requirement: "at `stop: exits` there must be `exits.stop_loss`, or `stop: atr` says another distance"),
          at: place, path: value.child("stop"))
      }
      guard let share, let most else { return nil }
      return .riskPerTrade(micros: share, distance: .stopLoss, most: most)
    case true?:
      if multiple == nil { _ = required("multiple", in: mapping, .number(rule)) }
      guard let share, let most, let bars, let multiple = multiple ?? nil else { return nil }
      return .riskPerTrade(
        micros: share, distance: .averageTrueRange(bars: Int(bars), multipleMicros: multiple), most: most)
    }
  }

  private mutating func kelly(_ value: ProfileValue) -> Sizing? {
    guard let mapping = mapping(value, keys: ["fraction", "bars", "max"]) else { return nil }
    let rule = NumberRule.positive(1, decimalCount: 6)
    let fraction = required("fraction", in: mapping, .number(rule)).flatMap { micros($0, rule) }
    let bars = requiredInteger("bars", in: mapping, ProfileReader.kellyBars)
    let most = most(mapping)
    guard let fraction, let bars, let most else { return nil }
    return .kelly(fraction: fraction, bars: Int(bars), most: most)
  }

  private mutating func budget(_ value: ProfileValue) -> (budget: Int64, decay: Int64)? {
    guard let mapping = mapping(value, keys: ["budget", "decay"]) else { return nil }
    let budget = requiredShare("budget", in: mapping, ProfileReader.positionShare)
    let decay = decay(mapping)
    guard let budget, let decay else { return nil }
    return (budget, decay)
  }
}

/// What stands beside the model.
extension ProfileReader {
  private mutating func sizingRule(_ mapping: ProfileMapping) -> SizingRule {
    var rule = SizingRule()
    let band = ShareRule(low: 0, high: 1_000_000, isHighIncluded: false, example: "10 %")
    if let written = mapping["no_trade_band"], let micros = share(written, band) { rule.bandMicros = micros }
    if let written = mapping["rebalance"], let meaning = word(written, ProfileReader.rebalanceWords) {
      rule.isRebalanced = meaning
    }
    guard let written = mapping["drawdown"], let schedule = self.mapping(written, keys: ["steps", "recovery"]) else {
      return rule
    }
    if let steps = required("steps", in: schedule, .drawdownSteps) { rule.drawdown = drawdownSteps(steps) }
    let recovery = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "50 %")
    if let written = schedule["recovery"], let micros = share(written, recovery) {
      rule.drawdownRecoveryMicros = micros
    }
    return rule
  }

  /// The steps in any order: the canonical text sorts them as texts.
  private mutating func drawdownSteps(_ value: ProfileValue) -> [DrawdownStep] {
    guard let entries = entries(value, .drawdownSteps)?.entries else { return [] }
    if entries.isEmpty { note(.emptyList(expected: .drawdownSteps), at: value) }
    if entries.count > ProfileReader.drawdownStepsMax {
      note(.tooMany(count: entries.count, countMax: ProfileReader.drawdownStepsMax), at: value)
      return []
    }
    let size = ShareRule(low: 0, high: 1_000_000, isHighIncluded: false, example: "50 %")
    var steps: [(step: DrawdownStep, value: ProfileValue)] = []
    for entry in entries {
      let depth = drawdownDepth(entry.key, at: entry.value)
      let scale = share(entry.value, size)
      if let depth, let scale { steps.append((DrawdownStep(depthMicros: depth, scaleMicros: scale), entry.value)) }
    }
    steps.sort { $0.step.depthMicros < $1.step.depthMicros }
    for (shallow, deep) in zip(steps, steps.dropFirst()) {
      if shallow.step.depthMicros == deep.step.depthMicros {
        note(.relation(requirement: "each step must be deeper than the one before"), at: deep.value)
      } else if shallow.step.scaleMicros <= deep.step.scaleMicros {
        note(.relation(requirement: "a deeper step must have a smaller size"), at: deep.value)
      }
    }
    return steps.map(\.step)
  }

  /// `5 %`, or `-5 %` as drawdowns are often written.
  private mutating func drawdownDepth(_ key: String, at value: ProfileValue) -> Int64? {
    let rule = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, isHighIncluded: false, example: "5 %")
    let fault: ProfileFault
    do throws(ShareFault) {
      let micros = try ShareText.micros(key.hasPrefix("-") ? String(key.dropFirst()) : key)
      if rule.accepts(micros) { return Int64(micros) }
      fault = .outOfRange(key, expected: .share(rule))
    } catch {
      switch error {
      case .unitMissing: fault = .unitMissing(key, expected: .share(rule))
      case .decimal(let decimal): fault = decimal.fault(key, expected: .share(rule))
      }
    }
    note(fault, at: value.keyPlace, path: value.path)
    return nil
  }

  private mutating func decay(_ mapping: ProfileMapping) -> Int64? {
    guard let written = mapping["decay"] else { return ProfileReader.decayDefault }
    return micros(written, ProfileReader.decay)
  }

  /// The most of equity that a position may be; all of it where nothing is said.
  private mutating func most(_ mapping: ProfileMapping) -> Int64? {
    guard let written = mapping["max"] else { return 1_000_000 }
    return share(written, ProfileReader.positionShare)
  }

  mutating func requiredShare(_ key: String, in mapping: ProfileMapping, _ rule: ShareRule) -> Int64? {
    required(key, in: mapping, .share(rule)).flatMap { share($0, rule) }
  }

  mutating func requiredInteger(_ key: String, in mapping: ProfileMapping, _ range: ClosedRange<Int64>) -> Int64? {
    required(key, in: mapping, .number(.whole(range))).flatMap { integer($0, range) }
  }

  private mutating func optionalInteger(
    _ key: String, in mapping: ProfileMapping, _ range: ClosedRange<Int64>, _ absent: Int64
  ) -> Int64? {
    guard let written = mapping[key] else { return absent }
    return integer(written, range)
  }
}
