package import Core
import Market

/// How an exchange behaves, faults apart. The defaults are Binance's habits; `twin` makes it the simulated venue of a profile.
package struct ExchangeSettings: Hashable, Sendable {
  /// What becomes of an order that wants to fill at once.
  package enum Immediacy: String, CaseIterable, Sendable {
    /// As at Binance: what a market or immediate order doesn't get on arrival expires.
    case onArrival = "arrival"
    /// As in the simulated venue: an immediate order has the whole bar, and the rest of a market order waits for the next one.
    case throughBar = "bar"
  }

  /// What a fill's commission is taken from.
  package enum CommissionAsset: String, CaseIterable, Sendable {
    /// As at Binance without BNB: from what was bought.
    case received
    /// From the quote asset, as the simulated venue does.
    case quote
  }

  /// Among which orders of a symbol a client order id must be unique.
  package enum ClientIDRule: String, CaseIterable, Sendable {
    /// As at Binance: among open orders; the id of an order that has ended is taken again, for a new order.
    case open
    /// Among those accepted on the same UTC day.
    case day
    case forever
    case none
  }

  /// Whether what happened to an order goes out on the user stream before or behind the answer to the request that caused it.
  package enum ReportOrder: String, CaseIterable, Sendable {
    case beforeAnswer = "before"
    case afterAnswer = "after"
  }

  package enum YahooPrices: String, CaseIterable, Sendable {
    /// As Yahoo sends them: 32-bit floating point, printed as 64 bits.
    case float32
    case exact
  }

  package var servesYahoo = true
  package var servesBinance = true
  package var immediacy = Immediacy.onArrival
  /// As at Binance: a stop on the wrong side of the market is refused. Otherwise it fills at the open, as in the simulated venue.
  package var refusesPassedStops = true
  package var commission = CommissionAsset.received
  package var clientIDs = ClientIDRule.open
  package var reports = ReportOrder.afterAnswer
  package var yahooPrices = YahooPrices.float32
  /// What fees are paid with while the account has enough of it, instead of `commission`: at Binance BNB. Nil where the account doesn't use it.
  package var feeAsset: String?
  /// What a fee is less in it, in millionths: Binance's 25 %.
  package var feeAssetDiscountMicros: Int64 = 250_000
  package var slippage = Slippage.none
  package var fees = FeeModel.shareOfNotional(micros: 1_000)
  /// Largest share of a bar's volume that fills of one symbol take, in millionths; 0: volume isn't looked at.
  package var volumeShareMicros: Int64 = 100_000
  /// False: an account that may owe anything, so that short sales fill.
  package var checksBalances = true
  /// What the account holds at the start, by asset; what isn't named starts with nothing.
  package var balances: [StartingBalance] = []
  /// Nanos of the quote asset of an order's least value.
  package var minNotional: Int64 = 5 * FixedPoint.unit
  package var weightPerMinute: Int64 = 6_000
  package var ordersPerTenSeconds: Int64 = 100
  package var ordersPerDay: Int64 = 200_000
  /// A WebSocket is closed when it is this old, in nanoseconds of the exchange's time.
  package var socketLifetimeNanos: Int64 = Timestamp.nanosPerDay
  /// Kline updates between a bar's open and its close.
  package var pushesRunningBars = true
  package var keys = ExchangeKeys.test

  package init() {}

  /// The simulated venue of a run: orders fill as the reducer's own venue fills them, and nothing is refused for want of money.
  package static func twin(
    slippage: Slippage, fees: FeeModel, feePayment: FeePayment = .quote, volumeShareMicros: Int64
  ) -> ExchangeSettings {
    var settings = ExchangeSettings()
    settings.immediacy = .throughBar
    settings.refusesPassedStops = false
    settings.commission = feePayment == .received ? .received : .quote
    settings.slippage = slippage
    settings.fees = fees
    settings.volumeShareMicros = volumeShareMicros
    settings.checksBalances = false
    settings.minNotional = 0
    return settings
  }
}

package struct StartingBalance: Hashable, Sendable {
  package var asset: String
  /// Nanos of the asset.
  package var amount: Int128
  package init(asset: String, amount: Int128) {
    self.asset = asset
    self.amount = amount
  }
}
