import Events
package import Market
package import Strategies

/// The reducer's state: everything later events depend on, and nothing else.
///
/// `reduce` functions take one input and append what follows from it; they read no clock, no file, no environment, and walk
/// arrays by index only. Equal inputs give equal bytes in every process.
package struct Engine: ~Copyable {
  let settings: EngineSettings
  package var configuration: RunConfiguration {
    @inline(__always) _read { yield settings.configuration }
  }
  package let instruments: [Instrument]

  var strategies: StrategySet
  var ledger: Ledger
  var books: [Book]
  let strategyCount: Int
  /// The strategies that decide at the end of a slot; part of the configuration.
  let rankingStrategies: [Int]
  /// Targets by strategy × instrument: signed millionths of a full position.
  var targetMicros: [Int64]
  /// Bars of the instant that is being collected, in the order of arrival.
  var slot: [SlotBar] = []
  /// The last bar of each instrument with its sequence; empty where no order fills at the close that it was decided on.
  var closes: [SlotBar?] = []
  let decisionBars: DecisionBars
  /// By instrument the bar that is being put together for the strategies; empty where they see the feed's own.
  var gathered: [GatheredBar?] = []
  /// Scratch of `closeSlot`; empty between inputs.
  var rankedTargets: [InstrumentTarget] = []
  /// Limits by scope; part of the configuration.
  let limits: LimitTable
  let breakers: BreakerTable
  /// By whose rules bars fill orders, and how what opens and what only closes is ordered; part of the configuration, which is too large to be copied for them.
  let convention: FillConvention
  let entryStyle: OrderStyle
  let exitStyle: OrderStyle
  let alternativeStyle: OrderStyle?
  let amendsOrders: Bool
  /// The instrument whose working order a venue outside is to change: the gate judges as if that order were gone. −1 but within a decision.
  var amendedIndex = -1
  /// True where a venue outside answers, so that what it says comes as inputs; part of the configuration.
  let isAnsweredOutside: Bool
  /// True where the simulated venue takes fees off the units of a purchase; part of the configuration.
  let paysInKind: Bool
  /// The least worth of an order at a venue outside, in nanos of currency; nil where the profile says none. Part of the configuration.
  let minNotional: Int128?
  /// Of tests alone.
  package var defects: EngineDefects = []
  /// True where an order may still fill after it was asked to be cancelled; part of the configuration.
  let ordersLinger: Bool
  /// Whose trading days bound daily limits; part of the configuration.
  let dayCalendar: CalendarName
  /// True where bars may have to decide without a signal; part of the configuration.
  let hasFollowUps: Bool
  /// True where sizes follow more than price and equity; part of the configuration.
  let isSizedByEstimates: Bool
  var sizer: Sizer
  /// What of the hot path the rules need; part of the configuration.
  let watch: RiskWatch
  /// True where money of other currencies than the run's is held; part of the configuration.
  let hasForeign: Bool
  let currencies: CurrencyTable
  /// True where an instrument is there for its price alone; part of the configuration.
  let hasRateAlone: Bool
  let feeRates: FeeRateTable
  /// By asset of `feeRates`; empty where no venue outside takes fees.
  var assetFees: [AssetFees] = []
  var risk: RiskState
  /// Terms of the profile's account; nil where it has none, and part of the configuration.
  let accountTable: AccountTable?
  var account = AccountState()
  /// Chains of contracts that roll; part of the configuration.
  let chainTable: ChainTable
  /// By chain.
  var chainStates: [ChainState]
  /// By instrument; empty where nothing is protected at a venue outside.
  var protections: [ProtectionState] = []
  /// Time of the last input.
  var now = Timestamp(nanos: .min)
  /// UTC day of the last input; equity is marked when it changes.
  var day: Int64 = .min
  /// The least sequence that the next input can have: everything the state refers to lies before it.
  var nextSequence: UInt64 = 0
  package internal(set) var counts = Counts()

  /// What is known and worked of one instrument.
  struct Book: Hashable, Sendable {
    var position = Position()
    /// Last close; meaningful once `hasBar`.
    var mark = Price.zero
    var lastOpenTime = Timestamp(nanos: .min)
    var hasBar = false
    /// Value of the position at its mark, part of the ledger's sum.
    var value: Int128 = 0
    var orders: [WorkingOrder] = []
    /// What a venue outside has reported; empty where the venue is simulated.
    var reports = ReportBook()

    /// Takes over a bar's close and returns the one before; zero where there was none.
    ///
    /// One access instead of four: each to an array's element checks bounds and uniqueness.
    @inline(__always)
    mutating func observe(_ bar: Bar) -> Price {
      let last = mark
      lastOpenTime = bar.openTime
      mark = bar.close
      hasBar = true
      return last
    }
  }

  struct SlotBar: BitwiseCopyable, Hashable, Sendable {
    var bar: Bar
    var sequence: UInt64
  }

  /// What `RunEnded` reports: says why a run without trades had none.
  package struct Counts: Hashable, Sendable {
    package var bars: UInt64 = 0
    package var warmingUp: UInt64 = 0
    package var signals: UInt64 = 0
    package var refused: UInt64 = 0
    package var cut: UInt64 = 0
    package var orders: UInt64 = 0
    package var fills: UInt64 = 0
  }

  /// - Throws: where a strategy's parameters, or an estimate's settings and the number of instruments, don't fit together.
  package init(
    configuration given: RunConfiguration, instruments: [Instrument], catalog: StrategyCatalog
  ) throws(EngineError) {
    let chainTable = try Engine.chains(given, instruments)
    let (configuration, accountTable) = try Engine.account(given, instruments)
    invariant(instruments.count <= Limits.instrumentsMax, "instruments fit their index", Int64(instruments.count))
    let count = configuration.strategies.count
    let limits = LimitTable(configuration.risk, instruments: instruments, strategyCount: count)
    let breakers = BreakerTable(configuration.risk.breakers, instruments: instruments, strategyCount: count)
    if configuration.venue == .external, !Engine.isProtectableOutside(configuration.exits) {
      throw .exitsAtVenue
    }
    if configuration.venue == .external,
      configuration.alternativeExecution != nil
        || !([configuration.execution] + (configuration.exitExecution.map { [$0] } ?? [])).allSatisfy(
          Engine.isWorkableOutside)
    {
      throw .ordersAtVenue
    }
    if configuration.venue == .external, !configuration.currencies.foreign.isEmpty { throw .currenciesAtVenue }
    // Everything that throws comes before anything is kept: a value that can't be copied is made whole or not at all.
    let strategies = try Engine.strategies(configuration, instruments.count, catalog)
    let feeRates = try Engine.feeRates(configuration, instruments)
    let currencies: CurrencyTable
    do throws(CurrencyProblem) {
      currencies = try CurrencyTable(
        configuration.currencies, fees: feeRates, currency: configuration.currency, instruments: instruments)
    } catch {
      throw .currencies(error)
    }
    if configuration.feePayment == .received {
      // What is only a rate trades nothing, and so pays nothing.
      for (index, instrument) in instruments.enumerated()
      where instrument.assetClass != .crypto && !currencies.isRateOnly[index] {
        throw .feesNotReceived(symbol: instrument.symbol)
      }
    }
    let (sizer, risk) = try Engine.estimates(configuration, instruments.count, breakers, limits)
    settings = EngineSettings(configuration)
    convention = configuration.convention
    entryStyle = configuration.execution
    decisionBars = configuration.decisionBars
    alternativeStyle = configuration.alternativeExecution
    amendsOrders = configuration.amendsOrders
    // What only closes goes at market, until it is done, where the profile doesn't say otherwise: neither a limit that is never touched nor
    // a bar with too little volume must keep anyone in a position.
    exitStyle = configuration.exitExecution ?? OrderStyle(type: .market, timeInForce: .goodTillCancelled)
    self.instruments = instruments
    self.limits = limits
    self.breakers = breakers
    self.strategies = strategies
    self.sizer = sizer
    self.risk = risk
    var ranking: [Int] = []
    for strategy in 0..<strategies.count where strategies.comparesInstruments(strategy) { ranking.append(strategy) }
    rankingStrategies = ranking
    strategyCount = strategies.count
    ledger = Ledger(
      initialCash: configuration.initialCash, foreign: configuration.currencies.foreign.map(\.initialCash))
    hasForeign = !configuration.currencies.foreign.isEmpty
    self.currencies = currencies
    hasRateAlone = currencies.isRateOnly.contains(true)
    self.feeRates = feeRates
    books = [Book](repeating: Book(), count: instruments.count)
    watch = RiskWatch(configuration, limits, accountTable)
    self.accountTable = accountTable
    self.chainTable = chainTable
    chainStates = [ChainState](repeating: ChainState(), count: chainTable.chains.count)
    // Nothing is read of a value that is half made: with optimisation the compiler (6.3.1) ends what it holds twice then.
    let isOutside = configuration.venue == .external
    let linger = configuration.friction.cancelsLate || isOutside
    isAnsweredOutside = isOutside
    paysInKind = configuration.feePayment == .received && !isOutside
    ordersLinger = linger
    minNotional = isOutside ? configuration.minNotional : nil
    hasFollowUps =
      linger || configuration.sizingRule.isRebalanced
      || !configuration.sizingRule.drawdown.isEmpty || !configuration.rolls.isEmpty
    isSizedByEstimates = Sizer.needsReturns(configuration) || configuration.sizing.isByStop
    let ownCalendar = instruments.first?.calendar ?? .always
    let isShared = instruments.allSatisfy { $0.calendar == ownCalendar }
    dayCalendar = configuration.sessions.dayCalendar ?? (isShared ? ownCalendar : .always)
    targetMicros = [Int64](repeating: 0, count: configuration.strategies.count * instruments.count)
    slot.reserveCapacity(instruments.count)
    if configuration.convention.market == .sameClose, !isOutside {
      closes = [SlotBar?](repeating: nil, count: instruments.count)
    }
    if configuration.decisionBars != .each { gathered = [GatheredBar?](repeating: nil, count: instruments.count) }
    rankedTargets.reserveCapacity(instruments.count)
    if isOutside { assetFees = [AssetFees](repeating: AssetFees(), count: feeRates.rates.count) }
    if isOutside, !configuration.exits.isEmpty {
      protections = [ProtectionState](repeating: ProtectionState(), count: instruments.count)
    }
  }

  private static func strategies(
    _ configuration: RunConfiguration, _ instrumentCount: Int, _ catalog: StrategyCatalog
  ) throws(EngineError) -> StrategySet {
    do throws(StrategySetError) {
      return try StrategySet(
        configuration.strategies.map { ($0.name, $0.parameters) }, catalog: catalog, instrumentCount: instrumentCount)
    } catch {
      throw .strategies(error)
    }
  }

  private static func feeRates(
    _ configuration: RunConfiguration, _ instruments: [Instrument]
  ) throws(EngineError) -> FeeRateTable {
    do throws(FeeRateProblem) {
      return try FeeRateTable(configuration.feeRates, currency: configuration.currency, instruments: instruments)
    } catch {
      throw .feeRates(error)
    }
  }

  private static func chains(
    _ configuration: RunConfiguration, _ instruments: [Instrument]
  ) throws(EngineError) -> ChainTable {
    do throws(RollProblem) { return try ChainTable(configuration, instruments) } catch { throw .rolls(error) }
  }

  private static func estimates(
    _ configuration: RunConfiguration, _ instrumentCount: Int, _ breakers: BreakerTable, _ limits: LimitTable
  ) throws(EngineError) -> (Sizer, RiskState) {
    let count = configuration.strategies.count
    do throws(StatisticsError) {
      let sizer = try Sizer(configuration, instrumentCount: instrumentCount, strategyCount: count)
      let risk = try RiskState(
        strategyCount: count, instrumentCount: instrumentCount, initialCash: configuration.initialCash,
        breakers: breakers, limits: limits)
      return (sizer, risk)
    } catch {
      throw .statistics(error)
    }
  }

  /// Names of the two features that a strategy's signals carry.
  package func featureNames(_ strategy: Int) -> (first: String, second: String) { strategies.featureNames(strategy) }
}

/// A run's configuration, shared: in place it would be copied whole with every look at one of its values. One object an engine, and none an event.
final class EngineSettings: Sendable {
  let configuration: RunConfiguration
  init(_ configuration: RunConfiguration) { self.configuration = configuration }
}
