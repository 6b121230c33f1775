import Events
import Market

/// What sizes follow besides price and equity: volatilities, correlations, a strategy's own record, and the account's drawdown.
///
/// Holds only what the profile's model needs; every estimate is fed by all bars, historical ones included, so that warm-up is warm-up.
struct Sizer: Sendable {
  private let sizing: Sizing
  private let instrumentCount: Int
  private let correlationMicros: Int64
  private var volatility: EwmaVolatility?
  private var ranges: TrueRangeShare?
  private var covariance: EwmaCovariance?
  private var kelly: [KellyEstimate] = []
  private(set) var drawdown: DrawdownSchedule?
  private var weights: RiskWeights
  /// True where `weights` are those of the estimates' present state.
  private var areWeightsFresh = false
  /// Returns of the slot that is being collected, and which instruments have one.
  private var returns: [Double]
  private var present: UInt64 = 0
  private var scratch: [Double]

  /// Bars that an estimate needs before a size follows it.
  static let warmUp: Int64 = 20

  init(
    _ configuration: RunConfiguration, instrumentCount: Int, strategyCount: Int
  ) throws(StatisticsError) {
    sizing = configuration.sizing
    self.instrumentCount = instrumentCount
    correlationMicros = configuration.risk.correlation?.correlationMicros ?? 0
    weights = RiskWeights(instrumentCount: instrumentCount)
    returns = [Double](repeating: 0, count: instrumentCount)
    scratch = [Double](repeating: 0, count: instrumentCount)
    var covarianceDecay = configuration.risk.correlation?.decayMicros
    switch configuration.sizing {
    case .shares, .notional, .equityShare: break
    case .volatilityTarget(_, .ewma(let decay), _, _):
      volatility = try EwmaVolatility(
        instrumentCount: instrumentCount, decay: try EwmaDecay(lambdaMicros: decay), warmUp: Sizer.warmUp)
    case .volatilityTarget(_, .averageTrueRange(let bars), _, _), .riskPerTrade(_, .averageTrueRange(let bars, _), _):
      ranges = try TrueRangeShare(instrumentCount: instrumentCount, period: bars)
    case .riskPerTrade(_, .stopLoss, _): break
    case .portfolioVolatility(_, let decay, _, _), .riskParity(_, let decay): covarianceDecay = decay
    case .inverseVolatility(_, let decay):
      volatility = try EwmaVolatility(
        instrumentCount: instrumentCount, decay: try EwmaDecay(lambdaMicros: decay), warmUp: Sizer.warmUp)
    case .kelly(let fraction, let bars, let most):
      for _ in 0..<strategyCount {
        kelly.append(
          try KellyEstimate(
            window: Int64(bars), sampleMin: min(Int64(bars), 30), fractionMicros: fraction, capMicros: most))
      }
    }
    if let decay = covarianceDecay {
      covariance = try EwmaCovariance(
        instrumentCount: instrumentCount, decay: try EwmaDecay(lambdaMicros: decay), warmUp: Sizer.warmUp)
    }
    let rule = configuration.sizingRule
    if !rule.drawdown.isEmpty {
      drawdown = try DrawdownSchedule(
        steps: rule.drawdown.map { .init(drawdownMicros: $0.depthMicros, scaleMicros: $0.scaleMicros) },
        recoveryMicros: rule.drawdownRecoveryMicros)
    }
  }

  /// Whether bars have to be shown to it.
  static func needsReturns(_ configuration: RunConfiguration) -> Bool {
    if configuration.risk.correlation != nil { return true }
    switch configuration.sizing {
    case .shares, .notional, .equityShare, .riskPerTrade(_, .stopLoss, _): return false
    default: return true
    }
  }

  /// Takes a bar that counts.
  ///
  /// - Parameters:
  ///   - last: the close before it, adjusted for splits; zero where there was none.
  ///   - target: what a strategy wants of the instrument, signed; its record is the return in that direction.
  mutating func observe(_ bar: Bar, since last: Price, target: (Int) -> Int64) {
    let index = bar.instrument.position
    ranges?.update(bar)
    areWeightsFresh = false
    guard let change = SimpleReturn.of(bar.close, since: last) else { return }
    volatility?.update(index, change)
    if covariance != nil {
      returns[index] = change
      present |= 1 << UInt64(index)
    }
    for strategy in kelly.indices {
      let wanted = target(strategy)
      if wanted == 0 { continue }
      let nanos = Millionths.nearest(to: change * 1_000)
      kelly[strategy].update(returnNanos: wanted > 0 ? nanos : -nanos)
    }
  }

  /// Ends an instant: covariances take all its returns at once.
  mutating func closeSlot() {
    guard present != 0 else { return }
    // Moved out while they are read, so that neither array is copied.
    var collected: [Double] = []
    swap(&collected, &returns)
    covariance?.update(collected.span, present: present)
    for index in collected.indices { collected[index] = 0 }
    swap(&collected, &returns)
    present = 0
  }

  /// Follows a split: prices before it are divided by `numerator` / `denominator`.
  mutating func split(_ index: Int, numerator: Int64, denominator: Int64) {
    ranges?.split(index, numerator: numerator, denominator: denominator)
  }

  /// Begins an instrument's ranges anew; returns of before stay part of what is estimated from returns.
  mutating func forget(_ index: Int) { ranges?.forget(index) }

  /// Takes the account's equity; true where sizes are scaled otherwise from now on.
  mutating func observe(equity: Int128) -> Bool {
    guard let before = drawdown?.scaleMicros, let after = drawdown?.update(equity: equity) else { return false }
    return after != before
  }

  mutating func restart(equity: Int128) { drawdown?.restart(equity: equity) }

  /// What sizes are multiplied by, in millionths.
  var scaleMicros: Int64 { drawdown?.scaleMicros ?? Millionths.one }

  // MARK: Sizes

  /// A size before lots, limits and the drawdown's scale.
  enum Size {
    case units(Quantity)
    /// Millionths of equity.
    case share(Int64)
    case notional(Int128)
    /// The estimates are still warming up.
    case unknown
  }

  /// - Parameters:
  ///   - stopLoss: the profile's distance, millionths of the price.
  ///   - wanted: what all strategies together want of an instrument, signed millionths of a full position.
  mutating func size(
    _ index: Int, strategy: Int, mark: Price, equity: Int128, multiplier: Int64, stopLoss: Int64?,
    wanted: (Int) -> Int64
  ) -> Size {
    switch sizing {
    case .shares(let quantity): return .units(quantity)
    case .notional(let amount): return .notional(amount)
    case .equityShare(let micros): return .share(micros)
    case .volatilityTarget(let target, let estimate, let barsPerYear, let most):
      let yearly: Double?
      switch estimate {
      case .ewma: yearly = volatility?.annualVolatility(index, barsPerYear: Double(barsPerYear))
      case .averageTrueRange: yearly = ranges?.share(index).map { $0 * Double(barsPerYear).squareRoot() }
      }
      guard let yearly else { return .unknown }
      return .share(VolatilityTarget.share(targetMicros: target, volatility: yearly, capMicros: most))
    case .riskPerTrade(let micros, let distance, let most):
      let share: Double?
      switch distance {
      case .stopLoss: share = stopLoss.map { Millionths.share($0) }
      case .averageTrueRange(_, let multiple): share = ranges?.share(index).map { $0 * Millionths.share(multiple) }
      }
      guard let share, mark.nanos > 0 else { return .unknown }
      let nanos = (Double(mark.nanos) * share).rounded(.toNearestOrEven)
      guard nanos >= 1, nanos < 0x1p62 else { return .unknown }
      let units = RiskPerTrade.units(
        equity: equity, riskMicros: micros, stopDistance: Price(nanos: Int64(nanos)), multiplier: multiplier)
      let bound = Sizing.equityShare(micros: most).fullPosition(
        mark: mark, multiplier: multiplier, lot: Quantity(nanos: 1), equity: equity)
      return .units(min(units, bound))
    case .kelly:
      guard kelly.indices.contains(strategy), let share = kelly[strategy].shareMicros else { return .unknown }
      return .share(share)
    case .inverseVolatility(let budget, _):
      if !areWeightsFresh {
        for place in scratch.indices { scratch[place] = volatility?.volatility(place) ?? 0 }
        let volatilities = scratch
        weights.setInverseVolatility(volatilities.span)
        areWeightsFresh = true
      }
      return volatility?.volatility(index) == nil ? .unknown : budgeted(budget, index)
    case .riskParity(let budget, _):
      guard let covariance, covariance.isReady(index) else { return .unknown }
      if !areWeightsFresh {
        var members: UInt64 = 0
        for place in 0..<instrumentCount where covariance.isReady(place) { members |= 1 << UInt64(place) }
        _ = weights.setRiskParity(covariance, members: members)
        areWeightsFresh = true
      }
      return budgeted(budget, index)
    case .portfolioVolatility(let target, _, let barsPerYear, let most):
      return portfolioShare(index, target: target, barsPerYear: barsPerYear, most: most, wanted: wanted)
    }
  }

  private func budgeted(_ budget: Int64, _ index: Int) -> Size {
    .share(Int64((Int128(budget) * Int128(weights.micros[index])).dividedRoundingHalfEven(by: 1_000_000)))
  }

  /// The instrument's share of a portfolio of all that is wanted, by inverse volatility, that has the volatility.
  private mutating func portfolioShare(
    _ index: Int, target: Int64, barsPerYear: Int64, most: Int64, wanted: (Int) -> Int64
  ) -> Size {
    guard let covariance, covariance.isReady(index) else { return .unknown }
    var total = 0.0
    for place in 0..<instrumentCount {
      let variance = covariance.isReady(place) && wanted(place) != 0 ? covariance.covariance(place, place) : 0
      scratch[place] = variance > 0 ? 1 / variance.squareRoot() : 0
      total += scratch[place]
    }
    guard total > 0, scratch[index] > 0 else { return .unknown }
    let own = scratch[index] / total
    for place in 0..<instrumentCount {
      let strength = Millionths.share(max(min(wanted(place), Millionths.one), -Millionths.one))
      scratch[place] = scratch[place] / total * strength
    }
    guard
      let scale = VolatilityTarget.portfolioScale(
        targetMicros: target, weights: scratch.span, covariance: covariance, slotsPerYear: Double(barsPerYear),
        capMicros: most)
    else { return .unknown }
    return .share(Millionths.nearest(to: own * Millionths.share(scale)))
  }

  /// Whether two instruments' returns correlate at least as the profile's cap says; false while either is warming up.
  func correlates(_ first: Int, _ second: Int) -> Bool {
    guard let covariance, covariance.isReady(first), covariance.isReady(second) else { return false }
    let product = covariance.covariance(first, first) * covariance.covariance(second, second)
    guard product > 0 else { return false }
    return Millionths.nearest(to: covariance.covariance(first, second) / product.squareRoot()) >= correlationMicros
  }

  // MARK: State

  func encodeState(into buffer: inout ByteBuffer) {
    volatility?.encodeState(into: &buffer)
    ranges?.encodeState(into: &buffer)
    covariance?.encodeState(into: &buffer)
    for estimate in kelly { estimate.encodeState(into: &buffer) }
    drawdown?.encodeState(into: &buffer)
    buffer.appendFixed(present)
    for place in returns.indices where present >> UInt64(place) & 1 == 1 { buffer.appendDouble(returns[place]) }
  }

  mutating func decodeState(_ reader: inout ByteReader) throws(DecodeError) {
    try volatility?.decodeState(&reader)
    try ranges?.decodeState(&reader)
    try covariance?.decodeState(&reader)
    for place in kelly.indices { try kelly[place].decodeState(&reader) }
    try drawdown?.decodeState(&reader)
    present = try reader.readFixed()
    guard covariance != nil || present == 0, instrumentCount >= 64 || present >> UInt64(min(instrumentCount, 63)) == 0
    else { throw .inconsistent("slot") }
    for place in returns.indices {
      let isPresent = place < 64 && present >> UInt64(place) & 1 == 1
      returns[place] = isPresent ? try reader.readDouble("return", in: -1...SimpleReturn.most) : 0
    }
    areWeightsFresh = false
  }
}
