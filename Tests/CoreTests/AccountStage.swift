import Core
import Events
import Market
import Scenarios

/// A run by hand in an account: bars at instants, targets, and what followed.
struct AccountStage {
  static let unit = FixedPoint.unit
  static let day: Int64 = 86_400 * FixedPoint.unit

  var configuration = ScenarioProfile().configuration
  var instruments: [Instrument] = []
  private var script: [ScriptLine] = []
  private var inputs: [StageInput] = []

  init(_ account: AccountRule) {
    configuration.account = account
    if account.margin == nil {
      configuration.risk.isShortAllowed = false
      configuration.risk.isCashRequired = true
    }
  }

  mutating func add(
    _ symbol: String, _ assetClass: AssetClass = .equity, multiplier: Int64 = 1, calendar: CalendarName = .always
  ) throws {
    instruments.append(
      try Instrument(
        symbol: symbol, assetClass: assetClass, currency: .usd, tickSize: Price(nanos: Self.unit / 100),
        lotSize: Quantity(nanos: Self.unit), multiplierNanos: multiplier * Self.unit, calendar: calendar))
  }

  /// An hour's bar with one price from an instant on; the target is what the strategy wants at its close.
  mutating func bar(
    _ instrument: Int, _ date: String, hour: Int64 = 15, price: Int64, want: Direction? = nil,
    strength: Int64 = 1_000_000, volume: Int64 = 1_000_000, isHistorical: Bool = false, closesSlot: Bool = true
  ) throws {
    let time = Timestamp(nanos: try Self.midnight(date).nanos + hour * 3_600 * Self.unit)
    if let want {
      script.append(
        ScriptLine(instrument: instrument, openNanos: time.nanos, direction: want, strengthMicros: strength))
    }
    let price = Price(nanos: price * Self.unit / 100)
    inputs.append(
      .bar(
        try Bar(
          instrument: InstrumentIndex(instrument), openTime: time, durationNanos: 3_600 * Self.unit, open: price,
          high: price, low: price, close: price, volume: Quantity(nanos: volume * Self.unit), source: .synthetic,
          isHistorical: isHistorical, closesSlot: closesSlot)))
  }

  /// The same of the first instrument, a slot of its own.
  mutating func bar(
    _ date: String, hour: Int64 = 15, price: Int64, want: Direction? = nil, strength: Int64 = 1_000_000,
    volume: Int64 = 1_000_000, isHistorical: Bool = false
  ) throws {
    try bar(
      0, date, hour: hour, price: price, want: want, strength: strength, volume: volume, isHistorical: isHistorical)
  }

  mutating func input(_ input: StageInput) { inputs.append(input) }

  static func midnight(_ date: String) throws -> Timestamp {
    let parts = date.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, let date = CivilDate(year: parts[0], month: parts[1], day: parts[2]) else {
      throw ScenarioDate(text: date)
    }
    return Timestamp(nanos: date.daysSinceEpoch * day)
  }

  /// Runs all of it; what was derived, in order.
  func run() throws -> (happenings: [Happening], state: StateDescription) {
    var configuration = configuration
    configuration.strategies = ScriptLine.specifications(script)
    var stage = try Stage(configuration, instruments)
    var happenings: [Happening] = []
    for input in inputs {
      try stage.take(input)
      happenings += try stage.happenings()
      guard stage.engine.ledgerBalances, stage.engine.sharesAddUp else { throw ScenarioDate(text: "unbalanced") }
    }
    return (happenings, stage.engine.describe())
  }
}

struct ScenarioDate: Error { let text: String }

/// Charges in words: reason, days, base, amount, in whole units with decimals.
func charges(_ happenings: [Happening]) -> [String] {
  happenings.compactMap { happening in
    guard let charged = happening.body as? AccountCharged else { return nil }
    return
      "\(charged.reason.word) \(charged.days) on \(FixedPoint.text(nanos: charged.base)): \(FixedPoint.text(nanos: charged.amount))"
  }
}
