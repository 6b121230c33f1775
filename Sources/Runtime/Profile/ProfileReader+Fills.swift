import Core
import Market

/// What a profile says about how orders fill in simulation. It has no defaults: a flattering one would go unnoticed.
struct ProfileFills {
  var volumeShareMicros: Int64
  var slippage: Slippage
  var fees: FeeModel
  var feePayment: FeePayment
  var friction: VenueFriction
  var convention: FillConvention
}

extension ProfileReader {
  static let slippageKeys = ["ticks", "basis_points", "share_of_range"]
  static let feeModelKeys = ["per_share", "basis_points", "maker_taker"]
  static let paymentWords = FeePayment.allCases.map { (word: $0.rawValue, meaning: $0) }
  static let conventionWords = FillConventionName.allCases.map { (word: $0.rawValue, meaning: $0) }
  static let pathWords = BarPath.allCases.map { (word: $0.rawValue, meaning: $0) }
  /// The most tiers of a fee schedule.
  static let tierCountMax = 64

  mutating func fills(_ value: ProfileValue) -> ProfileFills? {
    guard let mapping = mapping(value, keys: ["convention", "path", "volume_share", "slippage", "fees", "friction"])
    else { return nil }
    let name = mapping["convention"].flatMap { word($0, ProfileReader.conventionWords) } ?? .pessimistic
    let path = mapping["path"].flatMap { word($0, ProfileReader.pathWords) }
    let volume = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "10 %")
    let volumeShare = required("volume_share", in: mapping, .share(volume)).flatMap {
      // Data without volume (forex, indices): the profile says in so many words that size is not looked at.
      $0.text == "none" ? 0 : share($0, volume)
    }
    let slippage = required("slippage", in: mapping, .model(words: ["none"], keys: ProfileReader.slippageKeys))
      .flatMap { self.slippage($0) }
    let fees = required("fees", in: mapping, .model(words: ["none"], keys: ProfileReader.feeModelKeys))
      .flatMap { self.fees($0) }
    let friction = friction(mapping["friction"])
    guard let volumeShare, let slippage, let fees else { return nil }
    return ProfileFills(
      volumeShareMicros: volumeShare, slippage: slippage, fees: fees.model, feePayment: fees.payment,
      friction: friction,
      convention: FillConvention(name, path: path))
  }

  private mutating func slippage(_ value: ProfileValue) -> Slippage? {
    if value.text == "none" { return Slippage.none }
    let keys = ProfileReader.slippageKeys
    guard let mapping = mapping(value, keys: keys, expected: .model(words: ["none"], keys: keys)),
      let key = choice(of: keys, in: mapping), let size = mapping[key]
    else { return nil }
    switch key {
    case "ticks": return integer(size, 1...1_000_000).map { .ticks($0) }
    case "basis_points": return basisPoints(size).map { .shareOfPrice(micros: $0) }
    default:
      let rule = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "10 %")
      return share(size, rule).map { .shareOfRange(micros: $0) }
    }
  }

  private mutating func fees(_ value: ProfileValue) -> (model: FeeModel, payment: FeePayment)? {
    if value.text == "none" { return (.none, .quote) }
    let models = ProfileReader.feeModelKeys
    guard
      let mapping = mapping(
        value, keys: models + ["minimum", "maximum", "paid_in"], expected: .model(words: ["none"], keys: models))
    else { return nil }
    let model = choice(of: models, in: mapping)
    for key in ["minimum", "maximum"] {
      if model != nil, model != "per_share", let value = mapping[key] { note(.onlyWith("per_share"), at: value) }
    }
    let payment = mapping["paid_in"].flatMap { word($0, ProfileReader.paymentWords) } ?? .quote
    guard let model, let size = mapping[model] else { return nil }
    let fees: FeeModel?
    switch model {
    case "per_share": fees = perShare(size, mapping)
    case "basis_points": fees = basisPoints(size).map { .shareOfNotional(micros: $0) }
    default: fees = tiers(size).map { .makerTaker($0) }
    }
    if payment == .received, let fees, let written = mapping["paid_in"] { checkPayment(fees, at: written) }
    return fees.map { ($0, payment) }
  }

  /// What is kept of what is received is a share of it, and no rebate.
  private mutating func checkPayment(_ fees: FeeModel, at value: ProfileValue) {
    switch fees {
    case .none, .shareOfNotional: break
    case .perShare:
      note(.relation(requirement: "what is received pays a share of itself, and `per_share` is none"), at: value)
    case .makerTaker(let tiers):
      if tiers.contains(where: { $0.makerMicros < 0 || $0.takerMicros < 0 }) {
        note(.relation(requirement: "a rebate below zero can't be kept of what is received"), at: value)
      }
    }
  }

  /// A spot venue lends no units: what is bought to cover would leave the fee's units owed.
  mutating func noteShortsInKind(_ risk: ProfileValue?) {
    guard let risk else { return }
    note(
      .relation(
        requirement: "a venue that keeps its fees of what is received (`paid_in: received`) sells nothing short"),
      at: risk)
  }

  private mutating func perShare(_ value: ProfileValue, _ mapping: ProfileMapping) -> FeeModel? {
    let rate = number(value, .positive(1_000_000))
    let floor = NumberRule(low: 0, high: 1_000_000 * Int128(FixedPoint.unit))
    let cap = ShareRule(low: 0, isLowIncluded: false, high: 1_000_000, example: "1 %")
    let minimum = mapping["minimum"].flatMap { number($0, floor) } ?? 0
    let maximum = mapping["maximum"].flatMap { share($0, cap) } ?? 0
    return rate.map { .perShare(rate: Int64($0), minimum: Int64(minimum), maximumShareMicros: maximum) }
  }

  /// Basis points without unit, since the key names it, in millionths.
  private mutating func basisPoints(_ value: ProfileValue) -> Int64? {
    number(value, .positive(10_000, decimalCount: 2)).map { Int64($0 / 10_000_000) }
  }

  private mutating func tiers(_ value: ProfileValue) -> [FeeTier]? {
    guard let items = value.items else {
      noteUnfit(value, .tiers)
      return nil
    }
    if items.isEmpty { note(.emptyList(expected: .tier), at: value) }
    if items.count > ProfileReader.tierCountMax {
      note(.tooMany(count: items.count, countMax: ProfileReader.tierCountMax), at: value)
      return nil
    }
    var tiers: [FeeTier] = []
    var previous: Int128?
    for (position, item) in items.enumerated() {
      guard let tier = tier(item, isFirst: position == 0, after: previous) else { continue }
      previous = tier.from
      tiers.append(tier)
    }
    return tiers.count == items.count && !tiers.isEmpty ? tiers : nil
  }

  private mutating func tier(_ value: ProfileValue, isFirst: Bool, after previous: Int128?) -> FeeTier? {
    guard let mapping = mapping(value, keys: ["from", "maker", "taker"]) else { return nil }
    var amount = ProfileReader.amount
    amount.isLowIncluded = true
    let rate = ShareRule(low: -1_000_000, high: 1_000_000, example: "5 bp")
    let start = required("from", in: mapping, .number(amount))
    let from = start.flatMap { number($0, amount) }
    let maker = required("maker", in: mapping, .share(rate)).flatMap { share($0, rate) }
    let taker = required("taker", in: mapping, .share(rate)).flatMap { share($0, rate) }
    if let start, let from {
      let text = FixedPoint.text(nanos: from)
      if isFirst && from != 0 { note(.firstTierNotFromZero(text), at: start) }
      if let previous, from <= previous {
        note(.tierNotAscending(text, previous: FixedPoint.text(nanos: previous)), at: start)
      }
    }
    guard let from, let maker, let taker else { return nil }
    return FeeTier(from: from, makerMicros: maker, takerMicros: taker)
  }
}
