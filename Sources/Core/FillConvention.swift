/// Names of fill conventions, as profiles and reports write them.
public enum FillConventionName: String, BitwiseCopyable, CaseIterable, Sendable {
  case pessimistic
  case nextOpenOptimistic = "next-open-optimistic"
  case backtrader
  case backtesting
  case nautilus
  case lean
  case tradingview
}

/// In which order the prices of a bar are taken to have come.
public enum BarPath: String, BitwiseCopyable, CaseIterable, Sendable {
  /// None: what is worse for the account comes first.
  case worstCase = "worst_case"
  /// None: what is better for the account comes first.
  case bestCase = "best_case"
  /// None: orders have their turn by age, whatever their prices, as backtrader and backtesting.py go through their lists.
  case byAge = "by_age"
  /// Open, high, low, close, whatever the bar looks like.
  case highFirst = "high_first"
  /// Open, low, high, close where the bar closes above its open; open, high, low, close where it doesn't.
  case byBody = "by_body"
  /// The extreme first that is nearer to the open; the high, where both are as near.
  case nearestExtreme = "nearest_extreme"

  /// The prices come in one order, so that nothing is left open.
  var isPath: Bool {
    switch self {
    case .worstCase, .bestCase, .byAge: false
    case .highFirst, .byBody, .nearestExtreme: true
    }
  }
}

/// When a market order fills.
public enum MarketMoment: BitwiseCopyable, Hashable, Sendable {
  /// At the open of the next bar.
  case nextOpen
  /// At the close that it was decided on: a price that nobody could know and trade at.
  case sameClose
}

/// What a resting order gets that the open has passed by.
public enum GapPrice: BitwiseCopyable, Hashable, Sendable {
  /// The open: better for a limit, worse for a stop.
  case open
  /// The order's own price, which the bar may never have shown.
  case own
}

/// From when on the orders that protect an entry can fill.
public enum ProtectionStart: BitwiseCopyable, Hashable, Sendable {
  /// In the bar of the entry.
  case entryBar
  /// In the bar of an entry at its open; of an entry inside a bar, from the next one on.
  case entryBarOfMarketOrders
  case nextBar
}

/// What becomes of an order that is good until an instant inside a bar.
public enum DateEnd: BitwiseCopyable, Hashable, Sendable {
  /// It may fill at the bar's open and expires behind it: of no other price of the bar it is known that it came in time.
  case atItsInstant
  /// The same, also where the instant is the bar's end.
  case behindItsFirstPrice
  /// It may fill in all of the bar, which opened in time.
  case byOpenTime
}

/// The rules by which bars fill orders: this project's own, and those of others, so that a result can be compared with theirs.
///
/// | name | market order | limit | gap | path of a bar | exits from | volume |
/// |---|---|---|---|---|---|---|
/// | `pessimistic` | next open | touched | open | the worse for the account first | the entry's bar; a target not in the bar of an entry inside it | the profile's share |
/// | `next-open-optimistic` | next open | touched | open | the better for the account first | the entry's bar | the profile's share |
/// | `backtrader` | next open | touched | open | by age: a bracket's stop stands before its target | the bar after | all |
/// | `backtesting` | next open | touched | open | by age | the bar of a market entry, else the bar after | all |
/// | `nautilus` | the close it was decided on | touched | own price | open, high, low, close | the entry's bar | all |
/// | `lean` | the close it was decided on | penetrated by a tick's part | open | by age | the bar after | all |
/// | `tradingview` | next open | touched | open | nearer extreme first | the entry's bar | all |
///
/// Read in the peers' sources and compared with what they print (`facts/peers.md` A1–A7): backtrader 1.9.78, backtesting.py 0.6.6, NautilusTrader 1.221 on bars without a latency model,
/// LEAN's equity model on intraday bars, TradingView's broker emulator by its documents. Fees and slippage are the profile's under each. backtrader moves trailing stops by closes alone,
/// and compares the date until which an order is good with the bar's own time; NautilusTrader expires such an order behind the first price of a bar that ends then or later, and
/// cancels an immediate limit order at once where the close that it was decided on doesn't allow it.
/// All others, and all that a bar leaves open otherwise, are the numbered rules of `FillCondition`.
public struct FillConvention: BitwiseCopyable, Hashable, Sendable {
  public var name: FillConventionName
  public var path: BarPath
  public var market: MarketMoment
  public var gap: GapPrice
  public var protection: ProtectionStart
  /// A limit fills only where the bar went through it.
  public var limitNeedsPenetration: Bool
  /// Volume holds nothing back, and none is needed.
  public var ignoresVolume: Bool
  public var trailsOnCloses: Bool
  public var dateEnd: DateEnd

  /// - Parameter path: another than the convention's own.
  public init(_ name: FillConventionName, path: BarPath? = nil) {
    self.name = name
    market = .nextOpen
    gap = .open
    protection = .entryBar
    limitNeedsPenetration = false
    ignoresVolume = true
    trailsOnCloses = false
    dateEnd = .atItsInstant
    switch name {
    case .pessimistic:
      self.path = .worstCase
      ignoresVolume = false
    case .nextOpenOptimistic:
      self.path = .bestCase
      ignoresVolume = false
    case .backtrader:
      self.path = .byAge
      protection = .nextBar
      trailsOnCloses = true
      dateEnd = .byOpenTime
    case .backtesting:
      self.path = .byAge
      protection = .entryBarOfMarketOrders
    case .nautilus:
      self.path = .highFirst
      market = .sameClose
      gap = .own
      dateEnd = .behindItsFirstPrice
    case .lean:
      self.path = .byAge
      market = .sameClose
      limitNeedsPenetration = true
      protection = .nextBar
    case .tradingview: self.path = .nearestExtreme
    }
    if let path { self.path = path }
  }

  /// The path that the name alone stands for.
  public var ownPath: BarPath { FillConvention(name).path }
  public var isPessimistic: Bool { self == FillConvention(.pessimistic) }
}
