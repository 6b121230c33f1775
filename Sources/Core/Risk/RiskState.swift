import Events
import Market

/// What the gate, the breakers and the kill switch remember: part of the reducer's state.
struct RiskState: Sendable {
  /// What an operator's commands ask for.
  var operatorState = TradingState.active
  /// In force: the strictest of the operator's, the breakers' and the kill's.
  var account = TradingState.active
  var strategies: [TradingState]
  var symbols: [TradingState]
  /// By strategy: what it holds is being closed.
  var flattening: [Bool]

  var kill = KillState()
  var day = TradingDay()
  /// Newest reading of the clock; what the bars' age is told from.
  var clock = Timestamp(nanos: .min)
  var isMarketHalted = false
  /// Orders are made and none leaves.
  var isWithheld = false
  /// Cancels that are asked for again until their orders are over; of venues outside, and nearly always empty.
  var wishes: [CancelWish] = []
  /// True while something is halted or being closed: what a bar has to look at. Follows from the rest.
  var isDisturbed = false
  /// When signals began to be expected.
  var startedAt = Timestamp(nanos: .min)
  /// Largest equity so far.
  var peakEquity: Int128

  /// By instrument.
  var books: [RiskBook]
  /// By strategy × instrument.
  var shares: [StrategyBook]
  /// Profit of each strategy when the trading day began.
  var strategyOpenings: [Int128]

  var breakers: [BreakerState]
  /// By breaker state: the last confidence seen.
  var lastConfidences: [Int64]
  var rates: [RateWindow]
  var means: [MeanWindow]
  var drifts: [PopulationStability]
  var shifts: [PageHinkley]
  /// By limit set that has one: orders, and equal orders.
  var orderRates: [RateWindow]
  var repeats: [RepeatWindow]

  init(
    strategyCount: Int, instrumentCount: Int, initialCash: Int128, breakers table: BreakerTable, limits: LimitTable
  ) throws(StatisticsError) {
    breakers = [BreakerState](repeating: BreakerState(), count: table.stateCount)
    lastConfidences = [Int64](repeating: -1, count: table.stateCount)
    rates = []
    for rule in table.windowCounts.rates {
      // One more than the limit is enough to know that it was passed.
      rates.append(
        try RateWindow(
          capacity: min(max(rule.threshold, 0), Int64(RateLimit.countMax)) + 1, windowNanos: rule.window))
    }
    means = table.windowCounts.means.map { MeanWindow(count: Int($0.window)) }
    drifts = []
    for rule in table.windowCounts.drifts {
      drifts.append(
        try PopulationStability(referenceCount: rule.window, windowCount: rule.window, binning: .equalFrequency))
    }
    shifts = []
    for rule in table.windowCounts.shifts {
      var settings = PageHinkley.Settings()
      settings.countMin = max(rule.window, 1)
      settings.thresholdMicros = max(rule.threshold / 1_000, 1)
      shifts.append(try PageHinkley(settings))
    }
    orderRates = []
    for limit in limits.rateSets {
      orderRates.append(try RateWindow(capacity: Int64(limit.count) + 1, windowNanos: limit.windowNanos))
    }
    repeats = limits.repeatSets.map { RepeatWindow($0) }
    strategyOpenings = [Int128](repeating: 0, count: strategyCount)
    strategies = [TradingState](repeating: .active, count: strategyCount)
    flattening = [Bool](repeating: false, count: strategyCount)
    symbols = [TradingState](repeating: .active, count: instrumentCount)
    books = [RiskBook](repeating: RiskBook(), count: instrumentCount)
    shares = [StrategyBook](repeating: StrategyBook(), count: strategyCount * instrumentCount)
    peakEquity = initialCash
    day.openingEquity = initialCash
  }
}

extension RiskState {
  /// Finds `isDisturbed` anew, after anything that it follows from has changed.
  mutating func refreshDisturbed() {
    isDisturbed =
      isMarketHalted || kill.phase != .none || flattening.contains(true)
      || books.contains { $0.isHalted || $0.flattenAttempt > 0 }
  }

  /// Whether trading of an instrument is halted, alone or with its market.
  func isTradingHalted(_ index: Int) -> Bool { isMarketHalted || books[index].isHalted }
}

/// How far a kill has come, and what began it.
struct KillState: BitwiseCopyable, Hashable, Sendable {
  var phase = KillPhase.none
  var source = KillSource.command
  /// The event that began it; 0 where there is none.
  var begunBy: UInt64 = 0
  var isDone: Bool { phase == .none || phase == .flatAndHalted }
}

/// The trading day that daily limits count by.
struct TradingDay: BitwiseCopyable, Hashable, Sendable {
  /// Its last instant; `Int64.min` before the first input.
  var end = Timestamp(nanos: .min)
  var openingEquity: Int128 = 0
  /// Realised profit less fees, dividends included, when it began.
  var openingRealised: Int128 = 0
}

/// What the risk rules keep of one instrument.
struct RiskBook: BitwiseCopyable, Hashable, Sendable {
  /// Last instant of the trading day of its own market.
  var dayEnd = Timestamp(nanos: .min)
  /// Last close of the day before; zero where there was none.
  var previousClose = Price.zero
  /// When its last bar became known.
  var knownAt = Timestamp(nanos: .min)
  /// Volume of its last bar.
  var volume = Quantity.zero
  /// The stretch of its market's day that was looked at last.
  var span = PhaseSpan()
  /// Bought less sold since the trading day began, in nanos of currency.
  var dayNet: Int128 = 0
  /// Nanos of currency that fills moved, fees included, and dividends.
  var cash: Int128 = 0
  /// Position that the last decision was to lead to.
  var intended: Int64 = 0
  /// P&L when the trading day began.
  var openingProfit: Int128 = 0
  var openingRealised: Int128 = 0
  /// Attempts at closing it so far; 0 where it is not being closed.
  var flattenAttempt: Int32 = 0
  var isHalted = false
  /// A late fill or a cut by what was in flight left another position than was asked for: the next bar decides again.
  var needsFollowUp = false
  /// Part of the state only where the profile sets such bars aside.
  var splitDoubt = SplitDoubt.none
  /// It was delisted, or has expired.
  var hasEnded = false
}
