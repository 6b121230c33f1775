import Core
import Events
import Market

/// An account that knows fills, marks and days, and nothing of the engine's code: what is charged, settled and required.
///
/// Holdings are `NaiveHoldings`, whose prices are multiplied here, so that a future's unit is its multiplier. Days are UTC's: every instrument trades around the clock.
struct NaiveTrader {
  let rule: AccountRule
  let instruments: [Instrument]
  var holdings: NaiveHoldings
  var cash: Int128
  var day = Int64.min
  var hasBegun = false
  /// What should have been charged at the last input.
  var charges: [String] = []

  init(_ configuration: RunConfiguration, _ instruments: [Instrument], _ rule: AccountRule) {
    self.rule = rule
    self.instruments = instruments
    holdings = NaiveHoldings(configuration, instruments)
    cash = configuration.initialCash
  }

  func isFuture(_ index: Int) -> Bool { [.future, .perpetual].contains(instruments[index].assetClass) }
  func multiplier(_ index: Int) -> Int64 { instruments[index].multiplierNanos / FixedPoint.unit }
  func value(_ index: Int) -> Int128 { holdings.value(holdings.units(index), holdings.marks[index]) }

  var equity: Int128 {
    instruments.indices.reduce(cash) { $0 + value($1) - (isFuture($1) ? holdings.basis($1) : 0) }
  }

  /// Maintenance margin, or initial margin, of so many units.
  func required(_ index: Int, _ units: Int128, isInitial: Bool) -> Int128 {
    guard let margin = rule.margin else { return 0 }
    let symbol = margin.symbols.first { $0.symbol == instruments[index].symbol }?.terms
    let ofClass = margin.classes.first { $0.assetClass == instruments[index].assetClass }?.terms
    if let perUnit = ofClass?.maintenancePerUnit {
      return roundHalfEven(
        abs(units) * (isInitial ? max(ofClass?.initialPerUnit ?? 0, perUnit) : perUnit), 1_000_000_000)
    }
    let later =
      units > 0
      ? symbol?.maintenanceMicros ?? ofClass?.maintenanceMicros ?? margin.account.maintenanceMicros ?? 250_000
      : symbol?.shortMaintenanceMicros ?? ofClass?.shortMaintenanceMicros ?? margin.account.shortMaintenanceMicros
        ?? 300_000
    let first = symbol?.initialMicros ?? ofClass?.initialMicros ?? margin.account.initialMicros ?? 500_000
    let micros = Int128(isInitial ? max(first, later) : later)
    let share = roundHalfEven(abs(holdings.value(units, holdings.marks[index])) * micros, 1_000_000)
    guard margin.hasShortMinimums, units < 0, index < 2 else { return share }
    let mark = holdings.marks[index]
    let least: Int128 = mark >= 5_000_000_000 ? 5_000_000_000 : max(mark, 2_500_000_000)
    return max(share, roundHalfEven(abs(units) * least, 1_000_000_000))
  }

  func maintenance(less closing: [Int128]) -> Int128 {
    instruments.indices.reduce(0) { sum, index in
      let held = holdings.units(index)
      return sum + required(index, held - closing[index] * held.signum(), isInitial: false)
    }
  }

  /// Time passes; what the days before cost.
  mutating func pass(to time: Timestamp) {
    charges = []
    let today = (time.nanos - 1) / Timestamp.nanosPerDay
    defer { day = max(day, today) }
    guard hasBegun, today > day else { return }
    let days = Int128(today - day)
    for index in instruments.indices where isFuture(index) && holdings.units(index) != 0 {
      let gain = value(index) - holdings.basis(index)
      let first = holdings.lots[index].dropFirst().reduce(value(index)) {
        $0 - holdings.value($1.units, holdings.marks[index])
      }
      for place in holdings.lots[index].indices {
        holdings.lots[index][place].basis =
          place == 0 ? first : holdings.value(holdings.lots[index][place].units, holdings.marks[index])
      }
      charge("variation \(index)", gain)
      holdings.realised += gain
    }
    let shorts = instruments.indices.filter { !isFuture($0) }.map { min(value($0), 0) }.reduce(0, +)
    let balance = cash + shorts
    let rate = balance < 0 ? rule.debitMicros : rule.creditMicros
    charge("interest", roundHalfEven(balance * Int128(rate) * days, 1_000_000 * Int128(rule.dayCount)))
    for index in instruments.indices where !isFuture(index) && value(index) < 0 {
      let fee = rule.borrowOfSymbols.first { $0.symbol == instruments[index].symbol }?.micros ?? rule.borrowMicros
      charge(
        "borrowFee \(index)", roundHalfEven(value(index) * Int128(fee) * days, 1_000_000 * Int128(rule.dayCount)))
    }
  }

  private mutating func charge(_ line: String, _ amount: Int128) {
    if amount == 0 { return }
    cash += amount
    charges.append("\(line) \(amount)")
  }

  mutating func fund(_ index: Int, _ rate: Int64) {
    charge("funding \(index)", -roundHalfEven(value(index) * Int128(rate), 1_000_000_000))
  }

  /// Lets the holdings do something to an instrument, and takes of it what is cash here.
  private mutating func book(_ index: Int, fee: Int128 = 0, _ body: (inout NaiveHoldings) -> Void) {
    let (money, realised) = (holdings.cash, holdings.realised)
    body(&holdings)
    cash += isFuture(index) ? holdings.realised - realised - fee : holdings.cash - money
  }

  mutating func fill(_ fill: Fill) {
    var scaled = fill
    scaled.price = Price(nanos: fill.price.nanos * multiplier(fill.instrument.position))
    book(fill.instrument.position, fee: fill.fee) { $0.fill(scaled) }
  }

  mutating func act(_ action: CorporateAction) { book(action.instrument.position) { $0.act(action) } }

  mutating func mark(_ bar: Bar) {
    let index = bar.instrument.position
    holdings.marks[index] = Int128(bar.close.nanos) * Int128(multiplier(index))
    holdings.hasBar[index] = true
    if !bar.isHistorical { hasBegun = true }
  }
}
