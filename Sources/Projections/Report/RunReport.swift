package import Events
package import Market

/// How a run went, told from its journal alone.
///
/// Equity is that of the daily marks (`equity_marked`, the last one of a UTC day; a day without inputs has none). A daily return
/// is the change between consecutive marks, the first against the starting capital. A year has 252 of them, or 365 where every
/// instrument trades around the clock. Ratios are computed in binary floating point in a fixed order and rounded to nine
/// decimals; amounts are exact. What has no value (no loss to divide by, fewer than two days) is null.
package struct RunReport: Sendable {
  package let context: RunContext
  package let eventCount: UInt64
  package let barCount: UInt64
  /// Of the inputs; nil where there was none.
  package let firstTime: Timestamp?
  package let lastTime: Timestamp?
  /// False where the journal ends without `run_ended`.
  package let isComplete: Bool
  /// Daily marks.
  package let dayCount: Int
  package let periodsPerYear: Int

  /// Cash before the first fill, in nanos of the run's currency, as are all amounts here.
  package let startEquity: Int128?
  package let finalEquity: Int128?
  package let totalReturn: Double?
  package let annualReturn: Double?
  package let annualVolatility: Double?
  package let sharpe: Double?
  package let sortino: Double?
  package let calmar: Double?
  package let drawdown: Drawdown?
  package let bestDay: DayReturn?
  package let worstDay: DayReturn?

  /// Share of the daily marks with an open position.
  package let timeInMarket: Double?
  /// Mean of gross exposure over equity at the daily marks.
  package let meanExposure: Double?
  /// Sum of all fills' values over mean equity, whole run and a year.
  package let turnover: Double?
  package let annualTurnover: Double?

  package let trades: Trades
  package let fees: Int128
  /// What of the fees a real venue took in other assets; empty where it took none that were booked.
  package let assetFees: [AssetFeeTotal]
  /// What fills cost more than their rules' prices.
  package let slippage: Int128
  package let dividends: Int128
  package let charges: Charges
  /// In the order in which they happened; empty where the profile has no chains of contracts.
  package let rolls: [Roll]
  /// How often one was put off.
  package let rollsPutOff: UInt64
  /// True where instruments of several currencies were there: then amounts by symbol are in their own.
  package let isMixed: Bool
  package let orders: Orders
  package let signalCount: UInt64
  package let fillCount: UInt64
  /// How often each alert was raised, by its word, in the order of the codes; those that were not are left out.
  package let alerts: [(word: String, count: UInt64)]
  /// In the order of the run's table.
  package let symbols: [Symbol]
  /// Nil where there were fills.
  package let silence: Silence?

  /// What an account's time cost and earned, signed: what was received. All zero where the profile has no account.
  package struct Charges: Sendable, Hashable {
    package var interest: Int128 = 0
    package var borrowFees: Int128 = 0
    package var funding: Int128 = 0
    /// Gains of futures that daily settlement made cash; part of what was realised.
    package var variation: Int128 = 0
    package var marginCalls: UInt64 = 0
  }

  /// A futures contract that gave way to the next one.
  package struct Roll: Sendable, Hashable {
    package let time: Timestamp
    package let previous: InstrumentIndex
    package let next: InstrumentIndex
    package let reason: String
    package let previousPrice: Price
    package let price: Price
    /// What was to be carried over, signed.
    package let quantity: Quantity
  }

  package struct DayReturn: Sendable, Hashable {
    package let time: Timestamp
    package let value: Double
  }

  /// Closed round trips; see `RoundTrips` for what counts.
  package struct Trades: Sendable, Hashable {
    package let count: UInt64
    package let wins: UInt64
    /// Share of trades with a result above zero.
    package let hitRate: Double?
    /// Sum of gains over sum of losses; nil without a loss.
    package let profitFactor: Double?
    /// Rounded to a nano, half to even, as is the loss.
    package let averageWin: Int128?
    package let averageLoss: Int128?
    package let best: Int128?
    package let worst: Int128?
  }

  package struct Orders: Sendable, Hashable {
    package let sent: UInt64
    package let filled: UInt64
    package let cancelled: UInt64
    package let expired: UInt64
    package let rejected: UInt64
    /// Working when the journal ends.
    package let open: UInt64
    /// Of those cancelled, expired or open: filled in part.
    package let partlyFilled: UInt64
  }

  package struct Symbol: Sendable, Hashable {
    package let name: String
    /// What its money is in.
    package let currency: Currency
    package let trades: UInt64
    package let fills: UInt64
    /// Fees apart.
    package let realised: Int128
    package let fees: Int128
    /// At the end, signed.
    package let position: Quantity
    /// The position at the last close.
    package let marketValue: Int128
    /// Market value less cost.
    package let unrealised: Int128
  }
}
