/// The price of one unit of an instrument in its currency, exact to 10⁻⁹.
///
/// Negative prices exist (spreads, WTI in April 2020) and are values like any other.
///
/// | operation | result | rounding |
/// |---|---|---|
/// | `Price.notional(quantity, multiplier)` | nanos of currency, `Int128` | once, half to even |
/// | `price.rounded(to: tick, …)` | `Price` | by the rule passed |
///
/// - Invariant: `nanos != .min`, so negation never overflows.
public struct Price: BitwiseCopyable, Hashable, Comparable, Sendable {
  /// The price in units of 10⁻⁹.
  public let nanos: Int64

  /// - Precondition: `nanos` is not `Int64.min`.
  @inlinable
  public init(nanos: Int64) {
    invariant(nanos != .min, "a price is above Int64.min")
    self.nanos = nanos
  }

  /// Reads decimal text such as `450.44`.
  /// - Throws: `FixedPointError` where the text is no decimal with at most nine decimals in range.
  public init(_ text: String) throws(FixedPointError) { self.init(nanos: try text.fixedPointNanos()) }

  public static let zero = Price(nanos: 0)

  @inlinable
  public static func < (left: Price, right: Price) -> Bool { left.nanos < right.nanos }

  /// The value of `quantity` at this price in nanos of the currency: price × quantity × multiplier, rounded once.
  ///
  /// - Complexity: two 64×64-bit products and one 128-bit division.
  @inlinable
  public func notional(_ quantity: Quantity, multiplier: Int64 = FixedPoint.unit) -> Int128 {
    let product = Int128(nanos) * Int128(quantity.nanos)
    if multiplier == FixedPoint.unit { return product.dividedRoundingHalfEven(by: Int128(FixedPoint.unit)) }
    // The product of two 63-bit numbers leaves a bit; a multiplier is bounded by Instrument to keep this exact.
    return (product * Int128(multiplier / FixedPoint.unit)).dividedRoundingHalfEven(by: Int128(FixedPoint.unit))
  }
}

extension Price: CustomStringConvertible {
  public var description: String { FixedPoint.text(nanos: nanos) }
}
