import Market

/// An account's terms by dense instrument index; part of the configuration.
struct AccountTable: Sendable {
  let rule: AccountRule
  /// Fee a year for units that are short, in millionths.
  let borrowMicros: [Int64]
  /// True where no notional is paid: what is won or lost since the last settlement is settled daily.
  let isMargined: [Bool]
  /// Empty for a cash account.
  let requirements: [MarginRequirement]

  init(_ rule: AccountRule, _ instruments: [Instrument]) {
    self.rule = rule
    borrowMicros = instruments.map { instrument in
      rule.borrowOfSymbols.last { $0.symbol == instrument.symbol }?.micros ?? rule.borrowMicros
    }
    isMargined = instruments.map { $0.assetClass == .future || $0.assetClass == .perpetual }
    requirements = rule.margin.map { margin in instruments.map { MarginRequirement(margin, $0) } } ?? []
  }

  var settlement: SettlementRule? {
    if case .cash(let settlement) = rule.type { settlement } else { nil }
  }
}

/// What units of one instrument require.
struct MarginRequirement: BitwiseCopyable, Hashable, Sendable {
  /// Nanos of currency a unit; 0 where shares of the value count.
  let initialPerUnit: Int128
  let maintenancePerUnit: Int128
  /// Millionths of the value, by side. What is asked for at first is never less than what is asked for later.
  let initialMicros: Int64
  let shortInitialMicros: Int64
  let maintenanceMicros: Int64
  let shortMaintenanceMicros: Int64
  let hasShortMinimums: Bool

  init(_ rule: MarginRule, _ instrument: Instrument) {
    let ofClass = rule.classes.last { $0.assetClass == instrument.assetClass }?.terms ?? MarginTerms()
    let ofSymbol = rule.symbols.last { $0.symbol == instrument.symbol }?.terms ?? MarginTerms()
    let levels = [ofSymbol, ofClass, rule.account, .regulationT]
    func micros(_ path: KeyPath<MarginTerms, Int64?>) -> Int64 {
      for terms in levels { if let micros = terms[keyPath: path] { return micros } }
      return 1_000_000
    }
    // A scope that counts by value ends the search for money a unit.
    let money = levels.first { $0 != MarginTerms() }
    maintenancePerUnit = money?.maintenancePerUnit ?? money?.initialPerUnit ?? 0
    initialPerUnit = max(money?.initialPerUnit ?? 0, maintenancePerUnit)
    maintenanceMicros = micros(\.maintenanceMicros)
    shortMaintenanceMicros = micros(\.shortMaintenanceMicros)
    let initial = micros(\.initialMicros)
    initialMicros = max(initial, maintenanceMicros)
    shortInitialMicros = max(initial, shortMaintenanceMicros)
    hasShortMinimums =
      rule.hasShortMinimums && maintenancePerUnit == 0 && instrument.currency == .usd
      && (instrument.assetClass == .equity || instrument.assetClass == .etf)
  }

  /// What a position at a mark requires.
  func rate(at mark: Price, isInitial: Bool, isLong: Bool) -> MarginRate {
    if maintenancePerUnit > 0 { return .perUnit(isInitial ? initialPerUnit : maintenancePerUnit) }
    let share = micros(isInitial: isInitial, isLong: isLong)
    guard hasShortMinimums, !isLong else { return .share(micros: share) }
    let five = 5 * FixedPoint.unit
    let least = mark.nanos < five ? max(mark.nanos, five / 2) : five
    return Int128(mark.nanos) * Int128(share) >= Int128(least) * 1_000_000
      ? .share(micros: share) : .perUnit(Int128(least))
  }

  private func micros(isInitial: Bool, isLong: Bool) -> Int64 {
    switch (isInitial, isLong) {
    case (true, true): initialMicros
    case (true, false): shortInitialMicros
    case (false, true): maintenanceMicros
    case (false, false): shortMaintenanceMicros
    }
  }
}

/// Margin as a share of the value in millionths, or as nanos of the instrument's currency a unit.
enum MarginRate: BitwiseCopyable, Hashable, Sendable {
  case share(micros: Int64)
  case perUnit(Int128)
}
