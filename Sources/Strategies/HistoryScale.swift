import Market

/// A ratio of two whole numbers by which numbers of before are multiplied to compare with those after.
///
/// Kept as two numbers, never as their quotient: a third can't be written down.
///
/// - Invariant: both are positive.
public struct ScaleRatio: BitwiseCopyable, Hashable, Sendable {
  public let numerator: Int64
  public let denominator: Int64

  public static let one = ScaleRatio(numerator: 1, denominator: 1)

  /// - Precondition: both are positive.
  public init(numerator: Int64, denominator: Int64) {
    precondition(numerator > 0 && denominator > 0)
    self.numerator = numerator
    self.denominator = denominator
  }

  public var inverted: ScaleRatio { ScaleRatio(numerator: denominator, denominator: numerator) }

  /// `nanos` × the ratio, rounded half to even, held at the ends of the range.
  public func nanos(_ nanos: Int64) -> Int64 {
    let exact = (Int128(nanos) * Int128(numerator)).dividedRoundingHalfEven(by: Int128(denominator))
    return Int64(min(max(exact, -Int128(Int64.max)), Int128(Int64.max)))
  }

  /// `value` × the ratio: one rounding where the numerator is 1, two otherwise.
  public func units(_ value: Double) -> Double { value * Double(numerator) / Double(denominator) }

  /// `sum` × the ratio, rounded half to even; unchanged where 128 bits don't hold the product.
  func wide(_ sum: Int128) -> Int128 {
    let (product, overflowed) = sum.multipliedReportingOverflow(by: Int128(numerator))
    return overflowed ? sum : product.dividedRoundingHalfEven(by: Int128(denominator))
  }

  /// The product in lowest terms; nil where 64 bits don't hold it.
  func multiplied(by other: ScaleRatio) -> ScaleRatio? {
    let first = ScaleRatio.divisor(numerator, other.denominator)
    let second = ScaleRatio.divisor(other.numerator, denominator)
    let (top, isTopLost) = (numerator / first).multipliedReportingOverflow(by: other.numerator / second)
    let (bottom, isBottomLost) = (denominator / second).multipliedReportingOverflow(by: other.denominator / first)
    return isTopLost || isBottomLost ? nil : ScaleRatio(numerator: top, denominator: bottom)
  }

  /// The greatest common divisor of two positive numbers.
  private static func divisor(_ first: Int64, _ second: Int64) -> Int64 {
    var (left, right) = (first, second)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }
}

/// What a corporate action does to the numbers of an instrument that came before it.
public struct HistoryScale: BitwiseCopyable, Hashable, Sendable {
  public let price: ScaleRatio
  public let volume: ScaleRatio

  public init(price: ScaleRatio, volume: ScaleRatio) {
    self.price = price
    self.volume = volume
  }

  /// `numerator` new units for `denominator` old ones.
  ///
  /// - Precondition: both are positive.
  public static func split(numerator: Int64, denominator: Int64) -> HistoryScale {
    let volume = ScaleRatio(numerator: numerator, denominator: denominator)
    return HistoryScale(price: volume.inverted, volume: volume)
  }

  /// Units that are worth `nanosAfter` of `nanosBefore` from now on, because something of them was handed out.
  ///
  /// - Precondition: both are positive.
  public static func payout(nanosBefore: Int64, nanosAfter: Int64) -> HistoryScale {
    HistoryScale(price: ScaleRatio(numerator: nanosAfter, denominator: nanosBefore), volume: .one)
  }

  /// What numbers of that dimension are multiplied by; nil where 64 bits don't hold it.
  public func ratio(of dimension: SeriesDimension) -> ScaleRatio? {
    var result: ScaleRatio? = .one
    func multiply(_ ratio: ScaleRatio, _ power: Int8) {
      for _ in 0..<power.magnitude { result = result?.multiplied(by: power > 0 ? ratio : ratio.inverted) }
    }
    multiply(price, dimension.prices)
    multiply(volume, dimension.volumes)
    return result
  }
}

/// What a series of numbers is made of: prices and volumes, each to a power.
public struct SeriesDimension: BitwiseCopyable, Hashable, Sendable {
  public let prices: Int8
  public let volumes: Int8

  /// Shares, returns, indices: nothing that a split changes.
  public static let share = SeriesDimension(prices: 0, volumes: 0)
  public static let price = SeriesDimension(prices: 1, volumes: 0)
  public static let volume = SeriesDimension(prices: 0, volumes: 1)

  /// Nil where a power would be beyond what anyone means.
  func multiplied(by other: SeriesDimension, sign: Int = 1) -> SeriesDimension? {
    let prices = Int(prices) + sign * Int(other.prices)
    let volumes = Int(volumes) + sign * Int(other.volumes)
    guard (-8...8).contains(prices), (-8...8).contains(volumes) else { return nil }
    return SeriesDimension(prices: Int8(prices), volumes: Int8(volumes))
  }
}
