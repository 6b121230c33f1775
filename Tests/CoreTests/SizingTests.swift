import Core
import Events
import Market
import Scenarios
import Testing

/// Goal: each sizing model asks for what its formula says, recomputed here from the bars alone; band, rebalancing and drawdown do what they say.
@Suite("Sizing")
struct SizingTests {
  /// Closes of one-minute bars: geometric steps from a seed, for some instruments.
  struct Market {
    var closes: [[Double]]
    var bars: [Bar] = []

    init(seed: UInt64, instruments: Int, bars count: Int, volatilities: [Double]) throws {
      var random = SeededRandom(seed: seed)
      closes = Array(repeating: [], count: instruments)
      var last = Array(repeating: 100.0, count: instruments)
      for position in 0..<count {
        var common = 0.0
        for _ in 0..<12 { common += Double(random.next() % 1_000_000) / 1e6 - 0.5 }
        for index in 0..<instruments {
          var own = 0.0
          for _ in 0..<12 { own += Double(random.next() % 1_000_000) / 1e6 - 0.5 }
          last[index] *= 1 + volatilities[index] * (0.6 * common + 0.8 * own)
          let cents = (last[index] * 100).rounded()
          last[index] = cents / 100
          closes[index].append(last[index])
          let price = Price(nanos: Int64(cents) * 10_000_000)
          bars.append(
            try Bar(
              instrument: InstrumentIndex(index),
              openTime: Timestamp(nanos: 1_704_153_600_000_000_000 + Int64(position) * 60_000_000_000),
              durationNanos: 60_000_000_000, open: price, high: price, low: price, close: price,
              volume: Quantity(nanos: 1_000_000 * FixedPoint.unit), source: .synthetic,
              closesSlot: index == instruments - 1))
        }
      }
    }

    func returns(_ index: Int, through position: Int) -> [Double] {
      (1...position).map { closes[index][$0] / closes[index][$0 - 1] - 1 }
    }

    /// Exponentially weighted variance with normalised weights.
    func variance(_ index: Int, through position: Int, decay: Double) -> Double {
      covariance(index, index, through: position, decay: decay)
    }

    func covariance(_ first: Int, _ second: Int, through position: Int, decay: Double) -> Double {
      let (left, right) = (returns(first, through: position), returns(second, through: position))
      var (sum, weight, power) = (0.0, 0.0, 1.0)
      for place in left.indices.reversed() {
        sum += power * left[place] * right[place]
        weight += power
        power *= decay
      }
      return sum / weight
    }
  }

  /// Runs bars through an engine whose one strategy wants all instruments long from a bar on; gives each instrument's first order.
  private func firstOrders(
    _ market: Market, from position: Int, instruments count: Int, _ change: (inout RunConfiguration) -> Void
  ) throws -> [Int: Double] {
    var configuration = ScenarioProfile().configuration
    configuration.initialCash = 1_000_000 * Int128(FixedPoint.unit)
    let script = (0..<count).map { index in
      ScriptLine(
        instrument: index, openNanos: 1_704_153_600_000_000_000 + Int64(position) * 60_000_000_000, direction: .long)
    }
    configuration.strategies = ScriptLine.specifications(script)
    change(&configuration)
    let instruments = try (0..<count).map {
      try Instrument(
        symbol: "I\($0)", assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: 1_000_000), calendar: .always)
    }
    var stage = try Stage(configuration, instruments)
    var orders: [Int: Double] = [:]
    for bar in market.bars {
      try stage.take(.bar(bar))
      for case let intent as OrderIntent in try stage.happenings().map(\.body)
      where orders[intent.instrument.position] == nil {
        orders[intent.instrument.position] = Double(intent.quantity.nanos) / 1e9
      }
    }
    return orders
  }

  private func isNear(_ found: Double?, _ expected: Double) -> Bool {
    guard let found else { return false }
    return abs(found - expected) <= max(abs(expected) * 2e-5, 0.002)
  }

  @Test("a volatility target: equity × target ÷ (volatility a bar × √bars a year)", arguments: [1, 2, 3] as [UInt64])
  func volatilityTarget(_ seed: UInt64) throws {
    let market = try Market(seed: seed, instruments: 2, bars: 90, volatilities: [0.002, 0.006])
    let orders = try firstOrders(market, from: 60, instruments: 2) {
      $0.sizing = .volatilityTarget(
        target: 150_000, estimate: .ewma(decayMicros: 940_000), barsPerYear: 98_280, most: 5_000_000)
    }
    for index in 0..<2 {
      let yearly = (market.variance(index, through: 60, decay: 0.94) * 98_280).squareRoot()
      let units = 1_000_000 * min(0.15 / yearly, 5) / market.closes[index][60]
      #expect(isNear(orders[index], units), "seed \(seed): \(String(describing: orders[index])), not \(units)")
    }
  }

  @Test("before the estimate is there, a signal is refused with its own reason, and what is held stays")
  func warmingUp() throws {
    let market = try Market(seed: 5, instruments: 1, bars: 12, volatilities: [0.002])
    let orders = try firstOrders(market, from: 5, instruments: 1) {
      $0.sizing = .volatilityTarget(
        target: 150_000, estimate: .ewma(decayMicros: 940_000), barsPerYear: 252, most: 1_000_000)
    }
    #expect(orders.isEmpty)
  }

  @Test("where sizes are rebalanced, a position comes when the estimate is there")
  func rebalancedAfterWarmUp() throws {
    let market = try Market(seed: 5, instruments: 1, bars: 60, volatilities: [0.002])
    let orders = try firstOrders(market, from: 5, instruments: 1) {
      $0.sizing = .volatilityTarget(
        target: 150_000, estimate: .ewma(decayMicros: 940_000), barsPerYear: 98_280, most: 5_000_000)
      $0.sizingRule.isRebalanced = true
    }
    let yearly = (market.variance(0, through: 20, decay: 0.94) * 98_280).squareRoot()
    #expect(isNear(orders[0], 1_000_000 * min(0.15 / yearly, 5) / market.closes[0][20]))
  }

  @Test("risk per trade: what the stop would lose is a share of equity")
  func riskPerTrade() throws {
    let market = try Market(seed: 7, instruments: 1, bars: 30, volatilities: [0.002])
    let orders = try firstOrders(market, from: 10, instruments: 1) {
      $0.sizing = .riskPerTrade(micros: 10_000, distance: .stopLoss, most: 10_000_000)
      $0.exits.stopLossMicros = 20_000
    }
    let close = market.closes[0][10]
    #expect(isNear(orders[0], 1_000_000 * 0.01 / (close * 0.02)))
  }

  @Test("risk per trade is bounded by its largest share of equity")
  func riskPerTradeBounded() throws {
    let market = try Market(seed: 7, instruments: 1, bars: 30, volatilities: [0.002])
    let orders = try firstOrders(market, from: 10, instruments: 1) {
      $0.sizing = .riskPerTrade(micros: 10_000, distance: .stopLoss, most: 200_000)
      $0.exits.stopLossMicros = 20_000
    }
    #expect(isNear(orders[0], 200_000 / market.closes[0][10]))
  }

  @Test("inverse volatility: a budget divided by 1 ÷ σ")
  func inverseVolatility() throws {
    let market = try Market(seed: 11, instruments: 3, bars: 80, volatilities: [0.001, 0.002, 0.004])
    let orders = try firstOrders(market, from: 50, instruments: 3) {
      $0.sizing = .inverseVolatility(budget: 900_000, decayMicros: 970_000)
    }
    let inverse = (0..<3).map { 1 / market.variance($0, through: 50, decay: 0.97).squareRoot() }
    for index in 0..<3 {
      let units = 900_000 * inverse[index] / inverse.reduce(0, +) / market.closes[index][50]
      #expect(isNear(orders[index], units), "\(String(describing: orders[index])), not \(units)")
    }
  }

  @Test("risk parity: every instrument contributes the same to the portfolio's variance")
  func riskParity() throws {
    let market = try Market(seed: 13, instruments: 3, bars: 80, volatilities: [0.001, 0.003, 0.002])
    let orders = try firstOrders(market, from: 60, instruments: 3) {
      $0.sizing = .riskParity(budget: 1_000_000, decayMicros: 970_000)
    }
    let weights = (0..<3).map { (orders[$0] ?? 0) * market.closes[$0][60] / 1_000_000 }
    #expect(abs(weights.reduce(0, +) - 1) < 1e-4)
    let contributions = (0..<3).map { row in
      weights[row]
        * (0..<3).reduce(0.0) { $0 + market.covariance(row, $1, through: 60, decay: 0.97) * weights[$1] }
    }
    for row in 1..<3 { #expect(abs(contributions[row] / contributions[0] - 1) < 1e-3, "\(contributions)") }
  }

  @Test("portfolio volatility: the whole book has the target")
  func portfolioVolatility() throws {
    let market = try Market(seed: 17, instruments: 3, bars: 80, volatilities: [0.001, 0.003, 0.002])
    // The last of a slot's signals sees what all want; before it the book is smaller.
    let orders = try firstOrders(market, from: 60, instruments: 3) {
      $0.sizing = .portfolioVolatility(target: 100_000, decayMicros: 970_000, barsPerYear: 98_280, most: 50_000_000)
    }
    let inverse = (0..<3).map { 1 / market.variance($0, through: 60, decay: 0.97).squareRoot() }
    let base = inverse.map { $0 / inverse.reduce(0, +) }
    var variance = 0.0
    for row in 0..<3 {
      for column in 0..<3 {
        variance += base[row] * base[column] * market.covariance(row, column, through: 60, decay: 0.97)
      }
    }
    let units = 1_000_000 * base[2] * 0.1 / (variance * 98_280).squareRoot() / market.closes[2][60]
    #expect(isNear(orders[2], units), "\(String(describing: orders[2])), not \(units)")
  }

  @Test("fractional Kelly: a fraction of mean ÷ variance of the strategy's own bar returns, at most its cap")
  func kelly() throws {
    let market = try Market(seed: 19, instruments: 1, bars: 120, volatilities: [0.002])
    var configuration = ScenarioProfile().configuration
    configuration.strategies = ScriptLine.specifications([
      ScriptLine(instrument: 0, openNanos: 1_704_153_600_000_000_000, direction: .long)
    ])
    configuration.sizing = .kelly(fraction: 10_000, bars: 40, most: 3_000_000)
    configuration.sizingRule.isRebalanced = true
    let instrument = try Instrument(
      symbol: "A", assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
      lotSize: Quantity(nanos: 1_000_000), calendar: .always)
    var stage = try Stage(configuration, [instrument])
    var compared = 0
    for (position, bar) in market.bars.enumerated() {
      try stage.take(.bar(bar))
      let described = stage.engine.describe()
      for case let decision as RiskDecision in try stage.happenings().map(\.body) where position > 40 {
        let returns = market.returns(0, through: position).suffix(40)
        let mean = returns.reduce(0, +) / 40
        let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 39
        let share = min(max(mean / variance * 0.01, 0), 3)
        let wanted = Double(described.equity) / 1e9 * share / market.closes[0][position]
        let asked = Double(described.books[0].quantity.nanos + decision.requested.nanos) / 1e9
        #expect(abs(asked - wanted) <= max(wanted * 1e-4, 0.02), "bar \(position): \(asked), not \(wanted)")
        compared += 1
      }
    }
    #expect(compared > 10)
  }

  @Test("a band keeps small changes from being traded, and never what closes")
  func band() throws {
    try check(
      """
      profile cash=10000 equity=50% band=10%
      100/101/99/100 1000 long | risk=passed:withinLimits:50
      100/103/99/102 1000 long | buy 50@100 ; risk=refused:withinBand:0
      102/121/101/120 1000 long | risk=passed:withinLimits:-5
      120/121/119/120 1000 flat | sell 5@120 ; risk=passed:withinLimits:-45
      """)
  }

  @Test("sizes fall with the drawdown, and come back by recovery or by command")
  func drawdown() throws {
    try check(
      """
      profile cash=10000 shares=50 drawdown=5%:50%,20%:0% 
      100/101/99/100 1000 long |
      100/101/90/91 1000 | buy 50@100
      91/92/89/90 1000 | alert sizeScaled ; risk=passed:withinLimits:-25
      90/91/60/61 1000 | sell 25@90
      61/62/59/60 1000 |
      40/41/39/40 1000 |
      20/21/9/10 1000 | alert priceJump ; alert sizeScaled ; risk=passed:withinLimits:-25
      10/11/9/10 1000 | sell 25@10 ; pos=0
      10/11/9/10 1000 long | risk=refused:sizeScaledToZero:0 numbers=0.25>0.2
      10/11/9/10 1000 flat | risk=refused:alreadyThere:0
      10/11/9/10 1000 long | risk=refused:sizeScaledToZero:0
      restoreSize | alert sizeScaled
      10/11/9/10 1000 | risk=passed:withinLimits:50
      """)
  }

  @Test("decisions that no signal asked for are not counted to the signals")
  func counts() throws {
    try check(
      """
      profile cash=10000 equity=50% rebalance=yes
      100/101/99/100 1000 long | risk=passed:withinLimits:50
      100/101/99/100 1000 | buy 50@100
      halt |
      100/101/89/90 1000 | risk=refused:halted:0 counts=1:0:0
      90/91/79/80 1000 long | risk=refused:halted:0,refused:halted:0 counts=2:1:0
      resume |
      reduceOnly |
      80/81/69/70 1000 | risk=qtyCappedToZero:reduceOnly:0 counts=2:1:0
      """)
  }

  @Test("what moves together counts together")
  func correlation() throws {
    // Two instruments that move alike, and one that doesn't.
    let common = try Market(seed: 23, instruments: 1, bars: 60, volatilities: [0.002])
    let other = try Market(seed: 29, instruments: 1, bars: 60, volatilities: [0.002])
    var configuration = ScenarioProfile().configuration
    let start: Int64 = 1_704_153_600_000_000_000
    configuration.strategies = ScriptLine.specifications(
      (0..<3).map { ScriptLine(instrument: $0, openNanos: start + 50 * 60_000_000_000, direction: .long) })
    configuration.sizing = .shares(Quantity(nanos: 100 * FixedPoint.unit))
    configuration.risk.correlation = CorrelationCap(
      correlationMicros: 800_000, grossMax: 15_000 * Int128(FixedPoint.unit), decayMicros: 970_000)
    let instruments = try ["A", "B", "C"].map {
      try Instrument(
        symbol: $0, assetClass: .equity, currency: .usd, tickSize: Price(nanos: 10_000_000),
        lotSize: Quantity(nanos: FixedPoint.unit), calendar: .always)
    }
    var stage = try Stage(configuration, instruments)
    var decisions: [RiskDecision] = []
    for position in 0..<60 {
      for index in 0..<3 {
        let source = (index == 2 ? other : common).bars[position]
        let bar = try Bar(
          instrument: InstrumentIndex(index), openTime: source.openTime, durationNanos: source.durationNanos,
          open: source.open, high: source.high, low: source.low, close: source.close, volume: source.volume,
          source: .synthetic, closesSlot: index == 2)
        try stage.take(.bar(bar))
        decisions += try stage.happenings().compactMap { $0.body as? RiskDecision }
      }
    }
    #expect(decisions.map(\.outcome) == [.passed, .cut, .passed])
    #expect(decisions[1].reason == .correlationCap)
    let room = 15_000 / common.closes[0][50] - 100
    #expect(decisions[1].allowed == Quantity(nanos: Int64(room) * FixedPoint.unit))
  }
}
