/// Raw values in this file are stored and never change meaning.
public enum TrailUnit: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// Nanos of price.
  case amount = 1
  /// Millionths of the price that is followed.
  case share = 2
}

/// In which of its market's hours an order works.
public enum OrderHours: UInt8, BitwiseCopyable, Worded, Sendable {
  public static let words = makeWords()
  /// In all hours in which the run takes bars.
  case run = 1
  /// In regular sessions alone.
  case regular = 2
  /// Before and after them, too; a day order lives until post-market trading ends.
  case extended = 3
}

/// How far a trailing stop stays behind the best price.
///
/// - Invariant: `size` is positive where the trail is one; a share is below a whole.
public struct Trail: BitwiseCopyable, Hashable, Sendable {
  public var unit: TrailUnit
  public var size: Int64

  public init(_ unit: TrailUnit, _ size: Int64) {
    self.unit = unit
    self.size = size
  }

  public var isPossible: Bool { size > 0 && (unit == .amount || size < 1_000_000) }

  /// The stop that follows from a price: above it for a buy, below it for a sell, on the tick that is further away.
  public func stop(from price: Price, side: Side, tick: Price) -> Price {
    let distance =
      switch unit {
      case .amount: Int128(size)
      case .share: (Int128(price.nanos.magnitude) * Int128(size)).dividedRoundingHalfEven(by: 1_000_000)
      }
    let (whole, rest) = (Int128(price.nanos) + distance * Int128(side.sign))
      .quotientAndRemainder(dividingBy: Int128(tick.nanos))
    let ticks = side == .buy ? (rest > 0 ? whole + 1 : whole) : (rest < 0 ? whole - 1 : whole)
    return Price(nanos: max(Int64(clamping: ticks * Int128(tick.nanos)), -Int64.max))
  }
}

/// How an order is to be worked: what a profile or a strategy asks for, before prices are known.
public struct OrderStyle: BitwiseCopyable, Hashable, Sendable {
  public var type: OrderType
  public var timeInForce: TimeInForce
  /// Ticks from the last close to the limit price, counted in the passive direction (below for a buy); negative crosses. Where the order
  /// has a trigger: from there.
  public var limitOffsetTicks: Int64
  /// Ticks from the last close to the trigger: in the direction of the trade for a stop (above for a buy), against it for what is touched.
  public var stopOffsetTicks: Int64
  /// How far a trailing stop stays behind; nil for other types.
  public var trail: Trail?
  /// How long an order that is good till a date lives; 0 for others.
  public var lifeNanos: Int64
  /// It is cancelled rather than take liquidity.
  public var isPostOnly: Bool
  /// It fills no more than what it closes.
  public var isReduceOnly: Bool
  public var hours: OrderHours

  public init(
    type: OrderType = .market, timeInForce: TimeInForce = .day, limitOffsetTicks: Int64 = 0,
    stopOffsetTicks: Int64 = 0, trail: Trail? = nil, lifeNanos: Int64 = 0, isPostOnly: Bool = false,
    isReduceOnly: Bool = false, hours: OrderHours = .run
  ) {
    self.type = type
    self.timeInForce = timeInForce
    self.limitOffsetTicks = limitOffsetTicks
    self.stopOffsetTicks = stopOffsetTicks
    self.trail = trail
    self.lifeNanos = lifeNanos
    self.isPostOnly = isPostOnly
    self.isReduceOnly = isReduceOnly
    self.hours = hours
  }

  /// True where its parts fit together: what isn't possible is rejected by the venue.
  public var isPossible: Bool {
    if type.isTrailing != (trail != nil) { return false }
    if let trail, !trail.isPossible { return false }
    if (timeInForce == .goodTillDate) != (lifeNanos > 0) { return false }
    if type.isOnOpen || type.isOnClose, timeInForce != .day || hours == .extended { return false }
    return !isPostOnly || (type == .limit && !timeInForce.isImmediate)
  }
}
