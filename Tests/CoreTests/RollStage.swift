import Core
import Events
import Market
import Scenarios

/// Days of a chain of futures by hand: a daily bar a contract, what the strategy wants at the close, and what followed.
struct RollStage {
  static let unit = FixedPoint.unit
  static let day: Int64 = 86_400 * FixedPoint.unit

  var configuration = ScenarioProfile().configuration
  private(set) var instruments: [Instrument] = []
  private(set) var script: [ScriptLine] = []
  private(set) var inputs: [StageInput] = []

  /// Contracts C0, C1, … with a multiplier of 50 and a tick of a cent.
  init(expires: [String], rule: RollRule, adjust: RollAdjustment = .ratio, quantity: Int64 = 2) throws {
    configuration.account = AccountRule(type: .margin(MarginRule(onCall: .alert)))
    configuration.sizing = .shares(Quantity(nanos: quantity * Self.unit))
    var contracts: [ChainContract] = []
    for (place, date) in expires.enumerated() {
      instruments.append(
        try Instrument(
          symbol: "C\(place)", assetClass: .future, currency: .usd, tickSize: Price(nanos: Self.unit / 100),
          lotSize: Quantity(nanos: Self.unit), multiplierNanos: 50 * Self.unit, calendar: .always))
      contracts.append(ChainContract(symbol: "C\(place)", expires: try Self.date(date)))
    }
    configuration.rolls = [RollChain(name: "C", contracts: contracts, rule: rule, adjust: adjust)]
  }

  static func date(_ text: String) throws -> CivilDate {
    CivilDate(daysSinceEpoch: try AccountStage.midnight(text).nanos / day)
  }

  static func dates(_ texts: String...) throws -> RollRule { .dates(try texts.map { try date($0) }) }

  /// A day's bars: cents by contract, nil where it has none; each ranges a unit up and down.
  mutating func day(
    _ date: String, _ closes: [Int64?], volumes: [Int64] = [], want: Direction? = nil, strategy: Int = 0,
    strength: Int64 = 1_000_000, isHistorical: Bool = false
  ) throws {
    let open = try AccountStage.midnight(date)
    if let want {
      script.append(
        ScriptLine(
          strategy: strategy, instrument: 0, openNanos: open.nanos, direction: want, strengthMicros: strength))
    }
    let last = closes.lastIndex { $0 != nil }
    for (place, close) in closes.enumerated() {
      guard let close else { continue }
      let price = Price(nanos: close * Self.unit / 100)
      inputs.append(
        .bar(
          try Bar(
            instrument: InstrumentIndex(place), openTime: open, durationNanos: Self.day, open: price,
            high: Price(nanos: price.nanos + Self.unit), low: Price(nanos: price.nanos - Self.unit), close: price,
            volume: Quantity(nanos: (place < volumes.count ? volumes[place] : 1_000) * Self.unit), source: .synthetic,
            isHistorical: isHistorical, closesSlot: place == last)))
    }
  }

  /// Hours of a day, each with a bar of every contract; volumes are those of all hours together.
  mutating func hours(_ date: String, _ closes: [Int64], volumes: [Int64], from first: Int64, count: Int64) throws {
    for hour in first..<first + count {
      let open = Timestamp(nanos: try AccountStage.midnight(date).nanos + hour * 3_600 * Self.unit)
      for (place, close) in closes.enumerated() {
        let price = Price(nanos: close * Self.unit / 100)
        inputs.append(
          .bar(
            try Bar(
              instrument: InstrumentIndex(place), openTime: open, durationNanos: 3_600 * Self.unit, open: price,
              high: price, low: price, close: price, volume: Quantity(nanos: volumes[place] * Self.unit / count),
              source: .synthetic, closesSlot: place == closes.count - 1)))
      }
    }
  }

  /// What another strategy wants at a day's close.
  mutating func want(
    _ direction: Direction, _ date: String, strategy: Int, instrument: Int = 0, strength: Int64 = 1_000_000
  ) throws {
    script.append(
      ScriptLine(
        strategy: strategy, instrument: instrument, openNanos: try AccountStage.midnight(date).nanos,
        direction: direction,
        strengthMicros: strength))
  }

  mutating func input(_ input: StageInput) { inputs.append(input) }
  mutating func replace(_ inputs: [StageInput]) { self.inputs = inputs }

  /// Another instrument in a contract's place.
  mutating func replace(_ contract: Int, multiplier: Int64 = 50, assetClass: AssetClass = .future) throws {
    instruments[contract] = try Instrument(
      symbol: instruments[contract].symbol, assetClass: assetClass, currency: .usd,
      tickSize: instruments[contract].tickSize, lotSize: instruments[contract].lotSize,
      multiplierNanos: multiplier * Self.unit, calendar: .always)
  }

  /// Settles what is held of a contract at its last price.
  mutating func expire(_ contract: Int, _ date: String) throws {
    inputs.append(
      .action(
        CorporateAction(
          instrument: InstrumentIndex(contract), type: .delistingAtLast, numerator: 1, denominator: 1, cash: 0),
        try AccountStage.midnight(date)))
  }

  func stage() throws -> Stage {
    var configuration = configuration
    if configuration.strategies.isEmpty { configuration.strategies = ScriptLine.specifications(script) }
    return try Stage(configuration, instruments)
  }

  struct Outcome {
    var happenings: [Happening] = []
    var state: StateDescription
    /// Signed nanos of each strategy's part by contract.
    var shares: [[Int128]] = []

    func all<Body: EventBody>(_ type: Body.Type) -> [Body] { happenings.compactMap { $0.body as? Body } }
    var held: [Int64] { state.books.map { $0.quantity.nanos / FixedPoint.unit } }
    /// Front contracts with the reason.
    var fronts: [String] { all(FrontContract.self).map { "\($0.instrument.rawValue) \($0.reason)" } }
    /// Orders of a purpose: contract, side, quantity.
    func orders(_ purpose: OrderPurpose) -> [String] {
      all(OrderIntent.self).filter { $0.purpose == purpose }.map {
        "\($0.instrument.rawValue) \($0.side) \($0.quantity)"
      }
    }
    var alerts: [AlertCode] { all(Alert.self).map(\.code) }
  }

  /// Runs all of it, and looks at the ledger after every input.
  func run() throws -> Outcome {
    var stage = try stage()
    var happenings: [Happening] = []
    for (position, input) in inputs.enumerated() {
      try stage.take(input)
      happenings += try stage.happenings()
      guard stage.engine.ledgerBalances, stage.engine.sharesAddUp else {
        throw ScenarioDate(text: "unbalanced after input \(position)")
      }
    }
    var outcome = Outcome(happenings: happenings, state: stage.engine.describe())
    let strategyCount = ScriptLine.specifications(script).count
    for strategy in 0..<strategyCount {
      outcome.shares.append(instruments.indices.map { stage.engine.strategyShare(strategy, $0) / Int128(Self.unit) })
    }
    return outcome
  }
}
