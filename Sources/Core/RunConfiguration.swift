public import Market
public import Strategies

/// Everything the reducer needs to know before the first input: a profile, checked and typed.
///
/// Built from the canonical profile in event 0 alone, so that a journal says how it is to be replayed.
public struct RunConfiguration: Hashable, Sendable {
  public var currency: Currency
  /// In nanos of `currency`.
  public var initialCash: Int128
  public var strategies: [StrategySpecification]
  public var sizing: Sizing
  public var execution: Execution
  /// What becomes of a change that only closes; nil: a market order that rests until it fills.
  public var exitExecution: Execution?
  /// A second order for what opens: what one of the two fills is taken off the other; nil where there is one alone.
  public var alternativeExecution: Execution?
  /// A newer signal changes the order that works instead of cancelling it and sending another.
  public var amendsOrders = false
  public var exits: ProtectiveExits
  public var slippage: Slippage
  public var fees: FeeModel
  /// What the simulated venue takes its fees of.
  public var feePayment = FeePayment.quote
  /// Largest share of a bar's volume that all fills of an instrument on that bar may take, in millionths; 1,000,000 is all of it.
  public var volumeShareMicros: Int64
  public var lots: LotMethod
  public var risk: RiskLimits
  public var sizingRule = SizingRule()
  public var sessions = SessionRule()
  public var actions = ActionRule()
  public var friction = VenueFriction()
  /// Which bars strategies see; those of the feed fill under all of them.
  public var decisionBars = DecisionBars.each
  /// By whose rules bars fill orders in simulation.
  public var convention = FillConvention(.pessimistic)
  public var currencies = CurrencyRule()
  /// By which prices fees in assets that the run doesn't pay with are booked, in the order of their names.
  public var feeRates: [FeeRate] = []
  /// The least that an order at a real venue may be worth, in nanos of currency: a rest that is worth less, or is less than a lot, counts as closed. Nil where a strategy's rest of any size keeps it
  /// from being closed, as in journals from before there was this.
  public var minNotional: Int128?
  /// Nil where cash is a number and nothing accrues.
  public var account: AccountRule?
  /// Chains of futures contracts that roll, in the order of their names.
  public var rolls: [RollChain] = []
  /// Who answers orders. Follows from what the run is, never from its profile: the same profile backtests and trades.
  public var venue = VenueKind.simulated

  public init(
    currency: Currency, initialCash: Int128, strategies: [StrategySpecification], sizing: Sizing,
    execution: Execution, exits: ProtectiveExits, slippage: Slippage, fees: FeeModel, volumeShareMicros: Int64,
    lots: LotMethod, risk: RiskLimits
  ) {
    self.currency = currency
    self.initialCash = initialCash
    self.strategies = strategies
    self.sizing = sizing
    self.execution = execution
    self.exits = exits
    self.slippage = slippage
    self.fees = fees
    self.volumeShareMicros = volumeShareMicros
    self.lots = lots
    self.risk = risk
  }
}

/// Who answers orders.
public enum VenueKind: Hashable, Sendable {
  /// The reducer itself, bar by bar.
  case simulated
  /// Somebody outside: answers are inputs.
  case external
}

/// One strategy of a run: which, and with what parameters.
public struct StrategySpecification: Hashable, Sendable {
  public var name: String
  public var parameters: ParameterValues
  public init(name: String, parameters: ParameterValues) {
    self.name = name
    self.parameters = parameters
  }
}

/// How large a full position is.
public enum Sizing: Hashable, Sendable {
  case shares(Quantity)
  /// Nanos of currency at the last close.
  case notional(Int128)
  /// Share of equity in millionths, at the last close.
  case equityShare(micros: Int64)
  /// So many units that the position's own volatility a year is a share of equity: `target` ÷ volatility of equity, at most `most` of it.
  /// All in millionths; `barsPerYear` as a whole number.
  case volatilityTarget(target: Int64, estimate: VolatilityEstimate, barsPerYear: Int64, most: Int64)
  /// As `volatilityTarget`, for the whole book: shares by inverse volatility, scaled so that the portfolio of all that is wanted has the volatility.
  case portfolioVolatility(target: Int64, decayMicros: Int64, barsPerYear: Int64, most: Int64)
  /// So many units that a stop at its distance loses this share of equity; the distance is the profile's stop-loss, or a multiple of the average true range.
  case riskPerTrade(micros: Int64, distance: StopDistance, most: Int64)
  /// A fraction of Kelly's share of equity, from the strategy's own bar returns; at most `most`.
  case kelly(fraction: Int64, bars: Int, most: Int64)
  /// A budget (share of equity) divided over the universe by inverse volatility or by equal risk contributions.
  case inverseVolatility(budget: Int64, decayMicros: Int64)
  case riskParity(budget: Int64, decayMicros: Int64)
}

/// Where a trade's stop is taken to be.
public enum StopDistance: Hashable, Sendable {
  /// The profile's `stop_loss`.
  case stopLoss
  /// A multiple of Wilder's average true range, in millionths.
  case averageTrueRange(bars: Int, multipleMicros: Int64)
}

/// What order a passed signal becomes.
public typealias Execution = OrderStyle

/// Orders that protect an open position, placed when it is entered; each nil where not wanted.
public struct ProtectiveExits: Hashable, Sendable {
  /// Distance from the fill price in hundredths of a basis point (millionths of the price).
  public var stopLossMicros: Int64?
  public var takeProfitMicros: Int64?
  /// A stop that follows the price, instead of a stop-loss.
  public var trail: Trail?
  public init(stopLossMicros: Int64? = nil, takeProfitMicros: Int64? = nil, trail: Trail? = nil) {
    self.stopLossMicros = stopLossMicros
    self.takeProfitMicros = takeProfitMicros
    self.trail = trail
  }

  package var isEmpty: Bool { stopLossMicros == nil && takeProfitMicros == nil && trail == nil }
}

/// How much worse than the rule's price an order that takes liquidity fills; the result never leaves low … high of the bar.
public enum Slippage: Hashable, Sendable {
  case none
  case ticks(Int64)
  /// Millionths of the price.
  case shareOfPrice(micros: Int64)
  /// Millionths of the bar's high − low.
  case shareOfRange(micros: Int64)
}

/// What a fill costs.
public enum FeeModel: Hashable, Sendable {
  case none
  /// Nanos of currency per unit; at least `minimum` nanos an order's fill; at most `maximumShareMicros` of the notional (0: no cap).
  case perShare(rate: Int64, minimum: Int64, maximumShareMicros: Int64)
  /// Millionths of the notional.
  case shareOfNotional(micros: Int64)
  /// By liquidity side and by notional traded so far in the run: the last tier whose `from` (nanos) is reached applies.
  case makerTaker([FeeTier])
}

/// What a fee is taken of.
public enum FeePayment: String, BitwiseCopyable, CaseIterable, Hashable, Sendable {
  /// Of cash, in the currency that prices are in.
  case quote
  /// Of what is received, as spot crypto venues do: units of a purchase, cash of a sale.
  case received
}

public struct FeeTier: Hashable, Sendable {
  /// Nanos of currency traded since the run began.
  public var from: Int128
  /// Millionths of the notional; negative is a rebate.
  public var makerMicros: Int64
  public var takerMicros: Int64
  public init(from: Int128, makerMicros: Int64, takerMicros: Int64) {
    self.from = from
    self.makerMicros = makerMicros
    self.takerMicros = takerMicros
  }
}

/// Which units a closing fill takes off first, and so what it realises.
public enum LotMethod: UInt8, CaseIterable, Sendable {
  case averageCost = 1
  case firstInFirstOut = 2
}
