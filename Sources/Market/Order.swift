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
