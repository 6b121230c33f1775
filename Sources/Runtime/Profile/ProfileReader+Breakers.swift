import Core
import Events
import Market

/// What one kind of breaker can be told.
///
/// The name is the word that the journal's events have for the kind; `daily_loss` stands for both kinds of daily loss, and `with_open` says
/// which is meant.
struct BreakerForm {
  enum Unit {
    /// Money, or a share of the equity that the day began with.
    case loss
    case share(ShareRule)
    case count
    case duration
    /// A statistic without unit.
    case statistic
    /// Units of an instrument; any difference where nothing is said.
    case difference
    /// There is nothing to choose.
    case none
  }
  enum Window {
    case none
    /// `within: 1 min`
    case time
    /// `over: 20`
    case values
  }

  var name: String
  var watches: BreakerKind
  var unit: Unit
  var window: Window
  var scopes: [RiskScope]

  private static let all: [RiskScope] = [.account, .strategy, .symbol]

  static let forms: [BreakerForm] = [
    BreakerForm(name: "daily_loss", watches: .dailyLoss, unit: .loss, window: .none, scopes: all),
    BreakerForm(
      name: "drawdown", watches: .drawdown,
      unit: .share(ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "15 %")), window: .none,
      scopes: [.account]),
    BreakerForm(
      name: "consecutive_losses", watches: .consecutiveLosses, unit: .count, window: .none, scopes: all),
    BreakerForm(name: "order_rate", watches: .orderRate, unit: .count, window: .time, scopes: all),
    BreakerForm(name: "reject_rate", watches: .rejectRate, unit: .count, window: .time, scopes: all),
    BreakerForm(
      name: "slippage", watches: .slippage,
      unit: .share(ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "20 bp")), window: .values,
      scopes: all),
    BreakerForm(
      name: "feed_gap", watches: .feedGap, unit: .duration, window: .none, scopes: [.account, .symbol]),
    BreakerForm(
      name: "reconciliation", watches: .reconciliation, unit: .difference, window: .none, scopes: [.account, .symbol]),
    BreakerForm(name: "clock_jump", watches: .clockJump, unit: .duration, window: .none, scopes: [.account]),
    BreakerForm(
      name: "confidence_drift", watches: .confidenceDrift, unit: .statistic, window: .values, scopes: all),
    BreakerForm(
      name: "confidence_shift", watches: .confidenceShift, unit: .statistic, window: .values, scopes: all),
    BreakerForm(name: "confidence_stuck", watches: .confidenceStuck, unit: .count, window: .none, scopes: all),
    BreakerForm(name: "prediction_bounds", watches: .predictionBounds, unit: .none, window: .none, scopes: all),
    BreakerForm(name: "signal_rate", watches: .signalRate, unit: .count, window: .time, scopes: all),
    BreakerForm(name: "signal_silence", watches: .signalSilence, unit: .count, window: .time, scopes: all),
    BreakerForm(
      name: "position_drift", watches: .positionDrift,
      unit: .share(ShareRule(low: 0, isLowIncluded: false, high: 100_000_000, example: "10 %")), window: .none,
      scopes: [.account, .symbol]),
  ]

  /// The form that a kind is written in.
  static func form(of kind: BreakerKind) -> BreakerForm {
    let written = kind == .dailyLossOpen ? .dailyLoss : kind
    guard let form = forms.first(where: { $0.watches == written }) else {
      preconditionFailure("every kind of breaker has a form in the profile")
    }
    return form
  }

  var keys: [String] {
    var keys = ["scope", "only", "action", "rearm"]
    if case .none = unit {} else { keys.insert("threshold", at: 0) }
    switch window {
    case .none: break
    case .time: keys.insert("within", at: 1)
    case .values: keys.insert("over", at: 1)
    }
    if watches == .dailyLoss { keys.insert("with_open", at: 1) }
    return keys
  }
}

/// What a profile says about what stops a run.
extension ProfileReader {
  static let actionWords = BreakerAction.allCases.map { (word: $0.word, meaning: $0) }
  static let rearmWords: [(word: String, meaning: Rearm)] = [
    ("next_session", .nextSession), ("operator", .operatorCommand),
  ]
  /// Losses of a day as a share of its opening equity.
  private static let lossShare = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "2 %")
  /// Nanos of currency that a threshold of 64 bits holds.
  private static let lossAmount = NumberRule.positive(9_000_000_000)
  private static let statistic = NumberRule.positive(1_000_000)
  private static let difference = NumberRule(low: 0, high: Int128(Limits.quantityNanosMax))
  private static let values: ClosedRange<Int64> = 2...10_000

  mutating func breakers(_ value: ProfileValue, _ subjects: RiskSubjects) -> [BreakerRule] {
    let names = BreakerForm.forms.map(\.name)
    guard let items = value.items else {
      noteUnfit(value, .breakers)
      return []
    }
    if items.count > ProfileReader.breakersMax {
      note(.tooMany(count: items.count, countMax: ProfileReader.breakersMax), at: value)
      return []
    }
    return items.compactMap { breaker($0, names, subjects) }
  }

  /// `- NAME: {…}`, or `- daily_loss: unlimited`.
  private mutating func breaker(_ item: ProfileValue, _ names: [String], _ subjects: RiskSubjects) -> BreakerRule? {
    let key: String
    let whole: ProfileValue
    if let text = item.text {
      key = text
      whole = ProfileValue(node: item.node, keyPlace: item.place, path: item.child(key))
    } else if let pairs = item.pairs(source), let first = pairs.first, let name = first.key {
      if pairs.count > 1 {
        let requirement = "an item of the list is one breaker, its settings in braces or indented deeper than its name"
        note(.relation(requirement: requirement), at: item)
        return nil
      }
      key = name
      whole = first.value
    } else {
      noteUnfit(item, .breaker(names: names))
      return nil
    }
    guard let form = BreakerForm.forms.first(where: { $0.name == key }) else {
      note(
        .unfit(found: .text(key, isQuoted: false), expected: .breaker(names: names)), at: whole.keyPlace,
        path: item.path)
      return nil
    }
    if form.watches == .dailyLoss, whole.text == "unlimited" {
      unlimited.append(UnlimitedLimit(scope: .account, subject: nil, key: key))
      return nil
    }
    // A name alone has no settings, as an empty mapping has.
    guard item.text == nil else { return rule(form, ProfileMapping(value: whole), subjects) }
    let expected = ProfileExpectation.mapping(keys: form.keys)
    guard
      let mapping = mapping(
        whole, keys: form.keys, expected: form.watches == .dailyLoss ? .limit(expected) : expected)
    else { return nil }
    return rule(form, mapping, subjects)
  }

  private mutating func rule(
    _ form: BreakerForm, _ mapping: ProfileMapping, _ subjects: RiskSubjects
  ) -> BreakerRule? {
    let (threshold, isShare) = threshold(form, mapping)
    var window: Int64? = 0
    switch form.window {
    case .none: break
    case .time:
      window = required("within", in: mapping, .duration(ProfileReader.window)).flatMap {
        duration($0, ProfileReader.window)
      }
    case .values: window = requiredInteger("over", in: mapping, ProfileReader.values)
    }
    let withOpen = mapping["with_open"].map { flag($0) } ?? true
    let scopes = form.scopes.map { (word: $0.word, meaning: $0) }
    let scope = mapping["scope"].map { word($0, scopes) } ?? .account
    let action = required("action", in: mapping, .word(ProfileReader.actionWords.map(\.word))).flatMap {
      word($0, ProfileReader.actionWords)
    }
    let rearm = mapping["rearm"].map { word($0, ProfileReader.rearmWords) } ?? .operatorCommand
    let subject = mapping["only"].flatMap { self.subject($0, scope, subjects) }
    if action == .flatten, rearm == .nextSession, let written = mapping["rearm"] {
      note(.relation(requirement: "after it has flattened, a breaker is armed again by `operator` alone"), at: written)
    }
    guard let threshold, let window, let withOpen, let scope, let action, let rearm else { return nil }
    let watches: BreakerKind = form.watches == .dailyLoss && withOpen ? .dailyLossOpen : form.watches
    return BreakerRule(
      watches: watches, scope: scope, subject: subject, threshold: threshold, isShareOfEquity: isShare,
      window: window, action: action, rearm: rearm)
  }

  private mutating func threshold(_ form: BreakerForm, _ mapping: ProfileMapping) -> (Int64?, isShare: Bool) {
    let key = "threshold"
    switch form.unit {
    case .none: return (0, false)
    case .difference:
      guard let written = mapping[key] else { return (0, false) }
      return (number(written, ProfileReader.difference).map { Int64($0) }, false)
    case .count: return (requiredInteger(key, in: mapping, ProfileReader.count), false)
    case .share(let rule): return (requiredShare(key, in: mapping, rule), false)
    case .duration:
      let value = required(key, in: mapping, .duration(ProfileReader.age))
      return (value.flatMap { duration($0, ProfileReader.age) }, false)
    case .statistic:
      let value = required(key, in: mapping, .number(ProfileReader.statistic))
      return (value.flatMap { number($0, ProfileReader.statistic) }.map { Int64($0) }, false)
    case .loss:
      let expected = ProfileExpectation.loss(ProfileReader.lossAmount, ProfileReader.lossShare)
      guard let value = required(key, in: mapping, expected) else { return (nil, false) }
      if let text = value.text, text.hasSuffix("%") || text.hasSuffix("bp") {
        return (share(value, ProfileReader.lossShare, expected), true)
      }
      return (number(value, ProfileReader.lossAmount, expected).map { Int64($0) }, false)
    }
  }

  /// The one symbol or strategy that a breaker is about.
  private mutating func subject(
    _ value: ProfileValue, _ scope: RiskScope?, _ subjects: RiskSubjects
  ) -> String? {
    switch scope {
    case .strategy?:
      guard let text = value.text else {
        noteUnfit(value, .strategy(names: subjects.strategies?.map(\.name) ?? []))
        return nil
      }
      return strategyPlace(text, at: value.place, path: value.path, subjects).map { String($0) }
    case .symbol?:
      guard let symbol = symbol(value) else { return nil }
      checkSymbol(symbol, at: value.place, path: value.path, subjects)
      return symbol
    case .account?, .sector?:
      note(.onlyWith("scope: symbol"), at: value)
      return nil
    case nil: return nil
    }
  }
}
