/// Raw values in this file are stored and never change meaning.
public enum Side: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case buy = 1
  case sell = 2

  @inlinable
  public var opposite: Side { self == .buy ? .sell : .buy }
  /// +1 for buy, −1 for sell.
  @inlinable
  public var sign: Int64 { self == .buy ? 1 : -1 }
}

public enum OrderType: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case market = 1
  case limit = 2
  case stop = 3
  case stopLimit = 4
  /// A market order from the moment the price has come to its trigger, from the other side than a stop's.
  case marketIfTouched = 5
  case limitIfTouched = 6
  /// A stop that follows the price at a distance, and never goes back.
  case trailingStop = 7
  case trailingStopLimit = 8
  /// Fills at the price at which a session opens, or not at all.
  case marketOnOpen = 9
  case limitOnOpen = 10
  /// Fills at the price at which a session closes, or not at all.
  case marketOnClose = 11
  case limitOnClose = 12
}

extension OrderType {
  /// Has a price beyond which it doesn't fill.
  @inlinable
  public var hasLimit: Bool {
    switch self {
    case .limit, .stopLimit, .limitIfTouched, .trailingStopLimit, .limitOnOpen, .limitOnClose: true
    case .market, .stop, .marketIfTouched, .trailingStop, .marketOnOpen, .marketOnClose: false
    }
  }

  /// Waits until the market has come to a price: beyond the market for stops, short of it for what is touched.
  @inlinable
  public var hasTrigger: Bool {
    switch self {
    case .stop, .stopLimit, .marketIfTouched, .limitIfTouched, .trailingStop, .trailingStopLimit: true
    case .market, .limit, .marketOnOpen, .limitOnOpen, .marketOnClose, .limitOnClose: false
    }
  }

  /// Triggered by a price that is worse for the order's owner.
  @inlinable
  public var isStop: Bool {
    switch self {
    case .stop, .stopLimit, .trailingStop, .trailingStopLimit: true
    case .market, .limit, .marketIfTouched, .limitIfTouched, .marketOnOpen, .limitOnOpen, .marketOnClose,
      .limitOnClose:
      false
    }
  }

  @inlinable
  public var isTrailing: Bool { self == .trailingStop || self == .trailingStopLimit }
  @inlinable
  public var isIfTouched: Bool { self == .marketIfTouched || self == .limitIfTouched }
  @inlinable
  public var isOnOpen: Bool { self == .marketOnOpen || self == .limitOnOpen }
  @inlinable
  public var isOnClose: Bool { self == .marketOnClose || self == .limitOnClose }
}

/// How long an order rests.
public enum TimeInForce: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// Until the end of the instrument's trading day.
  case day = 1
  /// Until filled or cancelled.
  case goodTillCancelled = 2
  /// What the first eligible bar doesn't fill lapses.
  case immediateOrCancel = 3
  /// The first eligible bar fills all of it or nothing.
  case fillOrKill = 4
  /// Until an instant of its own.
  case goodTillDate = 5
}

extension TimeInForce {
  /// Has one chance to fill.
  @inlinable
  public var isImmediate: Bool { self == .immediateOrCancel || self == .fillOrKill }
}

/// Whether a fill took liquidity or provided it; decides the fee tier.
public enum LiquiditySide: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  case taker = 1
  case maker = 2
}

/// An order is named by the sequence of its intent event.
public struct OrderID: BitwiseCopyable, Hashable, Comparable, Sendable {
  public let sequence: UInt64
  @inlinable
  public init(sequence: UInt64) { self.sequence = sequence }
  @inlinable
  public static func < (left: OrderID, right: OrderID) -> Bool { left.sequence < right.sequence }
}
